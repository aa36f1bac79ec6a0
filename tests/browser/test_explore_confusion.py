"""The figure of chapter 11: what it shows is what the two libraries compute."""

import numpy as np
import pytest
from imblearn.metrics import (
    classification_report_imbalanced,
    geometric_mean_score,
)
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    class_likelihood_ratios,
    fbeta_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
)

from imbtutor.explore import explore_confusion

EXACT = {"rel": 1e-9, "abs": 1e-6}  # the book's promise; ratios may be large
CELLS = ["tp", "fp", "fn", "tn"]
LABELS = {"factor": "Negatives", "beta": "Beta"}
START = {"tp": 9, "fp": 30, "fn": 1, "tn": 160, "factor": 1, "beta": 1}


def labels(tp, fp, fn, tn):
    counts = [tp, fp, fn, tn]
    return np.repeat([1, 0, 1, 0], counts), np.repeat([1, 1, 0, 0], counts)


def by_the_libraries(tp, fp, fn, tn, factor, beta):
    """Every metric of the figure, for a matrix in which all of them exist."""
    fp, tn = round(fp * factor), round(tn * factor)
    data = labels(tp, fp, fn, tn)
    lr_plus, lr_minus = class_likelihood_ratios(*data)
    report = classification_report_imbalanced(*data, output_dict=True)
    return {
        "n_tp": tp,
        "n_fp": fp,
        "n_fn": fn,
        "n_tn": tn,
        "prevalence": data[0].mean(),
        "recall": recall_score(*data),
        "specificity": recall_score(*data, pos_label=0),
        "balanced_accuracy": balanced_accuracy_score(*data),
        "g_mean": geometric_mean_score(*data),
        "iba": report["1"]["iba"],
        "accuracy": accuracy_score(*data),
        "precision": precision_score(*data),
        "npv": precision_score(*data, pos_label=0),
        "fbeta": fbeta_score(*data, beta=beta),
        "mcc": matthews_corrcoef(*data),
        "lr_plus": lr_plus,
        "lr_minus": lr_minus,
    }


def compare(live, state):
    for name, value in by_the_libraries(**state).items():
        assert live.signal(name) == pytest.approx(value, **EXACT), (name, state)


def type_in(live, **counts):
    for cell, count in counts.items():
        live.move(cell.upper(), count)


def test_every_control_agrees_with_the_libraries(show):
    live = show(explore_confusion(**{cell: START[cell] for cell in CELLS}))
    compare(live, START)
    values = {
        "tp": [1, 25, 3_000],
        "fp": [10, 400, 2_000],
        "fn": [1, 70, 5_000],
        "tn": [10, 990, 9_000],
        "factor": [0.1, 1, 10, 100],
        "beta": [0.5, 1, 2],
    }
    for name, each in values.items():
        state = dict(START)
        for value in each:
            live.move(LABELS.get(name, name.upper()), value)
            state[name] = value
            compare(live, state)
        live.move(LABELS.get(name, name.upper()), START[name])


def test_the_ends_of_the_range_are_exact(show):
    # Products of four counts reach 1e24 here; MCC must not lose its digits.
    live = show(explore_confusion(tp=100_000, fp=100_000, fn=1, tn=100_000))
    live.move("Negatives", 100)
    assert live.signal("n_tn") == 10_000_000
    y_true, y_pred = [1, 0, 1, 0], [1, 1, 0, 0]
    weight = [100_000, 10_000_000, 1, 10_000_000]
    mcc = matthews_corrcoef(y_true, y_pred, sample_weight=weight)
    assert live.signal("mcc") == pytest.approx(mcc, **EXACT)
    lr_plus, lr_minus = class_likelihood_ratios(y_true, y_pred, sample_weight=weight)
    assert live.signal("lr_plus") == pytest.approx(lr_plus, **EXACT)
    assert live.signal("lr_minus") == pytest.approx(lr_minus, **EXACT)


def test_what_the_negatives_move_and_what_they_leave(show):
    live = show(explore_confusion(**{cell: START[cell] for cell in CELLS}))
    before = {row["metric"]: row["value"] for row in every_row(live)}
    live.move("Negatives", 100)
    rows = every_row(live)
    for row in rows:
        assert row["typed"] == pytest.approx(before[row["metric"]], abs=1e-12)
    for row in rows:
        moved = abs(row["value"] - row["typed"])
        if row["metric"] in ("accuracy", "precision", "NPV", "F-beta", "MCC"):
            assert moved > 1e-4, row["metric"]  # NPV is near 1 and moves least
        else:
            assert moved < 1e-12, row["metric"]


