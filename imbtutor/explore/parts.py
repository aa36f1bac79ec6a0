"""The vocabulary that the interactive figures are written in.

A *template* is text with expressions of Vega in braces, such as
``"{recall:.1%} of {k} {k:case|cases}"``: `words` explains it.
"""

import json
import math
import re
from functools import partial
from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from imbtutor.explore.live import Live
from imbtutor.roles import COLORS

INK = {"expr": "dark ? '#ffffff' : '#000000'"}
"""A color that shows on a light and on a dark page."""

GRAY, PINK, SKY, ORANGE = "#8c8c8c", "#CC79A7", "#56B4E9", "#E69F00"
"""Colors (Okabe and Ito's) of what is neither class."""

CLASSES = {
    "majority": (COLORS["majority"], "circle"),
    "minority": (COLORS["minority"], "triangle-up"),
}
"""Color and shape of each class, for `marked`."""

# Vega's "cross" is a plus; this one is an x, filled like the other shapes.
REMOVED = (COLORS["removed"], "M-1,-1L0,-.3L1,-1L.3,0L1,1L0,.3L-1,1L-.3,0Z")
"""Color and shape of what a sampler takes away, for `marked`."""

CALLS = ["positive", "negative"]
POINTS = 400  # a curve is drawn through so many; numbers use all samples

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_FORMAT = re.compile(r"[+(-]?,?(\.\d+)?~?[a-z%]?")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
# A name that is no member (.x), no function (x(...)) and no key ({x: ...}).
_NAME = re.compile(r"(?<![\w.$])[A-Za-z_]\w*(?![\w(])(?!\s*\()")
_KEY = re.compile(r"(?<=[{,])\s*\w+\s*:")
_CONSTANTS = set("datum dark narrow true false null NaN E LN2 LN10 PI SQRT2".split())


def slider(name, label, low, high, step, start):
    """Return a control: a number from `low` to `high`."""
    bind = alt.binding_range(min=low, max=high, step=step, name=label)
    return alt.param(name, value=start, bind=bind)


def percents(shares):
    """Label shares for a `choice`."""
    return {share: f"{100 * share:g} %" for share in shares}


def choice(name, label, options, start):
    """Return a control: one of a list; a dict gives each value its label."""
    labels = list(options.values()) if isinstance(options, dict) else alt.Undefined
    bind = alt.binding_select(options=list(options), labels=labels, name=label)
    return alt.param(name, value=start, bind=bind)


def words(template):
    """Translate a template into an expression that gives a text.

    A field in braces is an expression, then perhaps a colon and a number format of d3,
    or ``one|many``, of which the first is taken where the expression is 1. An undefined
    value (null, NaN) reads "undefined". Braces that are text are written twice. An
    expression with a colon of its own belongs into `when` or a number of the figure.

    Raises
    ------
    ValueError
        If a brace stands alone, or a field has no expression or no such format.

    Examples
    --------
    >>> words("{recall:.1%} of it")
    '(isValid(recall) ? format(recall, ".1%") : "undefined") + " of it"'
    """
    parts, end = [], 0
    for match in _FIELD.finditer(template):
        parts += [json.dumps(template[end : match.start()]), _field(match, template)]
        end = match.end()
    parts.append(json.dumps(template[end:]))
    return " + ".join(part for part in parts if part != '""') or '""'


def _field(match, template):
    if match[0] in ("{{", "}}"):
        return json.dumps(match[0][0])
    value, colon, form = (match[1] or "").partition(":")
    one, bar, many = form.partition("|")
    if not value.strip() or not (bar or _FORMAT.fullmatch(form)):
        raise ValueError(
            f"the template {template!r} has the field {match[0]}; write {{number}}, "
            "{number:.1%} or {number:one|many}, and twice a brace that is text."
        )
    if bar:
        return f"({value} === 1 ? {json.dumps(one)} : {json.dumps(many)})"
    shown = f"format({value}, {json.dumps(form)})" if colon else value
    return f'(isValid({value}) ? {shown} : "undefined")'


