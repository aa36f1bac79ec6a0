"""Columns one by one: gaps, constants, ids, dates, scales, categories."""

import re

import numpy as np
import pandas as pd
from pandas.api import types

from imbtutor.diagnosis.dates import other_order, says_nothing
from imbtutor.diagnosis.report import (
    Finding,
    counted,
    in_code,
    listed,
    percent,
    show,
    some,
)
from imbtutor.diagnosis.table import largest, named_as_id, unit

# With fewer rows every text is different.
_LEAST_ROWS = 25
# Of a hundred tables of counts, at most one gets a count called an id by chance.
_BY_CHANCE = 0.01
# Account numbers and times in seconds have at least 7 digits, and all as many. Counts
# and amounts as large as that have various lengths.
_LONG = 6
# Numbers that stand for "missing", such as -999, 99 or 9998 beside 9999.
_CODE = re.compile(r"-?(9{2,}|8{2,}|9+8)")
# A rating from -1 to 5 goes below zero by right.
_MANY = 10
# A word among a few numbers proves nothing, and neither do many words.
_FEW_WORDS, _SOME_NUMBERS = 3, 5
# A column's share of the variance is its share of the mean squared distance between two
# rows. The narrower half of the wine's columns have 0.003 %, of the digits' 18 %.
_LITTLE = 0.1


def find_missing(data, numbers, rng):
    counts = data.frame.isna().sum()
    counts.update(data.numeric.isna().sum())  # where infinite ones count, too
    counts = counts[counts > 0]
    numbers["n_missing"] = {int(column): int(n) for column, n in counts.items()}
    if counts.empty:
        text = "No cell is empty: no NaN, None or NaT, and no number is infinite."
        return [Finding("Missing", "fine", text)]
    most = counts.idxmax()
    infinite = f" Infinite ones among them: {data.n_infinite:,}."
    return [
        Finding(
            "Missing",
            "note",
            f"Missing values: {counts.sum():,}, in {len(counts)} of "
            f"{counted(numbers['n_features'], 'column')}. Most in "
            f"one: {data.names[most]}, {percent(counts[most] / len(data.y))}."
            f"{infinite if data.n_infinite else ''}",
            "Fill them inside the pipeline, so that only the training part decides "
            "with what. SMOTE and nearest neighbors refuse them.",
            ("30_pipelines_and_leakage", "32_smote", "sampler_sheet"),
        )
    ]


def find_disguised(data, numbers, rng):
    """Find what stands for a missing value: words, and numbers far from the others."""
    disguised, code = {}, {}
    for column, (codes, words) in data.words.items():
        found, are_numbers = _no_values(words)
        if found:
            n_rows = np.bincount(codes + 1, minlength=len(words) + 1)[1:]
            disguised[column] = {words[i]: int(n_rows[i]) for i in found}
            if are_numbers and column in data.levels:
                name = in_code(column, data)
                code[column] = f"X[{name}] = pd.to_numeric(X[{name}], errors='coerce')"
    # All columns at once, since hardly any has such an end.
    ends = pd.DataFrame({"low": data.numeric.min(), "high": data.numeric.max()})
    for column, low, high in ends.itertuples():
        if low == -1 or _is_code(low) or _is_code(high):
            found = _codes(data.numeric[column].dropna())
            if found:
                disguised[column] = found
    numbers["disguised"] = disguised
    if not disguised:
        text = (
            "No text such as '?', 'NA', '-' or a blank stands for a missing value, and "
            "no number such as -999 lies far from all others."
        )
        return [Finding("Disguised gaps", "fine", text)]
    by_count = sorted(disguised, key=lambda column: -sum(disguised[column].values()))
    seen = []
    for column in by_count:
        values = disguised[column]
        words = some([show(value) for value in values], 3)
        seen.append(
            f"{words} in {data.names[column]} ({counted(sum(values.values()), 'row')})"
        )
        line = f"X = X.replace({{{in_code(column, data)}: {list(values)[:3]}}}, np.nan)"
        code.setdefault(column, line)
    as_frame = [] if data.is_frame else ["X = pd.DataFrame(X)"]
    return [
        Finding(
            "Disguised gaps",
            "look",
            f"These may stand for missing values: {some(seen, 5)}.",
            "As text a gap is one more category, as a number it lies far from all "
            "others. If nothing is known there, say so, and diagnose again.",
            ("30_pipelines_and_leakage",),
            (*as_frame, *(code[column] for column in by_count[:5])),
        )
    ]


