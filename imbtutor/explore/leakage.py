"""The place of the sampler: what it does to the score of a cross-validation."""

from itertools import product

import altair as alt
import pandas as pd

from imbtutor.explore import parts
from imbtutor.roles import COLORS

PLACES = ("before the split", "inside the fold", "on the test part too")
HONEST = PLACES[1]
KEYS = ["data", "sampler", "place"]
SCORES = ["roc_auc", "average_precision", "prevalence"]

BAR = "M0,-1.6L0,1.6"  # an upright stroke; Vega draws the path of a symbol as given
LOOKS = {
    "fold": (parts.SKY, "circle"),
    "mean": (COLORS["majority"], BAR),
    "honest mean": (COLORS["minority"], "diamond"),
    "chance": (parts.GRAY, BAR),
}
# The diagram, on a plane of 10 by 10: left, right, bottom, top, text.
BOXES = pd.DataFrame(
    [
        [2.4, 7.6, 9, 10, "all rows"],
        [0.2, 4.8, 4.9, 5.9, "training part"],
        [5.2, 9.8, 4.9, 5.9, "test part"],
        [0.2, 4.8, 0, 1, "model learns"],
        [5.2, 9.8, 0, 1, "model is scored"],
    ],
    columns=["x", "x2", "y", "y2", "text"],
)
# A slot is filled where the sampler acts; a click on it chooses the place `at`.
SLOTS = pd.DataFrame(
    [
        [2.4, 7.6, 7.1, 8.1, PLACES[0]],
        [0.2, 4.8, 2.5, 3.5, PLACES[1]],
        [5.2, 9.8, 2.5, 3.5, PLACES[2]],
    ],
    columns=["x", "x2", "y", "y2", "at"],
).assign(id=range(3))
FILLED = (
    f"datum.at === place_at || (datum.at === '{HONEST}' && place_at === '{PLACES[2]}')"
)
WAYS = pd.DataFrame(
    [[5, 5, 9, 8.1], [5, 2.5, 7.1, 5.9], [5, 7.5, 7.1, 5.9]]
    + [[x, x, *ends] for x in (2.5, 7.5) for ends in ((4.9, 3.5), (2.5, 1))],
    columns=["x", "x2", "y", "y2"],
)


def explore_leakage(scores, *, name="leakage"):
    """Choose the place of a sampler, and see the score that it gives.

    Parameters
    ----------
    scores : DataFrame
        One row for each fold of each cross-validation. ``data`` and ``sampler``
        (str) say of what; ``place`` is "before the split" (all rows were resampled,
        then split), "inside the fold" (the training part alone, the honest place) or
        "on the test part too" (each part by itself). ``roc_auc``,
        ``average_precision`` and ``prevalence``, the share of positives among the rows
        that were scored, lie between 0 and 1.
    name : str, default="leakage"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``table`` (an entry of ``data``), ``sampler`` and
        ``place_at``; a click into the diagram sets the place, too. Computed: the means
        over the folds ``auc``, ``ap`` and ``chance`` (the average precision of
        guessing, the prevalence), ``honest_auc`` and ``honest_ap``, the means of
        the same sampler inside the fold, and ``n_folds``.

    Raises
    ------
    ValueError
        If a column is missing, there are no rows, a score is missing or outside of 0
        to 1, or a sampler lacks one of the places on one of the data.

    Notes
    -----
    The chapter "Pipelines and leakage" computes `scores` with `cross_validate`.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbtutor.explore import explore_leakage
    >>> columns = ["data", "sampler", "place", "roc_auc", "average_precision",
    ...            "prevalence"]
    >>> scores = pd.DataFrame(
    ...     [["noise", "copies", "before the split", 1.0, 1.0, 0.5],
    ...      ["noise", "copies", "inside the fold", 0.5, 0.06, 0.05],
    ...      ["noise", "copies", "on the test part too", 0.5, 0.52, 0.5]],
    ...     columns=columns,
    ... )
    >>> fig = explore_leakage(scores)
    >>> fig.set(place_at="inside the fold")
    >>> fig.get("place_at")
    'inside the fold'
    """
    tables, samplers, cells = _checked(scores)
    cell = (
        f"(indexof(tables, table) * {len(samplers)} + indexof(samplers, sampler))"
        f" * {len(PLACES)} + indexof(places, place_at)"
    )
    return parts.figure(
        name,
        controls=[
            parts.choice("table", "Data", tables, start=tables[0]),
            parts.choice("sampler", "Sampler", samplers, start=samplers[0]),
        ],
        numbers={
            "tables": tables,
            "samplers": samplers,
            "places": list(PLACES),
            "cells": cells,
            "cell": f"cells[{cell}]",
            "auc": "cell.auc",
            "ap": "cell.ap",
            "chance": "cell.chance",
            "n_folds": "length(cell.aucs)",
            "honest": f"cells[{cell} - indexof(places, place_at) + 1]",
            "honest_auc": "honest.auc",
            "honest_ap": "honest.ap",
            "verdict": parts.when(
                f"place_at === '{HONEST}'",
                "These are the honest values.",
                "The honest values, inside the fold, are {honest_auc:.2f}, and"
                " {honest_ap:.2f} where guessing gives {honest.chance:.2f}.",
            ),
        },
        say="Data: {table}. Sampler: {sampler}, {place_at}. Over {n_folds}"
        " {n_folds:fold|folds} the mean ROC AUC is {auc:.2f}, the mean average"
        " precision {ap:.2f} where guessing gives {chance:.2f}. {verdict}",
        panels=[_diagram(), _scores()],
        alt_text="Left, the way of the rows through a cross-validation, with the "
        "places where a sampler can stand. Right, the area under the ROC curve and the "
        "average precision of each fold, their means, the honest means and chance.",
    )