def literal(text):
    """Write a text of the data, as the name of a model, so that a template shows it."""
    return str(text).replace("{", "{{").replace("}", "}}")


def when(condition, yes, no):
    """Choose between two templates; return an expression that gives a text."""
    return f"({condition} ? {words(yes)} : {words(no)})"


def looked_up(tables, cell):
    """Numbers that are looked up: for each of `tables` (a dict or DataFrame) the list
    ``<name>_at``, and ``<name>``, its entry at the place that `cell` computes."""
    return {f"{name}_at": tables[name] for name in tables} | {
        name: f"{name}_at[{cell}]" for name in tables
    }


def class_weights(y_true, prevalence):
    """Weights of samples that give the minority a share of `prevalence`."""
    positives = (y_true == 1).sum()
    negatives = len(y_true) - positives
    return np.where(y_true == 1, prevalence / positives, (1 - prevalence) / negatives)


def _axis(
    channel, field, title, domain=None, ticks=None, form=None, log=False, **options
):
    """Encode numbers by place: ``x(field, title, ...)`` or ``y(field, title, ...)``.

    `form` is a format of d3, ``log=True`` asks for a logarithmic scale, ``scale`` holds
    more for `altair.Scale`; other `options` go to `altair.Axis`.
    """
    scale = ({"type": "log"} if log else {}) | options.pop("scale", {})
    if domain is not None:
        scale = {"domain": list(domain), "nice": False} | scale
    axis = {"values": ticks, "format": form} | options
    axis = {key: value for key, value in axis.items() if value is not None}
    return channel(
        f"{field}:Q",
        title=title,
        scale=alt.Scale(**scale) if scale else alt.Undefined,
        axis=alt.Axis(**axis) if axis else alt.Undefined,
    )


x, y = partial(_axis, alt.X), partial(_axis, alt.Y)
UNIT = {"domain": [0, 1], "ticks": [0, 0.25, 0.5, 0.75, 1], "form": ".2~f"}
"""An axis from 0 to 1: ``x("fpr", "false positive rate", **UNIT)``."""


def colored(field, colors, orient="bottom", **legend):
    """Color by the words in a field; `colors` gives each word its own."""
    return _told(alt.Color, field, colors, orient, legend)


def marked(field, looks, orient="bottom", **legend):
    """Encodings of color and shape; `looks` gives each word a pair of both."""
    colors, shapes = ({word: look[i] for word, look in looks.items()} for i in range(2))
    return {
        "color": _told(alt.Color, field, colors, orient, legend),
        "shape": _told(alt.Shape, field, shapes, orient, legend),
    }


def _told(channel, field, looks, orient, legend):
    """A channel with a legend at `orient`, or without one where that is None."""
    scale = alt.Scale(domain=list(looks), range=list(looks.values()))
    if orient is not None:
        legend = alt.Legend(title=None, orient=orient, **legend)
    return channel(f"{field}:N", scale=scale, legend=legend or None)


def either(test, yes, no):
    """Encode one of two values, by an expression."""
    return alt.condition(test, alt.value(yes), alt.value(no))


def here(name=alt.Undefined, **fields):
    """One row, whose fields are the present values of expressions."""
    return alt.Chart(alt.Data(values=[{}]), name=name).transform_calculate(**fields)


def counted(n, field, name=alt.Undefined):
    """One row for each whole number from 0, `n` of them."""
    return alt.Chart(alt.sequence(0, n, as_=field), name=name)


def spread(rows, field, value, readings):
    """Make a row for each reading, its word as `field`, its expression as `value`."""
    rows = rows.transform_calculate(**readings)
    return rows.transform_fold([*readings], as_=[field, value])


def line(data, x, y, name=alt.Undefined, *, order=alt.Undefined, **style):
    """A line through the rows of a table."""
    style = {"color": COLORS["majority"]} | style
    return alt.Chart(data, name=name).mark_line(**style).encode(x=x, y=y, order=order)


