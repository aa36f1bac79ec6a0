"""One minority point, and the copies or jittered children that it got."""

import altair as alt
import numpy as np

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

LOOKS = parts.CLASSES | {"new": (COLORS["added"], "cross")}
MOST = 40  # more bars than this cannot be told apart in a small panel


def explore_random_oversampling(
    X,
    y,
    *,
    ratios=(0.25, 0.5, 1.0),
    shrinkages=(0, 0.5, 1, 2),
    random_state=0,
    name="random_oversampling",
):
    """Pick a minority point: see how often it was drawn, and where its children lie.

    For each ratio and each shrinkage `imblearn.over_sampling.RandomOverSampler` itself
    ran, with the same ``random_state``. Shrinkage 0 stands for ``shrinkage=None``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, with 2 to 40 points, and 0 for the majority.
    ratios : sequence of float, default=(0.25, 0.5, 1.0)
        The values of ``sampling_strategy`` to choose from: minority to majority
        afterwards, each large enough for one new point and at most 1.
    shrinkages : sequence of float, default=(0, 0.5, 1, 2)
        The values of ``shrinkage`` to choose from, at least 0.
    random_state : int, default=0
        Seed of every run.
    name : str, default="random_oversampling"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``ratio``, ``shrinkage`` and ``parent_id``, which counts
        the minority points from 0 in their order in X; a click picks one, too.
        Computed: ``n_new`` and ``n_minority`` (how many new and minority points there
        are now), ``n_children`` (of the parent), their ``rows`` in ``X_resampled`` and
        their ``distances`` from it in units of X, ``n_childless``, ``var_1`` and
        ``var_2`` (the variance of the minority in each feature, as a multiple of what
        it was) and ``n_strayed``: how many new points have a majority point as their
        nearest among the points of X.

    Raises
    ------
    TypeError
        If a ratio or shrinkage is not a number, or `random_state` not an integer.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, there are
        fewer than 2 or more than 40 minority points, a list is empty, a ratio
        is above 1 or adds no point, or a shrinkage is below 0.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_random_oversampling
    >>> X, y = make_gaussians(100, prevalence=0.1, random_state=0)
    >>> fig = explore_random_oversampling(X, y, ratios=[0.5, 1.0])
    >>> fig.set(shrinkage=1, parent_id=7)
    >>> fig.get("parent_id")
    7
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    n, n_majority = int((y == 1).sum()), int((y == 0).sum())
    if not 2 <= n <= MOST:
        raise ValueError(f"y holds {n} minority points; this figure needs 2 to {MOST}.")
    for each in ratios:
        check_number(each, "ratios", low=0, high=1, open_low=True)
        if int(n_majority * each - n) < 1:
            raise ValueError(
                f"ratios={each!r} adds no point to {n} of {n_majority}; pass more "
                f"than {(n + 1) / n_majority:.3g}."
            )
    for each in shrinkages:
        check_number(each, "shrinkages", low=0)
    if not len(ratios) or not len(shrinkages):
        raise ValueError("ratios or shrinkages is empty; pass one value or more each.")
    runs = [[_run(X, y, r, s, random_state) for s in shrinkages] for r in ratios]
    births = [len(child["rows"]) for child in runs[-1][0]["children"]]
    labels = {s: f"{s:g}" if s else "None (copies)" for s in shrinkages}
    return parts.figure(
        name,
        controls=[
            parts.choice("ratio", "sampling_strategy", [*ratios], start=ratios[-1]),
            parts.choice("shrinkage", "shrinkage", labels, start=shrinkages[0]),
        ],
        numbers={
            "minority": X[y == 1],
            "runs": runs,
            "run": f"runs[indexof({[*ratios]}, ratio)]"
            f"[indexof({[*shrinkages]}, shrinkage)]",
            "children": "run.children",
            "mean_children": "run.mean",
            "n_new": "run.n_new",
            "n_minority": f"{n} + n_new",
            "n_childless": "run.childless",
            "n_strayed": "run.strayed",
            "var_1": "run.var[0]",
            "var_2": "run.var[1]",
            "rows": "children[parent_id].rows",
            "distances": "children[parent_id].distances",
            "n_children": "length(rows)",
            "place": "n_children === 0 ? '' : " + _where(),
            "strayed": parts.when(
                "n_strayed === 0",
                "No new point has a majority point as its nearest.",
                "{n_strayed} of the new points {n_strayed:has|have} a majority point as"
                " {n_strayed:its|their} nearest.",
            ),
        },
        say="Point {parent_id} got {n_children} of the {n_new} new"
        f" {{n_new:point|points}}{{place}}. The classes now count {n_majority}"
        " and {n_minority}. The variance of the minority is"
        " {var_1:.2f} times (feature 1) and {var_2:.2f} times (feature 2) what it was."
        " {strayed}",
        panels=[_plane(X[y == 0], n, start=int(np.argmax(births))), _bars(n)],
        alt_text="Left, the points of two classes in the plane, the new minority "
        "points, and segments from one minority point to its children. Right, a bar "
        "for each minority point, as high as the number of its children; a line at the "
        "mean.",
    )


def _run(X, y, ratio, shrinkage, random_state):
    """What RandomOverSampler did at one setting; minority points count from 0."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import RandomOverSampler
    from sklearn.neighbors import KNeighborsClassifier

    sampler = RandomOverSampler(
        sampling_strategy=ratio, shrinkage=shrinkage or None, random_state=random_state
    )
    result = trace(sampler, X, y)
    members = np.flatnonzero(y == 1)
    rows = result.added.index.to_numpy()
    parents = result.added["parent"].to_numpy()
    new = result.X_resampled[rows]
    distance = np.linalg.norm(new - X[parents], axis=1)
    after = result.X_resampled[result.y_resampled == 1].var(axis=0)
    before = X[members].var(axis=0)
    nearest = KNeighborsClassifier(n_neighbors=1).fit(X, y).predict(new)
    children = [
        {
            "rows": rows[mine].tolist(),
            "x": new[mine, 0].tolist(),
            "y": new[mine, 1].tolist(),
            "distances": distance[mine].tolist(),
        }
        for mine in (parents == member for member in members)
    ]
    return {
        "children": children,
        "n_new": len(rows),
        "mean": len(rows) / len(members),
        "childless": sum(not child["rows"] for child in children),
        "strayed": int((nearest == 0).sum()),
        "var": np.divide(
            after, before, out=np.full(2, np.nan), where=before > 0
        ).tolist(),
    }


