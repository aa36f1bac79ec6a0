"""One made row of a table with numbers and categories, beside its parents."""

import json
from collections import Counter

import altair as alt
import numpy as np
import pandas as pd

from imbtutor._checks import check_labels, check_number, check_unique_columns
from imbtutor.explore import parts
from imbtutor.tracing import trace

N_SHOWN = 40  # made rows of each method that can be looked at
METHODS = {
    "codes": "ordinal codes + SMOTE",
    "one-hot": "one-hot + SMOTE",
    "rounded": "one-hot + SMOTE, rounded",
    "SMOTENC": "SMOTENC",
    "SMOTEN": "SMOTEN (categories only)",
}
KINDS = {"no such value": parts.PINK, "impossible combination": parts.SKY}
PLACES = {"parent": 0.02, "neighbor": 0.31, "made": 0.61}  # where columns begin


def explore_mixed(X, y, impossible, *, random_state=0, name="mixed"):
    """Follow a made row to its parents, column by column, for five methods.

    Each method makes the classes even, with the same ``random_state``: `SMOTE` on
    ordinal codes (categories numbered from 0, in their order), `SMOTE` on one-hot
    columns of floats, the same rows with each category rounded to the larger share,
    `SMOTENC`, and `SMOTEN` on the categorical columns alone. Numbers are
    standardized before, and put back into their units afterwards.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Columns of numbers and of dtype category, at least one of each.
    y : array-like of shape (n_samples,)
        1 for the minority, of at least 6 rows and fewer than the majority, else 0.
    impossible : callable
        Called with a DataFrame like X, in which numbers may be missing (`SMOTEN`
        makes none). Returns a DataFrame of bool, whose columns are some of those of
        X: whether a row breaks the rule about that column.
    random_state : int, default=0
        Seed of every run.
    name : str, default="mixed"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``method`` ("codes", "one-hot", "rounded", "SMOTENC",
        "SMOTEN") and ``made_id``, which counts the rows that it made from 0, at most
        40 of them. Computed, of that row: ``parent`` and ``neighbor`` (null for
        SMOTEN), which count the minority rows from 0 in their order in X, ``step``
        (null for SMOTEN), ``made`` and ``notes`` (texts, by column), ``bad`` (by
        column, whether its value does not exist or breaks a rule). Of all rows that
        the method made: ``n_made``, ``n_no_value`` with a value that does not exist,
        and ``n_impossible`` others that break a rule.

    Raises
    ------
    TypeError
        If `random_state` is not an integer.
    ValueError
        If X has no column of dtype category or no other, or one whose name is no text,
        the labels are not 0 and 1, or the minority has fewer than 6 rows or is no
        minority.

    Examples
    --------
    >>> from imbtutor import make_mixed
    >>> from imbtutor.explore import explore_mixed
    >>> X, y = make_mixed(200, random_state=0)
    >>> def impossible(rows):
    ...     return ((rows["plan"] == "prepaid") & (rows["fee"] > 0)).to_frame("fee")
    >>> fig = explore_mixed(X, y, impossible)
    >>> fig.set(method="SMOTENC", made_id=7)
    >>> fig.get("made_id")
    7
    """
    check_unique_columns(X)
    if not all(isinstance(column, str) for column in X):
        raise ValueError(
            f"X has columns whose names are no text: {list(X)[:5]}; name them, as by "
            "X.columns = X.columns.astype(str)."
        )
    y = check_labels(y, len(X))
    check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    categorical = list(X.select_dtypes("category"))
    if not 0 < len(categorical) < X.shape[1]:
        raise ValueError(
            f"X has {len(categorical)} columns of dtype category among "
            f"{X.shape[1]}; this figure needs categories and numbers."
        )
    if not 6 <= y.sum() < len(y) / 2:
        raise ValueError(
            f"y holds {y.sum()} minority rows among {len(y)}; this figure needs at "
            "least 6, and fewer than half."
        )
    runs = _runs(X, y, categorical, random_state)
    tables = {
        key: _table(*run, X, y, categorical, impossible) for key, run in runs.items()
    }
    n_made = int(len(y) - 2 * y.sum())
    n_shown = min(N_SHOWN, n_made)
    minority = X[y == 1]
    # The picture opens with a half category, where there is one.
    halved = [any(row["bad"]) for row in tables["one-hot"]["rows"]]
    start = int(np.argmax(halved))
    return parts.figure(
        name,
        controls=[
            parts.choice("method", "Method", METHODS, start="one-hot"),
            parts.slider("made_id", "Made row", 0, n_shown - 1, 1, start=start),
        ],
        numbers={
            "texts": [[_text(v) for v in row] for row in minority.to_numpy()],
            "codes": [
                [f"code {v}" for v in row]
                for row in minority[categorical].apply(lambda c: c.cat.codes).to_numpy()
            ],
            "places_of_codes": [list(X).index(column) for column in categorical],
            "tables": tables,
            "table": "tables[method]",
            "shown": "table.rows[made_id]",
            "parent": "shown.parent",
            "neighbor": "shown.neighbor",
            "step": "shown.step",
            "made": "shown.made",
            "notes": "shown.notes",
            "bad": "shown.bad",
            "n_made": n_made,
            "n_no_value": "table.n_no_value",
            "n_impossible": "table.n_impossible",
            "way": parts.when(
                "method === 'SMOTEN'",
                "a vote around {parent}",
                "from {parent} to {neighbor}, step {step:.2f}",
            ),
        },
        say="Row {made_id}: {way}. {shown.votes}{shown.fate} Of all {n_made} made"
        " rows, {n_no_value} {n_no_value:holds|hold} a value that does not exist, and"
        " {n_impossible} {n_impossible:breaks|break} a rule otherwise.",
        panels=[_rows(list(X)), _bars(tables, n_made)],
        alt_text="Left, a table: each column of one made row beside those of its "
        "parent and its neighbor; what cannot exist is marked. Right, a bar for each "
        "method: the share of its rows that cannot exist.",
    )


