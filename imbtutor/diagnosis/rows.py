"""Rows beside each other: related ones, copies, times, neighbors."""

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency
from sklearn.preprocessing import StandardScaler

from imbtutor.diagnosis.report import (
    Finding,
    counted,
    in_code,
    listed,
    percent,
    some,
)
from imbtutor.diagnosis.table import as_time, draw, named_as_id, unit
from imbtutor.neighbors import TYPES, minority_types

# A leak through the copies of 1 % of the positives moves the recall by 1 point at most.
_MANY_COPIES = 0.01
# Towns, jobs or hours are categories. Counts and amounts have more values, but crowd at
# some of them, and numbers that were given in turn do not. Kolmogorov's distance from
# an even spread is at least 0.19 for 1,000 normal values and 0.13 for triangular ones;
# for 200 persons, even if a few of them have most of the rows, it is at most 0.14.
_MANY_TEXTS, _MANY_NUMBERS, _EVEN = 25, 100, 0.15
# A test set, as in `find_scarcity`.
_FIFTH = 0.2
# What chance does to the prevalence of blocks in one of a hundred tables.
_BY_CHANCE = 0.01
# With fewer expected in a block, the chi-squared test is no longer good.
_LEAST_EXPECTED = 5
# The share of a neighbor type among 1,000 positives is off by at most 0.03 (95 %).
_N_TYPED = 1000
# As in `minority_types`, and in the paper that it cites.
_N_NEIGHBORS = 5


def find_related(data, numbers, rng):
    """Find columns that may name a person or a device, and look at the groups given."""
    given = [] if data.groups is None or data.groups[0] is None else [data.groups[0]]
    times = [] if data.time is None or data.time[0] is None else [data.time[0]]
    others = set(numbers["constant_columns"] + numbers["id_columns"] + given + times)
    sizes = {}
    for column in sorted([*numbers["integer_columns"], *data.levels]):
        if column not in others:
            sizes[column] = _size_of_groups(column, data)
    suspects = [column for column, size in sizes.items() if size]
    numbers["group_columns"] = sorted(given + suspects)
    data.aside = others.union(suspects)
    found = _groups(data, numbers)
    if suspects:
        named = [
            f"{data.names[column]} ({sizes[column][0]:,} values, "
            f"{sizes[column][1]:.1f} rows each)"
            for column in suspects
        ]
        found.append(
            Finding(
                "Related rows",
                "look",
                f"Many values, each in a few rows: {some(named, 5)}.",
                "If they name persons, devices or places, their rows are related. Keep "
                "the rows of each in one fold, and leave the column out of the "
                "features; this report leaves it out of scales and neighbors. Diagnose "
                f"again with groups={in_code(suspects[0], data)}.",
                ("14_honest_validation",),
            )
        )
    elif data.groups is None:
        text = (
            "No text and no whole number has many values, each in a few rows, as the "
            "name of a person or a device would. If rows belong together by something "
            "else, name it: groups=."
        )
        found.append(Finding("Related rows", "fine", text))
    return found


def _size_of_groups(column, data):
    """Return the number of values and the mean of rows each, or None for no groups."""
    named = named_as_id(column, data)
    if column in data.numeric and len(data.frame) < _MANY_NUMBERS and not named:
        return None
    values = data.frame[column].dropna()
    n_values = values.nunique()
    # More values than rows with the same value, and not all of them different.
    if not np.sqrt(len(values)) < n_values < len(values) or n_values < _MANY_TEXTS:
        return None
    size = n_values, len(values) / n_values
    if named:
        return size
    if column in data.levels:
        _, words = data.words[column]
        as_numbers = pd.to_numeric(pd.Series(words), errors="coerce")
        return size if ((as_numbers % 1).fillna(0) == 0).all() else None
    # As floats, since the last digits of large numbers do not matter here.
    numbers = data.numeric[column].dropna().to_numpy()
    if n_values < _MANY_NUMBERS or numbers.min() < 0:
        return None
    return size if _distance_from_even(numbers) < _EVEN else None


def _distance_from_even(numbers):
    """Return Kolmogorov's distance from numbers spread evenly over their range."""
    unique, n_rows = np.unique(numbers, return_counts=True)
    # The most active customer has a tenth of the rows, wherever his number stands.
    n_rows = np.minimum(n_rows, 2 * n_rows.mean())
    even = (unique - unique[0]) / (unique[-1] - unique[0])
    share = np.cumsum(n_rows) / n_rows.sum()
    return max(abs(share - even).max(), abs(share - n_rows / n_rows.sum() - even).max())


