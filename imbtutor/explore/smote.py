"""One minority point, its neighbors, and the points that SMOTE made from it."""

import altair as alt
import numpy as np

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore import parts
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

K_MAX = 8  # more segments than this cannot be told apart in a small panel
LOOKS = parts.CLASSES | {"new": (COLORS["added"], "cross")}
LINK = {"strokeWidth": 1.5, "color": parts.GRAY}


def explore_smote(X, y, *, n_new=(5, 15, 45), random_state=0, name="smote"):
    """Pick a minority point: see its neighbors and what SMOTE made from it.

    For each value of ``k_neighbors`` and each number of new points,
    `imblearn.over_sampling.SMOTE` itself ran, with the same ``random_state``; the
    figure shows the run that belongs to its controls. (The first points of a long
    run are not what SMOTE returns for a smaller number: the steps are drawn after
    all the parents.)

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority, with at least 3 points, and 0 for the majority.
    n_new : sequence of int, default=(5, 15, 45)
        The numbers of new points to choose from, at least 1 each.
    random_state : int, default=0
        Seed of every run.
    name : str, default="smote"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``k_neighbors`` (1 to 8, and fewer than there are
        minority points), ``n_new`` and ``parent_id``, which counts the minority
        points from 0 in their order in X; a click picks one, too. Computed:
        ``neighbors`` (of the parent, nearest first, by the same count) and their
        ``distances`` in units of X, ``steps`` (of the parent's new points, in the
        order in which SMOTE made them), ``toward`` (their neighbors), ``rows``
        (their rows in ``X_resampled``), ``n_children`` (how many they are) and
        ``n_childless``, the number of minority points that got no new point.

    Raises
    ------
    TypeError
        If an entry of `n_new`, or `random_state`, is not an integer.
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, there
        are fewer than 3 minority points, or `n_new` is empty or holds a number
        below 1.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_smote
    >>> X, y = make_gaussians(100, prevalence=0.1, random_state=0)
    >>> fig = explore_smote(X, y, n_new=[10, 40])
    >>> fig.set(k_neighbors=2, parent_id=7)
    >>> fig.get("parent_id")
    7
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    n_new = [check_number(each, "n_new", low=1, integer=True) for each in n_new]
    members = np.flatnonzero(y == 1)
    if not n_new:
        raise ValueError("n_new is empty; pass numbers of new points, such as [5, 45].")
    if len(members) < 3:
        raise ValueError(
            f"y holds {len(members)} minority points; this figure needs at least 3."
        )
    k_max = min(K_MAX, len(members) - 1)
    k_start = min(5, k_max)
    runs = [_run(X, y, members, k, n_new, random_state) for k in range(1, k_max + 1)]
    births = [len(child["steps"]) for child in runs[k_start - 1]["children"][0]]
    n = len(members)
    return parts.figure(
        name,
        controls=[
            parts.slider("k_neighbors", "k_neighbors", 1, k_max, 1, start=k_start),
            parts.choice("n_new", "New points", n_new, start=n_new[0]),
        ],
        numbers={
            "minority": X[members],
            "runs": runs,
            "run": "runs[k_neighbors - 1]",
            "which": f"indexof({n_new}, n_new)",
            "children": "run.children[which]",
            "neighbors": "run.neighbors[parent_id]",
            "distances": "run.distances[parent_id]",
            "rows": "children[parent_id].rows",
            "toward": "children[parent_id].toward",
            "steps": "children[parent_id].steps",
            "n_children": "length(steps)",
            "n_childless": "run.childless[which]",
            "origin": parts.when(
                "n_children === 0",
                "none comes from it",
                "{n_children} {n_children:comes|come} from it:"
                " {children[parent_id].text}",
            ),
            "childless": parts.when(
                "n_childless === 0",
                f"Each of the {n} minority points got one or more.",
                f"Of the {n} minority points, {{n_childless}} got none.",
            ),
        },
        say="Nearest minority {k_neighbors:neighbor|neighbors} of point {parent_id}"
        " (and distance): {run.text[parent_id]}. Of the {n_new} new points,"
        " {origin}. {childless}",
        panels=[_plane(X[y == 0], n, start=int(np.argmax(births))), _segments()],
        alt_text="Left, the points of two classes in the plane: one minority point, "
        "the segments to its minority neighbors, and the synthetic points. Right, each "
        "segment from step 0 to 1 with the synthetic points that lie on it.",
        one_legend=True,
    )


def _run(X, y, members, k_neighbors, n_new, random_state):
    """Run SMOTE with one k for each number; minority points count from 0."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import SMOTE

    children = []
    for n in n_new:
        sampler = SMOTE(
            sampling_strategy={1: len(members) + n},
            k_neighbors=k_neighbors,
            random_state=random_state,
        )
        result = trace(sampler, X, y)
        born = result.added.reset_index()
        for column in ("parent", "neighbor"):
            born[column] = np.searchsorted(members, born[column])
        by_parent = [born[born["parent"] == i] for i in range(len(members))]
        children.append([_child(each) for each in by_parent])
    # SMOTE asks its fitted neighbors this, and drops the first: the point itself.
    found = result.sampler.nn_k_.kneighbors(X[members])
    distance, neighbor = (each[:, 1:].tolist() for each in found)
    return {
        "neighbors": neighbor,
        "distances": distance,
        "text": [
            ", ".join(f"{i} ({d:.3g})" for i, d in zip(*both, strict=True))
            for both in zip(neighbor, distance, strict=True)
        ],
        "children": children,
        "childless": [sum(not child["steps"] for child in each) for each in children],
    }


