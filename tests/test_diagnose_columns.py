"""What the diagnosis says of each column: every finding, on and off."""

import numpy as np
import pandas as pd
import pytest
from reports import finding, level, table

from imbtutor import diagnose


def test_missing_and_infinite_values():
    X, y = table()
    X.loc[:9, "b"] = np.nan
    X.loc[5, "c"] = -np.inf
    report = diagnose(X, y)
    assert report.numbers["n_missing"] == {1: 10, 2: 1}
    found = finding(report, "Missing")
    assert found.level == "note"
    assert "11, in 2 of 3 columns. Most in one: b, 2.5\u00a0%" in found.text
    assert "Infinite ones among them: 1" in found.text
    # Ten gaps are filled, and every positive has its kind.
    assert report.numbers["n_typed"] == sum(report.numbers["neighbor_types"].values())


WORDS = ["?", "", " ", "NA", "-", "none", "N/A", "unknown ", "Null", "nan"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("others", [["clerk", "nurse"], ["12", "3.5", "7", "40", "8"]])
def test_words_for_missing_values(word, others):
    X, y = table(2000)
    X["column"] = np.random.default_rng(0).choice(others, 2000)
    assert level(diagnose(X, y), "Disguised gaps") == "fine"
    X.loc[:1604, "column"] = word
    report = diagnose(X, y)
    found = finding(report, "Disguised gaps")
    assert found.level == "look"
    assert "in column (1,605 rows)" in found.text
    assert report.numbers["disguised"] == {3: {word: 1605}}
    # It is no missing value yet; the remedy makes it one.
    assert report.numbers["n_missing"] == {}
    assert diagnose(mended(X, found), y).numbers["n_missing"] == {3: 1605}


def mended(X, found):
    """Run the code of a finding as it is printed."""
    names = {"X": X.copy(), "np": np, "pd": pd}
    exec("\n".join(found.code), names)
    return names["X"]


@pytest.mark.parametrize("word", ["n.v.", "#REF!", "seven"])
def test_any_word_among_numbers(word):
    """Even one that no list knows: the other values are all numbers."""
    X, y = table()
    values = np.random.default_rng(0).integers(0, 90, 400)
    X["text"] = np.where(np.arange(400) % 9, values.astype(str), word)
    X["mixed"] = pd.Series(values.tolist(), dtype=object).where(X["text"] != word, word)
    report = diagnose(X, y)
    assert report.numbers["disguised"] == {3: {word: 45}, 4: {word: 45}}
    mended_table = mended(X, finding(report, "Disguised gaps"))
    assert mended_table.dtypes.iloc[3:].tolist() == [float, float]
    assert mended_table.isna().sum().tolist() == [0, 0, 0, 45, 45]


def test_sizes_and_plain_text_are_no_gaps_in_disguise():
    X, y = table()
    rng = np.random.default_rng(0)
    X["size"] = rng.choice(["32", "34", "36", "38", "40", "S", "M", "L", "XL"], 400)
    X["word"] = rng.choice(["one", "nonesuch", "a - b", "Nan Goldin", "?!"], 400)
    report = diagnose(X, y)
    assert report.numbers["disguised"] == {}
    assert "'?', 'NA', '-' or a blank" in finding(report, "Disguised gaps").text


def numbers_with(code, values):
    X, y = table()
    rng = np.random.default_rng(0)
    X["column"] = {
        "ages": rng.integers(18, 90, 400),
        "amounts": rng.lognormal(3, 1, 400).round(2),
        "answers": rng.integers(0, 8, 400),
        "days": rng.poisson(20, 400),
    }[values]
    X["column"] = X["column"].where(np.arange(400) % 10 > 0, code)
    return X, y


@pytest.mark.parametrize(
    ("code", "values"),
    [
        (-999, "ages"),
        (-99, "ages"),
        (999, "ages"),
        (-9999.0, "amounts"),
        (99_999, "amounts"),
        (99, "answers"),
        (88, "answers"),
        (-1, "days"),
        (-1, "amounts"),
    ],
)
@pytest.mark.parametrize("dtype", [float, "Float64"])
def test_numbers_for_missing_values(code, values, dtype):
    X, y = numbers_with(code, values)
    X["column"] = X["column"].astype(dtype)
    report = diagnose(X, y)
    assert report.numbers["disguised"] == {3: {code: 40}}
    found = finding(report, "Disguised gaps")
    assert found.level == "look" and f"{code:.0f} in column (40 rows)" in found.text
    assert diagnose(mended(X, found), y).numbers["n_missing"] == {3: 40}


@pytest.mark.parametrize(
    ("code", "values"), [(99, "ages"), (99, "amounts"), (-7, "ages"), (8, "answers")]
)
def test_numbers_among_the_others_are_numbers(code, values):
    X, y = numbers_with(code, values)
    assert diagnose(X, y).numbers["disguised"] == {}


def test_ratings_and_differences_go_below_zero_by_right():
    X, y = table()
    rng = np.random.default_rng(0)
    X["rating"] = rng.integers(-1, 6, 400)
    X["change"] = rng.integers(-3, 40, 400)
    X["edge"] = rng.poisson(8, 400) - 1
    assert diagnose(X, y).numbers["disguised"] == {}


# pandas 2.2 alone warns that later versions will not guess types; they do not.
@pytest.mark.filterwarnings("ignore:Downcasting behavior in `replace`:FutureWarning")
def test_several_gaps_in_disguise_are_mended_line_by_line():
    X, y = numbers_with(-999, "ages")
    X["column"] = X["column"].where(np.arange(400) % 20 > 0, -9999)
    X[3] = np.where(np.arange(400) % 3, "x", "?")
    X["a very long name of a column"] = np.where(np.arange(400) % 4, "x", "NA")
    report = diagnose(X, y)
    assert report.numbers["disguised"] == {
        3: {-9999: 20, -999: 20},
        4: {"?": 134},
        5: {"NA": 100},
    }
    found = finding(report, "Disguised gaps")
    counts = mended(X, found).isna().sum().tolist()
    assert counts == [0, 0, 0, 40, 134, 100]
    assert all(line in str(report) for line in found.code)
    # An array becomes a table first.
    found = finding(diagnose(X.to_numpy(), y), "Disguised gaps")
    assert mended(X.to_numpy(), found).isna().sum().tolist() == counts


@pytest.mark.parametrize("value", [0, 1.5, "x", None, np.nan, True, pd.Timestamp(0)])
def test_constant_columns(value):
    X, y = table()
    X.insert(1, "same", pd.Series([value] * len(X)))
    report = diagnose(X, y)
    assert report.numbers["constant_columns"] == [1]
    assert level(report, "Constants") == "note"
    assert 1 not in report.numbers["auc"] and 1 not in report.numbers["std"]


def test_a_late_change_is_no_constant():
    X, y = table()
    X["once"] = np.arange(400) == 399
    X["gap"] = pd.Series([1.0] * 399 + [np.nan])
    assert diagnose(X, y).numbers["constant_columns"] == []


@pytest.mark.parametrize("kind", ["integers", "big integers", "floats", "text"])
def test_identifiers(kind):
    X, y = table()
    numbers = np.random.default_rng(1).permutation(400)
    X["id"] = {
        "integers": numbers,
        "big integers": numbers + 2**62,  # a float could not tell them apart
        "floats": numbers.astype(float),
        "text": [f"row {n}" for n in numbers],
    }[kind]
    report = diagnose(X, y)
    assert report.numbers["id_columns"] == [3]
    assert level(report, "Identifiers") == "look"
    # An id is no measurement: neither a scale nor a distance.
    assert list(report.numbers["std"]) == [0, 1, 2]
    assert "in 3 of 4 columns" in finding(report, "Neighbors").text
    assert finding(report, "Whole numbers") is None
    X.loc[0, "id"] = X.loc[1, "id"]
    assert diagnose(X, y).numbers["id_columns"] == []


def test_large_counts_are_no_ids():
    """In 60 rows many a count of a wide range is different in every row."""
    rng = np.random.default_rng(0)
    mean = rng.lognormal(5, 2, 1000)
    X = pd.DataFrame(rng.poisson(rng.gamma(3, mean / 3, (60, 1000))))
    assert (X.nunique() == 60).sum() > 100
    report = diagnose(X, np.arange(60) < 20)
    assert report.numbers["id_columns"] == []
    # A number for each row is one, in the same table: its range leaves no choice.
    X["row"] = rng.permutation(60)
    assert diagnose(X, np.arange(60) < 20).numbers["id_columns"] == [1000]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("column", lambda rng: rng.integers(10**9, 10**10, 400), [3]),
        ("column", lambda rng: rng.lognormal(16, 3, 400).astype(int), []),
        ("CustomerID", lambda rng: rng.lognormal(16, 3, 400).astype(int), [3]),
        ("paid", lambda rng: rng.lognormal(16, 3, 400).astype(int), []),
    ],
)
def test_large_numbers_are_ids_by_their_length_or_name(name, values, expected):
    X, y = table()
    X[name] = values(np.random.default_rng(0))
    assert X[name].is_unique
    assert diagnose(X, y).numbers["id_columns"] == expected