def _groups(data, numbers):
    numbers["groups"] = None
    if data.groups is None:
        return []
    position, values = data.groups
    codes, _ = pd.factorize(values)
    # A row without a group is one of its own.
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(alone.sum())
    size = np.bincount(codes)
    n_with_positives = len(np.unique(codes[data.y == 1]))
    crossing = 1 - (1 - _FIFTH) ** size - _FIFTH**size
    related = 1 - _FIFTH ** (size[codes] - 1.0)
    numbers["groups"] = {
        "n_groups": len(size),
        "n_with_positives": n_with_positives,
        "largest": int(size.max()),
        "crossing": float(crossing.mean()),
        "related": float(related.mean()),
    }
    name = "groups=" if position is None else data.names[position]
    text = (
        f"{counted(len(size), 'group')} by {name}, the largest of "
        f"{counted(int(size.max()), 'row')}. The positives are in {n_with_positives:,} "
        "of them."
    )
    if related.mean() < _MANY_COPIES:
        return [Finding("Groups", "fine", text, "Nearly every row is on its own.")]
    where = "groups" if position is None else f"X[{in_code(position, data)}]"
    return [
        Finding(
            "Groups",
            "look",
            f"{text} Were rows split at random, one fifth for testing, "
            f"{percent(crossing.mean())} of the groups would stand on both sides, and "
            f"{percent(related.mean())} of the tested rows would have relatives among "
            "those that the model learned from.",
            "Keep each group in one fold, or a model can remember it. Intervals count "
            "groups with positives rather than positives.",
            ("14_honest_validation",),
            (
                "cv = StratifiedGroupKFold(n_splits=5, shuffle=True, random_state=0)",
                f"cross_validate(model, X, y, groups={where}, cv=cv)",
            ),
        )
    ]


def find_drift(data, numbers, rng):
    """Compare the prevalence of five blocks of rows in the order of time."""
    numbers["prevalence_in_time"] = []
    if data.time is None:
        return []
    position, values = data.time
    values = as_time(values if position is None else data.frame[position], "time")
    there = values.notna().to_numpy()
    rank, y = values[there].rank().to_numpy(), data.y[there]
    # Rows of the same time stay in the same block.
    edges = np.quantile(rank, [0.2, 0.4, 0.6, 0.8])
    _, block = np.unique(np.searchsorted(edges, rank), return_inverse=True)
    name = "time=" if position is None else data.names[position]
    n_rows, n_hits = np.bincount(block), np.bincount(block, y)
    if len(n_rows) < 2 or (n_rows * y.mean()).min() < _LEAST_EXPECTED:
        text = (
            f"Whether the prevalence moves with {name} was not judged: that takes two "
            f"times, and {_LEAST_EXPECTED} positives for each fifth of the rows."
        )
        return [Finding("Time", "fine", text)]
    numbers["prevalence_in_time"] = (n_hits / n_rows).tolist()
    shares = ", ".join(map(percent, n_hits / n_rows))
    text = (
        f"Prevalence by {name}, in {len(n_rows)} blocks from first to last: {shares}."
    )
    if not there.all():
        text += f" Without a time: {counted(int((~there).sum()), 'row')}."
    if chi2_contingency([n_hits, n_rows - n_hits]).pvalue >= _BY_CHANCE:
        meaning = (
            "That is within what chance does. Test on the latest rows all the same."
        )
        return [Finding("Time", "fine", text, meaning)]
    return [
        Finding(
            "Time",
            "look",
            text,
            "It moves more than chance would move it. A random split hides that: test "
            "on the latest rows, and expect another prevalence where the model works.",
            ("14_honest_validation", "24_calibration"),
        )
    ]


def find_repeats(data, numbers, rng):
    """Find rows that occur again, with the same class or with another one."""
    # A number for each row would hide all copies.
    ids = numbers["id_columns"]
    columns = [each for each in data.frame if each not in ids] or list(data.frame)
    every = "every column"
    if len(columns) < data.frame.shape[1]:
        every += f" but {listed(ids, data)},"
    rows = data.hashed
    if len(columns) < data.frame.shape[1]:
        rows = pd.util.hash_pandas_object(data.frame[columns], index=False)
    copies = pd.DataFrame({"row": rows, "class": data.codes}).duplicated()
    repeated = rows.duplicated(keep=False)
    codes = pd.Series(data.codes)[repeated].groupby(rows[repeated])
    mixed = codes.transform("min") != codes.transform("max")
    apart = mixed.reindex(rows.index, fill_value=False)
    is_positive = data.y == 1
    found = []
    for subject, key, text, which, meaning, none in (
        (
            "Copies",
            "copies",
            f"Rows that copy an earlier row in {every} and in the class",
            copies,
            "A copy on the other side of a split lets a model remember instead of "
            "learn. Drop copies, or keep them together in one fold; then diagnose "
            "again.",
            f"No row equals another one in {every} and in the class.",
        ),
        (
            "Contradictions",
            "contradictions",
            f"Rows that equal a row of another class in {every.rstrip(',')}",
            apart,
            "No model can be right on all of them. Ask how the labels came about, or "
            "for a column that tells the rows apart.",
            f"No row equals a row of another class in {every.rstrip(',')}.",
        ),
    ):
        count, of_positives = int(which.sum()), int(which[is_positive].sum())
        numbers[f"n_{key}"] = count
        numbers[f"n_positive_{key}"] = of_positives
        if not count:
            found.append(Finding(subject, "fine", none))
            continue
        share = max(which.mean(), of_positives / numbers["n_positives"])
        found.append(
            Finding(
                subject,
                "look" if share >= _MANY_COPIES else "note",
                f"{text}: {count:,} ({percent(count / len(which))}). Positives among "
                f"them: {of_positives:,}.",
                meaning,
                ("14_honest_validation",) if key == "copies" else (),
            )
        )
    return found


