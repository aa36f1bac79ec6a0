"""The figure of chapter 61 draws the numbers that the chapter computed."""

import html
from itertools import product

import numpy as np
import pandas as pd
import pytest
import vl_convert as vlc

from imbtutor.explore import explore_faults
from imbtutor.explore.faults import COLUMNS, FIXES

MODELS = ["logistic regression", "k nearest neighbors"]
REMEDIES = ["none", "SMOTE", "NearMiss 2"]


@pytest.fixture
def summary():
    rng = np.random.default_rng(0)
    flags = list(product([False, True], repeat=3))
    rows = [
        [model, reset, remedy, together, scaled, *rng.uniform(0.3, 0.9, size=6)]
        for model, remedy, (reset, together, scaled) in product(MODELS, REMEDIES, flags)
    ]
    return pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(COLUMNS))


def compare(live, summary, state):
    of = "scores" if state["from_scores"] else "labels"
    what = "mean" if state["repeated"] else "first"
    for i, model in enumerate(summary["model"].unique()):
        rows = summary[summary["model"] == model]
        for key in ("reset", "together", "scaled"):
            rows = rows[rows[key] == state[key]]
        drawn = {row["remedy"]: row for row in live.rows(f"areas_of_{i}")}
        assert sorted(drawn) == sorted(REMEDIES)
        for _, row in rows.iterrows():
            shown = drawn[row["remedy", ""]]
            mean, half = row[of, "mean"], row[of, "half"]
            assert shown["value"] == pytest.approx(row[of, what], abs=1e-6)
            assert shown["low"] == pytest.approx(mean - half, abs=1e-6)
            assert shown["high"] == pytest.approx(mean + half, abs=1e-6)
        values = rows[of, what]
        lowest = rows.loc[values.idxmin(), ("remedy", "")]
        assert f"{model} from {values.min():.2f} ({lowest})" in live.signal("say")
    assert live.signal("repaired") == sum(state.values())
    assert live.signal("say").startswith(f"{sum(state.values())} of 6 faults repaired.")


def test_every_combination_draws_its_numbers(show, summary):
    live = show(explore_faults(summary, source="uci"))
    state = dict.fromkeys(FIXES, False)
    compare(live, summary, state)
    # One box after the other, up and down again: each combination of neighbors in
    # this walk, and every box in both positions.
    for control in [*FIXES, *reversed(FIXES)]:
        live.control(FIXES[control]).click()
        live.settle()
        state[control] = not state[control]
        compare(live, summary, state)


def test_the_keyboard_ticks_a_box(show, summary):
    live = show(explore_faults(summary, source="uci"))
    live.press(FIXES["from_scores"], "Space")
    assert live.signal("from_scores") is True
    assert live.sentence().startswith("1 of 6 faults repaired.")


@pytest.mark.parametrize("source", ["uci", "simulated"])
def test_it_fits_the_column_of_the_book(show, summary, source):
    live = show(explore_faults(summary, source=source))
    canvas = live.page.locator(".live-drawing canvas")
    assert canvas.evaluate("node => node.offsetWidth") <= 672


def test_simulated_data_are_named(summary):
    assert "(simulated)" in str(explore_faults(summary, source="simulated")._vega)
    assert "(simulated)" not in str(explore_faults(summary, source="uci")._vega)


def test_bad_input_is_named(summary):
    with pytest.raises(ValueError, match="source='UCI' is unknown"):
        explore_faults(summary, source="UCI")
    with pytest.raises(ValueError, match="no columns.*half"):
        explore_faults(summary.drop(columns=[("labels", "half")]), source="uci")
    with pytest.raises(ValueError, match="lacks rows for model='k nearest"):
        explore_faults(summary.iloc[:-1], source="uci")


@pytest.mark.parametrize(
    "names",
    [
        ["Tom's tree", 'the "best" one'],
        ["a b", "a_b"],
        ["<!--<script>", "</script>"],
        ["{k}-NN", "a\\b"],
        [1, 2],
    ],
)
def test_a_model_may_have_any_name(show, summary, names):
    summary["model"] = summary["model"].map(dict(zip(MODELS, names, strict=True)))
    fig = explore_faults(summary, source="uci")
    compare(show(fig), summary, dict.fromkeys(FIXES, False))
    picture = html.unescape(vlc.vega_to_svg(fig._spec()))
    for name in names:
        assert f"{name}: high quality wine" in picture
