"""The prevalence dial of chapter 13: what it shows is what scikit-learn computes."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix_at_thresholds,
    precision_score,
    roc_auc_score,
)

from imbtutor import make_scores
from imbtutor.explore import explore_prevalence

# Nine stored decimals of the hits, and powers of ten in two languages.
EXACT = {"rel": 0, "abs": 1e-6}
DIAL, FIRST = "log10 of prevalence", "Followed up (k)"
# Both ends of each control and two values between.
EXPONENTS = [-3, -2.3, -1.7, -0.3]
KS = [10, 120, 570, 1000]


@pytest.fixture
def data():
    y_true, y_score = make_scores(500, prevalence=0.2, random_state=3)
    return y_true, y_score.round(2)  # equal scores, within and across the classes


def weights(y_true, prevalence):
    positive = y_true == 1
    return np.where(
        positive, prevalence / positive.sum(), (1 - prevalence) / (~positive).sum()
    )


def expected(y_true, y_score, exponent, k):
    prevalence = 10**exponent
    w = weights(y_true, prevalence)
    _, fp, _, tp, _ = confusion_matrix_at_thresholds(y_true, y_score, sample_weight=w)
    tp, fp = np.r_[0, tp] * 10_000, np.r_[0, fp] * 10_000
    hits = np.interp(k, tp + fp, tp)  # equal scores in random order
    return {
        "prevalence": prevalence,
        "positives": 10_000 * prevalence,
        "hits": hits,
        "possible": min(k, 10_000 * prevalence),
        "precision": hits / k,
        "recall": hits / (10_000 * prevalence),
        "fpr": (k - hits) / (10_000 * (1 - prevalence)),
        "lift": hits / k / prevalence,
        "auc": roc_auc_score(y_true, y_score, sample_weight=w),
        "ap": average_precision_score(y_true, y_score, sample_weight=w),
    }


def compare(live, data, state):
    for name, value in expected(*data, **state).items():
        assert live.signal(name) == pytest.approx(value, **EXACT), (name, state)


def test_every_control_agrees_with_scikit_learn(show, data):
    live = show(explore_prevalence(*data))
    state = {"exponent": -1, "k": 100}
    compare(live, data, state)
    for label, name, values in [
        (DIAL, "exponent", EXPONENTS),
        (FIRST, "k", KS),
        (DIAL, "exponent", EXPONENTS),
    ]:
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, data, state)


def test_the_hits_are_those_of_a_population_with_that_prevalence(show):
    # 50 positives and 90 negatives, each copied until 1,000 of 10,000 are positive.
    y_true, y_score = make_scores(140, prevalence=50 / 140, random_state=0)
    copies = np.where(y_true == 1, 20, 100)
    y_all, s_all = np.repeat(y_true, copies), np.repeat(y_score, copies)
    assert len(y_all) == 10_000 and y_all.sum() == 1000
    live = show(explore_prevalence(y_true, y_score))
    order = np.argsort(-s_all, kind="stable")
    for k in KS:
        live.move(FIRST, k)
        called = np.zeros(10_000, dtype=int)
        called[order[:k]] = 1
        precision = precision_score(y_all, called)
        assert live.signal("precision") == pytest.approx(precision, **EXACT)


def test_the_roc_curve_stays_and_the_steps_hold_the_average_precision(show, data):
    live = show(explore_prevalence(*data))
    aucs, aps = [], []
    for exponent in EXPONENTS:
        live.move(DIAL, exponent)
        steps = live.rows("pr_steps")
        recall = np.array([row["recall"] for row in steps])
        precision = np.array([row["precision"] for row in steps])
        area = np.sum(np.diff(recall) * precision[1:])
        assert area == pytest.approx(live.signal("ap"), **EXACT)
        aucs.append(live.signal("auc"))
        aps.append(area)
    assert len(set(aucs)) == 1
    assert (np.diff(aps) > 0).all()


def test_the_points_lie_where_the_numbers_say(show, data):
    live = show(explore_prevalence(*data))
    live.move(DIAL, -2)
    (roc,) = live.rows("roc_dot")
    (pr,) = live.rows("pr_dot")
    assert (roc["x"], roc["y"]) == (live.signal("fpr"), live.signal("recall"))
    assert (pr["x"], pr["y"]) == (live.signal("recall"), live.signal("precision"))
    squares = [row["truth"] for row in live.rows("squares")]
    hits = round(100 * expected(*data, exponent=-2, k=100)["precision"])
    assert len(squares) == 100 and squares.count("positive") == hits > 0
    now = {row["reading"]: row["value"] for row in live.rows("readings_now")}
    assert now == {
        "ROC AUC": live.signal("auc"),
        "average precision": live.signal("ap"),
        "precision at k": live.signal("precision"),
        "prevalence": live.signal("prevalence"),
    }


def test_the_lines_show_every_prevalence_of_the_dial(show, data):
    live = show(explore_prevalence(*data))
    live.move(FIRST, 50)
    rows = {(row["reading"], row["exponent"]): row for row in live.rows("readings")}
    assert len(rows) == 4 * 28
    for exponent in EXPONENTS:
        numbers = expected(*data, exponent=exponent, k=50)
        for reading, name in [
            ("ROC AUC", "auc"),
            ("average precision", "ap"),
            ("precision at k", "precision"),
            ("prevalence", "prevalence"),
        ]:
            shown = rows[reading, exponent]["value"]
            assert shown == pytest.approx(numbers[name], **EXACT), (reading, exponent)


def test_many_positives_are_drawn_through_few_points(show):
    data = make_scores(4000, prevalence=0.5, random_state=0)
    live = show(explore_prevalence(*data))
    assert len(live.rows("pr_steps")) == 401
    compare(live, data, {"exponent": -1, "k": 100})


def test_the_sentence_follows_and_the_keyboard_works(show, data):
    live = show(explore_prevalence(*data))
    before = live.sentence()
    assert before.startswith("At prevalence 10%, 1,000 positives in 10,000 cases: ")
    live.press(DIAL, "ArrowLeft")
    assert live.signal("exponent") == pytest.approx(-1.1)
    live.press(FIRST, "ArrowRight")
    assert live.signal("k") == 110
    after = live.sentence()
    assert after.startswith("At prevalence 7.9%, 794 positives in 10,000 cases: ")
    assert "The first 110 cases hold " in after


def test_it_fits_a_phone_and_follows_the_dark_theme(show, data):
    fig = explore_prevalence(*data)
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas")
    # The book's column: 342 pixels on a phone, 672 on a desk.
    assert canvas.evaluate("node => node.offsetWidth") <= 342
    live = show(fig)
    canvas = live.page.locator(".live-drawing canvas")
    assert not live.signal("narrow")
    assert canvas.evaluate("node => node.offsetWidth") <= 672


@pytest.mark.parametrize(
    ("y_true", "y_score", "message"),
    [
        ([0, 1, 0], [0.1, 0.9], "one score for each"),
        ([0, 1, 0], [0.1, float("nan"), 0.3], "NaN"),
        ([0, 0, 0], [0.1, 0.2, 0.3], "one class only"),
        ([1, 2, 1], [0.1, 0.2, 0.3], "labels"),
    ],
)
def test_bad_input_is_named(y_true, y_score, message):
    with pytest.raises(ValueError, match=message):
        explore_prevalence(y_true, y_score)
