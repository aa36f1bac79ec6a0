"""How many positives a sample gives: the binomial distribution at work."""

from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import binom

from imbtutor.explore.live import Live
from imbtutor.explore.parts import dot, panel, rule_at
from imbtutor.roles import COLORS

PREVALENCES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
ROWS = [m * 10**e for e in (2, 3, 4) for m in (1, 2, 5)] + [100_000]
FEW = 10  # the figure asks for the chance of fewer positives than this
DRAWS, SAMPLES = 5, 20
BARS = 40  # more bars than this cannot be told apart in a small panel
CURVE = [round(10 ** (2 + i / 12)) for i in range(37)]  # rows, for smooth curves
PALE = "#8c8c8c"
LINES = {"none": PALE, f"fewer than {FEW}": COLORS["minority"]}


def explore_sample_size(name="sample-size"):
    """Choose rows and prevalence: see how many positives a sample gives.

    Each row of a sample is positive with a chance equal to the prevalence, and
    rows do not depend on one another, so the number of positives follows a
    binomial distribution. The twenty samples are drawn from it by
    ``numpy.random.default_rng(draw).binomial(rows, prevalence, size=20)``.

    Parameters
    ----------
    name : str, default="sample-size"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``rows`` (of one sample), ``prevalence`` and
        ``draw``, which chooses one of 5 sets of twenty samples. Computed:
        ``expected`` (positives, on average), ``low`` and ``high`` (the 2.5 % and
        the 97.5 % quantile of their number), ``chance_none``, ``chance_few`` (of
        fewer than 10 positives), ``relative_error`` (standard deviation of the
        estimated prevalence, divided by the prevalence) and ``drawn`` (the number
        of positives in each of the twenty samples).

    Notes
    -----
    The numbers are those of `scipy.stats.binom`. The relative error is
    ``sqrt((1 - prevalence) / expected)``: where the class is rare, it is
    ``1 / sqrt(expected)`` and knows the prevalence no more [1]_.

    References
    ----------
    .. [1] W. G. Cochran (1977), "Sampling Techniques", 3rd edition, Wiley,
       chapter 3, on sampling for proportions.

    Examples
    --------
    >>> from imbtutor.explore import explore_sample_size
    >>> fig = explore_sample_size()
    >>> fig.set(rows=10_000, prevalence=0.002)
    >>> fig.get("rows")
    10000
    """
    cells = [_cell(n, p) for p, n in product(PREVALENCES, ROWS)]
    table = pd.DataFrame(cells)
    curves = {
        "curve_none": [binom.pmf(0, CURVE, p).round(8).tolist() for p in PREVALENCES],
        "curve_few": [
            binom.cdf(FEW - 1, CURVE, p).round(8).tolist() for p in PREVALENCES
        ],
    }
    controls = [
        alt.param(
            "rows",
            value=1000,
            bind=alt.binding_select(
                options=ROWS, labels=[f"{n:,}" for n in ROWS], name="Rows"
            ),
        ),
        alt.param(
            "prevalence",
            value=0.01,
            bind=alt.binding_select(
                options=PREVALENCES,
                labels=[f"{100 * p:g} %" for p in PREVALENCES],
                name="Prevalence",
            ),
        ),
        alt.param(
            "draw",
            value=1,
            bind=alt.binding_range(min=1, max=DRAWS, step=1, name="Draw"),
        ),
    ]
    numbers = [
        *[alt.param(f"{each}_at", value=table[each].tolist()) for each in table],
        *[alt.param(f"{each}_at", value=values) for each, values in curves.items()],
        alt.param("which", expr=f"indexof({PREVALENCES}, prevalence)"),
        alt.param("cell", expr=f"which * {len(ROWS)} + indexof({ROWS}, rows)"),
        *[
            alt.param(each, expr=f"{each}_at[cell]")
            for each in table.columns.drop("samples")
        ],
        alt.param("drawn", expr="samples_at[cell][draw - 1]"),
        alt.param("left", expr="start - 0.5"),
        alt.param("right", expr="start + width * length(chances) - 0.5"),
        alt.param(
            "say",
            expr="format(rows, ',') + ' rows at prevalence '"
            " + format(prevalence, '.1~%') + ': ' + format(expected, ',.1~f')"
            " + (expected === 1 ? ' positive expected; ' : ' positives expected; ')"
            " + 'at least 95% of such samples hold '"
            " + format(low, ',') + ' to ' + format(high, ',')"
            f" + '. Chance of none: ' + {_percent('chance_none')}"
            f" + '; of fewer than {FEW}: ' + {_percent('chance_few')}"
            " + '. The prevalence in one sample is typically off by '"
            " + format(relative_error, '.2~p') + ' of its true value. The samples"
            " drawn here hold ' + format(extent(drawn)[0], ',') + ' to '"
            " + format(extent(drawn)[1], ',') + '.'",
        ),
    ]
    panels = [_samples(), _distribution(), _chances(), _errors(table)]
    chart = (
        alt.concat(*panels, columns=2, spacing=24)
        .resolve_scale(color="independent")
        .configure_axisY(minExtent=38)  # so that panels stay in place
        .add_params(*controls, *numbers)
    )
    return Live(
        chart,
        name,
        alt="The number of positives in twenty samples; the binomial distribution "
        f"of that number; the chances of no positive and of fewer than {FEW} against "
        "the number of rows; and the relative error of an estimated prevalence, "
        "which falls along one line with the expected number of positives.",
    )