def test_measurements_and_small_tables_have_no_ids():
    X, y = table()  # every measurement is different, too
    assert diagnose(X, y).numbers["id_columns"] == []
    small = pd.DataFrame({"age": range(20, 44)})
    assert diagnose(small, [0, 1] * 12).numbers["id_columns"] == []


def test_dates():
    X, y = table()
    days = np.random.default_rng(4).integers(0, 90, 400)
    X["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")
    X["long"] = pd.to_timedelta(days, unit="h")
    X["day"] = X["when"].dt.date
    X["month"] = X["when"].dt.to_period("M")
    X["here"] = X["when"].dt.tz_localize("UTC")
    report = diagnose(X, y)
    assert report.numbers["date_columns"] == [3, 4, 5, 6, 7]
    assert level(report, "Dates") == "note"
    assert set(report.numbers["auc"]) == set(range(8))


WRITTEN = {
    "%Y-%m-%d": "ISO8601",
    "%Y-%m-%dT%H:%M:%S": "ISO8601",
    "%Y-%m-%d %H:%M:%S.%f": "ISO8601",
    "%Y-%m-%dT%H:%M:%S+02:00": "ISO8601",
    "%Y/%m/%d": "%Y/%m/%d",
    "%Y%m%d": "%Y%m%d",
    "%d/%m/%Y %H:%M": "%d/%m/%Y %H:%M",
    "%m/%d/%Y": "%m/%d/%Y",
    "%m/%d/%y %I:%M %p": "%m/%d/%y %I:%M %p",
    "%d.%m.%Y": "%d.%m.%Y",
    "%d %b %Y": "%d %b %Y",
    "%B %d, %Y": "%B %d, %Y",
}


