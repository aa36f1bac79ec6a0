"""The table as the report reads it: numbers, levels and dates, by position."""

from collections import Counter

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.sparse import issparse

from imbtutor.diagnosis.report import short


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
        elif values.dtype.kind in "mM" or isinstance(values.dtype, pd.PeriodDtype):
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


def unit(data, columns):
    """Return numbers divided by the largest of their column: no square overflows."""
    return data.numeric[columns] / largest(data.numeric[columns])


def largest(values):
    return np.maximum(values.max(), -values.min())


def draw(rows, n, rng):
    """Return at most n of the rows, at random, in order."""
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))
