"""The diagnosis says of a table what is so, and nothing else."""

import io
import re
import threading
import warnings
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import finding, level, table
from scipy.sparse import csr_array
from scipy.stats import binomtest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from imbtutor import diagnose, diagnosis, load_wine_quality, minority_types
from imbtutor.diagnosis import CHAPTERS, HEADINGS, PAGES
from imbtutor.diagnosis import report as report_module
from imbtutor.explore import live
from imbtutor.neighbors import TYPES

ROOT = Path(__file__).parent.parent


# Chapters


@pytest.mark.parametrize(("stem", "title"), CHAPTERS.items())
def test_each_chapter_exists_under_its_title(stem, title):
    path = ROOT / "notebooks" / f"{stem}.ipynb"
    first = nbformat.read(path, as_version=4).cells[0].source
    assert first.splitlines()[0] == f"# {title}"


@pytest.mark.parametrize(("stem", "title"), PAGES.items())
def test_each_page_exists_under_its_title(stem, title):
    paths = [ROOT / "book" / f"{stem}{ending}" for ending in (".ipynb", ".md")]
    if not any(path.exists() for path in paths):
        pytest.skip(f"book/{stem} is not written yet; reports name it without a link")
    [path] = [path for path in paths if path.exists()]
    first = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        first = nbformat.reads(first, as_version=4).cells[0].source
    assert first.splitlines()[0] == f"# {title}"


def test_the_code_names_the_chapters_of_the_list_and_all_of_them():
    folder = Path(diagnosis.__file__).parent
    code = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))
    # Each one stands in the list, and somewhere else.
    named = Counter(re.findall(r'"(\d\d_\w+)"', code))
    assert set(named) == set(CHAPTERS)
    named |= {page: code.count(f'"{page}"') for page in PAGES}
    assert min(named.values()) > 1


# Real data


def card(title):
    """Return the first column of numbers on a card of book/datasets.md."""
    page = (ROOT / "book" / "datasets.md").read_text("utf-8")
    text = re.search(rf"^## {title}$(.+?)(?=^## |\Z)", page, re.M | re.S).group(1)
    rows = re.findall(r"^\| ([a-z ]+?) \| ([^|]+?) \|", text, re.M)
    return text, dict(rows)


def facts(numbers):
    return {
        "rows": f"{numbers['n_samples']:,}",
        "features": f"{numbers['n_features']}",
        "positives": f"{numbers['n_positives']}",
        "prevalence": f"{100 * numbers['prevalence']:.1f} %",
        "imbalance ratio": f"{numbers['ratio']:.1f}:1",
        "copies of an earlier row": f"{numbers['n_copies']}",
        "missing values": f"{sum(numbers['n_missing'].values())}",
    }


def test_the_wine(wine):
    report = diagnose(wine.data, wine.target)
    text, rows = card("White wine")
    assert facts(report.numbers).items() <= rows.items()
    share = 100 * report.numbers["widest_share"]
    assert f"{share:.0f} % is total sulfur dioxide" in text
    assert f"one fifth holds {report.numbers['n_held_out']} of them" in text
    # What chapter 14 says of 26 of 37.
    assert report.numbers["recall_interval"] == pytest.approx((0.54, 0.83), abs=0.005)
    assert "finds 26 of them" in finding(report, "Positives").text
    types = minority_types(StandardScaler().fit_transform(wine.data), wine.target)
    expected = {name: (types == name).sum() for name in TYPES}
    assert report.numbers["neighbor_types"] == expected
    assert report.numbers["n_typed"] == 183
    looked_at = [each.subject for each in report.findings if each.level == "look"]
    assert looked_at == ["Copies"]
    assert level(report, "Scales") == level(report, "Neighbors") == "note"
    # Without copies nothing is left to mend.
    mended = load_wine_quality(drop_duplicates=True)
    report = diagnose(mended.data, mended.target)
    assert not [each for each in report.findings if each.level == "look"]


