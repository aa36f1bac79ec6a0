"""The table as the report reads it: numbers, levels and dates, by position."""

import contextlib
import re
from collections import Counter

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.sparse import issparse

from imbtutor.diagnosis.dates import is_date, read_dates, unpacked
from imbtutor.diagnosis.report import short, show, some

# Words at the end of a name that say whose or what's the row is.
_NAMES = {
    *("id", "ids", "uuid", "guid", "key", "customer", "client", "user", "patient"),
    *("person", "subject", "member", "household", "account", "card", "device"),
    *("merchant", "session"),
}


def as_pandas(values):
    """Return tables and columns of other libraries as pandas has them, and X as it is.

    A masked array gets gaps where it is masked.
    """
    if isinstance(values, np.ma.MaskedArray):
        if not np.ma.getmaskarray(values).any():
            return values.data
        if values.dtype.kind != "f":
            values = values.astype(float if values.dtype.kind in "iu" else object)
        return values.filled(np.nan)
    if not hasattr(values, "to_pandas"):
        return values
    try:
        return values.to_pandas()
    except ImportError:
        # polars goes by way of pyarrow, which may not be here.
        if hasattr(values, "columns"):
            return pd.DataFrame(
                {each: values[each].to_list() for each in values.columns}
            )
        return pd.Series(values.to_list())


def apart(X, y):
    """Return X and y; where y is the name of a column of X, without that column."""
    if not isinstance(y, (str, int)):
        return X, y
    if not isinstance(X, pd.DataFrame):
        raise TypeError(
            f"y={y!r} is no label for each row, and names no column, since X is no "
            "DataFrame; pass the labels."
        )
    found = [i for i, label in enumerate(X.columns) if label == y]
    if len(found) != 1:
        raise ValueError(
            f"y={y!r} is the name of {len(found)} columns of X; use "
            f"{some([repr(label) for label in X.columns], 10)}, or pass the labels."
        )
    return X.drop(columns=y), X[y]


def check_table(X):
    """Return X as a DataFrame whose columns and rows are numbered from 0."""
    if issparse(X):
        raise TypeError(
            f"X is a sparse matrix of shape {X.shape}; pass X.toarray(), of fewer "
            "columns or rows if it would not fit into memory."
        )
    if not isinstance(X, (pd.DataFrame, list, tuple)):
        X = np.asarray(X)
        if X.dtype == np.longdouble:
            X = _as_float(X)
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
    frame = frame.astype(dense)
    # pandas 2.2 cannot guess the type of integers that no float can hold; `kinds` says
    # which column holds them.
    with contextlib.suppress(OverflowError):
        frame = frame.infer_objects()
    for column in frame.columns[frame.dtypes == np.longdouble]:
        if frame[column].dtype != float:
            frame[column] = _as_float(frame[column])
    return frame


def _as_float(values):
    """Round long floats, which pandas cannot sort; too large ones become infinite."""
    with np.errstate(over="ignore"):
        return values.astype(float)


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

    Levels are numbered, and -1 is a gap. `words` has for each column of text these
    numbers and what they stand for, `formats` for dates as text how they are written,
    `zones` for dates what is wrong with their time zones.
    """
    numeric, levels, dates, words, formats, zones = {}, {}, {}, {}, {}, {}
    n_infinite = 0
    for column in frame:
        try:
            values, wrong = unpacked(frame[column])
        except (ValueError, OverflowError) as error:
            raise ValueError(
                f"X has values in {names[column]} that cannot be read ({error}); pass "
                "numbers that a float can hold, and dates that pandas can."
            ) from error
        if wrong:
            zones[column] = wrong
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
        elif is_date(values.dtype):
            dates[column] = values
        else:
            try:
                codes, unique = pd.factorize(values)
            except TypeError as error:
                example = values.dropna().iloc[0]
                raise TypeError(
                    f"X has values such as {show(example)} in {names[column]}, which "
                    f"cannot be compared ({error}); pass one plain value in each cell."
                ) from error
            unique = np.asarray(unique, dtype=object)
            words[column] = codes, unique
            read = read_dates(unique)
            if read is None:
                levels[column] = codes
            else:
                parsed, formats[column] = read
                dates[column] = pd.Series(parsed.reindex(codes).to_numpy(), frame.index)
    return {
        # One block: thousands of columns, each in its own, take minutes.
        "numeric": pd.DataFrame(
            np.column_stack(list(numeric.values())) if numeric else None,
            index=frame.index,
            columns=list(numeric),
            dtype=float,
        ),
        "levels": levels,
        "words": words,
        "dates": dates,
        "formats": formats,
        "zones": zones,
        "n_infinite": int(n_infinite),
    }


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
    values, _ = unpacked(values)
    if types.is_numeric_dtype(values.dtype) or is_date(values.dtype):
        return values
    codes, unique = pd.factorize(values)
    read = read_dates(np.asarray(unique, dtype=object))
    if read is not None:
        return read[0].reindex(codes)
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
