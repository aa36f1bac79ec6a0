"""Neighbors: of what kind they are, and pictures of them in the plane."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from sklearn.neighbors import NearestNeighbors

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.samples import _name_axes, _scatter

TYPES = ("safe", "borderline", "rare", "outlier")
"""The four types of minority samples, from the easiest to the hardest."""

TYPE_COLORS = {
    "safe": "#009E73",
    "borderline": "#E69F00",
    "rare": "#CC79A7",
    "outlier": "#D55E00",
}
TYPE_MARKERS = {"safe": "^", "borderline": "s", "rare": "D", "outlier": "v"}
"""Their colors (Okabe and Ito's) and markers: a safe triangle stands on its base."""


def minority_types(X, y, *, n_neighbors=5, rows=None):
    """Say of each minority sample how it lies among its neighbors.

    Counted among its nearest neighbors in the whole set, itself left out, the
    share of minority samples decides: above 0.7 the sample is "safe", above 0.3
    "borderline", above 0.1 "rare", else an "outlier". With five neighbors these
    are 4 or 5, then 2 or 3, then 1, then 0 of its own class. A stricter form of
    the rule, not used here, calls a sample rare only if its one neighbor of the
    minority is rare or an outlier, too. Distances are Euclidean in the columns as
    they are: scale them first.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The samples, without missing values.
    y : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    n_neighbors : int, default=5
        How many neighbors are asked; below n_samples.
    rows : array-like of int of shape (n_rows,), optional
        Rows of X to label, all of the minority, where labeling each one would
        take too long: see Notes. All minority samples by default, in the order of X.

    Returns
    -------
    ndarray of str of shape (n_rows,)
        "safe", "borderline", "rare" or "outlier", one for each minority sample.
        Where several samples are equally far, scikit-learn's search decides which
        of them is a neighbor. A copy of a sample is a neighbor like any other.

    Raises
    ------
    TypeError
        If `n_neighbors` is no integer, or `rows` holds something else than
        integers.
    ValueError
        If X holds missing values, y other labels than 0 and 1 or a single class,
        `n_neighbors` is not below n_samples, or `rows` names a majority sample; or if
        values of X are so large that their squares are no numbers.

    Notes
    -----
    Beyond eight columns each minority sample is compared with every row. Among a
    million rows of 50 columns that took one core about 4 ms for each sample, 40
    seconds for 10,000 (benchmarks/minority_types.py). Shares of the four types need
    no more than some hundreds, drawn at random:
    ``rows=rng.choice(np.flatnonzero(y), 500, replace=False)``.

    References
    ----------
    .. [1] K. Napierala and J. Stefanowski (2016), "Types of minority class
       examples and their influence on learning classifiers from imbalanced
       data", Journal of Intelligent Information Systems 46, 563-597.

    Examples
    --------
    >>> from imbtutor import minority_types
    >>> X = [[0], [1], [2], [3], [4], [5], [20], [21], [22], [23], [24], [25]]
    >>> y = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1]
    >>> print(*minority_types(X, y))
    safe safe safe safe safe safe outlier
    """
    X = check_points(X)
    y = check_labels(y, len(X))
    check_number(n_neighbors, "n_neighbors", low=1, high=len(X) - 1, integer=True)
    if rows is None:
        rows = np.flatnonzero(y)
    rows = _check_rows(rows, "rows", len(X))
    if not y[rows].all():
        raise ValueError(
            f"rows holds {rows[y[rows] == 0][0]}, a majority sample; pass rows of the "
            "minority, such as np.flatnonzero(y)."
        )
    if len(rows) == 0:
        return np.array(TYPES)[:0]
    if np.abs(X).max() > 1e150:
        raise ValueError(
            f"X holds values up to {np.abs(X).max():.3g}, whose squared distances are "
            "beyond all numbers; scale the columns first, as with StandardScaler()."
        )
    # One more than asked, because a sample is among its own neighbors; not always
    # the first of them, where there are copies, and not at all among many copies.
    # scikit-learn takes a tree for up to 15 columns. Measured on 1,000 queries among a
    # million rows, it is as fast as brute force at 5 columns and 7 times slower at 15.
    algorithm = "auto" if X.shape[1] <= 8 else "brute"
    index = NearestNeighbors(n_neighbors=n_neighbors + 1, algorithm=algorithm).fit(X)
    found = index.kneighbors(X[rows], return_distance=False)
    others = found != rows[:, None]
    others[others.all(axis=1), -1] = False
    minority = (y[found] * others).sum(axis=1)
    # Counts in tenths, so that 7 of 10 stays "borderline" whatever 0.7 rounds to.
    steps = np.searchsorted([1, 3, 7], 10 * minority / n_neighbors, side="left")
    return np.array(TYPES)[::-1][steps]


def plot_minority_types(X, y, types, *, ax=None, **kwargs):
    """Draw two classes in the plane, each minority sample by its type.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points. They may be two columns, or a projection, of the features by
        which the types were found.
    y : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    types : array-like of str of shape (n_minority,)
        What `minority_types` returns: the type of each minority sample, in the
        order of X.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure is made without one.
    **kwargs
        Passed to `matplotlib.axes.Axes.scatter` for the minority, such as ``s``
        or ``alpha``.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes with the drawing. The legend counts each type.

    Raises
    ------
    ValueError
        If X has not two columns, or holds NaN; if y does not match it or holds
        other labels than 0 and 1; if `types` has not one type for each minority
        sample, or holds another word than the four types.

    Examples
    --------
    >>> from imbtutor import make_gaussians, minority_types, plot_minority_types
    >>> X, y = make_gaussians(200, separation=3, random_state=0)
    >>> ax = plot_minority_types(X, y, minority_types(X, y))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['majority', 'safe (16)', 'borderline (3)', 'outlier (1)']
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X), both=False)
    types = np.asarray(types)
    if types.shape != (y.sum(),):
        raise ValueError(
            f"types has shape {types.shape} for {y.sum()} minority samples; pass one "
            "type for each, as minority_types(X, y) returns them."
        )
    unknown = types[~np.isin(types, TYPES)]
    if len(unknown):
        raise ValueError(
            f"types holds {str(unknown[0])!r}; use {', '.join(TYPES)}, as "
            "minority_types(X, y) returns them."
        )
    if ax is None:
        _, ax = plt.subplots()
    # Small and pale: the types are what this picture is about.
    _scatter(ax, X[y == 0], "majority", s=20, alpha=0.5)
    kwargs = {"s": 40, "edgecolor": "white", "linewidth": 0.5, "zorder": 4} | kwargs
    for name in TYPES:
        points = X[y == 1][types == name]
        if len(points):
            label = f"{name} ({len(points)})"
            color, marker = TYPE_COLORS[name], TYPE_MARKERS[name]
            ax.scatter(
                *points.T, **{"c": color, "marker": marker, "label": label} | kwargs
            )
    return _name_axes(ax)


def plot_links(X, rows, others, *, ax=None, **kwargs):
    """Draw the segment between each sample and another one.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    rows : array-like of int of shape (n_links,)
        Row of X where each segment starts, such as a parent.
    others : array-like of int of shape (n_links,)
        Row of X where it ends, such as the parent's neighbor.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure is made without one.
    **kwargs
        Passed to `matplotlib.collections.LineCollection`, such as ``color``
        or ``linewidth``.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes with the drawing.

    Raises
    ------
    TypeError
        If `rows` or `others` holds something else than integers.
    ValueError
        If X has not two columns, `rows` and `others` differ in length, or one of
        them names a row that X does not have.

    Examples
    --------
    >>> from imbtutor import plot_links
    >>> ax = plot_links([[0, 0], [1, 0], [1, 2]], rows=[0, 0], others=[1, 2])
    >>> len(ax.collections[0].get_segments())
    2
    """
    X = check_points(X, n_features=2)
    rows = _check_rows(rows, "rows", len(X))
    others = _check_rows(others, "others", len(X))
    if len(rows) != len(others):
        raise ValueError(
            f"rows has {len(rows)} entries and others has {len(others)}; pass one row "
            "of each for every segment."
        )
    if ax is None:
        _, ax = plt.subplots()
    # Below every point that plot_samples or plot_resampling draws.
    kwargs = {"color": "#8C8C8C", "linewidth": 1, "zorder": 0.9} | kwargs
    ax.add_collection(LineCollection(np.stack([X[rows], X[others]], axis=1), **kwargs))
    ax.autoscale_view()
    ax.set(
        xlabel=ax.get_xlabel() or "feature 1",
        ylabel=ax.get_ylabel() or "feature 2",
    )
    return ax


def _check_rows(rows, name, n_samples):
    rows = np.asarray(rows)
    if rows.size == 0:
        return np.empty(0, dtype=int)
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise TypeError(
            f"{name} has shape {rows.shape} and holds {rows.dtype}; pass a flat list "
            "of row numbers."
        )
    if rows.min() < 0 or rows.max() >= n_samples:
        raise ValueError(
            f"{name} runs from {rows.min()} to {rows.max()}; X has the rows 0 to "
            f"{n_samples - 1}."
        )
    return rows
