"""A decision tree on islands: what it finds, what it outvotes, what it never fences."""

import altair as alt
import numpy as np
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from imbtutor.datasets import ISLANDS, make_islands
from imbtutor.explore import parts
from imbtutor.roles import COLORS

PREVALENCES = [round(0.02 * step, 2) for step in range(1, 11)]
LEAVES = 40  # min_samples_leaf runs from 1 to this
N_TRAIN = 1000
N_TEST = 20_000
GRID = 244  # pixels of the picture; no number shown is made from them
FATES = {
    "called positive": COLORS["minority"],
    "outvoted": parts.ORANGE,
    "not split off": COLORS["removed"],
}
SHADE = "[0.55, 0.4, 0.1][datum.rank]"
MAJORITY = {"shape": "square", "color": COLORS["majority"], "size": 4, "strokeWidth": 0}
MINORITY = {"shape": "triangle-up", "color": COLORS["minority"], "size": 26}
MINORITY |= {"stroke": parts.INK, "strokeWidth": 0.4}


def explore_tree(name="tree"):
    """Move the prevalence and the leaf size; see which islands a tree still finds.

    The data are those of `imbtutor.make_islands`: 1,000 points to train on
    (``random_state=0``), 20,000 fresh ones to judge by (``random_state=1``). For
    each pair of values a `sklearn.tree.DecisionTreeClassifier` (Gini,
    ``random_state=0``) was trained; the figure shows its leaves as rectangles.

    Parameters
    ----------
    name : str, default="tree"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``prevalence`` (0.02 to 0.2) and
        ``min_samples_leaf`` (1 to 40). Computed, on the fresh points:
        ``recall``, ``precision`` and ``n_found`` of ``predict``;
        ``moved_recall``, ``moved_precision`` and ``n_moved`` where a leaf is
        called positive if its share of positives is at least the prevalence;
        ``island_recall`` and ``island_moved``, both recalls for each island,
        largest first. An island counts as found if more than half of its fresh
        points are called positive. Of the tree: ``n_leaves``; of the training
        set: ``island_size``, the positives on each island.

    Notes
    -----
    A positive is *called positive* if more than half of its leaf is positive,
    *outvoted* if the share of its leaf is between the prevalence and one half,
    and *not split off* if it is below the prevalence. Precision is undefined
    where nothing is called positive.

    References
    ----------
    .. [1] Small disjuncts: R. C. Holte, L. E. Acker and B. W. Porter (1989),
       "Concept learning and the problem of small disjuncts", IJCAI, 813-818.

    Examples
    --------
    >>> from imbtutor.explore import explore_tree
    >>> fig = explore_tree()
    >>> fig.set(prevalence=0.04, min_samples_leaf=20)
    >>> fig.get("min_samples_leaf")
    20
    """
    # These problems are small: more threads only wait for one another.
    with threadpool_limits(limits=1):
        runs = [_runs(prevalence) for prevalence in PREVALENCES]
    islands = range(len(ISLANDS))

    def each(expr):
        return "[" + ", ".join(expr.format(k=k) for k in islands) + "]"

    def total(expr):
        return " + ".join(expr.format(k=k) for k in islands)

    most = max(text.count(",") + 1 for run in runs for text in run["boxes"]) // 5
    return parts.figure(
        name,
        controls=[
            parts.slider("prevalence", "Prevalence", 0.02, 0.2, 0.02, start=0.1),
            parts.slider("min_samples_leaf", "min_samples_leaf", 1, LEAVES, 1, 10),
        ],
        numbers={
            "runs": runs,
            "run": "runs[round(prevalence / 0.02) - 1]",
            "points": "[split(run.points[0], ','), split(run.points[1], ',')]",
            "boxes": "split(run.boxes[min_samples_leaf - 1], ',')",
            "calls": "run.calls[min_samples_leaf - 1]",
            "moved_calls": "run.moved_calls[min_samples_leaf - 1]",
            "n_leaves": "length(boxes) / 5",
            "island_size": "run.train",
            "island_recall": each("calls[{k}] / run.test[{k}]"),
            "island_moved": each("moved_calls[{k}] / run.test[{k}]"),
            "tp": total("calls[{k}]"),
            "moved_tp": total("moved_calls[{k}]"),
            "fp": f"calls[{len(ISLANDS)}]",
            "moved_fp": f"moved_calls[{len(ISLANDS)}]",
            "positives": total("run.test[{k}]"),
            "recall": "tp / positives",
            "moved_recall": "moved_tp / positives",
            "precision": "tp + fp > 0 ? tp / (tp + fp) : null",
            # Some leaf is always at least as rich as the whole: never undefined.
            "moved_precision": "moved_tp / (moved_tp + moved_fp)",
            "n_found": total("(island_recall[{k}] > 0.5 ? 1 : 0)"),
            "n_moved": total("(island_moved[{k}] > 0.5 ? 1 : 0)"),
        },
        say="At prevalence {prevalence:.0%}, with leaves of at least"
        f" {{min_samples_leaf}}, the tree finds {{n_found}} of {len(ISLANDS)} islands"
        " at threshold 0.5: recall {recall:.0%}, precision {precision:.0%}. At a"
        " threshold equal to the prevalence it finds {n_moved}: recall"
        " {moved_recall:.0%}, precision {moved_precision:.0%}.",
        panels=[_partition(most), _bars()],
        alt_text="Left, a square of majority points with four islands of minority "
        "points, cut into the rectangles of a decision tree, shaded by whether they "
        "are called positive, outvoted or poor in positives. Right, for each island a "
        "bar with the shares of its points that meet these three fates.",
    )


