"""Tables that say what a sampler did, and the check that they say all of it."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import Bunch


class Table(NamedTuple):
    """What is known of some rows, and the type of each column of it.

    ``lines`` is {row: {column: value}}; ``dtypes`` gives a table without lines the
    form of one that has some.
    """

    lines: dict
    dtypes: dict

    def frame(self):
        """Make a DataFrame, by row."""
        rows = sorted(self.lines)
        columns = {
            name: pd.Series([self.lines[row][name] for row in rows], dtype=dtype)
            for name, dtype in self.dtypes.items()
        }
        table = pd.DataFrame(columns)
        table.index = pd.Index(rows, dtype=int, name="row")
        return table


def account(origin, **tables):
    """Gather what is known of one run; a table that is not given is empty."""
    nothing = Table({}, {"rule": str, "by": object})
    return Bunch(
        origin=np.asarray(origin, dtype=int),
        **{"added": Table({}, {"parent": int})}
        | dict.fromkeys(["removed", "stayed", "discarded"], nothing)
        | tables,
    )


def moved(lines, where):
    """Name the rows in lines, and those that caused them, by what stands there."""
    return {
        int(where[row]): line | {"by": [int(where[i]) for i in line["by"]]}
        for row, line in lines.items()
    }


def dense(X):
    """Return X as an array, whatever it is."""
    return X.toarray() if sparse.issparse(X) else np.asarray(X)


def same(one, other):
    """Compare value by value; missing ones are equal."""
    return (one == other) | (pd.isna(one) & pd.isna(other))


def check(told, X, y, X_new, y_new):
    """Raise unless an account explains the whole output of a run, and all of X.

    Raises
    ------
    RuntimeError
        If an output row is neither an original nor a made one; an original differs
        from its row of X; a row of X is both in the output and removed, or neither;
        a removal has no rule; or a made row does not follow from what made it.
    """
    X, X_new, origin = dense(X), dense(X_new), told.origin
    original = origin >= 0
    kept = origin[original]
    made, removed = told.added.lines, told.removed.lines
    rules = [*removed.values(), *told.discarded.lines.values()]
    complaint = None
    if not len(origin) == len(X_new) == len(y_new):
        complaint = f"{len(origin)} rows are explained and {len(X_new)} came out"
    elif not np.array_equal(np.flatnonzero(~original), sorted(made)):
        complaint = "the made rows and those in `added` differ"
    elif not same(X_new[original], X[kept]).all() or any(y_new[original] != y[kept]):
        complaint = "an original row differs from its row in X"
    elif sorted({*kept.tolist(), *removed}) != list(range(len(X))):
        complaint = "a row of X is neither in the output nor removed"
    elif removed.keys() & set(kept.tolist()):
        complaint = "a row of X is both in the output and removed"
    elif not all(line["rule"] for line in rules):
        complaint = "a row was removed by no rule"
    elif not _follows(X_new, X, made):
        complaint = "the made rows do not follow from what is said to have made them"
    if complaint:
        raise RuntimeError(
            f"The explanation is wrong: {complaint}. This version of imbalanced-learn "
            "may work in another way; install one of 0.14."
        )


def _follows(X_new, X, lines):
    """Tell whether each made row is what its line says."""
    example = next(iter(lines.values()), {})
    # A center has no parent: k-means may stop before it is its members' mean.
    if "parent" not in example:
        return True
    made = X_new[list(lines)]
    column = {name: [line[name] for line in lines.values()] for name in example}
    numeric = np.full(X.shape[1], True)
    for i, votes in enumerate(column.get("voters", [])):
        for j, rows in votes.items():
            numeric[j] = False
            if not same(made[i, j], X[rows, j]).all():
                return False
    start = X[column["parent"]][:, numeric]
    made = made[:, numeric]
    if "noise" not in column and "step" not in column:
        return "neighbors" in column or bool(same(made, start).all())
    start = start.astype(float)
    if "noise" in column:
        rebuilt = start + np.array(column["noise"])
    else:
        end = X[column["neighbor"]][:, numeric].astype(float)
        rebuilt = start + np.array(column["step"])[:, None] * (end - start)
    # Rounding errors of the two ways to compute it, in units of the column.
    digits = 1e-6 if X.dtype == np.float32 else 1e-12
    slack = digits * np.abs(np.vstack([rebuilt, start])).max(axis=0)
    low, high = rebuilt - slack, rebuilt + slack
    if np.array(made.tolist()).dtype.kind in "iu":
        # Samplers cut integers toward zero.
        low, high = np.trunc(low), np.trunc(high)
    return bool(((low <= made) & (made <= high)).all())