def test_the_grades_of_the_wine(wine):
    report = diagnose(wine.data, wine.quality)
    counts = wine.quality.value_counts().sort_index().to_dict()
    assert report.numbers["classes"] == counts
    assert report.numbers["positive"] == 9 and report.numbers["n_positives"] == 5
    assert "9 (5), 3 (20), 4 (163)" in finding(report, "Classes").text
    assert level(report, "Positives") == "look"
    # No more than four of five neighbors can be of a class with five members.
    assert "at most 4 of 5" in finding(report, "Neighbors").meaning
    threes = diagnose(wine.data, wine.quality, positive=3)
    same = diagnose(wine.data, wine.quality == 3)
    assert threes.numbers["n_positives"] == 20
    assert threes.numbers["auc"] == same.numbers["auc"]
    assert threes.numbers["neighbor_types"] == same.numbers["neighbor_types"]


def test_the_digits():
    X, digit = load_digits(return_X_y=True)
    report = diagnose(X, digit == 8)
    text, rows = card("Digits, 8 against the rest")
    assert facts(report.numbers).items() <= rows.items()
    assert report.numbers["constant_columns"] == [0, 32, 39]
    assert "3 of the 64 pixels are blank" in text
    assert len(report.numbers["integer_columns"]) == 61
    # All pixels have one scale, and most eights lie among eights.
    assert level(report, "Scales") == level(report, "Neighbors") == "fine"
    assert not [each for each in report.findings if each.level == "look"]


def test_the_breast_cancer_data():
    cancer = load_breast_cancer(as_frame=True)
    report = diagnose(cancer.data, 1 - cancer.target)
    text, rows = card("Breast cancer")
    assert facts(report.numbers).items() <= rows.items()
    std = report.numbers["std"].values()
    assert f"from {min(std):.4f} to {max(std):.0f}" in text
    expected = {
        column: max(auc, 1 - auc)
        for column, values in enumerate(cancer.data.to_numpy().T)
        for auc in [roc_auc_score(1 - cancer.target, values)]
    }
    assert report.numbers["auc"] == pytest.approx(expected, abs=1e-12)
    # The comment beside _TOO_GOOD.
    assert max(expected.values()) == pytest.approx(0.975, abs=0.0005)
    assert level(report, "Prevalence") == level(report, "Leaks") == "fine"