def every_row(live):
    return [row for name in ("stay", "move", "ratios") for row in live.rows(name)]


def test_a_ratio_of_nothing_is_undefined(show):
    live = show(explore_confusion(tp=0, fp=0, fn=20, tn=980))
    y_true, y_pred = labels(0, 0, 20, 980)
    assert np.isnan(precision_score(y_true, y_pred, zero_division=np.nan))
    assert live.signal("precision") is None
    assert matthews_corrcoef(y_true, y_pred) == 0  # a convention: it is 0 / 0
    assert live.signal("mcc") is None
    with pytest.warns(match="No samples were predicted for the positive class"):
        lr_plus, lr_minus = class_likelihood_ratios(y_true, y_pred)
    assert np.isnan(lr_plus) and live.signal("lr_plus") is None
    assert live.signal("lr_minus") == lr_minus == 1
    # What is 0 / something is 0, not undefined.
    assert live.signal("recall") == recall_score(y_true, y_pred) == 0
    assert live.signal("fbeta") == fbeta_score(y_true, y_pred, beta=1) == 0
    assert live.signal("g_mean") == geometric_mean_score(y_true, y_pred) == 0
    names = {row["metric"] for row in live.rows("move_undefined")}
    assert names == {"precision", "MCC"}
    assert "precision undefined" in live.sentence()


def test_one_class_or_no_sample_at_all(show):
    live = show(explore_confusion(tp=0, fp=30, fn=0, tn=70))
    y_true, y_pred = labels(0, 30, 0, 70)
    assert live.signal("specificity") == recall_score(y_true, y_pred, pos_label=0)
    assert live.signal("accuracy") == accuracy_score(y_true, y_pred)
    for name in [
        "recall",
        "balanced_accuracy",
        "g_mean",
        "iba",
        "mcc",
        "lr_plus",
        "lr_minus",
    ]:
        assert live.signal(name) is None, name
    type_in(live, fp=0, tn=0)
    assert len(live.rows("stay_undefined")) == len(live.rows("move_undefined")) == 5
    assert live.signal("prevalence") is None


def test_a_perfect_classifier_has_no_positive_likelihood_ratio(show):
    live = show(explore_confusion(tp=10, fp=0, fn=0, tn=90))
    with pytest.warns(match="`positive_likelihood_ratio` is ill-defined"):
        lr_plus, lr_minus = class_likelihood_ratios(*labels(10, 0, 0, 90))
    assert np.isnan(lr_plus) and live.signal("lr_plus") is None
    assert live.signal("lr_minus") == lr_minus == 0
    (bar,) = live.rows("ratios")
    assert bar["end"] == 0.01  # cut at the end of the axis, which has no 0


@pytest.mark.parametrize("typed", ["", "-1", "2.5", "100001"])
def test_an_entry_that_is_no_count_is_named(show, typed):
    live = show(explore_confusion())
    live.move("FP", typed)
    assert live.sentence() == (
        "Type a whole number from 0 to 100,000 into each of TP, FP, FN and TN."
    )
    assert live.signal("recall") is None and live.signal("n_tp") is None
    live.move("FP", "90")
    assert live.signal("precision") == pytest.approx(0.5)


def test_the_sentence_follows_and_the_keyboard_works(show):
    live = show(explore_confusion())
    assert live.sentence().startswith("At prevalence 10%: accuracy 0.900, precision")
    live.press("TP", "ArrowUp")
    assert live.signal("n_tp") == 91
    live.move("Beta", 2)
    assert ", F2 0." in live.sentence()


@pytest.mark.parametrize(("width", "widest"), [(1280, 672), (390, 342)])
def test_it_fits_the_column_whatever_is_typed(show, width, widest):
    live = show(explore_confusion(), width=width, dark=width < 640)
    assert live.signal("narrow") == live.signal("dark") == (width < 640)
    canvas = live.page.locator(".live-drawing canvas")
    for counts in [
        {},
        {"tp": 1, "fp": 500, "fn": 400, "tn": 2},  # the longest number, a minus
        {"tp": 0, "fp": 0, "fn": 0, "tn": 0},
    ]:
        type_in(live, **counts)
        assert canvas.evaluate("node => node.offsetWidth") <= widest


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ({"tp": -1}, ValueError, "tp=-1 is out of range"),
        ({"fn": 2.5}, TypeError, "fn=2.5 is not an integer"),
        ({"tn": 100_001}, ValueError, "tn=100001 is out of range"),
    ],
)
def test_bad_counts_are_named(counts, error, message):
    with pytest.raises(error, match=message):
        explore_confusion(**counts)
