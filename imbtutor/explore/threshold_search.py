"""Where a search for the best threshold looks, and what it overlooks."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix_at_thresholds

from imbtutor._checks import check_labels, check_probabilities
from imbtutor.explore.live import Live
from imbtutor.explore.parts import confusion_panel, panel, rule_at
from imbtutor.roles import COLORS

LOW = -4  # the slider starts at 10 to this power; the drawing too
STEPS = 50  # the threshold moves in so many steps for a factor of ten
GRIDS = {
    "100 linear (default)": lambda s: np.linspace(s.min(), s.max(), 100),
    "1,000 linear": lambda s: np.linspace(s.min(), s.max(), 1000),
    "30 geometric": lambda s: np.geomspace(10.0**LOW, 0.9, 30),
    "30 quantiles": lambda s: np.unique(np.quantile(s, np.linspace(0, 1, 30))),
}
MARKS = {  # color, shape, size; drawn in this order, so none hides another
    "best candidate": ("#E69F00", "square", 200),
    "best of all": (COLORS["added"], "diamond", 90),
    "yours": (COLORS["minority"], "circle", 90),
}
METRICS = ["balanced accuracy", "F1", "accuracy"]


def explore_threshold_search(y_true, y_score, name="threshold-search"):
    """Choose where a search for the threshold looks; see what it can find.

    The curve is a metric at every threshold, the ticks below it are the
    candidates that a search tries. A diamond marks the best of all thresholds, a
    square the best candidate, a point the threshold of the slider.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : array-like of shape (n_samples,)
        Probabilities of the minority, from a model that did not see the sample.
    name : str, default="threshold-search"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``candidates``, ``metric`` and ``exponent``, the
        log10 of the threshold, from -4 to 0. Computed: ``threshold``, ``tp``,
        ``fp``, ``fn``, ``tn``, ``value`` (the metric at the threshold);
        ``found`` (the best candidate) and ``found_value``; ``best`` and
        ``best_value`` (of all thresholds); ``lost`` (their difference);
        ``gap`` (the largest share of samples that score between two neighboring
        candidates, and so are called alike by all of them).

    Raises
    ------
    ValueError
        If the labels are not 0 and 1, both present, or a score is not between 0
        and 1, or all scores are equal.

    Notes
    -----
    A sample is called positive if ``y_score >= threshold``. The linear
    candidates run evenly from the lowest score to the highest: 100 of them are
    what `sklearn.model_selection.TunedThresholdClassifierCV` tries by default
    (``_CurveScorer`` in ``sklearn/metrics/_scorer.py``). ``found`` is its
    ``best_threshold_`` with ``cv="prefit"`` on these samples: of equally good
    candidates, the lowest. ``best`` is chosen with the same labels among all
    scores, so no search can do better here; on new data it may.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_threshold_search
    >>> fig = explore_threshold_search(*make_scores(random_state=0))
    >>> fig.set(candidates="30 quantiles", exponent=-2)
    >>> fig.get("exponent")
    -2
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_probabilities(y_score, len(y_true))
    if y_score.min() == y_score.max():
        raise ValueError(
            f"y_score is {y_score[0]:.3g} for every sample; pass scores that differ, "
            "from a model that has learned something."
        )
    scores = [np.sort(y_score[y_true == label]) for label in (1, 0)]
    n_pos, n_neg = map(len, scores)
    exponents = np.arange(LOW * STEPS, 1) / STEPS
    tp_at, fp_at = _called(scores, 10.0**exponents)
    grids = [grid(y_score) for grid in GRIDS.values()]
    at_grid = [_metrics(*_called(scores, grid), n_pos, n_neg) for grid in grids]
    _, fps, _, tps, cuts = confusion_matrix_at_thresholds(y_true, y_score)
    at_all = _metrics(tps, fps, n_pos, n_neg)
    ordered = np.sort(y_score)
    gaps = [
        np.diff(np.searchsorted(ordered, [*grid, 2])).max() / len(y_true)
        for grid in grids
    ]

    options, metrics = list(GRIDS), METRICS
    controls = [
        alt.param(
            "candidates",
            value=options[0],
            bind=alt.binding_select(options=options, name="Candidates"),
        ),
        alt.param(
            "metric",
            value=metrics[0],
            bind=alt.binding_select(options=metrics, name="Metric"),
        ),
        alt.param(
            "exponent",
            value=-0.3,  # 0.5
            bind=alt.binding_range(
                min=LOW, max=0, step=1 / STEPS, name="log10 of threshold"
            ),
        ),
    ]
    tables = {
        "tp_at": tp_at,
        "fp_at": fp_at,
        "gap_at": gaps,
        # one row for each grid, one column for each metric
        "found_at": [
            grid[m.argmax()]
            for grid, values in zip(grids, at_grid, strict=True)
            for m in values
        ],
        "found_value_at": [m.max() for values in at_grid for m in values],
        "best_at": [cuts[m.argmax()] for m in at_all],
        "best_value_at": [m.max() for m in at_all],
    }
    at = f"round({STEPS} * (exponent - {LOW}))"
    grid, column = f"indexof({options}, candidates)", f"indexof({metrics}, metric)"
    cell = f"{grid} * {len(metrics)} + {column}"
    numbers = [
        *(
            alt.param(each, value=np.asarray(table).tolist())
            for each, table in tables.items()
        ),
        alt.param("threshold", expr="pow(10, exponent)"),
        alt.param("tp", expr=f"tp_at[{at}]"),
        alt.param("fp", expr=f"fp_at[{at}]"),
        alt.param("fn", expr=f"{n_pos} - tp"),
        alt.param("tn", expr=f"{n_neg} - fp"),
        alt.param("value", expr=_metric("tp", "fp", n_pos, n_neg)),
        alt.param("found", expr=f"found_at[{cell}]"),
        alt.param("found_value", expr=f"found_value_at[{cell}]"),
        alt.param("best", expr=f"best_at[{column}]"),
        alt.param("best_value", expr=f"best_value_at[{column}]"),
        alt.param("lost", expr="best_value - found_value"),
        alt.param("gap", expr=f"gap_at[{grid}]"),
        alt.param(
            "say",
            expr="candidates + ': as many as ' + format(gap, '.1%')"
            " + ' of the cases score between two candidates. The best candidate, '"
            " + format(found, '.2~r') + ', reaches ' + metric + ' '"
            " + format(found_value, '.3f') + '; the best threshold, '"
            " + format(best, '.2~r') + ', ' + format(best_value, '.3f')"
            " + ': the search loses ' + format(lost, '.3f')"
            " + '. Yours, ' + format(threshold, '.2~r') + ', reaches '"
            " + format(value, '.3f') + '.'",
        ),
    ]
    panels = [
        _search(exponents, tp_at, fp_at, grids, n_pos, n_neg),
        confusion_panel(title=f"Confusion matrix of {n_pos + n_neg:,} cases"),
    ]
    chart = (
        alt.concat(*panels, columns=2, spacing=20)
        .resolve_scale(color="independent", shape="independent")
        .add_params(*controls, *numbers)
    )
    return Live(
        chart,
        name,
        alt="A metric at every threshold on a logarithmic scale, with ticks for the "
        "candidates of a search, a square at the best candidate, a diamond at the "
        "best of all thresholds and a point at the present one; beside it the "
        "confusion matrix.",
    )


