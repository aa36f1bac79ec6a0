"""The figure of chapter 24: what it shows is what scikit-learn computes."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import norm
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from imbtutor import make_scores
from imbtutor.explore import explore_calibration
from imbtutor.explore.calibration import GROUPS

# Powers of ten in two languages.
EXACT = {"rel": 0, "abs": 1e-6}
DIAL, STATE = "log10 of prevalence", "Probabilities"
# Both ends of the dial and two values between.
EXPONENTS = [-3, -1.7, -1, -0.3]
STATES = ["as trained", "corrected"]
TRAINED = 0.5


@pytest.fixture(scope="module")
def data():
    return make_scores(3000, prevalence=0.4, separation=2, random_state=3)


def weights(y_true, prevalence):
    positive = y_true == 1
    return np.where(
        positive, prevalence / positive.sum(), (1 - prevalence) / (~positive).sum()
    )


def probabilities(y_score, state, prevalence, trained=TRAINED):
    """Bayes' rule with the class densities that the scores stand for."""
    if state == "as trained":
        return y_score
    positive = prevalence * y_score / trained
    return positive / (positive + (1 - prevalence) * (1 - y_score) / (1 - trained))


def expected(y_true, y_score, exponent, state, trained=TRAINED):
    prevalence = 10**exponent
    w = weights(y_true, prevalence)
    p = probabilities(y_score, state, prevalence, trained)
    mean = np.average(p, weights=w)
    alone = np.full(len(p), prevalence)
    return {
        "prevalence": prevalence,
        "mean_p": mean,
        "ratio": mean / prevalence,
        "logloss": log_loss(y_true, p, sample_weight=w),
        "logloss_all": log_loss(y_true, alone, sample_weight=w),
    }


def groups(live):
    return pd.DataFrame(live.rows("groups")).drop_duplicates("group")


def test_every_control_agrees_with_scikit_learn(show, data):
    live = show(explore_calibration(*data, train_prevalence=TRAINED))
    state = {"exponent": -1.7, "state": "as trained"}
    for exponent, name in [(None, None), *[(e, s) for s in STATES for e in EXPONENTS]]:
        if exponent is not None:
            live.move(STATE, name)
            live.move(DIAL, exponent)
            state = {"exponent": exponent, "state": name}
        for number, value in expected(*data, **state).items():
            assert live.signal(number) == pytest.approx(value, **EXACT), (number, state)

        # The points of the panels stand at those numbers.
        for panel, number in [("mean", "mean_p"), ("loss", "logloss")]:
            (now,) = live.rows(f"{panel}_now")
            assert now[panel] == live.signal(number)
            assert now["prevalence"] == live.signal("prevalence")
            assert now["state"] == state["state"]


def test_the_lines_show_every_prevalence_of_the_dial(show, data):
    live = show(explore_calibration(*data, train_prevalence=0.2))
    shown = {
        panel: {
            (row["state"], round(np.log10(row["prevalence"]), 6)): row[panel]
            for row in live.rows(panel)
        }
        for panel in ["mean", "loss"]
    }
    assert len(shown["mean"]) == len(shown["loss"]) == 3 * 28
    for exponent in EXPONENTS:
        for state in STATES:
            numbers = expected(*data, exponent, state, trained=0.2)
            for panel, number in [("mean", "mean_p"), ("loss", "logloss")]:
                value = shown[panel][state, exponent]
                assert value == pytest.approx(numbers[number], **EXACT)
        alone = shown["mean"]["no model", exponent], numbers["prevalence"]
        assert alone[0] == pytest.approx(alone[1], **EXACT)
        alone = shown["loss"]["no model", exponent], numbers["logloss_all"]
        assert alone[0] == pytest.approx(alone[1], **EXACT)


def test_the_groups_are_those_of_a_population_with_that_prevalence(show):
    # 100 positives and 100 negatives, the latter nine times: one in ten is positive.
    y_true, y_score = make_scores(200, prevalence=0.5, random_state=0)
    copies = np.where(y_true == 1, 1, 9)
    y_all, s_all = np.repeat(y_true, copies), np.repeat(y_score, copies)
    live = show(explore_calibration(y_true, y_score, train_prevalence=TRAINED))
    # With as many of each class, tenths of the scores are tenths of the sample.
    tenths = np.sort(y_score)[19::20]
    live.move(DIAL, -1)
    for state in STATES:
        live.move(STATE, state)
        rows = groups(live).set_index("group")
        p = probabilities(s_all, state, 0.1)
        seen = 0
        for k, (low, high) in enumerate(zip([-1, *tenths], tenths, strict=False)):
            inside = (s_all > low) & (s_all <= high)
            share, mean = calibration_curve(y_all[inside], p[inside], n_bins=1)
            if share[0] == 0:  # no place on a logarithmic axis
                assert k not in rows.index
                continue
            assert rows.loc[k, "p"] == pytest.approx(mean[0], **EXACT)
            assert rows.loc[k, "positive"] == pytest.approx(share[0], **EXACT)
            seen += 1
        assert seen == len(rows) >= GROUPS - 2


