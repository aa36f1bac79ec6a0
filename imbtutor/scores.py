"""Pictures of scores."""

import matplotlib.pyplot as plt
import numpy as np

from imbtutor._checks import check_labels, check_number, check_scores
from imbtutor.roles import COLORS


def plot_score_histogram(y_true, y_score, *, threshold=None, ax=None, **kwargs):
    """Draw the scores of each class, each class scaled to area 1.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : array-like of shape (n_samples,)
        Scores, higher for the minority.
    threshold : float, optional
        Where to draw the decision threshold; samples with
        ``y_score >= threshold`` are called positive, as scikit-learn does.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure is made without one.
    **kwargs
        Passed to `matplotlib.axes.Axes.hist`, such as ``bins``.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes with the drawing.

    Raises
    ------
    TypeError
        If `threshold` is not a number.
    ValueError
        If `y_true` holds other labels than 0 and 1 or one class only, or the
        scores do not match it.

    Examples
    --------
    >>> from imbtutor import make_scores, plot_score_histogram
    >>> ax = plot_score_histogram(*make_scores(random_state=0), threshold=0.5)
    >>> ax.get_ylabel()
    'density within the class'
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_scores(y_score, len(y_true))
    if threshold is not None:
        check_number(threshold, "threshold")
    if ax is None:
        _, ax = plt.subplots()
    kwargs = {
        "bins": np.histogram_bin_edges(y_score, 40),
        "alpha": 0.6,
    } | kwargs
    for label, role in enumerate(["majority", "minority"]):
        scores = y_score[y_true == label]
        ax.hist(scores, density=True, color=COLORS[role], label=role, **kwargs)
    if threshold is not None:
        ax.axvline(threshold, color="black", linestyle="--", label="threshold")
    ax.set(
        xlabel=ax.get_xlabel() or "score",
        ylabel=ax.get_ylabel() or "density within the class",
    )
    ax.legend()
    return ax


def plot_cv_scores(scores, *, ax=None, **kwargs):
    """Draw cross-validated scores, paired by fold: a line joins each fold's scores.

    Parameters
    ----------
    scores : mapping of str to array-like of shape (n_folds,)
        One entry for each candidate (a DataFrame will do): its scores on the
        same folds in the same order.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure is made without one.
    **kwargs
        Passed to `matplotlib.axes.Axes.plot` for the lines of the folds.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes with the drawing.

    Raises
    ------
    ValueError
        If `scores` is empty, or the candidates differ in their number of folds,
        or a score is missing.

    Examples
    --------
    >>> from imbtutor import plot_cv_scores
    >>> ax = plot_cv_scores({"none": [0.7, 0.8], "SMOTE": [0.72, 0.79]})
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['none', 'SMOTE']
    """
    names = list(scores)
    lengths = {name: len(scores[name]) for name in names}
    if not names or len(set(lengths.values())) > 1 or 0 in lengths.values():
        raise ValueError(
            f"scores has these numbers of folds: {lengths}; pass one or more "
            "candidates with the same folds, such as cross_validate's test scores."
        )
    folds = np.column_stack([np.asarray(scores[name], dtype=float) for name in names])
    if not np.isfinite(folds).all():
        failed = names[np.flatnonzero(~np.isfinite(folds).all(axis=0))[0]]
        raise ValueError(
            f"scores holds NaN or infinity for {failed!r}; look for the fold that "
            "failed, with error_score='raise' in cross_validate."
        )
    if ax is None:
        _, ax = plt.subplots()
    at = np.arange(len(names))
    kwargs = {
        "color": "#8C8C8C",
        "linewidth": 0.8,
        "marker": "o",
        "alpha": 0.7,
    } | kwargs
    ax.plot(at, folds.T, **kwargs)
    ax.plot(
        at,
        folds.mean(axis=0),
        "k_",
        markersize=28,
        markeredgewidth=3,
        label="mean",
    )
    ax.set_xticks(at, names)
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.legend()
    return ax