def _checked(scores):
    """Return the names of data and samplers, and what each cell of the figure shows."""
    missing = [column for column in KEYS + SCORES if column not in scores.columns]
    if missing:
        raise ValueError(
            f"scores has no columns {missing}; make one row for each fold, as the "
            "chapter does."
        )
    if scores.empty:
        raise ValueError("scores is empty; make one row for each fold.")
    values = scores[SCORES].to_numpy(dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            "scores holds values that are missing or outside of 0 to 1; look for the "
            "fold that failed, with error_score='raise' in cross_validate."
        )
    tables, samplers = (scores[key].unique().tolist() for key in KEYS[:2])
    by_cell, cells = scores.groupby(KEYS), []
    for key in product(tables, samplers, PLACES):
        if key not in by_cell.groups:
            raise ValueError(
                f"scores lacks rows for (data, sampler, place)={key}; each sampler"
                f" needs all of {PLACES} on each of the data."
            )
        folds = by_cell.get_group(key)
        auc, ap, prevalence = (folds[score].to_numpy() for score in SCORES)
        means = {"auc": auc.mean(), "ap": ap.mean(), "chance": prevalence.mean()}
        each = {"aucs": auc.round(6).tolist(), "aps": ap.round(6).tolist()}
        cells.append({key: float(mean) for key, mean in means.items()} | each)
    return tables, samplers, cells


def _plane(x, y):
    bare = {"scale": alt.Scale(domain=[0, 10]), "axis": None}
    return {"x": alt.X(f"{x}:Q", **bare), "y": alt.Y(f"{y}:Q", **bare)}


def _diagram():
    plane, at_middle = _plane("x", "y"), _plane("mx", "my")
    middle = {"mx": "(datum.x + datum.x2) / 2", "my": "(datum.y + datum.y2) / 2"}
    ways = alt.Chart(WAYS).mark_rule(color=parts.GRAY, strokeWidth=1.5)
    ends = {"x2": "x2:Q", "y2": "y2:Q"}
    boxes, slots = (
        alt.Chart(rows).transform_calculate(**middle) for rows in (BOXES, SLOTS)
    )
    rect = {"cornerRadius": 4, "stroke": parts.GRAY, "tooltip": None}
    place = slots.mark_rect(**rect, strokeDash=[4, 3], fill=parts.ORANGE)
    label = {"fontWeight": "bold", "tooltip": None}
    inside = alt.layer(
        ways.encode(**plane, **ends),
        boxes.mark_rect(**rect, fillOpacity=0).encode(**plane, **ends),
        boxes.mark_text(color=parts.INK, tooltip=None).encode(
            **at_middle, text="text:N"
        ),
        place.encode(**plane, **ends, fillOpacity=parts.either(FILLED, 0.6, 0)),
        slots.transform_calculate(text=f"{FILLED} ? sampler : ''")
        .properties(name="labels")
        .mark_text(color=parts.INK, **label)
        .encode(**at_middle, text="text:N"),
    )
    picked = alt.selection_point(
        "place",
        value=PLACES[0],
        bind=alt.binding_select(options=list(PLACES), name="Place"),
        fields=["at"],
        on="click",
        nearest=True,
        clear=False,
    )
    points = slots.mark_point(opacity=0).encode(**at_middle).properties(name="slots")
    title = "Sampler {place_at}"
    return parts.panel(inside, points.add_params(picked), title=title, height=230)


def _scores():
    across = parts.x("value", "score", **parts.UNIT)
    row = alt.Y("score:N", title=None, sort=["ROC AUC", "average precision"])
    row = row.axis(labelExpr="split(datum.value, ' ')", grid=False)
    looks = parts.marked("what", LOOKS, columns=2, symbolOpacity=1)

    def shown(rows, what, fields):
        """Points for the values of the two rows, by the names of fields."""
        named = dict(zip(["ROC AUC", "average precision"], fields, strict=True))
        return (
            rows.transform_calculate(**named)
            .transform_fold([*named], as_=["score", "value"])
            .transform_calculate(what=f"'{what}'")
            .encode(x=across, y=row, **looks)
        )

    lists = {"aucs": "cell.aucs", "aps": "cell.aps"}
    folds = parts.here("folds").transform_calculate(**lists)
    folds = folds.transform_flatten([*lists], as_=["fold_auc", "fold_ap"])
    folds = shown(folds, "fold", ["datum.fold_auc", "datum.fold_ap"])
    stroke = {"size": 200, "strokeWidth": 3, "opacity": 1}
    means = shown(parts.here("means"), "mean", ["auc", "ap"])
    honest = shown(
        parts.here("honest_means"), "honest mean", ["honest_auc", "honest_ap"]
    )
    chance = shown(parts.here("guessing"), "chance", ["0.5", "chance"])
    layers = [
        chance.mark_point(**stroke | {"size": 500, "strokeWidth": 2}),
        folds.mark_point(filled=True, size=60, opacity=0.6),
        means.mark_point(**stroke),
        honest.mark_point(filled=True, size=70, opacity=1, stroke="white"),
    ]
    title = "ROC AUC {auc:.2f}, average precision {ap:.2f}"
    return parts.panel(*layers, title=title, width=200, height=190)
