"""One minority point, its neighbors, and the points that SMOTE made from it."""

import altair as alt
import numpy as np
import pandas as pd

from imbtutor._checks import check_labels, check_number, check_points
from imbtutor.explore.live import Live
from imbtutor.explore.parts import INK
from imbtutor.roles import COLORS
from imbtutor.tracing import trace

K_MAX = 8  # more segments than this cannot be told apart in a small panel
SIZE = 244
LINK = "#8c8c8c"
DOMAIN = ["majority", "minority", "new"]
HUES = [COLORS["majority"], COLORS["minority"], COLORS["added"]]
SHAPES = ["circle", "triangle-up", "cross"]
LEGEND = alt.Legend(title=None, symbolOpacity=1, symbolStrokeWidth=0)


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
    check_number(random_state, "random_state", low=0, integer=True)
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
    panels = [_plane(X, y, start=int(np.argmax(births))), _segments()]
    chart = alt.concat(*panels, columns=2, spacing=28).add_params(
        alt.param(
            "k_neighbors",
            value=k_start,
            bind=alt.binding_range(min=1, max=k_max, step=1, name="k_neighbors"),
        ),
        alt.param(
            "n_new",
            value=n_new[0],
            bind=alt.binding_select(options=n_new, name="New points"),
        ),
        *_numbers(X[members], runs, n_new),
    )
    return Live(
        chart,
        name,
        alt="Left, the points of two classes in the plane: one minority point, the "
        "segments to its minority neighbors, and the synthetic points. Right, each "
        "segment from step 0 to 1 with the synthetic points that lie on it.",
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
        children.append(
            [_child(born[born["parent"] == i]) for i in range(len(members))]
        )
    # SMOTE asks its fitted neighbors this, and drops the first: the point itself.
    distance, neighbor = result.sampler.nn_k_.kneighbors(X[members])
    return {
        "neighbors": neighbor[:, 1:].tolist(),
        "distances": distance[:, 1:].tolist(),
        "text": [
            ", ".join(f"{i} ({d:.3g})" for i, d in zip(*both, strict=True))
            for both in zip(neighbor[:, 1:], distance[:, 1:], strict=True)
        ],
        "children": children,
        "childless": [sum(not child["steps"] for child in each) for each in children],
    }


def _child(born):
    """What one parent got; Vega cannot write out a list, so the text is made here."""
    columns = {"rows": "row", "toward": "neighbor", "steps": "step"}
    text = [
        f"toward {i} at step {step:.3f}"
        for i, step in zip(born["neighbor"], born["step"], strict=True)
    ]
    return {key: born[column].tolist() for key, column in columns.items()} | {
        "text": ", ".join(text)
    }


def _numbers(minority, runs, n_new):
    """Parameters: what the runs gave, and what the present controls take of it."""
    at = f"indexof({n_new}, n_new)"
    return [
        alt.param("minority", value=minority.tolist()),
        alt.param("runs", value=runs),
        alt.param("run", expr="runs[k_neighbors - 1]"),
        alt.param("children", expr=f"run.children[{at}]"),
        alt.param("neighbors", expr="run.neighbors[parent_id]"),
        alt.param("distances", expr="run.distances[parent_id]"),
        alt.param("rows", expr="children[parent_id].rows"),
        alt.param("toward", expr="children[parent_id].toward"),
        alt.param("steps", expr="children[parent_id].steps"),
        alt.param("n_children", expr="length(steps)"),
        alt.param("n_childless", expr=f"run.childless[{at}]"),
        alt.param(
            "say",
            expr="'Nearest minority neighbors of point ' + parent_id"
            " + ' (and distance): ' + run.text[parent_id] + '. Of the ' + n_new"
            " + ' new points, ' + (n_children === 0 ? 'none comes from it'"
            " : n_children + (n_children === 1 ? ' comes' : ' come') + ' from it: '"
            " + children[parent_id].text) + '. ' + (n_childless === 0"
            f" ? 'Each of the {len(minority)} minority points got one or more.'"
            f" : 'Of the {len(minority)} minority points, ' + n_childless"
            " + ' got none.')",
        ),
    ]


def _colored(chart, role):
    """Give a layer the color and the shape of its role, by common scales."""
    hue = alt.Scale(domain=DOMAIN, range=HUES)
    shape = alt.Scale(domain=DOMAIN, range=SHAPES)
    return chart.transform_calculate(role=f"'{role}'").encode(
        color=alt.Color("role:N", scale=hue, legend=LEGEND),
        shape=alt.Shape("role:N", scale=shape, legend=LEGEND),
    )


def _coordinates(row, x="x", y="y"):
    """Look up a minority point by an expression that gives its number."""
    return {x: f"minority[{row}][0]", y: f"minority[{row}][1]"}


def _links():
    """One row for each neighbor of the parent, the nearest first."""
    return (
        alt.Chart(alt.sequence(0, K_MAX, as_="rank"))
        .transform_filter("datum.rank < k_neighbors")
        .transform_calculate(neighbor="neighbors[datum.rank]")
    )


def _plane(X, y, start):
    plane = {
        "x": alt.X("x:Q", title="feature 1", scale=alt.Scale(zero=False)),
        "y": alt.Y("y:Q", title="feature 2", scale=alt.Scale(zero=False)),
    }
    majority = (
        alt.Chart(pd.DataFrame(X[y == 0].round(4), columns=["x", "y"]))
        .mark_point(filled=True, size=22, opacity=0.6)
        .encode(**plane)
    )
    links = (
        _links()
        .transform_calculate(**_coordinates("parent_id"))
        .transform_calculate(**_coordinates("datum.neighbor", "x2", "y2"))
        .mark_rule(strokeWidth=1.5, color=LINK)
        .encode(**plane, x2="x2:Q", y2="y2:Q")
        .properties(name="links")
    )
    everyone = alt.Chart(alt.sequence(0, sum(y == 1), as_="id"))
    new = (
        everyone.transform_calculate(
            **{
                name: f"children[datum.id].{name}"
                for name in ("rows", "toward", "steps")
            }
        )
        .transform_flatten(["rows", "toward", "steps"], as_=["row", "toward", "step"])
        .transform_calculate(
            x=_between(0),
            y=_between(1),
        )
        .mark_point(filled=True, size=60)
        .encode(
            **plane,
            opacity=alt.condition(
                "datum.id === parent_id", alt.value(1), alt.value(0.5)
            ),
        )
        .properties(name="new_points")
    )
    parent = (
        everyone.transform_filter("datum.id === parent_id")
        .transform_calculate(**_coordinates("datum.id"))
        .mark_point(size=330, strokeWidth=2, color=INK)
        .encode(**plane)
    )
    pick = alt.selection_point(
        "parent",
        fields=["id"],
        value=start,
        bind=alt.binding_range(min=0, max=int(sum(y == 1)) - 1, step=1, name="Point"),
        on="click",
        nearest=True,
        clear=False,
    )
    minority = (
        everyone.transform_calculate(**_coordinates("datum.id"))
        .mark_point(filled=True, size=75, opacity=1, stroke=COLORS["minority"])
        .encode(
            **plane,
            # A triangle is hollow where SMOTE made nothing from it.
            fillOpacity=alt.condition(
                "length(children[datum.id].steps) > 0", alt.value(1), alt.value(0)
            ),
        )
        .properties(name="minority_points")
        .add_params(pick)
    )
    numbers = (
        everyone.transform_calculate(**_coordinates("datum.id"))
        .mark_text(dx=9, dy=-8, fontSize=11, color=INK)
        .encode(**plane, text="id:N")
    )
    title = {"text": {"expr": "'Point ' + parent_id + ' and its neighbors'"}}
    below = alt.layer(
        _colored(majority, "majority"), links, _colored(new, "new"), parent, numbers
    )
    # Altair gives a selection to every named layer beside its own, and Vega refuses
    # that; the names inside a nested layer stay out of it.
    return _panel(below, _colored(minority, "minority"), title=title, width=SIZE)


def _between(column):
    start, end = f"minority[datum.id][{column}]", f"minority[datum.toward][{column}]"
    return f"{start} + datum.step * ({end} - {start})"


def _segments():
    row = alt.Y(
        "rank:O",
        title="neighbor (distance)",
        axis=alt.Axis(
            labelExpr="neighbors[datum.value] + ' (' +"
            " format(distances[datum.value], '.2f') + ')'",
            grid=False,
        ),
    )
    unit = alt.Scale(domain=[0, 1])
    step = alt.X("step:Q", title="step (0 = point, 1 = neighbor)", scale=unit)
    rules = (
        _links()
        .mark_rule(strokeWidth=1.5, color=LINK)
        .encode(y=row, x=alt.datum(0), x2=alt.datum(1))
    )
    ends = [
        _links()
        .mark_point(filled=True, size=75, opacity=1)
        .encode(y=row, x=alt.datum(at))
        for at in (0, 1)
    ]
    new = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(rows="rows", toward="toward", steps="steps")
        .transform_flatten(["rows", "toward", "steps"], as_=["row", "toward", "step"])
        .transform_calculate(rank="indexof(neighbors, datum.toward)")
    )
    marks = (
        new.mark_point(filled=True, size=60, opacity=1)
        .encode(x=step, y=row)
        .properties(name="steps")
    )
    labels = new.mark_text(angle=270, align="left", dx=8, fontSize=11).encode(
        x=step, y=row, text=alt.Text("step:Q", format=".2f")
    )
    title = {"text": {"expr": "'Its new points: ' + n_children + ' of ' + n_new"}}
    ends = [_colored(end, "minority") for end in ends]
    return _panel(rules, *ends, _colored(marks, "new"), labels, title=title, width=215)


def _panel(*layers, title, width):
    # With their axes two panels fill the page, one fills a phone.
    return alt.layer(*layers, title=title).properties(width=width, height=SIZE)
