"""The figure of chapter 14: its intervals and its test are SciPy's."""

from collections import Counter
from math import floor

import pytest
from scipy.stats import binom, binomtest

from imbtutor.explore import explore_interval

# Only sums and square roots of doubles differ: far below 1e-6.
EXACT = {"rel": 0, "abs": 1e-6}
START = {"positives": 37, "wanted": 0.7, "gained": 4, "lost": 1}
LABELS = {
    "positives": "Positives",
    "wanted": "Recall of A",
    "gained": "Only B finds",
    "lost": "Only A finds",
}
# Both ends of each control and two values between.
VALUES = {
    "positives": [5, 20, 111, 200],
    "wanted": [0, 0.37, 0.85, 1],
    "gained": [0, 3, 9, 11],  # A misses 11
    "lost": [0, 2, 9, 20],
}


@pytest.fixture
def live(show):
    return show(explore_interval())


def wilson(found, n):
    interval = binomtest(found, n).proportion_ci(method="wilson")
    return interval.low, interval.high


def expected(positives, wanted, gained, lost):
    found_a = floor(positives * wanted + 0.5)
    lost, gained = min(lost, found_a), min(gained, positives - found_a)
    found_b = found_a - lost + gained
    low_a, high_a = wilson(found_a, positives)
    low_b, high_b = wilson(found_b, positives)
    differ = gained + lost
    return {
        "found_a": found_a,
        "found_b": found_b,
        "a_alone": lost,
        "b_alone": gained,
        "both": found_a - lost,
        "neither": positives - found_a - gained,
        "differ": differ,
        "recall_a": found_a / positives,
        "recall_b": found_b / positives,
        "low_a": low_a,
        "high_a": high_a,
        "low_b": low_b,
        "high_b": high_b,
        "p_value": binomtest(gained, differ).pvalue if differ else 1,
    }


def compare(live, state):
    want = expected(**state)
    for name, value in want.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), (name, state)
    drawn = Counter(row["found_by"] for row in live.rows("positives"))
    assert drawn == Counter(
        {
            "both": want["both"],
            "only A": want["a_alone"],
            "only B": want["b_alone"],
            "neither": want["neither"],
        }
    )
    coins = {row["k"]: row for row in live.rows("coins")}
    assert sorted(coins) == list(range(want["differ"] + 1))
    for k, row in coins.items():
        chance = binom.pmf(k, want["differ"], 0.5)
        assert row["chance"] == pytest.approx(chance, **EXACT), (k, state)
    # The colored bars are the p-value.
    colored = [r["chance"] for r in coins.values() if r["uneven"] != "more even"]
    assert sum(colored) == pytest.approx(want["p_value"], **EXACT)
    for row in live.rows("recalls"):
        model = row["model"].lower()
        for end in ["recall", "low", "high"]:
            assert row[end] == pytest.approx(want[f"{end}_{model}"], **EXACT)


@pytest.mark.parametrize("control", VALUES)
def test_every_control_agrees_with_scipy(live, control):
    state = dict(START)
    compare(live, state)
    for value in VALUES[control]:
        live.move(LABELS[control], value)
        state[control] = value
        compare(live, state)


def test_models_can_only_differ_on_positives_that_there_are(live):
    state = {"positives": 200, "wanted": 0.6, "gained": 20, "lost": 20}
    for name, value in state.items():
        live.move(LABELS[name], value)
    compare(live, state)
    assert live.signal("differ") == 40
    # The sliders go as far as there are positives, and come back.
    live.move(LABELS["positives"], 5)
    compare(live, state | {"positives": 5, "gained": 2, "lost": 3})
    assert live.signal("gained") == 2 and live.signal("lost") == 3
    live.move(LABELS["positives"], 200)
    compare(live, state)


@pytest.mark.parametrize("positives", [5, 200])
def test_the_positives_stay_inside_their_panel(live, positives):
    live.move(LABELS["positives"], positives)
    rows = live.rows("positives")
    assert len(rows) == positives
    assert all(0 < row["x"] < 248 and 0 < row["y"] < 180 for row in rows)
    assert len({(row["x"], row["y"]) for row in rows}) == positives


def test_the_band_ends_at_the_interval(live):
    (now,) = live.rows("now")
    assert [now["low"], now["high"]] == pytest.approx(wilson(26, 37), **EXACT)


def test_the_sentence_follows_and_the_keyboard_works(live):
    assert live.sentence() == (
        "A finds 26 of 37 positives: recall 70.3%, 95% interval 54.2% to 82.5%. "
        "B finds 4 that A misses and misses 1 that A finds: recall 78.4%, "
        "95% interval 62.8% to 88.6%. They differ on 5 positives; a fair coin "
        "would be at least so uneven with probability 0.375."
    )
    live.press("Positives", "ArrowRight")
    assert live.signal("positives") == 38
    live.move("Only B finds", 0)
    live.move("Only A finds", 0)
    assert live.sentence().endswith("They agree on every positive.")
    live.press("Only A finds", "ArrowRight")
    assert "They differ on 1 positive; " in live.sentence()


def test_nothing_found_reads_as_zero(live):
    live.move("Recall of A", 0)
    live.move("Only B finds", 0)
    assert "A finds 0 of 37 positives: recall 0.0%, 95% interval 0.0%" in (
        live.sentence()
    )


@pytest.mark.parametrize(("page_width", "column"), [(1280, 672), (390, 342)])
def test_it_fits_the_column_and_a_phone(show, page_width, column):
    live = show(explore_interval(), width=page_width, dark=True)
    assert live.signal("narrow") == (page_width == 390) and live.signal("dark")
    width = "document.querySelector('.live-drawing canvas').offsetWidth"
    assert live.page.evaluate(width) <= column
    # Long numbers on the axes must not push it out of the column.
    for name, value in {"positives": 200, "gained": 20, "lost": 20}.items():
        live.move(LABELS[name], value)
        assert live.page.evaluate(width) <= column
