"""The first look at a table: what to know of it before any model."""

import os
import threading
from contextlib import contextmanager

import pandas as pd
from sklearn.utils import Bunch, check_random_state

from imbtutor.diagnosis import classes, columns, leaks, rows
from imbtutor.diagnosis.classes import check_classes
from imbtutor.diagnosis.report import (
    CHAPTERS,
    HEADINGS,
    PAGES,
    STATIC,
    Diagnosis,
    Finding,
    counted,
    show,
)
from imbtutor.diagnosis.table import (
    apart,
    as_pandas,
    by_row,
    check_table,
    column_names,
    kinds,
)

__all__ = ["CHAPTERS", "HEADINGS", "PAGES", "Diagnosis", "Finding", "diagnose"]

# In the order of the report. Each part may read what the earlier ones have counted.
_PARTS = (
    classes.find_classes,
    classes.find_prevalence,
    classes.find_scarcity,
    classes.find_many_negatives,
    columns.find_missing,
    columns.find_disguised,
    columns.find_constants,
    columns.find_ids,
    rows.find_related,
    rows.find_repeats,
    leaks.find_leaks,
    leaks.find_one_sided,
    columns.find_dates,
    rows.find_drift,
    columns.find_scales,
    columns.find_categories,
    columns.find_whole_numbers,
    rows.find_neighbors,
    classes.say_what_is_next,
)


# Seconds after which a reader wonders whether anything happens.
_PATIENCE = 5


@contextmanager
def _word_after(seconds, words):
    """Print the words if the block takes longer than that; nobody waits for a page."""
    timer = threading.Timer(seconds, print, [words], {"flush": True})
    timer.daemon = True
    if not os.environ.get(STATIC):
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def diagnose(X, y, *, positive=None, groups=None, time=None, random_state=0):
    """Look at a table before any model: classes, copies, leaks, scales, neighbors.

    Nothing is trained, resampled or changed. The report says first what to mend, then
    what to know, then what is in order, and names the chapters of the book that apply.

    Parameters
    ----------
    X : array-like or DataFrame of shape (n_samples, n_features)
        The table as it is, of pandas, polars, pyarrow or numpy: numbers, text,
        categories, bools and dates (as text, too), with missing values. Infinite
        numbers count as missing, masked ones are. A sparse matrix is refused; sparse
        columns of a DataFrame are made dense.
    y : array-like of shape (n_samples,) or (n_samples, 1), or column name
        The class of each row: integers, bools, strings or a Categorical; or the name of
        the column of X that holds them, which then is no feature. One-hot labels stand
        for the number of their column. If X is a
        DataFrame and y a Series, their indexes must be equal, since pandas would match
        rows by the index and scikit-learn by position.
    positive : int, bool or str, optional
        The positive class, one of the labels of y; the others together are negative.
        By default the rarest class, and of equally rare ones the last when sorted.
    groups, time : column name or array-like of shape (n_samples,), optional
        To whom or to what each row belongs, such as a customer or a device, and when it
        was recorded: a date or a number. A name, or a number for an array, stands for
        that column of X. Such columns are kept out of scales and neighbors.
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
        - ``disguised`` : dict of column to dict of value to count: what looks like a
          missing value that is written as text or as a number;
        - ``constant_columns``, ``id_columns``, ``text_columns``, ``date_columns``,
          ``integer_columns`` : lists of columns;
        - ``group_columns`` : list of columns that may name a person or a device, and
          the one of `groups`;
        - ``groups`` : dict of numbers about `groups`, or None: ``n_groups``,
          ``n_with_positives``, ``largest`` and, expected of a random split with one
          fifth for testing, ``crossing``, the share of groups with rows on both sides,
          and ``related``, the share of test rows with rows of their group in training;
        - ``prevalence_in_time`` : list of the prevalence in five blocks of equal size
          (fewer, where times are equal) by `time`, empty without it;
        - ``auc`` : dict of column to ROC AUC of that column alone, from 0.5 to 1;
          empty for a table that is too small for it;
        - ``positives_only_columns``, ``negatives_only_columns`` : lists of columns with
          a value that this class has alone, in more rows than chance would give;
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
        labels, a single class, or fractions; if `positive` is not in y; if `groups` or
        `time` names no column of X, or does not match it.

    Notes
    -----
    Columns are said to name persons or devices if they are text or whole numbers with
    more distinct values than rows for each of them, at least 25; whole numbers also
    have to be at least 100 and spread evenly, unless the name of the column ends like
    ``customer_id``. Whole numbers that are all different are called ids where chance
    would not do it (the birthday problem), or by their length or name.

    Copies are found by a 64-bit hash of each row. A column alone is judged by its ROC
    AUC in either direction; text and categories by the share of positives that each
    level has in the other half of the rows; and a column with gaps also by whether
    there is a value. That is done on at most 10,000 random positives and as many
    negatives. A value that one class has alone is beyond chance if drawing as many rows
    at random would give it, in any of the values tried, in less than 1 % of such
    tables. Neighbor types are those of `minority_types` in the numeric columns
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
    X, y = apart(as_pandas(X), as_pandas(y))
    groups, time = as_pandas(groups), as_pandas(time)
    frame = check_table(X)
    rng = check_random_state(random_state)
    data = Bunch(frame=frame, names=column_names(X, frame.shape[1]))
    data.is_frame = isinstance(X, pd.DataFrame)
    data.labels = X.columns if data.is_frame else frame.columns
    data.update(check_classes(X, y, positive, len(frame)))
    data.update(kinds(frame, data.names))
    data.groups = by_row(groups, "groups", X, frame)
    data.time = by_row(time, "time", X, frame)
    findings, numbers = [], {}
    with _word_after(_PATIENCE, "diagnose: a large table, this takes a while ..."):
        for part in _PARTS:
            findings += part(data, numbers, rng)
    how = "the rarest class" if data.is_rarest else "as you chose"
    title = (
        f"{counted(numbers['n_samples'], 'row')}, "
        f"{counted(numbers['n_features'], 'column')}, "
        f"{len(data.classes):,} classes. Positive: {show(numbers['positive'])}, {how}."
    )
    return Diagnosis(title, tuple(findings), numbers)
