"""The figure of chapter 51: its numbers are those of smaller ensembles, run afresh."""

import numpy as np
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from imbtutor import make_gaussians
from imbtutor.explore import explore_bags

EXACT = {"rel": 0, "abs": 1e-6}
LEARNERS = {"tree": DecisionTreeClassifier(), "line": LogisticRegression()}
SEEDS, N_BAGS = [0, 1, 5], 8
SCORES = {
    "average precision": average_precision_score,
    "AUC": roc_auc_score,
    "log loss": log_loss,
    "mean probability": lambda y_true, p: p.mean(),
}


@pytest.fixture(scope="module")
def data():
    return (
        make_gaussians(300, prevalence=0.1, random_state=0),
        make_gaussians(200, prevalence=0.1, random_state=1),
    )


def bag(train, learner, n_bags, seed):
    return BalancedBaggingClassifier(
        LEARNERS[learner], n_estimators=n_bags, random_state=seed
    ).fit(*train)


@pytest.fixture(scope="module")
def members(data):
    train, (X_test, _) = data
    return {
        learner: np.array(
            [
                [
                    each.predict_proba(X_test)[:, 1]
                    for each in bag(train, learner, N_BAGS, seed).estimators_
                ]
                for seed in SEEDS
            ]
        )
        for learner in LEARNERS
    }


def compare(live, data, learner, n_bags, reading):
    state = [live.signal(each) for each in ("learner", "bags", "reading")]
    assert state == [learner, n_bags, reading]
    train, (X_test, y_test) = data
    # Not the stored members: shorter ensembles of the library, fitted here.
    p = np.array(
        [
            bag(train, learner, n_bags, seed).predict_proba(X_test)[:, 1]
            for seed in SEEDS
        ]
    )
    of_seed = [SCORES[reading](y_test, each) for each in p]
    expected = {
        "value": np.mean(of_seed),
        "low": min(of_seed),
        "high": max(of_seed),
        "average_precision": np.mean([average_precision_score(y_test, q) for q in p]),
        "auc": np.mean([roc_auc_score(y_test, q) for q in p]),
        "log_loss": np.mean([log_loss(y_test, q) for q in p]),
        "mean_p": p.mean(),
        "spread": p.var(axis=0, ddof=1).mean() ** 0.5,
        "prevalence": 0.1,
    }
    for name, value in expected.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), name
    (now,) = live.rows("now")
    assert [now["bags"], now["score"]] == pytest.approx([n_bags, np.mean(of_seed)])
    # Only the mean probability has a goal.
    goal = [row["score"] for row in live.rows("goal")]
    assert goal == ([0.1] if reading == "mean probability" else [])


def test_every_control_agrees_with_shorter_ensembles(show, data, members):
    live = show(explore_bags(data[1][1], members))
    compare(live, data, "tree", 1, "average precision")
    for learner in LEARNERS:
        live.move("Learner", learner)
        for n_bags in (1, 3, 5, N_BAGS):
            live.move("Bags", n_bags)
            for reading in SCORES:
                live.move("Score", reading)
                compare(live, data, learner, n_bags, reading)


def test_the_law_is_that_of_independent_draws(show, data, members):
    live = show(explore_bags(data[1][1], members))
    one = live.signal("spread")
    for n_bags in (1, 4, N_BAGS):
        live.move("Bags", n_bags)
        assert live.signal("law") == pytest.approx(one / np.sqrt(n_bags), **EXACT)
    now = {row["which"]: row["sd"] for row in live.rows("spread_now")}
    assert now == {
        "between the seeds": live.signal("spread"),
        "one over root of bags": live.signal("law"),
    }


def test_a_line_for_each_seed_and_their_mean(show, data, members):
    y_test = data[1][1]
    live = show(explore_bags(y_test, members))
    live.move("Learner", "line")
    live.move("Score", "AUC")
    drawn = {(row["seed"], row["bags"]): row["score"] for row in live.rows("seeds")}
    assert len(drawn) == len(SEEDS) * N_BAGS
    for (seed, n_bags), score in drawn.items():
        p = members["line"][seed][:n_bags].mean(axis=0)
        assert score == pytest.approx(roc_auc_score(y_test, p), **EXACT)
    mean = {row["bags"]: row["score"] for row in live.rows("mean")}
    for n_bags in range(1, N_BAGS + 1):
        of_seed = [drawn[seed, n_bags] for seed in range(len(SEEDS))]
        assert mean[n_bags] == pytest.approx(np.mean(of_seed), **EXACT)


def test_the_sentence_is_grammatical_at_one_and_at_many(show, data, members):
    live = show(explore_bags(data[1][1], members))
    assert live.sentence().startswith("tree, 1 bag. Mean over 3 seeds: average")
    live.move("Bags", 4)
    live.move("Learner", "line")
    sentence = live.sentence()
    assert sentence.startswith("line, 4 bags. ")
    assert f"The mean probability is {live.signal('mean_p'):.3f}, and " in sentence


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data, members):
    live = show(explore_bags(data[1][1], members), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390
    # As wide as the drawing on a page of the book, whose margins take 48 pixels.
    assert canvas["width"] <= 342


def test_the_page_stays_small(monkeypatch):
    """The size of the chapter: three learners, six seeds, 25 bags."""
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    p = np.random.default_rng(0).uniform(size=(6, 25, 200))
    fig = explore_bags([0] * 150 + [1] * 50, dict.fromkeys("abc", p))
    assert len(fig._repr_mimebundle_()["text/html"]) < 250_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "members={} has no learner"),
        ({"a": np.full((2, 3, 5), 0.5)}, r"the shape \(2, 3, 5\); pass .*, 20\)"),
        ({"a": np.full((1, 3, 20), 0.5)}, "at least two seeds"),
        ({"a": np.full((2, 0, 20), 0.5)}, "one bag"),
        ({"a": np.full((2, 3), 0.5)}, r"the shape \(2, 3\)"),
        ({"a": np.full((2, 3, 20), 1.5)}, "outside 0 to 1"),
        ({"a": np.full((2, 3, 20), np.nan)}, "or NaN"),
        (
            {"a": np.full((2, 3, 20), 0.5), "b": np.full((2, 4, 20), 0.5)},
            "arrays of different shapes",
        ),
    ],
)
def test_bad_members_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        explore_bags([0] * 15 + [1] * 5, change)


def test_bad_labels_are_named():
    with pytest.raises(ValueError, match="y_true holds one class only"):
        explore_bags([0] * 20, {"a": np.full((2, 3, 20), 0.5)})
