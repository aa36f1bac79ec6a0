"""Where a search for the best threshold looks, and what it overlooks."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix_at_thresholds

from imbtutor._checks import check_labels, check_probabilities
from imbtutor.explore import parts
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
    "best candidate": (parts.ORANGE, "square", 200),
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
    _, fps, _, tps, cuts = confusion_matrix_at_thresholds(y_true, y_score)
    ordered = np.sort(y_score)
    gaps = [np.diff(np.searchsorted(ordered, [*grid, 2])).max() for grid in grids]
    # One row for each grid, one column for each metric.
    highest = [_highest(grid, *_called(scores, grid), n_pos, n_neg) for grid in grids]
    found, found_value = np.reshape(highest, (-1, 2)).T
    best, best_value = np.transpose(_highest(cuts, tps, fps, n_pos, n_neg))
    grid, column = f"indexof({[*GRIDS]}, candidates)", f"indexof({METRICS}, metric)"
    cell = f"{grid} * {len(METRICS)} + {column}"
    at = f"round({STEPS} * (exponent - {LOW}))"
    return parts.figure(
        name,
        controls=[
            parts.choice("candidates", "Candidates", [*GRIDS], start=[*GRIDS][0]),
            parts.choice("metric", "Metric", METRICS, start=METRICS[0]),
            # The start is log10 of 0.5.
            parts.slider("exponent", "log10 of threshold", LOW, 0, 1 / STEPS, -0.3),
        ],
        numbers={
            "threshold": "pow(10, exponent)",
            **parts.looked_up({"tp": tp_at, "fp": fp_at}, at),
            "fn": f"{n_pos} - tp",
            "tn": f"{n_neg} - fp",
            "value": _metric("tp", "fp", n_pos, n_neg),
            **parts.looked_up({"found": found, "found_value": found_value}, cell),
            **parts.looked_up({"best": best, "best_value": best_value}, column),
            "lost": "best_value - found_value",
            **parts.looked_up({"gap": np.array(gaps) / len(y_true)}, grid),
        },
        say="{candidates}: as many as {gap:.1%} of the cases score between two"
        " candidates. The best candidate, {found:.2~r}, reaches {metric}"
        " {found_value:.3f}; the best threshold, {best:.2~r}, {best_value:.3f}: the"
        " search loses {lost:.3f}. Yours, {threshold:.2~r}, reaches {value:.3f}.",
        panels=[
            _search(exponents, tp_at, fp_at, grids, n_pos, n_neg),
            parts.confusion_panel(title=f"Confusion matrix of {n_pos + n_neg:,} cases"),
        ],
        alt_text="A metric at every threshold on a logarithmic scale, with ticks for "
        "the candidates of a search, a square at the best candidate, a diamond at the "
        "best of all thresholds and a point at the present one; beside it the "
        "confusion matrix.",
    )


def _called(scores, thresholds):
    """Return the true and the false positives at each threshold."""
    return [len(each) - np.searchsorted(each, thresholds) for each in scores]


def _highest(thresholds, tp, fp, n_pos, n_neg):
    """For each of METRICS the threshold where it is highest, and its value there."""
    tn = n_neg - fp
    metrics = [
        (tp / n_pos + tn / n_neg) / 2,
        2 * tp / (n_pos + tp + fp),
        (tp + tn) / (n_pos + n_neg),
    ]
    return [(thresholds[each.argmax()], each.max()) for each in metrics]


def _metric(tp, fp, n_pos, n_neg):
    """Expression for the chosen metric."""
    return (
        f"metric === 'F1' ? 2 * {tp} / ({n_pos} + {tp} + {fp})"
        f" : metric === 'accuracy' ? ({tp} + {n_neg} - {fp}) / {n_pos + n_neg}"
        f" : ({tp} / {n_pos} + 1 - {fp} / {n_neg}) / 2"
    )


def _search(exponents, tp_at, fp_at, grids, n_pos, n_neg):
    ends, ticks = [10.0**LOW, 1], [10.0**e for e in range(LOW + 1, 1)]
    options = {"log": True, "scale": {"clamp": True}, "grid": False}
    x = parts.x("x", "threshold (log scale)", ends, ticks, "~r", **options)
    y = parts.y("y", "chosen metric", scale={"zero": False})
    data = pd.DataFrame({"x": (10.0**exponents).round(9), "tp": tp_at, "fp": fp_at})
    metric = _metric("datum.tp", "datum.fp", n_pos, n_neg)
    line = parts.line(data, x, y, "curve", strokeWidth=2).transform_calculate(y=metric)
    # Ticks closer than a thousandth of the axis fall on one another.
    tried = pd.concat(
        pd.DataFrame({"x": np.log10(np.clip(grid, *ends)).round(3), "grid": option})
        for option, grid in zip(GRIDS, grids, strict=True)
    ).drop_duplicates()
    tried["x"] = 10 ** tried["x"]
    ticks = (
        alt.Chart(tried, name="ticks")
        .transform_filter("datum.grid === candidates")
        .mark_rule(color=COLORS["added"], opacity=0.7)
        .encode(x=x, y=alt.value(178), y2=alt.value(190))
    )
    layers = [line, ticks, parts.rule_at("threshold", "x"), _marks()]
    title = "Found {found_value:.3f}, possible {best_value:.3f}"
    return parts.panel(*layers, title=title)


def _marks():
    looks = {kind: (color, shape) for kind, (color, shape, _) in MARKS.items()}
    sizes = alt.Scale(domain=[*MARKS], range=[size for _, _, size in MARKS.values()])
    x, y = "[found, best, threshold]", "[found_value, best_value, value]"
    x = f"clamp({x}[datum.i], {10.0**LOW}, 1)"
    return (
        alt.Chart(pd.DataFrame({"kind": [*MARKS], "i": range(3)}), name="marks")
        .transform_calculate(x=x, y=f"{y}[datum.i]")
        .mark_point(filled=True, opacity=1, stroke="white")
        .encode(
            x="x:Q",
            y="y:Q",
            **parts.marked("kind", looks),
            size=alt.Size("kind:N", scale=sizes, legend=None),
        )
    )
