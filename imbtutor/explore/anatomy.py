"""Minority points by type: how the number of neighbors and the overlap decide."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from imbtutor.datasets import make_outliers
from imbtutor.explore.live import Live
from imbtutor.explore.parts import INK
from imbtutor.neighbors import TYPE_COLORS, TYPES, minority_types
from imbtutor.roles import COLORS

K_MAX = 15
SEPARATIONS = np.arange(0, 4.5, 0.5)
DATA = {"n_samples": 120, "prevalence": 0.2, "outliers": 0.15, "random_state": 6}
SIZE = 244
DOMAIN = ["majority", *TYPES]
HUES = [COLORS["majority"], *TYPE_COLORS.values()]
SHAPES = ["circle", "triangle-up", "square", "diamond", "triangle-down"]


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
    controls = [
        alt.param(
            "n_neighbors",
            value=5,
            bind=alt.binding_range(min=1, max=K_MAX, step=1, name="n_neighbors"),
        ),
        alt.param(
            "separation",
            value=2.5,
            bind=alt.binding_range(
                min=SEPARATIONS[0], max=SEPARATIONS[-1], step=0.5, name="Separation"
            ),
        ),
    ]
    numbers = [
        # A row: place without separation, and 1 where the separation moves it.
        alt.param("points", value=np.column_stack([X, moved]).round(4).tolist()),
        alt.param("members", value=np.flatnonzero(y).tolist()),
        alt.param("runs", value=runs),
        alt.param("run", expr="runs[round(2 * separation)]"),
        alt.param("types", expr="run.types[n_neighbors - 1]"),
        *[
            alt.param(f"n_{each}", expr=f"run.counts[n_neighbors - 1][{code}]")
            for code, each in enumerate(TYPES)
        ],
        alt.param("own", expr="run.own[n_neighbors - 1][point_id]"),
        alt.param("neighbors", expr="slice(run.neighbors[point_id], 0, n_neighbors)"),
        alt.param("type_names", value=list(TYPES)),
        alt.param(
            "say",
            expr="'With ' + n_neighbors"
            " + (n_neighbors === 1 ? ' neighbor' : ' neighbors')"
            " + ' at separation ' + separation + ': ' + n_safe + ' safe, '"
            " + n_borderline + ' borderline, ' + n_rare + ' rare, ' + n_outlier"
            f" + ' outliers among {y.sum()} minority points. Point ' + point_id"
            " + ' has ' + own + ' of ' + n_neighbors"
            " + (n_neighbors === 1 ? ' neighbor' : ' neighbors')"
            " + ' in its own class: '"
            " + type_names[types[point_id]] + '.'",
        ),
    ]
    # The picture opens with a point that two of its five neighbors make borderline.
    start = int(np.flatnonzero(np.array(runs[5]["own"][4]) == 2)[0])
    panels = [_plane(X, y, start), _shares()]
    chart = alt.concat(*panels, columns=2, spacing=28).add_params(*controls, *numbers)
    return Live(
        chart,
        name,
        alt="Left, two classes in the plane, the minority points colored and shaped by "
        "their type, and lines from one of them to its nearest neighbors. Right, a bar "
        "for each type: how many minority points are safe, borderline, rare, outlier.",
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


def _colored(chart, expr):
    """Color and shape by the word that `expr` gives, on one common scale."""
    legend = alt.Legend(title=None, columns=3, symbolOpacity=1, symbolStrokeWidth=0)
    return chart.transform_calculate(kind=expr).encode(
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=DOMAIN, range=HUES), legend=legend
        ),
        shape=alt.Shape(
            "kind:N", scale=alt.Scale(domain=DOMAIN, range=SHAPES), legend=legend
        ),
    )


def _place(row, x="x", y="y"):
    """Where the point of that row in X lies now."""
    return {
        x: f"points[{row}][0] + separation * points[{row}][2]",
        y: f"points[{row}][1]",
    }


def _plane(X, y, start):
    edges = [X[:, 0].min(), X[y == 1, 0].max() + SEPARATIONS[-1]]
    plane = {
        # The axes stand still, so that one sees which points move.
        "x": alt.X("x:Q", title="feature 1", scale=alt.Scale(domain=edges, nice=True)),
        "y": alt.Y("y:Q", title="feature 2", scale=alt.Scale(zero=False)),
    }
    majority = _colored(
        alt.Chart(pd.DataFrame(X[y == 0].round(4), columns=["x", "y"])), "'majority'"
    )
    majority = majority.mark_point(filled=True, size=22, opacity=0.75).encode(**plane)
    links = (
        alt.Chart(alt.sequence(0, K_MAX, as_="rank"))
        .transform_filter("datum.rank < n_neighbors")
        .transform_calculate(
            neighbor="neighbors[datum.rank]",
            **_place("members[point_id]"),
            **_place("neighbors[datum.rank]", "x2", "y2"),
        )
        .mark_rule(strokeWidth=1.2, color=INK)
        .encode(**plane, x2="x2:Q", y2="y2:Q")
        .properties(name="links")
    )
    everyone = alt.Chart(alt.sequence(0, int(y.sum()), as_="id")).transform_calculate(
        **_place("members[datum.id]")
    )
    ring = (
        everyone.transform_filter("datum.id === point_id")
        .mark_point(size=330, strokeWidth=2, color=INK)
        .encode(**plane)
    )
    pick = alt.selection_point(
        "point",
        fields=["id"],
        value=start,
        bind=alt.binding_range(min=0, max=int(y.sum()) - 1, step=1, name="Point"),
        on="click",
        nearest=True,
        clear=False,
    )
    minority = (
        _colored(everyone, "type_names[types[datum.id]]")
        .mark_point(filled=True, size=65, opacity=1)
        .encode(**plane)
        .properties(name="minority_points")
        .add_params(pick)
    )
    title = {"text": {"expr": "'Point ' + point_id + ' and its neighbors'"}}
    # Altair gives a selection to every named layer beside its own, and Vega refuses
    # that; the names inside a nested layer stay out of it.
    below = alt.layer(majority, links, ring)
    return alt.layer(below, minority, title=title).properties(width=SIZE, height=SIZE)


def _shares():
    rows = (
        alt.Chart(pd.DataFrame({"kind": TYPES}))
        .transform_calculate(
            count="datum.kind === 'safe' ? n_safe"
            " : datum.kind === 'borderline' ? n_borderline"
            " : datum.kind === 'rare' ? n_rare : n_outlier"
        )
        .encode(
            x=alt.X(
                "count:Q",
                title="minority points",
                scale=alt.Scale(domain=[0, DATA["n_samples"] * DATA["prevalence"]]),
            ),
            y=alt.Y("kind:N", title=None, sort=list(TYPES), axis=alt.Axis(grid=False)),
        )
    )
    bars = rows.mark_bar().encode(
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=DOMAIN, range=HUES), legend=None
        )
    )
    label = rows.mark_text(align="left", dx=5, fontWeight="bold").encode(text="count:Q")
    return alt.layer(
        bars.properties(name="bars"), label, title="The minority by type"
    ).properties(width=185, height=SIZE)
