"""Averages over classes, and how far a few calls of the rarest class move them."""

import altair as alt
import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from sklearn.utils import check_consistent_length, column_or_1d

from imbtutor.explore import parts
from imbtutor.roles import COLORS

METRICS = ["recall", "precision", "F1"]
AVERAGES = ["macro", "weighted", "micro"]
MOST_CLASSES, MOST_MEMBERS = 8, 100  # cells that can be read, and steps of a slider


def explore_averages(y_true, y_pred, *, name="averages"):
    """Change the calls for the rarest class: see how far each average moves.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        The classes, 2 to 8 of them; the rarest has at most 100 samples. (Of several
        that are equally rare, the first in the order of the labels is taken.)
    y_pred : array-like of shape (n_samples,)
        The calls, each one of these classes.
    name : str, default="averages"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``right_calls``, how many samples of the rarest class are
        called rightly, ``metric`` ("recall", "precision" or "F1") and ``average``
        ("macro", "weighted" or "micro"). Computed: ``macro``, ``weighted`` and
        ``micro``, the averages of that metric, ``macro_moved`` and so on, by how much
        they differ from those of the calls as given, ``matrix``, the confusion matrix,
        ``by_class``, the metric of each class, ``weights``, that of each class in the
        average, and ``weight``, that of the rarest class.

    Raises
    ------
    ValueError
        If the arrays have not the same length and one column, there are fewer than 2
        or more than 8 classes, a call is none of them, or the rarest class has more
        than 100 samples.

    Notes
    -----
    A right call more is taken from the wrong calls that the class has most of, of equal
    ones the first; a right call less goes there, too, and where all are right, to the
    largest other class. A 0 / 0, such as the precision of a class that nobody calls,
    counts as 0, as with ``zero_division=0`` in scikit-learn.

    Every average is a sum of weights times the metric by class. Micro-averaged
    precision weighs by the calls of each class, recall by its samples, F1 by the mean
    of the two; with one label per sample all three are the accuracy.

    Examples
    --------
    >>> from imbtutor.explore import explore_averages
    >>> fig = explore_averages([3] * 50 + [4] * 90 + [9] * 2, [4] * 142)
    >>> fig.set(right_calls=1, metric="F1")
    >>> fig.get("right_calls"), fig.get("average")
    (1, 'macro')
    """
    y_true, y_pred = column_or_1d(y_true), column_or_1d(y_pred)
    check_consistent_length(y_true, y_pred)
    classes, counts = np.unique(y_true, return_counts=True)
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise ValueError(
            f"y_true holds {len(classes)} classes; this figure shows 2 to "
            f"{MOST_CLASSES}, so leave some out, or join some."
        )
    unknown = np.setdiff1d(y_pred, classes)
    if len(unknown):
        raise ValueError(
            f"y_pred holds {unknown[0]!s}, which is no class of y_true; pass calls "
            f"among {', '.join(map(str, classes))}."
        )
    rarest = int(counts.argmin())
    n_rarest = int(counts[rarest])
    if n_rarest > MOST_MEMBERS:
        raise ValueError(
            f"the rarest class of y_true has {n_rarest} samples; pass at most "
            f"{MOST_MEMBERS} of it, as one call among more moves no average visibly."
        )
    given = confusion_matrix(y_true, y_pred, labels=classes)
    start = int(given[rarest, rarest])
    matrices = [_with_right(given, rarest, right) for right in range(n_rarest + 1)]
    readings = [_read(matrix) for matrix in matrices]
    values, by_class, weights = (
        {metric: [each[i][metric] for each in readings] for metric in METRICS}
        for i in range(3)
    )
    label = str(classes[rarest])
    members = "sample" if n_rarest == 1 else "samples"
    averages = [f"{each} {{{each}:.3f}} ({{{each}_moved:+.3f}})" for each in AVERAGES]
    return parts.figure(
        name,
        controls=[
            parts.slider(
                "right_calls", f"Right calls of class {label}", 0, n_rarest, 1, start
            ),
            parts.choice("metric", "Metric", METRICS, start="recall"),
            parts.choice("average", "Average", AVERAGES, start="macro"),
        ],
        numbers={
            "labels": [str(each) for each in classes],
            "n_true": counts,
            "matrix_at": matrices,
            "matrix": "matrix_at[right_calls]",
            "values_at": values,
            "by_class_at": by_class,
            "by_class": "by_class_at[metric][right_calls]",
            "weights_at": weights,
            "weights": "weights_at[metric][right_calls][average]",
            "weight": f"weights[{rarest}]",
            **{each: f"values_at[metric][right_calls].{each}" for each in AVERAGES},
            **{
                f"{each}_moved": f"{each} - values_at[metric][{start}].{each}"
                for each in AVERAGES
            },
            "now": "values_at[metric][right_calls][average]",
        },
        say=f"Of {n_rarest} {members} of class {parts.literal(label)}, {{right_calls}}"
        " {right_calls:is|are} called rightly. Average {metric}, and its change from"
        f" the calls as given: {', '.join(averages)}. In the {{average}} average the"
        " class has {weight:.2~p} of the weight.",
        panels=[
            _matrix(len(classes), rarest),
            _classes(len(classes), rarest),
            _averages(start),
        ],
        alt_text="A confusion matrix, each row with its shares; the metric of each "
        "class as a dot, larger where its weight in the average is larger, with a "
        "dashed line at the average; and the three averages now and for the calls as "
        "given.",
    )


