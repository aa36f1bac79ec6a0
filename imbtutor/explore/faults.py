"""The experiment of 2018: tick a box to repair a fault, and watch its bars."""

from itertools import product

import altair as alt
import pandas as pd

from imbtutor._checks import check_choice
from imbtutor.explore import parts
from imbtutor.roles import COLORS

# The control of each fault; a tick repairs it.
FIXES = {
    "named": "name the classes rightly",
    "from_scores": "draw the curve from scores",
    "reset": "reset class_weight after its bar",
    "scaled": "scale the columns",
    "together": "keep copies together",
    "repeated": "repeat the split",
}
COLUMNS = [
    *[(key, "") for key in ("model", "reset", "remedy", "together", "scaled")],
    *[(of, what) for of in ("labels", "scores") for what in ("first", "mean", "half")],
]


def explore_faults(summary, *, source, name="faults"):
    """Repair the faults of the 2018 wine experiment one by one.

    Parameters
    ----------
    summary : DataFrame
        One row for each model, remedy and combination of repairs, with two
        levels of columns. The first has ``model``, ``reset`` (bool, whether
        ``class_weight`` was undone), ``remedy``, ``together`` (bool, copies kept
        in one part) and ``scaled`` (bool); then ``labels`` and ``scores``, areas
        under the ROC curve between 0 and 1, whose second level has ``first`` (of
        the first split), ``mean`` (over splits) and ``half`` (half the width of
        the interval of that mean).
    source : {"uci", "simulated"}
        Where the data come from; "simulated" is shown in the figure.
    name : str, default="faults"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls, all True or False: ``named``, ``from_scores``,
        ``reset``, ``scaled``, ``together``, ``repeated``. Computed: ``repaired``,
        how many faults are repaired, and the rows that are drawn.

    Raises
    ------
    ValueError
        If a column is missing, a combination of repairs has no row, or `source`
        is unknown.

    Notes
    -----
    The faults are described in the chapter "Case study: the wine post, redone",
    whose code computes `summary`.

    Examples
    --------
    >>> import pandas as pd
    >>> from itertools import product
    >>> from imbtutor.explore import explore_faults
    >>> rows = [
    ...     ["tree", reset, "none", together, scaled, 0.6, 0.6, 0.1, 0.7, 0.7, 0.1]
    ...     for reset, together, scaled in product([False, True], repeat=3)
    ... ]
    >>> summary = pd.DataFrame(rows)
    >>> summary.columns = pd.MultiIndex.from_tuples(
    ...     [(key, "") for key in ("model", "reset", "remedy", "together", "scaled")]
    ...     + [(o, w) for o in ("labels", "scores") for w in ("first", "mean", "half")]
    ... )
    >>> fig = explore_faults(summary, source="uci")
    >>> fig.set(from_scores=True)
    >>> fig.get("from_scores")
    True
    """
    check_choice(source, "source", ["uci", "simulated"])
    missing = [column for column in COLUMNS if column not in summary.columns]
    if missing:
        raise ValueError(
            f"summary has no columns {missing}; make it with groupby(...).agg(...) and "
            "reset_index(), as the chapter does."
        )
    rows = summary[COLUMNS].copy()
    rows.columns = ["_".join(filter(None, column)) for column in COLUMNS]
    for model, part in rows.groupby("model"):
        counts = part.groupby(["reset", "together", "scaled"]).size()
        if len(counts) < 8 or counts.nunique() > 1:
            raise ValueError(
                f"summary lacks rows for model={model!r}; each remedy needs all 8 "
                "combinations of reset, together and scaled."
            )
    remedies = rows["remedy"].drop_duplicates().tolist()
    note = " (simulated)" if source == "simulated" else ""
    return parts.figure(
        name,
        controls=[
            alt.param(control, value=False, bind=alt.binding_checkbox(name=label))
            for control, label in FIXES.items()
        ],
        numbers={
            "repaired": " + ".join(f"(1 * {fix})" for fix in FIXES),
            "grade": "named ? 'low' : 'high'",
            "sentences": _sentences(rows),
            "state": "(1 * reset) * 16 + (1 * together) * 8 + (1 * scaled) * 4"
            " + (1 * from_scores) * 2 + (1 * repeated)",
        },
        say="{repaired} of 6 faults repaired. {sentences[state]}",
        panels=[
            _panel(i, model, part, remedies, note)
            for i, (model, part) in enumerate(rows.groupby("model", sort=False))
        ],
        alt_text="For each model the area under the ROC curve after each remedy: gray "
        "bars of one split as long as the split is not repeated, then dots with "
        "intervals.",
    )


def _sentences(rows):
    """The reading of every state, from the numbers that are drawn."""
    sentences = []
    for reset, together, scaled, scores, repeated in product([False, True], repeat=5):
        value = f"{'scores' if scores else 'labels'}_{'mean' if repeated else 'first'}"
        state = [reset, together, scaled]
        shown = rows[(rows[["reset", "together", "scaled"]] == state).all(axis=1)]
        areas = []
        for model, part in shown.groupby("model", sort=False):
            low, high = part.loc[part[value].idxmin()], part.loc[part[value].idxmax()]
            areas.append(
                f"{model} from {low[value]:.2f} ({low['remedy']}) "
                f"to {high[value]:.2f} ({high['remedy']})"
            )
        sentences.append(f"Areas: {'; '.join(areas)}.")
    return sentences


def _panel(i, model, rows, remedies, note):
    first, mean, half = (
        f"(from_scores ? datum.scores_{each} : datum.labels_{each})"
        for each in ("first", "mean", "half")
    )
    same = [f"datum.{each} === {each}" for each in ("reset", "together", "scaled")]
    y = alt.Y("remedy:N", sort=remedies, title=None, axis=alt.Axis(ticks=False))
    base = (
        alt.Chart(rows.drop(columns="model").round(9))
        .transform_filter(" && ".join(same))
        .transform_calculate(
            value=f"repeated ? {mean} : {first}",
            low=f"{mean} - {half}",
            high=f"{mean} + {half}",
        )
        .encode(y=y)
    )
    title = f"area under ROC curve{note}"  # the same in each layer, or none shows
    area, low = parts.x("value", title, **parts.UNIT), alt.X("low:Q", title=title)
    before, after = parts.either("repeated", 0, 0.85), parts.either("repeated", 1, 0)
    bars = base.mark_bar(color=parts.GRAY, height=12).encode(x=area, opacity=before)
    # Numbered, since the name of a chart may hold less than that of a model.
    bars = bars.properties(name=f"areas_of_{i}")
    line = {"color": COLORS["majority"], "strokeWidth": 2, "clip": True}
    rules = base.mark_rule(**line).encode(x=low, x2="high:Q", opacity=after)
    dots = base.mark_point(color=COLORS["majority"], filled=True, size=60)
    chance = (
        alt.Chart(pd.DataFrame({"chance": [0.5]}))
        .mark_rule(strokeDash=[3, 3], color=parts.INK)
        .encode(x=alt.X("chance:Q", title=title))
    )
    layers = [bars, rules, dots.encode(x=area, opacity=after), chance]
    # The names of the remedies take the rest of a panel's width.
    title = f"{parts.literal(model)}: {{grade}} quality wine"
    return parts.panel(*layers, title=title, width=205, height=250)
