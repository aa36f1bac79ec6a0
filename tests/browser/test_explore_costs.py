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
PREVALENCE = "log10 of prevalence factor"


@pytest.fixture(scope="module")
def data():
    # Two decimals: many scores are equal, and many equal a value of the slider.
    y_true, y_score = make_scores(300, prevalence=0.1, random_state=3)
    return y_true, y_score.round(2)


@pytest.fixture(scope="module")
def figure(data):
    return explore_costs(*data, cost_fp=COST_FP)


def prevalence_at(y_true, shift):
    odds = y_true.mean() / (1 - y_true.mean()) * 10**shift
    return odds / (1 + odds)


def counts_at(y_true, y_pred, shift):
    """TN, FP, FN and TP of 1,000 cases, by weights that make the prevalence."""
    p = prevalence_at(y_true, shift)
    weight = np.where(y_true == 1, p / y_true.mean(), (1 - p) / (1 - y_true.mean()))
    weight *= 1000 / len(y_true)
    return confusion_matrix(y_true, y_pred, sample_weight=weight).ravel()


def cost_at(y_true, y_score, threshold, ratio, shift):
    _, fp, fn, _ = counts_at(y_true, y_score >= threshold, shift)
    return COST_FP * (fp + ratio * fn)


def net_benefit_at(y_true, y_pred, threshold, shift):
    """Vickers and Elkin (2006): hits, less false alarms times the odds."""
    _, fp, _, tp = counts_at(y_true, y_pred, shift)
    return tp - fp * threshold / (1 - threshold)


def compare(live, y_true, y_score, exponent, threshold, shift):
    ratio = 10**exponent
    called = y_score >= threshold
    tn, fp, fn, tp = counts_at(y_true, called, shift)
    everything = [*np.unique(y_score), 2]  # 2 calls nobody
    best_cost = min(cost_at(y_true, y_score, t, ratio, shift) for t in everything)
    cost = cost_at(y_true, y_score, threshold, ratio, shift)
    elkan = COST_FP / (COST_FP + ratio * COST_FP)
    everybody = np.ones_like(y_true)
    expected = {
        "ratio": ratio,
        "prevalence": prevalence_at(y_true, shift),
        "recall": tp / (tp + fn),
        "fpr": fp / (fp + tn),
        "tn": tn,
        "fp": fp,
        "fn": fn,
        "tp": tp,
        "cost": cost,
        "elkan": elkan,
        "elkan_cost": cost_at(y_true, y_score, elkan, ratio, shift),
        "best_cost": best_cost,
        "regret": cost - best_cost,
        "net_benefit": net_benefit_at(y_true, called, threshold, shift),
        "treat_all": net_benefit_at(y_true, everybody, threshold, shift),
    }
    shown = {name: live.signal(name) for name in [*expected, "best"]}
    for name, value in expected.items():
        assert shown[name] == pytest.approx(value, **EXACT), name
    at_best = cost_at(y_true, y_score, shown["best"], ratio, shift)
    assert at_best == pytest.approx(best_cost, **EXACT)


def test_every_control_agrees_with_scikit_learn(show, data, figure):
    live = show(figure)
    compare(live, *data, exponent=1.4, threshold=0.5, shift=0)
    for exponent in [0, 0.7, 1.3, 2]:
        live.move(RATIO, exponent)
        compare(live, *data, exponent, threshold=0.5, shift=0)
    for shift in [-1, -0.3, 0.6, 1]:
        live.move(PREVALENCE, shift)
        compare(live, *data, exponent=2, threshold=0.5, shift=shift)
    # At each corner of the other two, both ends of this one and two values between.
    for exponent, shift in [(2, 1), (2, -1), (0, -1), (0, 1)]:
        live.move(RATIO, exponent)
        live.move(PREVALENCE, shift)
        for threshold in [0.005, 0.35, 0.57, 0.9]:
            live.move(THRESHOLD, threshold)
            compare(live, *data, exponent, threshold, shift)


