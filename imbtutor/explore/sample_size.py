"""How many positives a sample gives: the binomial distribution at work."""

from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import binom

from imbtutor.explore import parts
from imbtutor.roles import COLORS

PREVALENCES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
ROWS = [m * 10**e for e in (2, 3, 4) for m in (1, 2, 5)] + [100_000]
FEW = 10  # the figure asks for the chance of fewer positives than this
DRAWS, SAMPLES = 5, 20
BARS = 40  # more bars than this cannot be told apart in a small panel
CURVE = [round(10 ** (2 + i / 12)) for i in range(37)]  # rows, for smooth curves
LINES = {"none": parts.GRAY, f"fewer than {FEW}": COLORS["minority"]}


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
    table = pd.DataFrame(_cell(n, p) for p, n in product(PREVALENCES, ROWS))
    none = [binom.pmf(0, CURVE, p).round(8) for p in PREVALENCES]
    few = [binom.cdf(FEW - 1, CURVE, p).round(8) for p in PREVALENCES]
    prevalence = f"indexof({PREVALENCES}, prevalence)"
    return parts.figure(
        name,
        controls=[
            parts.choice("rows", "Rows", {n: f"{n:,}" for n in ROWS}, start=1000),
            parts.choice("prevalence", "Prevalence", parts.percents(PREVALENCES), 0.01),
            parts.slider("draw", "Draw", 1, DRAWS, 1, start=1),
        ],
        numbers={
            **parts.looked_up({"curve_none": none, "curve_few": few}, prevalence),
            "cell": f"{prevalence} * {len(ROWS)} + indexof({ROWS}, rows)",
            **parts.looked_up(table, "cell"),
            "drawn": "samples[draw - 1]",
            "fewest": "extent(drawn)[0]",
            "most": "extent(drawn)[1]",
            "left": "start - 0.5",
            "right": "start + width * length(chances) - 0.5",
            "none_in_words": _percent("chance_none"),
            "few_in_words": _percent("chance_few"),
        },
        say="{rows:,} rows at prevalence {prevalence:.1~%}: {expected:,.1~f}"
        " {expected:positive|positives} expected; at least 95% of such samples hold"
        " {low:,} to {high:,}. Chance of none: {none_in_words}; of fewer than"
        f" {FEW}: {{few_in_words}}. The prevalence in one sample is typically off by"
        " {relative_error:.2~p} of its true value. The samples drawn here hold"
        " {fewest:,} to {most:,}.",
        panels=[_samples(), _distribution(), _chances(), _errors(table)],
        alt_text="The number of positives in twenty samples; the binomial distribution "
        f"of that number; the chances of no positive and of fewer than {FEW} against "
        "the number of rows; and the relative error of an estimated prevalence, "
        "which falls along one line with the expected number of positives.",
        y_room=38,
    )


def _cell(n, p):
    """Return what the figure shows for n rows at prevalence p."""
    count = binom(n, p)
    draws = [np.random.default_rng(draw) for draw in range(1, DRAWS + 1)]
    samples = [draw.binomial(n, p, size=SAMPLES).tolist() for draw in draws]
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
    text = parts.when(f"{chance} > 0.9995", "above 99.9%", f"{{{chance}:.1%}}")
    return f"{chance} < 0.0005 ? 'below 0.1%' : {text}"


def _count(field):
    """The x-axis that the samples and their distribution share."""
    ends = [{"expr": "left"}, {"expr": "right"}]
    ticks = {"form": ",d", "tickMinStep": 1, "tickCount": 5, "labelBound": 10}
    return parts.x(field, "number of positives", ends, **ticks)


def _samples():
    band = (
        parts.here(low="low - 0.5", high="high + 0.5")
        .mark_rect(color=parts.GRAY, opacity=0.25)
        .encode(x=_count("low"), x2="high:Q")
    )
    color, shape = parts.CLASSES["minority"]
    style = {"color": color, "shape": shape, "stroke": "white", "strokeWidth": 0.5}
    ticks = [1, 5, 10, 15, 20]
    points = (
        parts.counted(SAMPLES, "i", "samples")
        .transform_calculate(sample="datum.i + 1", positives="drawn[datum.i]")
        .mark_point(filled=True, size=60, opacity=1, **style)
        .encode(
            x=_count("positives"),
            y=parts.y("sample", "sample", [0, SAMPLES + 1], ticks, grid=False),
        )
    )
    title = f"{SAMPLES} samples; the band holds 95 %"
    return parts.panel(band, parts.rule_at("expected", "x"), points, title=title)


def _distribution():
    groups = {f"fewer than {FEW}": COLORS["minority"], f"{FEW} or more": parts.GRAY}
    few, more = groups
    bars = (
        parts.counted(BARS, "i", "bars")
        .transform_filter("datum.i < length(chances)")
        .transform_calculate(
            chance="chances[datum.i]",
            # A gap between bars that stand for one number each.
            low="start + datum.i * width - 0.5 + 0.05 * width",
            high="start + (datum.i + 1) * width - 0.5 - 0.05 * width",
            group=f"start + datum.i * width < {FEW} ? '{few}' : '{more}'",
        )
        .mark_rect()
        .encode(
            x=_count("low"),
            x2="high:Q",
            y=parts.y("chance", "chance", form="~%"),
            y2=alt.Y2Datum(0),
            color=parts.colored("group", groups),
        )
    )
    rule = parts.rule_at("expected", "x")
    return parts.panel(bars, rule, title="All possible samples")


def _chances():
    ends, ticks = [ROWS[0], ROWS[-1]], [100, 1000, 10_000, 100_000]
    lines, points = parts.curves(
        alt.Chart(pd.DataFrame({"i": range(len(CURVE)), "rows": CURVE})),
        {
            kind: (f"curve_{short}[datum.i]", f"chance_{short}")
            for kind, short in zip(LINES, ["none", "few"], strict=True)
        },
        parts.x("rows", "rows", ends, ticks, ",", log=True),
        parts.y("chance", "chance", **parts.UNIT | {"form": "%"}),
        {"color": parts.colored("kind", LINES)},
        ["curves", "chance_dots"],
    )
    rule = parts.rule_at("rows", "x")
    return parts.panel(rule, lines, points, title="Too few positives?")


def _errors(table):
    x = {
        "domain": [0.1, 20_000],
        "ticks": [10.0**e for e in range(-1, 5)],
        "form": ",~g",
    }
    y = {"domain": [0.006, 3.5], "ticks": [0.01, 0.03, 0.1, 0.3, 1, 3], "form": "~%"}
    points = (
        alt.Chart(table[["expected", "relative_error"]])
        .mark_point(filled=True, color=parts.GRAY, opacity=0.7, size=35)
        .encode(
            x=parts.x("expected", "expected positives", **x, log=True),
            y=parts.y("relative_error", "relative error", **y, log=True),
        )
    )
    point = parts.dot("expected", "relative_error", "error_dot")
    return parts.panel(points, point, title="Error of the estimated prevalence")
