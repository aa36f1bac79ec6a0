"""Tomek links in two moons: who chooses whom, and which end goes."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from imbtutor._checks import check_number
from imbtutor.explore import parts
from imbtutor.tracing import trace

NOISES = np.arange(10, 55, 5) / 100
STRATEGIES = ["auto", "all"]
LOOKS = parts.CLASSES | {
    "removed": parts.REMOVED,
    "Tomek link": (parts.SKY, "M-1,-.6L1,-.6L1,.6L-1,.6Z"),
}
# Links are short: a band shows round the two points that it joins.
BAND = {"strokeWidth": 17, "strokeCap": "round", "color": parts.SKY, "opacity": 0.45}
CHOICE = {"strokeWidth": 1.5, "strokeDash": [4, 3], "color": parts.INK}
LEGEND = {
    "columns": 2,
    "labelExpr": "datum.label === 'removed' ? 'removed (' + n_removed + ')'"
    " : datum.label === 'Tomek link' ? 'Tomek link (' + n_links + ')' : datum.label",
}


def explore_tomek_links(n_samples=(40, 15), *, random_state=0, name="tomek-links"):
    """Let two moons run into each other; count the links and what goes with them.

    The data are `sklearn.datasets.make_moons` at each of nine levels of noise. For
    each of them and both values of ``sampling_strategy``,
    `imblearn.under_sampling.TomekLinks` itself ran on the points as they are.

    Parameters
    ----------
    n_samples : tuple of two int, default=(40, 15)
        The numbers of majority and minority points, at least 2 each, and fewer of
        the minority.
    random_state : int, default=0
        Seed of the moons.
    name : str, default="tomek-links"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``noise`` (0.1 to 0.5, in steps of 0.05: the standard
        deviation around the moons), ``strategy`` ("auto" or "all") and ``point_id``,
        the row of the picked point; a click picks one, too. Computed: ``n_links``,
        ``n_removed``, ``majority_after``, ``minority_after``, ``ratio`` and
        ``ratio_after`` (majority points for each minority point; None where none is
        left), and of the picked point ``neighbor`` (the row nearest to it), ``back``
        (the row nearest to that one), ``mutual``, ``foreign`` (whether the neighbor
        is of the other class) and ``removed`` (whether the point goes).

    Raises
    ------
    TypeError
        If an entry of `n_samples`, or `random_state`, is not an integer.
    ValueError
        If an entry of `n_samples` is below 2, or the minority is not the smaller.

    Examples
    --------
    >>> from imbtutor.explore import explore_tomek_links
    >>> fig = explore_tomek_links((30, 10))
    >>> fig.set(noise=0.45, strategy="all", point_id=7)
    >>> fig.get("strategy")
    'all'
    """
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    for each in n_samples:
        check_number(each, "n_samples", low=2, integer=True)
    if n_samples[1] >= n_samples[0]:
        raise ValueError(
            f"n_samples={n_samples!r} has no minority; pass the larger number first, "
            "such as (40, 15)."
        )
    moons = [make_moons(n_samples, noise=s, random_state=random_state) for s in NOISES]
    runs = [_run(X, y) for X, y in moons]
    # The noise moves the points; their order and their classes stay.
    y = moons[0][1]
    start = int(runs[5]["links"][0][0]) if runs[5]["links"] else 0
    return parts.figure(
        name,
        controls=[
            parts.slider("noise", "noise", NOISES[0], NOISES[-1], 0.05, start=0.35),
            parts.choice("strategy", "sampling_strategy", STRATEGIES, start="auto"),
        ],
        numbers={
            "runs": runs,
            "y": y,
            "class_names": ["majority", "minority"],
            "run": "runs[round((noise - 0.1) / 0.05)]",
            "points": "run.points",
            "links": "run.links",
            "gone": "run.gone[strategy]",
            "n_links": "length(links)",
            "n_removed": "length(gone)",
            "before": list(n_samples),
            "majority_after": "before[0] - n_links",
            "minority_after": "before[1] - (strategy === 'all' ? n_links : 0)",
            "ratio": "before[0] / before[1]",
            "ratio_after": "minority_after > 0 ? majority_after / minority_after"
            " : null",
            "neighbor": "run.nearest[point_id]",
            "back": "run.nearest[neighbor]",
            "mutual": "back === point_id",
            "foreign": "y[point_id] !== y[neighbor]",
            "removed": "indexof(gone, point_id) >= 0",
            "own_name": "class_names[y[point_id]]",
            "other_name": "class_names[y[neighbor]]",
            "found": parts.when(
                "n_links === 0",
                "No Tomek link: nothing goes.",
                "{n_links} Tomek {n_links:link|links}; with '{strategy}'"
                " {n_removed} {n_removed:point goes|points go}, and"
                " {majority_after} majority and {minority_after} minority points stay.",
            ),
            "verdict": "!mutual ? 'not mutual, no link, so it stays'"
            " : !foreign ? 'mutual, but both are of one class, so it stays'"
            " : removed ? 'a Tomek link, and it goes'"
            " : 'a Tomek link, but the minority end stays'",
        },
        say="{found} The nearest neighbor of point {point_id} ({own_name}) is"
        " {neighbor} ({other_name}), and the nearest of {neighbor} is {back}:"
        " {verdict}.",
        panels=[_plane(moons, start), _counts(n_samples[0])],
        alt_text="Left, two moons of points: a pale band joins the two ends of each "
        "Tomek link, and a gray cross marks each point that goes. Dashed lines lead "
        "from the picked point to its nearest neighbor, and from there to the nearest "
        "of that one. Right, bars count each class before and after.",
        one_legend=True,
    )


def _run(X, y):
    """What the library says of one set of points."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.under_sampling import TomekLinks

    gone = {
        strategy: trace(TomekLinks(sampling_strategy=strategy), X, y).removed["by"]
        for strategy in STRATEGIES
    }
    # Among continuous points there are no ties: each is its own first neighbor.
    search = NearestNeighbors(n_neighbors=2).fit(X)
    return {
        "points": X.tolist(),
        "nearest": search.kneighbors(X, return_distance=False)[:, 1].tolist(),
        # Both ends are in the list of "all"; one line for each link.
        "links": [[row, by] for row, [by] in gone["all"].items() if y[row] == 0],
        "gone": {strategy: each.index.tolist() for strategy, each in gone.items()},
    }