def test_at_the_ratio_of_the_threshold_net_benefit_is_what_is_saved(show, data, figure):
    live = show(figure)
    y_true, _ = data
    for exponent, shift in [(0, 0), (0, -0.4), (0, 1)]:
        live.move(RATIO, exponent)
        live.move(PREVALENCE, shift)
        live.move(THRESHOLD, 1 / (1 + 10**exponent))
        nobody = 1000 * prevalence_at(y_true, shift) * 10**exponent * COST_FP
        saved = (nobody - live.signal("cost")) / (10**exponent * COST_FP)
        assert live.signal("net_benefit") == pytest.approx(saved, **EXACT)


def test_the_marks_and_the_sentence_follow(show, data, figure):
    live = show(figure)
    live.move(RATIO, 1)
    live.move(THRESHOLD, 0.8)
    (now,) = live.rows("now")
    (best,) = live.rows("best_mark")
    assert (now["x"], now["y"]) == (0.8, live.signal("cost"))
    assert (best["x"], best["y"]) == (live.signal("best"), live.signal("best_cost"))
    benefits = {row["who"]: row["benefit"] for row in live.rows("benefit_now")}
    # Calling everybody is worth so little here that its mark is below the panel.
    assert live.signal("treat_all") < live.signal("lowest")
    assert benefits == {"model": live.signal("net_benefit"), "treat none": 0}
    before = live.sentence()
    live.press(THRESHOLD, "ArrowRight")
    assert live.signal("threshold") == pytest.approx(0.805)
    after = live.sentence()
    assert before != after
    assert after.startswith("A miss costs 10 times a false alarm, and 10% are positive")
    _, fp, fn, tp = counts_at(data[0], data[1] >= 0.805, 0)
    assert f"{tp:.1f} hits, {fn:.1f} misses and {fp:.1f} false alarms, a" in after
    assert f" a cost of {live.signal('cost'):,.0f}. " in after
    benefit = f"{live.signal('net_benefit'):.1f}".replace("-", "\N{MINUS SIGN}")
    assert f"threshold 0.805: {benefit} hits; treat all" in after


def test_the_drawn_curves_are_those_of_each_threshold(show, data, figure):
    live = show(figure, width=390, dark=True)
    live.move(RATIO, 0.5)
    y_true, y_score = data
    grid = np.geomspace(0.005, 0.9, 150).round(6)
    for shift in (0, 0.8, -1):
        live.move(PREVALENCE, shift)
        bill, curves = live.rows("bill"), live.rows("decision_curve")
        lowest, seen = live.signal("lowest"), 0
        for t in grid[[0, 40, 70, 90, 149]]:
            costs = [row["part"] for row in bill if row["threshold"] == t]
            assert len(costs) == 2
            expected = cost_at(y_true, y_score, t, 10**0.5, shift)
            assert sum(costs) == pytest.approx(expected, **EXACT)
            drawn = {
                row["who"]: row["benefit"] for row in curves if row["threshold"] == t
            }
            assert drawn["treat none"] == 0
            calls = {"model": y_score >= t, "treat all": np.ones_like(y_true)}
            for who, y_pred in calls.items():
                benefit = net_benefit_at(y_true, y_pred, t, shift)
                if benefit < lowest:
                    assert drawn.get(who) is None
                else:
                    assert drawn[who] == pytest.approx(benefit, **EXACT)
                    seen += 1
        # The point of the model is in view, even where it does harm.
        assert live.signal("net_benefit") > lowest
        assert seen > 5  # the model nearly everywhere, treat all for small thresholds


def test_nothing_leaves_the_drawing(show, data, figure):
    # The labels of the axes and of Elkan's line change with the controls; the canvas
    # keeps the size that it had at first. What is drawn beyond it cannot be seen.
    for width, column in [(1280, 690), (390, 342)]:
        live = show(figure, width=width)
        canvas = live.page.locator(".live-drawing canvas")
        assert canvas.evaluate("node => node.offsetWidth") <= column
        for exponent, shift in [(0, -1), (0, 1), (2, -1), (2, 1)]:
            live.move(RATIO, exponent)
            live.move(PREVALENCE, shift)
            low, high, size = live.page.evaluate(
                "name => { const view = imbtutorViews[name];"
                " const { x1, x2 } = view.scenegraph().root.bounds;"
                " const [left] = view.origin();"
                " return [left + x1, left + x2, view._viewWidth + view.padding().left"
                " + view.padding().right]; }",
                live.name,
            )
            assert (low >= -1) and (high <= size + 1), (width, exponent, shift)


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
