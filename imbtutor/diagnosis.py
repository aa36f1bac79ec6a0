"""The first look at a table: what to know of it before any model."""

import html
import math
import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.sparse import issparse
from scipy.stats import binomtest
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch, check_random_state

from imbtutor.neighbors import TYPES, minority_types

CHAPTERS = {
    "01_what_is_imbalance": 'What does "imbalanced" mean?',
    "02_tree_meets_rare_class": "A tree meets a rare class",
    "04_when_it_does_not_matter": "When imbalance does not matter",
    "05_minority_anatomy": "Anatomy of a minority class",
    "11_confusion_matrix": "From confusion matrix to one number",
    "13_precision_recall": "Precision-recall, average precision, top-k",
    "14_honest_validation": "Honest validation with few positives",
    "21_threshold": "Move the threshold",
    "22_costs": "Costs decide",
    "23_class_weights": "Class weights",
    "24_calibration": "Probabilities: calibrated, broken, repaired",
    "30_pipelines_and_leakage": "Pipelines and leakage",
    "31_random_oversampling": "Random oversampling and the smoothed bootstrap (ROSE)",
    "32_smote": "SMOTE from scratch",
    "33_smote_pitfalls": "Where SMOTE goes wrong",
    "34_borderline_svm_smote": "Borderline-SMOTE and SVM-SMOTE",
    "35_adasyn_kmeans_smote": "ADASYN and K-means SMOTE",
    "36_mixed_data": "Categorical and mixed data: SMOTENC and SMOTEN",
}
"""The chapters that a report may name: file stem and title."""

HEADINGS = {
    "look": "Look at these first",
    "note": "Good to know",
    "fine": "Nothing to worry about",
    "next": "Where to go from here",
}
"""The levels of a finding, in the order of the report, and their headings."""

# No line divides rare from frequent (chapter 01). This one is where "Imbalanced
# datasets", in Google's machine learning course, begins to call it mild.
_RARE = 0.2
# An interval this wide holds 0.6 and 0.8 with 0.7: two models whose recalls differ by
# 0.1 look alike.
_WIDE = 0.2
# The recall of the interval: that of chapter 14, 26 of 37. The width depends little on
# it: it would be 9 % larger at 0.5.
_RECALL = 0.7
# A leak through the copies of 1 % of the positives moves the recall by 1 point at most.
_MANY_COPIES = 0.01
# The best column of the breast cancer data, measured to find cancer, has 0.975.
_TOO_GOOD = 0.99
# With fewer rows chance makes suspects: 5 positives of 25 rows are in perfect order in
# 2 of 53,130 cases, and 25 whole numbers up to 100 are all different in 4 %.
_LEAST_ROWS, _LEAST_OF_EACH = 25, 5
# A column's share of the variance is its share of the mean squared distance between two
# rows. The narrower half of the wine's columns have 0.003 %, of the digits' 18 %.
_LITTLE = 0.1
# Sampling errors: an AUC of 0.99 from 10,000 rows of each class is off by about 0.001,
# the share of a neighbor type among 1,000 positives by at most 0.03 (95 %).
_N_RANKED, _N_TYPED = 10_000, 1000
# As in `minority_types`, and in the paper that it cites.
_N_NEIGHBORS = 5