def _place(row):
    return f"points[{row}][0]", f"points[{row}][1]"


def _plane(moons, start):
    everyone = np.vstack([X for X, _ in moons])
    ends = np.column_stack([everyone.min(axis=0) - 0.1, everyone.max(axis=0) + 0.1])
    plane = {
        "x": parts.x("x", "feature 1", ends[0], scale={"nice": True}),
        "y": parts.y("y", "feature 2", ends[1], scale={"nice": True}),
    }
    n = len(moons[0][0])
    pairs = parts.counted(n, "i", "links").transform_filter("datum.i < n_links")
    joined = [_place(f"links[datum.i][{end}]") for end in (0, 1)]
    # The first dashed line is the picked point's choice, the second its neighbor's.
    choices = parts.counted(2, "i", "choices")
    chooser, chosen = (
        _place(f"(datum.i === 0 ? {first} : {second})")
        for first, second in [("point_id", "neighbor"), ("neighbor", "back")]
    )
    x, y = _place("neighbor")
    ring = parts.here(x=x, y=y).mark_point(size=170, strokeDash=[3, 2], color=parts.INK)
    x, y = _place("datum.id")
    points = parts.counted(n, "id").transform_calculate(x=x, y=y)
    pale = parts.either("indexof(gone, datum.id) >= 0", 0.5, 1)
    crosses = points.transform_filter("indexof(gone, datum.id) >= 0")
    crosses = parts.points_of_kind(
        crosses.mark_point(filled=True, size=130, opacity=1).encode(**plane),
        "'removed'",
        LOOKS,
        **LEGEND,
    )
    return parts.stage(
        parts.links(pairs, *joined, plane, **BAND),
        parts.links(choices, chooser, chosen, plane, **CHOICE),
        ring.encode(**plane),
        majority=np.empty((0, 2)),  # all points move, and all can be picked
        above=[crosses.properties(name="removed_points")],
        points=points.mark_point(filled=True, size=38).encode(opacity=pale),
        kind="class_names[y[datum.id]]",
        looks=LOOKS,
        n=n,
        pick="point",
        start=start,
        at=_place("point_id"),
        plane=plane,
        **LEGEND,
    )


def _counts(most):
    bars = [f"{each}, {when}" for each in parts.CLASSES for when in ("before", "after")]
    kinds = np.repeat(list(parts.CLASSES), 2)
    # On two lines, as a phone has little room for labels.
    two_lines = alt.Axis(grid=False, labelExpr="split(datum.label, ', ')")
    rows = (
        alt.Chart(pd.DataFrame({"bar": bars, "kind": kinds, "i": range(4)}))
        .transform_calculate(
            count="[before[0], majority_after, before[1], minority_after][datum.i]"
        )
        .encode(
            x=parts.x("count", "points", [0, 1.15 * most], None, ".0f"),
            y=alt.Y("bar:N", title=None, sort=bars, axis=two_lines),
        )
    )
    colors = {word: color for word, (color, _) in LOOKS.items()}
    drawn = rows.mark_bar().encode(color=parts.colored("kind", colors, None))
    label = rows.mark_text(align="left", dx=5, fontWeight="bold").encode(text="count:Q")
    return parts.panel(
        drawn.properties(name="bars"),
        label,
        title="{ratio:.2f} : 1 before, {ratio_after:.2f} : 1 after",
        width=165,
        height=244,
    )
