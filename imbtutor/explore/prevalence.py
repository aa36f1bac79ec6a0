"""The prevalence dial: the ROC curve stays, precision and recall do not."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from imbtutor._checks import check_labels, check_scores
from imbtutor.explore.parts import (
    GRAY,
    ORANGE,
    PINK,
    SKY,
    UNIT,
    class_weights,
    counted,
    diagonal,
    dot,
    figure,
    here,
    looked_up,
    marked,
    panel,
    rule_at,
    slider,
    x_axis,
    y_axis,
)
from imbtutor.roles import COLORS

CASES = 10_000  # hits are counted in a population of this size
TENTHS = range(-30, -2)  # the dial: ten times log10 of the prevalence
STEP = 10  # k moves in tens
K_MAX = 1000
POINTS = 400  # a curve is drawn through so many; the numbers use all samples
READINGS = {  # each with its color and shape
    "ROC AUC": (SKY, "square"),
    "average precision": (PINK, "diamond"),
    "precision at k": (ORANGE, "cross"),
    "prevalence": (GRAY, "circle"),
}
# In the hundred squares.
LOOKS = {
    "positive": (COLORS["minority"], "triangle"),
    "not positive": (COLORS["majority"], "circle"),
}


def explore_prevalence(y_true, y_score, name="prevalence"):
    """Turn the prevalence down to 1 in 1,000, and choose how many cases to call.

    The scores of each class stay as they are; only the share of the positives
    in a population of 10,000 cases changes. The ROC curve cannot see that. The
    precision-recall curve, average precision and the number of positives among
    the k cases with the highest scores can.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : array-like of shape (n_samples,)
        Scores, higher for the minority.
    name : str, default="prevalence"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``exponent`` (the prevalence is 10 to this power,
        from -3 to -0.3) and ``k``, the number of cases followed up of 10,000.
        Computed: ``prevalence``, ``positives`` (of 10,000 cases), ``hits`` (the
        expected number of positives among the first k), ``possible`` (what a
        perfect ranking would find there), ``precision``, ``recall`` and ``fpr``
        at k, ``lift`` (precision over prevalence), ``auc``, ``ap``.

    Raises
    ------
    ValueError
        If the labels are not 0 and 1, both present, or the scores do not match
        them or are not finite.

    Notes
    -----
    Weights ``prevalence / n_positive`` and ``(1 - prevalence) / n_negative``
    give the same numbers from scikit-learn's functions with ``sample_weight``.
    Where the k-th place falls inside a group of equal scores, or inside the
    weight of one sample, ``hits`` counts the share of that group: its expected
    value if equal scores are put into random order.

    References
    ----------
    .. [1] J. Davis and M. Goadrich (2006), "The relationship between
       precision-recall and ROC curves", ICML, 233-240: each point of the one
       curve is a point of the other, given the prevalence.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_prevalence
    >>> fig = explore_prevalence(*make_scores(random_state=0))
    >>> fig.set(exponent=-3, k=50)
    >>> fig.get("exponent")
    -3
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_scores(y_score, len(y_true))
    fpr, tpr, _ = roc_curve(y_true, y_score, drop_intermediate=False)
    prevalences = [10 ** (tenth / 10) for tenth in TENTHS]
    ks = np.arange(STEP, K_MAX + 1, STEP)
    ap_at, hits_at = [], []
    for p in prevalences:
        weight = class_weights(y_true, p)
        ap_at.append(average_precision_score(y_true, y_score, sample_weight=weight))
        called, found = CASES * (p * tpr + (1 - p) * fpr), CASES * p * tpr
        hits_at += np.interp(ks, called, found).round(9).tolist()

    return figure(
        name,
        controls=[
            slider("exponent", "log10 of prevalence", -3, -0.3, 0.1, start=-1),
            slider("k", "Followed up (k)", STEP, K_MAX, STEP, start=100),
        ],
        numbers={
            "place": f"round(10 * exponent) - {TENTHS.start}",
            "prevalence": "pow(10, exponent)",
            "positives": f"{CASES} * prevalence",
            "hits_at": hits_at,
            "hits": _hits("place"),
            "possible": "min(k, positives)",
            "precision": "hits / k",
            "recall": "hits / positives",
            "fpr": f"(k - hits) / ({CASES} - positives)",
            "lift": "precision / prevalence",
            "auc": roc_auc_score(y_true, y_score),
            **looked_up({"ap": ap_at}, "place"),
        },
        say="At prevalence {prevalence:.2~p}, {positives:,.0f} positives in"
        f" {CASES:,} cases: ROC AUC {{auc:.3f}}, average precision {{ap:.3f}}. The"
        " first {k} cases hold {hits:.1f} positives (a perfect ranking:"
        " {possible:.0f}), so precision at {k} is {precision:.1%}, {lift:.1f} times"
        " the prevalence, and recall is {recall:.1%}.",
        panels=[
            _roc(*roc_curve(y_true, y_score)[:2]),  # corners only
            _precision_recall(fpr, tpr),
            _squares(),
            _readings(),
        ],
        alt_text="The ROC curve, which stays as the prevalence changes, beside the "
        "precision-recall curve, which sinks with it; a hundred followed-up cases, "
        "positive or not; and, against the prevalence, AUC flat, average precision "
        "and precision at k falling.",
    )


