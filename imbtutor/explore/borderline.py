"""Minority points that are safe, in danger or noise, and what is made from each."""

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
        toward, rows of X), and of its new points ``rows`` in ``X_resampled``,
        ``toward`` (rows of X), ``steps`` and ``n_children``, how many they are.

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
    check_number(random_state, "random_state", low=0, integer=True)
    members = np.flatnonzero(y == 1)
    n = len(members)
    if n <= K:
        raise ValueError(
            f"y holds {n} minority points; this figure needs at least {K + 1}, as "
            f"each one takes {K} neighbors."
        )
    m_values = list(range(2, min(M_MAX, len(X) - 1) + 1, 2))
    nearest = _nearest(X, X[members], m_values[-1])
    foreign = {m: (y[nearest[:, :m]] == 0).sum(axis=1) for m in m_values}
    # The danger rule of Han and others: m/2 <= foreign < m.
    groups = {m: np.where(f == m, 2, 1 * (2 * f >= m)) for m, f in foreign.items()}
    runs = [
        [_run(X, y, members, each, m, groups[m], n_new, random_state) for m in m_values]
        for each in SAMPLERS
    ]
    near_own = members[_nearest(X[members], X[members], K)]
    # The axes stand still; SVM-SMOTE goes at most half of the way to the other side.
    beyond = (1.5 * X[members][:, None] - 0.5 * X[near_own]).reshape(-1, 2)
    lows, highs = (
        np.min([X.min(0), beyond.min(0)], 0),
        np.max([X.max(0), beyond.max(0)], 0),
    )
    plane = {
        each: getattr(parts, each)(
            each, f"feature {i + 1}", [lows[i], highs[i]], scale={"nice": True}
        )
        for i, each in enumerate("xy")
    }
    m_start = min(10, m_values[-1])
    births = [len(each["rows"]) for each in runs[0][m_start // 2 - 1]["children"]]
    ids = np.full(len(X), -1)
    ids[members] = np.arange(n)
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
            "foreign_at": list(foreign.values()),
            "groups_at": list(groups.values()),
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
            "children": "run.children",
            "rows": "children[point_id].rows",
            "toward": "children[point_id].toward",
            "steps": "children[point_id].steps",
            "n_children": "length(rows)",
            "n_made": "run.made",
        },
        say="With m = {m_neighbors}: {n_safe} safe, {n_danger} in danger, {n_noise}"
        " noise. {run.outcome} Point {point_id} has {foreign[point_id]} foreign among"
        " its {m_neighbors} nearest: {group_names[groups[point_id]]}."
        " {children[point_id].text}",
        panels=[_plane(X[y == 0], n, int(np.argmax(births)), plane), _steps()],
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


def _run(X, y, members, name, m_neighbors, groups, n_new, random_state):
    """Run one sampler with one m; say what came of it, and of each point."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import SVMSMOTE, BorderlineSMOTE
    from sklearn.svm import SVC

    n = len(members)
    settings = {
        "sampling_strategy": {1: n + n_new},
        "k_neighbors": K,
        "m_neighbors": m_neighbors,
        "random_state": random_state,
    }
    if name == "SVM-SMOTE":
        sampler = SVMSMOTE(**settings)
        # The estimator that SVMSMOTE makes for itself.
        machine = SVC(gamma="scale", random_state=random_state).fit(X, y)
        candidate = np.isin(members, machine.support_)
        fails = (groups[candidate] == 2).all()
        wasted = "SVMSMOTE raises an error: all of its support vectors are noise."
    else:
        sampler = BorderlineSMOTE(kind=name, **settings)
        candidate, fails = np.ones(n, dtype=bool), False
        wasted = "BorderlineSMOTE returns the data unchanged, without a warning."
    if fails:
        born = []
    else:
        born = trace(sampler, X, y).added.reset_index()
        born = [born[born["parent"] == row] for row in members]
    made = sum(map(len, born))
    few = "" if made == n_new else f" of the {n_new} asked for"
    points = "point" if made == 1 else "points"
    return {
        "made": made,
        "outcome": f"{made} new {points}{few}." if made else wasted,
        "support": (candidate & (name == "SVM-SMOTE")).tolist(),
        "children": [
            _child(
                born[i] if len(born) else None,
                members,
                _reason(name, candidate[i], groups[i]),
            )
            for i in range(n)
        ],
    }


def _reason(name, candidate, group):
    """Say why a point without new points has none."""
    if not candidate:
        return "It is no support vector, so nothing is made from it."
    if name == "SVM-SMOTE":
        if group == 2:
            return "It is a support vector, but noise, so nothing is made from it."
    elif group != 1:
        return "It is not in danger, so nothing is made from it."
    return "It may be a parent, but no draw fell on it."


def _child(born, members, reason):
    """What one parent got; Vega cannot write out a list, so the text is made here."""
    if born is None or born.empty:
        return {"rows": [], "toward": [], "steps": [], "text": reason}
    lines = zip(born["neighbor"], born["step"], strict=True)
    own = {row: f"{i}" for i, row in enumerate(members)}
    told = ", ".join(
        f"{'away from' if step < 0 else 'toward'} {own.get(row, 'the majority')}"
        f" at step {step:.2f}"
        for row, step in lines
    )
    verb = "is" if len(born) == 1 else "are"
    return {
        "rows": born["row"].tolist(),
        "toward": born["neighbor"].tolist(),
        "steps": born["step"].round(9).tolist(),
        "text": f"{len(born)} {verb} made from it: {told}.",
    }


def _place(row):
    """Where a point lies, by an expression that gives its row in X."""
    return f"points[{row}][0]", f"points[{row}][1]"


def _born(chart, of=""):
    """One row for each new point of a parent."""
    fields = {each: f"{of}{each}" for each in ("rows", "toward", "steps")}
    names = ["row", "toward", "step"]
    return chart.transform_calculate(**fields).transform_flatten([*fields], as_=names)


def _plane(majority, n, start, plane):
    x, y = _place("members[datum.id]")
    x2, y2 = _place("datum.toward")
    parent = _place("members[point_id]")
    new = (
        _born(parts.counted(n, "id", "new_points"), "children[datum.id].")
        .transform_calculate(
            x=f"{x} + datum.step * ({x2} - {x})", y=f"{y} + datum.step * ({y2} - {y})"
        )
        .mark_point(filled=True, size=55)
        .encode(**plane, opacity=parts.either("datum.id === point_id", 1, 0.45))
    )
    everyone = parts.counted(n, "id").transform_calculate(x=x, y=y)
    support = (
        parts.counted(n, "id", "support_vectors")
        .transform_filter("run.support[datum.id]")
        .transform_calculate(x=x, y=y)
        .mark_point(shape="circle", size=170, strokeWidth=1.2, color=parts.INK)
        .encode(**plane)
    )
    rows = parts.ranked(M_MAX, "m_neighbors", "links")
    link = parts.either(
        "ids[datum.neighbor] < 0", COLORS["majority"], COLORS["minority"]
    )
    to = _place("datum.neighbor")
    lines = parts.links(rows, parent, to, plane, strokeWidth=1.2)
    return parts.stage(
        lines.encode(color=link),
        parts.points_of_kind(new, "'new'", LOOKS, **COUNTED),
        support,
        majority=majority,
        points=everyone.mark_point(filled=True, size=70, opacity=1),
        kind="group_names[groups[datum.id]]",
        looks=LOOKS,
        n=n,
        pick="point",
        start=start,
        at=parent,
        plane=plane,
        **COUNTED,
    )


# The legend counts what the picture shows.
COUNTED = {
    "columns": 3,
    "labelExpr": "datum.label + (datum.label === 'safe' ? ' (' + n_safe + ')'"
    " : datum.label === 'danger' ? ' (' + n_danger + ')'"
    " : datum.label === 'noise' ? ' (' + n_noise + ')'"
    " : datum.label === 'new' ? ' (' + n_made + ')' : '')",
}


def _steps():
    row = alt.Y("rank:O", title="may step toward").axis(
        labelExpr="ids[near[datum.value]] < 0 ? 'majority'"
        " : 'point ' + ids[near[datum.value]]",
        grid=False,
    )
    ranks = parts.ranked(K, f"{K}").encode(y=row)
    rules = ranks.mark_rule(strokeWidth=1.5, color=parts.GRAY)
    point = ranks.mark_point(filled=True, size=75, opacity=1)
    parent = point.encode(x=alt.datum(0))
    neighbor = point.encode(x=alt.datum(1))
    kind, there = "group_names[groups[{}]]".format, "ids[near[datum.rank]]"
    other = f"{there} < 0 ? 'majority' : {kind(there)}"
    at, title = [-0.5, 0, 0.5, 1], "step (0 = point, 1 = there)"
    across = parts.x("step", title, [-0.5, 1], at, ".1f")
    new = (
        _born(parts.here())
        .transform_calculate(rank="indexof(near, datum.toward)")
        .encode(x=across, y=row)
    )
    marks = new.mark_point(filled=True, size=60, opacity=1).properties(name="steps")
    labels = new.mark_text(angle=270, align="left", dx=8, fontSize=11).encode(
        text=alt.Text("step:Q", format=".2f")
    )
    return parts.panel(
        rules.encode(x=alt.datum(0), x2=alt.datum(1)),
        parts.points_of_kind(parent, kind("point_id"), LOOKS, **COUNTED),
        parts.points_of_kind(neighbor, other, LOOKS, **COUNTED),
        parts.points_of_kind(marks, "'new'", LOOKS, **COUNTED),
        labels,
        title="Its new points: {n_children} of {n_made}",
        width=205,
        height=244,
    )
