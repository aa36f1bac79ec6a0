"""How far a few positives carry: the interval of a recall, and two models."""

import altair as alt
import numpy as np
from scipy.stats import binom, binomtest, norm

from imbtutor.explore.live import Live

MOST = 200  # positives
ALONE = 20  # the most positives that one model finds and the other misses
WIDTH, HEIGHT = 248, 180  # two panels and their axes fill the page, one a phone
# The four outcomes are all positives, so they do not take the colors of the classes.
OUTCOMES = {
    "both": ("#E69F00", "circle"),
    "only A": ("#56B4E9", "triangle-up"),
    "only B": ("#CC79A7", "triangle-down"),
    "neither": ("#8C8C8C", "cross"),
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
    slider = alt.binding_range
    controls = [
        alt.param(
            "positives",
            value=37,
            bind=slider(min=5, max=MOST, step=1, name="Positives"),
        ),
        alt.param(
            "wanted",
            value=0.7,
            bind=slider(min=0, max=1, step=0.01, name="Recall of A"),
        ),
        alt.param(
            "gained",
            value=4,
            bind=slider(min=0, max=ALONE, step=1, name="Only B finds"),
        ),
        alt.param(
            "lost",
            value=1,
            bind=slider(min=0, max=ALONE, step=1, name="Only A finds"),
        ),
    ]
    numbers = [
        alt.param("z", value=norm.ppf(0.975)),
        alt.param("p_at", value=_p_values()),
        alt.param("coin_at", value=_coin()),
        alt.param("found_a", expr="round(positives * wanted)"),
        alt.param("a_alone", expr="min(lost, found_a)"),
        alt.param("b_alone", expr="min(gained, positives - found_a)"),
        alt.param("found_b", expr="found_a - a_alone + b_alone"),
        alt.param("both", expr="found_a - a_alone"),
        alt.param("neither", expr="positives - found_a - b_alone"),
        alt.param("differ", expr="a_alone + b_alone"),
        alt.param("recall_a", expr="found_a / positives"),
        alt.param("recall_b", expr="found_b / positives"),
        alt.param("low_a", expr=_wilson("recall_a", "positives", "-")),
        alt.param("high_a", expr=_wilson("recall_a", "positives", "+")),
        alt.param("low_b", expr=_wilson("recall_b", "positives", "-")),
        alt.param("high_b", expr=_wilson("recall_b", "positives", "+")),
        alt.param("p_value", expr=f"p_at[a_alone * {ALONE + 1} + b_alone]"),
        alt.param("say", expr=_sentence()),
    ]
    panels = [_positives(), _recalls(), _by_number(), _coins()]
    chart = (
        alt.concat(*panels, columns=2, spacing=24)
        .resolve_scale(color="independent", shape="independent")
        .add_params(*controls, *numbers)
    )
    return Live(
        chart,
        name,
        alt="Each positive of a test set, marked by which of two models finds it; the "
        "recalls of both with their intervals; how the interval narrows as the "
        "positives become more; and how often a fair coin would divide the positives "
        "on which the models differ so unevenly.",
    )


def _p_values():
    """The exact test for every pair of counts, row by row."""
    counts = range(ALONE + 1)
    return [
        # Where the models agree everywhere there is nothing to test.
        binomtest(b, a + b, 0.5).pvalue if a + b else 1.0
        for a in counts
        for b in counts
    ]


def _coin():
    """The chance of k heads of m: m = 0, then m = 1, and so on, one after another."""
    rows = [binom.pmf(np.arange(m + 1), m, 0.5) for m in range(2 * ALONE + 1)]
    return np.round(np.concatenate(rows), 9).tolist()


def _wilson(recall, n, sign):
    """Expression for one limit of Wilson's interval."""
    half = f"z * sqrt({recall} * (1 - {recall}) / {n} + z * z / (4 * {n} * {n}))"
    limit = f"({recall} + z * z / (2 * {n}) {sign} {half}) / (1 + z * z / {n})"
    # Rounding may leave a limit a hair outside, and "-0.0%" in the sentence.
    return f"clamp({limit}, 0, 1)"


def _sentence():
    def interval(model):
        return (
            f"format(recall_{model}, '.1%') + ', 95% interval '"
            f" + format(low_{model}, '.1%') + ' to ' + format(high_{model}, '.1%')"
        )

    return (
        "'A finds ' + found_a + ' of ' + positives + ' positives: recall ' + "
        + interval("a")
        + " + '. B finds ' + b_alone + ' that A misses and misses ' + a_alone"
        " + ' that A finds: recall ' + "
        + interval("b")
        + " + '. ' + (differ === 0 ? 'They agree on every positive.'"
        " : 'They differ on ' + differ + '; a fair coin would divide those at least so"
        " unevenly with probability ' + format(p_value, '.3f') + '.')"
    )


def _panel(*layers, title):
    return alt.layer(*layers, title=title).properties(width=WIDTH, height=HEIGHT)


def _positives():
    names = list(OUTCOMES)
    colors, shapes = zip(*OUTCOMES.values(), strict=True)
    legend = alt.Legend(title=None, orient="top", columns=4, symbolSize=70)
    # 1.8 columns squared for each positive: then all rows fit for 5 to 200 of them.
    cell = f"({WIDTH} / ceil(sqrt(1.8 * positives)))"
    marks = (
        alt.Chart(alt.sequence(0, MOST, 1, as_="i"), name="positives")
        .transform_filter("datum.i < positives")
        .transform_calculate(
            x=f"(datum.i % round({WIDTH} / {cell}) + 0.5) * {cell}",
            y=f"(floor(datum.i / round({WIDTH} / {cell})) + 0.5) * {cell}",
            found_by="datum.i < both ? 'both' : datum.i < both + a_alone ? 'only A'"
            " : datum.i < both + differ ? 'only B' : 'neither'",
        )
        .mark_point(filled=True, size={"expr": f"0.3 * {cell} * {cell}"}, opacity=1)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, WIDTH])),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[HEIGHT, 0])),
            color=alt.Color(
                "found_by:N",
                scale=alt.Scale(domain=names, range=list(colors)),
                legend=legend,
            ),
            shape=alt.Shape(
                "found_by:N",
                scale=alt.Scale(domain=names, range=list(shapes)),
                legend=legend,
            ),
        )
    )
    title = {"text": {"expr": "'The ' + positives + ' positives, found by'"}}
    return _panel(marks, title=title).properties(view=alt.ViewConfig(stroke=None))


