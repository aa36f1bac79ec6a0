"""The figure of chapter 21: it finds what scikit-learn's own search finds."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    metric_at_thresholds,
)
from sklearn.model_selection import TunedThresholdClassifierCV

from imbtutor import make_gaussians
from imbtutor.explore import explore_threshold_search

# The slider's value is text, and 10 to its power costs a digit or two.
EXACT = {"rel": 0, "abs": 1e-6}
METRICS = {
    "balanced accuracy": balanced_accuracy_score,
    "F1": f1_score,
    "accuracy": accuracy_score,
}


@pytest.fixture(scope="module")
def fitted():
    """A model, and validation data of which about 2 % are positive."""
    rare = {"prevalence": 0.02, "separation": 2.5}
    model = LogisticRegression().fit(*make_gaussians(4000, **rare, random_state=0))
    X, y = make_gaussians(500, **rare, random_state=1)
    return model, X, y, model.predict_proba(X)[:, 1]


@pytest.fixture(scope="module")
def fig(fitted):
    _, _, y, y_score = fitted
    return explore_threshold_search(y, y_score)


def candidates(y_score):
    return {
        "100 linear (default)": 100,
        "1,000 linear": 1000,
        "30 geometric": np.geomspace(1e-4, 0.9, 30),
        "30 quantiles": np.quantile(y_score, np.linspace(0, 1, 30)),
    }


def test_the_search_is_that_of_scikit_learn(show, fig, fitted):
    model, X, y, y_score = fitted
    live = show(fig)
    for metric, function in METRICS.items():
        live.move("Metric", metric)
        best_value = metric_at_thresholds(y, y_score, function)[0].max()
        assert live.signal("best_value") == pytest.approx(best_value, **EXACT)
        reached = function(y, y_score >= live.signal("best"))
        assert reached == pytest.approx(best_value, **EXACT)
        scoring = metric.lower().replace(" ", "_")
        for name, thresholds in candidates(y_score).items():
            if name == "1,000 linear" and metric != "balanced accuracy":
                continue  # a thousand calls of a metric; once will do
            live.move("Candidates", name)
            search = TunedThresholdClassifierCV(
                model, scoring=scoring, thresholds=thresholds, cv="prefit", refit=False
            ).fit(X, y)
            for signal, value in {
                "found": search.best_threshold_,
                "found_value": search.best_score_,
                "lost": best_value - search.best_score_,
            }.items():
                assert live.signal(signal) == pytest.approx(value, **EXACT), (
                    metric,
                    name,
                    signal,
                )
            assert live.signal("lost") >= 0


def test_the_threshold_agrees_with_scikit_learn(show, fig, fitted):
    _, _, y, y_score = fitted
    live = show(fig)
    for metric, function in METRICS.items():
        live.move("Metric", metric)
        for exponent in (-4, -1.7, -0.74, 0):
            live.move("log10 of threshold", exponent)
            threshold = 10**exponent
            y_pred = y_score >= threshold
            counts = confusion_matrix(y, y_pred).ravel()
            for name, count in zip(["tn", "fp", "fn", "tp"], counts, strict=True):
                assert live.signal(name) == count, (exponent, name)
            assert live.signal("threshold") == pytest.approx(threshold, **EXACT)
            assert live.signal("value") == pytest.approx(function(y, y_pred), **EXACT)
            # The point lies on the curve.
            yours = live.rows("marks")[2]
            at = min(live.rows("curve"), key=lambda row: abs(row["x"] - threshold))
            assert yours["kind"] == "yours"
            assert at["x"] == pytest.approx(threshold, **EXACT)
            assert at["y"] == pytest.approx(yours["y"], **EXACT)
    live.press("log10 of threshold", "ArrowLeft")
    assert live.signal("exponent") == pytest.approx(-0.02)


def test_marks_ticks_and_sentence_follow_the_candidates(show, fig, fitted):
    _, _, _, y_score = fitted
    live = show(fig)
    assert live.sentence().startswith("100 linear (default): as many as ")
    for name, thresholds in candidates(y_score).items():
        live.move("Candidates", name)
        if isinstance(thresholds, int):
            thresholds = np.linspace(y_score.min(), y_score.max(), thresholds)
        # The share between each two neighbors, and of those from the last one on.
        edges = np.append(thresholds, np.inf)
        between = np.histogram(y_score, edges)[0] / len(y_score)
        assert live.signal("gap") == pytest.approx(between.max(), **EXACT), name
        drawn = np.log10([row["x"] for row in live.rows("ticks")])
        wanted = np.log10(np.clip(thresholds, 1e-4, 1))
        # Ticks are drawn to a thousandth of a factor of ten.
        assert np.abs(wanted[:, None] - drawn).min(axis=1).max() < 1e-3, name
        assert np.abs(drawn[:, None] - wanted).min(axis=1).max() < 1e-3, name
        found, best, _ = live.rows("marks")
        assert (best["x"], best["y"]) == (
            live.signal("best"),
            live.signal("best_value"),
        )
        assert (found["x"], found["y"]) == (
            live.signal("found"),
            live.signal("found_value"),
        )
    live.move("Metric", "F1")
    assert live.sentence().startswith("30 quantiles: as many as ")
    assert "reaches F1 " in live.sentence()


def test_it_stacks_on_a_phone_and_fits_the_column(show, fig):
    for width, room in ((1280, 672), (390, 342)):
        live = show(fig, width=width, dark=width == 390)
        assert live.signal("narrow") == (width == 390)
        canvas = live.page.locator(".live-drawing canvas")
        assert canvas.evaluate("node => node.offsetWidth") <= room


@pytest.mark.parametrize(
    ("y_score", "message"),
    [
        ([-2.0, 0.3, 1.4], "y_score runs from -2 to 1.4; pass probabilities"),
        ([0.1, 0.9], "one score for each"),
        ([0.4, 0.4, 0.4], "y_score is 0.4 for every sample"),
    ],
)
def test_bad_scores_are_named(y_score, message):
    with pytest.raises(ValueError, match=message):
        explore_threshold_search([0, 1, 0], y_score)
