"""What the diagnosis says of the classes: which is positive, how rare, how few."""

import re

import numpy as np
import pandas as pd
import pytest
from reports import finding, level, table
from scipy.stats import binomtest

from imbtutor import diagnose


@pytest.mark.parametrize(
    ("n_positives", "positive", "expected", "words"),
    [
        (79, None, "note", r"rare.*never says 1 is right in 80\.2"),
        (80, None, "fine", "not rare"),
        (200, None, "fine", "not rare"),
        (79, 0, "note", "larger class"),
    ],
)
def test_prevalence(n_positives, positive, expected, words):
    X, y = table(n_positives=n_positives)
    found = finding(diagnose(X, y, positive=positive), "Prevalence")
    assert found.level == expected
    assert re.search(words, found.meaning)


@pytest.mark.parametrize(
    ("n_positives", "expected"),
    [(70, "look"), (90, "note"), (350, "note"), (450, "fine")],
)
def test_the_number_of_positives(n_positives, expected):
    """It is the count that decides, at any prevalence."""
    for n_samples in (1000, 5000):
        X, y = table(n_samples, n_positives)
        report = diagnose(X, y)
        assert level(report, "Positives") == expected
        n = round(n_positives / 5)
        interval = binomtest(round(0.7 * n), n).proportion_ci(method="wilson")
        assert report.numbers["recall_interval"] == tuple(interval)


@pytest.mark.parametrize(
    ("n_samples", "n_positives", "expected"),
    [(100_100, 100, "note"), (100_099, 100, None), (200_000, 50_000, None)],
)
def test_many_negatives_may_be_thinned(n_samples, n_positives, expected):
    X, y = table(n_samples, n_positives)
    report = diagnose(X, y)
    assert level(report, "Negatives") == expected
    if expected:
        found = finding(report, "Negatives")
        assert "100,000 negatives" in found.text
        assert "41_random_undersampling" in found.chapters


def test_what_comes_next_depends_on_the_rarity():
    rare = finding(diagnose(*table(n_positives=40)), "Next")
    assert "21_threshold" in rare.chapters and "threshold" in rare.text
    even = finding(diagnose(*table()), "Next")
    assert "threshold" not in even.text


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        ([0, 1], 1),
        ([1, 0], 0),
        ([False, True], True),
        (["no", "yes"], "yes"),
        ([0.0, 1.0], 1.0),
        ([-1, 7], 7),
    ],
)
def test_any_labels_will_do(labels, positive):
    X, y = table()
    names = np.array(labels)[y]
    expected = diagnose(X, y).numbers
    unused = pd.Series(names).astype("category").cat.add_categories(["unused"])
    for each in (
        names,
        names.tolist(),
        pd.Series(names),
        pd.Series(names).convert_dtypes(),
        pd.Categorical(names),
        unused,
    ):
        numbers = diagnose(X, each).numbers
        assert numbers["positive"] == positive
        assert numbers["classes"] == {labels[0]: 300, labels[1]: 100}
        assert numbers["neighbor_types"] == expected["neighbor_types"]


def test_of_equally_rare_classes_the_last_is_positive():
    X, y = table(n_positives=200)
    assert diagnose(X, y).numbers["positive"] == 1
    assert diagnose(X, 1 - y).numbers["positive"] == 1
    assert diagnose(X, 1 - y, positive=0).numbers["positive"] == 0


def test_many_classes_are_listed_in_part():
    X, _ = table()
    report = diagnose(X, np.arange(400) % 40)
    assert "and 30 more" in finding(report, "Classes").text
    assert len(report.numbers["classes"]) == 40
