"""The figure of chapter 23: what it shows is what scikit-learn computes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score, recall_score

from imbtutor import make_gaussians
from imbtutor.explore import explore_class_weight

# Text such as 0.30000000000000004 costs some digits.
EXACT = {"rel": 0, "abs": 1e-6}
# The column of the book: 672 pixels, and 342 on a phone.
WIDTH = "document.querySelector('canvas').offsetWidth"


@pytest.fixture(scope="module")
def data():
    return make_gaussians(150, prevalence=0.1, random_state=3)


@pytest.fixture(scope="module")
def fig(data):
    return explore_class_weight(*data)


def models(data, log2_w, C):
    w = 2**log2_w
    weighted = LogisticRegression(C=C, class_weight={0: 1, 1: w}).fit(*data)
    return w, weighted, LogisticRegression(C=C).fit(*data)


def compare(live, data, log2_w, C):
    X, y = data
    w, weighted, plain = models(data, log2_w, C)
    y_weight = weighted.predict(X)
    p, p_plain = (model.predict_proba(X)[:, 1] for model in (weighted, plain))
    y_moved = p_plain >= 1 / (1 + w)
    expected = {
        "w": w,
        "threshold": 1 / (1 + w),
        "log_w": np.log(w),
        "intercept_shift": (weighted.intercept_ - plain.intercept_)[0],
        "same": np.mean(y_weight == y_moved),
        "recall": recall_score(y, y_weight),
        "recall_moved": recall_score(y, y_moved),
        "mean_p": p.mean(),
        "mean_p_plain": p_plain.mean(),
        "prevalence": y.mean(),
    }
    for name, value in expected.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), name
    for name, y_pred in [("precision", y_weight), ("precision_moved", y_moved)]:
        if y_pred.any():
            assert live.signal(name) == pytest.approx(precision_score(y, y_pred))
        else:
            assert live.signal(name) is None, name
    ringed = {(row["x"], row["y"]) for row in live.rows("differ")}
    assert ringed == set(map(tuple, X[y_weight != y_moved].tolist()))
    # Both ends of each drawn line lie where the model decides.
    for name, model, shift in [
        ("weight_line", weighted, 0),
        ("moved_line", plain, np.log(w)),
    ]:
        ends = [[row["x"], row["y"]] for row in live.rows(name)]
        assert len(ends) == 2
        assert np.allclose(model.decision_function(ends) + shift, 0, atol=1e-6)


def test_every_control_agrees_with_scikit_learn(show, fig, data):
    live = show(fig)
    assert live.page.evaluate(WIDTH) <= 672
    compare(live, data, log2_w=3, C=1)
    for C, steps in [(0.01, [0, 3.5]), (0.1, [1.5]), (1, [6]), (100, [2])]:
        live.move("C", C)
        for log2_w in steps:
            live.move("log2 of w", log2_w)
            compare(live, data, log2_w, C)


def test_the_curves_hold_every_weight_of_this_penalty(show, fig, data):
    live = show(fig)
    live.move("C", 0.01)
    live.move("log2 of w", 0)
    _, _, plain = models(data, 0, 0.01)
    assert not plain.predict(data[0]).any()
    assert live.rows("precision_dot") == []  # nothing is called: no precision
    live.move("log2 of w", 5)
    (dot,) = live.rows("intercept_dot")
    assert (dot["x"], dot["y"]) == (32, live.signal("intercept_shift"))
    rows = live.rows("shift_curve")
    assert {row["C"] for row in rows} == {0.01}
    for row in rows[::4]:
        _, weighted, plain = models(data, row["log2_w"], 0.01)
        moved = (weighted.intercept_ - plain.intercept_)[0]
        assert row["shift"] == pytest.approx(moved, **EXACT)
    recalls = live.rows("recall_curve")
    assert [row["log2_w"] for row in recalls] == sorted(
        row["log2_w"] for row in recalls
    )
    for row in recalls[::4]:
        _, weighted, _ = models(data, row["log2_w"], 0.01)
        recall = recall_score(data[1], weighted.predict(data[0]))
        assert row["recall"] == pytest.approx(recall, **EXACT)


def test_it_fits_a_phone_and_the_keyboard_moves_it(show, fig):
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    assert live.page.evaluate(WIDTH) <= 342
    before = live.sentence()
    live.press("log2 of w", "ArrowRight")
    assert live.signal("log2_w") == pytest.approx(3.5)
    after = live.sentence()
    assert before != after
    assert after.startswith("Weight 11.3 and threshold 0.081 decide alike on ")


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[0, 1, 2], [1, 2, 3]], [0, 1], "2"),
        ([[0, 1], [1, float("nan")]], [0, 1], "NaN"),
        ([[0, 1], [1, 2]], [0, 0], "both"),
        ([[0, 1], [1, 2]], [0, 1, 1], "y"),
    ],
)
def test_bad_data_are_named(X, y, message):
    with pytest.raises(ValueError, match=message):
        explore_class_weight(X, y)
