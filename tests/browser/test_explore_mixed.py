"""The figure of chapter 36: its rows are what imbalanced-learn's samplers returned."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from sklearn.preprocessing import StandardScaler

from imbtutor import make_mixed
from imbtutor.explore import explore_mixed

WORDS, NUMBERS = ["plan", "device", "payment"], ["fee", "months", "gigabytes"]
METHODS = ["codes", "one-hot", "rounded", "SMOTENC", "SMOTEN"]
N = 300


def impossible(rows):
    """Two of the rules of make_mixed; a missing fee breaks none."""
    prepaid = rows["plan"] == "prepaid"
    return pd.DataFrame(
        {
            "device": prepaid & (rows["device"] != "phone"),
            "fee": prepaid & (rows["fee"] > 0) | ~prepaid & (rows["fee"] < 5),
        }
    )


@pytest.fixture(scope="module")
def data():
    return make_mixed(N, random_state=1)


@pytest.fixture(scope="module")
def made(data):
    """The samplers themselves, without the record: rows in units, None for no word."""
    X, y = data
    scaler = StandardScaler().fit(X[NUMBERS])
    scaled = X.copy()
    scaled[NUMBERS] = scaler.transform(X[NUMBERS])

    def new(sampler, table):
        rows = sampler.fit_resample(table, y)[0].iloc[N:].copy()
        if "fee" in rows:
            # As the figure does: a fee of 0 is not to come back as 1e-15.
            rows[NUMBERS] = scaler.inverse_transform(rows[NUMBERS]).round(6)
        return rows

    found = {"SMOTENC": new(SMOTENC(WORDS, random_state=0), scaled)}
    found["SMOTEN"] = new(SMOTEN(random_state=0), X[WORDS]).assign(
        **dict.fromkeys(NUMBERS, np.nan)
    )
    codes = scaled.copy()
    for column in WORDS:
        codes[column] = X[column].cat.codes.astype(float)
    rows = found["codes"] = new(SMOTE(random_state=0), codes)
    for column in WORDS:
        rows[column] = rows[column].map(dict(enumerate(X[column].cat.categories)))
    dummies = new(SMOTE(random_state=0), pd.get_dummies(scaled, dtype=float))
    rounded, halves = dummies[NUMBERS].copy(), dummies[NUMBERS].copy()
    for column in WORDS:
        shares = dummies.filter(like=f"{column}_")
        rounded[column] = shares.idxmax(axis=1).str.removeprefix(f"{column}_")
        halves[column] = rounded[column].where(shares.max(axis=1) == 1)
    found["one-hot"], found["rounded"] = halves, rounded
    return found


def compare(live, data, made, method, row):
    """Compare the figure with the samplers: the row, its parents, and the counts."""
    X, y = data
    assert live.signal("method") == method and live.signal("made_id") == row
    rows = made[method][list(X)]
    values, texts = rows.iloc[row], live.signal("made")
    no_word = rows[WORDS].isna()
    broken = impossible(rows)[~no_word.any(axis=1)]

    assert live.signal("n_made") == len(rows) == N - 2 * y.sum()
    assert live.signal("n_no_value") == no_word.any(axis=1).sum()
    assert live.signal("n_impossible") == broken.any(axis=1).sum()
    # A row without a word is judged by that alone.
    label = rows.index[row]
    found = broken.loc[label] if label in broken.index else no_word.loc[label]
    bad = found.reindex(X.columns, fill_value=False).tolist()
    assert live.signal("bad") == bad
    shown = [
        text for text in live.rows("cells") if text["place"] == "made" and text["bad"]
    ]
    assert [each["column"] for each in shown] == [
        column for column, each in zip(X, bad, strict=True) if each
    ]

    # Parent, neighbor and step give the numbers, as far as they are shown.
    minority = X[y == 1].reset_index(drop=True)
    parent = minority.loc[live.signal("parent")]
    neighbor, step = live.signal("neighbor"), live.signal("step")
    for column, text in zip(X, texts, strict=True):
        if column in WORDS:
            if not no_word.iloc[row][column]:
                assert text == values[column]
        elif method == "SMOTEN":
            assert text == "\N{EN DASH}"
        else:
            assert text == f"{round(values[column], 2) + 0:.2f}"
            way = minority.loc[neighbor, column] - parent[column]
            # The figure rounds to the sixth place.
            assert parent[column] + step * way == pytest.approx(
                values[column], rel=0, abs=1e-6
            )
    if method == "SMOTEN":
        assert neighbor is None and step is None


def test_every_control_agrees_with_imbalanced_learn(show, data, made):
    live = show(explore_mixed(*data, impossible))
    for method in METHODS:
        live.move("Method", method)
        for row in [0, 7, 22, 39]:
            live.move("Made row", row)
            compare(live, data, made, method, row)


def test_half_words_and_codes_are_told(show, data, made):
    live = show(explore_mixed(*data, impossible))
    # It opens with a half word.
    start = live.signal("made_id")
    assert live.signal("method") == "one-hot" and any(live.signal("bad"))
    j = live.signal("bad").index(True)
    larger, smaller = live.signal("made")[j], live.signal("notes")[j]
    share, word = larger.split()
    assert 0.5 <= float(share) < 1
    assert float(share) + float(smaller.split()[0]) == pytest.approx(1, abs=0.011)
    live.move("Method", "rounded")
    assert live.signal("made")[j] == word and not any(live.signal("notes"))
    assert made["rounded"].iloc[start][list(data[0])[j]] == word
    live.move("Method", "codes")
    row = int(np.flatnonzero(made["codes"]["plan"].isna())[0])
    live.move("Made row", row)
    assert live.signal("notes")[0] == "no such code"
    assert 0 < float(live.signal("made")[0]) < 2


@pytest.mark.parametrize(("method", "n_voters"), [("SMOTENC", 5), ("SMOTEN", 6)])
def test_the_votes_are_those_of_the_neighbors(show, data, made, method, n_voters):
    live = show(explore_mixed(*data, impossible))
    live.move("Method", method)
    for row in (3, 18):
        live.move("Made row", row)
        sentence = live.sentence()
        for j, column in enumerate(WORDS):
            won, _, total, _ = live.signal("notes")[j].split()
            assert int(total) == n_voters and int(won) <= n_voters
            word = made[method].iloc[row][column]
            assert f"{column}: " in sentence and f"{word} {won}" in sentence


def test_the_bars_are_the_counts(show, data):
    live = show(explore_mixed(*data, impossible))
    bars = {(row["name"], row["kind"]): row["share"] for row in live.rows("shares")}
    n_made = live.signal("n_made")
    for method in METHODS:
        live.move("Method", method)
        counts = live.signal("n_no_value"), live.signal("n_impossible")
        kinds = "no such value", "impossible combination"
        for kind, count in zip(kinds, counts, strict=True):
            assert bars[method, kind] == pytest.approx(count / n_made, rel=0, abs=1e-9)


def test_the_sentence_follows_and_the_keyboard_works(show, data):
    live = show(explore_mixed(*data, impossible))
    live.move("Method", "SMOTENC")
    live.move("Made row", 4)
    sentence = live.sentence()
    assert sentence.startswith("Row 4: from ") and "step" in sentence
    live.press("Made row", "ArrowRight")
    assert live.signal("made_id") == 5
    assert live.sentence() != sentence
    live.move("Method", "SMOTEN")
    assert live.sentence().startswith("Row 5: a vote around ")


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_mixed(*data, impossible), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(data, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    page = explore_mixed(*data, impossible)._repr_mimebundle_()["text/html"]
    assert len(page) < 250_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": pd.DataFrame({"n": np.arange(40.0)})}, ValueError, "0 columns of dtype"),
        (
            {"X": pd.DataFrame(np.eye(40, 2))},
            ValueError,
            r"no text: \[0, 1\]",
        ),
        ({"y": [1] * 3 + [0] * 37}, ValueError, "3 minority rows among 40"),
        ({"y": [1] * 20 + [0] * 20}, ValueError, "20 minority rows among 40"),
        ({"random_state": None}, TypeError, "random_state=None"),
    ],
)
def test_bad_input_is_named(change, error, message):
    X, y = make_mixed(40, prevalence=0.2, random_state=0)
    arguments = {"X": X, "y": y, "impossible": impossible} | change
    with pytest.raises(error, match=message):
        explore_mixed(**arguments)
