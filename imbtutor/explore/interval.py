"""How far a few positives carry: the interval of a recall, and two models."""

from itertools import product

import altair as alt
import numpy as np
from scipy.stats import binom, binomtest, norm

from imbtutor.explore import parts

MOST = 200  # positives
ALONE = 20  # the most positives that one model finds and the other misses
SIZE = {"width": 248, "height": 180}
# The four outcomes are all positives, so they do not take the colors of the classes.
OUTCOMES = {
    "both": (parts.ORANGE, "circle"),
    "only A": (parts.SKY, "triangle-up"),
    "only B": (parts.PINK, "triangle-down"),
    "neither": (parts.GRAY, "cross"),
}


def explore_interval(name="interval"):
    """Move the number of positives and the recall; watch what they can prove.

    Two models judge the same positives. The figure shows each positive by who finds
    it, the 95 % interval of both recalls, the same interval for any other number
    of positives, and the exact McNemar test of the two models.

    Parameters
    ----------
    name : str, default="interval"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``positives``; ``wanted``, the recall of model A, of
        which the nearest whole number of positives is found; ``gained``, found by B
        and missed by A; ``lost``, found by A and missed by B. The last two are cut
        where there are not so many to gain or to lose. Computed: the counts
        ``found_a``, ``found_b``, ``a_alone``, ``b_alone``, ``both``, ``neither`` and
        ``differ``; the recalls ``recall_a`` and ``recall_b`` with their limits
        ``low_a``, ``high_a``, ``low_b`` and ``high_b``; and ``p_value``.

    Notes
    -----
    The interval is Wilson's [1]_, as in
    ``scipy.stats.binomtest(found, positives).proportion_ci(method="wilson")``. The test
    is McNemar's [2]_ in its exact form: were the models equally good, each
    positive on which they differ would fall to either like a fair coin, so the p-value
    is that of ``scipy.stats.binomtest(b_alone, differ, 0.5)``. It is 1 where the models
    agree on every positive.

    References
    ----------
    .. [1] E. B. Wilson (1927), "Probable inference, the law of succession, and
       statistical inference", Journal of the American Statistical Association 22,
       209-212.
    .. [2] Q. McNemar (1947), "Note on the sampling error of the difference between
       correlated proportions or percentages", Psychometrika 12, 153-157.

    Examples
    --------
    >>> from imbtutor.explore import explore_interval
    >>> fig = explore_interval()
    >>> fig.set(positives=100, wanted=0.9)
    >>> fig.get("positives")
    100
    """
    return parts.figure(
        name,
        controls=[
            parts.slider("positives", "Positives", 5, MOST, 1, start=37),
            parts.slider("wanted", "Recall of A", 0, 1, 0.01, start=0.7),
            parts.slider("gained", "Only B finds", 0, ALONE, 1, start=4),
            parts.slider("lost", "Only A finds", 0, ALONE, 1, start=1),
        ],
        numbers={
            "z": norm.ppf(0.975),
            "p_at": _p_values(),
            "coin_at": _coin(),
            "found_a": "round(positives * wanted)",
            "a_alone": "min(lost, found_a)",
            "b_alone": "min(gained, positives - found_a)",
            "found_b": "found_a - a_alone + b_alone",
            "both": "found_a - a_alone",
            "neither": "positives - found_a - b_alone",
            "differ": "a_alone + b_alone",
            "recall_a": "found_a / positives",
            "recall_b": "found_b / positives",
            "low_a": _wilson("recall_a", "positives", "-"),
            "high_a": _wilson("recall_a", "positives", "+"),
            "low_b": _wilson("recall_b", "positives", "-"),
            "high_b": _wilson("recall_b", "positives", "+"),
            "p_value": f"p_at[a_alone * {ALONE + 1} + b_alone]",
            "verdict": parts.when(
                "differ === 0",
                "They agree on every positive.",
                "They differ on {differ} {differ:positive|positives}; a fair coin would"
                " be at least so uneven with probability {p_value:.3f}.",
            ),
        },
        say="A finds {found_a} of {positives} positives: recall {recall_a:.1%}, 95%"
        " interval {low_a:.1%} to {high_a:.1%}. B finds {b_alone} that A misses and"
        " misses {a_alone} that A finds: recall {recall_b:.1%}, 95% interval"
        " {low_b:.1%} to {high_b:.1%}. {verdict}",
        panels=[_positives(), _recalls(), _by_number(), _coins()],
        alt_text="Each positive of a test set, marked by which of two models finds it; "
        "the recalls of both with their intervals; how the interval narrows as the "
        "positives become more; and how often a fair coin would divide the positives "
        "on which the models differ so unevenly.",
        limits={
            "gained": f"min({ALONE}, positives - found_a)",
            "lost": f"min({ALONE}, found_a)",
        },
    )


def _p_values():
    """The exact test for every pair of counts, row by row."""
    return [
        # Where the models agree everywhere there is nothing to test.
        binomtest(b, a + b, 0.5).pvalue if a + b else 1.0
        for a, b in product(range(ALONE + 1), repeat=2)
    ]


