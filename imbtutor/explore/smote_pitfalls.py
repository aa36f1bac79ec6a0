"""Four shapes of data on which SMOTE goes wrong, and what became of each new point."""

import altair as alt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.metrics import pairwise_distances

from imbtutor._checks import check_number
from imbtutor.datasets import make_bridge, make_gaussians, make_outliers
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

K_MAX = 8
N_MINORITY, N_MAJORITY = 12, 60
N_NEW = N_MAJORITY - N_MINORITY
SHAPES = {
    "bridge": "two groups, majority between",
    "outliers": "outliers in the majority",
    "moon": "a thin moon",
    "high": "50 dimensions, first two shown",
}
LOOKS = parts.CLASSES | {
    "new": (COLORS["added"], "cross"),
    "strayed": (parts.PINK, "diamond"),
}


def shape_data(shape, random_state):
    """Return X and y of one of `SHAPES`: 72 samples, 12 of them in the minority."""
    if shape == "moon":
        return make_moons(
            (N_MAJORITY, N_MINORITY), noise=0.08, random_state=random_state
        )
    makers = {
        "bridge": (make_bridge, {}),
        "outliers": (make_outliers, {"outliers": 0.25}),
        "high": (make_gaussians, {"separation": 4, "n_features": 50}),
    }
    maker, options = makers[shape]
    n_samples = N_MINORITY + N_MAJORITY
    share = N_MINORITY / n_samples
    return maker(n_samples, prevalence=share, random_state=random_state, **options)


def explore_smote_pitfalls(*, random_state=2, name="smote-pitfalls"):
    """Choose a shape of data and k: see which new points of SMOTE went astray.

    Each shape has 60 majority and 12 minority points. For each value of
    ``k_neighbors``, `imblearn.over_sampling.SMOTE` itself ran and made 48 new points.
    A new point has *strayed* if the original point nearest to it, in all dimensions,
    is in the majority.

    Parameters
    ----------
    random_state : int, default=2
        Seed of the data and of every run.
    name : str, default="smote-pitfalls"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``shape`` ("bridge", "outliers", "moon" or "high"),
        ``k_neighbors`` (1 to 8) and ``point_id``: 0 to 11 are the minority points in
        their order in X, 12 to 59 the new ones in the order in which SMOTE made them;
        a click picks one, too. Computed: ``n_strayed``, ``variance_ratio`` (the
        variances of all columns of the new points, added up, over those of the
        minority), ``mean_minority`` and ``mean_new`` (their mean distances from the
        minority's mean). Of a new point: ``parent``, ``neighbor``, ``step``,
        ``strayed`` and ``nearest``, the distance to the nearest original point. Of a
        minority point: ``neighbors``, ``n_children`` and ``n_lost``, how many of its
        children strayed.

    Raises
    ------
    TypeError, ValueError
        If `random_state` is not an integer of at least 0.

    Examples
    --------
    >>> from imbtutor.explore import explore_smote_pitfalls
    >>> fig = explore_smote_pitfalls()
    >>> fig.set(shape="outliers", k_neighbors=3, point_id=20)
    >>> fig.get("shape")
    'outliers'
    """
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    shapes = [_shape(*shape_data(each, random_state), random_state) for each in SHAPES]
    strayed = np.flatnonzero(shapes[0]["runs"][K_MAX - 2]["strayed"])
    start = int(strayed[0]) + N_MINORITY if len(strayed) else N_MINORITY
    return parts.figure(
        name,
        controls=[
            parts.choice("shape", "Shape", SHAPES, start="bridge"),
            parts.slider("k_neighbors", "k_neighbors", 1, K_MAX, 1, start=K_MAX - 1),
        ],
        numbers={
            "shapes": shapes,
            "data": f"shapes[indexof({list(SHAPES)}, shape)]",
            "minority": "data.minority",
            "run": "data.runs[k_neighbors - 1]",
            "is_new": f"point_id >= {N_MINORITY}",
            "which": f"max(point_id - {N_MINORITY}, 0)",
            "parent": "is_new ? run.parent[which] : null",
            "neighbor": "is_new ? run.neighbor[which] : null",
            "step": "is_new ? run.step[which] : null",
            "nearest": "is_new ? run.nearest[which] : null",
            "strayed": "is_new ? run.strayed[which] === 1 : null",
            "neighbors": "is_new ? [parent, neighbor] : run.neighbors[point_id]",
            "n_children": "is_new ? null : run.n_children[point_id]",
            "n_lost": "is_new ? null : run.n_lost[point_id]",
            "n_strayed": "run.n_strayed",
            "variance_ratio": "run.variance_ratio",
            "mean_minority": "data.mean_distance",
            "mean_new": "run.mean_distance",
            "place": _place("point_id"),
            "home": "strayed ? 'majority: it strayed' : 'minority'",
            "reading": f"is_new ? {parts.words(_OF_NEW)} : {parts.words(_OF_MINORITY)}",
        },
        say=f"{{n_strayed}} of {N_NEW} new points strayed. {{reading}} The variance of"
        " the new points is {variance_ratio:.2f} times that of the minority.",
        panels=[_plane(start), _distances()],
        alt_text="Left, the points of two classes in the plane and the new points of "
        "SMOTE, those among the majority in pink; from one point lines run to its "
        "neighbors or to its parents. Right, how far minority points and new points "
        "lie from the mean of the minority.",
        one_legend=True,
        y_room=36,  # the labels of the moon are wider than the others
    )