class Finding(NamedTuple):
    """One line of a report: what was seen, how much it matters, what it means."""

    subject: str
    level: str  # a key of HEADINGS
    text: str
    meaning: str = ""
    chapters: tuple = ()  # keys of CHAPTERS


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What `diagnose` found; print it, or let the notebook show it.

    Attributes
    ----------
    title : str
        The size of the table, and which class is positive.
    findings : tuple of Finding
        Each with ``subject``, ``level`` ("look", "note", "fine" or "next"), ``text``,
        ``meaning`` and ``chapters``.
    numbers : dict
        The numbers behind them, for code. Columns are given by position, counted from
        0, which fits ``X.iloc[:, columns]`` and ``X[:, columns]``.

    See Also
    --------
    diagnose : Says what each number is.
    """

    title: str
    findings: tuple
    numbers: dict

    def __repr__(self):
        lines = textwrap.wrap(self.title, 80)
        for heading, findings in self._parts():
            lines += ["", heading]
            for each in findings:
                first = f"  {each.subject:<18}"
                for paragraph in filter(
                    None, [each.text, each.meaning, _chapters(each)]
                ):
                    lines += textwrap.wrap(
                        paragraph, 80, initial_indent=first, subsequent_indent=" " * 20
                    )
                    first = " " * 20
        return "\n".join(lines)

    def _repr_html_(self):
        # Every front end colors the tables of pandas, in light and in dark, and sets
        # them for numbers: narrow, to the right, in one line.
        layout = "text-align: left; vertical-align: top; white-space: normal; padding: "
        style = f'style="{layout}.3em .5em"'
        above = f'style="{layout}1em .5em .3em"'
        rows = []
        for heading, findings in self._parts():
            rows += [
                "<tbody>",
                f'<tr><th {above} colspan="2" scope="rowgroup">{heading}</th></tr>',
            ]
            for each in findings:
                cell = html.escape(each.text)
                if each.meaning:
                    cell += f"<br/>{html.escape(each.meaning)}"
                if each.chapters:
                    cell += f"<br/><em>{html.escape(_chapters(each))}</em>"
                rows.append(
                    f'<tr><th {style} scope="row">{html.escape(each.subject)}</th>'
                    f"<td {style}>{cell}</td></tr>"
                )
            rows.append("</tbody>")
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return "\n".join(['<table class="dataframe">', caption, *rows, "</table>"])

    def _parts(self):
        """Yield each heading that has findings, and these."""
        for level, heading in HEADINGS.items():
            findings = [each for each in self.findings if each.level == level]
            if findings:
                yield heading, findings


def diagnose(X, y, *, positive=None, random_state=0):
    """Look at a table before any model: classes, copies, leaks, scales, neighbors.

    Nothing is trained, resampled or changed. The report says first what to mend, then
    what to know, then what is in order, and names the chapters of the book that apply.

    Parameters
    ----------
    X : array-like or DataFrame of shape (n_samples, n_features)
        The table as it is: numbers, text, categories, bools and dates, with missing
        values. Infinite numbers count as missing. A sparse matrix is refused; sparse
        columns of a DataFrame are made dense.
    y : array-like of shape (n_samples,)
        The class of each row: integers, bools, strings or a Categorical. If X is a
        DataFrame and y a Series, their indexes must be equal, since pandas would match
        rows by the index and scikit-learn by position.
    positive : int, bool or str, optional
        The positive class, one of the labels of y; the others together are negative.
        By default the rarest class, and of equally rare ones the last when sorted.
    random_state : int, RandomState instance or None, default=0
        Seed of what is sampled in large tables; the same seed gives the same report.

    Returns
    -------
    Diagnosis
        ``print`` it, or leave it at the end of a cell. Its dict ``numbers`` holds

        - ``n_samples``, ``n_features``, ``n_positives``; ``prevalence``, the share of
          positives; ``ratio``, negatives for each positive;
        - ``classes`` : dict of label to count; ``positive``, the label;
        - ``n_held_out``, the positives in a test set of one fifth; ``recall_interval``
          and ``recall_interval_all``, the 95 % intervals (Wilson) of a recall of 0.7
          seen on these and on all positives;
        - ``n_copies``, the rows that equal an earlier row in y and in all columns but
          the id columns; ``n_contradictions``, the rows that equal a row of another
          class in these columns; both again for positives only as
          ``n_positive_copies`` and ``n_positive_contradictions``;
        - ``n_missing`` : dict of column to count, columns with missing values only;
        - ``constant_columns``, ``id_columns``, ``text_columns``, ``date_columns``,
          ``integer_columns`` : lists of columns;
        - ``auc`` : dict of column to ROC AUC of that column alone, from 0.5 to 1;
          empty for a table that is too small for it;
        - ``std`` : dict of numeric column to standard deviation, without constant
          columns and ids; ``widest_share``, the share of the widest in the sum of the
          variances, None for a single column;
        - ``neighbor_types`` : dict of "safe", "borderline", "rare" and "outlier" to
          count among ``n_typed`` positives; empty where there is nothing to measure.

    Raises
    ------
    TypeError
        If X is sparse, or a column holds complex numbers or unhashable objects.
    ValueError
        If X is not a table with rows and columns; if y does not match it, has missing
        labels, a single class, or fractions; if `positive` is not in y.

    Notes
    -----
    Copies are found by a 64-bit hash of each row. A column alone is judged by its ROC
    AUC in either direction; text and categories by the share of positives that each
    level has in the other half of the rows; and a column with gaps also by whether
    there is a value. That is done on at most 10,000 random positives and as many
    negatives. Neighbor types are those of `minority_types` in the numeric columns
    (without constant columns and ids), missing values set to the median, scaled by
    `StandardScaler`, for at most 1,000 random positives among all rows.

    References
    ----------
    .. [1] L. D. Brown, T. T. Cai and A. DasGupta (2001), "Interval estimation for a
       binomial proportion", Statistical Science 16, 101-133, for Wilson's interval.
    .. [2] K. Napierala and J. Stefanowski (2016), "Types of minority class
       examples and their influence on learning classifiers from imbalanced
       data", Journal of Intelligent Information Systems 46, 563-597.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imbtutor import diagnose
    >>> X, digit = load_digits(return_X_y=True)
    >>> report = diagnose(X, digit == 8)
    >>> print(report.title)
    1,797 rows, 64 columns, 2 classes. Positive: True, the rarest class.
    >>> report.numbers["n_positives"], report.numbers["constant_columns"]
    (174, [0, 32, 39])
    """
    frame = _check_table(X)
    rng = check_random_state(random_state)
    data = Bunch(frame=frame, names=_names(X, frame.shape[1]))
    data.update(_check_classes(X, y, positive, len(frame)))
    data.update(_columns(frame, data.names))
    findings, numbers = [], {}
    for part in (
        _classes,
        _prevalence,
        _scarcity,
        _missing,
        _constant,
        _ids,
        _repeats,
        _leaks,
        _dates,
        _scales,
        _text,
        _integers,
        _neighbors,
        _next,
    ):
        # Each part may read what the earlier ones have counted.
        findings += part(data, numbers, rng)
    how = "the rarest class" if data.is_rarest else "as you chose"
    title = (
        f"{numbers['n_samples']:,} rows, {numbers['n_features']:,} columns, "
        f"{len(data.classes):,} classes. Positive: {_show(numbers['positive'])}, {how}."
    )
    return Diagnosis(title, tuple(findings), numbers)


def _check_table(X):
    """Return X as a DataFrame whose columns and rows are numbered from 0."""
    if issparse(X):
        raise TypeError(
            f"X is a sparse matrix of shape {X.shape}; pass X.toarray(), of fewer "
            "columns or rows if it would not fit into memory."
        )
    if not isinstance(X, (pd.DataFrame, list, tuple)):
        X = np.asarray(X)
    try:
        shape = np.shape(X)
    except ValueError:
        raise ValueError(
            "X holds rows of different lengths; pass as many values in each row."
        ) from None
    if len(shape) != 2 or 0 in shape:
        raise ValueError(
            f"X has the shape {shape}; pass a table with rows and columns, such as a "
            "DataFrame."
        )
    frame = pd.DataFrame(X)
    frame = frame.set_axis(range(shape[1]), axis=1).reset_index(drop=True)
    dense = {
        column: dtype.subtype
        for column, dtype in frame.dtypes.items()
        if isinstance(dtype, pd.SparseDtype)
    }
    return frame.astype(dense).infer_objects()


def _names(X, n_features):
    """Return how to call each column, each name once."""
    labels = X.columns if isinstance(X, pd.DataFrame) else range(n_features)
    names = [
        _short(each if isinstance(each, str) else f"column {each}") or "no name"
        for each in labels
    ]
    times = Counter(names)
    return [
        f"{name} (column {position})" if times[name] > 1 else name
        for position, name in enumerate(names)
    ]


def _check_classes(X, y, positive, n_samples):
    """Return the classes of y and which one is positive."""
    if (
        isinstance(X, pd.DataFrame)
        and isinstance(y, pd.Series)
        and not X.index.equals(y.index)
    ):
        raise ValueError(
            "y has another index than X; pass y.loc[X.index] if the index says which "
            "label belongs to which row, or y.to_numpy() if the order does."
        )
    labels = np.asarray(y)
    if labels.shape != (n_samples,):
        raise ValueError(
            f"y has the shape {labels.shape}; pass one label for each of the "
            f"{n_samples} rows of X, shape ({n_samples},)."
        )
    if pd.isna(labels).any():
        raise ValueError(
            f"y holds {pd.isna(labels).sum()} missing labels; leave out these rows, "
            "with X[~pd.isna(y)] and y[~pd.isna(y)], or find their labels."
        )
    if labels.dtype.kind == "f" and (labels != np.trunc(labels)).any():
        fraction = labels[labels != np.trunc(labels)][0]
        raise ValueError(
            f"y holds fractions such as {fraction}, so it looks like a quantity; pass "
            "classes, such as (y > limit).astype(int)."
        )
    codes, classes = pd.factorize(labels, sort=True)
    classes = [getattr(each, "item", lambda each=each: each)() for each in classes]
    if len(classes) < 2:
        raise ValueError(
            f"y holds one class only ({_show(classes[0])}); pass rows of both classes."
        )
    counts = np.bincount(codes)
    rarest = len(counts) - 1 - np.argmin(counts[::-1])
    chosen = rarest
    if positive is not None:
        # An array would be compared element by element.
        alone = np.ndim(positive) == 0
        found = [i for i, each in enumerate(classes) if alone and each == positive]
        if not found:
            raise ValueError(
                f"positive={positive!r} is not in y; use one of "
                f"{_some([_show(each) for each in classes], 10)}."
            )
        chosen = found[0]
    return {
        "codes": codes,
        "classes": classes,
        "counts": counts,
        "chosen": chosen,
        "is_rarest": chosen == rarest,
        "y": (codes == chosen).astype(int),
    }


def _columns(frame, names):
    """Sort the columns by kind: numbers, levels (text and categories) and dates."""
    numeric, levels, dates = {}, {}, {}
    n_infinite = 0
    for column in frame:
        values = _unpacked(frame[column])
        if types.is_complex_dtype(values.dtype):
            raise TypeError(
                f"X has complex numbers in {names[column]}; pass two columns, such as "
                "the real and the imaginary part."
            )
        if types.is_numeric_dtype(values.dtype):
            numeric[column] = values.to_numpy(dtype=float, na_value=np.nan)
            infinite = np.isinf(numeric[column])
            if infinite.any():
                n_infinite += infinite.sum()
                numeric[column] = np.where(infinite, np.nan, numeric[column])
        elif values.dtype.kind in "mM" or isinstance(values.dtype, pd.PeriodDtype):
            dates[column] = values
        else:
            try:
                levels[column] = pd.factorize(values)[0]
            except TypeError as error:
                raise TypeError(
                    f"X has values in {names[column]} that cannot be compared "
                    f"({error}); pass one plain value in each cell."
                ) from error
    return {
        "numeric": pd.DataFrame(numeric, index=frame.index, copy=False),
        "levels": levels,
        "dates": dates,
        "n_infinite": int(n_infinite),
    }


def _unpacked(column):
    """Return a column of objects as what they are: numbers or dates, where they are."""
    if column.dtype != object:
        return column
    kind = types.infer_dtype(column, skipna=True)
    if kind in ("integer", "floating", "mixed-integer-float", "decimal", "boolean"):
        return column.where(column.notna(), np.nan).astype(float)
    if kind in ("date", "datetime"):
        return pd.to_datetime(column)
    return column


def _classes(data, numbers, rng):
    counts = data.counts
    n_positives = int(counts[data.chosen])
    numbers |= {
        "n_samples": len(data.y),
        "n_features": data.frame.shape[1],
        "classes": dict(zip(data.classes, counts.tolist(), strict=True)),
        "positive": data.classes[data.chosen],
        "n_positives": n_positives,
        "prevalence": n_positives / len(data.y),
        "ratio": (len(data.y) - n_positives) / n_positives,
    }
    if len(counts) == 2:
        return []
    rarest_first = np.argsort(counts, kind="stable")
    listed = [f"{_show(data.classes[i])} ({counts[i]:,})" for i in rarest_first]
    return [
        Finding(
            "Classes",
            "note",
            f"Rows of each class, rarest first: {_some(listed, 10)}.",
            f"This report takes {_show(numbers['positive'])} against all the others. "
            "Ask again with positive= for each class that matters to you.",
        )
    ]


def _prevalence(data, numbers, rng):
    prevalence = numbers["prevalence"]
    text = (
        f"Positives: {numbers['n_positives']:,} of {numbers['n_samples']:,} rows, "
        f"{_percent(prevalence)}. Imbalance ratio: {numbers['ratio']:,.1f}:1."
    )
    if prevalence > 0.5:
        meaning = "Positive is the larger class here; in the book it is the rarer one."
        return [Finding("Prevalence", "note", text, meaning)]
    if prevalence >= _RARE:
        meaning = "The class is not rare: the imbalance by itself asks for no remedy."
        chapters = ("04_when_it_does_not_matter",)
        return [Finding("Prevalence", "fine", text, meaning, chapters)]
    meaning = (
        f"The class is rare. A model that never says {_show(numbers['positive'])} is "
        f"right in {_percent(1 - prevalence)} of the rows, so do not judge by accuracy."
    )
    chapters = ("01_what_is_imbalance", "11_confusion_matrix", "13_precision_recall")
    return [Finding("Prevalence", "note", text, meaning, chapters)]


def _scarcity(data, numbers, rng):
    n_positives = numbers["n_positives"]
    n_held_out = max(1, round(n_positives / 5))
    n_found = round(_RECALL * n_held_out)
    low, high = _interval(n_found, n_held_out)
    low_all, high_all = _interval(round(_RECALL * n_positives), n_positives)
    numbers |= {
        "n_held_out": n_held_out,
        "recall_interval": (low, high),
        "recall_interval_all": (low_all, high_all),
    }
    text = (
        f"A test set of a fifth of the rows holds {_count(n_held_out, 'positive')}. A "
        f"model that finds {n_found:,} of them has a recall of {low:.2f} to {high:.2f} "
        "(95\u00a0% interval)."
    )
    if high_all - low_all > _WIDE:
        meaning = (
            f"Positives are scarce: even tested on all {n_positives:,} by "
            f"cross-validation, the range is {low_all:.2f} to {high_all:.2f}. More "
            "positives would help more than any method."
        )
        chapters = ("14_honest_validation", "02_tree_meets_rare_class")
        return [Finding("Positives", "look", text, meaning, chapters)]
    if high - low > _WIDE:
        meaning = (
            f"Test on all {n_positives:,} by cross-validation: the range shrinks to "
            f"{low_all:.2f} to {high_all:.2f}."
        )
        chapters = ("14_honest_validation",)
        return [Finding("Positives", "note", text, meaning, chapters)]
    meaning = "There are enough positives to compare models on one test set."
    return [Finding("Positives", "fine", text, meaning)]


def _interval(n_found, n):
    interval = binomtest(n_found, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def _missing(data, numbers, rng):
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
            f"{_count(numbers['n_features'], 'column')}. Most in "
            f"one: {data.names[most]}, {_percent(counts[most] / len(data.y))}."
            f"{infinite if data.n_infinite else ''}",
            "Fill them inside the pipeline, so that only the training part decides "
            "with what. SMOTE and nearest neighbors refuse them.",
            ("30_pipelines_and_leakage", "32_smote"),
        )
    ]


def _constant(data, numbers, rng):
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
            f"The same in every row: {_listed(constant, data)}.",
            "A constant column tells nothing; drop it.",
        )
    ]


def _ids(data, numbers, rng):
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
    if first.sum() >= _LEAST_ROWS:
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
            f"{_listed(ids, data)}.",
            "If this is an id, leave it out. It says nothing about a new row, or it "
            "tells in which order the rows were collected.",
        )
    ]


def _is_whole(values, dtype):
    # Above 2^53 every float is whole.
    exact = types.is_integer_dtype(dtype) or (values.abs() < 2**53).all()
    return bool(exact and (values == np.trunc(values)).all())


def _repeats(data, numbers, rng):
    """Find rows that occur again, with the same class or with another one."""
    # A number for each row would hide all copies.
    ids = numbers["id_columns"]
    columns = [each for each in data.frame if each not in ids] or list(data.frame)
    every = "every column"
    if len(columns) < data.frame.shape[1]:
        every += f" but {_listed(ids, data)},"
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
                f"{text}: {count:,} ({_percent(count / len(which))}). Positives among "
                f"them: {of_positives:,}.",
                meaning,
                ("14_honest_validation",) if key == "copies" else (),
            )
        )
    return found


def _leaks(data, numbers, rng):
    """Rank the rows by each column alone."""
    rows = np.concatenate(
        [_draw(np.flatnonzero(data.y == label), _N_RANKED, rng) for label in (0, 1)]
    )
    y = data.y[rows]
    numbers["auc"] = auc = {}
    if len(y) < _LEAST_ROWS or min(y.sum(), len(y) - y.sum()) < _LEAST_OF_EACH:
        text = (
            f"No column was judged alone. That takes {_LEAST_ROWS} rows and "
            f"{_LEAST_OF_EACH} of each class, or chance would look like a leak."
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
            f"Too good alone: {_some(seen, 5)}.",
            "Either the problem is easy, or the column was written after the class was "
            "known. If a new row will not have it in time, leave it out.",
        )
    ]


def _draw(rows, n, rng):
    """Return at most n of the rows, at random, in order."""
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))


def _auc(values, y):
    """Return the AUC of the values, or of whether there is one, if that is larger."""
    there = values.notna()
    aucs = [0.5]
    few = min(np.bincount(y[there], minlength=2))
    if few >= _LEAST_OF_EACH and there.sum() >= _LEAST_ROWS:
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


def _dates(data, numbers, rng):
    numbers["date_columns"] = dates = list(data.dates)
    if not dates:
        return []
    return [
        Finding(
            "Dates",
            "note",
            f"Dates or times: {_listed(dates, data)}.",
            "If the model will meet rows later than those it learned from, test it on "
            "later rows as well.",
        )
    ]


def _scales(data, numbers, rng):
    columns = [
        each
        for each in data.numeric
        if each not in numbers["constant_columns"] + numbers["id_columns"]
    ]
    std = _unit(data, columns).std() * _largest(data.numeric[columns])
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
        f"{_percent(share.iloc[-1])} of the variance of all columns together."
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


def _unit(data, columns):
    """Return numbers divided by the largest of their column: no square overflows."""
    return data.numeric[columns] / _largest(data.numeric[columns])


def _largest(values):
    return np.maximum(values.max(), -values.min())


def _text(data, numbers, rng):
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
            f"Text or categories: {_listed(text, data)}; {len(text)} of "
            f"{_count(numbers['n_features'], 'column')}. Most levels: "
            f"{n_levels[most]:,} in {data.names[most]}.",
            "Encode them inside the pipeline. SMOTE steps from number to number and "
            "does not fit; SMOTENC and SMOTEN of imbalanced-learn are made for "
            "categories.",
            ("36_mixed_data",),
        )
    ]


def _integers(data, numbers, rng):
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
            f"Whole numbers only: {_listed(whole, data)}; {len(whole)} of "
            f"{_count(numbers['n_features'], 'column')}.",
            "A synthetic row between two real ones, as SMOTE makes it, has fractions "
            "there that no real row has.",
            ("31_random_oversampling", "33_smote_pitfalls"),
        )
    ]


def _neighbors(data, numbers, rng):
    columns = list(numbers["std"])
    numbers |= {"n_typed": 0, "neighbor_types": {}}
    if not columns or len(data.y) <= _N_NEIGHBORS:
        text = (
            f"Neighbors were not looked at. That takes more than {_N_NEIGHBORS} rows "
            "and a numeric column that varies."
        )
        return [Finding("Neighbors", "fine", text)]
    values = _unit(data, columns)
    gaps = ""
    if values.isna().any(axis=None):
        values = values.fillna(values.median())
        gaps = ", gaps filled with the median"
    rows = _draw(np.flatnonzero(data.y), _N_TYPED, rng)
    found = minority_types(
        StandardScaler(copy=False).fit_transform(values),
        data.y,
        n_neighbors=_N_NEIGHBORS,
        rows=rows,
    )
    counts = {name: int((found == name).sum()) for name in TYPES}
    numbers |= {"n_typed": len(rows), "neighbor_types": counts}
    share = {name: _percent(count / len(rows)) for name, count in counts.items()}
    drawn = "" if len(rows) == numbers["n_positives"] else " drawn at random"
    text = (
        f"Kinds of positives by their {_N_NEIGHBORS} nearest rows: "
        f"{share['safe']} safe, {share['borderline']} borderline, {share['rare']} "
        f"rare, {share['outlier']} outliers. Measured for {len(rows):,} of "
        f"{_count(numbers['n_positives'], 'positive')}{drawn}, in {len(columns)} of "
        f"{_count(numbers['n_features'], 'column')}: the numeric ones, scaled{gaps}."
    )
    if numbers["n_positives"] <= _N_NEIGHBORS:
        meaning = (
            f"This says little: with {_count(numbers['n_positives'], 'positive')}, at "
            f"most {numbers['n_positives'] - 1} of {_N_NEIGHBORS} neighbors can be of "
            "the same kind."
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


def _next(data, numbers, rng):
    if numbers["prevalence"] >= _RARE:
        text = "Fit a plain model and see how well it ranks."
        return [Finding("Next", "next", text, "", ("04_when_it_does_not_matter",))]
    return [
        Finding(
            "Next",
            "next",
            "Fit a plain model and see how well it ranks. Then say what a missed "
            "positive and a false alarm cost, and move the threshold. Class weights "
            "and resampling come after that, and they bend the probabilities.",
            "",
            ("22_costs", "21_threshold", "23_class_weights", "24_calibration"),
        )
    ]


def _chapters(finding):
    """Name the chapters of a finding, or return an empty string."""
    if not finding.chapters:
        return ""
    named = [f"{stem[:2]} {CHAPTERS[stem]}" for stem in finding.chapters]
    return f"Chapter{'s' if len(named) > 1 else ''}: {'; '.join(named)}"


def _show(label):
    """Write a label so that text and number differ; a long one is cut."""
    return _short(repr(label))


def _short(text):
    """Return the text in one line of at most 40 characters, all of them printable."""
    text = "".join(each if each.isprintable() else " " for each in text)
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:37] + "..."


def _count(n, noun):
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _some(items, n):
    """Join the first n items and say how many more there are."""
    more = len(items) - n
    return ", ".join(items[:n]) + (f" and {more:,} more" if more > 0 else "")


def _listed(columns, data):
    return _some([data.names[column] for column in columns], 5)


def _percent(share):
    """Write a share in per cent; the space does not break."""
    if share in (0, 1):
        return f"{100 * share:.0f}\u00a0%"
    if share > 0.9999:
        return "over 99.99\u00a0%"
    digits = max(1, math.ceil(-math.log10(100 * min(share, 1 - share))))
    return f"{100 * share:.{digits}f}\u00a0%"
