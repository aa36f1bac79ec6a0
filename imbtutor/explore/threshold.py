"""One threshold, moved: histograms, confusion matrix, ROC and PR curves follow."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from imbtutor._checks import check_labels, check_probabilities
from imbtutor.explore.parts import (
    UNIT,
    choice,
    class_weights,
    colored,
    confusion_panel,
    diagonal,
    dot,
    figure,
    looked_up,
    panel,
    rule_at,
    slider,
    x_axis,
    y_axis,
)
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
    ap_at = [
        average_precision_score(y_true, y_score, sample_weight=class_weights(y_true, p))
        for p in np.arange(1, 51) / 100
    ]
    corners = roc_curve(y_true, y_score)
    return figure(
        name,
        controls=[
            slider("threshold", "Threshold", 0, 1, 0.01, start=0.5),
            slider("prevalence", "Prevalence", 0.01, 0.5, 0.01, start=0.1),
            choice("beta", "Beta", [0.5, 1, 2], start=1),
        ],
        numbers={
            **looked_up(
                {"recall": tpr_at, "fpr": fpr_at}, f"round(threshold * {STEPS})"
            ),
            "tp": f"{PATIENTS} * prevalence * recall",
            "fn": f"{PATIENTS} * prevalence * (1 - recall)",
            "fp": f"{PATIENTS} * (1 - prevalence) * fpr",
            "tn": f"{PATIENTS} * (1 - prevalence) * (1 - fpr)",
            "precision": "tp + fp > 0 ? tp / (tp + fp) : null",
            "fbeta": "(1 + beta * beta) * tp"
            " / ((1 + beta * beta) * tp + beta * beta * fn + fp)",
            "auc": roc_auc_score(y_true, y_score),
            **looked_up({"ap": ap_at}, "round(prevalence * 100) - 1"),
        },
        say="At threshold {threshold:.2f} and prevalence {prevalence:.0%}: recall"
        " {recall:.1%}, false positive rate {fpr:.1%}, precision {precision:.1%},"
        " F{beta} {fbeta:.3f}. Of all thresholds: ROC AUC {auc:.3f}, average precision"
        " {ap:.3f}.",
        panels=[
            _histograms(pos, neg),
            confusion_panel(title="Confusion matrix of 10,000 cases"),
            _roc(*corners[:2]),
            _precision_recall(*corners[:2]),
        ],
        alt_text="Histograms of the scores of two classes with a movable threshold, "
        "the confusion matrix of 10,000 cases, the ROC curve and the precision-recall "
        "curve, each with a point at that threshold.",
        one_legend=True,
    )


def _histograms(pos, neg):
    edges = np.linspace(0, 1, 41)
    roles = {"majority": neg, "minority": pos}
    frames = [
        pd.DataFrame(
            {
                "low": edges[:-1],
                "high": edges[1:],
                "share": np.histogram(scores, edges)[0] / len(scores),
                "class": role,
            }
        )
        for role, scores in roles.items()
    ]
    bars = (
        alt.Chart(pd.concat(frames), name="bars")
        .mark_rect(opacity=0.6)
        .encode(
            x=x_axis("low", "score", ticks=[0, 0.5, 1]),
            x2="high:Q",
            y=y_axis("weight", "share of all cases", form="%"),
            y2=alt.Y2Datum(0),
            color=colored("class", {role: COLORS[role] for role in roles}, "top"),
        )
        .transform_calculate(
            weight="datum.share * (datum['class'] === 'minority'"
            " ? prevalence : 1 - prevalence)"
        )
    )
    return panel(bars, rule_at("threshold", "x"), title="Scores")


def _roc(fpr, tpr):
    line = (
        alt.Chart(pd.DataFrame({"fpr": fpr, "tpr": tpr, "order": range(len(fpr))}))
        .mark_line(color=COLORS["majority"], clip=True)
        .encode(
            x=x_axis("fpr", "false positive rate", **UNIT),
            y=y_axis("tpr", "recall (true positive rate)", **UNIT),
            order="order:Q",
        )
    )
    point = dot("fpr", "recall", "roc_dot")
    return panel(diagonal(), line, point, title="ROC curve, AUC {auc:.3f}")


def _precision_recall(fpr, tpr):
    # Precision holds from one recall to the next: steps, never a sloped line.
    found = tpr > 0
    data = {"fpr": fpr[found], "tpr": tpr[found], "order": range(found.sum())}
    line = (
        alt.Chart(pd.DataFrame(data))
        .transform_calculate(
            precision="prevalence * datum.tpr"
            " / (prevalence * datum.tpr + (1 - prevalence) * datum.fpr)"
        )
        .mark_line(color=COLORS["majority"], clip=True, interpolate="step-before")
        .encode(
            x=x_axis("tpr", "recall", **UNIT),
            y=y_axis("precision", "precision", **UNIT),
            order="order:Q",
        )
    )
    return panel(
        rule_at("prevalence", "y"),
        line,
        dot("recall", "precision", "pr_dot"),
        title="PR curve, average precision {ap:.3f}",
    )
