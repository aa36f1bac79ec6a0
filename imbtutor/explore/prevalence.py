"""The prevalence dial: the ROC curve stays, precision and recall do not."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from imbtutor._checks import check_labels, check_scores
from imbtutor.explore.live import Live
from imbtutor.explore.parts import INK, dot, panel, rule_at
from imbtutor.roles import COLORS

CASES = 10_000  # hits are counted in a population of this size
TENTHS = range(-30, -2)  # the dial: ten times log10 of the prevalence
STEP = 10  # k moves in tens
K_MAX = 1000
POINTS = 400  # a curve is drawn through so many; the numbers use all samples
GRAY = "#8c8c8c"
READINGS = {
    "ROC AUC": "auc",
    "average precision": "ap",
    "precision at k": "precision",
    "prevalence": "prevalence",
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
        weight = np.where(y_true, p / y_true.sum(), (1 - p) / (y_true == 0).sum())
        ap_at.append(average_precision_score(y_true, y_score, sample_weight=weight))
        called, found = CASES * (p * tpr + (1 - p) * fpr), CASES * p * tpr
        hits_at += np.interp(ks, called, found).round(9).tolist()

    slider = alt.binding_range
    controls = [
        alt.param(
            "exponent",
            value=-1,
            bind=slider(min=-3, max=-0.3, step=0.1, name="log10 of prevalence"),
        ),
        alt.param(
            "k",
            value=100,
            bind=slider(min=STEP, max=K_MAX, step=STEP, name="Followed up (k)"),
        ),
    ]
    numbers = [
        alt.param("ap_at", value=ap_at),
        alt.param("hits_at", value=hits_at),
        alt.param("place", expr=f"round(10 * exponent) - {TENTHS.start}"),
        alt.param("prevalence", expr="pow(10, exponent)"),
        alt.param("positives", expr=f"{CASES} * prevalence"),
        alt.param("hits", expr=_hits("place")),
        alt.param("possible", expr="min(k, positives)"),
        alt.param("precision", expr="hits / k"),
        alt.param("recall", expr="hits / positives"),
        alt.param("fpr", expr=f"(k - hits) / ({CASES} - positives)"),
        alt.param("lift", expr="precision / prevalence"),
        alt.param("auc", value=roc_auc_score(y_true, y_score)),
        alt.param("ap", expr="ap_at[place]"),
        alt.param(
            "say",
            expr="'At prevalence ' + format(prevalence, '.2~p') + ', '"
            f" + format(positives, ',.0f') + ' positives in {CASES:,} cases: ROC AUC '"
            " + format(auc, '.3f') + ', average precision ' + format(ap, '.3f')"
            " + '. The first ' + k + ' cases hold ' + format(hits, '.1f')"
            " + ' positives (a perfect ranking: ' + format(possible, '.0f')"
            " + '), so precision at ' + k + ' is ' + format(precision, '.1%')"
            " + ', ' + format(lift, '.1f') + ' times the prevalence, and recall is '"
            " + format(recall, '.1%') + '.'",
        ),
    ]
    panels = [
        _roc(*roc_curve(y_true, y_score)[:2]),  # corners only
        _precision_recall(fpr, tpr),
        _squares(),
        _readings(),
    ]
    chart = (
        alt.concat(*panels, columns=2, spacing=20)
        .resolve_scale(color="independent", shape="independent")
        .add_params(*controls, *numbers)
    )
    return Live(
        chart,
        name,
        alt="The ROC curve, which stays as the prevalence changes, beside the "
        "precision-recall curve, which sinks with it; a hundred followed-up cases, "
        "positive or not; and, against the prevalence, AUC flat, average precision "
        "and precision at k falling.",
    )


def _hits(place):
    """Expression for the expected positives among the first k."""
    return f"hits_at[({place}) * {K_MAX // STEP} + k / {STEP} - 1]"


def _title(text):
    return {"text": {"expr": text}}


def _unit(channel, field, title):
    """An axis from 0 to 1."""
    return channel(
        f"{field}:Q",
        title=title,
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f"),
        scale=alt.Scale(domain=[0, 1]),
    )


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
            x=_unit(alt.X, "fpr", "false positive rate"),
            y=_unit(alt.Y, "tpr", "recall (true positive rate)"),
            order="order:Q",
        )
    )
    chance = (
        alt.Chart(pd.DataFrame({"x": [0, 1]}))
        .mark_line(color=INK, strokeDash=[5, 3], strokeWidth=1.5)
        .encode(x="x:Q", y="x:Q")
    )
    title = _title("'ROC curve, AUC ' + format(auc, '.3f')")
    return panel(chance, line, dot("fpr", "recall", "roc_dot"), title=title)


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
            x=_unit(alt.X, "recall", "recall"),
            y=_unit(alt.Y, "precision", "precision"),
            order="recall:Q",
        )
    )
    title = _title("'PR curve, average precision ' + format(ap, '.3f')")
    point = dot("recall", "precision", "pr_dot")
    return panel(rule_at("prevalence", "y"), line, point, title=title)


def _squares():
    roles = ["positive", "not positive"]
    cases = pd.DataFrame({"i": range(100)})
    marks = (
        alt.Chart(cases, name="squares")
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
            color=alt.Color(
                "truth:N",
                scale=alt.Scale(
                    domain=roles, range=[COLORS["minority"], COLORS["majority"]]
                ),
                legend=alt.Legend(title=None, orient="bottom"),
            ),
            shape=alt.Shape(
                "truth:N", scale=alt.Scale(domain=roles, range=["triangle", "circle"])
            ),
        )
    )
    title = _title(
        "'Of 100 followed up, ' + format(100 * precision, '.1f') + ' positive'"
    )
    # Altair's own frame around a panel without axes would be white on black.
    return panel(marks, title=title).properties(view=alt.ViewBackground(stroke=None))


def _readings():
    names = list(READINGS)
    scales = {
        "color": alt.Scale(domain=names, range=["#56B4E9", "#CC79A7", "#E69F00", GRAY]),
        "shape": alt.Scale(
            domain=names, range=["square", "diamond", "cross", "circle"]
        ),
    }
    x = alt.X(
        "exponent:Q",
        title="prevalence",
        axis=alt.Axis(
            values=[-3, -2, -1, -0.3], labelExpr="format(pow(10, datum.value), '.1~p')"
        ),
        scale=alt.Scale(domain=[-3, -0.3], nice=False),
    )
    y = _unit(alt.Y, "value", None)
    color = alt.Color(
        "reading:N",
        scale=scales["color"],
        legend=alt.Legend(title=None, orient="bottom", columns=2),
    )
    dial = pd.DataFrame(
        {"place": range(len(TENTHS)), "exponent": [tenth / 10 for tenth in TENTHS]}
    )
    lines = (
        alt.Chart(dial, name="readings")
        .transform_calculate(
            **{
                "ROC AUC": "auc",
                "average precision": "ap_at[datum.place]",
                "precision at k": f"{_hits('datum.place')} / k",
                "prevalence": "pow(10, datum.exponent)",
            }
        )
        .transform_fold(names, as_=["reading", "value"])
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=y, color=color)
    )
    now = (
        alt.Chart(alt.Data(values=[{}]), name="readings_now")
        .transform_calculate(**READINGS, exponent="exponent")
        .transform_fold(names, as_=["reading", "value"])
        .mark_point(filled=True, size=90, opacity=1)
        .encode(
            x=x,
            y=y,
            color=color,
            shape=alt.Shape("reading:N", scale=scales["shape"]),
        )
    )
    return panel(lines, rule_at("exponent", "x"), now, title="At every prevalence")
