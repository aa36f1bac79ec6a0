"""An outlier that walks into the majority, and what NearMiss keeps meanwhile."""

import warnings

import altair as alt
import numpy as np
import pandas as pd

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore import parts
from imbtutor.tracing import trace

VERSIONS, K_VALUES, N_PLACES = [1, 2, 3], [1, 3, 5], 7
LOOKS = {
    "kept": parts.CLASSES["majority"],
    "removed": parts.REMOVED,
    "minority": parts.CLASSES["minority"],
    "outlier": (parts.PINK, "diamond"),
}
# The legend counts what the picture shows.
LEGEND = {
    "columns": 2,
    "labelExpr": "datum.label === 'kept' ? 'kept (' + n_kept + ')'"
    " : datum.label === 'removed' ? 'removed (' + (n_majority - n_kept) + ')'"
    " : datum.label",
}


def explore_near_miss(X, y, *, radius=0.6, name="near_miss"):
    """Walk a minority outlier into the majority, and see what NearMiss keeps.

    The outlier is the minority point farthest from the median of its class. It walks
    from there to its own place in X; for each place, version and ``n_neighbors``,
    `imblearn.under_sampling.NearMiss` itself ran, with ``n_neighbors_ver3=3``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, with at least 5 points, and 0 for the majority, with more.
    radius : float, default=0.6
        Kept points count as close to the outlier up to this distance, in units of X.
    name : str, default="near_miss"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``version`` (1, 2 or 3), ``n_neighbors`` (1, 3 or 5),
        ``place`` (0, the median of the minority, to 6, the outlier's own place) and
        ``row_id``, which counts the majority points from 0 in their order in X; a
        click picks one, too. Computed: ``n_kept``, and ``n_close``, how many of these
        lie within the radius of the outlier; ``n_around``, the number of all majority
        points there. Of the picked point: ``by``, the minority points that it is
        measured by (counted from 0 in their order in X), the mean ``distance`` to
        them in units of X, its ``rank`` in the order in which points are taken, and
        ``stays``, whether it is kept.

    Raises
    ------
    TypeError
        If `radius` is not a number.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, there
        are fewer than 5 minority points, not more majority than minority points, or
        `radius` is not above 0.

    Examples
    --------
    >>> from imbtutor import make_outliers
    >>> from imbtutor.explore import explore_near_miss
    >>> X, y = make_outliers(60, prevalence=0.2, random_state=0)
    >>> fig = explore_near_miss(X, y)
    >>> fig.set(version=2, n_neighbors=1, place=4)
    >>> fig.get("place")
    4
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    check_number(radius, "radius", low=0, open_low=True)
    members, others = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    if not K_VALUES[-1] <= len(members) < len(others):
        raise ValueError(
            f"y holds {len(members)} minority and {len(others)} majority points; this "
            f"figure needs {K_VALUES[-1]} minority points or more, and more in the "
            "majority."
        )
    home = np.median(X[members], axis=0)
    outlier = int(np.argmax(np.linalg.norm(X[members] - home, axis=1)))
    own = X[members[outlier]]
    places = np.repeat(X[members][None], N_PLACES, axis=0)
    places[:, outlier] = home + np.linspace(0, 1, N_PLACES)[:, None] * (own - home)
    close = np.linalg.norm(X[others] - places[:, [outlier]], axis=2) <= radius
    runs = []
    for place in range(N_PLACES):
        moved = X.copy()
        moved[members] = places[place]
        runs.append(
            [
                [_run(moved, y, version, k, close[place]) for k in K_VALUES]
                for version in VERSIONS
            ]
        )
    # The last one that version 1 keeps: its links are long enough to be seen.
    start = runs[-1][0][1]["rank"].split("|").index(str(len(members)))
    # No point is further from minority rows than from the farthest of them.
    far = np.linalg.norm(X[others][:, None] - X[members], axis=2).max()
    return parts.figure(
        name,
        controls=[
            parts.choice("version", "Version", VERSIONS, start=1),
            parts.slider("n_neighbors", "n_neighbors", 1, K_VALUES[-1], 2, start=3),
            parts.slider("place", "Place of the outlier", 0, N_PLACES - 1, 1, start=6),
        ],
        numbers={
            "majority": X[others],
            "places": places,
            "here": "places[place]",
            "outlier": outlier,
            "n_majority": len(others),
            "n_asked": len(members),
            "around_at": close.sum(axis=1),
            "runs": runs,
            "run": "runs[place][version - 1][(n_neighbors - 1) / 2]",
            "n_kept": "run.n_kept",
            "n_close": "run.n_close",
            "n_around": "around_at[place]",
            "by_row": "split(run.by, '|')",
            "distances": "split(run.distance, '|')",
            "ranks": "split(run.rank, '|')",
            "by": "isNumber(rank) ? split(by_row[row_id], ',') : []",
            "distance": "toNumber(distances[row_id])",
            "rank": "toNumber(ranks[row_id])",
            "stays": "isNumber(rank) && rank <= n_asked",
            "fate": "stays ? 'kept' : 'removed'",
            "which": "version === 2 ? 'farthest' : 'nearest'",
            "many": "n_neighbors === 1 ? '' : n_neighbors + ' '",
            "short": "n_kept < n_asked ? ', fewer than the ' + n_asked + ' asked for'"
            " : ''",
            "around": parts.when(
                "n_around === 0",
                f"No majority row lies within {radius:g} of the outlier.",
                f"Within {radius:g} of the outlier: {{n_close}} kept of {{n_around}}.",
            ),
            "why": parts.when(
                "isNumber(rank)",
                "its {many}{which} minority {n_neighbors:row is|rows are on"
                " average} {distance:.3f} away, rank {rank}: {fate}",
                "no minority row has it among its 3 nearest majority rows: removed",
            ),
        },
        say="Version {version} keeps {n_kept} of {n_majority} majority rows{short}."
        " {around} Row {row_id}: {why}.",
        panels=[
            _plane(X, places, X[others], start, radius),
            _queue(len(others), far),
        ],
        alt_text="Left, two classes in the plane: majority points kept or removed, "
        "minority points, one of them the outlier with a circle around it, and lines "
        "from a majority point to the minority points that it is measured by. Right, "
        "the mean distance of each majority point against its rank.",
        one_legend=True,
    )


def _run(X, y, version, k, close):
    """Run NearMiss once; points of each class count from 0."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.under_sampling import NearMiss

    with warnings.catch_warnings():
        # Version 3 warns where it keeps fewer than asked; the sentence says so.
        warnings.filterwarnings("ignore", "The number of the samples to be selected")
        result = trace(NearMiss(version=version, n_neighbors=k), X, y)
    rows = pd.concat([result.stayed, result.removed]).loc[np.flatnonzero(y == 0)]
    kept = np.isin(np.flatnonzero(y == 0), result.kept)
    members = np.flatnonzero(y == 1)
    # Altair walks through each entry of a list, and a text is one entry: the figure
    # splits them again.
    by = (",".join(map(str, np.searchsorted(members, each))) for each in rows["by"])
    return {
        "by": "|".join(by),
        "distance": _joined(rows["distance"], ".6f"),
        "rank": _joined(rows["rank"], ".0f"),
        "n_kept": int(kept.sum()),
        "n_close": int((kept & close).sum()),
    }


