"""Columns one by one: gaps, constants, ids, leaks, dates, scales, categories."""

import numpy as np
import pandas as pd
from pandas.api import types

from imbtutor.diagnosis.report import Finding, counted, listed, percent, some
from imbtutor.diagnosis.table import draw, largest, unit

# The best column of the breast cancer data, measured to find cancer, has 0.975.
_TOO_GOOD = 0.99
# With fewer rows chance makes suspects: 5 positives of 25 rows are in perfect order in
# 2 of 53,130 cases, and 25 whole numbers up to 100 are all different in 4 %.
LEAST_ROWS, LEAST_OF_EACH = 25, 5
# A column's share of the variance is its share of the mean squared distance between two
# rows. The narrower half of the wine's columns have 0.003 %, of the digits' 18 %.
_LITTLE = 0.1
# An AUC of 0.99 from 10,000 rows of each class is off by about 0.001.
_N_RANKED = 10_000


def find_missing(data, numbers, rng):
    counts = data.frame.isna().sum()
    counts.update(data.numeric.isna().sum())  # where infinite ones count, too
    counts = counts[counts > 0]
    numbers["n_missing"] = {int(column): int(n) for column, n in counts.items()}
    if counts.empty:
        return [Finding("Missing", "fine", "No value is missing.")]
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
            ("30_pipelines_and_leakage", "32_smote"),
        )
    ]


def find_constants(data, numbers, rng):
    constant = []
    for column in data.frame:
        values = data.levels.get(column, data.frame[column])
        if pd.Series(values[:100]).nunique(dropna=False) < 2:  # the others are done
            if pd.Series(values).nunique(dropna=False) < 2:
                constant.append(column)
    numbers["constant_columns"] = constant
    if not constant:
        return [Finding("Constants", "fine", "Every column varies.")]
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
    whole = [
        column
        for column in data.numeric
        if column not in numbers["constant_columns"]
        and _is_whole(data.numeric[column].dropna(), data.frame[column].dtype)
    ]
    numbers["integer_columns"] = whole
    ids = []
    # A copy of the whole row repeats the id, too.
    first = ~pd.util.hash_pandas_object(data.frame, index=False).duplicated()
    if first.sum() >= LEAST_ROWS:
        ids = [
            column
            for column in sorted([*whole, *data.levels])
            if column not in numbers["n_missing"]
            and data.frame[column][first].is_unique
        ]
    numbers["id_columns"] = ids
    if not ids:
        return [Finding("Identifiers", "fine", "No column looks like an id.")]
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


def _is_whole(values, dtype):
    # Above 2^53 every float is whole.
    exact = types.is_integer_dtype(dtype) or (values.abs() < 2**53).all()
    return bool(exact and (values == np.trunc(values)).all())


def find_leaks(data, numbers, rng):
    """Rank the rows by each column alone."""
    rows = np.concatenate(
        [draw(np.flatnonzero(data.y == label), _N_RANKED, rng) for label in (0, 1)]
    )
    y = data.y[rows]
    numbers["auc"] = auc = {}
    if len(y) < LEAST_ROWS or min(y.sum(), len(y) - y.sum()) < LEAST_OF_EACH:
        text = (
            f"No column was judged alone. That takes {LEAST_ROWS} rows and "
            f"{LEAST_OF_EACH} of each class, or chance would look like a leak."
        )
        return [Finding("Leaks", "fine", text)]
    for column in data.frame:
        if column in numbers["constant_columns"]:
            continue
        if column in data.levels:
            auc[column] = _auc_of_levels(data.levels[column][rows], y, rng)
        else:
            kind = data.numeric if column in data.numeric else data.dates
            auc[column] = _auc(kind[column].iloc[rows], y)
    if not auc:
        return []
    best = sorted(auc, key=auc.get, reverse=True)
    named = {each: f"{data.names[each]} (AUC {auc[each]:.3f})" for each in best}
    seen = [named[each] for each in best if auc[each] > _TOO_GOOD]
    if not seen:
        text = (
            f"No column gives the class away. The best one alone is {named[best[0]]}."
        )
        return [Finding("Leaks", "fine", text)]
    return [
        Finding(
            "Leaks",
            "look",
            f"Too good alone: {some(seen, 5)}.",
            "Either the problem is easy, or the column was written after the class was "
            "known. If a new row will not have it in time, leave it out.",
        )
    ]


def _auc(values, y):
    """Return the AUC of the values, or of whether there is one, if that is larger."""
    there = values.notna()
    aucs = [0.5]
    few = min(np.bincount(y[there], minlength=2))
    if few >= LEAST_OF_EACH and there.sum() >= LEAST_ROWS:
        aucs.append(_rank_auc(values[there], y[there]))
    if not there.all():
        aucs.append(_rank_auc(there, y))
    return max(max(auc, 1 - auc) for auc in aucs)


def _rank_auc(values, y):
    """Return the AUC by Mann and Whitney's sum of ranks.

    `roc_auc_score` gives the same, and its checks take 3 ms for each column.
    """
    n_positives = int(y.sum())
    least = n_positives * (n_positives + 1) / 2
    ranks = values.rank().to_numpy()[y == 1].sum()
    return float((ranks - least) / (n_positives * (len(y) - n_positives)))


def _auc_of_levels(levels, y, rng):
    """Return the AUC of each level's share of positives in the other half of the rows.

    In the same rows, a column of ids would know every class.
    """
    # Not TargetEncoder: scikit-learn 1.9 deprecates the seed that 1.8 needs.
    _, levels = np.unique(levels, return_inverse=True)
    half = rng.permutation(len(y)) % 2
    share = np.empty(len(y))
    for other, mine in ((half == 0, half == 1), (half == 1, half == 0)):
        n_rows = np.bincount(levels[other], minlength=levels.max() + 1)
        n_hits = np.bincount(levels[other], y[other], minlength=levels.max() + 1)
        # One more row of average class, for levels that the other half has not.
        share[mine] = ((n_hits + y.mean()) / (n_rows + 1))[levels[mine]]
    return max(0.5, _rank_auc(pd.Series(share), y))


def find_dates(data, numbers, rng):
    numbers["date_columns"] = dates = list(data.dates)
    if not dates:
        return []
    return [
        Finding(
            "Dates",
            "note",
            f"Dates or times: {listed(dates, data)}.",
            "If the model will meet rows later than those it learned from, test it on "
            "later rows as well.",
        )
    ]


def find_scales(data, numbers, rng):
    columns = [
        each
        for each in data.numeric
        if each not in numbers["constant_columns"] + numbers["id_columns"]
    ]
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
    set_aside = numbers["constant_columns"] + numbers["id_columns"]
    text = [each for each in data.levels if each not in set_aside]
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
            ("36_mixed_data",),
        )
    ]


def find_whole_numbers(data, numbers, rng):
    # Constant columns are not among them.
    whole = [
        each for each in numbers["integer_columns"] if each not in numbers["id_columns"]
    ]
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
