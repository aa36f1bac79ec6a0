"""The figure of chapter 22: what it shows is what scikit-learn counts."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from imbtutor import make_scores
from imbtutor.explore import explore_costs

# Text such as 0.30000000000000004 and powers of ten cost some digits.
EXACT = {"rel": 0, "abs": 1e-6}
COST_FP = 5
RATIO, THRESHOLD = "log10 of cost ratio", "Threshold"


@pytest.fixture(scope="module")
def data():
    # Two decimals: many scores are equal, and many equal a value of the slider.
    y_true, y_score = make_scores(300, prevalence=0.1, random_state=3)
    return y_true, y_score.round(2)


@pytest.fixture(scope="module")
def figure(data):
    return explore_costs(*data, cost_fp=COST_FP)


def counts_at(y_true, y_score, threshold):
    return confusion_matrix(y_true, y_score >= threshold).ravel()


def cost_at(y_true, y_score, threshold, ratio):
    _, fp, fn, _ = counts_at(y_true, y_score, threshold)
    return 1000 * COST_FP * (fp + ratio * fn) / len(y_true)


def compare(live, y_true, y_score, exponent, threshold):
    ratio = 10**exponent
    tn, fp, fn, tp = counts_at(y_true, y_score, threshold)
    everything = [*np.unique(y_score), 2]  # 2 calls nobody
    best_cost = min(cost_at(y_true, y_score, t, ratio) for t in everything)
    cost = cost_at(y_true, y_score, threshold, ratio)
    elkan = COST_FP / (COST_FP + ratio * COST_FP)
    expected = {
        "ratio": ratio,
        "tn": tn,
        "fp": fp,
        "fn": fn,
        "tp": tp,
        "cost": cost,
        "elkan": elkan,
        "elkan_cost": cost_at(y_true, y_score, elkan, ratio),
        "best_cost": best_cost,
        "regret": cost - best_cost,
    }
    shown = {name: live.signal(name) for name in [*expected, "best"]}
    for name, value in expected.items():
        assert shown[name] == pytest.approx(value, **EXACT), name
    at_best = cost_at(y_true, y_score, shown["best"], ratio)
    assert at_best == pytest.approx(best_cost, **EXACT)


def test_every_control_agrees_with_scikit_learn(show, data, figure):
    live = show(figure)
    state = {"exponent": 1.4, "threshold": 0.5}
    compare(live, *data, **state)
    for exponent in [0, 0.7, 1.3, 2]:
        live.move(RATIO, exponent)
        compare(live, *data, exponent, state["threshold"])
    # At each end of one, both ends of the other and two values between.
    for exponent in [2, 0]:
        live.move(RATIO, exponent)
        for threshold in [0.005, 0.35, 0.57, 0.9]:
            live.move(THRESHOLD, threshold)
            compare(live, *data, exponent, threshold)


def test_the_marks_and_the_sentence_follow(show, data, figure):
    live = show(figure)
    live.move(RATIO, 1)
    live.move(THRESHOLD, 0.2)
    (now,) = live.rows("now")
    (best,) = live.rows("best_mark")
    assert (now["x"], now["y"]) == (0.2, live.signal("cost"))
    assert (best["x"], best["y"]) == (live.signal("best"), live.signal("best_cost"))
    cells = {row["cell"]: row["count"] for row in live.rows("matrix")}
    assert cells == {
        name.upper(): live.signal(name) for name in ("tp", "fn", "fp", "tn")
    }
    before = live.sentence()
    live.press(THRESHOLD, "ArrowRight")
    assert live.signal("threshold") == pytest.approx(0.205)
    after = live.sentence()
    assert before != after
    assert after.startswith("A miss costs 10 times a false alarm. At threshold 0.205, ")
    _, fp, fn, _ = counts_at(*data, 0.205)
    assert (
        f"{fn} misses and {fp} false alarms cost {live.signal('cost'):,.0f} " in after
    )


def test_the_drawn_bill_is_the_cost_at_each_threshold(show, data, figure):
    live = show(figure, width=390, dark=True)
    canvas = live.page.locator(".live-drawing canvas")
    assert canvas.evaluate("node => node.offsetWidth") <= 342  # a phone's column
    live.move(RATIO, 0.5)
    rows = live.rows("bill")
    grid = np.geomspace(0.005, 1, 150)
    for i in (0, 40, 90, 149):
        # Drawn to six decimals, counted at the full number.
        parts = [r["part"] for r in rows if r["threshold"] == round(grid[i], 6)]
        assert len(parts) == 2
        expected = cost_at(*data, grid[i], 10**0.5)
        assert sum(parts) == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"y_score": [0.1, 0.9, 1.4]}, ValueError, "pass probabilities"),
        ({"y_score": [0.1, 0.9]}, ValueError, "one score for each"),
        ({"y_true": [0, 0, 0]}, ValueError, "one class only"),
        ({"cost_fp": 0}, ValueError, "cost_fp=0 .*above 0"),
        ({"cost_fp": "5 euros"}, TypeError, "cost_fp='5 euros'"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    good = {"y_true": [0, 1, 0], "y_score": [0.1, 0.9, 0.3]}
    with pytest.raises(error, match=message):
        explore_costs(**(good | arguments))
