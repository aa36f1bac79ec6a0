"""What each remedy changes on each set of data, by learner and metric."""

import json
from itertools import product

import altair as alt
import numpy as np
import pandas as pd

from imbtutor.explore import parts
from imbtutor.roles import COLORS

COLUMNS = ["learner", "metric", "remedy", "set", "gain", "half"]
# Groups of sets by the share of positives: the name, and the shares that belong to it.
GROUPS = {
    "all sets": (0, 1),
    "up to 4 % positives": (0, 0.04),
    "4 to 8 % positives": (0.04, 0.08),
    "over 8 % positives": (0.08, 1),
}
# Gains are kept as whole numbers of 1 / UNIT: a third of the bytes.
UNIT, MEAN_UNIT = 10_000, 1_000_000
COUNTS = [10, 30, 100, 300, 1000, 3000]
WIDTH = 106  # below one another on a phone, both begin where the remedies' names end
TICKS = [-10, -1, -0.1, -0.01, 0, 0.01, 0.1, 1]


def explore_benchmark(gains, positives, prevalence, *, name="benchmark"):
    """Choose learner, metric, remedy and sets, and see what the remedy changes.

    Parameters
    ----------
    gains : DataFrame
        One row for each learner, metric, remedy and set that was run, with these four
        and ``gain``, the mean difference to doing nothing (plus is better), and
        ``half``, half the width of its interval.
    positives : Series of int
        The number of positives of each set; its index holds the names of the sets.
    prevalence : Series of float
        Their share, between 0 and 1, with the same index.
    name : str, default="benchmark"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``learner``, ``metric`` and ``remedy``, by their place in
        the order in which `gains` names them first, and ``which``, the sets by their
        place among four groups ("all sets", "up to 4 % positives", "4 to 8 %
        positives", "over 8 % positives") and then the sets, in the order of the
        alphabet. Computed: ``n``, the sets with runs; ``better`` and ``worse``, on how
        many of them the gain is above and below zero; ``mean``, the mean gain, null
        where ``n`` is 0; ``low`` and ``high``, the interval of a single set.

    Raises
    ------
    ValueError
        If a column is missing, a row comes twice, or a set has no number of positives
        or no prevalence.

    Notes
    -----
    Gains are shown to four digits. The axis of gains is linear near zero and
    logarithmic beyond 0.01 on either side.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbtutor.explore import explore_benchmark
    >>> rows = [["tree", "AUC", "SMOTE", "ecoli", 0.02, 0.05]]
    >>> gains = pd.DataFrame(
    ...     rows, columns=["learner", "metric", "remedy", "set", "gain", "half"]
    ... )
    >>> sizes = pd.Series({"ecoli": 35}), pd.Series({"ecoli": 0.104})
    >>> fig = explore_benchmark(gains, *sizes)
    >>> fig.get("learner")
    0
    """
    missing = [column for column in COLUMNS if column not in gains]
    if missing:
        raise ValueError(
            f"gains has no columns {missing}; it needs {', '.join(COLUMNS)}."
        )
    if gains.duplicated(COLUMNS[:4]).any():
        raise ValueError(
            "gains has two rows for one learner, metric, remedy and set; "
            "average over the folds first."
        )
    learners, metrics, remedies = (list(gains[key].unique()) for key in COLUMNS[:3])
    sets = sorted(gains["set"].unique())
    unknown = [s for s in sets if s not in positives.index or s not in prevalence.index]
    if unknown:
        raise ValueError(
            f"positives or prevalence lack the sets {unknown}; give each a number."
        )
    of = [learners, metrics, remedies, sets]
    cells = pd.MultiIndex.from_product(of, names=COLUMNS[:4])
    table = gains.set_index(COLUMNS[:4]).reindex(cells)
    gain, half = (
        table[key].to_numpy(float).reshape([len(each) for each in of])
        for key in ("gain", "half")
    )
    share = prevalence[sets].to_numpy(float)
    groups = [(share > low) & (share <= high) for low, high in GROUPS.values()]
    members = np.array([*groups, *np.eye(len(sets), dtype=bool)])
    n_sets = len(sets)
    row = f"((learner * {len(metrics)} + metric) * {len(remedies)} + remedy)"
    of_row = f"((learner * {len(metrics)} + metric) * {len(remedies)} + datum.r)"
    several = f"which < {len(GROUPS)}"
    place = f"{row} * {len(GROUPS)} + which"
    one = f"{row} * {n_sets} + which - {len(GROUPS)}"
    said = "With the {learner_at[learner]}, {remedy_at[remedy]} changes "
    sentence = f"n === 0 ? none : {several} ? together : single"
    return parts.figure(
        name,
        controls=[
            parts.choice("learner", "Learner", _numbered(learners), 0),
            parts.choice("metric", "Metric", _numbered(metrics), 0),
            parts.choice("remedy", "Remedy", _numbered(remedies), 0),
            parts.choice("which", "Sets", _numbered([*GROUPS, *sets]), 0),
        ],
        numbers={
            "learner_at": learners,
            "metric_at": metrics,
            "remedy_at": remedies,
            "which_at": [*GROUPS, *sets],
            "member_at": members.astype(int),
            "gain_at": _table(gain, UNIT),
            "half_at": _table(half, UNIT),
            **_summaries(gain, members[: len(GROUPS)]),
            "only": f"{several} ? null : {_at(f'gain_at[{one}]', UNIT)}",
            "n": f"{several} ? {_at(f'n_at[{place}]')} : isValid(only) ? 1 : 0",
            "better": f"{several} ? {_at(f'better_at[{place}]')} : only > 0 ? 1 : 0",
            "worse": f"{several} ? {_at(f'worse_at[{place}]')} : only < 0 ? 1 : 0",
            "mean": f"{several} ? {_at(f'mean_at[{place}]', MEAN_UNIT)} : only",
            "half": f"{several} ? null : {_at(f'half_at[{one}]', UNIT)}",
            "low": "isValid(half) ? mean - half : null",
            "high": "isValid(half) ? mean + half : null",
            "none": parts.words(
                "With the {learner_at[learner]}, {remedy_at[remedy]} was not run on "
                "{which_at[which]}."
            ),
            "single": parts.words(
                said + "{metric_at[metric]} by {mean:+.4f} on {which_at[which]}, "
                "interval {low:+.4f} to {high:+.4f}."
            ),
            "together": parts.words(
                said + "{metric_at[metric]} by {mean:+.4f} on average; better on "
                "{better} of {n} {n:set|sets}, worse on {worse}."
            ),
            "sentence": sentence,
        },
        say="{sentence}",
        panels=[
            _remedies(remedies, n_sets, of_row),
            _sizes(sets, positives, share, row),
        ],
        alt_text="A row of dots for each remedy, one dot for each set of data: its "
        "difference to doing nothing, with the mean marked; and for the chosen remedy "
        "the same differences against the number of positives of the set.",
    )