def _text(value):
    """A value as the table shows it; a missing number is a dash."""
    if isinstance(value, str):
        return value
    # Adding 0 takes the sign from a zero.
    return "\N{EN DASH}" if pd.isna(value) else f"{round(value, 2) + 0:.2f}"


def _runs(X, y, categorical, random_state):
    """For each method: what `trace` added, the made rows, and texts of categories.

    A made row holds None where the method gave no category.
    """
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
    from sklearn.preprocessing import StandardScaler

    numbers = [column for column in X if column not in categorical]
    scaler = StandardScaler().fit(X[numbers])
    scaled = X.assign(**dict(zip(numbers, scaler.transform(X[numbers]).T, strict=True)))
    seed = {"random_state": random_state}

    def run(sampler, data):
        result = trace(sampler, data, y)
        made = result.X_resampled.loc[result.added.index]
        rows = pd.DataFrame(np.nan, made.index, list(X))
        rows[categorical] = rows[categorical].astype(object)
        if numbers[0] in made:
            # Rounded, as a fee of 0 must not come back as 1e-15.
            rows[numbers] = scaler.inverse_transform(made[numbers]).round(6)
        return result.added, made, rows

    runs = {}
    codes = scaled.assign(**{c: X[c].cat.codes.astype(float) for c in categorical})
    added, made, rows = run(SMOTE(**seed), codes)
    texts = {}
    for column in categorical:
        words = dict(enumerate(X[column].cat.categories))
        rows[column] = made[column].map(words)
        texts[column] = [
            [words[code], f"code {code:.0f}"]
            if code in words
            else [f"{code:.2f}", "no such code"]
            for code in made[column]
        ]
    runs["codes"] = added, rows, texts

    dummies = pd.get_dummies(scaled, columns=categorical, dtype=float)
    added, made, rows = run(SMOTE(**seed), dummies)
    rounded, texts = rows.copy(), {}
    for column in categorical:
        words = list(X[column].cat.categories)
        shares = made[[f"{column}_{word}" for word in words]].to_numpy()
        largest = np.array(words)[shares.argmax(axis=1)]
        rounded[column] = largest
        rows[column] = np.where(shares.max(axis=1) == 1, largest, None)
        texts[column] = [
            [words[row.argmax()], ""]
            if row.max() == 1
            else [f"{row[i]:.2f} {words[i]}" for i in (-row).argsort()[:2]]
            for row in shares
        ]
    runs["one-hot"] = added, rows, texts
    runs["rounded"] = added, rounded, {}

    for name, sampler, data in [
        ("SMOTENC", SMOTENC(categorical, **seed), scaled),
        ("SMOTEN", SMOTEN(**seed), X[categorical]),
    ]:
        added, made, rows = run(sampler, data)
        rows[categorical] = made[categorical].astype(object)
        runs[name] = added, rows, {}
    return runs


def _table(added, rows, texts, X, y, categorical, impossible):
    """What the figure shows of one method."""
    number = np.cumsum(y) - 1  # of each minority row, counted from 0
    no_value = rows[categorical].isna()
    broken = impossible(rows).reindex(columns=list(X), fill_value=False)
    broken[no_value.any(axis=1)] = False  # a row without a value is judged by that
    bad = broken | no_value.reindex(columns=list(X), fill_value=False)
    words = {column: X[column].to_numpy() for column in categorical}
    shown = []
    for i, line in enumerate(added.iloc[:N_SHOWN].to_dict("records")):
        label = rows.index[i]
        made = [_text(value) for value in rows.loc[label]]
        notes = [""] * len(made)
        votes = []
        for j, column in enumerate(X):
            if column in texts:
                made[j], notes[j] = texts[column][i]
            elif column in words and "neighbors" in line:
                given = Counter(words[column][line["neighbors"]])
                notes[j] = f"{given[made[j]]} of {given.total()} votes"
                ranking = ", ".join(f"{word} {n}" for word, n in given.most_common())
                votes.append(f"{column}: {ranking}")
        at = bad.columns[bad.loc[label]].tolist()
        shown.append(
            {
                "parent": int(number[line["parent"]]),
                "neighbor": int(number[line["neighbor"]]) if "step" in line else None,
                "step": line.get("step"),
                "made": made,
                "notes": notes,
                "bad": bad.loc[label].tolist(),
                "votes": f"Votes for {'; '.join(votes)}. " if votes else "",
                "no_value": bool(no_value.loc[label].any()),
                "fate": _fate(at, no_value.loc[label].any()),
            }
        )
    return {
        "rows": shown,
        "n_no_value": int(no_value.any(axis=1).sum()),
        "n_impossible": int(broken.any(axis=1).sum()),
    }