def test_the_correction_is_right_where_the_model_was_right(show):
    # Exact probabilities at prevalence 0.5: evenly spread points of two normal classes.
    spread = norm.ppf((np.arange(4000) + 0.5) / 4000)
    x = np.concatenate([spread, spread + 2])
    y_true, y_score = np.repeat([0, 1], 4000), expit(2 * x - 2)
    live = show(explore_calibration(y_true, y_score, train_prevalence=0.5))
    brier = {}
    for exponent in EXPONENTS[:3]:
        live.move(DIAL, exponent)
        for state in STATES:
            live.move(STATE, state)
            rows = groups(live)
            assert len(rows) == GROUPS
            off = np.abs(np.log(rows["p"] / rows["positive"]))
            w = weights(y_true, 10**exponent)
            p = probabilities(y_score, state, 10**exponent)
            brier[state] = brier_score_loss(y_true, p, sample_weight=w)
            if state == "corrected":
                # What is left comes from a spread of 4,000 points for a density.
                assert off.max() < 0.05
                assert live.signal("ratio") == pytest.approx(1, abs=0.01)
                assert live.signal("logloss") < live.signal("logloss_all")
            else:
                # At one in ten the odds are 9 times too high, and p of the low groups
                # nearly so.
                assert off.max() > np.log(5)
                assert live.signal("ratio") > 2
        assert brier["corrected"] < brier["as trained"]


def test_the_sentence_follows_and_the_keyboard_works(show, data):
    live = show(explore_calibration(*data, train_prevalence=TRAINED))
    before = live.sentence()
    assert before.startswith("At prevalence 2%, the probabilities as trained average ")
    assert "worse than saying 2% for every case" in before
    live.press(DIAL, "ArrowRight")
    assert live.signal("exponent") == pytest.approx(-1.6)
    live.move(STATE, "corrected")
    after = live.sentence()
    assert after.startswith("At prevalence 2.5%, the corrected probabilities average ")
    assert "better than saying 2.5% for every case" in after


def test_it_fits_a_phone_and_follows_the_dark_theme(show, data):
    fig = explore_calibration(*data, train_prevalence=TRAINED)
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas")
    # The book's column: 342 pixels on a phone, 672 on a desk.
    assert canvas.evaluate("node => node.offsetWidth") <= 342
    live = show(fig)
    assert not live.signal("narrow")
    assert canvas.evaluate("node => node.offsetWidth") <= 672


def test_hard_zeros_ones_and_ties_are_drawn(show):
    y_true = np.array([0, 0, 0, 1, 1, 0, 1, 1])
    y_score = np.array([0, 0, 0.2, 0.2, 0.2, 1, 1, 1])
    live = show(explore_calibration(y_true, y_score, train_prevalence=TRAINED))
    live.move(STATE, "corrected")
    for exponent in EXPONENTS:
        live.move(DIAL, exponent)
        numbers = expected(y_true, y_score, exponent, "corrected")
        for number, value in numbers.items():
            assert live.signal(number) == pytest.approx(value, **EXACT)
    assert len(groups(live)) == 2  # the group at 0 has no positive


@pytest.mark.parametrize(
    ("y_true", "y_score", "trained", "error", "message"),
    [
        ([0, 1, 0], [0.1, 0.9], 0.5, ValueError, "one score for each"),
        ([0, 1, 0], [0.1, 0.9, 1.4], 0.5, ValueError, "pass probabilities"),
        ([0, 1, 0], [0.1, 0.9, np.nan], 0.5, ValueError, "NaN"),
        ([0, 0, 0], [0.1, 0.2, 0.3], 0.5, ValueError, "one class only"),
        ([0, 1, 0], [0.1, 0.9, 0.3], 0, ValueError, "train_prevalence=0 "),
        ([0, 1, 0], [0.1, 0.9, 0.3], 1, ValueError, "leaves no negatives"),
        ([0, 1, 0], [0.1, 0.9, 0.3], 50, ValueError, "train_prevalence=50 "),
        ([0, 1, 0], [0.1, 0.9, 0.3], "half", TypeError, "train_prevalence='half'"),
    ],
)
def test_bad_input_is_named(y_true, y_score, trained, error, message):
    with pytest.raises(error, match=message):
        explore_calibration(y_true, y_score, train_prevalence=trained)