def _no_values(words):
    """Return which words say that there is no value, and if all others are numbers."""
    found = [i for i, word in enumerate(words) if says_nothing(word)]
    texts = np.array([isinstance(word, str) for word in words], dtype=bool)
    no_numbers = pd.to_numeric(pd.Series(words, dtype=object), errors="coerce").isna()
    others = np.flatnonzero(texts & no_numbers.to_numpy())
    if len(others) <= _FEW_WORDS and len(words) - len(others) >= _SOME_NUMBERS:
        return sorted({*found, *others.tolist()}), True
    return found, False


def _is_code(value):
    return bool(_CODE.fullmatch(f"{value:.0f}")) and value == np.trunc(value)


def _codes(values):
    """Return the numbers at the ends that lie farther from the rest than it is wide."""
    unique, n_rows = np.unique(values, return_counts=True)
    low, high = 0, len(unique)
    while low < high and _is_code(unique[low]):
        low += 1
    while high > low and _is_code(unique[high - 1]):
        high -= 1
    rest = unique[low:high]
    found = {}
    if len(rest) > 1:
        far = np.maximum(rest[0] - unique, unique - rest[-1]) > rest[-1] - rest[0]
        found = {value: n for value, n in zip(unique[far], n_rows[far], strict=True)}
    # A single value below zero, and more often so than the next one.
    if unique[0] == -1 and len(unique) > _MANY and unique[1] >= 0:
        if n_rows[0] > n_rows[1]:
            found[unique[0]] = n_rows[0]
    return {
        int(value) if abs(value) < 2**53 else value: int(n)
        for value, n in found.items()
    }


def find_constants(data, numbers, rng):
    # Floats of large integers are equal sooner than these.
    numeric = data.numeric.loc[:, ~(data.numeric.min() < data.numeric.max())]
    constant = []
    for column in sorted([*numeric, *data.levels, *data.dates]):
        values = data.levels.get(column, data.frame[column])
        if pd.Series(values[:100]).nunique(dropna=False) < 2:  # the others are done
            if pd.Series(values).nunique(dropna=False) < 2:
                constant.append(column)
    numbers["constant_columns"] = constant
    if not constant:
        text = "Every column has two values or more, a gap counted as one."
        return [Finding("Constants", "fine", text)]
    return [
        Finding(
            "Constants",
            "note",
            f"The same in every row: {listed(constant, data)}.",
            "A constant column tells nothing; drop it.",
        )
    ]


def find_ids(data, numbers, rng):
    """Find the columns of whole numbers or text in which no value occurs twice."""
    constant = set(numbers["constant_columns"])
    values = data.numeric.to_numpy()
    # Above 2^53 every float is whole.
    small = ~(np.abs(values) >= 2**53).any(axis=0)
    fractions = ((values != np.trunc(values)) & ~np.isnan(values)).any(axis=0)
    whole = [
        column
        for column, exact, fraction in zip(data.numeric, small, fractions, strict=True)
        if not fraction
        and column not in constant
        and (exact or types.is_integer_dtype(data.frame[column].dtype))
    ]
    numbers["integer_columns"] = whole
    ids = []
    # A copy of the whole row repeats the id, too.
    data.hashed = pd.util.hash_pandas_object(data.frame, index=False)
    first = ~data.hashed.duplicated()
    if first.sum() >= _LEAST_ROWS:
        ids = [
            column
            for column in sorted([*whole, *data.levels])
            if column not in numbers["n_missing"]
            and data.frame[column][first].is_unique
            and (column in data.levels or _is_id(column, data))
        ]
    numbers["id_columns"] = ids
    if not ids:
        text = (
            "No text is different in every row, and no whole number is so without a "
            "reason: counts and amounts of a wide range often are."
        )
        return [Finding("Identifiers", "fine", text)]
    return [
        Finding(
            "Identifiers",
            "look",
            f"Different in every row{'' if first.all() else ', copies aside'}: "
            f"{listed(ids, data)}.",
            "If this is an id, leave it out. It says nothing about a new row, or it "
            "tells in which order the rows were collected.",
        )
    ]


def _is_id(column, data):
    """Say whether whole numbers, all different, are so for more than their range."""
    values = data.numeric[column]
    low, high = values.min(), values.max()
    if named_as_id(column, data):
        return True
    if low >= 10**_LONG and len(f"{low:.0f}") == len(f"{high:.0f}"):
        return True
    # By chance as many numbers of this range are all different with a probability of
    # at most exp(-pairs / range), the birthday problem, in any one of the columns.
    n_pairs = len(values) * (len(values) - 1) / 2
    chance = data.frame.shape[1] * np.exp(-n_pairs / (high - low + 1))
    return bool(chance < _BY_CHANCE)