def find_neighbors(data, numbers, rng):
    columns = list(numbers["std"])
    numbers |= {"n_typed": 0, "neighbor_types": {}}
    if not columns or len(data.y) <= _N_NEIGHBORS:
        text = (
            f"Neighbors were not looked at. That takes more than {_N_NEIGHBORS} rows "
            "and a numeric column that varies."
        )
        return [Finding("Neighbors", "fine", text)]
    values = unit(data, columns)
    gaps = ""
    if values.isna().any(axis=None):
        values = values.fillna(values.median())
        gaps = ", gaps filled with the median"
    rows = draw(np.flatnonzero(data.y), _N_TYPED, rng)
    found = minority_types(
        StandardScaler(copy=False).fit_transform(values),
        data.y,
        n_neighbors=_N_NEIGHBORS,
        rows=rows,
    )
    counts = {name: int((found == name).sum()) for name in TYPES}
    numbers |= {"n_typed": len(rows), "neighbor_types": counts}
    share = {name: percent(count / len(rows)) for name, count in counts.items()}
    drawn = "" if len(rows) == numbers["n_positives"] else " drawn at random"
    text = (
        f"Kinds of positives by their {_N_NEIGHBORS} nearest rows: "
        f"{share['safe']} safe, {share['borderline']} borderline, {share['rare']} "
        f"rare, {share['outlier']} outliers. Measured for {len(rows):,} of "
        f"{counted(numbers['n_positives'], 'positive')}{drawn}, in {len(columns)} of "
        f"{counted(numbers['n_features'], 'column')}: the numeric ones, scaled{gaps}."
    )
    if numbers["n_positives"] <= _N_NEIGHBORS:
        meaning = (
            f"This says little: with {counted(numbers['n_positives'], 'positive')}, at "
            f"most {numbers['n_positives'] - 1} of {_N_NEIGHBORS} neighbors can be of "
            "the same kind."
        )
        return [Finding("Neighbors", "note", text, meaning, ("05_minority_anatomy",))]
    leaky = [each for each in columns if each in data.leaky]
    if leaky:
        meaning = (
            f"This counts {listed(leaky, data)}, which may give the class away: mend "
            "that first, then diagnose again."
        )
        return [Finding("Neighbors", "note", text, meaning, ("05_minority_anatomy",))]
    if 2 * (counts["rare"] + counts["outlier"]) >= len(rows):
        meaning = (
            "At least half have no more than one of their own kind among these "
            f"{_N_NEIGHBORS}. A step from one to another, as SMOTE makes it, can lead "
            "through the other class, and ADASYN steps most often from these. NearMiss "
            "keeps the negatives beside them, cleaning takes such negatives away."
        )
        chapters = (
            "05_minority_anatomy",
            "33_smote_pitfalls",
            "35_adasyn_kmeans_smote",
            "42_near_miss",
            "44_edited_neighbours",
        )
        return [Finding("Neighbors", "note", text, meaning, chapters)]
    if 2 * counts["safe"] > len(rows):
        meaning = (
            "Most live among their own kind. If a model misses them, look at its "
            "threshold first."
        )
        chapters = ("05_minority_anatomy", "04_when_it_does_not_matter")
        return [Finding("Neighbors", "fine", text, meaning, chapters)]
    meaning = (
        "Many live near the border of the classes, and there a model is made. Cleaning "
        "would take away negatives there."
    )
    chapters = (
        "05_minority_anatomy",
        "34_borderline_svm_smote",
        "43_tomek_links",
        "44_edited_neighbours",
    )
    return [Finding("Neighbors", "note", text, meaning, chapters)]