@pytest.mark.parametrize(("written", "expected"), WRITTEN.items())
@pytest.mark.parametrize("gap", [None, "", "?"])
def test_dates_as_text(written, expected, gap):
    X, y = table(2000)
    minutes = np.random.default_rng(0).choice(365 * 24 * 60, 2000, replace=False)
    when = pd.Timestamp("2024-01-01") + pd.to_timedelta(minutes, unit="min")
    X["when"] = when.strftime(written)
    X.loc[:9, "when"] = gap
    report = diagnose(X, y, time="when")
    numbers = report.numbers
    assert numbers["date_columns"] == [3]
    assert numbers["id_columns"] == numbers["text_columns"] == []
    assert numbers["group_columns"] == []
    assert (numbers["disguised"] != {}) == (gap is not None)
    found = finding(report, "Dates")
    assert "Written as text: when." in found.meaning
    assert f"format='{expected}'" in found.code[0]
    # In order, whatever the text begins with.
    later = diagnose(X, np.argsort(np.argsort(minutes)) >= 1500).numbers
    assert later["auc"][3] == pytest.approx(1, abs=0.01)
    # The remedy leaves gaps where there were gaps.
    assert diagnose(mended(X, found), y).numbers["n_missing"] == {3: 10}


def test_day_and_month_that_could_change_places_are_named():
    X, y = table()
    X["when"] = [f"{1 + i % 12:02}/{1 + i % 11:02}/2024" for i in range(400)]
    assert "change places in when" in finding(diagnose(X, y), "Dates").meaning
    X.loc[0, "when"] = "13/01/2024"
    assert "change places" not in finding(diagnose(X, y), "Dates").meaning