def _cell(n, p):
    """Return what the figure shows for n rows at prevalence p."""
    count = binom(n, p)
    samples = [
        np.random.default_rng(draw).binomial(n, p, size=SAMPLES).tolist()
        for draw in range(1, DRAWS + 1)
    ]
    low, high, start, end = count.ppf([0.025, 0.975, 0.001, 0.999]).astype(int)
    start, end = min(start, np.min(samples)), max(end, np.max(samples))
    if start < 2 * FEW:
        start = 0
    width = int(np.ceil((end - start + 1) / BARS))
    edges = start + width * np.arange(np.ceil((end - start + 1) / width) + 1) - 1
    return {
        "expected": n * p,
        "low": int(low),
        "high": int(high),
        "chance_none": count.pmf(0),
        "chance_few": count.cdf(FEW - 1),
        "relative_error": count.std() / count.mean(),
        "samples": samples,
        # Bars of the distribution: each stands for `width` numbers from `start` on.
        "start": int(start),
        "width": width,
        "chances": np.diff(count.cdf(edges)).round(8).tolist(),
    }


def _percent(chance):
    """Expression for a chance in words that never round to 0 or to certainty."""
    return (
        f"({chance} < 0.0005 ? 'below 0.1%' : {chance} > 0.9995 ? 'above 99.9%'"
        f" : format({chance}, '.1%'))"
    )


def _one(name=alt.Undefined):
    return alt.Chart(alt.Data(values=[{}]), name=name)


def _count(field):
    """The x-axis that the samples and their distribution share."""
    return alt.X(
        field,
        title="number of positives",
        scale=alt.Scale(domain=[{"expr": "left"}, {"expr": "right"}], nice=False),
        axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5, labelBound=10),
    )


def _samples():
    band = (
        _one()
        .transform_calculate(low="low - 0.5", high="high + 0.5")
        .mark_rect(color=PALE, opacity=0.25)
        .encode(x=_count("low:Q"), x2="high:Q")
    )
    points = (
        alt.Chart(alt.sequence(1, SAMPLES + 1, as_="sample"), name="samples")
        .transform_calculate(positives="drawn[datum.sample - 1]")
        .mark_point(
            filled=True,
            shape="triangle-up",
            size=60,
            opacity=1,
            color=COLORS["minority"],
            stroke="white",
            strokeWidth=0.5,
        )
        .encode(
            x=_count("positives:Q"),
            y=alt.Y(
                "sample:Q",
                title="sample",
                scale=alt.Scale(domain=[0, SAMPLES + 1], nice=False),
                axis=alt.Axis(values=[1, 5, 10, 15, 20], grid=False),
            ),
        )
    )
    title = f"{SAMPLES} samples; the band holds 95 %"
    return panel(band, rule_at("expected", "x"), points, title=title)


def _distribution():
    groups = [f"fewer than {FEW}", f"{FEW} or more"]
    bars = (
        alt.Chart(alt.sequence(0, BARS, as_="i"), name="bars")
        .transform_filter("datum.i < length(chances)")
        .transform_calculate(
            chance="chances[datum.i]",
            # A gap between bars that stand for one number each.
            low="start + datum.i * width - 0.5 + 0.05 * width",
            high="start + (datum.i + 1) * width - 0.5 - 0.05 * width",
            group=f"start + datum.i * width < {FEW} ? '{groups[0]}' : '{groups[1]}'",
        )
        .mark_rect()
        .encode(
            x=_count("low:Q"),
            x2="high:Q",
            y=alt.Y("chance:Q", title="chance", axis=alt.Axis(format="~%")),
            y2=alt.Y2Datum(0),
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=groups, range=[COLORS["minority"], PALE]),
                legend=alt.Legend(title=None),
            ),
        )
    )
    return panel(bars, rule_at("expected", "x"), title="All possible samples")


def _chances():
    x = alt.X(
        "rows:Q",
        title="rows",
        scale=alt.Scale(type="log", domain=[ROWS[0], ROWS[-1]]),
        axis=alt.Axis(values=[100, 1000, 10_000, 100_000], format=","),
    )
    y = alt.Y(
        "chance:Q",
        title="chance",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(LINES), range=list(LINES.values())),
        legend=alt.Legend(title=None),
    )
    none, few = LINES
    lines = (
        alt.Chart(pd.DataFrame({"i": range(len(CURVE)), "rows": CURVE}), name="curves")
        .transform_calculate(
            **{
                none: "curve_none_at[which][datum.i]",
                few: "curve_few_at[which][datum.i]",
            }
        )
        .transform_fold([none, few], as_=["kind", "chance"])
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=y, color=color)
    )
    dots = (
        _one("chance_dots")
        .transform_calculate(**{"rows": "rows", none: "chance_none", few: "chance_few"})
        .transform_fold([none, few], as_=["kind", "chance"])
        .mark_point(filled=True, size=100, opacity=1, stroke="white")
        .encode(x=x, y=y, color=color)
    )
    return panel(rule_at("rows", "x"), lines, dots, title="Too few positives?")


def _errors(table):
    points = (
        alt.Chart(table[["expected", "relative_error"]])
        .mark_point(filled=True, color=PALE, opacity=0.7, size=35)
        .encode(
            x=alt.X(
                "expected:Q",
                title="expected positives",
                scale=alt.Scale(type="log", domain=[0.1, 20_000], nice=False),
                axis=alt.Axis(values=[0.1, 1, 10, 100, 1000, 10_000], format=",~g"),
            ),
            y=alt.Y(
                "relative_error:Q",
                title="relative error",
                scale=alt.Scale(type="log", domain=[0.006, 3.5], nice=False),
                axis=alt.Axis(values=[0.01, 0.03, 0.1, 0.3, 1, 3], format="~%"),
            ),
        )
    )
    point = dot("expected", "relative_error", "error_dot")
    return panel(points, point, title="Error of the estimated prevalence")