def _where():
    """Where the children of the picked point lie, in words."""
    copies = parts.words(", {n_children:a copy|all copies} at its own place")
    one = parts.words(", at a distance of {distances[0]:.2f} from it")
    far = "extent(distances)"
    many = parts.words(
        f", at distances of {{{far}[0]:.2f}} to {{{far}[1]:.2f}} from it"
    )
    return f"shrinkage === 0 ? {copies} : n_children === 1 ? {one} : {many}"


def _plane(majority, n, start):
    x, y = "minority[datum.id][0]", "minority[datum.id][1]"
    parent = "minority[parent_id][0]", "minority[parent_id][1]"
    fields = {each: f"children[datum.id].{each}" for each in ("rows", "x", "y")}
    new = (
        parts.counted(n, "id", "new_points")
        .transform_calculate(**fields)
        .transform_flatten([*fields], as_=["row", "x", "y"])
        .mark_point(filled=True, size=60)
        .encode(**parts.PLANE, opacity=parts.either("datum.id === parent_id", 1, 0.5))
    )
    mine = {each: f"children[parent_id].{each}" for each in ("x", "y")}
    links = parts.links(
        parts.here("links")
        .transform_calculate(**mine)
        .transform_flatten([*mine], as_=["to_x", "to_y"]),
        parent,
        ("datum.to_x", "datum.to_y"),
        strokeWidth=1.5,
        color=parts.GRAY,
    )
    everyone = parts.counted(n, "id").transform_calculate(
        x=x, y=y, rows="'+' + length(children[datum.id].rows)"
    )
    # A triangle is hollow where no child came from it.
    fill = parts.either("length(children[datum.id].rows) > 0", 1, 0)
    style = {"filled": True, "size": 75, "opacity": 1, "stroke": COLORS["minority"]}
    times = everyone.transform_filter("shrinkage === 0").mark_text(
        dx=12, dy=-8, fontSize=11, color=parts.INK
    )
    title = parts.words("Point {parent_id} and its {n_children:child|children}")
    return parts.stage(
        links,
        parts.points_of_kind(new, "'new'", LOOKS),
        times.encode(**parts.PLANE, text="rows:N"),
        majority=majority,
        points=everyone.mark_point(**style).encode(fillOpacity=fill),
        kind="'minority'",
        looks=LOOKS,
        n=n,
        pick="parent",
        start=start,
        at=parent,
    ).properties(title={"text": {"expr": title}})


def _bars(n):
    bars = (
        parts.counted(n, "id", "bars")
        .transform_calculate(count="length(children[datum.id].rows)")
        .mark_bar(color=COLORS["added"])
        .encode(
            x=alt.X("id:O", title="minority point").axis(
                labelAngle=0, labelOverlap=True, labelSeparation=4
            ),
            y=parts.y("count", "draws", tickMinStep=1, format="d"),
            opacity=parts.either("datum.id === parent_id", 1, 0.5),
        )
    )
    title = "{n_children} of {n_new} draws {n_children:hits|hit} point {parent_id}"
    rule = parts.rule_at("mean_children", "y")
    return parts.panel(bars, rule, title=title, height=244)
