"""One threshold, moved: histograms, confusion matrix, ROC and PR curves follow."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from imbtutor._checks import check_labels, check_probabilities
from imbtutor.explore.live import Live
from imbtutor.explore.parts import confusion_panel, dot, panel, rule_at
from imbtutor.roles import COLORS

STEPS = 100  # the threshold moves in hundredths
PATIENTS = 10_000  # the confusion matrix counts whole people, not fractions


def explore_threshold(y_true, y_score, name="threshold"):
    """Move the threshold, the prevalence and beta; every reading follows.

    Two histograms, the confusion matrix of 10,000 cases, the ROC curve and the
    precision-recall curve are drawn from the same scores. The prevalence weighs
    the two classes anew and leaves the scores of each as they are: what happens
    when the same classifier meets another population.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : array-like of shape (n_samples,)
        Scores between 0 and 1, higher for the minority.
    name : str, default="threshold"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``threshold``, ``prevalence``, ``beta``. Computed:
        ``tp``, ``fp``, ``fn``, ``tn`` (of 10,000 cases), ``recall``, ``fpr``,
        ``precision``, ``fbeta``, ``auc``, ``ap``.

    Raises
    ------
    ValueError
        If the labels are not 0 and 1, both present, or a score is not between
        0 and 1.

    Notes
    -----
    A sample is called positive if ``y_score >= threshold``, as in
    `sklearn.metrics.roc_curve`. Weights ``prevalence / n_positive`` and
    ``(1 - prevalence) / n_negative`` give the same numbers from scikit-learn's
    functions with ``sample_weight``. Precision is undefined where nothing is
    called positive.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_threshold
    >>> fig = explore_threshold(*make_scores(random_state=0))
    >>> fig.set(threshold=0.3)
    >>> fig.get("threshold")
    0.3
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_probabilities(y_score, len(y_true))
    pos, neg = np.sort(y_score[y_true == 1]), np.sort(y_score[y_true == 0])
    grid = np.arange(STEPS + 1) / STEPS
    # The share of each class at or above each threshold of the slider.
    tpr_at = 1 - np.searchsorted(pos, grid) / len(pos)
    fpr_at = 1 - np.searchsorted(neg, grid) / len(neg)
    prevalences = np.arange(1, 51) / 100
    ap_at = [
        average_precision_score(
            y_true,
            y_score,
            sample_weight=np.where(y_true, p / len(pos), (1 - p) / len(neg)),
        )
        for p in prevalences
    ]

    at = f"round(threshold * {STEPS})"
    slider = alt.binding_range
    controls = [
        alt.param(
            "threshold",
            value=0.5,
            bind=slider(min=0, max=1, step=0.01, name="Threshold"),
        ),
        alt.param(
            "prevalence",
            value=0.1,
            bind=slider(min=0.01, max=0.5, step=0.01, name="Prevalence"),
        ),
        alt.param(
            "beta",
            value=1,
            bind=alt.binding_select(options=[0.5, 1, 2], name="Beta"),
        ),
    ]
    numbers = [
        alt.param("tpr_at", value=tpr_at.tolist()),
        alt.param("fpr_at", value=fpr_at.tolist()),
        alt.param("ap_at", value=ap_at),
        alt.param("recall", expr=f"tpr_at[{at}]"),
        alt.param("fpr", expr=f"fpr_at[{at}]"),
        alt.param("tp", expr=f"{PATIENTS} * prevalence * recall"),
        alt.param("fn", expr=f"{PATIENTS} * prevalence * (1 - recall)"),
        alt.param("fp", expr=f"{PATIENTS} * (1 - prevalence) * fpr"),
        alt.param("tn", expr=f"{PATIENTS} * (1 - prevalence) * (1 - fpr)"),
        alt.param("precision", expr="tp + fp > 0 ? tp / (tp + fp) : null"),
        alt.param(
            "fbeta",
            expr="(1 + beta * beta) * tp"
            " / ((1 + beta * beta) * tp + beta * beta * fn + fp)",
        ),
        alt.param("auc", value=roc_auc_score(y_true, y_score)),
        alt.param("ap", expr="ap_at[round(prevalence * 100) - 1]"),
        alt.param(
            "say",
            expr="'At threshold ' + format(threshold, '.2f') + ' and prevalence '"
            " + format(prevalence, '.0%') + ': recall ' + format(recall, '.1%')"
            " + ', false positive rate ' + format(fpr, '.1%') + ', precision '"
            " + (precision === null ? 'undefined' : format(precision, '.1%'))"
            " + ', F' + beta + ' ' + format(fbeta, '.3f') + '. Of all thresholds:"
            " ROC AUC ' + format(auc, '.3f') + ', average precision '"
            " + format(ap, '.3f') + '.'",
        ),
    ]
    fpr, tpr, _ = roc_curve(y_true, y_score)
    curve = pd.DataFrame({"fpr": fpr, "tpr": tpr})
    panels = [
        _histograms(pos, neg),
        confusion_panel(title="Confusion matrix of 10,000 cases"),
        _roc(curve),
        _precision_recall(curve),
    ]
    chart = alt.concat(*panels, columns=2, spacing=20).add_params(*controls, *numbers)
    return Live(
        chart,
        name,
        alt="Histograms of the scores of two classes with a movable threshold, the "
        "confusion matrix of 10,000 cases, the ROC curve and the precision-recall "
        "curve, each with a point at that threshold.",
    )


