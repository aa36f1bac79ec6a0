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