def _recalls():
    base = alt.Chart(alt.Data(values=[{"model": "A"}, {"model": "B"}]))
    base = base.transform_calculate(
        recall="datum.model === 'A' ? recall_a : recall_b",
        low="datum.model === 'A' ? low_a : low_b",
        high="datum.model === 'A' ? high_a : high_b",
    )
    colors = alt.Color(
        "model:N",
        legend=None,
        scale=alt.Scale(
            domain=["A", "B"], range=[OUTCOMES[f"only {m}"][0] for m in "AB"]
        ),
    )
    y = alt.Y("model:N", title="model", axis=alt.Axis(labelFontSize=14))
    x = alt.X(
        "low:Q",
        title="recall, with its 95 % interval",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f"),
    )
    bars = (
        base.mark_bar(height=26, stroke="#8c8c8c", strokeWidth=1)
        .encode(x=x, x2="high:Q", y=y, color=colors)
        .properties(name="recalls")
    )
    ticks = base.mark_tick(
        thickness=3, size=40, color={"expr": "dark ? '#ffffff' : '#000000'"}
    ).encode(x="recall:Q", y=y)
    title = {
        "text": {
            "expr": "'Recall of A ' + format(recall_a, '.3f')"
            " + ', of B ' + format(recall_b, '.3f')"
        }
    }
    return _panel(bars, ticks, title=title)


def _by_number():
    # Thirty steps a decade draw a smooth band from 5 to 500 positives.
    band = alt.Chart(alt.sequence(0, 61, 1, as_="i")).transform_calculate(
        n="5 * pow(10, datum.i / 30)"
    )
    x = alt.X(
        "n:Q",
        title="positives (log scale)",
        scale=alt.Scale(type="log", domain=[5, 500], nice=False),
        axis=alt.Axis(values=[5, 10, 20, 50, 100, 200, 500]),
    )
    y = alt.Y(
        "low:Q",
        title="recall",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f"),
    )
    area = (
        band.transform_calculate(
            low=_wilson("recall_a", "datum.n", "-"),
            high=_wilson("recall_a", "datum.n", "+"),
        )
        .mark_area(color=OUTCOMES["only A"][0], opacity=0.7)
        .encode(x=x, y=y, y2="high:Q")
    )
    ink = {"expr": "dark ? '#ffffff' : '#000000'"}
    now = alt.Chart(alt.Data(values=[{}])).transform_calculate(
        n="positives", low="low_a", high="high_a", recall="recall_a"
    )
    span = now.mark_rule(strokeWidth=3, color=ink).encode(x=x, y=y, y2="high:Q")
    span = span.properties(name="now")
    dot = now.mark_point(filled=True, size=90, opacity=1, color=ink).encode(
        x=x, y="recall:Q"
    )
    title = {
        "text": {
            "expr": "'Interval of A: ' + format(low_a, '.3f')"
            " + ' to ' + format(high_a, '.3f')"
        }
    }
    return _panel(area, span, dot, title=title)


def _coins():
    bars = (
        alt.Chart(alt.sequence(0, 2 * ALONE + 1, 1, as_="k"), name="coins")
        .transform_filter("datum.k <= differ")
        .transform_calculate(
            chance="coin_at[differ * (differ + 1) / 2 + datum.k]",
            # Half a count apart at least, so rounding cannot blur the comparison.
            uneven="abs(datum.k - differ / 2) > abs(b_alone - differ / 2) - 0.25"
            " ? 'at least so uneven' : 'more even'",
        )
        .mark_bar(stroke="#8c8c8c", strokeWidth=1)
        .encode(
            x=alt.X("k:O", title="only B finds, if a coin decides").axis(
                labelAngle=0, labelOverlap=True
            ),
            y=alt.Y("chance:Q", title="probability"),
            color=alt.Color(
                "uneven:N",
                scale=alt.Scale(
                    domain=["at least so uneven", "more even"],
                    range=[OUTCOMES["only B"][0], "#D0D0D0"],
                ),
                legend=alt.Legend(title=None, orient="top"),
            ),
        )
    )
    title = {
        "text": {
            "expr": "'They differ on ' + differ + ': p = ' + format(p_value, '.3f')"
        }
    }
    return _panel(bars, title=title)
