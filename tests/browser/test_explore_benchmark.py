"""The figure of chapter 62: its means and counts are those of pandas."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from imbtutor.explore import explore_benchmark
from imbtutor.explore.benchmark import GROUPS

LEARNERS = ["tree", "forest", "line"]
METRICS = ["AUC", "AP", "Brier", "log loss"]
REMEDIES = ["class weights", "SMOTE", "NearMiss 1", "ADASYN"]
PREVALENCE = pd.Series({"abalone": 0.01, "car": 0.04, "ecoli": 0.06, "oil": 0.1})
POSITIVES = pd.Series({"abalone": 32, "car": 65, "ecoli": 35, "oil": 410})
LABELS = {
    "learner": "Learner",
    "metric": "Metric",
    "remedy": "Remedy",
    "which": "Sets",
}
# Both ends of each control and two values between, where there are so many.
VALUES = {
    "learner": [0, 1, 2],
    "metric": [0, 1, 2, 3],
    "remedy": [0, 1, 2, 3],
    "which": [0, 1, 2, 3, 4, 7],
}


@pytest.fixture
def gains():
    """Whole numbers of 1e-4, as the figure keeps them, zeros and gaps among them."""
    rng = np.random.default_rng(0)
    rows = [
        [*of, rng.integers(-3, 4) * 0.0123, rng.integers(1, 999) / 10_000]
        for of in product(LEARNERS, METRICS, REMEDIES, PREVALENCE.index)
    ]
    table = pd.DataFrame(
        rows, columns=["learner", "metric", "remedy", "set", "gain", "half"]
    )
    no_run = (table["remedy"] == "ADASYN") & table["set"].isin(["ecoli", "oil"])
    return table[~no_run]


def compare(live, gains, state):
    learner, metric, remedy = (
        words[state[key]]
        for words, key in zip(
            [LEARNERS, METRICS, REMEDIES], ["learner", "metric", "remedy"], strict=True
        )
    )
    names = [*GROUPS, *PREVALENCE.index]
    which = names[state["which"]]
    low, high = GROUPS.get(which, (0, 1))
    inside = PREVALENCE.index[(PREVALENCE > low) & (PREVALENCE <= high)]
    if which not in GROUPS:
        inside = [which]
    rows = gains[(gains["learner"] == learner) & (gains["metric"] == metric)]
    rows = rows[rows["set"].isin(inside)]
    drawn = {(r["remedy_name"], r["s"]): r["gain"] for r in live.rows("gains")}
    want = {
        (r.remedy, PREVALENCE.index.get_loc(r.set)): r.gain for r in rows.itertuples()
    }
    assert drawn.keys() == want.keys()
    for key, gain in want.items():
        assert drawn[key] == pytest.approx(gain, abs=1e-6)
    means = {r["remedy_name"]: r["gain"] for r in live.rows("means")}
    want = rows.groupby("remedy")["gain"].mean().to_dict()
    assert means.keys() == want.keys()
    for key, gain in want.items():
        assert means[key] == pytest.approx(gain, abs=1e-6)
    chosen = rows[rows["remedy"] == remedy]
    points = {r["set"]: (r["positives"], r["gain"]) for r in live.rows("sizes")}
    assert points.keys() == set(chosen["set"])
    for row in chosen.itertuples():
        assert points[row.set] == pytest.approx((POSITIVES[row.set], row.gain))
    gain = chosen["gain"]
    assert live.signal("n") == len(gain)
    assert live.signal("better") == (gain > 0).sum()
    assert live.signal("worse") == (gain < 0).sum()
    sentence = live.signal("say")
    assert sentence.startswith(f"With the {learner}, {remedy} ")
    if gain.empty:
        assert live.signal("mean") is None
        assert sentence.endswith(f"was not run on {which}.")
        return
    # The mean is stored with six digits.
    assert live.signal("mean") == pytest.approx(gain.mean(), abs=1e-6)
    if which not in GROUPS:
        half = chosen["half"].item()
        ends = live.signal("low"), live.signal("high")
        assert ends == pytest.approx((gain.item() - half, gain.item() + half))
        assert f" on {which}, interval " in sentence
    else:
        assert live.signal("low") is None
        noun = "set" if len(gain) == 1 else "sets"
        assert f"better on {(gain > 0).sum()} of {len(gain)} {noun}" in sentence


@pytest.mark.parametrize("control", VALUES)
def test_every_control_agrees_with_pandas(show, gains, control):
    live = show(explore_benchmark(gains, POSITIVES, PREVALENCE))
    state = dict.fromkeys(VALUES, 0)
    compare(live, gains, state)
    for value in VALUES[control]:
        live.move(LABELS[control], value)
        state[control] = value
        compare(live, gains, state)


def test_sets_without_a_run_are_said_so(show, gains):
    live = show(explore_benchmark(gains, POSITIVES, PREVALENCE))
    state = {"learner": 1, "metric": 2, "remedy": 3, "which": 0}
    for which in [3, 6, 7, 0, 4]:
        state["which"] = which
        for control, value in state.items():
            live.move(LABELS[control], value)
        compare(live, gains, state)
    assert live.sentence().startswith("With the forest, ADASYN changes Brier by ")


@pytest.mark.parametrize(("page_width", "column"), [(1280, 672), (390, 342)])
def test_it_fits_the_column_and_a_phone(show, gains, page_width, column):
    # The longest names of chapter 62: titles, too, need room, whatever is chosen.
    longest = {
        "learner": {"line": "k nearest neighbors", "tree": "histogram boosting"},
        "metric": {"AUC": "both tuned"},
        "remedy": {"SMOTE": "RandomOverSampler, shrinkage 1"},
    }
    live = show(
        explore_benchmark(gains.replace(longest), POSITIVES, PREVALENCE),
        width=page_width,
        dark=True,
    )
    width = "document.querySelector('.live-drawing canvas').offsetWidth"
    for control in ("learner", "metric", "remedy"):
        for value in VALUES[control]:
            live.move(LABELS[control], value)
            assert live.page.evaluate(width) <= column


def test_bad_input_is_named(gains):
    with pytest.raises(ValueError, match="no columns.*half"):
        explore_benchmark(gains.drop(columns="half"), POSITIVES, PREVALENCE)
    with pytest.raises(ValueError, match="two rows for one learner"):
        explore_benchmark(pd.concat([gains, gains]), POSITIVES, PREVALENCE)
    with pytest.raises(ValueError, match=r"lack the sets \['oil'\]"):
        explore_benchmark(gains, POSITIVES.drop("oil"), PREVALENCE)