def test_the_reasons_beside_the_limits(wine):
    in_order = 2 / 53_130  # 25 over 5
    assert in_order == pytest.approx(2 * 120 / (25 * 24 * 23 * 22 * 21))
    assert np.prod(1 - np.arange(25) / 100) == pytest.approx(0.04, abs=0.005)
    widths = [
        np.ptp(binomtest(n, 1000).proportion_ci(method="wilson")) for n in (700, 500)
    ]
    assert widths[1] / widths[0] == pytest.approx(1.09, abs=0.005)

    def narrow(X):
        variance = np.sort(X.var()[X.var() > 0])
        return variance[: (len(variance) + 1) // 2].sum() / variance.sum()

    assert narrow(wine.data) == pytest.approx(0.00003, abs=0.000005)
    digits = load_digits(as_frame=True).data
    assert narrow(digits) == pytest.approx(0.18, abs=0.005)


# Each finding, on and off


def test_a_clean_table_raises_no_alarm():
    X, y = table()
    report = diagnose(X, y)
    assert {each.level for each in report.findings} == {"note", "fine", "next"}
    noted = [each.subject for each in report.findings if each.level == "note"]
    assert noted == ["Positives", "Neighbors"]
    assert "Look at these first" not in repr(report)
    for absent in ("Classes", "Dates", "Categories", "Whole numbers"):
        assert finding(report, absent) is None
    assert report.numbers["auc"] == pytest.approx(
        {j: roc_auc_score(y, X.iloc[:, j]) for j in range(3)}
    )
    assert report.numbers["std"] == pytest.approx(dict(enumerate(X.std())))


# Large tables


def test_large_tables_are_sampled_and_say_so(monkeypatch):
    X, y = table(2000, 400)
    whole = diagnose(X, y)
    assert "at random" not in repr(whole)
    assert whole.numbers["n_typed"] == 400
    monkeypatch.setattr(diagnosis.rows, "_N_TYPED", 50)
    monkeypatch.setattr(diagnosis.leaks, "_N_RANKED", 100)
    report = diagnose(X, y)
    assert report.numbers["n_typed"] == 50
    text = finding(report, "Neighbors").text
    assert "50 of 400 positives drawn at random" in text
    # Over 200 draws the largest of three differences was 0.13.
    assert report.numbers["auc"] == pytest.approx(whole.numbers["auc"], abs=0.2)
    assert report.numbers["auc"] != whole.numbers["auc"]
    assert diagnose(X, y) == report
    assert diagnose(X, y, random_state=np.random.RandomState(0)) == report
    assert diagnose(X, y, random_state=1) != report


# What goes in


def test_any_container_gives_the_same_numbers():
    X, y = table()
    X["a"] = X["a"].round(1)
    X["count"] = np.arange(400) % 5
    expected = diagnose(X, y).numbers
    for each in (
        X.to_numpy(),
        X.to_numpy().tolist(),
        X.to_numpy().astype(object),
        np.asfortranarray(X.to_numpy()),
        X.convert_dtypes(),
        X.astype(pd.SparseDtype(float)),
        X.set_axis(np.arange(400)[::-1]),
        X.set_axis([("x", 1), ("x", 2), ("y", 1), ("y", 2)], axis=1),
    ):
        numbers = diagnose(each, y).numbers
        assert numbers.keys() == expected.keys()
        for key, value in numbers.items():
            assert value == pytest.approx(expected[key]), key


class Polars:
    """A table, or a column, as polars has it where pyarrow is missing."""

    def __init__(self, values):
        self.values = values

    def to_pandas(self):
        raise ModuleNotFoundError("pyarrow is required for converting to pandas")

    def __getitem__(self, name):
        return Polars(self.values[name])

    def to_list(self):
        return self.values.astype(object).where(self.values.notna(), None).tolist()


class PolarsTable(Polars):
    @property
    def columns(self):
        return list(self.values.columns)


class Arrow(Polars):
    """A table or a column that hands itself over."""

    def to_pandas(self):
        return self.values


@pytest.mark.parametrize("kind", ["stand-in", "arrow stand-in", "polars", "pyarrow"])
def test_tables_of_other_libraries_keep_names_and_dates(kind):
    X, y = table()
    X["when"] = pd.date_range("2024-01-01", periods=400, freq="h")
    X["town"] = np.where(np.arange(400) % 3, "Faro", None)
    X["flag"] = np.arange(400) % 2 == 0
    y = pd.Series(y)
    if kind == "stand-in":
        theirs = PolarsTable(X), Polars(y)
    elif kind == "arrow stand-in":
        theirs = Arrow(X), Arrow(y)
    elif kind == "polars":
        polars = pytest.importorskip("polars")
        columns = {name: X[name].tolist() for name in X}
        theirs = polars.DataFrame(columns), polars.Series(y.tolist())
    else:
        pyarrow = pytest.importorskip("pyarrow")
        theirs = pyarrow.Table.from_pandas(X), pyarrow.array(y)
    assert diagnose(*theirs) == diagnose(X, y)
    assert "when" in str(diagnose(*theirs, time="when"))


def test_columns_of_pyarrow_are_what_they_are():
    pytest.importorskip("pyarrow")
    X, y = table()
    X["flag"] = pd.Series(np.arange(400) % 2 == 0, dtype="bool[pyarrow]")
    X["day"] = pd.Series(pd.date_range("2024-01-01", periods=400).date).astype(
        "date32[pyarrow]"
    )
    numbers = diagnose(X.convert_dtypes(dtype_backend="pyarrow"), y).numbers
    assert numbers["text_columns"] == [] and numbers["date_columns"] == [4]
    assert numbers["integer_columns"] == [3]


def test_masked_values_are_missing():
    X, y = table()
    where = np.random.default_rng(0).uniform(size=X.shape) < 0.1
    expected = {j: n for j, n in enumerate(where.sum(axis=0).tolist())}
    for table_like in (X, (10 * X).astype(int), X.astype(str)):
        values = table_like.to_numpy()
        masked = np.ma.masked_array(values, where)
        assert diagnose(masked, y).numbers["n_missing"] == expected
        assert diagnose(np.ma.masked_array(values), y).numbers["n_missing"] == {}
    with pytest.raises(ValueError, match="y holds 1 missing labels"):
        diagnose(X, np.ma.masked_array(y, np.arange(400) == 7))


def test_long_floats():
    X, y = table()
    long = X.to_numpy().astype(np.longdouble)
    expected = diagnose(X.to_numpy(), y).numbers
    assert diagnose(long, y.astype(np.longdouble)).numbers["auc"] == expected["auc"]
    frame = pd.DataFrame({name: long[:, j] for j, name in enumerate("abc")})
    assert diagnose(frame, y).numbers["std"] == pytest.approx(expected["std"])
    long[0, 0] = np.longdouble("1e400")
    if np.isfinite(long[0, 0]):  # not everywhere is a long float longer
        assert diagnose(long, y).numbers["n_missing"] == {0: 1}


def test_y_may_be_the_name_of_a_column():
    X, y = table()
    frame = X.assign(is_fraud=y)[["a", "is_fraud", "b", "c"]]
    assert diagnose(frame, "is_fraud") == diagnose(X, y)
    assert diagnose(frame.set_axis([1, 0, 2, 3], axis=1), 0).numbers == (
        diagnose(X, y).numbers
    )
    assert diagnose(frame, "is_fraud", time="b").numbers["prevalence_in_time"]
    one = diagnose(frame[["a", "is_fraud"]], "is_fraud")
    assert one.title.startswith("400 rows, 1 column, 2 classes.")
    assert "1 columns" not in str(one)


def test_names_are_told_apart():
    X, y = table()
    X = X.assign(d=1, e=2, f=3).set_axis(["x", "x", "y", "x", "", 7], axis=1)
    text = finding(diagnose(X, y), "Constants").text
    assert text == "The same in every row: x (column 3), no name, column 7."
    X.columns = ["x", "y", "z", "w\n\x1b[31m" + "long " * 20, *"pq"]
    text = finding(diagnose(X, y), "Constants").text
    assert "w [31mlong long long long long long l..., p, q." in text


X_good, y_good = table(40, 10)


@pytest.mark.parametrize(
    ("X", "y", "arguments", "error", "message"),
    [
        (
            csr_array(X_good),
            y_good,
            {},
            TypeError,
            r"X is a sparse.*\(40, 3\).*toarray",
        ),
        (y_good, y_good, {}, ValueError, r"X has the shape \(40,\); pass a table"),
        (X_good["a"], y_good, {}, ValueError, r"X has the shape \(40,\)"),
        (X_good[[]], y_good, {}, ValueError, r"X has the shape \(40, 0\)"),
        (X_good[:0], [], {}, ValueError, r"X has the shape \(0, 3\)"),
        (5, [0], {}, ValueError, r"X has the shape \(\)"),
        ([[1, 2], [3]], [0, 1], {}, ValueError, "X holds rows of different lengths"),
        (X_good * 1j, y_good, {}, TypeError, "X has complex numbers in a"),
        (
            [[{}], [{}]],
            [0, 1],
            {},
            TypeError,
            "X has values such as {} in column 0",
        ),
        (X_good, y_good[1:], {}, ValueError, r"y has the shape \(39,\).*40 rows"),
        (
            X_good,
            X_good[["a", "b"]],
            {},
            ValueError,
            r"shape \(40, 2\).*one-hot",
        ),
        (X_good.assign(d=[[1, 2]] * 40), y_good, {}, TypeError, r"as \[1, 2\] in d,"),
        (
            X_good.assign(d=[np.ones(2)] * 40),
            y_good,
            {},
            TypeError,
            "in d,.*unhashable",
        ),
        (
            X_good.assign(d=pd.Series([10**400] * 40, X_good.index, dtype=object)),
            y_good,
            {},
            ValueError,
            "values in d that",
        ),
        (X_good, [1, "a"] * 20, {}, TypeError, "y holds labels of .* int, str; pass"),
        (X_good, [True, 2] * 20, {}, TypeError, "y holds labels of .* bool, int"),
        (X_good, [[1], [2, 3]] * 20, {}, TypeError, "y holds labels of .* list"),
        (X_good, ["a", np.nan] * 20, {}, ValueError, "y holds 20 missing labels"),
        (X_good, ["a", None] * 20, {}, ValueError, "y holds 20 missing labels"),
        (X_good, np.array(["a", np.nan] * 20), {}, ValueError, "'nan' 20 times"),
        (X_good, X_good, {}, ValueError, r"y has the shape \(40, 3\)"),
        (X_good, [None, *y_good[1:]], {}, ValueError, "y holds 1 missing labels"),
        (X_good, [np.nan, *y_good[1:]], {}, ValueError, "y holds 1 missing labels"),
        (X_good, pd.Series(y_good).shift(2), {}, ValueError, "y holds 2 missing"),
        (
            X_good,
            pd.Categorical([None] * 40, categories=["y"]),
            {},
            ValueError,
            "y holds 40 missing",
        ),
        (X_good, np.zeros(40), {}, ValueError, r"y holds one class only \(0.0\)"),
        (X_good, ["no"] * 40, {}, ValueError, r"y holds one class only \('no'\)"),
        (X_good, X_good["a"], {}, ValueError, "y holds fractions such as .*quantity"),
        (X_good, "fraud", {}, ValueError, "y='fraud' is the name of 0 col.*'a', 'b'"),
        (X_good.to_numpy(), "fraud", {}, TypeError, "y='fraud' .*X is no DataFrame"),
        (X_good, y_good, {"positive": 2}, ValueError, "positive=2 .*use one of 0, 1"),
        (X_good, y_good, {"positive": "1"}, ValueError, "positive='1' is not in y"),
        (X_good, y_good, {"positive": [1]}, ValueError, r"positive=\[1\] is not in"),
        (X_good, y_good, {"random_state": "x"}, ValueError, "'x' cannot be used to"),
        (
            X_good,
            pd.Series(y_good, index=range(1, 41)),
            {},
            ValueError,
            "y has another index than X; pass y.loc",
        ),
        (
            X_good,
            pd.Series(y_good).sample(frac=1, random_state=0),
            {},
            ValueError,
            "y has another index than X",
        ),
    ],
)
def test_bad_input_is_named(X, y, arguments, error, message):
    with pytest.raises(error, match=message):
        diagnose(X, y, **arguments)


def test_equal_indexes_are_welcome_and_an_array_has_none():
    X, y = table()
    odd = pd.Index(np.arange(400) * 2 + 1)
    expected = diagnose(X, y)
    assert diagnose(X.set_axis(odd), pd.Series(y, odd)) == expected
    by_place = diagnose(X.to_numpy(), pd.Series(y, odd))
    assert by_place.numbers == expected.numbers


# What comes out


def read(report):
    """Return the rows of the HTML table; what is not well-formed is an error."""
    root = ElementTree.fromstring(report._repr_html_())
    assert root.tag == "table"
    return root


def check_output(report):
    text = str(report)
    assert text == repr(report)
    code = {f"    {line}" for each in report.findings for line in each.code}
    lines = [line for line in text.splitlines() if line not in code]
    assert max(map(len, lines)) <= 80
    root = read(report)
    (caption,) = root.findall("caption")
    assert caption.text == report.title
    heads = [each.text for each in root.iterfind(".//th[@scope='rowgroup']")]
    levels = {each.level for each in report.findings}
    assert heads == [HEADINGS[each] for each in HEADINGS if each in levels]
    subjects = [each.text for each in root.iterfind(".//th[@scope='row']")]
    assert sorted(subjects) == sorted(each.subject for each in report.findings)
    assert all(each.get("scope") for each in root.iter("th"))
    everything = " ".join(root.itertext())
    for each in report.findings:
        assert each.text in everything and each.meaning in everything
        assert each.subject in text
        for stem in each.chapters:
            name = PAGES.get(stem) or f"{stem[:2]} {CHAPTERS[stem]}"
            assert name in everything


def test_html_is_escaped():
    X, y = table()
    X["<b>bold</b>"] = 1
    labels = np.where(y == 1, '"<script>alert(1)</script>', "a & b")
    report = diagnose(X, labels)
    page = report._repr_html_()
    assert "<b>" not in page and "<script>" not in page
    assert "&lt;b&gt;" in page and "&lt;script&gt;" in page
    assert "<b>bold</b>" in str(report)
    check_output(report)


def test_html_leaves_the_colors_to_the_page():
    page = diagnose(*table())._repr_html_()
    assert not re.search(r"color|background|font|<style|<script", page)


def links(report):
    return {each.text: each.get("href") for each in read(report).iter("a")}


@pytest.mark.parametrize(
    ("folder", "way"),
    [("notebooks", ""), ("notebooks/exercises", "../"), ("book", "../notebooks/")],
)
@pytest.mark.parametrize("static", [False, True])
def test_chapters_are_links_from_where_the_notebook_is(
    folder, way, static, monkeypatch
):
    assert report_module.STATIC == live.STATIC
    monkeypatch.setenv(live.STATIC, "1")
    if not static:
        monkeypatch.delenv(live.STATIC)
    monkeypatch.chdir(ROOT / folder)
    found = links(diagnose(*table(n_positives=40)))
    ending = "html" if static else "ipynb"
    expected = f"{way}11_confusion_matrix.{ending}"
    assert found["11 From confusion matrix to one number"] == expected
    if not static:
        assert all((ROOT / folder / each).exists() for each in found.values())


def test_elsewhere_chapters_are_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = diagnose(*table())
    assert links(report) == {}
    assert "04 When imbalance does not matter" in report._repr_html_()


@pytest.mark.parametrize("encoding", ["gbk", "cp932", "ascii", "cp1252", "utf-8"])
def test_any_console_can_print_it(encoding, monkeypatch):
    X, y = table()
    X["größe 身長 \U0001f600"] = 1
    report = diagnose(X, y)
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    monkeypatch.setattr("sys.stdout", console)
    print(report)
    console.flush()
    text = console.buffer.getvalue().decode(encoding)
    assert "25.0 %" in text and "gr" in text
    if encoding == "utf-8":
        assert "größe 身長" in text


@pytest.mark.parametrize("slow", [True, False])
def test_a_reader_who_waits_gets_a_word(slow, monkeypatch):
    """Beyond some seconds; here after none, or never."""
    monkeypatch.setattr(diagnosis, "_PATIENCE", 0 if slow else 3600)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.delenv(live.STATIC)

    def part(data, numbers, rng):
        numbers |= {"n_samples": 1, "n_features": 1, "positive": 1}
        assert not slow or wait_for(stream)
        return []

    monkeypatch.setattr(diagnosis, "_PARTS", (part,))
    report = diagnose(*table())
    assert report.title == "1 row, 1 column, 2 classes. Positive: 1, the rarest class."
    assert ("takes a while" in stream.getvalue()) == slow


def wait_for(stream):
    while "\n" not in stream.getvalue():
        threading.Event().wait(0.01)
    return True


NAMES = st.text(max_size=60)


@st.composite
def columns(draw, n_samples):
    """Return one column of any kind that a table may hold."""
    kind = draw(
        st.sampled_from(
            "float int bool text category date Int64 mixed words dates numbers".split()
        )
    )
    values = {
        "float": st.floats(width=64) | st.sampled_from([0.0, 1.0, np.nan]),
        "int": st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3),
        "bool": st.booleans(),
        "text": st.text(max_size=3) | st.none(),
        "category": st.sampled_from(["x", "y", None]),
        "date": st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2100-01-01"))
        | st.none(),
        "Int64": st.integers(0, 5) | st.none(),
        "words": st.sampled_from(["?", "", "NA", "7", "8.5", "x", " ", None]),
        "dates": st.dates().map(lambda day: day.strftime("%d/%m/%Y"))
        | st.sampled_from(["?", "2024-01-01", None]),
        "numbers": st.sampled_from([-1, -999, 9999, 1e300, -1e300])
        | st.integers(0, 30),
        "mixed": st.none() | st.integers(0, 5) | st.floats(0, 1) | st.just("x"),
    }[kind]
    drawn = draw(st.lists(values, min_size=n_samples, max_size=n_samples))
    dtype = {
        "category": "category",
        "date": "datetime64[us]",
        "Int64": "Int64",
        "mixed": object,
    }.get(kind)
    return pd.Series(drawn, dtype=dtype)


