"""What the diagnosis says of rows beside each other: copies and neighbors."""

import numpy as np
import pandas as pd
import pytest
from reports import finding, level, table

from imbtutor import diagnose


def test_copies_and_contradictions():
    X, y = table()
    X = pd.concat([X, X.iloc[[0, 0, 399]]])
    same = diagnose(X, np.r_[y, 0, 0, 1])
    assert (same.numbers["n_copies"], same.numbers["n_positive_copies"]) == (3, 1)
    assert same.numbers["n_contradictions"] == 0
    assert level(same, "Contradictions") == "fine"
    other = diagnose(X, np.r_[y, 1, 1, 1])
    # Row 0 is negative; its two copies are positive, and the second copies the first.
    assert other.numbers["n_copies"] == 2
    assert other.numbers["n_contradictions"] == 3
    assert other.numbers["n_positive_contradictions"] == 2
    assert level(other, "Contradictions") == "look"


@pytest.mark.parametrize(("n_copies", "expected"), [(1, "note"), (5, "look")])
def test_a_copy_in_many_rows_is_no_alarm(n_copies, expected):
    """The limit is one in a hundred, of the rows or of the positives."""
    X, y = table()
    rows = np.r_[np.arange(400), np.arange(n_copies)]
    assert level(diagnose(X.iloc[rows], y[rows]), "Copies") == expected


def test_columns_of_text_and_gaps_are_compared_too():
    X = pd.DataFrame(
        {
            "text": ["x", "x", "x", "y", None, None, ""],
            "number": [1, 1, np.nan, 1, np.nan, np.nan, np.nan],
        }
    )
    report = diagnose(X, list("nnnnppp"))
    assert report.numbers["n_copies"] == 2


def test_ids_do_not_hide_copies_and_copies_do_not_hide_ids():
    X, y = table()
    rows = np.r_[np.arange(400), np.arange(20)]
    numbered = X.iloc[rows].assign(id=np.arange(420)[::-1])
    copied = X.assign(id=np.arange(400)[::-1]).iloc[rows]
    for each in (numbered, copied):
        report = diagnose(each, y[rows])
        assert report.numbers["id_columns"] == [3]
        assert report.numbers["n_copies"] == 20
        text = finding(report, "Copies").text
        assert "in every column but id, and in the class: 20 (4.8\u00a0%)" in text
    assert "copies aside" in finding(report, "Identifiers").text
    # Where there is nothing but an id, rows are compared by it.
    assert diagnose(numbered[["id"]], y[rows]).numbers["n_copies"] == 0


def payments(seed=0, n_samples=5000):
    """Return payments of 1,000 customers, a few of whom pay most often."""
    rng = np.random.default_rng(seed)
    y = (rng.uniform(size=n_samples) < 0.03).astype(int)
    X = pd.DataFrame({"amount": rng.lognormal(3, 1, n_samples).round()})
    X["age"] = rng.integers(18, 90, n_samples)
    X["seconds"] = rng.poisson(2000, n_samples)
    X["town"] = rng.choice([f"town {i}" for i in range(60)], n_samples)
    share = 1 / np.arange(1, 1001)
    customer = rng.choice(1000, n_samples, p=share / share.sum())
    return X, y, rng.permutation(900_000)[:1000][customer]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("column", lambda each: each),
        ("column", lambda each: each.astype(float)),
        ("column", lambda each: [f"C{i}" for i in each]),
        ("column", lambda each: [f"{i:06}" for i in each]),
        ("customer_id", lambda each: each),
        ("userId", lambda each: each // 5000),  # few and uneven, but named so
    ],
)
def test_repeated_names_and_numbers_may_be_persons(seed, name, form):
    X, y, customer = payments(seed)
    assert level(diagnose(X, y), "Related rows") == "fine"
    X[name] = form(customer)
    report = diagnose(X, y)
    found = finding(report, "Related rows")
    assert found.level == "look" and f"{name} ({X[name].nunique():,} val" in found.text
    assert f"groups='{name}'" in found.meaning
    assert report.numbers["group_columns"] == [4]
    # Neither a scale nor a distance.
    assert list(report.numbers["std"]) == [0, 1, 2]
    assert "in 3 of 5 columns" in finding(report, "Neighbors").text


def test_amounts_as_text_are_no_persons():
    X, y, _ = payments()
    X["price"] = [f"{amount + 0.5}" for amount in X["amount"]]
    assert diagnose(X, y).numbers["group_columns"] == []


@pytest.mark.parametrize("by", ["name", "Series", "array", "list", "with gaps", "tall"])
def test_groups(by):
    X, y, customer = payments()
    X["who"] = customer
    groups = {
        "name": "who",
        "Series": X["who"],
        "array": customer,
        "list": customer.tolist(),
        "tall": customer[:, None],
        "with gaps": pd.Series(customer).where(X["who"] != customer[0]),
    }[by]
    report = diagnose(X, y, groups=groups)
    found = finding(report, "Groups")
    assert found.level == "look"
    codes, _ = pd.factorize(customer if by in ("name", "list", "tall") else groups)
    codes[codes < 0] = codes.max() + 1 + np.arange((codes < 0).sum())
    numbers = report.numbers["groups"]
    assert numbers["n_groups"] == len(set(codes))
    assert numbers["n_with_positives"] == len(set(codes[y == 1]))
    assert numbers["largest"] == np.bincount(codes).max()
    # What random splits really do. Over 20 of them the mean is off by less than 0.005.
    crossing, related = [], []
    for seed in range(20):
        test = np.random.default_rng(seed).permutation(5000) < 1000
        both = np.intersect1d(codes[test], codes[~test])
        crossing.append(len(both) / len(set(codes)))
        related.append(np.isin(codes[test], both).mean())
    assert numbers["crossing"] == pytest.approx(np.mean(crossing), abs=0.005)
    assert numbers["related"] == pytest.approx(np.mean(related), abs=0.005)
    if by == "name":
        # Named, it needs no suspicion.
        assert level(report, "Related rows") is None
        assert "groups=X['who']" in found.code[1]
        assert report.numbers["group_columns"] == [4]
    assert report.numbers["std"].keys() == {0, 1, 2}