def _numbered(words):
    return {place: str(word) for place, word in enumerate(words)}


def _table(values, unit=1):
    """Return an expression: all values as texts of whole numbers of 1 / `unit`.

    One text, empty where there is no value: Altair copies a list of so many numbers
    again and again, for seconds.
    """
    rounded = np.round(np.ravel(values) * unit)
    texts = ["" if np.isnan(each) else str(int(each)) for each in rounded]
    return f"split({json.dumps(','.join(texts))}, ',')"


def _at(place, unit=1):
    """Return the expression of one value of such a table, null where it has none."""
    return f"({place} === '' ? null : toNumber({place}) / {unit})"


def _summaries(gain, members):
    """Return counts and means over the sets of each group, as tables."""
    inside = members & ~np.isnan(gain[..., None, :])
    n = inside.sum(axis=-1)
    total = np.where(inside, np.nan_to_num(gain)[..., None, :], 0).sum(axis=-1)
    mean = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
    return {
        "n_at": _table(n),
        "better_at": _table((inside & (gain[..., None, :] > 0)).sum(axis=-1)),
        "worse_at": _table((inside & (gain[..., None, :] < 0)).sum(axis=-1)),
        "mean_at": _table(mean, MEAN_UNIT),
    }


def _gain(channel, **options):
    axis = {"ticks": TICKS, "form": "~g", "log": False, "labelOverlap": True}
    scale = {"type": "symlog", "constant": 0.01, "nice": False}
    return channel("gain", "difference to nothing", scale=scale, **axis, **options)


def _dots(chart, row):
    """The sets that were chosen and run, each with its gain."""
    return (
        chart.transform_filter("member_at[which][datum.s]")
        .transform_calculate(gain=_at(row, UNIT))
        .transform_filter("isValid(datum.gain)")
    )


def _remedies(remedies, n_sets, row):
    pairs = pd.DataFrame(
        product(range(len(remedies)), range(n_sets)), columns=["r", "s"]
    )
    pairs["remedy_name"] = [str(remedies[r]) for r in pairs["r"]]
    names = [str(each) for each in remedies]
    y = alt.Y("remedy_name:N", sort=names, title=None)
    y = y.axis(ticks=False, labelLimit=220).scale(domain=names)
    base = _dots(alt.Chart(pairs, name="gains"), f"gain_at[{row} * {n_sets} + datum.s]")
    chosen = parts.either("datum.r === remedy", 0.9, 0.35)
    dots = base.mark_point(
        filled=True, size=22, color=COLORS["majority"], tooltip=None
    ).encode(x=_gain(parts.x), y=y, opacity=chosen)
    means = (
        base.transform_aggregate(gain="mean(gain)", groupby=["remedy_name"])
        .mark_tick(thickness=3, size=14, color=parts.INK)
        .encode(x=_gain(parts.x), y=y)
    )
    zero = parts.rule_at("0", "x")
    # The names of the remedies take the rest of a panel's width.
    size = {"width": WIDTH, "height": 15 * max(len(remedies), 8)}
    size |= {"title": "{learner_at[learner]}: {metric_at[metric]}", "anchor": "end"}
    return parts.panel(zero, dots, means.properties(name="means"), **size)


def _sizes(sets, positives, share, row):
    table = pd.DataFrame(
        {"s": range(len(sets)), "set": sets, "positives": positives[sets].to_numpy()}
    )
    table["percent"] = np.round(100 * share, 1)
    base = _dots(
        alt.Chart(table, name="sizes"), f"gain_at[{row} * {len(sets)} + datum.s]"
    )
    x = parts.x("positives", "positives (log scale)", ticks=COUNTS, log=True)
    dots = base.mark_point(
        filled=True, size=70, opacity=0.8, color=COLORS["minority"], tooltip=True
    ).encode(x=x, y=_gain(parts.y), tooltip=["set:N", "positives:Q", "gain:Q"])
    zero = parts.rule_at("0", "y")
    # Nothing was run, or nothing changed: the ticks need some room still.
    room = [
        parts.here()
        .mark_point(opacity=0)
        .encode(y=alt.datum(each, type="quantitative"))
        for each in (-0.01, 0.01)
    ]
    size = {"width": WIDTH, "height": 244, "anchor": "end"}
    return parts.panel(zero, *room, dots, title="{remedy_at[remedy]}", **size)
