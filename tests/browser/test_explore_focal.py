"""The figure of chapter 52: losses as numpy computes them, readings of scikit-learn."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss, roc_auc_score

from imbtutor import make_scores
from imbtutor.explore import explore_focal
from imbtutor.explore.focal import LOW

# Powers and logarithms in two languages.
EXACT = {"rel": 0, "abs": 1e-6}
MODELS, REPAIRS, GAMMAS = ["line", "network"], ["as trained", "sigmoid"], [0, 1, 2, 3]


@pytest.fixture(scope="module")
def data():
    """Scores, bent in another way for each combination."""
    y_true, y_score = make_scores(2000, prevalence=0.05, random_state=0)
    z = np.log(y_score / (1 - y_score))
    p = {}
    for i, column in enumerate(product(MODELS, REPAIRS, GAMMAS)):
        noise = np.random.default_rng(i).normal(scale=0.3, size=len(z))
        p[column] = expit((z + noise) / (1 + 0.2 * i))
    return y_true, pd.DataFrame(p)


def focal(q, gamma):
    """The focal loss and the size of its slope, by a difference along the log-odds."""

    def loss(q):
        return -((1 - q) ** gamma) * np.log(q)

    z, h = np.log(q / (1 - q)), 1e-5
    return loss(q), (loss(expit(z - h)) - loss(expit(z + h))) / (2 * h)


def test_every_control_agrees_with_scikit_learn(show, data):
    y_true, p = data
    live = show(explore_focal(y_true, p))
    for model, repair, gamma in p.columns:
        live.move("Model", model)
        live.move("Probabilities", repair)
        live.move("gamma", gamma)
        shown = p[model, repair, gamma]
        share, said = calibration_curve(y_true, shown, n_bins=10, strategy="quantile")
        for number, value in {
            "logloss": log_loss(y_true, shown),
            "logloss_plain": log_loss(y_true, p[model, repair, 0]),
            "auc": roc_auc_score(y_true, shown),
            "mean_p": shown.mean(),
            "prevalence": 0.05,
            "easy": 0.1**gamma,
        }.items():
            assert live.signal(number) == pytest.approx(value, **EXACT), number
        # The groups that a logarithmic axis can show.
        seen = (share >= LOW) & (said >= LOW)
        rows = pd.DataFrame(live.rows("groups")).drop_duplicates("group")
        rows = rows.sort_values("group")
        assert rows["share"].to_numpy() == pytest.approx(share[seen], **EXACT)
        assert rows["said"].to_numpy() == pytest.approx(said[seen], **EXACT)
        assert 3 <= seen.sum() <= 10
        # What is left out is said, and nothing where all are drawn.
        groups = f"All {len(share)} equal groups"
        if seen.sum() < len(share):
            groups = f"Of {len(share)} equal groups of rows, by p, {seen.sum()} are"
        assert groups in live.sentence()


def test_the_curves_are_the_losses_of_numpy(show, data):
    live = show(explore_focal(*data))
    for gamma in GAMMAS:
        live.move("gamma", gamma)
        for i, field in enumerate(["loss", "slope"]):
            rows = pd.DataFrame(live.rows(field))
            assert set(rows["of"]) == {"log loss", "focal loss"}
            for of, exponent in [("log loss", 0), ("focal loss", gamma)]:
                own = rows[rows["of"] == of]
                value = focal(own["q"].to_numpy(), exponent)[i]
                assert len(own) == 99
                assert own[field].to_numpy() == pytest.approx(value, **EXACT)


def test_the_sentence_follows_and_the_keyboard_works(show, data):
    y_true, p = data
    live = show(explore_focal(y_true, p))
    assert "with gamma 0" in live.sentence().lower()
    assert "keeps 100% of its log loss" in live.sentence()
    live.press("gamma", "ArrowRight")
    assert live.signal("gamma") == 1
    assert "With gamma 1, " in live.sentence()
    assert "keeps 10% of its log loss" in live.sentence()
    live.move("Model", "network")
    live.move("Probabilities", "sigmoid")
    live.move("gamma", 3)
    assert "The network, sigmoid: mean p" in live.sentence()
    assert p["network", "sigmoid", 3].mean() > 1.1 * 0.05
    assert "too high on average" in live.sentence()


def test_it_fits_a_phone_and_follows_the_dark_theme(show, data):
    fig = explore_focal(*data)
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas")
    # The book's column: 342 pixels on a phone, 672 on a desk.
    assert canvas.evaluate("node => node.offsetWidth") <= 342
    live = show(fig)
    assert not live.signal("narrow")
    assert canvas.evaluate("node => node.offsetWidth") <= 672


def table(*columns):
    return pd.DataFrame({column: [0.1, 0.9, 0.4] for column in columns})


GOOD = ("a", "b", 0), ("a", "b", 1)


@pytest.mark.parametrize(
    ("y_true", "p", "error", "message"),
    [
        ([0, 1, 0], [0.1, 0.9, 0.2], TypeError, "p is of type list"),
        ([0, 1, 0], table("x", "y"), ValueError, "1 level"),
        ([0, 1, 0], table(*GOOD, ("c", "b", 0)), ValueError, "3 columns"),
        ([0, 1, 0], table(("a", "b", 1), ("a", "b", 2)), ValueError, "equal steps"),
        ([0, 1, 0], table(*GOOD, ("a", "b", 3)), ValueError, "equal steps"),
        ([0, 1, 0], table(("a", "b", 0)), ValueError, "equal steps"),
        ([0, 1, 0], table(*GOOD) + 1, ValueError, "pass probabilities"),
        ([0, 1], table(*GOOD), ValueError, "one score for each"),
        ([0, 0, 0], table(*GOOD), ValueError, "one class only"),
    ],
)
def test_bad_input_is_named(y_true, p, error, message):
    with pytest.raises(error, match=message):
        explore_focal(y_true, p)