def _called(scores, thresholds):
    """Return the true and the false positives at each threshold."""
    return [len(each) - np.searchsorted(each, thresholds) for each in scores]


def _metrics(tp, fp, n_pos, n_neg):
    """Return the metrics, in the order of METRICS, at each pair of counts."""
    tn = n_neg - fp
    return [
        (tp / n_pos + tn / n_neg) / 2,
        2 * tp / (n_pos + tp + fp),
        (tp + tn) / (n_pos + n_neg),
    ]


def _metric(tp, fp, n_pos, n_neg):
    """Expression for the chosen metric."""
    return (
        f"metric === 'F1' ? 2 * {tp} / ({n_pos} + {tp} + {fp})"
        f" : metric === 'accuracy' ? ({tp} + {n_neg} - {fp}) / {n_pos + n_neg}"
        f" : ({tp} / {n_pos} + 1 - {fp} / {n_neg}) / 2"
    )


def _search(exponents, tp_at, fp_at, grids, n_pos, n_neg):
    lowest = 10.0**LOW
    x = alt.X(
        "x:Q",
        title="threshold (log scale)",
        scale=alt.Scale(type="log", domain=[lowest, 1], nice=False, clamp=True),
        axis=alt.Axis(
            values=[10.0**e for e in range(LOW + 1, 1)], format="~r", grid=False
        ),
    )
    line = (
        alt.Chart(
            pd.DataFrame({"x": (10.0**exponents).round(9), "tp": tp_at, "fp": fp_at}),
            name="curve",
        )
        .transform_calculate(y=_metric("datum.tp", "datum.fp", n_pos, n_neg))
        .mark_line(color=COLORS["majority"], strokeWidth=2)
        .encode(x=x, y=alt.Y("y:Q", title="chosen metric", scale=alt.Scale(zero=False)))
    )
    # Ticks closer than a thousandth of the axis fall on one another.
    tried = pd.concat(
        pd.DataFrame({"x": _seen(grid), "grid": option})
        for option, grid in zip(GRIDS, grids, strict=True)
    )
    ticks = (
        alt.Chart(tried, name="ticks")
        .transform_filter("datum.grid === candidates")
        .mark_rule(color=COLORS["added"], opacity=0.7)
        .encode(x=x, y=alt.value(178), y2=alt.value(190))
    )
    title = {
        "text": {
            "expr": "'Found ' + format(found_value, '.3f')"
            " + ', possible ' + format(best_value, '.3f')"
        }
    }
    return panel(
        line,
        ticks,
        rule_at("threshold", "x"),
        _marks(),
        title=title,
    )


def _seen(grid):
    """Return the places of the candidates on the log axis, each once."""
    places = np.log10(np.clip(grid, 10.0**LOW, 1)).round(3)
    return 10 ** np.unique(places)


def _marks():
    kinds = list(MARKS)
    color, shape, size = (
        alt.Scale(domain=kinds, range=list(looks))
        for looks in zip(*MARKS.values(), strict=True)
    )
    legend = alt.Legend(title=None, orient="bottom")
    return (
        alt.Chart(pd.DataFrame({"kind": kinds}), name="marks")
        .transform_calculate(
            x=f"clamp({_of_kind('found', 'best', 'threshold')}, {10.0**LOW}, 1)",
            y=_of_kind("found_value", "best_value", "value"),
        )
        .mark_point(filled=True, opacity=1, stroke="white")
        .encode(
            x="x:Q",
            y="y:Q",
            color=alt.Color("kind:N", scale=color, legend=legend),
            shape=alt.Shape("kind:N", scale=shape, legend=legend),
            size=alt.Size("kind:N", scale=size, legend=None),
        )
    )


def _of_kind(found, best, yours):
    """Expression that chooses among three values, by the kind of a mark."""
    first, second, _ = MARKS
    others = f"datum.kind === '{second}' ? {best} : {yours}"
    return f"(datum.kind === '{first}' ? {found} : {others})"