def curves(rows, readings, x, y, looks, names):
    """A line for each of several readings along `rows`, and a point where each is now.

    `readings` gives each word two expressions, of its value in a row and of its present
    value; `looks` are encodings by word. The present x is the number named like the
    field of x. `names` are those of the layers of lines and points.
    """
    at, value = (each.shorthand.partition(":")[0] for each in (x, y))
    field = looks["color"].shorthand.partition(":")[0]
    along, now = ({word: each[i] for word, each in readings.items()} for i in range(2))
    lines = spread(rows.properties(name=names[0]), field, value, along)
    points = spread(here(names[1], **{at: at}), field, value, now)
    style = {"filled": True, "size": 130, "opacity": 1, "stroke": "white"}
    return [
        lines.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=looks["color"]),
        points.mark_point(**style).encode(x=x, y=y, **looks),
    ]


def dot(x, y, name, *, role="minority", shape="circle"):
    """The present reading, as a point of a curve; none where it is undefined."""
    style = {"color": COLORS[role], "shape": shape, "stroke": "white"}
    return (
        here(name, x=x, y=y)
        .transform_filter("isNumber(datum.x) && isNumber(datum.y)")
        .mark_point(filled=True, size=130, opacity=1, **style)
        .encode(x="x:Q", y="y:Q")
    )


def rule_at(expr, channel, label=None, *, dash=(5, 3)):
    """A dashed line where the axis `channel` has the value of an expression."""
    at = alt.datum({"expr": expr}, type="quantitative", title=None)
    base = here().encode(**{channel: at})
    rule = base.mark_rule(strokeDash=list(dash), strokeWidth=2, color=INK)
    if label is None:
        return rule
    style = {"align": "left", "dx": 4, "fontWeight": "bold", "tooltip": None}
    return alt.layer(rule, base.mark_text(text=label, **style).encode(y=alt.value(8)))


def diagonal(low=0):
    """A dashed line from (`low`, `low`) to (1, 1)."""
    ends = alt.Data(values=[{"x": low}, {"x": 1}])
    return line(ends, "x:Q", "x:Q", color=INK, strokeDash=[5, 3], strokeWidth=1.5)


def panel(*layers, title, anchor="start", width=244, height=190):
    """Lay one over the other, under a template as title; two panels fill the page.

    A title longer than a narrow panel has room on the side of a wide axis alone: there
    its `anchor` is "end".
    """
    text = {"expr": words(title)} if "{" in title else title
    title = {"text": text, "anchor": anchor}
    return alt.layer(*layers, title=title).properties(width=width, height=height)


def confusion_panel(*lines, title, prefix="", form=",.0f", order=CALLS, **size):
    """The four counts; each of `lines`, a template, adds one to a cell.

    The counts are the numbers ``<prefix>tp`` and so on, `form` is their format, `order`
    that of both axes.
    """
    names = ["TP", "FN", "FP", "TN"]
    counts = ", ".join(f"{prefix}{name.lower()}" for name in names)
    colors = {"positive": COLORS["minority"], "negative": COLORS["majority"]}
    cells = pd.DataFrame(product(CALLS, CALLS), columns=["truth", "called"])
    cells["cell"], cells["i"] = names, range(4)
    text = ["datum.cell", words(f"{{datum.count:{form}}}"), *map(words, lines)]
    base = (
        alt.Chart(cells)
        .transform_calculate(count=f"[{counts}][datum.i]")
        .transform_joinaggregate(row="sum(count)", groupby=["truth"])
        .transform_calculate(
            text=f"[{', '.join(text)}]",
            # The share of the true class, so a rare class is not pale by rarity.
            share="datum.row > 0 ? datum.count / datum.row : 0",
        )
        .encode(
            x=alt.X("called:N", sort=order).axis(labelAngle=0),
            y=alt.Y("truth:N", sort=order),
        )
    )
    squares = base.mark_rect(stroke=GRAY).encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1]), legend=None),
        color=colored("truth", colors, None),
    )
    font = 14 if lines else 15
    style = {"fontSize": font, "lineHeight": font + 4, "dy": -8 - 10 * len(lines)}
    label = base.mark_text(fontWeight="bold", tooltip=None, **style)
    layers = [squares.properties(name="matrix"), label.encode(text="text:N")]
    return panel(*layers, title=title, **size).resolve_scale(color="independent")


