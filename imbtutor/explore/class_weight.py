"""One weight, moved: the weighted model beside the moved threshold."""

from functools import partial
from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score, recall_score
from threadpoolctl import threadpool_limits

from imbtutor._checks import check_labels, check_points
from imbtutor.explore import parts

DOUBLINGS = 6  # the largest weight is 2 ** 6 = 64
STEPS = 2  # steps of the slider to a doubling
PENALTIES = [0.01, 0.1, 1, 100]
WAYS = ["weight w, threshold 0.5", "no weight, threshold 1 / (1 + w)"]


def explore_class_weight(X, y, name="class-weight"):
    """Move the weight of the positives; a threshold moves the same line.

    Two logistic regressions are compared on the points that trained them. One has
    ``class_weight={0: 1, 1: w}`` and calls a point positive at 0.5; the other has
    no weights and calls it positive at the threshold ``1 / (1 + w)``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points, a few hundred for a readable picture.
    y : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    name : str, default="class-weight"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``log2_w`` (from 0 to 6, so that ``w`` runs from 1 to
        64) and ``C`` of both models (0.01, 0.1, 1 or 100). Computed: ``w``,
        ``threshold``, ``log_w``, ``intercept_shift`` (intercept with weight minus
        intercept without), ``same`` (share of points on which the two decide
        alike), ``recall`` and ``precision`` of the weighted model,
        ``recall_moved`` and ``precision_moved`` of the moved threshold,
        ``mean_p`` (mean predicted probability with weight), ``mean_p_plain``
        (without) and ``prevalence``. A precision is None where no point is
        called positive.

    Raises
    ------
    ValueError
        If X has not two columns, or holds NaN; if y does not match it, or does not
        hold both 0 and 1.

    Notes
    -----
    Without a penalty, and if the log-odds are linear, a weight ``w`` on the
    positives adds ``log(w)`` to the intercept of a logistic regression and changes
    nothing else, once there are enough samples. It is the weighting of [1]_, and
    the threshold is that of [2]_ for a miss that costs ``w`` false alarms.
    `sklearn.linear_model.LogisticRegression` penalizes the coefficients with
    strength ``1 / C``; a weight adds to the data, not to the penalty.

    References
    ----------
    .. [1] G. King and L. Zeng (2001), "Logistic regression in rare events data",
       Political Analysis 9, 137-163.
    .. [2] C. Elkan (2001), "The foundations of cost-sensitive learning", IJCAI,
       973-978.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_class_weight
    >>> fig = explore_class_weight(*make_gaussians(200, random_state=0))
    >>> fig.set(log2_w=3, C=0.01)
    >>> fig.get("log2_w")
    3
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    fitted = _fitted_models(X, y)
    return parts.figure(
        name,
        controls=[
            parts.slider("log2_w", "log2 of w", 0, DOUBLINGS, 1 / STEPS, start=3),
            parts.choice("C", "C", PENALTIES, start=1),
        ],
        numbers={
            "w": "pow(2, log2_w)",
            "threshold": "1 / (1 + w)",
            "log_w": "log(w)",
            "cell": f"indexof({PENALTIES}, C) * {DOUBLINGS * STEPS + 1}"
            f" + round(log2_w * {STEPS})",
            **parts.looked_up(fitted.drop(columns=["C", "log2_w"]), "cell"),
            "intercept_shift": "weighted[0] - plain[0]",
            "prevalence": y.mean(),
        },
        say="Weight {w:.3~g} and threshold {threshold:.3f} decide alike on {same:.1%}"
        " of the points: recall {recall:.1%} and {recall_moved:.1%}, precision"
        " {precision:.1%} and {precision_moved:.1%}. The intercept moved by"
        " {intercept_shift:.2f}, log w is {log_w:.2f}. Mean predicted probability"
        " {mean_p:.1%} with the weight and {mean_p_plain:.1%} without, where"
        " {prevalence:.1%} are positive.",
        panels=[_points(X, y), _intercept(fitted), _trade(fitted)],
        alt_text="Points of two classes, cut by the line of a weighted logistic "
        "regression and by that of an unweighted one with a moved threshold; the move "
        "of the intercept beside log w; and recall and precision of both against the "
        "weight.",
        y_room=40,
    )


def _fitted_models(X, y):
    """Fit both models for every state of the controls; return what they do."""
    rows, precision = [], partial(precision_score, zero_division=np.nan)
    # These problems are small: more threads only wait for one another.
    with threadpool_limits(limits=1):
        unweighted = {C: LogisticRegression(C=C).fit(X, y) for C in PENALTIES}
        for C, step in product(PENALTIES, range(DOUBLINGS * STEPS + 1)):
            plain, w = unweighted[C], 2 ** (step / STEPS)
            weighted = LogisticRegression(C=C, class_weight={0: 1, 1: w}).fit(X, y)
            y_score = plain.predict_proba(X)[:, 1]
            y_moved, y_weight = y_score >= 1 / (1 + w), weighted.predict(X)
            row = {
                "C": C,
                "log2_w": step / STEPS,
                "weighted": _line(weighted),
                "plain": _line(plain),
                "same": (y_weight == y_moved).mean(),
                "mean_p": weighted.predict_proba(X)[:, 1].mean(),
                "mean_p_plain": y_score.mean(),
                "recall": recall_score(y, y_weight),
                "recall_moved": recall_score(y, y_moved),
                "precision": precision(y, y_weight),
                "precision_moved": precision(y, y_moved),
            }
            rows.append(row)
    return pd.DataFrame(rows)


def _line(model):
    """Intercept and coefficients: b0 + b1 x1 + b2 x2 = 0 is the cut at 0.5."""
    return [model.intercept_[0], *model.coef_[0].tolist()]


def _two_ways(chart, labels, i):
    """Draw the line as the i-th of two: solid with the weight, dashed without."""
    style = {"symbolType": "stroke", "symbolSize": 500, "symbolStrokeWidth": 3}
    key = alt.Legend(title=None, orient="bottom", columns=1, labelLimit=250, **style)
    stroke = alt.Scale(domain=labels, range=[parts.PINK, parts.INK])
    dash = alt.Scale(domain=labels, range=[[1, 0], [5, 4]])
    return chart.transform_calculate(way=f"'{labels[i]}'").encode(
        stroke=alt.Stroke("way:N", scale=stroke, legend=key),
        strokeDash=alt.StrokeDash("way:N", scale=dash, legend=key),
        strokeWidth=alt.value([5, 2][i]),
    )


def _points(X, y):
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.maximum(0.05 * (high - low), 0.5)
    domains = np.transpose([low - margin, high + margin]).round(1).tolist()
    data = pd.DataFrame(X, columns=["x", "y"])
    data["class"] = np.take([*parts.CLASSES], y)
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=30, opacity=0.85)
        .encode(
            x=parts.x("x", "feature 1", domains[0]),
            y=parts.y("y", "feature 2", domains[1]),
            **parts.marked("class", parts.CLASSES, "top"),
        )
    )
    weighted, plain = (
        f"{model}[0] + {model}[1] * datum.x + {model}[2] * datum.y"
        for model in ("weighted", "plain")
    )
    differ = (
        alt.Chart(data, name="differ")
        .transform_filter(f"({weighted} > 0) !== ({plain} + log_w >= 0)")
        .mark_point(size=80, strokeWidth=1.2, stroke=parts.INK, opacity=1)
        .encode(x="x:Q", y="y:Q")
    )
    center = np.mean(domains, axis=1).tolist()
    lines = [
        _two_ways(_cut("weighted", "0", center, "weight_line"), WAYS, 0),
        _two_ways(_cut("plain", "log_w", center, "moved_line"), WAYS, 1),
    ]
    title = "Weight {w:.3~g}: same decision on {same:.1%}"
    return parts.panel(points, *lines, differ, title=title)


def _cut(model, shift, center, name):
    """The line on which a model's log-odds plus `shift` are 0, from edge to edge."""
    b0, b1, b2 = (f"{model}[{i}]" for i in range(3))
    # From the foot of the perpendicular of the center, far out in both directions.
    length = f"({b1} * {b1} + {b2} * {b2})"
    away = f"({b0} + {shift} + {b1} * {center[0]} + {b2} * {center[1]}) / {length}"
    reach = f"40 * datum.side / sqrt({length})"
    ends = alt.Data(values=[{"side": -1}, {"side": 1}])
    line = parts.line(ends, "x:Q", "y:Q", name, order="side:Q", clip=True)
    return line.transform_calculate(
        x=f"{center[0]} - {away} * {b1} - {reach} * {b2}",
        y=f"{center[1]} - {away} * {b2} + {reach} * {b1}",
    )


