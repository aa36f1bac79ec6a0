"""What the diagnosis says of leaks: columns and values that tell the class too well."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from reports import finding, level, table
from sklearn.datasets import load_digits

from imbtutor import diagnose
from imbtutor.diagnosis.leaks import _log_chances


def leaky(y, kind):
    rng = np.random.default_rng(2)
    return {
        "number": y + rng.uniform(0, 0.5, len(y)),
        "reversed": -y + rng.uniform(0, 0.5, len(y)),
        "text": np.where(y == 1, rng.choice(["closed", "lost"], len(y)), "open"),
        "date": pd.Timestamp(0) + pd.to_timedelta(y + rng.uniform(size=len(y)), "D"),
        "gap": np.where(y == 1, rng.uniform(size=len(y)), np.nan),
        "date or gap": pd.Series(pd.Timestamp(0), range(len(y))).where(y == 1),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["number", "reversed", "text", "date", "gap", "date or gap"]
)
def test_leaks(kind):
    X, y = table()
    X["leak"] = leaky(y, kind)
    report = diagnose(X, y)
    found = finding(report, "Leaks")
    assert found.level == "look"
    assert found.text == "Too good alone: leak (AUC 1.000)."
    # The same column for other labels says nothing. By chance an AUC strays by 0.03
    # (one standard deviation); all of these would have to stray by five.
    rng = np.random.default_rng(3)
    report = diagnose(X, rng.permutation(y))
    assert level(report, "Leaks") == "fine"
    assert report.numbers["auc"][3] < 0.65


def test_text_that_is_all_different_is_no_leak():
    """In its own rows, the level of an id knows the class."""
    X, y = table()
    X["id"] = [f"row {i}" for i in np.random.default_rng(0).permutation(400)]
    assert diagnose(X, y).numbers["auc"][3] < 0.65


@pytest.mark.parametrize(("n_samples", "n_positives"), [(24, 10), (100, 4)])
def test_few_rows_accuse_no_column(n_samples, n_positives):
    X, y = table(n_samples, n_positives)
    X["leak"] = y
    report = diagnose(X, y)
    assert report.numbers["auc"] == {}
    assert level(report, "Leaks") == "fine"
    assert "No column was judged" in finding(report, "Leaks").text


def test_a_column_with_few_values_is_judged_by_its_gaps():
    X, y = table()
    # Three values, all positive and the largest: that is no evidence.
    X["rare"] = pd.Series([np.nan] * 397 + [1.0, 2.0, 3.0])
    assert diagnose(X, y).numbers["auc"][3] == pytest.approx(0.515)


def machines(n_samples=10_000, seed=0):
    """Return a machine table: 340 failures, and four flags that are set for some."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n_samples) < 340).astype(int)
    X = pd.DataFrame(
        rng.standard_normal((n_samples, 3)) + 0.3 * y[:, None],
        columns=["torque", "speed", "wear"],
    )
    for flag, n in {"TWF": 46, "HDF": 115, "PWF": 95, "OSF": 98}.items():
        X[flag] = 0
        X.loc[rng.choice(340, n, replace=False), flag] = 1
    return X, y


def test_flags_of_some_positives_are_a_leak():
    X, y = machines()
    report = diagnose(X, y)
    # No flag ranks well; that is why the AUC alone lets them pass.
    assert level(report, "Leaks") == "fine"
    assert max(report.numbers["auc"].values()) < 0.7
    found = finding(report, "Only in positives")
    assert found.level == "look"
    flags = ["HDF: 1 (115 rows)", "OSF: 1 (98 rows)", "PWF: 1 (95 rows)", "TWF: 1 (46"]
    assert f"No negative has these: {', '.join(flags)}" in found.text
    n = int(X.iloc[:340, 3:].any(axis=1).sum())
    assert f"Together they mark {n} of 340 positives" in found.text
    assert report.numbers["positives_only_columns"] == [3, 4, 5, 6]
    assert report.numbers["negatives_only_columns"] == []
    # They count as neighbors, and make many a positive "safe": no reason for relief.
    neighbors = finding(report, "Neighbors")
    assert neighbors.level == "note" and "TWF, HDF" in neighbors.meaning
    # The same flags without the class say nothing.
    shuffled = diagnose(X, np.random.default_rng(1).permutation(y))
    assert level(shuffled, "One class only") == "fine"
    assert level(shuffled, "Neighbors") != "look"


