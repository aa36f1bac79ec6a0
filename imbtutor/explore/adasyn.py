"""Births by difficulty (ADASYN) or by cluster (K-means SMOTE), point by point."""

import altair as alt
import numpy as np
from sklearn.neighbors import NearestNeighbors

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

K_MAX = 10
LOOKS = parts.CLASSES | {"new": (COLORS["added"], "cross")}
MARKS = ["across", "up", "word", "used", "cx", "cy"]


def explore_adasyn(X, y, *, n_clusters=(8, 20, 40), random_state=0, name="adasyn"):
    """See who gets children from ADASYN and from K-means SMOTE, and why.

    For each value of the controls `imblearn.over_sampling.ADASYN` or `KMeansSMOTE`
    itself ran, with the same ``random_state`` and its other parameters as they are;
    k-means is scikit-learn's `MiniBatchKMeans`, the default of the sampler. A run that
    raises an error is shown as one without births, and the sentence says so.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, with at least 3 points, and 0 for the majority.
    n_clusters : sequence of int, default=(8, 20, 40)
        The numbers of clusters to choose from, 2 to n_samples.
    random_state : int, default=0
        Seed of every run.
    name : str, default="adasyn"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``sampler`` ("ADASYN" or "KMeansSMOTE"), ``n_neighbors``
        of ADASYN (1 to 10, and fewer than there are minority points), ``n_clusters`` of
        K-means SMOTE, and ``point_id``, which counts the minority points from 0 in
        their order in X; a click picks one, too. Computed: ``births`` (new points of
        each minority point), ``n_made``, ``n_asked``, ``n_childless``, ``failed`` (1 if
        the sampler raised an error), and of the picked point ``n_children``, ``steps``
        and ``toward`` (rows of X) of its new points, ``neighbors`` (rows of X, nearest
        first: among all points for ADASYN, among the minority of a used cluster for
        K-means SMOTE), ``foreign`` (how many of ADASYN's neighbors are in the
        majority) and ``r``, their share; or ``cluster``, ``n_own`` (its minority
        points), ``share`` (of the minority in it) and ``weight`` (its share of the
        new points, 0 if it is passed over).

    Raises
    ------
    TypeError
        If an entry of `n_clusters`, or `random_state`, is not an integer.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, there are
        fewer than 3 minority points, or `n_clusters` is empty or out of range.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_adasyn
    >>> X, y = make_gaussians(100, prevalence=0.1, random_state=0)
    >>> fig = explore_adasyn(X, y, n_clusters=[2, 5])
    >>> fig.set(sampler="KMeansSMOTE", n_clusters=5)
    >>> fig.get("n_clusters")
    5
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    limits = {"low": 2, "high": len(X), "integer": True}
    n_clusters = [check_number(each, "n_clusters", **limits) for each in n_clusters]
    members = np.flatnonzero(y == 1)
    n = len(members)
    if not n_clusters:
        raise ValueError("n_clusters is empty; pass numbers of clusters, as [8, 20].")
    if n < 3:
        raise ValueError(f"y holds {n} minority points; this figure needs at least 3.")
    k_max = min(K_MAX, n - 1)
    k_start = min(5, k_max)
    runs = [_adasyn(X, y, members, k, random_state) for k in range(1, k_max + 1)]
    runs += [_kmeans(X, y, members, each, random_state) for each in n_clusters]
    start = int(np.argmax(runs[k_start - 1]["births"]))
    most = max(max(run["births"]) for run in runs)
    return parts.figure(
        name,
        controls=[
            parts.choice("sampler", "Sampler", ["ADASYN", "KMeansSMOTE"], "ADASYN"),
            parts.slider("n_neighbors", "n_neighbors", 1, k_max, 1, start=k_start),
            parts.choice("n_clusters", "Clusters", n_clusters, n_clusters[-1]),
        ],
        numbers={
            "places": X,
            "members": members,
            "runs": runs,
            "kmeans": "sampler === 'KMeansSMOTE'",
            "run": f"runs[kmeans ? {k_max} + indexof({n_clusters}, n_clusters)"
            " : n_neighbors - 1]",
            "births": "run.births",
            "n_asked": int(len(X) - 2 * n),
            "n_made": "run.n_made",
            "n_childless": "run.n_childless",
            "failed": "run.failed",
            "n_children": "births[point_id]",
            "steps": "run.children[point_id].steps",
            "toward": "run.children[point_id].toward",
            "neighbors": "run.neighbors[point_id]",
            "foreign": "kmeans ? null : run.foreign[point_id]",
            "r": "kmeans ? null : foreign / n_neighbors",
            "cluster": "kmeans ? run.cluster[point_id] : null",
            "n_own": "kmeans ? run.n_own[point_id] : null",
            "share": "kmeans ? run.share[point_id] : null",
            "weight": "kmeans ? run.weight[point_id] : null",
            "fate": parts.when(
                "weight > 0",
                "gets {weight:.1%} of the new points",
                "is passed over",
            ),
            "why": parts.when(
                "kmeans",
                "Point {point_id} lies in cluster {cluster}, which holds {n_own}"
                " minority {n_own:point|points} ({share:.0%} of all its points)"
                " and {fate}.",
                "Point {point_id} has r = {r:.2f}"
                " ({foreign} of {n_neighbors} in the majority).",
            ),
            "heading": parts.when(
                "kmeans", "Clusters, by number", "Levels of r (and how many points)"
            ),
            "total": parts.when(
                "failed",
                "{sampler} raises an error with these settings.",
                "New points asked for: {n_asked}, made: {n_made}."
                f" Without a child: {{n_childless}} of {n} minority points.",
            ),
        },
        say="{why} New points that start from it: {n_children}. {total}",
        panels=[_plane(X[y == 0], n, start, most), _births()],
        alt_text="Left, the points of two classes in the plane: triangles of the "
        "minority, the larger the more new points start from them, hollow where none "
        "does, and the new points. Right, new points against the difficulty r of a "
        "point, or against the share of the minority in a cluster.",
        limits={"n_neighbors": "!kmeans", "n_clusters": "kmeans"},
        one_legend=True,
    )


def _adasyn(X, y, members, n_neighbors, random_state):
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import ADASYN

    search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(X)
    neighbors = search.kneighbors(X[members], return_distance=False)[:, 1:]
    foreign = (y[neighbors] == 0).sum(axis=1)
    sampler = ADASYN(n_neighbors=n_neighbors, random_state=random_state)
    run = _run(sampler, X, y, members)[0] | {"neighbors": neighbors, "foreign": foreign}
    levels, first, counts = np.unique(foreign, return_index=True, return_counts=True)
    up = np.array(run["births"])[first]
    return run | {
        "at": np.searchsorted(levels, foreign),
        "marks": {
            "across": levels / n_neighbors,
            "up": up,
            "word": [f"{each}" for each in counts],
            "used": up > 0,
            "cx": up * 0,  # levels of r have no place in the plane
            "cy": up * 0,
        },
        # New points before rounding at r = 1; without any difficulty there are none.
        "slope": (len(X) - 2 * len(members)) * n_neighbors / max(foreign.sum(), 1),
    }


def _kmeans(X, y, members, n_clusters, random_state):
    from imblearn.over_sampling import KMeansSMOTE
    from sklearn.cluster import MiniBatchKMeans

    kmeans = MiniBatchKMeans(n_clusters=n_clusters, random_state=random_state)
    # The same clusters as in the sampler, which forgets them where it raises an error.
    of = kmeans.fit_predict(X)
    sampler = KMeansSMOTE(kmeans_estimator=kmeans, random_state=random_state)
    run, added = _run(sampler, X, y, members)
    clusters, at = np.unique(of[members], return_inverse=True)
    own = np.bincount(at)
    share = own / np.bincount(of, minlength=n_clusters)[clusters]
    weight, up = np.zeros(len(own)), np.zeros(len(own), dtype=int)
    neighbors = [[] for _ in members]
    for cluster, born in added.groupby("cluster") if len(added) else ():
        i = np.searchsorted(clusters, cluster)
        weight[i], up[i] = born["weight"].iloc[0], len(born)
        rows = members[at == i]
        search = NearestNeighbors(n_neighbors=sampler.k_neighbors + 1).fit(X[rows])
        near = search.kneighbors(X[rows], return_distance=False)[:, 1:]
        for place, found in zip(np.flatnonzero(at == i), rows[near], strict=True):
            neighbors[place] = found.tolist()
    # The number of a cluster stands above its topmost minority point.
    groups = [members[at == i] for i in range(len(own))]
    tops = X[[rows[X[rows, 1].argmax()] for rows in groups]]
    return run | {
        "neighbors": neighbors,
        "cluster": clusters[at],
        "n_own": own[at],
        "share": share[at],
        "weight": weight[at],
        "at": at,
        "marks": {
            "across": share,
            "up": up,
            "word": [f"{each}" for each in clusters],
            "used": up > 0,
            "cx": tops[:, 0],
            "cy": tops[:, 1],
        },
    }


def _run(sampler, X, y, members):
    """What each minority point got, and the account of the new points."""
    try:
        added, failed = trace(sampler, X, y).added, 0
    except (RuntimeError, ValueError):  # nobody is hard, or no cluster is fit
        added, failed = [], 1
    by_parent = dict(list(added.groupby("parent"))) if len(added) else {}
    children = [
        {
            "toward": by_parent[row]["neighbor"].tolist(),
            "steps": by_parent[row]["step"].round(8).tolist(),
        }
        if row in by_parent
        else {"toward": [], "steps": []}
        for row in members
    ]
    births = [len(each["steps"]) for each in children]
    run = {"births": births, "children": children, "failed": failed}
    return run | {"n_made": len(added), "n_childless": births.count(0)}, added


def _marks():
    """One row for each level of r, or for each cluster that has minority points."""
    rows = parts.here(**{each: f"run.marks.{each}" for each in MARKS})
    return rows.transform_flatten(MARKS)


def _plane(majority, n, start, most):
    def place(row):
        return f"places[{row}][0]", f"places[{row}][1]"

    def between(start, end, i):
        return f"{start[i]} + datum.steps * ({end[i]} - {start[i]})"

    own, toward = place("members[datum.id]"), place("datum.toward")
    everyone = parts.counted(n, "id").transform_calculate(x=own[0], y=own[1])
    triangles = everyone.transform_calculate(born="births[datum.id]").encode(
        size=alt.Size("born:Q", legend=None).scale(domain=[0, most], range=[25, 600]),
        # A triangle is hollow where nothing starts from it.
        fillOpacity=parts.either("births[datum.id] > 0", 0.75, 0),
    )
    fields = ["toward", "steps"]
    new = (
        parts.counted(n, "id", "new_points")
        .transform_calculate(**{f: f"run.children[datum.id].{f}" for f in fields})
        .transform_flatten(fields)
        .transform_calculate(x=between(own, toward, 0), y=between(own, toward, 1))
        .mark_point(filled=True, size=30, aria=False)
        .encode(**parts.PLANE, opacity=parts.either("datum.id === point_id", 1, 0.3))
    )
    picked = place("members[point_id]")
    rows = parts.ranked(K_MAX, "length(neighbors)", "links")
    numbers = (
        _marks()
        .transform_filter("kmeans")
        .transform_calculate(x="datum.cx", y="datum.cy")
        .mark_text(dy=-14, fontSize=12, fontWeight="bold", color=parts.INK)
        .encode(**parts.PLANE, text="word:N", opacity=parts.either("datum.used", 1, 0))
    )
    return parts.stage(
        parts.points_of_kind(new, "'new'", LOOKS),
        parts.links(rows, picked, place("datum.neighbor"), color=parts.INK),
        numbers,
        majority=majority,
        points=triangles.mark_point(filled=True, stroke=COLORS["minority"], opacity=1),
        kind="'minority'",
        looks=LOOKS,
        n=n,
        pick="point",
        start=start,
        at=picked,
    )


def _births():
    across = parts.x("across", "r, or minority's share in a cluster", **parts.UNIT)
    up = parts.y("up", "new points", scale={"domainMin": 0})
    marks = _marks().encode(x=across, y=up)
    dots = marks.properties(name="marks").mark_point(
        filled=True, size=90, opacity=1, color=COLORS["added"]
    )
    side = {"expr": "datum.across < 0.5 ? 'left' : 'right'"}
    shift = {"expr": "datum.across < 0.5 ? 8 : -8"}
    label = {"align": side, "dx": shift, "dy": -6, "fontSize": 11, "color": parts.INK}
    wanted = "!kmeans || datum.used"  # the clusters at zero lie on one another
    ring = parts.here(
        "ring",
        across="run.marks.across[run.at[point_id]]",
        up="run.marks.up[run.at[point_id]]",
    ).mark_point(size=330, strokeWidth=2, color=parts.INK)
    # Before rounding, births are in proportion to r.
    line = (
        alt.Chart(alt.Data(values=[{"across": 0}, {"across": 1}]))
        .transform_calculate(up="datum.across * run.slope")
        .transform_filter("!kmeans && !failed")
        .mark_line(color=parts.GRAY, strokeDash=[5, 3])
    )
    half = parts.here(across="0.5").transform_filter("kmeans")
    return parts.panel(
        line.encode(x=across, y=up),
        half.mark_rule(color=parts.INK, strokeDash=[5, 3]).encode(x=across),
        dots,
        marks.transform_filter(wanted).mark_text(**label).encode(text="word:N"),
        ring.encode(x=across, y=up),
        title="{heading}",
        width=215,
        height=244,
    )