def _curve(data, field, y, labels, i):
    ticks = [2**doubling for doubling in range(DOUBLINGS + 1)]
    title = "weight w (log scale)"
    x = parts.x("w", title, [1, ticks[-1]], ticks, "d", log=True, scale={"base": 2})
    line = parts.line(data, x, y, f"{field}_curve", order="w:Q")
    present = line.transform_filter("datum.C === C")
    return _two_ways(present.transform_calculate(w="pow(2, datum.log2_w)"), labels, i)


def _intercept(fitted):
    data = fitted[["C", "log2_w"]].assign(
        shift=fitted["weighted"].str[0] - fitted["plain"].str[0],
        log_w=np.log(2) * fitted["log2_w"],
    )
    labels = ["intercept with weight - without", "log w"]
    title = "move of the intercept"
    return parts.panel(
        _curve(data, "shift", parts.y("shift", title), labels, 0),
        _curve(data, "log_w", parts.y("log_w", title), labels, 1),
        parts.dot("w", "intercept_shift", "intercept_dot"),
        title="Intercept moved by {intercept_shift:.2f}, log w is {log_w:.2f}",
    )


def _trade(fitted):
    fields = ["recall", "precision"]
    data = fitted[["C", "log2_w", *fields, *[f"{each}_moved" for each in fields]]]
    present = alt.Chart(data).transform_filter(
        f"datum.C === C && datum.log2_w === {DOUBLINGS}"
    )
    layers = []
    for field, dy in zip(fields, [14, -20], strict=True):
        y = {"title": "share", "domain": [0, 1], "form": "%", "tickCount": 5}
        moved = f"{field}_moved"
        name = present.transform_calculate(x=f"{2**DOUBLINGS}", label=f"'{field}'")
        layers += [
            _curve(data, field, parts.y(field, **y), WAYS, 0),
            _curve(data, moved, parts.y(moved, **y), WAYS, 1),
            parts.dot("w", field, f"{field}_dot"),
            name.mark_text(align="right", dx=-4, dy=dy).encode(
                x="x:Q", y=parts.y(field, **y), text="label:N"
            ),
        ]
    title = "Recall {recall:.0%}, precision {precision:.0%}"
    return parts.panel(*layers, title=title)
