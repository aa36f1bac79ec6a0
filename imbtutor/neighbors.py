"""Pictures of neighbors in the plane."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection

from imbtutor._checks import check_points


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
