"""Which majority rows edited nearest neighbors removes, and in which round."""

import altair as alt
import numpy as np
from sklearn.neighbors import NearestNeighbors

from imbtutor._checks import check_labels, check_points
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

SAMPLERS = ["ENN", "RENN", "AllKNN"]
KINDS = ["all", "mode"]
K_MAX = 5
LOOKS = parts.CLASSES | {
    "removed in this round": (parts.PINK, parts.REMOVED[1]),
    "removed before": parts.REMOVED,
}


def explore_edited_neighbours(X, y, *, name="edited_neighbours"):
    """Edit a majority by its neighbors, once or round by round.

    For each setting `imblearn.under_sampling.EditedNearestNeighbours`,
    `~imblearn.under_sampling.RepeatedEditedNearestNeighbours` or
    `~imblearn.under_sampling.AllKNN` itself ran.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, at least 6 points, and 0 for the majority, more than that.
    name : str, default="edited_neighbours"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``sampler`` ("ENN", "RENN" or "AllKNN"), ``kind_sel``
        ("all" or "mode"), ``n_neighbors`` (1 to 5), ``rounds`` (how many of the rounds
        are shown) and ``point_id``, a row of X; a click picks one, too. Computed:
        ``n_rounds``, the rounds of the run; ``shown``, those shown; ``n_left``, the
        majority rows left after them. Of the picked row: ``fell``, the round in which
        it is removed, 0 for never; ``asked``, the round whose neighbors are drawn; of
        these ``k`` neighbors ``votes`` are of the other class.

    Raises
    ------
    ValueError
        If X has not two columns, the labels are not 0 and 1, there are fewer than 6
        minority points, or no fewer of them than majority points.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_edited_neighbours
    >>> X, y = make_gaussians(60, prevalence=0.2, random_state=0)
    >>> fig = explore_edited_neighbours(X, y)
    >>> fig.set(sampler="RENN", rounds=2, point_id=7)
    >>> fig.get("rounds")
    2
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    n_majority, n_minority = np.bincount(y)
    # The minority is never edited, so each round finds K_MAX neighbors.
    if n_minority <= K_MAX or n_minority >= n_majority:
        raise ValueError(
            f"y holds {n_minority} minority points and {n_majority} of the majority; "
            f"this figure needs at least {K_MAX + 1}, and more of the majority."
        )
    order = _nearest(X, X, len(X) - 1)
    depth, runs = 0, []
    for sampler in SAMPLERS:
        runs.append([])
        for kind in KINDS:
            each = [_run(X, y, sampler, kind, k, order) for k in range(1, K_MAX + 1)]
            runs[-1].append([run for run, _ in each])
            depth = max(depth, *(deep for _, deep in each))
    most = max(len(run["left"]) - 1 for kinds in runs for ks in kinds for run in ks)
    # The removed row with the farthest neighbors: its lines can be seen.
    reach = np.linalg.norm(X - X[order[:, 2]], axis=1)
    start = int(np.argmax(reach * runs[0][0][2]["fell"]))
    at = f"[indexof({SAMPLERS}, sampler)][indexof({KINDS}, kind_sel)][n_neighbors - 1]"
    fate = parts.when("fell", "it falls in round {fell}", "it stays to the end")
    return parts.figure(
        name,
        controls=[
            parts.choice("sampler", "Sampler", SAMPLERS, start="ENN"),
            parts.choice("kind_sel", "kind_sel", KINDS, start="all"),
            parts.slider("n_neighbors", "n_neighbors", 1, K_MAX, 1, 3),
            parts.slider("rounds", "Rounds shown", 1, max(most, 2), 1, 1),
        ],
        numbers={
            "points": X,
            "labels": y,
            "order": order[:, :depth],
            "runs": runs,
            "run": f"runs{at}",
            "n_majority": int(n_majority),
            "n_minority": int(n_minority),
            "n_rounds": "length(run.left) - 1",
            "shown": "min(rounds, n_rounds)",
            "n_left": "run.left[shown]",
            "fell": "run.fell[point_id]",
            "asked": "fell > 0 && fell <= shown ? fell : shown",
            "k": "sampler === 'AllKNN' ? asked : n_neighbors",
            "votes": "toNumber(run.votes[asked - 1][point_id])",
            "against": parts.when(
                "k === 1",
                "the row nearest to it is of {votes:the other|its own} class",
                "{votes} of the {k} rows nearest to it {votes:is|are} of the other"
                " class",
            ),
            "class_name": "labels[point_id] === 1 ? 'minority' : 'majority'",
            "fate": f"labels[point_id] === 1 ? 'the minority is not edited' : {fate}",
        },
        say="{sampler} by the rule '{kind_sel}', after round {shown} of {n_rounds}:"
        " {n_left} of {n_majority} majority rows are left, beside {n_minority} of the"
        " minority. Row {point_id} is of the {class_name}; in round {asked}, {against};"
        " {fate}.",
        panels=[_plane(len(X), start), _counts(n_minority, n_majority)],
        alt_text="Left, two classes in the plane: pink crosses for the majority rows "
        "that the round shown last removed, gray ones for those removed before; lines "
        "lead from one row to the neighbors that decide about it. Right, a bar for the "
        "majority rows left after each round, and a line at the number of minority "
        "rows.",
        limits={"rounds": "n_rounds"},
    )


def _nearest(pool, points, n_neighbors):
    """Find neighbors as imbalanced-learn does: the first is the point itself."""
    search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(pool)
    return search.kneighbors(points, return_distance=False)[:, 1:]


def _sampler(name, kind, k):
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn import under_sampling

    classes = {
        "ENN": under_sampling.EditedNearestNeighbours,
        "RENN": under_sampling.RepeatedEditedNearestNeighbours,
        "AllKNN": under_sampling.AllKNN,
    }
    return classes[name](kind_sel=kind, n_neighbors=k)


def _run(X, y, name, kind, k, order):
    """Run a sampler; return what each round found, and how deep it looks in `order`."""
    told = trace(_sampler(name, kind, k), X, y)
    fell = np.zeros(len(X), dtype=int)
    fell[told.removed.index] = told.removed.get("round", 1)
    # RENN counts its rounds, the last of which may remove nothing; the k of AllKNN
    # grows by one in each.
    n_rounds = {
        "ENN": lambda fitted: 1,
        "RENN": lambda fitted: fitted.n_iter_,
        "AllKNN": lambda fitted: fitted.enn_.n_neighbors,
    }[name](told.sampler)
    votes, left, deep = [], [(y == 0).sum()], 0
    for number in range(1, n_rounds + 1):
        here = np.flatnonzero((fell == 0) | (fell >= number))
        near = here[_nearest(X[here], X[here], number if name == "AllKNN" else k)]
        against = np.zeros(len(X), dtype=int)
        against[here] = (y[near] != y[here][:, None]).sum(axis=1)
        votes.append("".join(map(str, against)))  # one digit each: small and fast
        left.append(left[-1] - (fell == number).sum())
        places = order[here][:, :, None] == near[:, None]
        deep = max(deep, int(places.argmax(axis=1).max()) + 1)
    run = {"fell": fell.tolist(), "votes": votes, "left": [*map(int, left)]}
    return run, deep


def _plane(n, start):
    place = "points[{0}][0]".format, "points[{0}][1]".format
    at = [each("point_id") for each in place]
    fell = "run.fell[datum.id]"
    stands = "(labels[datum.id] === 1 ? 'minority' : 'majority')"
    rows = parts.counted(n, "id").transform_calculate(
        **{axis: each("datum.id") for axis, each in zip("xy", place, strict=True)}
    )
    # Neighbors are those that stood at the beginning of the round.
    near = (
        parts.here("links", neighbor="order[point_id]")
        .transform_flatten(["neighbor"])
        .transform_filter(
            "!run.fell[datum.neighbor] || run.fell[datum.neighbor]>=asked"
        )
        .transform_window(rank="row_number()")
        .transform_filter("datum.rank <= k")
    )
    to = [each("datum.neighbor") for each in place]
    by_class = parts.either(
        "labels[datum.neighbor] === 1", COLORS["minority"], COLORS["majority"]
    )
    return parts.stage(
        parts.links(near, at, to, strokeWidth=2).encode(color=by_class),
        majority=np.empty((0, 2)),  # all rows can be picked
        points=rows.mark_point(filled=True, opacity=0.9).encode(
            # Those of this round are looked for.
            size=parts.either(f"{fell} && {fell} === shown", 120, 45)
        ),
        kind=f"!{fell} || {fell} > shown ? {stands} : {fell} === shown"
        " ? 'removed in this round' : 'removed before'",
        looks=LOOKS,
        n=n,
        pick="point",
        start=start,
        at=at,
        columns=2,
    )


def _counts(n_minority, n_majority):
    bars = (
        parts.here("counts", left="run.left")
        .transform_flatten(["left"])
        .transform_window(number="row_number()")
        .transform_calculate(round="datum.number - 1")
        .encode(
            x=alt.X("round:O", title="after round").axis(labelAngle=0),
            y=parts.y("left", "majority rows", [0, 1.1 * n_majority]),
            opacity=parts.either("datum.round <= shown", 1, 0.25),
        )
    )
    label = {"dy": -7, "fontWeight": "bold", "color": parts.INK, "tooltip": None}
    return parts.panel(
        bars.mark_bar(color=COLORS["majority"]),
        bars.properties(name="labels").mark_text(**label).encode(text="left:Q"),
        parts.rule_at(f"{n_minority}", "y"),
        title="{n_left} left (line: {n_minority} minority)",
        width=205,
        height=244,
    )
