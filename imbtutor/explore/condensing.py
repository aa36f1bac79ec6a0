"""A store that fills row by row, centers of clusters, and hard rows that go."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

CNN, CENTROIDS, HARDNESS = METHODS = [
    "CondensedNearestNeighbour",
    "ClusterCentroids",
    "InstanceHardnessThreshold",
]
N_ORDERS = 4
HISTORIES = [
    "nearest in the store was {voter}: called wrongly, entry {entry[point_id]}.",
    "nearest in the store was {voter}: called rightly, removed.",
    "never asked, for its place in the class is the row number of a stored point, "
    "{voter}. The finished store calls it {verdict}.",
]
COUNTED = ["kept", "removed", "unasked", "waiting"]
LOOKS = {
    "kept": parts.CLASSES["majority"],
    "removed": parts.REMOVED,
    "never asked": (parts.PINK, "triangle-down"),
    "waiting": (parts.SKY, "square"),
    "made": (COLORS["added"], "cross"),
    "minority": parts.CLASSES["minority"],
}
# The legend counts what the picture shows.
LEGEND = {
    "columns": 2,
    "labelExpr": "datum.label === 'minority' ? datum.label : datum.label + ' (' +"
    " {kept: n_kept, removed: n_removed, 'never asked': n_unasked,"
    " waiting: n_waiting, made: n_made}[datum.label] + ')'",
}


def explore_condensing(X, y, *, random_state=0, name="condensing"):
    """Fill the condensed store row by row, and compare it with two other samplers.

    `imblearn.under_sampling.CondensedNearestNeighbour` ran on the rows as they stand
    and in three shuffled orders, `~imblearn.under_sampling.ClusterCentroids` and
    `~imblearn.under_sampling.InstanceHardnessThreshold` (of a logistic regression) on
    the rows as they stand, all with the same ``random_state``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, with at least 5 points, and 0 for the majority, which has
        more.
    random_state : int, default=0
        Seed of every run and of the shuffled orders.
    name : str, default="condensing"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``method`` (the name of a class), ``order`` (0 as the
        rows stand, 1 to 3 shuffled) and ``entries``, the number of points that have
        entered the store, both for `CondensedNearestNeighbour` alone; ``point_id``
        counts the majority points from 0 in their order in X; a click picks one, too.
        Computed: ``now``, the entries of this order that are shown, of ``n_entries``;
        ``n_kept``, ``n_removed``, ``n_unasked``, ``n_waiting`` and ``n_made``;
        ``n_wrong``, the removed points that the finished store calls wrongly. Of each
        majority point: ``values``, the number against which the right panel draws it
        (the entries before its fate, the distance to its center, its probability),
        and ``to_minority``, the distance to the nearest minority point. Of the picked
        point: ``linked``, the rows of X that decided, or that share its center.

    Raises
    ------
    TypeError
        If `random_state` is not an integer.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, or the
        minority has fewer than 5 points or not fewer than the majority.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_condensing
    >>> X, y = make_gaussians(60, prevalence=0.2, random_state=0)
    >>> fig = explore_condensing(X, y)
    >>> fig.set(method="ClusterCentroids", point_id=7)
    >>> fig.get("method")
    'ClusterCentroids'
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    rows, n_minority = np.flatnonzero(y == 0), int(y.sum())
    if not 5 <= n_minority < len(rows):
        raise ValueError(
            f"y holds {n_minority} minority and {len(rows)} majority points; this "
            "figure needs at least 5 of the minority, and more of the majority."
        )
    rng = np.random.default_rng(random_state)
    orders = [np.arange(len(X)), *(rng.permutation(len(X)) for _ in range(1, N_ORDERS))]
    stores = [_store(X, y, order, random_state) for order in orders]
    most = max(each["n_entries"] for each in stores)
    near = NearestNeighbors(n_neighbors=1).fit(X[y == 1]).kneighbors(X[rows])[0]
    centers, hardness = _centers(X, y, random_state), _hardness(X, y, random_state)
    n_reach = int((hardness["probability"] >= hardness["threshold"]).sum())
    counts = [[0, len(rows), 0, 0], [n_reach, len(rows) - n_reach, 0, 0]]
    ids = np.full(len(X), -1)
    ids[rows] = np.arange(len(rows))
    by = "toNumber(row_by[point_id])"
    return parts.figure(
        name,
        controls=[
            parts.choice("method", "Sampler", METHODS, CNN),
            parts.choice(
                "order",
                "Order of the rows",
                {0: "as they stand"} | {i: f"shuffled {i}" for i in range(1, N_ORDERS)},
                0,
            ),
            parts.slider("entries", "Entered the store", 0, most, 1, most // 2),
        ],
        numbers={
            "points": X,
            "rows": rows,
            "ids": ids,
            "to_minority": near[:, 0],
            "stores": stores,
            **centers,
            **hardness,
            "store": "stores[order]",
            "fate": "split(store.fates, ',')",
            "entry": "split(store.entries, ',')",
            "row_by": "split(store.rows_by, ',')",
            "rightly": "split(store.rightly, ',')",
            "n_entries": "store.n_entries",
            "now": "min(entries, n_entries)",
            "n_wrong": "store.n_wrong",
            "values": _by_method("entry", "drift", "probability"),
            "cut": _by_method("now", "null", "threshold"),
            "top": _by_method(
                "n_entries + 1", f"{1.05 * centers['drift'].max()}", "1.05"
            ),
            "measure": _by_method(
                "'entries when its turn came'",
                "'distance to its center'",
                "'probability of its class'",
            ),
            "counts": _by_method("store.counts[now]", *map(str, counts)),
            **{f"n_{each}": f"counts[{i}]" for i, each in enumerate(COUNTED)},
            "n_made": _by_method("0", "length(centers)", "0"),
            "at": "points[rows[point_id]]",
            "waits": f"{_kind('point_id')} === 'waiting'",
            "hub": _by_method("at", "centers[cluster[point_id]]", "at"),
            "linked": _by_method(
                f"waits || {by} === -1 ? [] : [{by}]",
                "members[cluster[point_id]]",
                "[]",
            ),
            "told": _by_method(
                parts.words(
                    "One row is drawn to begin the store, and {now} of {n_entries} "
                    "have entered: {n_kept} stored, {n_removed} removed, {n_unasked} "
                    "never asked, {n_waiting} waiting."
                )
                + " + (now < n_entries ? '' : "
                + parts.words(
                    " The finished store is wrong about {n_wrong}"
                    " {n_wrong:point|points} that went."
                )
                + ")",
                parts.words("All {n_removed} are removed, {n_made} centers are made."),
                parts.words("{n_kept} reach the threshold, {n_removed} do not."),
            ),
            "voter": f"ids[{by}] < 0 ? 'a minority point'"
            f" : 'majority point ' + ids[{by}]",
            "verdict": "rightly[point_id] === '1' ? 'rightly' : 'wrongly'",
            # As many digits as tell the two apart.
            "digits": "abs(probability[point_id] - threshold) < 0.002 ? '.6f' : '.3f'",
            "shown_probability": "format(probability[point_id], digits)",
            "shown_threshold": "format(threshold, digits)",
            "history": f"{by} === -1 ? 'drawn to begin the store.'"
            " : [" + ", ".join(map(parts.words, HISTORIES)) + "][fate[point_id]]",
            "why": _by_method(
                "waits ? 'its turn has not come.' : history",
                parts.words(
                    "its center, {drift[point_id]:.2f} away, stands for "
                    "{length(linked)} {length(linked):point|points}."
                ),
                parts.when(
                    "probability[point_id] < threshold",
                    "the probability of its class is {shown_probability}, below the "
                    "threshold of {shown_threshold}.",
                    "the probability of its class is {shown_probability}, not below "
                    "the threshold of {shown_threshold}.",
                ),
            ),
        },
        say="{told} Majority point {point_id}: {why}",
        panels=[_plane(X, y), _deciding(len(rows), near.max())],
        alt_text="Left, two classes in the plane: majority points that are kept, "
        "removed, never asked or waiting, made centers, and lines from the picked "
        "point to what decided. Right, each majority point by its distance to the "
        "nearest minority point and the number that decides; a line marks how far the "
        "store is, or the threshold.",
        limits={
            "order": f"method === '{CNN}'",
            "entries": f"method === '{CNN}' ? n_entries : false",
        },
        one_legend=True,
        y_room=30,
    )


def _by_method(condensed, centers, hardness):
    """Choose among three expressions by the sampler."""
    return (
        f"method === '{CNN}' ? ({condensed}) : method === '{CENTROIDS}'"
        f" ? ({centers}) : ({hardness})"
    )


def _kind(i):
    """What became of a majority point, as a word of LOOKS."""
    fate = f"['kept', 'removed', 'never asked'][fate[{i}]]"
    kind = _by_method(
        f"toNumber(entry[{i}]) > now ? 'waiting' : {fate}",
        "'removed'",
        f"probability[{i}] < threshold ? 'removed' : 'kept'",
    )
    return f"({kind})"


def _store(X, y, order, random_state):
    """Condense the rows in one order; points of the majority count from 0."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.under_sampling import CondensedNearestNeighbour

    sampler = CondensedNearestNeighbour(random_state=random_state)
    result = trace(sampler, X[order], y[order])
    told = pd.concat([result.stayed, result.removed])
    told["stays"] = told.index.isin(result.stayed.index)
    # Rows of X again, in their order; one row decided, and none for the first stored.
    told["by"] = [order[each[0]] if each else -1 for each in told["by"]]
    told = told.set_index(order[told.index]).sort_index()
    fate = np.where(told["stays"], 0, 1)
    fate[told["rule"].str.startswith("never asked")] = 2
    entry = told["entry"].to_numpy()
    done = entry <= np.arange(entry.max() + 1)[:, None]
    counts = [((fate == i) & done).sum(axis=1) for i in range(3)]
    # Altair walks through each entry of a list, which is slow, and a text is one
    # entry: the figure splits them again.
    return {
        "fates": _joined(fate),
        "entries": _joined(entry),
        "rows_by": _joined(told["by"]),
        "rightly": _joined(1 * told["final"]),
        "counts": np.column_stack([*counts, (~done).sum(axis=1)]),
        "n_entries": int(entry.max()),
        "n_wrong": int((~told["final"] & ~told["stays"]).sum()),
    }


def _joined(numbers):
    return ",".join(map(str, numbers))


def _centers(X, y, random_state):
    """Made centers, and for each majority point which one is its own."""
    from imblearn.under_sampling import ClusterCentroids

    result = trace(ClusterCentroids(random_state=random_state), X, y)
    cluster = np.empty(len(X), dtype=int)
    for number, members in enumerate(result.added["members"]):
        cluster[members] = number
    cluster = cluster[y == 0]
    centers = result.X_resampled[result.added.index]
    return {
        "centers": centers,
        "members": result.added["members"].tolist(),
        "cluster": cluster,
        "drift": np.linalg.norm(X[y == 0] - centers[cluster], axis=1),
    }


def _hardness(X, y, random_state):
    """The probability of its own class for each majority point, and the threshold."""
    from imblearn.under_sampling import InstanceHardnessThreshold

    sampler = InstanceHardnessThreshold(
        estimator=LogisticRegression(), random_state=random_state
    )
    result = trace(sampler, X, y)
    told = pd.concat([result.stayed, result.removed]).sort_index()
    return {
        "probability": told["probability"].to_numpy(),
        "threshold": float(told["threshold"].iloc[0]),
    }


def _plane(X, y):
    ends = np.column_stack([X.min(axis=0), X.max(axis=0)])
    plane = {
        "x": parts.x("x", "feature 1", ends[0], scale={"nice": True}),
        "y": parts.y("y", "feature 2", ends[1], scale={"nice": True}),
    }
    minority = alt.Chart(pd.DataFrame(X[y == 1], columns=["x", "y"]))
    minority = minority.mark_point(filled=True, size=45, opacity=0.9).encode(**plane)
    to = "points[datum.row]"
    rows = parts.here("links", row="linked").transform_flatten(["row"])
    links = parts.links(
        rows,
        ("hub[0]", "hub[1]"),
        (f"{to}[0]", f"{to}[1]"),
        plane,
        strokeWidth=1.5,
        color=parts.INK,
    )
    made = (
        parts.counted(int(y.sum()), "i", "centers")
        .transform_filter("n_made > 0")
        .transform_calculate(x="centers[datum.i][0]", y="centers[datum.i][1]")
        .mark_point(filled=True, size=80, opacity=1)
        .encode(**plane)
    )
    ring = parts.here(x="at[0]", y="at[1]").mark_point(
        size=260, strokeWidth=2, color=parts.INK
    )
    n = int((y == 0).sum())
    x, y_ = (f"points[rows[datum.id]][{i}]" for i in range(2))
    points = parts.counted(n, "id", "majority_points").transform_calculate(x=x, y=y_)
    slider = alt.binding_range(min=0, max=n - 1, step=1, name="Majority point")
    how = {"fields": ["id"], "on": "click", "nearest": True, "clear": False}
    picked = alt.selection_point("point", value=0, bind=slider, **how)
    return parts.panel(
        # In a nested layer, named layers stay out of the selection (see parts.stage).
        alt.layer(
            parts.points_of_kind(minority, "'minority'", LOOKS, **LEGEND),
            links,
            ring.encode(**plane),
            parts.points_of_kind(made, "'made'", LOOKS, **LEGEND),
        ),
        _by_fate(points, **plane).add_params(picked),
        title="Majority rows now: {n_kept + n_made}",
        height=244,
    )


def _by_fate(points, **place):
    marks = points.mark_point(filled=True, size=40, opacity=0.9).encode(**place)
    return parts.points_of_kind(marks, _kind("datum.id"), LOOKS, **LEGEND)


def _deciding(n, far):
    """Each majority point by the number that decided, and how near the border it is."""
    place = {
        "x": parts.x("away", "distance to the nearest minority point", [0, 1.05 * far]),
        "y": parts.y(
            "value", None, scale={"domainMin": 0, "domainMax": alt.ExprRef("top")}
        ),
    }
    points = parts.counted(n, "id", "deciding").transform_calculate(
        away="to_minority[datum.id]", value="toNumber(values[datum.id])"
    )
    ring = parts.here(away="to_minority[point_id]", value="toNumber(values[point_id])")
    rule = parts.here("cut", value="cut").transform_filter("isNumber(datum.value)")
    return parts.panel(
        rule.mark_rule(strokeDash=[5, 3], strokeWidth=2, color=parts.INK).encode(
            y=place["y"]
        ),
        _by_fate(points, **place),
        ring.mark_point(size=260, strokeWidth=2, color=parts.INK).encode(**place),
        # Altair's title of an axis stands still; this one follows the sampler.
        parts.here(measure="measure")
        .mark_text(angle=270, tooltip=None)
        .encode(x=alt.value(-38), y=alt.value(122), text="measure:N"),
        title="What decided, by nearness to the border",
        width=215,
        height=244,
    )
