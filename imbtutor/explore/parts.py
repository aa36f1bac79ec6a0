"""Pieces that several interactive figures are made of."""

import altair as alt

from imbtutor.roles import COLORS

INK = {"expr": "dark ? '#ffffff' : '#000000'"}
"""A color that shows on a light and on a dark page."""


def panel(*layers, title):
    """Lay one over the other; with axes, two panels fill the page, one a phone."""
    return alt.layer(*layers, title=title).properties(width=244, height=190)


def rule_at(expr, channel, *, dash=(5, 3)):
    """A dashed line where the axis `channel` has the value of an expression."""
    chart = alt.Chart(alt.Data(values=[{}])).mark_rule(
        strokeDash=list(dash), strokeWidth=2, color=INK
    )
    at = alt.datum({"expr": expr}, type="quantitative", title=None)
    return chart.encode(**{channel: at})


def dot(x, y, name):
    """The present reading, as a point of a curve; none where it is undefined."""
    return (
        alt.Chart(alt.Data(values=[{}]), name=name)
        .transform_calculate(x=x, y=y)
        .transform_filter("isNumber(datum.x) && isNumber(datum.y)")
        .mark_point(
            filled=True, size=130, opacity=1, color=COLORS["minority"], stroke="white"
        )
        .encode(x="x:Q", y="y:Q")
    )


def confusion_panel(*lines, title):
    """The counts tp, fn, fp and tn; each of `lines` adds one, an expression."""
    cells = [
        {"called": called, "truth": truth, "cell": cell}
        for called, truth, cell in (
            ("positive", "positive", "TP"),
            ("negative", "positive", "FN"),
            ("positive", "negative", "FP"),
            ("negative", "negative", "TN"),
        )
    ]
    text = ["datum.cell", "format(datum.count, ',.0f')", *lines]
    base = (
        alt.Chart(alt.Data(values=cells))
        .transform_calculate(count="{TP: tp, FN: fn, FP: fp, TN: tn}[datum.cell]")
        .transform_calculate(
            text=f"[{', '.join(text)}]",
            # The share of the true class, so a rare class is not pale by rarity.
            share="datum.count / (datum.truth === 'positive' ? tp + fn : fp + tn)",
        )
        .encode(
            x=alt.X("called:N", sort=["positive", "negative"]).axis(labelAngle=0),
            y=alt.Y("truth:N", sort=["positive", "negative"]),
        )
    )
    squares = base.mark_rect(stroke="#8c8c8c").encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1]), legend=None),
        color=alt.Color(
            "truth:N",
            legend=None,
            scale=alt.Scale(
                domain=["negative", "positive"],
                range=[COLORS["majority"], COLORS["minority"]],
            ),
        ),
    )
    size = 14 if lines else 15
    label = base.mark_text(
        fontSize=size,
        lineHeight=size + 4,
        dy=-8 - 10 * len(lines),
        fontWeight="bold",
        tooltip=None,
    ).encode(text="text:N")
    return panel(squares.properties(name="matrix"), label, title=title).resolve_scale(
        color="independent"
    )