@pytest.mark.parametrize(
    ("leak", "words"),
    [
        (lambda k: pd.Series(np.where(k, "closed", "open")), "leak: 'closed' (40"),
        (lambda k: pd.Series(np.where(k, "a", "b")).astype("category"), "leak: 'a'"),
        (lambda k: k, "leak: True (40 rows)"),
        (lambda k: np.where(k, -999.0, np.arange(400) / 7), "leak: -999.0 (40"),
        (lambda k: np.where(k, np.nan, 1.0), "leak: a gap (40 rows)"),
        (
            lambda k: np.where(k, np.arange(400.0), np.nan),
            "leak: any value (40 rows)",
        ),
        (lambda k: np.where(k, np.arange(400), 0), "leak: anything but 0 (40 rows)"),
        (lambda k: np.where(k, np.arange(400) % 2 + 1, 0), "leak: 1, 2 (40 rows)"),
        (
            lambda k: pd.Series(pd.Timestamp("2024-01-01"), range(400)).where(k),
            "leak: 2024-01-01 00:00:00 (40 rows)",
        ),
    ],
)
def test_any_kind_of_value_can_be_one_sided(leak, words):
    X, y = table()
    known = (y == 1) & (np.arange(400) >= 360)
    report = diagnose(X.assign(leak=leak(known)), y)
    found = finding(report, "Only in positives")
    assert found.level == "look" and words in found.text
    assert "That marks 40 of 100 positives (40.0\u00a0%)" in found.text
    assert report.numbers["positives_only_columns"] == [3]


def test_values_of_negatives_only_are_a_look_where_they_settle_many():
    X, y = table()
    for n, expected in ((140, "note"), (150, "look")):
        report = diagnose(X.assign(leak=np.arange(400) < n), y)
        assert level(report, "Only in negatives") == expected
        assert f"leak: True ({n} rows)" in finding(report, "Only in negatives").text
        assert level(report, "Only in positives") is None
    # By 'positive' the two change places, and the rarer class stays the rarer one.
    report = diagnose(X.assign(leak=np.arange(400) >= 360), y, positive=0)
    assert level(report, "Only in negatives") == "look"
    # An honest case: the pixels that are blank in every eight.
    pixels, digit = load_digits(return_X_y=True)
    assert level(diagnose(pixels, digit == 8), "Only in negatives") == "note"


def test_a_person_with_one_class_is_no_leak_but_a_name_for_one_class_is():
    rng = np.random.default_rng(0)
    y = (np.arange(5000) < 100).astype(int)
    X = pd.DataFrame({"amount": rng.lognormal(3, 1, 5000)})
    X["customer_id"] = rng.integers(0, 1000, 5000)
    X.loc[:19, "customer_id"] = 5000  # a thief, twenty times
    report = diagnose(X, y)
    assert report.numbers["group_columns"] == [1]
    assert report.numbers["positives_only_columns"] == []
    X["case_id"] = [f"case {i // 2}" if i < 60 else None for i in range(5000)]
    report = diagnose(X, y, groups="case_id")
    assert report.numbers["positives_only_columns"] == [2]
    assert "case_id: any value (60 rows)" in finding(report, "Only in positives").text


def test_chance_is_counted_right():
    """All ways to draw rows, one by one, beside the formula."""
    for n_all, total in ((8, 3), (9, 5)):
        ways = [
            sum(set(rows) <= set(range(total)) for rows in drawn) / math.comb(n_all, n)
            for n in range(1, total + 1)
            for drawn in [list(itertools.combinations(range(n_all), n))]
        ]
        assert np.exp(_log_chances(total, n_all)) == pytest.approx(ways)


@pytest.mark.parametrize("n_columns", [1, 300])
def test_the_more_values_are_tried_the_more_it_takes(n_columns):
    """Of 400 rows 40 are positive: three of them alone are drawn in 0.1 % of cases."""
    y = np.repeat([0, 1], [360, 40])
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 3, (400, n_columns)))
    X["flag"] = np.arange(400) >= 397
    report = diagnose(X, y)
    suspected = n_columns in report.numbers["positives_only_columns"]
    assert suspected == (n_columns == 1)


def test_chance_accuses_hardly_any_table():
    """By the limit of 1 % of the tables, 3 of 40 would come in 1 case of 125."""
    accused = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X = pd.DataFrame(rng.poisson(3, (500, 20)))
        X["town"] = rng.choice(list("abcdefghijklmnop"), 500)
        X[5] = X[5].where(rng.uniform(size=500) < 0.5)
        numbers = diagnose(X, np.arange(500) < 25).numbers
        found = numbers["positives_only_columns"], numbers["negatives_only_columns"]
        accused += found != ([], [])
    assert accused < 3