def _with_right(given, row, n_right):
    """Return the matrix with so many right calls in a row."""
    matrix = given.copy()
    wrong = matrix[row].copy()
    wrong[row] = 0
    goal = matrix[row].sum() - n_right
    if wrong.sum() < goal:
        others = np.delete(np.arange(len(matrix)), row)
        largest = others[given[others].sum(axis=1).argmax()]
        wrong[wrong.argmax() if wrong.any() else largest] += goal - wrong.sum()
    while wrong.sum() > goal:
        wrong[wrong.argmax()] -= 1
    wrong[row] = n_right
    matrix[row] = wrong
    return matrix


def _read(matrix):
    """Return the averages, the metric of each class, and the weights, by metric."""
    labels = np.arange(len(matrix))
    places = np.indices(matrix.shape).reshape(2, -1)
    y_true, y_pred = np.repeat(places, matrix.ravel(), axis=1)
    options = {"labels": labels, "zero_division": 0}
    order = ["precision", "recall", "F1"]

    def scores(average):
        found = precision_recall_fscore_support(
            y_true, y_pred, average=average, **options
        )
        return dict(zip(order, found, strict=False))

    each, averaged = scores(None), {name: scores(name) for name in AVERAGES}
    n_true, n_called = matrix.sum(axis=1), matrix.sum(axis=0)
    total = n_true.sum()
    micro = {"recall": n_true, "precision": n_called, "F1": (n_true + n_called) / 2}
    return (
        {m: {a: float(averaged[a][m]) for a in AVERAGES} for m in METRICS},
        {m: each[m].tolist() for m in METRICS},
        {
            m: {
                "macro": [1 / len(matrix)] * len(matrix),
                "weighted": (n_true / total).tolist(),
                "micro": (micro[m] / total).tolist(),
            }
            for m in METRICS
        },
    )


def _row(field, title, n):
    # Off the axis, where the dot of a class that is never found stands at 0.
    axis = {"labelExpr": "labels[datum.value] + ' (' + n_true[datum.value] + ')'"}
    axis["labelPadding"] = 9
    return alt.Y(f"{field}:O", title=title, sort=list(range(n))).axis(**axis)


def _matrix(n, rarest):
    cells = (
        parts.counted(n * n, "id")
        .transform_calculate(row=f"floor(datum.id / {n})", column=f"datum.id % {n}")
        .transform_calculate(count="matrix[datum.row][datum.column]")
        .transform_calculate(
            share="datum.count / n_true[datum.row]",
            text="datum.count === 0 ? '' : format(datum.share, '.2f')",
        )
        .encode(
            x=alt.X("column:O", title="called").axis(
                labelExpr="labels[datum.value]", labelAngle=0
            ),
            y=_row("row", "truth (samples)", n),
        )
    )
    squares = cells.mark_rect(stroke=parts.GRAY).encode(
        opacity=alt.Opacity(
            "share:Q", scale=alt.Scale(domain=[0, 1], range=[0, 0.8]), legend=None
        ),
        color=parts.either(
            f"datum.row === {rarest}", COLORS["minority"], COLORS["majority"]
        ),
    )
    text = cells.mark_text(fontSize=11, tooltip=None).encode(text="text:N")
    title = "Share of each row"
    return parts.panel(squares.properties(name="cells"), text, title=title, width=230)


def _classes(n, rarest):
    dots = (
        parts.counted(n, "row")
        .transform_calculate(value="by_class[datum.row]", weight="weights[datum.row]")
        .mark_point(filled=True, opacity=1, stroke="white")
        .encode(
            x=parts.x("value", "metric of the class", **parts.UNIT),
            y=_row("row", None, n),
            size=alt.Size(
                "weight:Q", scale=alt.Scale(domain=[0, 1], range=[25, 900]), legend=None
            ),
            color=parts.either(
                f"datum.row === {rarest}", COLORS["minority"], COLORS["majority"]
            ),
        )
    )
    title = "{average} {metric}: {now:.3f}"
    return parts.panel(
        parts.rule_at("now", "x"),
        dots.properties(name="classes"),
        title=title,
        width=215,
    )


def _averages(start):
    rows = (
        parts.spread(parts.here(), "name", "value", {each: each for each in AVERAGES})
        .transform_calculate(before=f"values_at[metric][{start}][datum.name]")
        .encode(y=alt.Y("name:N", title=None, sort=AVERAGES))
    )
    title = "gray mark: the calls as given"
    x, before = (parts.x(each, title, **parts.UNIT) for each in ("value", "before"))
    ticks = rows.mark_tick(color=parts.GRAY, thickness=4, size=24)
    dots = rows.mark_point(filled=True, size=130, opacity=1).encode(
        x=x, color=parts.either("datum.name === average", parts.ORANGE, parts.SKY)
    )
    numbers = rows.transform_calculate(text="format(datum.value, '.3f')")
    return parts.panel(
        ticks.encode(x=before),
        dots.properties(name="averages"),
        numbers.mark_text(align="left", dx=10, tooltip=None).encode(x=x, text="text:N"),
        title="The three averages",
        width=230,
        height=90,
    )
