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
