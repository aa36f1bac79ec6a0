"""Pictures of samples in the plane."""

import matplotlib.pyplot as plt
import numpy as np

from imbtutor._checks import check_labels, check_points
from imbtutor.roles import COLORS, MARKERS


def _scatter(ax, X, role, **kwargs):
    """Draw the points of one role; the rarer ones lie on top."""
    on_top = {"majority": 1, "removed": 2, "added": 3, "minority": 4}[role]
    edge = {} if MARKERS[role] == "x" else {"edgecolor": "white"}
    kwargs = {"s": 36, "linewidth": 0.5, "label": role} | edge | kwargs
    if MARKERS[role] == "x":
        kwargs["linewidth"] = 1.2
    ax.scatter(*X.T, color=COLORS[role], marker=MARKERS[role], zorder=on_top, **kwargs)


def _name_axes(ax):
    ax.set(
        xlabel=ax.get_xlabel() or "feature 1",
        ylabel=ax.get_ylabel() or "feature 2",
    )
    ax.legend()
    return ax


def plot_samples(X, y, *, ax=None, **kwargs):
    """Draw two classes in the plane, the minority on top.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure is made without one.
    **kwargs
        Passed to `matplotlib.axes.Axes.scatter` for both classes, such as
        ``s`` or ``alpha``.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes with the drawing.

    Raises
    ------
    ValueError
        If X has not two columns, or holds NaN; if y does not match it or holds
        other labels than 0 and 1.

    Examples
    --------
    >>> from imbtutor import make_gaussians, plot_samples
    >>> ax = plot_samples(*make_gaussians(200, random_state=0))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['majority', 'minority']
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X), both=False)
    if ax is None:
        _, ax = plt.subplots()
    for label, role in enumerate(["majority", "minority"]):
        if (y == label).any():
            _scatter(ax, X[y == label], role, **kwargs)
    return _name_axes(ax)


def plot_resampling(X, y, X_resampled, y_resampled, *, ax=None, **kwargs):
    """Draw what a sampler kept, removed and added.

    A sample counts as kept as often as it stands, with its label, in both sets;
    what only the first has was removed, what only the second has was added.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points before.
    y : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    X_resampled : array-like of shape (n_samples_new, 2)
        The points after, as `fit_resample` returns them.
    y_resampled : array-like of shape (n_samples_new,)
        Their labels.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure is made without one.
    **kwargs
        Passed to `matplotlib.axes.Axes.scatter` for all roles, such as ``s``.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes with the drawing.

    Raises
    ------
    ValueError
        If a set of points has not two columns, or labels do not match points.

    Examples
    --------
    >>> from imblearn.under_sampling import RandomUnderSampler
    >>> from imbtutor import make_gaussians, plot_resampling
    >>> X, y = make_gaussians(200, random_state=0)
    >>> sampler = RandomUnderSampler(random_state=0)
    >>> ax = plot_resampling(X, y, *sampler.fit_resample(X, y))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['removed (160)', 'majority (20)', 'minority (20)']
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    X_resampled = check_points(X_resampled, n_features=2)
    y_resampled = check_labels(y_resampled, len(X_resampled), both=False)
    before, after = (
        np.column_stack([X, y]),
        np.column_stack([X_resampled, y_resampled]),
    )
    kept = _in_both(before, after)
    parts = {
        "removed": before[~kept, :2],
        "majority": before[kept & (y == 0), :2],
        "added": after[~_in_both(after, before), :2],
        "minority": before[kept & (y == 1), :2],
    }
    if ax is None:
        _, ax = plt.subplots()
    for role, points in parts.items():
        if len(points):
            _scatter(
                ax,
                points,
                role,
                **{"label": f"{role} ({len(points)})"} | kwargs,
            )
    return _name_axes(ax)


def _in_both(rows, others):
    """Tell for each row whether `others` holds it, counting repeated rows."""
    _, code = np.unique(np.vstack([rows, others]), axis=0, return_inverse=True)
    mine, theirs = code[: len(rows)], code[len(rows) :]
    available = np.bincount(theirs, minlength=code.max() + 1)
    # The first copies are the kept ones: number each row among its equals.
    order = np.argsort(mine, kind="stable")
    starts = np.r_[0, np.flatnonzero(np.diff(mine[order])) + 1]
    rank = np.arange(len(mine)) - np.repeat(starts, np.diff(np.r_[starts, len(mine)]))
    result = np.empty(len(rows), dtype=bool)
    result[order] = rank < available[mine[order]]
    return result