def _child(born):
    """What one parent got; Vega cannot write out a list, so the text is made here."""
    steps = zip(born["neighbor"], born["step"], strict=True)
    return {
        "rows": born["row"].tolist(),
        "toward": born["neighbor"].tolist(),
        "steps": born["step"].tolist(),
        "text": ", ".join(f"toward {i} at step {step:.3f}" for i, step in steps),
    }


def _colored(chart, role):
    return parts.points_of_kind(chart, f"'{role}'", LOOKS)


def _place(row):
    """Where a minority point lies, by an expression that gives its number."""
    return f"minority[{row}][0]", f"minority[{row}][1]"


def _born(chart, of=""):
    """One row for each new point of a parent."""
    fields = {each: f"{of}{each}" for each in ("rows", "toward", "steps")}
    names = ["row", "toward", "step"]
    return chart.transform_calculate(**fields).transform_flatten([*fields], as_=names)


def _plane(majority, n, start):
    x, y = _place("datum.id")
    x2, y2 = _place("datum.toward")
    everyone = parts.counted(n, "id").transform_calculate(x=x, y=y)
    new = (
        _born(parts.counted(n, "id", "new_points"), "children[datum.id].")
        .transform_calculate(
            x=f"{x} + datum.step * ({x2} - {x})", y=f"{y} + datum.step * ({y2} - {y})"
        )
        .mark_point(filled=True, size=60)
        .encode(**parts.PLANE, opacity=parts.either("datum.id === parent_id", 1, 0.5))
    )
    # A triangle is hollow where SMOTE made nothing from it.
    fill = parts.either("length(children[datum.id].steps) > 0", 1, 0)
    style = {"filled": True, "size": 75, "opacity": 1, "stroke": COLORS["minority"]}
    minority = everyone.mark_point(**style).encode(fillOpacity=fill)
    numbers = everyone.mark_text(dx=9, dy=-8, fontSize=11, color=parts.INK)
    parent = _place("parent_id")
    rows = parts.ranked(K_MAX, "k_neighbors", "links")
    return parts.stage(
        parts.links(rows, parent, _place("datum.neighbor"), **LINK),
        _colored(new, "new"),
        numbers.encode(**parts.PLANE, text="id:N"),
        majority=majority,
        points=minority,
        kind="'minority'",
        looks=LOOKS,
        n=n,
        pick="parent",
        start=start,
        at=parent,
    )


def _segments():
    row = alt.Y("rank:O", title="neighbor (distance)").axis(
        labelExpr="neighbors[datum.value] + ' (' +"
        " format(distances[datum.value], '.2f') + ')'",
        grid=False,
    )
    ranks = parts.ranked(K_MAX, "k_neighbors").encode(y=row)
    rules = ranks.mark_rule(**LINK).encode(x=alt.datum(0), x2=alt.datum(1))
    point = ranks.mark_point(filled=True, size=75, opacity=1)
    ends = [_colored(point.encode(x=alt.datum(at)), "minority") for at in (0, 1)]
    new = (
        _born(parts.here())
        .transform_calculate(rank="indexof(neighbors, datum.toward)")
        .encode(x=parts.x("step", "step (0 = point, 1 = neighbor)", [0, 1]), y=row)
    )
    marks = new.mark_point(filled=True, size=60, opacity=1).properties(name="steps")
    labels = new.mark_text(angle=270, align="left", dx=8, fontSize=11).encode(
        text=alt.Text("step:Q", format=".2f")
    )
    layers = [rules, *ends, _colored(marks, "new"), labels]
    title = "Its new points: {n_children} of {n_new}"
    return parts.panel(*layers, title=title, width=215, height=244)