@pytest.mark.parametrize(
    "text",
    [
        lambda i: f"10.{i % 7}.{i % 13}.{i}",  # an address
        lambda i: f"{i % 12}.{i % 5}.{i}",  # a version
        lambda i: f"+49 30 {100_000 + i}",
        lambda i: f"{10_000_000 + 7919 * i}",
        lambda i: f"{i} may",
        lambda i: "2024-01-01" if i else "soon",
        lambda i: f"{i % 5}-{i % 3}",
    ],
)
def test_other_text_is_no_date(text):
    X, y = table()
    X["text"] = [text(i) for i in range(400)]
    assert diagnose(X, y).numbers["date_columns"] == []


@pytest.mark.parametrize("zones", [["UTC", "Asia/Tokyo"], ["UTC", None]])
def test_several_clocks_in_one_column(zones):
    X, y = table()
    hours = pd.date_range("2024-01-01", periods=400, freq="h")
    X["when"] = pd.Series(
        [each.tz_localize(zones[i % 2]) for i, each in enumerate(hours)], dtype=object
    )
    report = diagnose(X, y)
    found = finding(report, "Time zones")
    assert found.level == "look" and "when (" in found.text
    assert ("without a zone" in found.text) == (None in zones)
    assert report.numbers["date_columns"] == [3]
    clean = diagnose(mended(X, found), y)
    assert finding(clean, "Time zones") is None
    assert clean.numbers["auc"] == report.numbers["auc"]


def test_scales():
    X, y = table()
    X["a"] *= 1000
    report = diagnose(X, y)
    found = finding(report, "Scales")
    assert found.level == "note" and "(a)" in found.text
    variance = X.var()
    expected = variance["a"] / variance.sum()
    assert report.numbers["widest_share"] == pytest.approx(expected)
    # Another unit for all columns changes nothing, and squares may not overflow.
    for unit in (1e-300, 1e300):
        assert diagnose(X * unit, y).numbers["widest_share"] == pytest.approx(expected)
    assert finding(diagnose(X[["a"]], y), "Scales") is None
    # The neighbors are those of scaled columns.
    clean = diagnose(table()[0], y)
    assert report.numbers["neighbor_types"] == clean.numbers["neighbor_types"]


def test_categories():
    X, y = table()
    towns = np.array(["Faro", "Porto", "Lisboa"])[np.arange(400) % 3]
    X["town"] = towns
    X["category"] = pd.Categorical(towns, categories=["Evora", *np.unique(towns)])
    X["object"] = pd.Series(towns, dtype=object).where(np.arange(400) > 5, None)
    report = diagnose(X, y)
    assert report.numbers["text_columns"] == [3, 4, 5]
    text = finding(report, "Categories").text
    assert "3 of 6 columns" in text and "Most levels: 4 in object" in text
    assert report.numbers["n_missing"] == {5: 6}


def test_whole_numbers():
    X, y = table()
    X["count"] = np.arange(400) % 7
    X["float"] = np.where(np.arange(400) % 9, 2.0, np.nan)
    X["flag"] = np.arange(400) % 2 == 0
    report = diagnose(X, y)
    assert report.numbers["integer_columns"] == [3, 4, 5]
    assert "3 of 6 columns" in finding(report, "Whole numbers").text
