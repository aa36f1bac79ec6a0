"""What the pages on data and notation state is what the data and the code say."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from imblearn.datasets import make_imbalance
from imblearn.over_sampling import KMeansSMOTE
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

import imbtutor
from imbtutor import load_benchmark_set, load_wine_quality, minority_types
from imbtutor.roles import COLORS

BOOK = Path(__file__).parent.parent / "book"


def card(title):
    """Return the text of one card and the columns of its first table."""
    page = (BOOK / "datasets.md").read_text("utf-8")
    text = re.search(rf"^## {title}$(.+?)(?=^## |\Z)", page, re.M | re.S).group(1)
    table = re.search(r"(?:^\|.+\n)+", text, re.M).group(0)
    rows = [[cell.strip() for cell in row.split("|")] for row in table.splitlines()]
    return text, {row[1]: row[2:-1] for row in rows[2:]}


def facts(X, y, rows):
    """Return what a card says of a table; `rows` is X, with what tells copies."""
    negatives, positives = np.bincount(y)
    return {
        "rows": f"{len(X):,}",
        "features": f"{X.shape[1]}",
        "positives": f"{positives}",
        "prevalence": f"{100 * y.mean():.1f} %",
        "imbalance ratio": f"{negatives / positives:.1f}:1",
        "copies of an earlier row": f"{rows.duplicated().sum()}",
        "missing values": f"{X.isna().sum().sum()}",
    }


def wine_columns(**kwargs):
    columns = []
    for drop_duplicates in (False, True):
        bunch = load_wine_quality(drop_duplicates=drop_duplicates, **kwargs)
        rows = bunch.data.assign(quality=bunch.quality)
        columns.append(facts(bunch.data, bunch.target, rows))
    return {name: [column[name] for column in columns] for name in columns[0]}


def test_the_table_of_the_wine(wine):
    assert card("White wine")[1] == wine_columns()


def test_the_simulated_wine_has_the_same_table(tmp_path):
    with pytest.warns(UserWarning, match="simulated"):
        columns = wine_columns(data_home=tmp_path, download=False, fallback="simulated")
    assert card("White wine")[1] == columns


def test_the_traps_of_the_wine(wine):
    text, _ = card("White wine")
    rows = wine.data.assign(quality=wine.quality)
    wines = rows.groupby(list(rows)).ngroup().to_numpy()
    counts = np.bincount(wines)
    assert f"{(counts > 1).sum()} wines stand in the file more than once" in text
    assert f"two of them {counts.max()} times" in text
    assert (counts == counts.max()).sum() == 2
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    twins = [
        np.isin(wines[test], wines[train]).mean()
        for train, test in folds.split(wine.data, wine.target)
    ]
    # Over 12 seeds the share ran from 0.287 to 0.297.
    assert np.mean(twins) == pytest.approx(0.29, abs=0.015)
    assert "about 29 % of the test rows" in text
    # As many distinct rows without the grade as with it: no copy has another grade.
    assert len(wine.data.drop_duplicates()) == len(rows.drop_duplicates())
    share = (wine.data.var() / wine.data.var().sum())["total_sulfur_dioxide"]
    assert f"{100 * share:.0f} % is total sulfur dioxide" in text
    assert f"one fifth holds {round(wine.target.sum() / 5)} of them" in text
    grades = wine.quality.value_counts().sort_index()
    assert f"| wines | {' | '.join(f'{count:,}' for count in grades)} |" in text


def test_the_card_of_the_digits():
    text, table = card("Digits, 8 against the rest")
    digits = load_digits(as_frame=True)
    y = (digits.target == 8).astype(int)
    expected = facts(digits.data, y, digits.data)
    assert table == {name: [value] for name, value in expected.items()}
    counts = np.bincount(digits.target)
    assert f"with {counts.min()} to {counts.max()} images each" in text
    assert f"{(digits.data.max() == 0).sum()} of the 64 pixels are blank" in text
    assert (digits.data.max() == digits.data.min()).sum() == 3
    assert (digits.data.min().min(), digits.data.max().max()) == (0, 16)
    assert (digits.data % 1 == 0).all(axis=None) and "integers from 0 to 16" in text
    assert "different 13\nto the test set" in digits.DESCR and "13 people" in text


def test_the_card_of_the_breast_cancer_data():
    text, table = card("Breast cancer")
    cancer = load_breast_cancer(as_frame=True)
    assert list(cancer.target_names) == ["malignant", "benign"]
    y = (cancer.target == 0).astype(int)
    expected = facts(cancer.data, y, cancer.data)
    assert table == {name: [value] for name, value in expected.items()}
    _, thinned = make_imbalance(cancer.data, y, sampling_strategy={1: 19})
    assert "19 malignant tumors" in text
    assert f"the {(thinned == 0).sum()} benign ones" in text
    assert f"a prevalence of {100 * thinned.mean():.1f} %" in text
    pairs = np.triu(cancer.data.corr().abs(), k=1) > 0.95
    assert f"{pairs.sum()} pairs of columns" in text
    spread = cancer.data.std()
    assert f"from {spread.min():.4f} to {spread.max():.0f}" in text


def benchmark_card(title, name):
    """Compare the table of a card with its set; return the text, X and y."""
    try:
        found = load_benchmark_set(name, download=False)
    except OSError:
        pytest.skip("needs the benchmark sets: set IMBTUTOR_DATA to their folder")
    text, table = card(title)
    X, y = pd.DataFrame(found.data), found.target
    rows = X.assign(target=y)
    columns = [facts(X, y, rows)]
    kept = ~rows.duplicated()
    if len(table["rows"]) == 2:
        columns.append(facts(X[kept], y[kept], rows[kept]))
    assert table == {fact: [each[fact] for each in columns] for fact in columns[0]}
    return text, X, y


def count_close_pairs(X, correlation):
    return (np.triu(X.corr().abs(), k=1) > correlation).sum()


def types_of(X, y):
    """Count the safe positives and the outliers; see K-means SMOTE fail."""
    X = StandardScaler().fit_transform(X)
    with pytest.raises(RuntimeError, match="No clusters found"):
        KMeansSMOTE(random_state=0).fit_resample(X, y)
    types = minority_types(X, y)
    return (types == "safe").sum(), (types == "outlier").sum()


def test_the_card_of_ecoli():
    text, X, y = benchmark_card("Ecoli", "ecoli")
    assert "one fifth holds 7 of them" in text and y.sum() == 5 * 7
    two = [each for each in X if X[each].nunique() == 2]
    assert f"{len(two)} of the {X.shape[1]} columns" in text
    assert min(X[each].value_counts().min() for each in two) == 1


def test_the_card_of_the_oil_spills():
    text, X, y = benchmark_card("Oil spills", "oil")
    assert "one fifth holds 8 or 9 of them" in text and 5 * 8 < y.sum() < 5 * 9
    spread = X.std()
    assert f"{spread.max() / 1e6:.1f} million" in text
    assert X.var().max() > 0.95 * X.var().sum()
    assert f"{(spread == 0).sum()} of the {X.shape[1]} columns never" in text
    assert f"{count_close_pairs(X, 0.95)} pairs of columns" in text


def test_the_card_of_the_abalone():
    text, X, y = benchmark_card("Abalone", "abalone")
    assert f"{count_close_pairs(X, 0.95)} pairs of columns" in text
    assert (X.iloc[:, :3].sum(axis=1) == 1).all() and X.iloc[:, 3].nunique() > 2
    scaled = StandardScaler().fit_transform(X)
    search = NearestNeighbors(n_neighbors=11).fit(scaled)
    near = search.kneighbors(scaled[y == 1], return_distance=False)[:, 1:]
    n_safe = ((y[near] == 0).sum(axis=1) < 5).sum()
    assert f"{n_safe} of the {y.sum()} positives are safe" in text


def test_the_card_of_the_crimes():
    text, X, y = benchmark_card("US crime", "us_crime")
    assert f"{count_close_pairs(X, 0.95)} pairs of columns" in text
    assert (X.min() == 0).all() and (X.max() == 1).all()
    assert f"from {X.std().min():.2f} to {X.std().max():.2f}" in text


def test_the_card_of_the_spectrometer():
    text, X, y = benchmark_card("Spectrometer", "spectrometer")
    assert f"one fifth holds {round(y.sum() / 5)}" in text
    assert f"{X.shape[1]} features and {y.sum()} positives" in text
    assert f"{count_close_pairs(X, 0.95)} pairs of columns" in text


def test_the_card_of_the_cars():
    text, X, _ = benchmark_card("Car evaluation, good or very good", "car_eval_34")
    sizes = [4, 4, 4, 3, 3, 3]
    assert "six groups of 4, 4, 4, 3, 3 and 3" in text
    for group in np.split(np.arange(21), np.cumsum(sizes)[:-1]):
        assert (X[group].sum(axis=1) == 1).all() and X[group].isin([0, 1]).all(
            axis=None
        )
    assert not X.duplicated().any() and len(X) == np.prod(sizes) == 1728


def test_the_card_of_the_thyroid_set():
    text, X, _ = benchmark_card("Thyroid, sick", "thyroid_sick")
    words = [column for column in X if X[column].isin([0, 1]).all()]
    assert f"Only {X.shape[1] - len(words)} columns" in text and len(words) == 46
    firsts = [*range(1, 33, 2), 34, 37, 40, 43]
    assert f"{len(firsts)} pairs" in text
    sums = pd.DataFrame({first: X[first] + X[first + 1] for first in firsts})
    assert (sums[firsts[1:]] == 1).all(axis=None)
    assert sums[1].value_counts().to_dict() == {1: 3622, 0: 150}
    assert "both columns are 0 in 150 rows" in text
    assert (X[46] == 1).all() and (X[range(47, 52)].sum(axis=1) == 1).all()
    assert sorted(words) == sorted(
        [*firsts, *(first + 1 for first in firsts), *range(46, 52)]
    )


def test_the_card_of_the_sick_euthyroid_set():
    text, X, _ = benchmark_card("Sick euthyroid", "sick_euthyroid")
    words = [column for column in X if X[column].isin([0, 1]).all()]
    assert f"Only {X.shape[1] - len(words)} columns" in text and len(words) == 36
    firsts = words[::2]
    assert f"{len(firsts)} pairs of zeros and ones" in text
    sums = pd.DataFrame({first: X[first] + X[first + 1] for first in firsts})
    assert (sums[firsts[1:]] == 1).all(axis=None) and "In 17 of the pairs" in text
    assert sums[1].value_counts().to_dict() == {1: 3090, 0: 73}
    assert "both are 0 in 73 rows" in text


def test_the_card_of_satimage():
    text, X, _ = benchmark_card("Satimage", "satimage")
    close = count_close_pairs(X, 0.9)
    assert f"{close} of {36 * 35 // 2} pairs of columns" in text
    assert (X % 1 == 0).all(axis=None)


def test_the_card_of_mammography():
    text, X, y = benchmark_card("Mammography", "mammography")
    rows = X.assign(target=y)
    copies = rows.groupby(list(rows)).size()
    assert f"a negative, stands in the file {copies.max():,} times" in text
    assert copies.idxmax()[-1] == 0
    n_kept = len(rows.drop_duplicates())
    assert n_kept - len(X.drop_duplicates()) == 1  # one row, both labels
    assert np.allclose(X.mean(), 0, atol=1e-6) and np.allclose(X.std(), 1, atol=1e-6)


def test_the_card_of_yeast_me2():
    text, X, y = benchmark_card("Yeast ME2", "yeast_me2")
    most = X.apply(lambda column: column.value_counts(normalize=True).max())
    assert (most.round(2) == 0.99).sum() == 2 and "in 99 % of the rows" in text
    kept = ~X.assign(target=y).duplicated()
    safe, outliers = types_of(X[kept], y[kept])
    assert f"{safe} of the 51 positives are safe and {outliers} are" in text


def test_the_card_of_ozone_level():
    text, X, y = benchmark_card("Ozone level", "ozone_level")
    safe, outliers = types_of(X, y)
    assert safe == 0 and f"safe, and {outliers} are outliers" in text
    assert X.iloc[:, -1].value_counts(normalize=True).max().round(2) == 0.72
    assert f"from {X.std().min():.2f} to {X.std().max():.0f}" in text
    first = y[: round(0.4 * len(y))].sum()
    assert f"The first 40 % of the rows hold {first} of the {y.sum()}" in text


def test_every_toy_function_has_its_line():
    _, table = card("Toy data")
    makers = {name for name in imbtutor.__all__ if name.startswith("make_")}
    assert set(table) == {f"`{name}`" for name in makers}


def test_the_notation_shows_the_colors_of_the_roles():
    text = (BOOK / "notation.md").read_text("utf-8")
    for role, color in COLORS.items():
        (row,) = re.findall(rf"^\| {role} \|.+$", text, re.M)
        # In words and in the drawing.
        assert row.count(color) == 2
