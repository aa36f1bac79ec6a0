"""The figure of chapter 1: its numbers are those of the binomial distribution."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from imbtutor.explore import explore_sample_size
from imbtutor.explore.sample_size import FEW, PREVALENCES, ROWS

EXACT = {"rel": 0, "abs": 1e-6}
LABELS = {"rows": "Rows", "prevalence": "Prevalence", "draw": "Draw"}
START = {"rows": 1000, "prevalence": 0.01, "draw": 1}
# Both ends of each control and two values between.
VALUES = {
    "rows": [100, 2000, 10_000, 100_000],
    "prevalence": [0.001, 0.005, 0.05, 0.2],
    "draw": [1, 2, 4, 5],
}


@pytest.fixture(scope="module")
def fig():
    return explore_sample_size()


@pytest.fixture
def live(show, fig):
    return show(fig)


def expected(rows, prevalence, draw):
    count = binom(rows, prevalence)
    rng = np.random.default_rng(draw)
    return {
        "expected": count.mean(),
        "low": count.ppf(0.025),
        "high": count.ppf(0.975),
        "chance_none": count.pmf(0),
        "chance_few": count.pmf(np.arange(10)).sum(),
        "relative_error": count.std() / (rows * prevalence),
        "drawn": rng.binomial(rows, prevalence, size=20).tolist(),
    }


def move(live, state, **changes):
    for name, value in changes.items():
        live.move(LABELS[name], value)
        state[name] = value


def compare(live, state):
    for name, value in expected(**state).items():
        assert live.signal(name) == pytest.approx(value, **EXACT), (name, state)
    samples = live.rows("samples")
    assert [row["positives"] for row in samples] == live.signal("drawn")
    (dot,) = live.rows("error_dot")
    assert dot["x"] == live.signal("expected")
    assert dot["y"] == live.signal("relative_error")
    dots = {row["kind"]: row["chance"] for row in live.rows("chance_dots")}
    assert dots == {
        "none": live.signal("chance_none"),
        "fewer than 10": live.signal("chance_few"),
    }
    compare_bars(live, state)


def compare_bars(live, state):
    count = binom(state["rows"], state["prevalence"])
    bars = live.rows("bars")
    width, start = live.signal("width"), live.signal("start")
    for row in bars:
        first = start + row["i"] * width
        numbers = np.arange(first, first + width)
        assert row["chance"] == pytest.approx(count.pmf(numbers).sum(), **EXACT)
        # No bar holds numbers from both sides of ten.
        assert (row["group"] == "fewer than 10") == (numbers[-1] < FEW)
        assert numbers[-1] < FEW or numbers[0] >= FEW
        assert row["low"] < first + (width - 1) / 2 < row["high"]
    # The ends that are cut off hold 0.1 % each.
    assert 0.998 <= sum(row["chance"] for row in bars) <= 1 + 1e-6
    # Every sample lies in the picture.
    left, right = live.signal("left"), live.signal("right")
    assert left < min(live.signal("drawn")) and max(live.signal("drawn")) < right


def test_every_control_agrees_with_the_binomial_distribution(live):
    state = dict(START)
    compare(live, state)
    for name, values in VALUES.items():
        for value in values:
            move(live, state, **{name: value})
            compare(live, state)
        move(live, state, **{name: START[name]})


def test_every_choice_of_rows_and_prevalence_agrees_and_fits_the_page(live):
    state = dict(START)
    for prevalence in PREVALENCES:
        for rows in ROWS:
            move(live, state, prevalence=prevalence, rows=rows)
            compare(live, state)
            # The text of the book is 672 pixels wide.
            assert live.page.locator("canvas").bounding_box()["width"] <= 672


def test_the_formulas_of_the_notes_hold(live):
    live.move("Prevalence", 0.002)
    live.move("Rows", 500)
    # Nobody of 500 is positive: 0.998 to the power of 500; and 1 is expected.
    assert live.signal("chance_none") == pytest.approx(0.998**500, **EXACT)
    assert live.signal("relative_error") == pytest.approx(0.998**0.5, **EXACT)


@pytest.mark.parametrize("prevalence", [PREVALENCES[0], 0.02, PREVALENCES[-1]])
def test_the_curves_are_the_chances_at_their_number_of_rows(live, prevalence):
    live.move("Prevalence", prevalence)
    rows = live.rows("curves")
    assert {row["kind"] for row in rows} == {"none", "fewer than 10"}
    for row in rows:
        count = binom(row["rows"], prevalence)
        few = {"none": 0, "fewer than 10": 9}[row["kind"]]
        assert row["chance"] == pytest.approx(count.cdf(few), **EXACT)


def test_the_sentence_follows_and_the_keyboard_works(live):
    assert live.sentence().startswith(
        "1,000 rows at prevalence 1%: 10 positives expected; at least 95% of such "
        "samples hold 4 to 17. Chance of none: below 0.1%; of fewer than 10: 45.7%."
    )
    live.press("Rows", "ArrowDown")
    assert live.signal("rows") == 2000
    assert live.sentence().startswith("2,000 rows at prevalence 1%: 20 positives")
    live.press("Draw", "ArrowRight")
    assert live.signal("draw") == 2
    before = live.signal("drawn")
    live.press("Draw", "ArrowRight")
    assert live.signal("drawn") != before


def test_the_sentence_never_claims_certainty(live):
    live.move("Prevalence", 0.001)
    live.move("Rows", 100)
    assert "of fewer than 10: above 99.9%" in live.sentence()
    live.move("Rows", 100_000)
    assert "Chance of none: below 0.1%; of fewer than 10: below 0.1%" in live.sentence()


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, fig):
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    # The text of the book is 342 pixels wide there.
    assert live.page.locator(".live-drawing canvas").bounding_box()["width"] <= 342


def test_the_page_stays_light(fig, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    # A page of the book may weigh 900 kB; 400 kB are the share of one figure.
    assert len(fig._repr_mimebundle_()["text/html"]) < 400_000


def test_python_sets_it_and_names_a_bad_choice():
    fig = explore_sample_size()
    fig.set(rows=10_000, prevalence=0.002, draw=5)
    assert fig.get("prevalence") == 0.002
    with pytest.raises(ValueError, match="rows=1234 is not among its choices"):
        fig.set(rows=1234)
    with pytest.raises(ValueError, match="draw=6 is out of range"):
        fig.set(draw=6)
    with pytest.raises(ValueError, match="chance_none is computed"):
        fig.set(chance_none=0)
    json.dumps(fig._spec())  # plain numbers only: nothing of numpy is left