@st.composite
def tables(draw):
    n_samples = draw(st.integers(2, 40))
    parts = draw(st.lists(columns(n_samples), min_size=1, max_size=5))
    X = pd.concat(parts, axis=1)
    names = draw(st.lists(NAMES, min_size=len(parts), max_size=len(parts)))
    X.columns = draw(st.sampled_from([names, ["same"] * len(parts)]))
    X.index = draw(st.permutations(range(n_samples)))
    labels = draw(
        st.sampled_from([[0, 1], [False, True], ["a", "<b>"], [3, 5, 9], list("wxyz")])
    )
    y = draw(st.lists(st.sampled_from(labels), min_size=n_samples, max_size=n_samples))
    y[:2] = labels[:2]
    if draw(st.booleans()):
        y = pd.Series(y, index=X.index)
        y = y.astype("category") if draw(st.booleans()) else y
    return X, y


@settings(max_examples=100, deadline=None)
@given(tables(), st.integers(0, 2**32 - 1))
def test_any_table_gets_a_report(data, seed):
    X, y = data
    before = X.copy(deep=True), list(y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = diagnose(X, y, random_state=seed)
    pd.testing.assert_frame_equal(X, before[0])
    assert list(y) == before[1]
    check_output(report)
    numbers = report.numbers
    counts = pd.Series(list(y)).value_counts()
    assert numbers["classes"] == counts.to_dict()
    assert numbers["n_positives"] == counts.min() == counts[numbers["positive"]]
    assert numbers["prevalence"] * len(X) == pytest.approx(counts.min())
    assert numbers["ratio"] == pytest.approx(1 / numbers["prevalence"] - 1)
    low, high = numbers["recall_interval_all"]
    assert 0 <= low < high <= 1
    assert set(numbers["id_columns"]).isdisjoint(numbers["constant_columns"])
    assert all(0.5 <= auc <= 1 for auc in numbers["auc"].values())
    assert sum(numbers["neighbor_types"].values()) == numbers["n_typed"]
    assert 0 <= numbers["n_positive_copies"] <= numbers["n_copies"] < len(X)
    assert numbers["n_contradictions"] != 1
    assert all(0 < n <= len(X) for n in numbers["n_missing"].values())
