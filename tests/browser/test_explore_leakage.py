"""The figure of chapter 30 draws the scores that a cross-validation gave."""

from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.tree import DecisionTreeClassifier

from imbtutor import make_gaussians
from imbtutor.explore import explore_leakage
from imbtutor.explore.leakage import PLACES, SCORES

SAMPLERS = {
    "copies": RandomOverSampler(random_state=0),
    "SMOTE": SMOTE(k_neighbors=2, random_state=0),
}
TABLES = {"clouds": 0, "other clouds": 1}


def score(model, X, y, sampler):
    if sampler is not None:
        X, y = sampler.fit_resample(X, y)
    y_score = model.predict_proba(X)[:, 1]
    found = (roc_auc_score(y, y_score), average_precision_score(y, y_score), y.mean())
    return dict(zip(SCORES, found, strict=True))


def cross_validated(data, sampler, place):
    """One row for each of three folds, by scikit-learn and imbalanced-learn."""
    X, y = make_gaussians(120, prevalence=0.15, random_state=TABLES[data])
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    inside = sampler = SAMPLERS[sampler]
    if place == PLACES[0]:
        (X, y), inside = sampler.fit_resample(X, y), None
    run = cross_validate(
        make_pipeline(inside, tree),
        X,
        y,
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        scoring=partial(score, sampler=sampler if place == PLACES[2] else None),
    )
    return pd.DataFrame({each: run[f"test_{each}"] for each in SCORES})


@pytest.fixture(scope="module")
def scores():
    runs = [
        cross_validated(*key).assign(data=key[0], sampler=key[1], place=key[2])
        for key in product(TABLES, SAMPLERS, PLACES)
    ]
    return pd.concat(runs)


def compare(live, data, sampler, place):
    """Compare the figure with a cross-validation that runs afresh."""
    state = [live.signal(name) for name in ("table", "sampler", "place_at")]
    assert state == [data, sampler, place]
    folds = cross_validated(data, sampler, place)
    honest = cross_validated(data, sampler, PLACES[1])
    names = {"auc": "roc_auc", "ap": "average_precision", "chance": "prevalence"}
    for name, column in names.items():
        assert live.signal(name) == pytest.approx(folds[column].mean(), abs=1e-6)
    for name in ("auc", "ap"):
        shown = live.signal(f"honest_{name}")
        assert shown == pytest.approx(honest[names[name]].mean(), abs=1e-6)
    assert live.signal("n_folds") == 3

    # What is drawn: a dot for each fold and score, and three marks for each score.
    expected = {
        "folds": [folds["roc_auc"], folds["average_precision"]],
        "means": [[live.signal("auc")], [live.signal("ap")]],
        "honest_means": [[live.signal("honest_auc")], [live.signal("honest_ap")]],
        "guessing": [[0.5], [live.signal("chance")]],
    }
    for layer, values in expected.items():
        rows = live.rows(layer)
        for name, wanted in zip(["ROC AUC", "average precision"], values, strict=True):
            drawn = [row["value"] for row in rows if row["score"] == name]
            assert sorted(drawn) == pytest.approx(sorted(wanted), abs=1e-6)

    said = live.signal("say")
    assert said.startswith(f"Data: {data}. Sampler: {sampler}, {place}. Over 3 folds ")
    assert f"ROC AUC is {live.signal('auc'):.2f}," in said
    honest_said = f"inside the fold, are {live.signal('honest_auc'):.2f}, and"
    assert (honest_said in said) == (place != PLACES[1])
    assert said.endswith("These are the honest values.") == (place == PLACES[1])


def test_every_combination_agrees_with_a_fresh_cross_validation(show, scores):
    live = show(explore_leakage(scores))
    compare(live, "clouds", "copies", PLACES[0])
    for data, sampler, place in product(TABLES, SAMPLERS, PLACES):
        live.move("Data", data)
        live.move("Sampler", sampler)
        live.move("Place", place)
        compare(live, data, sampler, place)


def test_the_figure_shows_a_leak(show, scores):
    """The test above would pass with any numbers; these must differ."""
    live = show(explore_leakage(scores))
    assert live.signal("auc") > live.signal("honest_auc") + 0.02
    live.move("Place", PLACES[2])
    assert live.signal("ap") > live.signal("honest_ap") + 0.1
    assert live.signal("chance") == 0.5


def filled(live):
    """The places whose slot is filled, by the label that stands in it."""
    rows = live.rows("labels")
    assert len(rows) == 3
    return [row["at"] for row in rows if row["text"] == live.signal("sampler")]


def test_a_click_puts_the_sampler_into_a_slot(show, scores):
    live = show(explore_leakage(scores))
    assert filled(live) == [PLACES[0]]
    places = live.places("slots")
    for i, wanted in [(1, [PLACES[1]]), (2, [*PLACES[1:]]), (0, [PLACES[0]])]:
        x, y = places[i]
        live.click(x + 12, y + 3)
        assert live.signal("place_at") == PLACES[i]
        assert live.control("Place").input_value() == PLACES[i]
        assert filled(live) == wanted


def test_the_keyboard_chooses_a_place(show, scores):
    live = show(explore_leakage(scores))
    before = live.sentence()
    live.press("Place", "ArrowDown")
    assert live.signal("place_at") == PLACES[1]
    assert live.sentence() != before


def test_one_fold_is_one_fold(show, scores):
    one = scores.groupby(["data", "sampler", "place"], sort=False).head(1)
    live = show(explore_leakage(one))
    assert " Over 1 fold the mean ROC AUC is " in live.sentence()


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, scores):
    live = show(explore_leakage(scores), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(scores, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    many = pd.concat([scores] * 10)
    html = explore_leakage(many)._repr_mimebundle_()["text/html"]
    assert len(html) < 250_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns="prevalence"), "no columns.*prevalence"),
        (lambda rows: rows.assign(roc_auc=np.nan), "missing or outside of 0 to 1"),
        (lambda rows: rows.assign(average_precision=1.5), "outside of 0 to 1"),
        (
            lambda rows: rows[
                (rows["place"] != PLACES[1]) | (rows["data"] != "clouds")
            ],
            "lacks rows.*'clouds', 'copies', 'inside the fold'",
        ),
        (lambda rows: rows[:0], "scores is empty"),
    ],
)
def test_bad_input_is_named(scores, change, message):
    with pytest.raises(ValueError, match=message):
        explore_leakage(change(scores))