def _hits(place):
    """Expression for the expected positives among the first k."""
    return f"hits_at[({place}) * {K_MAX // STEP} + k / {STEP} - 1]"


def _thinned(places):
    """Return at most POINTS of them, the ends included."""
    if len(places) <= POINTS:
        return places
    return places[np.linspace(0, len(places) - 1, POINTS).round().astype(int)]


def _roc(fpr, tpr):
    seen = _thinned(np.arange(len(fpr)))
    line = (
        alt.Chart(pd.DataFrame({"fpr": fpr[seen], "tpr": tpr[seen], "order": seen}))
        .mark_line(color=COLORS["majority"])
        .encode(
            x=x_axis("fpr", "false positive rate", **UNIT),
            y=y_axis("tpr", "recall (true positive rate)", **UNIT),
            order="order:Q",
        )
    )
    point = dot("fpr", "recall", "roc_dot")
    return panel(diagonal(), line, point, title="ROC curve, AUC {auc:.3f}")


def _precision_recall(fpr, tpr):
    # The steps that average precision adds up: the precision at each threshold that
    # finds a positive, held from the recall before to the recall there.
    seen = _thinned(np.flatnonzero(np.diff(tpr, prepend=0) > 0))
    steps = pd.DataFrame({"recall": tpr[seen], "tpr": tpr[seen], "fpr": fpr[seen]})
    steps = pd.concat([steps.head(1).assign(recall=0), steps])
    line = (
        alt.Chart(steps, name="pr_steps")
        .transform_calculate(
            precision="prevalence * datum.tpr"
            " / (prevalence * datum.tpr + (1 - prevalence) * datum.fpr)"
        )
        .mark_line(color=COLORS["majority"], interpolate="step-before")
        .encode(
            x=x_axis("recall", "recall", **UNIT),
            y=y_axis("precision", "precision", **UNIT),
            order="recall:Q",
        )
    )
    point = dot("recall", "precision", "pr_dot")
    title = "PR curve, average precision {ap:.3f}"
    return panel(rule_at("prevalence", "y"), line, point, title=title)


def _squares():
    marks = (
        counted(100, "i", "squares")
        .transform_calculate(
            x="datum.i % 20",
            y="floor(datum.i / 20)",
            truth="datum.i < round(100 * precision) ? 'positive' : 'not positive'",
        )
        .mark_point(filled=True, size=75, opacity=1)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, 19.5])),
            y=alt.Y(
                "y:Q", axis=None, scale=alt.Scale(domain=[-0.5, 4.5], reverse=True)
            ),
            **marked("truth", LOOKS),
        )
    )
    title = "Of 100 followed up, {100 * precision:.1f} positive"
    # Altair's own frame around a panel without axes would be white on black.
    return panel(marks, title=title).properties(view=alt.ViewBackground(stroke=None))


def _readings():
    legend = alt.Legend(title=None, orient="bottom", columns=2)
    looks = marked("reading", READINGS, legend)
    plane = {
        "x": x_axis(
            "exponent",
            "prevalence",
            [-3, -0.3],
            [-3, -2, -1, -0.3],
            labelExpr="format(pow(10, datum.value), '.1~p')",
        ),
        "y": y_axis("value", None, **UNIT),
    }
    dial = pd.DataFrame(
        {"place": range(len(TENTHS)), "exponent": [tenth / 10 for tenth in TENTHS]}
    )
    everywhere = [
        "auc",
        "ap_at[datum.place]",
        f"{_hits('datum.place')} / k",
        "pow(10, datum.exponent)",
    ]
    lines = (
        alt.Chart(dial, name="readings")
        .transform_calculate(**dict(zip(READINGS, everywhere, strict=True)))
        .transform_fold([*READINGS], as_=["reading", "value"])
        .mark_line(strokeWidth=2.5)
        .encode(**plane, color=looks["color"])
    )
    present = dict(zip(READINGS, ["auc", "ap", "precision", "prevalence"], strict=True))
    now = (
        here("readings_now", **present, exponent="exponent")
        .transform_fold([*READINGS], as_=["reading", "value"])
        .mark_point(filled=True, size=90, opacity=1)
        .encode(**plane, **looks)
    )
    return panel(lines, rule_at("exponent", "x"), now, title="At every prevalence")
