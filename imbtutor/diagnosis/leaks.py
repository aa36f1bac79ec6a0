"""Leaks: columns, and single values, that tell the class too well."""

import numpy as np
import pandas as pd
from scipy.special import gammaln
from scipy.stats import rankdata

from imbtutor.diagnosis.report import Finding, counted, percent, short, show, some
from imbtutor.diagnosis.table import draw

# The best column of the breast cancer data, measured to find cancer, has 0.975.
_TOO_GOOD = 0.99
# With fewer rows chance makes suspects: 5 positives of 25 rows are in perfect order in
# 2 of 53,130 cases.
_LEAST_ROWS, _LEAST_OF_EACH = 25, 5
# An AUC of 0.99 from 10,000 rows of each class is off by about 0.001.
_N_RANKED = 10_000
# Of 20,000 rows: as many columns take about 150 MB.
_AT_ONCE = 1000
# Of a hundred tables without a leak, at most one gets a value accused by chance.
_LOG_CHANCE = np.log(0.01)


def find_leaks(data, numbers, rng):
    """Rank the rows by each column alone."""
    data.leaky = []
    rows = np.concatenate(
        [draw(np.flatnonzero(data.y == label), _N_RANKED, rng) for label in (0, 1)]
    )
    y = data.y[rows]
    numbers["auc"] = auc = {}
    if len(y) < _LEAST_ROWS or min(y.sum(), len(y) - y.sum()) < _LEAST_OF_EACH:
        text = (
            f"No column was judged alone. That takes {_LEAST_ROWS} rows and "
            f"{_LEAST_OF_EACH} of each class, or chance would look like a leak."
        )
        return [Finding("Leaks", "fine", text)]
    constant = set(numbers["constant_columns"])
    whole = _aucs_of_whole(data.numeric.iloc[rows], y)
    for column in data.frame:
        if column in constant:
            continue
        if column in whole:
            auc[column] = whole[column]
        elif column in data.levels:
            auc[column] = _auc_of_levels(data.levels[column][rows], y, rng)
        else:
            kind = data.numeric if column in data.numeric else data.dates
            auc[column] = _auc(kind[column].iloc[rows], y)
    if not auc:
        return []
    best = sorted(auc, key=auc.get, reverse=True)
    named = {each: f"{data.names[each]} (AUC {auc[each]:.3f})" for each in best}
    data.leaky = [each for each in best if auc[each] > _TOO_GOOD]
    seen = [named[each] for each in data.leaky]
    if not seen:
        text = (
            f"No column alone ranks the rows with an AUC above {_TOO_GOOD}. The best "
            f"one is {named[best[0]]}."
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


def _aucs_of_whole(table, y):
    """Return the AUC of each column without gaps.

    By Mann and Whitney's sum of ranks, as in `_rank_auc`, for many columns at once.
    """
    table = table.loc[:, table.notna().all()]
    aucs = {}
    for first in range(0, table.shape[1], _AT_ONCE):
        some_of_them = table.iloc[:, first : first + _AT_ONCE]
        ranks = rankdata(some_of_them, axis=0)[y == 1].sum(axis=0)
        auc = _from_ranks(ranks, y)
        aucs |= dict(zip(some_of_them, np.maximum(auc, 1 - auc).tolist(), strict=True))
    return aucs


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
    return float(_from_ranks(values.rank().to_numpy()[y == 1].sum(), y))


def _from_ranks(ranks, y):
    n_positives = int(y.sum())
    least = n_positives * (n_positives + 1) / 2
    return (ranks - least) / (n_positives * (len(y) - n_positives))


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


def find_one_sided(data, numbers, rng):
    """Find values that one class has alone, in more rows than chance would give.

    A flag that is set for a fifth of the positives, and for nobody else, has an AUC of
    0.6 only. The chance is that of drawing as many rows, all of one class, times the
    number of values tried (Bonferroni).
    """
    n_all, n_positives = len(data.y), numbers["n_positives"]
    totals = {"positives": n_positives, "negatives": n_all - n_positives}
    chances = {side: _log_chances(total, n_all) for side, total in totals.items()}
    # The least rows that could be beyond chance if a single value were tried.
    least = {
        side: max(2, 1 + np.count_nonzero(each >= _LOG_CHANCE))
        for side, each in chances.items()
    }
    constant, n_tried, suspects = set(numbers["constant_columns"]), 0, []
    for column in data.frame:
        if column in constant:
            continue
        n_rows, n_hits = _counts(_codes(data, column), data.y)
        tried = n_rows > 1
        if column in data.aside:
            # Payments of a thief are all fraud: what the name of a person or a device
            # gives away is a matter of related rows. That there is a name may leak.
            tried[1:-1] = False
        n_tried += np.count_nonzero(tried)
        for side, alone in ("positives", n_hits == n_rows), ("negatives", n_hits == 0):
            for code in np.flatnonzero(tried & alone & (n_rows >= least[side])):
                suspects.append((side, column, code, n_rows[code]))
    found = {"positives": {}, "negatives": {}}
    for side, column, code, n_rows in suspects:
        if chances[side][n_rows - 1] + np.log(n_tried) < _LOG_CHANCE:
            found[side].setdefault(column, []).append(code)
    numbers |= {
        f"{side}_only_columns": list(columns) for side, columns in found.items()
    }
    if not any(found.values()):
        text = (
            "No value stands in one class only, in more rows than chance would give. "
            f"Tried: {counted(n_tried, 'value')} of two rows or more, gaps among them."
        )
        return [Finding("One class only", "fine", text)]
    return [
        _one_sided(side, columns, totals, data)
        for side, columns in found.items()
        if columns
    ]


def _log_chances(total, n_all):
    """Return the log of the chance that 1, 2, ... rows are all among `total` of all."""
    n = np.arange(1, total + 1)
    of_total = gammaln(total + 1) - gammaln(total - n + 1)
    return of_total - gammaln(n_all + 1) + gammaln(n_all - n + 1)


def _codes(data, column):
    """Number the values of a column from 1; 0 is a gap."""
    if column in data.levels:
        return data.levels[column] + 1
    kind = data.numeric if column in data.numeric else data.dates
    return pd.factorize(kind[column])[0] + 1


def _counts(codes, y):
    """Return rows and positives of each code, and last of all but the commonest one.

    The last stands for columns that are empty or 0, or else different in each row.
    """
    n_rows, n_hits = np.bincount(codes), np.bincount(codes, y).astype(int)
    common = n_rows.argmax()
    rest = len(codes) - n_rows[common], int(y.sum()) - n_hits[common]
    return np.append(n_rows, rest[0]), np.append(n_hits, rest[1])


def _one_sided(side, columns, totals, data):
    """Say which values mark how many rows of a class, alone and all together."""
    marked, lines = np.zeros(len(data.y), dtype=bool), {}
    for column, found in columns.items():
        codes = _codes(data, column)
        common = np.bincount(codes).argmax()
        values = [code for code in np.unique(codes) if code in found]
        mine = np.isin(codes, values)
        words = some([_value(data, column, codes, code) for code in values], 3)
        if max(found) > codes.max() and mine.sum() < (codes != common).sum():
            mine = codes != common
            but = _value(data, column, codes, common)
            words = "any value" if common == 0 else f"anything but {but}"
        lines[f"{data.names[column]}: {words} ({counted(int(mine.sum()), 'row')})"] = (
            mine.sum()
        )
        marked |= mine
    other = "negatives" if side == "positives" else "positives"
    n_marked = int(marked.sum())
    text = (
        f"No {other[:-1]} has these: "
        f"{some(sorted(lines, key=lines.get, reverse=True), 5)}. "
        f"{'Together they mark' if len(lines) > 1 else 'That marks'} {n_marked:,} of "
        f"{counted(totals[side], side[:-1])} ({percent(n_marked / totals[side])}). "
        "Chance would not do that."
    )
    # In images of digits, many a pixel is blank wherever there is an eight: a rule
    # about some of the many is common in honest data, one about the few is not.
    if totals[side] > totals[other] and max(lines.values()) < totals[side] / 2:
        meaning = (
            "Ask whether a rule stands behind it, and whether it is known in time."
        )
        return Finding(f"Only in {side}", "note", text, meaning)
    data.leaky += columns
    meaning = (
        "Such a value was often written after the class was known. If a new row will "
        "not have it in time, leave the column out."
    )
    chapters = ("30_pipelines_and_leakage",)
    return Finding(f"Only in {side}", "look", text, meaning, chapters)


def _value(data, column, codes, code):
    """Write the value of a code as it stands in the table."""
    if code == 0:
        return "a gap"
    value = data.frame[column].iloc[int(np.argmax(codes == code))]
    if column in data.dates:
        return short(str(value))
    return show(getattr(value, "item", lambda: value)())