def find_dates(data, numbers, rng):
    numbers["date_columns"] = dates = list(data.dates)
    if not dates:
        return []
    meaning = (
        "If the model will meet rows later than those it learned from, test it on "
        "later rows as well."
    )
    if data.time is None:
        meaning += (
            f" Ask again with time={in_code(dates[0], data)}, to see whether the "
            "prevalence moves."
        )
    code = []
    for column in list(data.formats)[:5]:
        name, written = in_code(column, data), data.formats[column]
        coerced = ", errors='coerce'" if column in numbers["disguised"] else ""
        code.append(
            f"X[{name}] = pd.to_datetime(X[{name}], format='{written}'{coerced})"
        )
    if code:
        meaning += f" Written as text: {listed(list(data.formats), data)}."
        if not data.is_frame:
            code.insert(0, "X = pd.DataFrame(X)")
    either = [
        data.names[column]
        for column, written in data.formats.items()
        if other_order(data.words[column][1], written)
    ]
    if either:
        meaning += f" Day and month could change places in {some(either, 5)}."
    text = f"Dates or times: {listed(dates, data)}."
    found = [Finding("Dates", "note", text, meaning, (), tuple(code))]
    if data.zones:
        named = [f"{data.names[each]} ({wrong})" for each, wrong in data.zones.items()]
        reached = [f"X[{in_code(each, data)}]" for each in list(data.zones)[:5]]
        code = [f"{each} = pd.to_datetime({each}, utc=True)" for each in reached]
        found.append(
            Finding(
                "Time zones",
                "look",
                f"Not one clock: {some(named, 5)}.",
                "What comes first depends on the zone. Here a time without a zone is "
                "read as UTC; if that is right, say so, else add its zone.",
                (),
                tuple(code),
            )
        )
    return found


def find_scales(data, numbers, rng):
    columns = [each for each in data.numeric if each not in data.aside]
    std = unit(data, columns).std() * largest(data.numeric[columns])
    std = std[std > 0].sort_values()  # a column of one number and infinity has none
    numbers["std"] = {int(column): float(std[column]) for column in sorted(std.index)}
    numbers["widest_share"] = None
    if len(std) < 2:
        return []
    variance = (std / std.iloc[-1]) ** 2
    share = variance / variance.sum()
    numbers["widest_share"] = float(share.iloc[-1])
    narrow, wide = std.index[0], std.index[-1]
    text = (
        f"Standard deviations run from {std.iloc[0]:.2g} ({data.names[narrow]}) to "
        f"{std.iloc[-1]:.3g} ({data.names[wide]}), which has "
        f"{percent(share.iloc[-1])} of the variance of all columns together."
    )
    if share.iloc[: (len(std) + 1) // 2].sum() >= _LITTLE:
        return [Finding("Scales", "fine", text, "Most columns count in a distance.")]
    return [
        Finding(
            "Scales",
            "note",
            text,
            "The narrower half of the columns have less than a tenth of it, and no "
            "more say in a distance. Scale inside the pipeline before anything that "
            "looks for neighbors.",
            ("05_minority_anatomy", "33_smote_pitfalls"),
        )
    ]


def find_categories(data, numbers, rng):
    numbers["text_columns"] = list(data.levels)
    text = [each for each in data.levels if each not in data.aside]
    if not text:
        return []
    n_levels = {each: len(np.unique(data.levels[each])) for each in text}
    most = max(n_levels, key=n_levels.get)
    return [
        Finding(
            "Categories",
            "note",
            f"Text or categories: {listed(text, data)}; {len(text)} of "
            f"{counted(numbers['n_features'], 'column')}. Most levels: "
            f"{n_levels[most]:,} in {data.names[most]}.",
            "Encode them inside the pipeline. SMOTE steps from number to number and "
            "does not fit; SMOTENC and SMOTEN of imbalanced-learn are made for "
            "categories.",
            ("36_mixed_data", "sampler_sheet"),
        )
    ]


def find_whole_numbers(data, numbers, rng):
    whole = [each for each in numbers["integer_columns"] if each not in data.aside]
    if not whole:
        return []
    return [
        Finding(
            "Whole numbers",
            "note",
            f"Whole numbers only: {listed(whole, data)}; {len(whole)} of "
            f"{counted(numbers['n_features'], 'column')}.",
            "A synthetic row between two real ones, as SMOTE makes it, has fractions "
            "there that no real row has.",
            ("31_random_oversampling", "33_smote_pitfalls"),
        )
    ]