_OF_NEW = (
    "Point {point_id} is new, at step {step:.2f} from point {parent} to point "
    "{neighbor}; the nearest original point, {nearest:.2f} away, is in the {home}."
)
_OF_MINORITY = (
    "Point {point_id} is in the minority; {n_children} new"
    " {n_children:point comes|points come} from it, and {n_lost} strayed."
)


def _shape(X, y, random_state):
    """What the figure shows of one data set."""
    members = np.flatnonzero(y == 1)
    away = np.linalg.norm(X[members] - X[members].mean(axis=0), axis=1)
    return {
        "majority": X[y == 0, :2].round(4),
        "minority": X[members, :2].round(7),
        "distance": away.round(7),
        "mean_distance": away.mean(),
        "runs": [_run(X, y, members, k, random_state) for k in range(1, K_MAX + 1)],
    }


def _run(X, y, members, k_neighbors, random_state):
    """Run SMOTE with one k; minority points count from 0."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import SMOTE

    sampler = SMOTE(k_neighbors=k_neighbors, random_state=random_state)
    result = trace(sampler, X, y)
    new = result.X_resampled[result.added.index]
    parent = np.searchsorted(members, result.added["parent"])
    distance = pairwise_distances(new, X)
    strayed = 1 - y[distance.argmin(axis=1)]
    away = np.linalg.norm(new - X[members].mean(axis=0), axis=1)
    # SMOTE asks its fitted neighbors this, and drops the first: the point itself.
    found = result.sampler.nn_k_.kneighbors(X[members], return_distance=False)
    return {
        "parent": parent,
        "neighbor": np.searchsorted(members, result.added["neighbor"]),
        "step": result.added["step"].to_numpy().round(7),
        "nearest": distance.min(axis=1).round(7),
        "strayed": strayed,
        "distance": away.round(7),
        "mean_distance": away.mean(),
        "neighbors": found[:, 1:],
        "n_children": np.bincount(parent, minlength=N_MINORITY),
        "n_lost": np.bincount(parent[strayed == 1], minlength=N_MINORITY),
        "n_strayed": int(strayed.sum()),
        "variance_ratio": new.var(axis=0).sum() / X[members].var(axis=0).sum(),
    }


def _place(row):
    """Where the point with that number lies: a pair, as one expression."""
    new = f"({row} - {N_MINORITY})"
    start, end = f"minority[run.parent[{new}]]", f"minority[run.neighbor[{new}]]"
    along = [
        f"{start}[{i}] + run.step[{new}] * ({end}[{i}] - {start}[{i}])" for i in "01"
    ]
    return f"({row} < {N_MINORITY} ? minority[{row}] : [{', '.join(along)}])"


def _everyone(name=alt.Undefined):
    """A row for each minority and each new point."""
    return parts.counted(N_MINORITY + N_NEW, "id", name)


_KIND = (
    f"datum.id < {N_MINORITY} ? 'minority' :"
    f" run.strayed[datum.id - {N_MINORITY}] ? 'strayed' : 'new'"
)


def _plane(start):
    majority = parts.counted(N_MAJORITY, "row", "majority_points").transform_calculate(
        x="data.majority[datum.row][0]", y="data.majority[datum.row][1]"
    )
    points = (
        _everyone()
        .transform_calculate(place=_place("datum.id"))
        .transform_calculate(x="datum.place[0]", y="datum.place[1]")
        .mark_point(filled=True, opacity=0.9)
        .encode(size=parts.either(f"datum.id < {N_MINORITY}", 75, 45))
    )
    at = ("place[0]", "place[1]")
    end = ("minority[datum.neighbor][0]", "minority[datum.neighbor][1]")
    rows = parts.ranked(K_MAX, "length(neighbors)", "links")
    return parts.stage(
        parts.links(rows, at, end, strokeWidth=1.5, color=parts.INK),
        majority=majority,
        points=points,
        kind=_KIND,
        looks=LOOKS,
        n=N_MINORITY + N_NEW,
        pick="point",
        start=start,
        at=at,
        columns=4,
    )


def _distances():
    """A tick for each point, and a heavy one for the mean of each row."""
    group = alt.Y("group:N", title=None, sort=["minority", "new"]).axis(grid=False)
    across = parts.x(
        "distance", "distance from the minority's mean", scale={"zero": True}
    )
    ticks = parts.points_of_kind(_everyone("ticks"), _KIND, LOOKS).transform_calculate(
        group=f"datum.id < {N_MINORITY} ? 'minority' : 'new'",
        distance=f"datum.id < {N_MINORITY} ? data.distance[datum.id] :"
        f" run.distance[datum.id - {N_MINORITY}]",
    )
    ticks = ticks.mark_point(filled=True, size=55, opacity=0.7).encode(
        x=across, y=group
    )
    picked = (
        _everyone()
        .transform_filter("datum.id === point_id")
        .transform_calculate(
            group="is_new ? 'new' : 'minority'",
            distance="is_new ? run.distance[which] : data.distance[point_id]",
        )
        .mark_point(size=330, strokeWidth=2, color=parts.INK)
        .encode(x=across, y=group)
    )
    means = parts.spread(
        parts.here("means"),
        "group",
        "distance",
        {"minority": "mean_minority", "new": "mean_new"},
    )
    means = means.mark_tick(thickness=3, size=60, color=parts.INK).encode(
        x=across, y=group
    )
    title = "Variance: {variance_ratio:.0%} of the minority's"
    return parts.panel(ticks, means, picked, title=title, width=200, height=244)