def _coin():
    """The chance of k heads of m: m = 0, then m = 1, and so on, one after another."""
    rows = [binom.pmf(np.arange(m + 1), m, 0.5) for m in range(2 * ALONE + 1)]
    return np.round(np.concatenate(rows), 9)


def _wilson(recall, n, sign):
    """Expression for one limit of Wilson's interval."""
    half = f"z * sqrt({recall} * (1 - {recall}) / {n} + z * z / (4 * {n} * {n}))"
    limit = f"({recall} + z * z / (2 * {n}) {sign} {half}) / (1 + z * z / {n})"
    # Rounding may leave a limit a hair outside, and "-0.0%" in the sentence.
    return f"clamp({limit}, 0, 1)"


def _positives():
    # 1.8 columns squared for each positive: then all rows fit for 5 to 200 of them.
    width, height = SIZE.values()
    cell = f"({width} / ceil(sqrt(1.8 * positives)))"
    columns = f"round({width} / {cell})"
    marks = (
        parts.counted(MOST, "i", "positives")
        .transform_filter("datum.i < positives")
        .transform_calculate(
            x=f"(datum.i % {columns} + 0.5) * {cell}",
            y=f"(floor(datum.i / {columns}) + 0.5) * {cell}",
            found_by="datum.i < both ? 'both' : datum.i < both + a_alone ? 'only A'"
            " : datum.i < both + differ ? 'only B' : 'neither'",
        )
        .mark_point(filled=True, size={"expr": f"0.3 * {cell} * {cell}"}, opacity=1)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width])),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0])),
            **parts.marked("found_by", OUTCOMES, "top", columns=4, symbolSize=70),
        )
    )
    title = "The {positives} positives, found by"
    frame = alt.ViewConfig(stroke=None)
    return parts.panel(marks, title=title, **SIZE).properties(view=frame)


def _recalls():
    both = {
        each: f"{{A: {each}_a, B: {each}_b}}[datum.model]"
        for each in ("recall", "low", "high")
    }
    base = (
        alt.Chart(alt.Data(values=[{"model": "A"}, {"model": "B"}]))
        .transform_calculate(**both)
        .encode(y=alt.Y("model:N", title="model", axis=alt.Axis(labelFontSize=14)))
    )
    bars = (
        base.mark_bar(height=26, stroke=parts.GRAY, strokeWidth=1)
        .encode(
            x=parts.x("low", "recall, with its 95 % interval", **parts.UNIT),
            x2="high:Q",
            color=parts.colored("model", {"A": parts.SKY, "B": parts.PINK}, None),
        )
        .properties(name="recalls")
    )
    ticks = base.mark_tick(thickness=3, size=40, color=parts.INK).encode(x="recall:Q")
    title = "Recall of A {recall_a:.3f}, of B {recall_b:.3f}"
    return parts.panel(bars, ticks, title=title, **SIZE)


def _by_number():
    ticks = [5, 10, 20, 50, 100, 200, 500]
    x = parts.x("n", "positives (log scale)", [5, 500], ticks, log=True)
    y = parts.y("low", "recall", **parts.UNIT)
    low, high = (_wilson("recall_a", "datum.n", sign) for sign in "-+")
    area = (
        # Thirty steps a decade draw a smooth band from 5 to 500 positives.
        parts.counted(61, "i")
        .transform_calculate(n="5 * pow(10, datum.i / 30)")
        .transform_calculate(low=low, high=high)
        .mark_area(color=parts.SKY, opacity=0.7)
        .encode(x=x, y=y, y2="high:Q")
    )
    now = parts.here(n="positives", low="low_a", high="high_a", recall="recall_a")
    span = now.mark_rule(strokeWidth=3, color=parts.INK).encode(x=x, y=y, y2="high:Q")
    span = span.properties(name="now")
    point = now.mark_point(filled=True, size=90, opacity=1, color=parts.INK)
    title = "Interval of A: {low_a:.3f} to {high_a:.3f}"
    return parts.panel(area, span, point.encode(x=x, y="recall:Q"), title=title, **SIZE)


def _coins():
    uneven = {"at least so uneven": parts.PINK, "more even": "#D0D0D0"}
    bars = (
        parts.counted(2 * ALONE + 1, "k", "coins")
        .transform_filter("datum.k <= differ")
        .transform_calculate(
            chance="coin_at[differ * (differ + 1) / 2 + datum.k]",
            # Half a count apart at least, so rounding cannot blur the comparison.
            uneven="abs(datum.k - differ / 2) > abs(b_alone - differ / 2) - 0.25"
            " ? 'at least so uneven' : 'more even'",
        )
        .mark_bar(stroke=parts.GRAY, strokeWidth=1)
        .encode(
            x=alt.X("k:O", axis=alt.Axis(labelAngle=0, labelOverlap=True)).title(
                "only B finds, if a coin decides"
            ),
            y=parts.y("chance", "probability"),
            color=parts.colored("uneven", uneven, "top"),
        )
    )
    title = "They differ on {differ}: p = {p_value:.3f}"
    return parts.panel(bars, title=title, **SIZE)