def test_rows_without_relatives_are_fine():
    X, y = table()
    report = diagnose(X, y, groups=np.arange(400))
    assert level(report, "Groups") == "fine"
    assert diagnose(X, y).numbers["groups"] is None
    # Few columns are called by a number where there is an array.
    by_number = diagnose(np.c_[X, np.arange(400) // 4], y, groups=3)
    assert by_number.numbers["groups"]["n_groups"] == 100


TIMES = {
    "number": lambda n: np.arange(n) / 7,
    "date": lambda n: pd.date_range("2024-01-01", periods=n, freq="h"),
    "day": lambda n: pd.date_range("2024-01-01", periods=n, freq="h").date,
    "month": lambda n: pd.date_range("2024-01-01", periods=n, freq="D").to_period("M"),
    "zone": lambda n: pd.date_range("2024-01-01", periods=n, freq="h", tz="UTC"),
}


@pytest.mark.parametrize("time", TIMES.values(), ids=TIMES)
def test_time(time):
    X, y = table(2000, 200)
    rng = np.random.default_rng(0)
    rows = rng.permutation(2000)
    X["when"] = time(2000)
    for labels, expected in ((y, "look"), (y[rows], "fine")):
        # y is sorted: every positive comes last, or anywhere.
        report = diagnose(X.iloc[rows], labels[rows], time="when")
        assert level(report, "Time") == expected
        shares = report.numbers["prevalence_in_time"]
        assert np.mean(shares) == pytest.approx(0.1, abs=0.005)
        assert 3 not in report.numbers["std"]
        # The same by row.
        by_row = diagnose(X.iloc[rows, :3], labels[rows], time=X["when"].iloc[rows])
        assert by_row.numbers["prevalence_in_time"] == shares
    assert diagnose(X, y, time="when").numbers["prevalence_in_time"][:4] == [0] * 4


def test_chance_moves_the_prevalence_in_hardly_any_table():
    """By the limit of 1 % of the tables, 3 of 40 would come in 1 case of 125."""
    X, _ = table(1000)
    moved = 0
    for seed in range(40):
        y = np.random.default_rng(seed).permutation(1000) < 100
        moved += level(diagnose(X, y, time=np.arange(1000)), "Time") == "look"
    assert moved < 3


def test_few_positives_or_times_say_nothing_of_drift():
    X, y = table(1000, 24)
    report = diagnose(X, y, time=np.arange(1000))
    assert "not judged" in finding(report, "Time").text
    assert report.numbers["prevalence_in_time"] == []
    report = diagnose(*table(), time=np.zeros(400))
    assert "not judged" in finding(report, "Time").text
    # Rows without a time are left out.
    X, y = table(1000, 200)
    when = np.where(np.arange(1000) % 10, np.arange(1000.0), np.nan)
    text = finding(diagnose(X, y, time=when), "Time").text
    assert "Without a time: 100 rows" in text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"groups": "who"}, ValueError, "groups='who' is the name of 0 columns.*'a'"),
        ({"time": 7}, ValueError, "time=7 is the name of 0 columns"),
        ({"groups": [1, 2]}, ValueError, r"groups has the shape \(2,\).*400 rows"),
        ({"groups": np.ones((400, 2))}, ValueError, r"groups has the shape \(400, 2\)"),
        (
            {"time": pd.Series(range(400), index=range(1, 401))},
            ValueError,
            "time has another index than X; pass time.loc",
        ),
        ({"time": ["soon"] * 400}, ValueError, "time holds 'soon'.*pd.to_datetime"),
    ],
)
def test_bad_groups_and_times_are_named(arguments, error, message):
    X, y = table()
    with pytest.raises(error, match=message):
        diagnose(X, y, **arguments)


@pytest.mark.parametrize(
    ("distance", "expected", "words"),
    [(2, "fine", "their own kind"), (0, "note", "no more than one")],
)
def test_neighbors(distance, expected, words):
    X, y = table(2000, 100)
    report = diagnose(X + distance * y[:, None], y)
    found = finding(report, "Neighbors")
    assert found.level == expected and words in found.meaning
    assert report.numbers["n_typed"] == 100
    # Where positives live apart, there is nothing to clean.
    assert ("44_edited_neighbours" in found.chapters) == (expected == "note")


@pytest.mark.parametrize("n_positives", [1, 2, 5])
def test_fewer_positives_than_neighbors(n_positives):
    X, y = table(n_positives=n_positives)
    report = diagnose(X, y)
    assert f"at most {n_positives - 1} of 5" in finding(report, "Neighbors").meaning
    assert level(report, "Positives") == "look"
    assert report.numbers["n_typed"] == n_positives


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (pd.DataFrame({"town": list("ababab")}), [0, 0, 0, 0, 1, 1]),
        (np.arange(5.0)[:, None], [0, 0, 0, 1, 1]),
        (np.ones((6, 2)), [0, 0, 0, 0, 1, 1]),
    ],
)
def test_without_anything_to_measure_there_are_no_neighbors(X, y):
    report = diagnose(X, y)
    assert "not looked at" in finding(report, "Neighbors").text
    assert report.numbers["neighbor_types"] == {} and report.numbers["n_typed"] == 0