def _fate(columns, no_value):
    if not columns:
        return "It breaks no rule."
    names = " and ".join(columns)
    if no_value:
        return f"It has no category for {names}."
    return f"It cannot exist: {names} {'do' if columns[1:] else 'does'} not fit."


def _rows(columns):
    """The table: a line for each column, a column for parent, neighbor and made."""
    cells = pd.DataFrame(
        [
            {"line": i, "column": column, "place": place, "at": at}
            for i, column in enumerate(columns)
            for place, at in PLACES.items()
        ]
    )
    # Lines run downward, with room for the heads.
    downward = alt.Scale(domain=[-0.9, len(columns) - 0.4], reverse=True, nice=False)
    across = {"axis": None, "scale": alt.Scale(domain=[0, 1])}
    names = alt.Axis(
        values=list(range(len(columns))),
        labelExpr=f"{json.dumps(list(columns))}[datum.value]",
        labelFontStyle="italic",
        title=None,
        domain=False,
        ticks=False,
        grid=False,
    )
    down = {"axis": names, "scale": downward}
    x, y = alt.X("at:Q", **across), alt.Y("line:Q", **down)
    left = {"align": "left", "color": parts.INK, "tooltip": None}
    whose = "(datum.place === 'parent' ? parent : neighbor)"
    code = f"codes[{whose}][indexof(places_of_codes, datum.line)]"
    base = (
        alt.Chart(cells)
        .transform_calculate(
            text=f"datum.place === 'made' ? made[datum.line] : isValid({whose}) ?"
            f" texts[{whose}][datum.line] : '\N{EN DASH}'",
            note="datum.place === 'made' ? notes[datum.line] :"
            " method === 'codes' && indexof(places_of_codes, datum.line) >= 0"
            f" ? {code} : ''",
            bad="datum.place === 'made' && bad[datum.line]",
        )
        .encode(x=x, y=y)
    )
    # In the colors of the bars, by what is wrong with the row.
    pink, blue = KINDS.values()
    fill = {"expr": f"shown.no_value ? '{pink}' : '{blue}'"}
    around = {"left": "datum.at - 0.02", "top": "datum.line - 0.35"}
    around |= {"right": "1", "bottom": "datum.line + 0.62"}
    boxes = (
        base.transform_filter("datum.bad")
        .transform_calculate(**around)
        .mark_rect(color=fill, opacity=0.45, tooltip=None)
        .encode(
            x=alt.X("left:Q", **across),
            x2="right:Q",
            y=alt.Y("top:Q", **down),
            y2="bottom:Q",
        )
    )
    bold = {"fontWeight": {"expr": "datum.bad ? 'bold' : 'normal'"}}
    heads = alt.Chart(
        pd.DataFrame({"text": list(PLACES), "at": list(PLACES.values()), "line": -0.7})
    ).encode(x=x, y=y, text="text:N")
    return parts.panel(
        boxes,
        heads.mark_text(fontSize=12, fontWeight="bold", **left),
        base.mark_text(fontSize=12, **left, **bold)
        .encode(text="text:N")
        .properties(name="cells"),
        base.mark_text(fontSize=11, dy=13, **left).encode(text="note:N"),
        title="Row {made_id}: {way}",
        width=240,
        height=36 * len(columns) + 30,
    )


def _bars(tables, n_made):
    fields = dict(zip(KINDS, ["n_no_value", "n_impossible"], strict=True))
    shares = pd.DataFrame(
        [
            {"name": name, "kind": kind, "share": table[field] / n_made, "order": i}
            for name, table in tables.items()
            for i, (kind, field) in enumerate(fields.items())
        ]
    )
    y = alt.Y("name:N", sort=list(METHODS), title=None)
    bars = (
        alt.Chart(shares, name="shares")
        .mark_bar()
        .encode(
            x=parts.x("share", "share of its made rows", form=".0%", tickCount=4),
            y=y,
            color=parts.colored("kind", KINDS, columns=1),
            order="order:O",
            opacity=parts.either("datum.name === method", 1, 0.45),
        )
    )
    total = shares.groupby("name", as_index=False)["share"].sum()
    labels = (
        alt.Chart(total)
        .mark_text(align="left", dx=4, fontSize=12, color=parts.INK, tooltip=None)
        .encode(x="share:Q", y=y, text=alt.Text("share:Q", format=".1%"))
    )
    title = "Rows that cannot exist"
    return parts.panel(bars, labels, title=title, width=200, height=180)
