"""The figure of chapter 4: real models, and exact numbers about them."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, recall_score, roc_auc_score

from imbtutor import make_gaussians
from imbtutor.explore import explore_separation

EXACT = {"rel": 0, "abs": 1e-6}
START = {
    "separation": 2,
    "prevalence": 0.02,
    "threshold": 0.5,
    "positives": "unlimited",
    "draw": 1,
}
LABELS = {
    "separation": "Separation",
    "prevalence": "Prevalence",
    "threshold": "Threshold",
    "positives": "Positives",
    "draw": "Training set",
}
# Both ends of each control and two values between.
VALUES = {
    "separation": [1, 1.5, 3, 4],
    "prevalence": [0.5, 0.1, 0.02, 0.005],
    "threshold": [0.005, 0.02, 0.42, 0.995],
    "positives": [5, 20, 50, "unlimited"],
    "draw": [1, 2, 3, 4],
}


@pytest.fixture(scope="module")
def fig():
    return explore_separation()


@pytest.fixture
def live(show, fig):
    return show(fig)


def trained(separation, prevalence, positives, draw):
    """The model that the figure claims to show."""
    X, y = make_gaussians(
        round(positives / prevalence),
        prevalence=prevalence,
        separation=separation,
        n_features=10,
        random_state=draw - 1,
    )
    assert y.sum() == positives
    return LogisticRegression().fit(X, y)


def line(separation, prevalence, positives, draw):
    """Coefficients and intercept of the model, or of Bayes' rule."""
    if positives == "unlimited":
        return np.eye(10)[0] * separation, logit(prevalence) - separation**2 / 2
    model = trained(separation, prevalence, positives, draw)
    return model.coef_[0], model.intercept_[0]


def expected(threshold, **state):
    """What the whole population says, from the normal distribution."""
    w, b = line(**state)
    d, length = state["separation"], np.linalg.norm(w)
    majority = norm(b, length)
    minority = norm(b + d * w[0], length)
    recall, fpr = minority.sf(logit(threshold)), majority.sf(logit(threshold))
    # The difference of a positive's and a negative's score is normal, too.
    auc = norm.sf(0, d * w[0], length * np.sqrt(2))
    at = minority.mean() / 2 + majority.mean() / 2
    best = max(0.5, (minority.sf(at) + majority.cdf(at)) / 2)
    balanced = (recall + 1 - fpr) / 2
    return {
        "recall": recall,
        "fpr": fpr,
        "balanced_accuracy": balanced,
        "best_balanced_accuracy": best,
        "threshold_loss": best - balanced,
        "auc": auc,
        "possible_auc": norm.cdf(d / np.sqrt(2)),
        "ranking_loss": norm.cdf(d / np.sqrt(2)) - auc,
    }


def move(live, state, **changes):
    for name, value in changes.items():
        live.move(LABELS[name], value)
        state[name] = value


def compare(live, state):
    for name, value in expected(**state).items():
        assert live.signal(name) == pytest.approx(value, **EXACT), (name, state)


@pytest.mark.parametrize("positives", ["unlimited", 20])
def test_every_control_agrees_with_the_model_it_shows(live, positives):
    state = dict(START)
    compare(live, state)
    move(live, state, positives=positives)
    for name, values in VALUES.items():
        if name == "draw" and positives == "unlimited":
            # There is no training set to draw: the control rests.
            assert live.control(LABELS["draw"]).is_disabled()
            continue
        before = state[name]
        for value in values:
            move(live, state, **{name: value})
            compare(live, state)
        move(live, state, **{name: before})


def test_a_model_that_ranks_worse_than_chance_is_shown_as_it_is(live):
    state = dict(START)
    move(live, state, positives=5, separation=1, prevalence=0.02, draw=3)
    compare(live, state)
    assert live.signal("auc") < 0.5
    assert live.signal("best_balanced_accuracy") == 0.5


def test_scikit_learn_counts_the_same_on_the_whole_population(live):
    state = dict(START)
    move(live, state, positives=5, prevalence=0.1, separation=1.5, threshold=0.1)
    w, b = line(**{k: v for k, v in state.items() if k != "threshold"})
    # A million evenly likely scores of each class: a share is off by at most 5e-7.
    spread = norm.ppf((np.arange(1_000_000) + 0.5) / 1_000_000) * np.linalg.norm(w)
    y_true = np.repeat([0, 1], len(spread))
    y_score = expit(b + np.concatenate([spread, spread + 1.5 * w[0]]))
    y_pred = y_score >= state["threshold"]
    for name, value in {
        "recall": recall_score(y_true, y_pred),
        "balanced_accuracy": balanced_accuracy_score(y_true, y_pred),
        "auc": roc_auc_score(y_true, y_score),
    }.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), name


def test_the_model_itself_scores_so_on_new_points(live):
    state = dict(START)
    move(live, state, positives=50, separation=2.5, threshold=0.05)
    model = trained(2.5, 0.02, 50, 1)
    X, y = make_gaussians(
        100_000, prevalence=0.5, separation=2.5, n_features=10, random_state=99
    )
    y_score = model.predict_proba(X)[:, 1]
    measured = balanced_accuracy_score(y, y_score >= 0.05)
    # 50,000 of each class: four standard errors of balanced accuracy are below 0.007.
    assert live.signal("balanced_accuracy") == pytest.approx(measured, abs=0.007)
    assert live.signal("auc") == pytest.approx(roc_auc_score(y, y_score), abs=0.007)


def test_the_bars_show_the_losses_of_each_prevalence(live):
    state = dict(START)
    move(live, state, positives=20, draw=2, threshold=0.1)
    bars = {(row["prevalence"], row["kind"]): row for row in live.rows("losses")}
    assert len(bars) == 8
    for prevalence in VALUES["prevalence"]:
        numbers = expected(**state | {"prevalence": prevalence})
        for kind in ["threshold loss", "ranking loss"]:
            shown = bars[prevalence, kind]["loss"]
            assert shown == pytest.approx(numbers[kind.replace(" ", "_")], **EXACT)


def test_the_points_lie_on_the_curves(live):
    live.move("Threshold", 0.1)
    (roc,) = live.rows("roc_dot")
    (dot,) = live.rows("threshold_dot")
    assert (roc["x"], roc["y"]) == (live.signal("fpr"), live.signal("recall"))
    assert dot["x"] == pytest.approx(logit(0.1))
    assert dot["y"] == live.signal("balanced_accuracy")


def test_the_sentence_follows_and_the_keyboard_works(live):
    before = live.sentence()
    assert before.startswith("At prevalence 2% and threshold 0.5: recall 17.2%")
    live.press("Threshold", "ArrowLeft")
    assert live.signal("threshold") == pytest.approx(0.495)
    assert live.sentence().startswith("At prevalence 2% and threshold 0.495: ")


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, fig):
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_python_sets_it_and_names_a_bad_choice():
    fig = explore_separation()
    fig.set(positives=5, prevalence=0.005)
    assert fig.get("positives") == 5
    with pytest.raises(ValueError, match="prevalence=0.3 is not among its choices"):
        fig.set(prevalence=0.3)
    with pytest.raises(ValueError, match="threshold=0 is out of range"):
        fig.set(threshold=0)
