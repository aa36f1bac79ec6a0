"""The averages over classes show what scikit-learn computes from the calls."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from imbtutor.explore import explore_averages

EXACT = {"abs": 1e-6}
SCORES = {"recall": recall_score, "precision": precision_score, "F1": f1_score}
AVERAGES = ["macro", "weighted", "micro"]


@pytest.fixture
def calls():
    """Four grades, of which the last has five members, two of them called rightly."""
    rng = np.random.default_rng(0)
    y_true = np.repeat([3, 4, 5, 9], [30, 80, 60, 5])
    y_pred = np.where(rng.random(175) < 0.5, y_true, rng.choice([4, 5], 175))
    y_pred[-5:] = [4, 5, 5, 9, 9]
    return y_true, y_pred


def compare(live, y_true, y_pred, metric, average, right):
    """Compare with scikit-learn, on calls that the shown matrix stands for."""
    classes = np.unique(y_true)
    matrix = np.array(live.signal("matrix"))
    given = np.array(
        [[np.sum((y_true == a) & (y_pred == b)) for b in classes] for a in classes]
    )
    rarest = np.bincount(np.searchsorted(classes, y_true)).argmin()
    others = np.arange(len(classes)) != rarest
    assert (matrix[others] == given[others]).all()
    assert matrix[rarest, rarest] == right
    assert matrix[rarest].sum() == given[rarest].sum() and matrix.min() >= 0
    places = np.indices(matrix.shape).reshape(2, -1)
    now = [classes[each] for each in np.repeat(places, matrix.ravel(), axis=1)]
    score = SCORES[metric]
    for each in AVERAGES:
        value = score(*now, average=each, zero_division=0)
        before = score(y_true, y_pred, average=each, zero_division=0)
        assert live.signal(each) == pytest.approx(value, **EXACT)
        assert live.signal(f"{each}_moved") == pytest.approx(value - before, **EXACT)
    by_class = score(*now, average=None, zero_division=0)
    weights = live.signal("weights")
    assert live.signal("by_class") == pytest.approx(by_class, **EXACT)
    assert sum(weights) == pytest.approx(1, **EXACT)
    assert np.dot(weights, by_class) == pytest.approx(live.signal(average), **EXACT)
    assert live.signal("weight") == weights[rarest]
    assert live.signal("now") == live.signal(average)
    # What is drawn: shares of rows, dots by class, and all three averages.
    share = matrix / matrix.sum(axis=1, keepdims=True)
    cells = sorted(live.rows("cells"), key=lambda row: row["id"])
    assert [row["share"] for row in cells] == pytest.approx(share.ravel(), **EXACT)
    dots = sorted(live.rows("classes"), key=lambda row: row["row"])
    assert [row["value"] for row in dots] == pytest.approx(by_class, **EXACT)
    assert [row["weight"] for row in dots] == pytest.approx(weights, **EXACT)
    drawn = {row["name"]: row["value"] for row in live.rows("averages")}
    assert drawn == {each: live.signal(each) for each in AVERAGES}


def test_every_control_agrees_with_scikit_learn(show, calls):
    live = show(explore_averages(*calls))
    state = {"metric": "recall", "average": "macro", "right": 2}
    compare(live, *calls, **state)
    moves = {
        ("Right calls of class 9", "right"): [0, 1, 3, 5],
        ("Metric", "metric"): ["recall", "precision", "F1"],
        ("Average", "average"): ["macro", "weighted", "micro"],
    }
    for (label, name), values in moves.items():
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, *calls, **state)
    # The end of one walk meets the start of the others.
    for right, metric in [(0, "precision"), (4, "recall")]:
        live.move("Right calls of class 9", right)
        live.move("Metric", metric)
        compare(live, *calls, metric, "micro", right)


def test_the_calls_as_given_stand_at_the_start(show, calls):
    live = show(explore_averages(*calls))
    assert live.signal("matrix")[3] == [0, 1, 2, 2]
    assert all(live.signal(f"{each}_moved") == 0 for each in AVERAGES)
    # A right call comes from the class that was called most often.
    live.move("Right calls of class 9", 3)
    assert live.signal("matrix")[3] == [0, 1, 1, 3]
    live.move("Right calls of class 9", 1)
    assert live.signal("matrix")[3] == [0, 1, 3, 1]


def test_where_all_are_right_the_largest_class_takes_what_goes(show):
    y = [0] * 4 + [1] * 6 + ["2"] * 2
    y = [str(each) for each in y]
    live = show(explore_averages(y, y))
    live.move("Right calls of class 2", 0)
    assert live.signal("matrix") == [[4, 0, 0], [0, 6, 0], [0, 2, 0]]


def test_the_sentence_follows_and_the_keyboard_works(show, calls):
    live = show(explore_averages(*calls))
    live.press("Right calls of class 9", "ArrowLeft")
    assert live.signal("right_calls") == 1
    sentence = live.sentence()
    assert sentence.startswith("Of 5 samples of class 9, 1 is called rightly.")
    # A fifth of a fourth.
    assert f"macro {live.signal('macro'):.3f} (\u22120.050)" in sentence
    assert sentence.endswith("In the macro average the class has 25% of the weight.")
    live.move("Average", "weighted")
    live.move("Right calls of class 9", 0)
    sentence = live.sentence()
    assert "0 are called rightly" in sentence
    assert sentence.endswith("weighted average the class has 2.9% of the weight.")


def test_one_sample_reads_well(show):
    live = show(explore_averages([0, 0, 0, 1], [0, 1, 0, 1]))
    assert live.sentence().startswith("Of 1 sample of class 1, 1 is called rightly.")
    live.move("Right calls of class 1", 0)
    assert "Of 1 sample of class 1, 0 are called" in live.sentence()


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, calls):
    live = show(explore_averages(*calls), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    counts = [20, 153, 1175, 1788, 689, 131, 5]
    y = np.repeat(np.arange(3, 10), counts)
    fig = explore_averages(y, np.clip(y, 5, 7))
    assert len(fig._repr_mimebundle_()["text/html"]) < 250_000


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        ([0, 0, 0], [0, 0, 0], "y_true holds 1 classes.*2 to 8"),
        (range(9), range(9), "y_true holds 9 classes.*2 to 8"),
        ([0, 1], [0, 7], "y_pred holds 7.*among 0, 1"),
        ([0] * 101 + [1] * 101, [0] * 202, "101 samples; pass at most 100"),
        ([0, 1, 1], [0, 1], "inconsistent numbers of samples"),
        ([[0, 1], [1, 0]], [0, 1], "1d array"),
    ],
)
def test_bad_input_is_named(y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        explore_averages(list(y_true), list(y_pred))