def _joined(numbers, form):
    """Write numbers into one text, with nothing for NaN."""
    return "|".join("" if np.isnan(each) else f"{each:{form}}" for each in numbers)


def _place(table, row):
    return f"{table}[{row}][0]", f"{table}[{row}][1]"


def _plane(X, places, majority, start, radius):
    ends = [X.min(axis=0), X.max(axis=0)]
    plane = {
        "x": parts.x("x", "feature 1", [e[0] for e in ends], scale={"nice": True}),
        "y": parts.y("y", "feature 2", [e[1] for e in ends], scale={"nice": True}),
    }
    at, picked = _place("here", "outlier"), _place("majority", "row_id")
    around = (
        parts.counted(49, "i")
        .transform_calculate(
            x=f"{at[0]} + {radius} * cos(datum.i * PI / 24)",
            y=f"{at[1]} + {radius} * sin(datum.i * PI / 24)",
        )
        .mark_line(color=parts.INK, strokeDash=[3, 3], strokeWidth=1.2, clip=True)
    )
    to = _place("here", "datum.neighbor")
    rows = parts.here("links", neighbor="by").transform_flatten(["neighbor"])
    links = parts.links(rows, picked, to, plane, strokeWidth=1.5, color=parts.INK)
    lengths = (
        rows.properties(name="lengths")
        .transform_calculate(
            x=f"({picked[0]} + {to[0]}) / 2",
            y=f"({picked[1]} + {to[1]}) / 2",
            length=f"hypot({picked[0]} - {to[0]}, {picked[1]} - {to[1]})",
        )
        .mark_text(fontSize=11, dy=-7, color=parts.INK)
        .encode(text=alt.Text("length:Q", format=".2f"))
    )
    x, y = _place("here", "datum.id")
    minority = parts.points_of_kind(
        parts.counted(places.shape[1], "id", "minority_points")
        .transform_calculate(x=x, y=y)
        .mark_point(filled=True, opacity=1)
        .encode(size=parts.either("datum.id === outlier", 130, 60)),
        "datum.id === outlier ? 'outlier' : 'minority'",
        LOOKS,
        **LEGEND,
    )
    ring = parts.here(x=picked[0], y=picked[1]).mark_point(
        size=260, strokeWidth=2, color=parts.INK
    )
    x, y = _place("majority", "datum.id")
    points = _by_fate(
        parts.counted(len(majority), "id", "majority_points")
        .transform_calculate(x=x, y=y)
        .mark_point(filled=True, size=45, opacity=0.9)
        .encode(**plane)
    )
    slider = alt.binding_range(
        min=0, max=len(majority) - 1, step=1, name="Majority row"
    )
    how = {"fields": ["id"], "on": "click", "nearest": True, "clear": False}
    pick = alt.selection_point("row", value=start, bind=slider, **how)
    return parts.panel(
        # In a nested layer, named layers stay out of the selection (see parts.stage).
        alt.layer(
            around.encode(**plane, order="i:Q"),
            links,
            minority.encode(**plane),
            ring.encode(**plane),
            lengths.encode(**plane),
        ),
        points.add_params(pick),
        title="Majority row {row_id}: {fate}",
        height=244,
    )


