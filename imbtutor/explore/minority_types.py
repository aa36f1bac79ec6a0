"""Minority points by type: how the number of neighbors and the overlap decide."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from imbtutor.datasets import make_outliers
from imbtutor.explore import parts
from imbtutor.neighbors import TYPE_COLORS, TYPES, minority_types

K_MAX = 15
SEPARATIONS = np.arange(0, 4.5, 0.5)
DATA = {"n_samples": 120, "prevalence": 0.2, "outliers": 0.15, "random_state": 6}
SHAPES = ["triangle-up", "square", "diamond", "triangle-down"]
LOOKS = {"majority": parts.CLASSES["majority"]} | {
    kind: (TYPE_COLORS[kind], shape) for kind, shape in zip(TYPES, SHAPES, strict=True)
}


def explore_minority_types(name="minority-types"):
    """Move the number of neighbors and the overlap; minority points change type.

    The data are those of `imbtutor.make_outliers` with 120 samples, 24 of them in
    the minority, 4 of these outliers by design: they stay where they are when the
    separation moves the minority's cloud. For each value of the two sliders
    `imbtutor.minority_types` found the types of the unrounded points.

    Parameters
    ----------
    name : str, default="minority-types"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``n_neighbors`` (1 to 15), ``separation`` (0 to 4
        standard deviations, in halves) and ``point_id``, which counts the minority
        points from 0 in their order in X; a click picks one, too. Computed:
        ``types`` (of all minority points, in that order; 0 safe, 1 borderline,
        2 rare, 3 outlier), ``n_safe``, ``n_borderline``, ``n_rare``, ``n_outlier``,
        and of the picked point ``own`` (how many of its neighbors are in the
        minority) and ``neighbors`` (their rows in X, nearest first).

    Examples
    --------
    >>> from imbtutor.explore import explore_minority_types
    >>> fig = explore_minority_types()
    >>> fig.set(n_neighbors=9, point_id=4)
    >>> fig.get("n_neighbors")
    9
    """
    X, y = make_outliers(separation=0, **DATA)
    moved = make_outliers(separation=1, **DATA)[0][:, 0] - X[:, 0]
    runs = [_run(separation) for separation in SEPARATIONS]
    # The picture opens with a point that two of its five neighbors make borderline.
    start = int(np.flatnonzero(np.array(runs[5]["own"][4]) == 2)[0])
    return parts.figure(
        name,
        controls=[
            parts.slider("n_neighbors", "n_neighbors", 1, K_MAX, 1, start=5),
            parts.slider(
                "separation", "Separation", SEPARATIONS[0], SEPARATIONS[-1], 0.5, 2.5
            ),
        ],
        numbers={
            # A row: place without separation, and 1 where the separation moves it.
            "points": np.column_stack([X, moved]).round(4),
            "members": np.flatnonzero(y),
            "runs": runs,
            "run": "runs[round(2 * separation)]",
            "types": "run.types[n_neighbors - 1]",
            **{
                f"n_{each}": f"run.counts[n_neighbors - 1][{code}]"
                for code, each in enumerate(TYPES)
            },
            "own": "run.own[n_neighbors - 1][point_id]",
            "neighbors": "slice(run.neighbors[point_id], 0, n_neighbors)",
            "type_names": TYPES,
            "reading": parts.when(
                "n_neighbors === 1",
                "The nearest neighbor of point {point_id} is of {own:its own|the other}"
                " class",
                "Point {point_id} has {own} of {n_neighbors} neighbors in its own"
                " class",
            ),
        },
        say="With {n_neighbors} {n_neighbors:neighbor|neighbors} at separation"
        " {separation}: {n_safe} safe, {n_borderline} borderline, {n_rare} rare,"
        f" {{n_outlier}} {{n_outlier:outlier|outliers}} among {y.sum()} minority"
        " points. {reading}: {type_names[types[point_id]]}.",
        panels=[_plane(X, y, start), _shares()],
        alt_text="Left, two classes in the plane, the minority points colored and "
        "shaped by their type, and lines from one of them to its nearest neighbors. "
        "Right, a bar for each type: how many minority points are safe, borderline, "
        "rare, outlier.",
        one_legend=True,
    )


def _run(separation):
    """What the figure shows at one separation, for each number of neighbors."""
    X, y = make_outliers(separation=separation, **DATA)
    # Among continuous points there are no ties: each is its own first neighbor.
    search = NearestNeighbors(n_neighbors=K_MAX + 1).fit(X)
    neighbors = search.kneighbors(X[y == 1], return_distance=False)[:, 1:]
    types = np.array(
        [
            [TYPES.index(each) for each in minority_types(X, y, n_neighbors=k)]
            for k in range(1, K_MAX + 1)
        ]
    )
    return {
        "neighbors": neighbors.tolist(),
        "own": y[neighbors].cumsum(axis=1).T.tolist(),
        "types": types.tolist(),
        "counts": [np.bincount(row, minlength=len(TYPES)).tolist() for row in types],
    }


def _place(row):
    """Where the point of that row in X lies now."""
    return f"points[{row}][0] + separation * points[{row}][2]", f"points[{row}][1]"


def _plane(X, y, start):
    edges = [X[:, 0].min(), X[y == 1, 0].max() + SEPARATIONS[-1]]
    # The axes stand still, so that one sees which points move.
    still = parts.x("x", "feature 1", edges, scale={"nice": True})
    plane = parts.PLANE | {"x": still}
    here, there = _place("members[point_id]"), _place("neighbors[datum.rank]")
    rows = parts.ranked(K_MAX, "n_neighbors", "links")
    place_x, place_y = _place("members[datum.id]")
    minority = (
        parts.counted(int(y.sum()), "id")
        .transform_calculate(x=place_x, y=place_y)
        .mark_point(filled=True, size=65, opacity=1)
    )
    return parts.stage(
        parts.links(rows, here, there, plane, strokeWidth=1.2, color=parts.INK),
        majority=X[y == 0],
        points=minority,
        kind="type_names[types[datum.id]]",
        looks=LOOKS,
        n=int(y.sum()),
        pick="point",
        start=start,
        at=here,
        plane=plane,
        columns=3,
    )


def _shares():
    counts = ", ".join(f"{each}: n_{each}" for each in TYPES)
    most = DATA["n_samples"] * DATA["prevalence"]
    rows = (
        alt.Chart(pd.DataFrame({"kind": TYPES}))
        .transform_calculate(count=f"{{{counts}}}[datum.kind]")
        .encode(
            x=parts.x("count", "minority points", [0, most]),
            y=alt.Y("kind:N", title=None, sort=list(TYPES), axis=alt.Axis(grid=False)),
        )
    )
    colors = {kind: color for kind, (color, _) in LOOKS.items()}
    bars = rows.mark_bar().encode(color=parts.colored("kind", colors, None))
    label = rows.mark_text(align="left", dx=5, fontWeight="bold").encode(text="count:Q")
    layers, title = [bars.properties(name="bars"), label], "The minority by type"
    return parts.panel(*layers, title=title, width=185, height=244)
