"""Toy data: each function makes one difficulty and nothing else."""

import numpy as np
from scipy.special import expit
from sklearn.utils import check_random_state

from imbtutor._checks import check_number


def _labels(n_samples, prevalence, rng):
    """Return shuffled labels with exactly round(n_samples * prevalence) ones."""
    check_number(n_samples, "n_samples", low=2, integer=True)
    check_number(prevalence, "prevalence", low=0, high=0.5, open_low=True)
    n_positive = round(n_samples * prevalence)
    if n_positive == 0:
        raise ValueError(
            f"prevalence={prevalence!r} of n_samples={n_samples} leaves no positive; "
            f"use at least {np.ceil(0.5 / prevalence) + 1:.0f} samples "
            "or a higher prevalence."
        )
    y = np.zeros(n_samples, dtype=int)
    y[:n_positive] = 1
    return rng.permutation(y)


def make_gaussians(
    n_samples=1000,
    *,
    prevalence=0.1,
    separation=2.0,
    n_features=2,
    random_state=None,
):
    """Two round Gaussian clouds, `separation` standard deviations apart.

    The majority is centered on the origin, the minority on the point
    ``(separation, 0, ..., 0)``; both have the identity as covariance. The best
    possible ranking is by the first feature, and its ROC AUC is
    ``norm.cdf(separation / sqrt(2))``.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    separation : float, default=2.0
        Distance of the two centers, in standard deviations of either cloud.
    n_features : int, default=2
        Number of features; all but the first are noise.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
        The points, shuffled.
    y : ndarray of shape (n_samples,)
        1 for the minority, 0 for the majority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    References
    ----------
    .. [1] The AUC of two normal distributions: T. Fawcett (2006), "An
       introduction to ROC analysis", Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> X, y = make_gaussians(200, prevalence=0.05, random_state=0)
    >>> X.shape, int(y.sum())
    ((200, 2), 10)
    """
    check_number(separation, "separation", low=0)
    check_number(n_features, "n_features", low=1, integer=True)
    rng = check_random_state(random_state)
    y = _labels(n_samples, prevalence, rng)
    X = rng.standard_normal((n_samples, n_features))
    X[:, 0] += separation * y
    return X, y


def make_scores(n_samples=1000, *, prevalence=0.1, separation=1.5, random_state=None):
    """Scores between 0 and 1 as a classifier would give them, without a classifier.

    On the logit scale the scores of each class are normal with standard
    deviation 1; the minority's mean lies `separation` higher and the two means
    lie around 0. The area under the ROC curve is, up to chance,
    ``norm.cdf(separation / sqrt(2))``. The scores rank; they are not calibrated
    probabilities.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of scored samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    separation : float, default=1.5
        Distance of the class means on the logit scale, in standard deviations.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    y_true : ndarray of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : ndarray of shape (n_samples,)
        Scores between 0 and 1, higher for the minority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    References
    ----------
    .. [1] The binormal model of scores: T. Fawcett (2006), "An introduction to
       ROC analysis", Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> y_true, y_score = make_scores(500, prevalence=0.2, random_state=0)
    >>> int(y_true.sum()), bool(y_score[y_true == 1].mean() > y_score.mean())
    (100, True)
    """
    check_number(separation, "separation", low=0)
    rng = check_random_state(random_state)
    y_true = _labels(n_samples, prevalence, rng)
    y_score = expit(rng.standard_normal(n_samples) + separation * (y_true - 0.5))
    return y_true, y_score