def _by_fate(points):
    rank = "toNumber(ranks[datum.id])"
    kind = f"isNumber({rank}) && {rank} <= n_asked ? 'kept' : 'removed'"
    return parts.points_of_kind(points, kind, LOOKS, **LEGEND)


def _queue(n, far):
    """The majority points in the order in which they are taken."""
    across = parts.x("rank", "rank", [0, n + 1], ticks=list(range(0, n, 20)))
    up = parts.y("distance", "mean distance", [0, far], scale={"nice": True})
    points = (
        parts.counted(n, "id", "queue")
        .transform_calculate(
            rank="toNumber(ranks[datum.id])", distance="toNumber(distances[datum.id])"
        )
        .transform_filter("isNumber(datum.rank)")
    )
    ring = (
        parts.here(rank="rank", distance="distance")
        .transform_filter("isNumber(datum.rank)")
        .mark_point(size=260, strokeWidth=2, color=parts.INK)
    )
    marks = points.mark_point(filled=True, size=40, opacity=0.9)
    return parts.panel(
        parts.rule_at("n_asked + 0.5", "x"),
        _by_fate(marks.encode(x=across, y=up)),
        ring.encode(x=across, y=up),
        title="Mean distance to the {n_neighbors} {which}",
        width=215,
        height=244,
    )