def roc_panel(y_true, y_score):
    """The ROC curve, and a point at the numbers ``fpr`` and ``recall``."""
    fpr, tpr, _ = roc_curve(y_true, y_score)
    seen = _thinned(np.arange(len(fpr)))
    data = pd.DataFrame({"fpr": fpr[seen], "tpr": tpr[seen], "order": seen})
    across = x("fpr", "false positive rate", **UNIT)
    up = y("tpr", "recall (true positive rate)", **UNIT)
    return panel(
        diagonal(),
        line(data, across, up, order="order:Q"),
        dot("fpr", "recall", "roc_dot"),
        title="ROC curve, AUC {auc:.3f}",
    )


def pr_panel(y_true, y_score):
    """The precision-recall curve where the minority has the share ``prevalence``, and a
    point at the numbers ``recall`` and ``precision``."""
    # The steps that average precision adds up: the precision at each threshold that
    # finds a positive, held from the recall before to the recall there.
    fpr, tpr, _ = roc_curve(y_true, y_score, drop_intermediate=False)
    seen = _thinned(np.flatnonzero(np.diff(tpr, prepend=0) > 0))
    steps = pd.DataFrame({"recall": tpr[seen], "tpr": tpr[seen], "fpr": fpr[seen]})
    steps = pd.concat([steps.head(1).assign(recall=0), steps])
    across, up = x("recall", "recall", **UNIT), y("precision", "precision", **UNIT)
    style = {"order": "recall:Q", "interpolate": "step-before"}
    return panel(
        rule_at("prevalence", "y"),
        line(steps, across, up, "pr_steps", **style).transform_calculate(
            precision="prevalence * datum.tpr"
            " / (prevalence * datum.tpr + (1 - prevalence) * datum.fpr)"
        ),
        dot("recall", "precision", "pr_dot"),
        title="PR curve, average precision {ap:.3f}",
    )


def _thinned(places):
    """Return at most POINTS of them, the ends included."""
    if len(places) <= POINTS:
        return places
    return places[np.linspace(0, len(places) - 1, POINTS).round().astype(int)]


# The stage of a sampler: points by kind, one of them picked, and links from it.

PLANE = {
    "x": x("x", "feature 1", scale={"zero": False}),
    "y": y("y", "feature 2", scale={"zero": False}),
}


def points_of_kind(chart, expr, looks, **legend):
    """Color and shape of each row by the word that an expression gives."""
    looks = marked("kind", looks, symbolOpacity=1, symbolStrokeWidth=0, **legend)
    return chart.transform_calculate(kind=expr).encode(**looks)


def ranked(most, shown, name=alt.Undefined):
    """A row for each of the first `shown` (at most `most`) of ``neighbors``."""
    return (
        counted(most, "rank", name)
        .transform_filter(f"datum.rank < {shown}")
        .transform_calculate(neighbor="neighbors[datum.rank]")
    )


def links(rows, start, end, plane=PLANE, **style):
    """Segments between two places of each row, pairs of expressions for x and y."""
    return (
        rows.transform_calculate(x=start[0], y=start[1], x2=end[0], y2=end[1])
        .mark_rule(**style)
        .encode(**plane, x2="x2:Q", y2="y2:Q")
    )