def _runs(prevalence):
    """Train a tree for each leaf size; count on fresh points what each one calls."""
    X, y = make_islands(N_TRAIN, prevalence=prevalence, random_state=0)
    X_test, y_test = make_islands(N_TEST, prevalence=prevalence, random_state=1)
    positive = y_test == 1
    home = _home(X_test[positive])
    run = {"boxes": [], "calls": [], "moved_calls": []}
    for leaf_size in range(1, LEAVES + 1):
        tree = DecisionTreeClassifier(min_samples_leaf=leaf_size, random_state=0)
        share = tree.fit(X, y).predict_proba(X_test)[:, 1]
        run["boxes"].append(_boxes(tree.tree_, prevalence))
        # What predict calls positive, and what the moved threshold does.
        calls, moved_calls = share > 0.5, share >= prevalence
        for kind, called in [("calls", calls), ("moved_calls", moved_calls)]:
            by_island = _count(home[called[positive]])
            run[kind].append([*by_island, int(called[~positive].sum())])
    places = (X * GRID).round().astype(int)
    points = [_text(places[y == label]) for label in (0, 1)]
    return run | {
        "train": _count(_home(X[y == 1])),
        "test": _count(home),
        "points": points,
    }


def _home(X):
    """Return the number of the island on which each point lies."""
    distance = np.linalg.norm(X[:, None] - ISLANDS[:, :2], axis=2)
    return (distance / ISLANDS[:, 2]).argmin(axis=1)


def _count(home):
    return np.bincount(home, minlength=len(ISLANDS)).tolist()


def _text(rows):
    """Whole numbers as one text, "1,2,3,...".

    Altair looks at each number of a list, which takes seconds for so many, and at a
    text once.
    """
    return ",".join(str(each) for row in rows for each in row)


def _boxes(tree, prevalence):
    """Return the leaves as text: left, right, bottom, top and fate of each."""
    left, right = tree.children_left.tolist(), tree.children_right.tolist()
    features, cuts = tree.feature.tolist(), tree.threshold.tolist()
    shares = tree.value[:, 0, 1].tolist()
    boxes = []

    def visit(node, edges):
        if left[node] == -1:
            # The same comparisons as predict and predict_proba make.
            share = shares[node]
            fate = 0 if share > 0.5 else 1 if share >= prevalence else 2
            boxes.append([*(round(edge * GRID) for edge in edges), fate])
            return
        # The cut is the upper edge of the left child, the lower one of the right.
        lower = 2 * features[node]
        upper = lower + 1
        visit(left[node], [*edges[:upper], cuts[node], *edges[upper + 1 :]])
        visit(right[node], [*edges[:lower], cuts[node], *edges[lower + 1 :]])

    visit(0, [0, 1, 0, 1])
    return _text(boxes)


def _partition(most):
    plane = {
        "x": parts.x("x", "feature 1", [0, 1], [0, 0.5, 1]),
        "y": parts.y("y", "feature 2", [0, 1], [0, 0.5, 1]),
    }
    edges = ["x", "x2", "y", "y2"]
    places = {e: f"boxes[5 * datum.i + {k}] / {GRID}" for k, e in enumerate(edges)}
    boxes = (
        parts.counted(most, "i", "boxes")
        .transform_filter("datum.i < n_leaves")
        .transform_calculate(**places, rank="toNumber(boxes[5 * datum.i + 4])")
        .transform_calculate(fate=f"{[*FATES]}[datum.rank]", shade=SHADE)
        .mark_rect(stroke=parts.GRAY, strokeWidth=0.7)
        .encode(**plane, x2="x2:Q", y2="y2:Q", **_fate(None))
    )
    clouds = [
        parts.counted(N_TRAIN, "i")
        .transform_filter(f"datum.i < length(points[{label}]) / 2")
        .transform_calculate(
            x=f"points[{label}][2 * datum.i] / {GRID}",
            y=f"points[{label}][2 * datum.i + 1] / {GRID}",
        )
        .mark_point(filled=True, opacity=1, tooltip=None, aria=False, **style)
        .encode(**plane)
        for label, style in enumerate([MAJORITY, MINORITY])
    ]
    title = "Tree with {n_leaves} leaves"
    return parts.panel(boxes, *clouds, title=title, height=244)


def _bars():
    shares = [
        "island_recall[datum.island]",
        "island_moved[datum.island] - island_recall[datum.island]",
        "1 - island_moved[datum.island]",
    ]
    islands = parts.counted(len(ISLANDS), "island", "bars")
    bars = (
        parts.spread(islands, "fate", "share", dict(zip(FATES, shares, strict=True)))
        .transform_calculate(rank=f"indexof({[*FATES]}, datum.fate)")
        .transform_calculate(shade=SHADE)
        .mark_bar(stroke=parts.GRAY, strokeWidth=1)
        .encode(
            x=alt.X("island:O", title="positives of the island in the training set")
            .axis(labelAngle=0, labelExpr="island_size[datum.value]")
            .scale(paddingInner=0.35),
            y=parts.y("share", "share of its fresh points", [0, 1], [0, 0.5, 1], "%"),
            order="rank:Q",
            **_fate("bottom", symbolOpacity=0.6, columnPadding=3, symbolSize=70),
        )
    )
    title = f"Found at threshold 0.5: {{n_found}} of {len(ISLANDS)}"
    return parts.panel(bars, title=title, height=244)


def _fate(orient, **legend):
    return {
        "color": parts.colored("fate", FATES, orient, **legend),
        "fillOpacity": alt.FillOpacity("shade:Q", scale=None),
    }
