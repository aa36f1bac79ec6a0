"""Pictures of scores."""

import matplotlib.pyplot as plt
import numpy as np


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
    TypeError
        If `scores` is no mapping.
    ValueError
        If `scores` is empty, or has a name twice, or the candidates differ in their
        number of folds, or a score is missing.

    Examples
    --------
    >>> from imbtutor import plot_cv_scores
    >>> ax = plot_cv_scores({"none": [0.7, 0.8], "SMOTE": [0.72, 0.79]})
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['none', 'SMOTE']
    """
    if not hasattr(scores, "keys"):
        raise TypeError(
            f"scores={scores!r} is no mapping; pass a dict or DataFrame: the name of "
            "each candidate, and its scores."
        )
    names = list(scores.keys())
    if len(set(names)) < len(names):
        raise ValueError(f"scores has a name twice: {names}; give each its own.")
    lengths = {}
    for name in names:
        shape = np.shape(scores[name])
        if len(shape) != 1:
            raise ValueError(
                f"scores has an entry of shape {shape} for {name!r}; pass one score "
                "for each fold."
            )
        lengths[name] = shape[0]
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
