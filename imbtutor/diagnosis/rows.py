"""Rows beside each other: copies, contradictions, neighbors."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from imbtutor.diagnosis.report import Finding, counted, listed, percent
from imbtutor.diagnosis.table import draw, unit
from imbtutor.neighbors import TYPES, minority_types

# A leak through the copies of 1 % of the positives moves the recall by 1 point at most.
_MANY_COPIES = 0.01
# The share of a neighbor type among 1,000 positives is off by at most 0.03 (95 %).
_N_TYPED = 1000
# As in `minority_types`, and in the paper that it cites.
_N_NEIGHBORS = 5


def find_repeats(data, numbers, rng):
    """Find rows that occur again, with the same class or with another one."""
    # A number for each row would hide all copies.
    ids = numbers["id_columns"]
    columns = [each for each in data.frame if each not in ids] or list(data.frame)
    every = "every column"
    if len(columns) < data.frame.shape[1]:
        every += f" but {listed(ids, data)},"
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
            "No row copies another.",
        ),
        (
            "Contradictions",
            "contradictions",
            f"Rows that equal a row of another class in {every.rstrip(',')}",
            apart,
            "No model can be right on all of them. Ask how the labels came about, or "
            "for a column that tells the rows apart.",
            "No equal rows have different classes.",
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
            "through the other class, and ADASYN steps most often from these."
        )
        chapters = (
            "05_minority_anatomy",
            "33_smote_pitfalls",
            "35_adasyn_kmeans_smote",
        )
        return [Finding("Neighbors", "note", text, meaning, chapters)]
    if 2 * counts["safe"] > len(rows):
        meaning = (
            "Most live among their own kind. If a model misses them, look at its "
            "threshold first."
        )
        chapters = ("05_minority_anatomy", "04_when_it_does_not_matter")
        return [Finding("Neighbors", "fine", text, meaning, chapters)]
    meaning = "Many live near the border of the classes, and there a model is made."
    chapters = ("05_minority_anatomy", "34_borderline_svm_smote")
    return [Finding("Neighbors", "note", text, meaning, chapters)]
