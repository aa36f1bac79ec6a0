"""The prevalence dial: the ROC curve stays, precision and recall do not."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from imbtutor._checks import check_labels, check_scores
from imbtutor.explore import parts
from imbtutor.roles import COLORS

CASES = 10_000  # hits are counted in a population of this size
TENTHS = range(-30, -2)  # the dial: ten times log10 of the prevalence
STEP = 10  # k moves in tens
K_MAX = 1000
READINGS = {  # each with its color and shape
    "ROC AUC": (parts.SKY, "square"),
    "average precision": (parts.PINK, "diamond"),
    "precision at k": (parts.ORANGE, "cross"),
    "prevalence": (parts.GRAY, "circle"),
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
        weight = parts.class_weights(y_true, p)
        ap_at.append(average_precision_score(y_true, y_score, sample_weight=weight))
        called, found = CASES * (p * tpr + (1 - p) * fpr), CASES * p * tpr
        hits_at += np.interp(ks, called, found).round(9).tolist()

    return parts.figure(
        name,
        controls=[
            parts.slider("exponent", "log10 of prevalence", -3, -0.3, 0.1, start=-1),
            parts.slider("k", "Followed up (k)", STEP, K_MAX, STEP, start=100),
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
            **parts.looked_up({"ap": ap_at}, "place"),
        },
        say="At prevalence {prevalence:.2~p}, {positives:,.0f} positives in"
        f" {CASES:,} cases: ROC AUC {{auc:.3f}}, average precision {{ap:.3f}}. The"
        " first {k} cases hold {hits:.1f} positives (a perfect ranking:"
        " {possible:.0f}), so precision at {k} is {precision:.1%}, {lift:.1f} times"
        " the prevalence, and recall is {recall:.1%}.",
        panels=[
            parts.roc_panel(y_true, y_score),
            parts.pr_panel(y_true, y_score),
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


def _squares():
    x, y = alt.Scale(domain=[-0.5, 19.5]), alt.Scale(domain=[-0.5, 4.5], reverse=True)
    marks = (
        parts.counted(100, "i", "squares")
        .transform_calculate(
            x="datum.i % 20",
            y="floor(datum.i / 20)",
            truth="datum.i < round(100 * precision) ? 'positive' : 'not positive'",
        )
        .mark_point(filled=True, size=75, opacity=1)
        .encode(
            x=alt.X("x:Q", axis=None, scale=x),
            y=alt.Y("y:Q", axis=None, scale=y),
            **parts.marked("truth", LOOKS),
        )
    )
    title = "Of 100 followed up, {100 * precision:.1f} positive"
    # Altair's own frame around a panel without axes would be white on black.
    return parts.panel(marks, title=title).properties(
        view=alt.ViewBackground(stroke=None)
    )


def _readings():
    dial = {"place": range(len(TENTHS)), "exponent": [tenth / 10 for tenth in TENTHS]}
    label = "format(pow(10, datum.value), '.1~p')"
    ticks = [-3, -2, -1, -0.3]
    lines, points = parts.curves(
        alt.Chart(pd.DataFrame(dial)),
        {
            "ROC AUC": ("auc", "auc"),
            "average precision": ("ap_at[datum.place]", "ap"),
            "precision at k": (f"{_hits('datum.place')} / k", "precision"),
            "prevalence": ("pow(10, datum.exponent)", "prevalence"),
        },
        parts.x("exponent", "prevalence", [-3, -0.3], ticks, labelExpr=label),
        parts.y("value", None, **parts.UNIT),
        parts.marked("reading", READINGS, columns=2),
        ["readings", "readings_now"],
    )
    rule = parts.rule_at("exponent", "x")
    return parts.panel(lines, rule, points, title="At every prevalence")
