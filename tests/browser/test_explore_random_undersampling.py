"""The figure of chapter 41: what is kept and removed is imbalanced-learn's."""

import numpy as np
import pandas as pd
import pytest
from imblearn.under_sampling import RandomUnderSampler

from imbtutor import make_gaussians
from imbtutor.explore import explore_random_undersampling

EXACT = {"rel": 0, "abs": 1e-6}
RATIOS, SEEDS = [1, 2, 4.5, 9], [0, 1, 2, 7]


@pytest.fixture(scope="module")
def data():
    X, y = make_gaussians(120, prevalence=0.1, random_state=3)
    rows = pd.MultiIndex.from_product([RATIOS, SEEDS], names=["ratio", "random_state"])
    auc = np.random.default_rng(0).uniform(0.6, 0.9, size=len(rows))
    return X, y, pd.DataFrame({"auc": auc}, index=rows).reset_index()


def kept_by(X, y, ratio, seed):
    """The rows of X that the sampler keeps, by its own account."""
    sampler = RandomUnderSampler(sampling_strategy=1 / ratio, random_state=seed)
    sampler.fit_resample(X, y)
    return np.isin(np.flatnonzero(y == 0), sampler.sample_indices_)


def compare(live, X, y, summary, ratio, seed, row):
    state = [live.signal(each) for each in ("ratio", "random_state", "row_id")]
    assert state == [ratio, seed, row]
    kept = kept_by(X, y, ratio, seed)
    drawn = {each["id"]: each for each in live.rows("majority_points")}
    assert [drawn[i]["kind"] == "kept" for i in range(len(kept))] == kept.tolist()
    places = np.array([[drawn[i]["x"], drawn[i]["y"]] for i in range(len(kept))])
    assert places == pytest.approx(X[y == 0], **EXACT)
    assert live.signal("n_kept") == kept.sum()
    assert live.signal("n_removed") == (~kept).sum()
    assert live.signal("is_kept") == kept[row]
    times = sum(kept_by(X, y, ratio, each)[row] for each in SEEDS)
    assert live.signal("times_kept") == times

    mine = summary[summary["ratio"] == ratio].set_index("random_state")["auc"]
    expected = {"auc": mine[seed], "auc_mean": mine.mean()}
    expected |= {"auc_low": mine.min(), "auc_high": mine.max()}
    for name, value in expected.items():
        assert live.signal(name) == pytest.approx(value, **EXACT)
    (now,) = live.rows("now")
    assert now["ratio"] == ratio and now["auc"] == pytest.approx(mine[seed], **EXACT)


def test_every_control_agrees_with_imbalanced_learn(show, data):
    live = show(explore_random_undersampling(*data))
    state = {"ratio": 1, "seed": 0, "row": live.signal("row_id")}
    compare(live, *data, **state)
    times = np.sum([kept_by(*data[:2], 1, seed) for seed in SEEDS], axis=0)
    assert times[state["row"]] == times.max()
    for ratio in RATIOS:
        live.move("ratio", ratio)
        state["ratio"] = ratio
        for seed in SEEDS:
            live.move("random_state", seed)
            state["seed"] = seed
            compare(live, *data, **state)
    live.move("ratio", 2)
    state["ratio"] = 2
    for row in (0, 17, 60, 107):
        live.move("Row", row)
        state["row"] = row
        compare(live, *data, **state)


def test_the_dots_and_the_line_are_those_of_the_summary(show, data):
    live = show(explore_random_undersampling(*data))
    summary = data[2]
    expected = summary[["ratio", "auc"]].to_numpy().tolist()
    dots = [(row["ratio"], row["auc"]) for row in live.rows("draws")]
    assert np.array(sorted(dots)) == pytest.approx(np.array(sorted(expected)), **EXACT)


def test_the_sentence_is_grammatical_at_one_and_at_many(show, data):
    X, y, summary = data
    live = show(explore_random_undersampling(X, y, summary))
    kept = {seed: kept_by(X, y, 1, seed) for seed in SEEDS}
    times = np.sum([*kept.values()], axis=0)
    assert {0, 1, 2} <= set(times)
    for n, verb in [(0, "0 keep it."), (1, "1 keeps it."), (2, "2 keep it.")]:
        row = int(np.flatnonzero(times == n)[0])
        live.move("Row", row)
        fate = "kept" if kept[0][row] else "removed"
        sentence = live.sentence()
        assert f"Row {row} is {fate} here; of 4 draws, {verb}" in sentence
    assert sentence.startswith("Ratio 1: 1 majority row for each minority row, 12 of")
    live.move("ratio", 9)
    assert live.sentence().startswith("Ratio 9: 9 majority rows for each")
    assert live.signal("n_removed") == 0


def test_one_seed_alone(show, data):
    X, y, summary = data
    alone = summary[summary["random_state"] == 7]
    live = show(explore_random_undersampling(X, y, alone))
    live.move("Row", 5)
    kept = kept_by(X, y, 1, 7)[5]
    assert "Over 1 seed it goes from " in live.sentence()
    assert f"of 1 draw, {'1 keeps' if kept else '0 keep'} it." in live.sentence()


def test_a_click_picks_the_nearest_majority_point(show, data):
    live = show(explore_random_undersampling(*data))
    x, y = live.places("majority_points")[40]
    live.click(x + 1, y + 1)
    assert live.signal("row_id") == 40
    assert live.control("Row").input_value() == "40"


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_random_undersampling(*data), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    """The size of the chapter: five ratios, ten seeds, 252 points."""
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_gaussians(252, prevalence=1 / 21, random_state=0)
    rows = pd.MultiIndex.from_product([[1, 2, 5, 10, 20], range(10)])
    summary = pd.DataFrame({"auc": np.linspace(0.81, 0.92, 50)}, index=rows)
    summary = summary.rename_axis(["ratio", "random_state"]).reset_index()
    fig = explore_random_undersampling(X, y, summary)
    assert len(fig._repr_mimebundle_()["text/html"]) < 300_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros((120, 3))}, "X has 3 columns.*needs 2"),
        ({"y": [0] * 120}, "one class only"),
        ({"summary": pd.DataFrame({"ratio": [1]})}, "no columns.*random_state.*auc"),
        ({"drop": 3}, "lacks a ratio with a seed"),
        ({"auc": 1.2}, "auc from .* to 1.2"),
        ({"auc": np.nan}, "undefined"),
        ({"ratio": 40}, "remove samples"),
    ],
)
def test_bad_input_is_named(data, change, message):
    X, y, summary = data
    if "drop" in change:
        summary = summary.drop(index=change["drop"])
    if "auc" in change:
        summary = summary.assign(auc=[change["auc"], *summary["auc"][1:]])
    if "ratio" in change:
        summary = summary.assign(ratio=change["ratio"]).drop_duplicates(
            ["ratio", "random_state"]
        )
    X, y = change.get("X", X), change.get("y", y)
    with pytest.raises(ValueError, match=message):
        explore_random_undersampling(X, y, change.get("summary", summary))
