"""The vocabulary of the figures: what its expressions give when Vega computes them."""

import html
import re

import numpy as np
import pandas as pd
import pytest
import vl_convert as vlc
from sklearn.metrics import average_precision_score

from imbtutor import make_scores
from imbtutor.explore.parts import (
    dot,
    figure,
    looked_up,
    panel,
    pr_panel,
    slider,
    when,
    words,
    x,
    y,
)


def read(expr, **values):
    """Compute an expression as Vega does, and return the text that it shows."""
    signals = [{"name": name, "value": value} for name, value in values.items()]
    text = {"text": {"signal": f"'<' + ({expr}) + '>'"}}
    svg = vlc.vega_to_svg({"signals": signals, "title": text})
    return html.unescape(re.search(">&lt;(.*)&gt;<", svg)[1])


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("no field", {}, "no field"),
        ("", {}, ""),
        ("{recall:.1%} of {k}", {"recall": 0.1234, "k": 7}, "12.3% of 7"),
        ("{n:,}", {"n": 10_000}, "10,000"),
        ("{gain:+.2f}", {"gain": 0.5}, "+0.50"),
        ("{gain:+.2f}", {"gain": -0.5}, "\N{MINUS SIGN}0.50"),
        ("{ratio:.3~r}", {"ratio": 25.1189}, "25.1"),
        ("{2 * k + 1}", {"k": 3}, "7"),
        ("{at[k]:.1f}", {"at": [1, 2.25], "k": 1}, "2.3"),
        ("{n} {n:case|cases}", {"n": 1}, "1 case"),
        ("{n} {n:case|cases}", {"n": 0}, "0 cases"),
        ("{word}", {"word": "safe"}, "safe"),
        ("{p:.1%}", {"p": None}, "undefined"),
        ("{p}", {"p": None}, "undefined"),
        ("{0 / n:.2f}", {"n": 0}, "undefined"),
        ("{{{k}}}", {"k": 2}, "{2}"),
        ('Elkan\'s "best" \\ {k}', {"k": 2}, 'Elkan\'s "best" \\ 2'),
        ("{name === 'it' ? 1 : 0}", None, ValueError),
        ("{k:1f2}", None, ValueError),
        ("{}", None, ValueError),
        ("{:.1f}", None, ValueError),
        ("one { alone", None, ValueError),
    ],
)
def test_words(template, values, text):
    if text is ValueError:
        with pytest.raises(ValueError, match=re.escape(repr(template))):
            words(template)
    else:
        assert read(words(template), **values) == text


def test_when_chooses_a_template():
    expr = when("n === 0", "It's none.", "{n:,} {n:one|many}.")
    assert read(expr, n=0) == "It's none."
    assert read(expr, n=1200) == "1,200 many."


def test_an_axis_keeps_what_it_is_told():
    axis = x("p", "share", [0.1, 1], [0.1, 1], "~%", log=True, scale={"base": 2})
    assert axis.to_dict() == {
        "field": "p",
        "type": "quantitative",
        "title": "share",
        "scale": {"type": "log", "domain": [0.1, 1], "nice": False, "base": 2},
        "axis": {"values": [0.1, 1], "format": "~%"},
    }
    assert y("p", None).to_dict() == {
        "field": "p",
        "type": "quantitative",
        "title": None,
    }


def test_the_pr_curve_holds_the_steps_that_average_precision_adds_up():
    y_true, y_score = make_scores(300, prevalence=0.2, random_state=1)
    spec = pr_panel(y_true, y_score).to_dict()
    (line,) = [each for each in spec["layer"] if each.get("name") == "pr_steps"]
    steps = pd.DataFrame(spec["datasets"][line["data"]["name"]])
    share = y_true.mean()
    precision = share * steps.tpr / (share * steps.tpr + (1 - share) * steps.fpr)
    area = (steps.recall.diff() * precision)[1:].sum()
    assert area == pytest.approx(average_precision_score(y_true, y_score), abs=1e-9)


def make(**changes):
    arguments = {
        "controls": [slider("k", "k", 1, 3, 1, start=2)],
        "numbers": {"twice": "2 * k"},
        "say": "Twice is {twice}.",
        "panels": [panel(dot("k", "twice", "now"), title="k is {k}")],
        "alt_text": "Twice a number.",
    }
    return figure("twice", **(arguments | changes))


def test_numbers_are_expressions_values_or_tables():
    table = pd.DataFrame({"share": [0.5, np.nan], "n": [1, 2]})
    numbers = {
        **looked_up(table, "k - 1"),
        "nested": {"rows": [(1.5, float("nan"))], "ends": np.array([0.0, np.nan])},
        "mean": np.float64(0.25),
        "none": np.nan,
    }
    fig = make(
        numbers=numbers,
        say="{share} {n}",
        panels=[panel(dot("k", "n", "now"), title="{share}")],
    )
    assert fig.get("share_at") == [0.5, None]
    assert fig.get("n_at") == [1, 2]
    assert fig.get("nested") == {"rows": [[1.5, None]], "ends": [0, None]}
    assert (fig.get("mean"), fig.get("none")) == (0.25, None)
    assert fig._signals["share"]["update"] == "share_at[k - 1]"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"say": "Twice is {twise:.1f}."}, "say"),
        ({"numbers": {"twice": "2 * twise"}}, "twice"),
        ({"panels": [panel(dot("k", "2", "now"), title="{twise}")]}, "title"),
    ],
)
def test_an_unknown_name_is_named(change, where):
    with pytest.raises(ValueError, match=f"{where}.*'twice' uses 'twise'.* k, twice"):
        make(**change)


def test_functions_members_keys_and_texts_are_no_names():
    numbers = {
        "twice": "{one: 1, two: 2 * k}['two'] + 0 * length('of this') * 1e3",
        "row": "{of: [k, PI]}",
        "first": "dark ? row.of[0] : null",
    }
    assert make(numbers=numbers).get("k") == 2
