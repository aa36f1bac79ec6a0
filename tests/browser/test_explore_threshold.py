"""The figure of chapter 12: what it shows is what scikit-learn computes."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    fbeta_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from imbtutor import make_scores
from imbtutor.explore import explore_threshold

# Text such as 0.30000000000000004 and division by prevalence cost some digits.
EXACT = {"rel": 0, "abs": 1e-6}


@pytest.fixture
def data():
    return make_scores(300, prevalence=0.2, random_state=3)


def weights(y_true, prevalence):
    positive = y_true == 1
    return np.where(
        positive, prevalence / positive.sum(), (1 - prevalence) / (~positive).sum()
    )


def compare(live, y_true, y_score, threshold, prevalence, beta):
    w = weights(y_true, prevalence)
    y_pred = y_score >= threshold
    called = y_pred.any()
    expected = {
        "tp": 10_000 * w[(y_true == 1) & y_pred].sum(),
        "fp": 10_000 * w[(y_true == 0) & y_pred].sum(),
        "fn": 10_000 * w[(y_true == 1) & ~y_pred].sum(),
        "tn": 10_000 * w[(y_true == 0) & ~y_pred].sum(),
        "recall": recall_score(y_true, y_pred),
        "fpr": 1 - recall_score(y_true, y_pred, pos_label=0),
        "fbeta": fbeta_score(y_true, y_pred, beta=beta, sample_weight=w),
        "auc": roc_auc_score(y_true, y_score),
        "ap": average_precision_score(y_true, y_score, sample_weight=w),
    }
    for name, value in expected.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), name
    if called:
        precision = precision_score(y_true, y_pred, sample_weight=w)
        assert live.signal("precision") == pytest.approx(precision, **EXACT)
    else:
        assert live.signal("precision") is None


def test_every_control_agrees_with_scikit_learn(show, data):
    live = show(explore_threshold(*data))
    state = {"threshold": 0.5, "prevalence": 0.1, "beta": 1}
    compare(live, *data, **state)
    values = {
        "threshold": [0, 0.29, 0.57, 1],
        "prevalence": [0.01, 0.07, 0.29, 0.5],
        "beta": [0.5, 1, 2],
    }
    for name, each in values.items():
        for value in each:
            live.move(name.capitalize(), value)
            state[name] = value
            compare(live, *data, **state)
        live.move(name.capitalize(), each[1])
        state[name] = each[1]


def test_the_points_lie_on_the_curves(show, data):
    live = show(explore_threshold(*data))
    live.move("Threshold", 0.4)
    (roc,) = live.rows("roc_dot")
    (pr,) = live.rows("pr_dot")
    assert (roc["x"], roc["y"]) == (live.signal("fpr"), live.signal("recall"))
    assert (pr["x"], pr["y"]) == (live.signal("recall"), live.signal("precision"))
    live.move("Threshold", 1)
    assert live.rows("pr_dot") == []  # precision is undefined: no point


def test_the_sentence_follows_and_the_keyboard_works(show, data):
    live = show(explore_threshold(*data))
    before = live.sentence()
    live.press("Threshold", "ArrowRight")
    assert live.signal("threshold") == pytest.approx(0.51)
    after = live.sentence()
    assert before != after
    assert after.startswith("At threshold 0.51 and prevalence 10%: recall ")


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_threshold(*data), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390
    live.page.emulate_media(color_scheme="light")
    live.page.evaluate("document.documentElement.dataset.theme = 'light'")
    live.page.wait_for_function("!imbtutorViews.threshold.signal('dark')")


@pytest.mark.parametrize(
    ("y_score", "message"),
    [
        ([0.1, 0.9, 1.4], "between 0 and 1"),
        ([0.1, 0.9], "one score for each"),
        ([0.1, float("nan"), 0.3], "NaN"),
    ],
)
def test_bad_scores_are_named(y_score, message):
    with pytest.raises(ValueError, match=message):
        explore_threshold([0, 1, 0], y_score)
