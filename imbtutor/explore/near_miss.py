"""A stray that walks into the majority, and what NearMiss keeps meanwhile."""

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
    "stray": (parts.PINK, "diamond"),
}
# The legend counts what the picture shows.
LEGEND = {
    "columns": 2,
    "labelExpr": "datum.label === 'kept' ? 'kept (' + n_kept + ')'"
    " : datum.label === 'removed' ? 'removed (' + (n_majority - n_kept) + ')'"
    " : datum.label === 'stray' ? 'stray (large: it walks)' : datum.label",
}


def explore_near_miss(X, y, *, n_strays=3, radius=0.6, name="near_miss"):
    """Walk a stray minority point into the majority, and see what NearMiss keeps.

    The strays are the minority points farthest from the median of their class. The
    farthest of them walks from there to its own place in X; for each place, version and
    ``n_neighbors``, `imblearn.under_sampling.NearMiss` itself ran, with
    ``n_neighbors_ver3=3``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, with at least 5 points, and 0 for the majority, with more.
    n_strays : int, default=3
        The number of strays, at least 2, and fewer than there are minority points.
    radius : float, default=0.6
        Kept points count as close to a stray up to this distance, in units of X.
    name : str, default="near_miss"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``version`` (1, 2 or 3), ``n_neighbors`` (1, 3 or 5),
        ``place`` of the walking stray (0, the median of the minority, to 6, its own
        place) and ``row_id``, which counts the majority points from 0 in their order in
        X; a click picks one, too. Computed: ``n_kept``, and ``n_close``, how many of
        these lie within the radius of the walking stray; ``n_around``, the number of
        all majority points there; ``n_close_others`` and ``n_around_others``, the same
        within the radius of any other stray. Of the picked point: ``by``, the minority
        points that it is measured by (counted from 0 in their order in X), ``lengths``,
        the distances to them in units of X, and their mean ``distance``; its ``rank``
        in the order in which points are taken, and ``stays``, whether it is kept.

    Raises
    ------
    TypeError
        If `n_strays` is not an integer, or `radius` not a number.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, there
        are fewer than 5 minority points, not more majority than minority points,
        `n_strays` is out of range, or `radius` is not above 0.

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
    check_number(n_strays, "n_strays", low=2, high=len(members) - 1, integer=True)
    home = np.median(X[members], axis=0)
    by_distance = np.argsort(-np.linalg.norm(X[members] - home, axis=1), kind="stable")
    walker, *rest = by_distance[:n_strays].tolist()
    own = X[members[walker]]
    places = np.repeat(X[members][None], N_PLACES, axis=0)
    places[:, walker] = home + np.linspace(0, 1, N_PLACES)[:, None] * (own - home)
    close = np.linalg.norm(X[others] - places[:, [walker]], axis=2) <= radius
    gaps = np.linalg.norm(X[others] - X[members[rest]][:, None], axis=2)
    close_others = (gaps <= radius).any(axis=0)
    runs = []
    for place in range(N_PLACES):
        moved = X.copy()
        moved[members] = places[place]
        near = {"n_close": close[place], "n_close_others": close_others}
        runs.append(
            [
                [_run(moved, y, version, k, near) for k in K_VALUES]
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
            parts.slider("place", "Place of the stray", 0, N_PLACES - 1, 1, start=6),
        ],
        numbers={
            "majority": X[others],
            "places": places,
            "here": "places[place]",
            "walker": walker,
            "strays": [walker, *rest],
            "n_majority": len(others),
            "n_asked": len(members),
            "around_at": close.sum(axis=1),
            "runs": runs,
            "run": "runs[place][version - 1][(n_neighbors - 1) / 2]",
            "n_kept": "run.n_kept",
            "n_close": "run.n_close",
            "n_around": "around_at[place]",
            "n_close_others": "run.n_close_others",
            "n_around_others": int(close_others.sum()),
            "by_row": "split(run.by, '|')",
            "distances": "split(run.distance, '|')",
            "ranks": "split(run.rank, '|')",
            "by": "isNumber(rank) ? split(by_row[row_id], ',') : []",
            "lengths": f"slice([{', '.join(map(_length, range(K_VALUES[-1])))}], 0,"
            " length(by))",
            "distance": "toNumber(distances[row_id])",
            "rank": "toNumber(ranks[row_id])",
            "stays": "isNumber(rank) && rank <= n_asked",
            "fate": "stays ? 'kept' : 'removed'",
            "which": "version === 2 ? 'farthest' : 'nearest'",
            "many": "n_neighbors === 1 ? '' : n_neighbors + ' '",
            "short": "n_kept < n_asked ? ', fewer than the ' + n_asked + ' asked for'"
            " : ''",
            "around": parts.when(
                "n_around + n_around_others === 0",
                f"No majority row lies within {radius:g} of a stray.",
                f"Within {radius:g} of the walking stray: {{n_close}} kept of"
                f" {{n_around}}; of the other {len(rest)}: {{n_close_others}} of"
                " {n_around_others}.",
            ),
            "gaps": f"join(slice([{', '.join(map(_written, range(K_VALUES[-1])))}], 0,"
            " length(by)), ', ')",
            "average": f"length(by) > 1 ? {parts.words(', on average {distance:.3f}')}"
            " : ''",
            "why": parts.when(
                "isNumber(rank)",
                "its {many}{which} minority {n_neighbors:row is|rows are}"
                " {gaps} away{average}: rank {rank}, {fate}",
                "no minority row has it among its 3 nearest majority rows: removed",
            ),
        },
        say="Version {version} keeps {n_kept} of {n_majority} majority rows{short}."
        " {around} Row {row_id}: {why}.",
        panels=[
            _plane(X, places.shape[1], len(others), start, n_strays, radius),
            _queue(len(others), len(members), far),
        ],
        alt_text="Left, two classes in the plane: majority points kept or removed, "
        "minority points, some of them strays with a circle around each, and lines "
        "from a majority point to the minority points that it is measured by. Right, "
        "the mean distance of each majority point against its rank.",
        one_legend=True,
    )


def _length(i):
    """The distance from the picked point to the i-th that it is measured by."""
    (x, y), (x2, y2) = _place("majority", "row_id"), _place("here", f"by[{i}]")
    return f"(length(by) > {i} ? hypot({x} - {x2}, {y} - {y2}) : 0)"


def _written(i):
    return f"format(lengths[{i}], '.2f')"


def _run(X, y, version, k, near):
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
    } | {count: int((kept & close).sum()) for count, close in near.items()}


def _joined(numbers, form):
    """Write numbers into one text, with nothing for NaN."""
    return "|".join("" if np.isnan(each) else f"{each:{form}}" for each in numbers)


def _place(table, row):
    return f"{table}[{row}][0]", f"{table}[{row}][1]"


def _plane(X, n_minority, n_majority, start, n_strays, radius):
    ends = [X.min(axis=0), X.max(axis=0)]
    plane = {
        "x": parts.x("x", "feature 1", [e[0] for e in ends], scale={"nice": True}),
        "y": parts.y("y", "feature 2", [e[1] for e in ends], scale={"nice": True}),
    }
    picked, at = _place("majority", "row_id"), _place("here", "strays[datum.stray]")
    around = (
        parts.counted(49 * n_strays, "i")
        .transform_calculate(stray="floor(datum.i / 49)", turn="datum.i % 49 * PI / 24")
        .transform_calculate(
            x=f"{at[0]} + {radius} * cos(datum.turn)",
            y=f"{at[1]} + {radius} * sin(datum.turn)",
        )
        .mark_line(color=parts.INK, strokeDash=[3, 3], strokeWidth=1, clip=True)
        .encode(detail="stray:N", order="i:Q")
    )
    to = _place("here", "datum.neighbor")
    rows = parts.here("links", neighbor="by").transform_flatten(["neighbor"])
    links = parts.links(rows, picked, to, plane, strokeWidth=1.5, color=parts.INK)
    x, y = _place("here", "datum.id")
    minority = parts.points_of_kind(
        parts.counted(n_minority, "id", "minority_points")
        .transform_calculate(x=x, y=y)
        .mark_point(filled=True, opacity=1)
        .encode(
            size=parts.either("datum.id === walker", 150, 60),
            # The strays stand among majority points.
            stroke=parts.either("datum.kind === 'stray'", parts.INK, "transparent"),
        ),
        "indexof(strays, datum.id) >= 0 ? 'stray' : 'minority'",
        LOOKS,
        **LEGEND,
    )
    ring = parts.here(x=picked[0], y=picked[1]).mark_point(
        size=260, strokeWidth=2, color=parts.INK
    )
    x, y = _place("majority", "datum.id")
    points = _by_fate(
        parts.counted(n_majority, "id", "majority_points")
        .transform_calculate(x=x, y=y)
        .mark_point(filled=True, size=45, opacity=0.9)
        .encode(**plane)
    )
    slider = alt.binding_range(min=0, max=n_majority - 1, step=1, name="Majority row")
    how = {"fields": ["id"], "on": "click", "nearest": True, "clear": False}
    pick = alt.selection_point("row", value=start, bind=slider, **how)
    return parts.panel(
        points.add_params(pick),
        # In a nested layer, named layers stay out of the selection (see parts.stage).
        alt.layer(
            around.encode(**plane),
            links,
            ring.encode(**plane),
            minority.encode(**plane),
        ),
        title="Majority row {row_id}: {fate}",
        height=244,
    )


def _by_fate(points):
    rank = "toNumber(ranks[datum.id])"
    kind = f"isNumber({rank}) && {rank} <= n_asked ? 'kept' : 'removed'"
    return parts.points_of_kind(points, kind, LOOKS, **LEGEND)


def _queue(n, n_asked, far):
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
        parts.rule_at("n_asked + 0.5", "x", f"{n_asked} asked for"),
        _by_fate(marks.encode(x=across, y=up)),
        ring.encode(x=across, y=up),
        title="Mean distance to the {n_neighbors} {which}",
        width=215,
        height=244,
    )