def _histograms(pos, neg):
    edges = np.linspace(0, 1, 41)
    frames = [
        pd.DataFrame(
            {
                "low": edges[:-1],
                "high": edges[1:],
                "share": np.histogram(scores, edges)[0] / len(scores),
                "class": role,
            }
        )
        for role, scores in [("majority", neg), ("minority", pos)]
    ]
    roles = ["majority", "minority"]
    bars = (
        alt.Chart(pd.concat(frames))
        .mark_rect(opacity=0.6)
        .encode(
            x=alt.X("low:Q", title="score", axis=alt.Axis(values=[0, 0.5, 1])),
            x2="high:Q",
            y=alt.Y(
                "weight:Q",
                title="share of all cases",
                axis=alt.Axis(format="%"),
            ),
            y2=alt.Y2Datum(0),
            color=alt.Color(
                "class:N",
                scale=alt.Scale(domain=roles, range=[COLORS[role] for role in roles]),
                legend=alt.Legend(title=None, orient="top"),
            ),
        )
        .transform_calculate(
            weight="datum.share * (datum['class'] === 'minority'"
            " ? prevalence : 1 - prevalence)"
        )
    )
    return panel(
        bars.properties(name="bars"), rule_at("threshold", "x"), title="Scores"
    )


def _curve(data, x, y, titles, **kwargs):
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")
    unit = alt.Scale(domain=[0, 1])
    return (
        alt.Chart(data)
        .mark_line(color=COLORS["majority"], clip=True, **kwargs)
        .encode(
            x=alt.X(f"{x}:Q", title=titles[0], axis=axis, scale=unit),
            y=alt.Y(f"{y}:Q", title=titles[1], axis=axis, scale=unit),
            order="order:Q",
        )
    )


def _roc(curve):
    titles = ("false positive rate", "recall (true positive rate)")
    data = curve.assign(order=np.arange(len(curve)))
    line = _curve(data, "fpr", "tpr", titles)
    chance = (
        alt.Chart(pd.DataFrame({"x": [0, 1]}))
        .mark_line(color="#8c8c8c", strokeDash=[4, 4], strokeWidth=1)
        .encode(x="x:Q", y="x:Q")
    )
    title = {"text": {"expr": "'ROC curve, AUC ' + format(auc, '.3f')"}}
    return panel(chance, line, dot("fpr", "recall", "roc_dot"), title=title)


def _precision_recall(curve):
    # Precision holds from one recall to the next: steps, never a sloped line.
    data = curve[curve["tpr"] > 0]
    line = _curve(
        data.assign(order=np.arange(len(data))),
        "tpr",
        "precision",
        ("recall", "precision"),
        interpolate="step-before",
    ).transform_calculate(
        precision="prevalence * datum.tpr"
        " / (prevalence * datum.tpr + (1 - prevalence) * datum.fpr)"
    )
    title = {"text": {"expr": "'PR curve, average precision ' + format(ap, '.3f')"}}
    return panel(
        rule_at("prevalence", "y"),
        line,
        dot("recall", "precision", "pr_dot"),
        title=title,
    )
