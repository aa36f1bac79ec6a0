"""Minority points that are safe, in danger or noise, and what is made from each."""

import itertools

import altair as alt
import numpy as np
from sklearn.neighbors import NearestNeighbors

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

SAMPLERS = ["borderline-1", "borderline-2", "SVM-SMOTE"]
GROUPS = ["safe", "danger", "noise"]
M_MAX, K = 20, 5
LOOKS = {
    "majority": parts.CLASSES["majority"],
    "safe": parts.CLASSES["minority"],
    "danger": (parts.ORANGE, "square"),
    "noise": (parts.PINK, "triangle-down"),
    "new": (COLORS["added"], "cross"),
}
# The legend counts what the picture shows.
LEGEND = {
    "columns": 3,
    "labelExpr": "datum.label === 'majority' ? datum.label : datum.label + ' (' +"
    " {safe: n_safe, danger: n_danger, noise: n_noise, new: n_made}[datum.label] + ')'",
}


def explore_borderline(X, y, *, n_new=30, random_state=0, name="borderline"):
    """Move ``m_neighbors``: minority points change group, and so do the parents.

    For each sampler and each ``m_neighbors``,
    `imblearn.over_sampling.BorderlineSMOTE` or `~imblearn.over_sampling.SVMSMOTE`
    itself ran, with ``k_neighbors=5`` and the same ``random_state``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points, at least 3.
    y : array-like of shape (n_samples,)
        1 for the minority, with at least 6 points, and 0 for the majority.
    n_new : int, default=30
        The number of new points that each run is asked for, at least 1.
    random_state : int, default=0
        Seed of every run.
    name : str, default="borderline"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``sampler`` ("borderline-1", "borderline-2" or
        "SVM-SMOTE"), ``m_neighbors`` (even numbers from 2 to 20, and fewer than there
        are points) and ``point_id``, which counts the minority points from 0 in
        their order in X; a click picks one, too. Computed, for all minority points:
        ``foreign``, the number of their ``m_neighbors`` in the majority, and
        ``groups`` (0 safe, 1 danger, 2 noise); ``n_safe``, ``n_danger``, ``n_noise``;
        ``n_made``, the number of new points. Of the picked point: ``neighbors``
        (those m, rows of X, nearest first), ``near`` (the k points that it may step
        toward, rows of X) and ``n_children``, the number of its new points.

    Raises
    ------
    TypeError
        If `n_new` or `random_state` is not an integer.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, there
        are fewer than 6 minority points, or `n_new` is below 1.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_borderline
    >>> X, y = make_gaussians(60, prevalence=0.2, random_state=0)
    >>> fig = explore_borderline(X, y)
    >>> fig.set(sampler="SVM-SMOTE", m_neighbors=4, point_id=7)
    >>> fig.get("m_neighbors")
    4
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    check_number(n_new, "n_new", low=1, integer=True)
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    members = np.flatnonzero(y == 1)
    n = len(members)
    if n <= K:
        raise ValueError(
            f"y holds {n} minority points; this figure needs at least {K + 1}, as "
            f"each one takes {K} neighbors."
        )
    m_values = list(range(2, min(M_MAX, len(X) - 1) + 1, 2))
    m_start = min(10, m_values[-1])
    nearest = _nearest(X, X[members], m_values[-1])
    near_own = members[_nearest(X[members], X[members], K)]
    foreign = [(y[nearest[:, :m]] == 0).sum(axis=1) for m in m_values]
    # The danger rule of Han and others: m/2 <= foreign < m.
    groups = [
        np.where(f == m, 2, 1 * (2 * f >= m))
        for f, m in zip(foreign, m_values, strict=True)
    ]
    runs = [
        [
            _run(X, y, _sampler(each, n + n_new, m, random_state), group)
            for m, group in zip(m_values, groups, strict=True)
        ]
        for each in SAMPLERS
    ]
    ids = np.full(len(X), -1)
    ids[members] = np.arange(n)
    start = int(np.argmax(runs[0][m_start // 2 - 1]["children"]))
    return parts.figure(
        name,
        controls=[
            parts.choice("sampler", "Sampler", SAMPLERS, start=SAMPLERS[0]),
            parts.slider("m_neighbors", "m_neighbors", 2, m_values[-1], 2, m_start),
        ],
        numbers={
            "points": X,
            "members": members,
            "ids": ids,
            "nearest": nearest,
            "near_any": _nearest(X, X[members], K),
            "near_own": near_own,
            "foreign_at": foreign,
            "groups_at": groups,
            "group_names": GROUPS,
            "runs": runs,
            "at": "m_neighbors / 2 - 1",
            "run": f"runs[indexof({SAMPLERS}, sampler)][at]",
            "foreign": "foreign_at[at]",
            "groups": "groups_at[at]",
            **{
                f"n_{each}": " + ".join(f"(groups[{i}] === {code})" for i in range(n))
                for code, each in enumerate(GROUPS)
            },
            "neighbors": "slice(nearest[point_id], 0, m_neighbors)",
            "near": "(sampler === 'borderline-2' ? near_any : near_own)[point_id]",
            "n_children": "run.children[point_id]",
            "n_made": "length(run.step)",
        },
        say="With m = {m_neighbors}: {n_safe} safe, {n_danger} in danger, {n_noise}"
        " noise. {run.outcome} Point {point_id} has {foreign[point_id]} foreign among"
        " its {m_neighbors} nearest: {group_names[groups[point_id]]}."
        " {run.text[point_id]}",
        panels=[_plane(X, y, runs, start), _steps()],
        alt_text="Left, two classes in the plane: minority points by group (safe, "
        "danger, noise), lines from one of them to its m nearest points, and the new "
        "points. Right, a line for each point that it may step toward, with the steps "
        "of its new points: above 0 toward that point, below 0 away from it.",
        one_legend=True,
    )


def _nearest(pool, points, n_neighbors):
    """Find neighbors as imbalanced-learn does: the first is the point itself."""
    search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(pool)
    return search.kneighbors(points, return_distance=False)[:, 1:]


def _sampler(name, n_minority, m_neighbors, random_state):
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import SVMSMOTE, BorderlineSMOTE

    kind = {} if name == "SVM-SMOTE" else {"kind": name}
    return (BorderlineSMOTE if kind else SVMSMOTE)(
        sampling_strategy={1: n_minority},
        k_neighbors=K,
        m_neighbors=m_neighbors,
        random_state=random_state,
        **kind,
    )


def _run(X, y, sampler, groups):
    """Run one sampler; say what came of it, and of each minority point."""
    from sklearn.svm import SVC

    members = np.flatnonzero(y == 1)
    candidate, vectors = groups == 1, []
    if not hasattr(sampler, "kind"):
        # The estimator that SVMSMOTE makes for itself.
        machine = SVC(gamma="scale", random_state=sampler.random_state).fit(X, y)
        vectors = np.flatnonzero(np.isin(members, machine.support_))
        candidate = np.isin(np.arange(len(members)), vectors) & (groups != 2)
    outcome = "BorderlineSMOTE returns the data unchanged, without a warning."
    if len(vectors) and not candidate.any():
        outcome = "SVMSMOTE raises an error: all its support vectors are noise."
        parent, toward, step = [], [], []
    else:
        made = trace(sampler, X, y).added
        parent = np.searchsorted(members, made["parent"]).tolist()
        toward, step = made["neighbor"].tolist(), made["step"].tolist()
    n_asked = sampler.sampling_strategy[1] - len(members)
    if step:
        few = "" if len(step) == n_asked else f" of the {n_asked} asked for"
        outcome = f"{len(step)} new point{'s'[: len(step) != 1]}{few}."
    missing = "in danger" if hasattr(sampler, "kind") else "a support vector"
    other = f"It is not {missing}, and no parent."
    reasons = np.where(groups == 2, "It is noise, and no parent.", other)
    unlucky = "It may be a parent, but no draw fell on it."
    text = np.where(candidate, unlucky, reasons).tolist()
    own = dict(zip(members.tolist(), range(len(members)), strict=True))
    for i in set(parent):
        told = [
            f"{'away from' if by < 0 else 'toward'} {own.get(to, 'the majority')}"
            f" at step {by:.2f}"
            for of, to, by in zip(parent, toward, step, strict=True)
            if of == i
        ]
        verb = "is" if len(told) == 1 else "are"
        text[i] = f"{len(told)} {verb} made from it: {', '.join(told)}."
    return {
        "parent": parent,
        "toward": toward,
        "step": step,
        "support": [*map(int, vectors)],
        "children": [parent.count(i) for i in range(len(members))],
        "outcome": outcome,
        "text": text,
    }


def _place(row):
    """Where a point lies, by an expression that gives its row in X."""
    return f"points[{row}][0]", f"points[{row}][1]"


def _born(name):
    """One row for each new point."""
    fields = ["parent", "toward", "step"]
    rows = parts.here(name, **{each: f"run.{each}" for each in fields})
    return rows.transform_flatten(fields)


def _plane(X, y, runs, start):
    # The axes stand still, and hold the new points of every run.
    everywhere = [X]
    for run in itertools.chain(*runs):
        if run["step"]:
            parent = X[y == 1][run["parent"]]
            step = np.reshape(run["step"], (-1, 1))
            everywhere.append(parent + step * (X[run["toward"]] - parent))
    reach, n = np.vstack(everywhere), int((y == 1).sum())
    ends = np.column_stack([reach.min(axis=0), reach.max(axis=0)])
    plane = {
        "x": parts.x("x", "feature 1", ends[0], scale={"nice": True}),
        "y": parts.y("y", "feature 2", ends[1], scale={"nice": True}),
    }
    x, y_ = _place("members[datum.id]")
    everyone = parts.counted(n, "id").transform_calculate(x=x, y=y_)
    ringed = parts.counted(n, "id", "support_vectors").transform_filter(
        "indexof(run.support, datum.id) >= 0"
    )
    rings = ringed.transform_calculate(x=x, y=y_).mark_point(
        shape="circle", size=130, strokeWidth=1, color=parts.INK
    )
    (x, y_), (x2, y2) = _place("members[datum.parent]"), _place("datum.toward")
    new = (
        _born("new_points")
        .transform_calculate(
            x=f"{x} + datum.step * ({x2} - {x})", y=f"{y_} + datum.step * ({y2} - {y_})"
        )
        .mark_point(filled=True, size=40)
        .encode(**plane, opacity=parts.either("datum.parent === point_id", 1, 0.35))
    )
    rows = parts.ranked(M_MAX, "m_neighbors", "links")
    parent, to = _place("members[point_id]"), _place("datum.neighbor")
    links = parts.links(rows, parent, to, plane, strokeWidth=1)
    by_class = parts.either(
        "ids[datum.neighbor] < 0", COLORS["majority"], COLORS["minority"]
    )
    return parts.stage(
        links.encode(color=by_class),
        parts.points_of_kind(new, "'new'", LOOKS, **LEGEND),
        rings.encode(**plane),
        majority=X[y == 0],
        points=everyone.mark_point(filled=True, size=50, opacity=1),
        kind="group_names[groups[datum.id]]",
        looks=LOOKS,
        n=n,
        pick="point",
        start=start,
        at=parent,
        plane=plane,
        **LEGEND,
    )


def _steps():
    row = alt.Y("rank:O", title="may step toward").axis(
        labelExpr="ids[near[datum.value]] < 0 ? 'majority'"
        " : 'point ' + ids[near[datum.value]]",
        grid=False,
    )
    ranks = parts.ranked(K, f"{K}").encode(y=row)
    rules = ranks.mark_rule(strokeWidth=1.5, color=parts.GRAY)
    point = ranks.mark_point(filled=True, size=75, opacity=1)
    kind, there = "group_names[groups[{}]]".format, "ids[near[datum.rank]]"
    ends = {0: kind("point_id"), 1: f"{there} < 0 ? 'majority' : {kind(there)}"}
    at, title = [-0.5, 0, 0.5, 1], "step (0 = point, 1 = there)"
    new = (
        _born("steps")
        .transform_filter("datum.parent === point_id")
        .transform_calculate(rank="indexof(near, datum.toward)")
        .encode(x=parts.x("step", title, [-0.5, 1], at, ".1f"), y=row)
    )
    labels = new.mark_text(angle=270, align="left", dx=8, fontSize=11)
    return parts.panel(
        rules.encode(x=alt.datum(0), x2=alt.datum(1)),
        *(
            parts.points_of_kind(point.encode(x=alt.datum(end)), word, LOOKS, **LEGEND)
            for end, word in ends.items()
        ),
        parts.points_of_kind(
            new.mark_point(filled=True, size=60, opacity=1), "'new'", LOOKS, **LEGEND
        ),
        labels.properties(name="labels").encode(text=alt.Text("step:Q", format=".2f")),
        title="Its new points: {n_children} of {n_made}",
        width=205,
        height=244,
    )