def stage(
    *below,
    majority,
    points,
    kind,
    looks,
    n,
    pick,
    start,
    at,
    above=(),
    plane=PLANE,
    **legend,
):
    """Two classes, and one point picked by a click or by the slider "Point".

    `majority` are the places of one class, or rows with an x and a y. `points` draw
    rows with an ``id`` from 0 to `n` - 1, by the words of `looks` that the expression
    `kind` gives; they become the layer "minority_points". The picked one,
    ``<pick>_id``, is `start` at first; its place `at`, a pair of expressions, gets a
    ring. `below` are layers between them, `above` layers over both.
    """
    others = majority
    if not isinstance(majority, alt.Chart):
        others = alt.Chart(pd.DataFrame(majority.round(4), columns=["x", "y"]))
    others = others.mark_point(filled=True, size=22, opacity=0.6).encode(**plane)
    ring = here(x=at[0], y=at[1]).mark_point(size=330, strokeWidth=2, color=INK)
    slider = alt.binding_range(min=0, max=n - 1, step=1, name="Point")
    how = {"fields": ["id"], "on": "click", "nearest": True, "clear": False}
    picked = alt.selection_point(pick, value=start, bind=slider, **how)
    points = points.encode(**plane).properties(name="minority_points")
    return panel(
        # Altair gives a selection to every named layer beside its own, and Vega refuses
        # that; the names inside a nested layer stay out of it.
        alt.layer(
            points_of_kind(others, "'majority'", looks, **legend),
            *below,
            ring.encode(**plane),
        ),
        points_of_kind(points, kind, looks, **legend).add_params(picked),
        *([alt.layer(*above)] if above else []),
        title=f"Point {{{pick}_id}} and its neighbors",
        height=244,
    )


def figure(
    name,
    *,
    controls,
    numbers,
    say,
    panels,
    alt_text,
    limits=None,
    one_legend=False,
    y_room=None,
):
    """Put panels side by side, give them controls and numbers, and bring it to life.

    `controls` come from `slider` and `choice`, in the order of the page. `numbers`
    gives each name that Python and the tests read an expression (a str), or else a
    value or a table, in which NaN becomes null. `say`, a template, is the sentence that
    states the reading, `alt_text` what the picture shows. Two of the `panels` stand
    beside one another; on a phone they stack. `limits` gives the name of a control
    that cannot always move an expression: the greatest value that a slider reaches
    now, or whether the control has an effect now. With `one_legend` they share colors,
    shapes and their legend. `y_room` is the least width of the
    labels of each y-axis, where these change so much that the panels would move.

    Raises
    ------
    ValueError
        If a number, the sentence or the title of a panel uses a name that is
        neither a control nor a number.

    Examples
    --------
    >>> fig = figure(
    ...     "square",
    ...     controls=[slider("side", "Side", 1, 9, 1, start=3)],
    ...     numbers={"area": "side * side"},
    ...     say="Its area is {area:.1f}.",
    ...     panels=[panel(dot("side", "area", "now"), title="Area {area}")],
    ...     alt_text="The area of a square against its side.",
    ... )
    >>> fig.get("side")
    3
    """
    if limits:
        each = ", ".join(f"{key}: ({expr})" for key, expr in limits.items())
        numbers = numbers | {"limits": f"{{{each}}}"}
    expressions = {key: each for key, each in numbers.items() if isinstance(each, str)}
    tables = {key: _plain(numbers[key]) for key in numbers.keys() - expressions}
    params = [alt.param(key, value=value) for key, value in tables.items()]
    params += [alt.param(key, expr=expr) for key, expr in expressions.items()]
    chart = alt.concat(*panels, columns=2, spacing=24)
    if not one_legend:
        channels = ("color", "shape", "stroke", "strokeDash")
        chart = chart.resolve_scale(**dict.fromkeys(channels, "independent"))
    if y_room is not None:
        chart = chart.configure_axisY(minExtent=y_room)
    sentence = words(say)
    chart = chart.add_params(*controls, *params, alt.param("say", expr=sentence))
    live = Live(chart, name, alt=alt_text)
    for where, expr in [("say", sentence), *_titles(live._vega), *expressions.items()]:
        for unknown in _names(expr) - {*live._names}:
            raise ValueError(
                f"{where} of the figure name={name!r} uses {unknown!r}, which is "
                f"neither a control nor a number; use one of {', '.join(live._names)}."
            )
    return live


def _plain(value):
    """Return a value or table as JSON can hold it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _titles(group):
    """The expressions in the titles of the panels of a compiled chart."""
    for mark in group.get("marks", []):
        text = mark.get("title", {}).get("text")
        if isinstance(text, dict):
            yield "the title of a panel", text["signal"]
        yield from _titles(mark)


def _names(expr):
    """The names that an expression of Vega takes its values from."""
    return {*_NAME.findall(_KEY.sub("", _QUOTED.sub("''", expr)))} - _CONSTANTS
