"""The table as the report reads it: numbers, levels and dates, by position."""

import re
from collections import Counter

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.sparse import issparse

from imbtutor.diagnosis.report import short, show, some

# Words at the end of a name that say whose or what's the row is.
_NAMES = {
    *("id", "ids", "uuid", "guid", "key", "customer", "client", "user", "patient"),
    *("person", "subject", "member", "household", "account", "card", "device"),
    *("merchant", "session"),
}


def check_table(X):
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


def column_names(X, n_features):
    """Return how to call each column, each name once."""
    labels = X.columns if isinstance(X, pd.DataFrame) else range(n_features)
    names = [
        short(each if isinstance(each, str) else f"column {each}") or "no name"
        for each in labels
    ]
    times = Counter(names)
    return [
        f"{name} (column {position})" if times[name] > 1 else name
        for position, name in enumerate(names)
    ]


def kinds(frame, names):
    """Sort the columns by kind: numbers, levels (text and categories) and dates.

    Levels are numbered; `words` says what each number stands for, and -1 is a gap.
    """
    numeric, levels, dates, words = {}, {}, {}, {}
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
        elif _is_date(values.dtype):
            dates[column] = values
        else:
            try:
                levels[column], unique = pd.factorize(values)
                words[column] = np.asarray(unique, dtype=object)
            except TypeError as error:
                raise TypeError(
                    f"X has values in {names[column]} that cannot be compared "
                    f"({error}); pass one plain value in each cell."
                ) from error
    return {
        "numeric": pd.DataFrame(numeric, index=frame.index, copy=False),
        "levels": levels,
        "words": words,
        "dates": dates,
        "n_infinite": int(n_infinite),
    }


def _is_date(dtype):
    return dtype.kind in "mM" or isinstance(dtype, pd.PeriodDtype)


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


def by_row(values, name, X, frame):
    """Return the position of a column, or None, and the values that it has by row."""
    if values is None:
        return None
    if np.ndim(values) == 0 or isinstance(values, tuple):
        labels = list(X.columns if isinstance(X, pd.DataFrame) else frame.columns)
        found = [i for i, label in enumerate(labels) if label == values]
        if len(found) != 1:
            raise ValueError(
                f"{name}={values!r} is the name of {len(found)} columns of X; use "
                f"{some([repr(label) for label in labels], 10)}, or pass one value for "
                "each row."
            )
        return found[0], frame[found[0]]
    check_index(X, values, name)
    if np.shape(values) == (len(frame), 1):
        values = np.ravel(values)
    if np.shape(values) != (len(frame),):
        raise ValueError(
            f"{name} has the shape {np.shape(values)}; pass the name of a column, or "
            f"one value for each of the {len(frame)} rows of X."
        )
    return None, pd.Series(values).reset_index(drop=True)


def named_as_id(column, data):
    """Say whether a name ends like customer_id, userID or patient."""
    words = re.findall("[A-Z]?[a-z]+|[A-Z]+", str(data.labels[column]))
    return bool(words) and words[-1].lower() in _NAMES


def check_index(X, values, name):
    """Raise where pandas and scikit-learn would match rows in different ways."""
    if (
        isinstance(X, pd.DataFrame)
        and isinstance(values, pd.Series)
        and not X.index.equals(values.index)
    ):
        raise ValueError(
            f"{name} has another index than X; pass {name}.loc[X.index] if the index "
            f"says which value belongs to which row, or {name}.to_numpy() if the order "
            "does."
        )


def as_time(values, name):
    """Return dates or numbers, which say what comes first."""
    values = _unpacked(values)
    if types.is_numeric_dtype(values.dtype) or _is_date(values.dtype):
        return values
    raise ValueError(
        f"{name} holds {show(values.dropna().iloc[0])}, which is no date and no "
        "number; pass pd.to_datetime(...) of it, with its format=."
    )


def unit(data, columns):
    """Return numbers divided by the largest of their column: no square overflows."""
    return data.numeric[columns] / largest(data.numeric[columns])


def largest(values):
    return np.maximum(values.max(), -values.min())


def draw(rows, n, rng):
    """Return at most n of the rows, at random, in order."""
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))
