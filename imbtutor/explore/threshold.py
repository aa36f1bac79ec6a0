"""One threshold, moved: histograms, confusion matrix, ROC and PR curves follow."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from imbtutor._checks import check_labels, check_probabilities
from imbtutor.explore import parts
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
    shares = {
        "recall": 1 - np.searchsorted(pos, grid) / len(pos),
        "fpr": 1 - np.searchsorted(neg, grid) / len(neg),
    }
    weights = [parts.class_weights(y_true, p) for p in np.arange(1, 51) / 100]
    ap_at = [average_precision_score(y_true, y_score, sample_weight=w) for w in weights]
    return parts.figure(
        name,
        controls=[
            parts.slider("threshold", "Threshold", 0, 1, 0.01, start=0.5),
            parts.slider("prevalence", "Prevalence", 0.01, 0.5, 0.01, start=0.1),
            parts.choice("beta", "Beta", [0.5, 1, 2], start=1),
        ],
        numbers={
            **parts.looked_up(shares, f"round(threshold * {STEPS})"),
            "tp": f"{PATIENTS} * prevalence * recall",
            "fn": f"{PATIENTS} * prevalence * (1 - recall)",
            "fp": f"{PATIENTS} * (1 - prevalence) * fpr",
            "tn": f"{PATIENTS} * (1 - prevalence) * (1 - fpr)",
            "precision": "tp + fp > 0 ? tp / (tp + fp) : null",
            "fbeta": "(1 + beta * beta) * tp"
            " / ((1 + beta * beta) * tp + beta * beta * fn + fp)",
            "auc": roc_auc_score(y_true, y_score),
            **parts.looked_up({"ap": ap_at}, "round(prevalence * 100) - 1"),
        },
        say="At threshold {threshold:.2f} and prevalence {prevalence:.0%}: recall"
        " {recall:.1%}, false positive rate {fpr:.1%}, precision {precision:.1%},"
        " F{beta} {fbeta:.3f}. Of all thresholds: ROC AUC {auc:.3f}, average precision"
        " {ap:.3f}.",
        panels=[
            _histograms(pos, neg),
            parts.confusion_panel(title="Confusion matrix of 10,000 cases"),
            parts.roc_panel(y_true, y_score),
            parts.pr_panel(y_true, y_score),
        ],
        alt_text="Histograms of the scores of two classes with a movable threshold, "
        "the confusion matrix of 10,000 cases, the ROC curve and the precision-recall "
        "curve, each with a point at that threshold.",
        one_legend=True,
    )


def _histograms(pos, neg):
    edges = np.linspace(0, 1, 41)
    roles = {"majority": neg, "minority": pos}
    bars = {"low": edges[:-1], "high": edges[1:]}
    data = pd.concat(
        pd.DataFrame(
            bars | {"share": np.histogram(scores, edges)[0] / len(scores)}
        ).assign(**{"class": role})
        for role, scores in roles.items()
    )
    marks = (
        alt.Chart(data, name="bars")
        .transform_calculate(
            weight="datum.share * (datum['class'] === 'minority'"
            " ? prevalence : 1 - prevalence)"
        )
        .mark_rect(opacity=0.6)
        .encode(
            x=parts.x("low", "score", ticks=[0, 0.5, 1]),
            x2="high:Q",
            y=parts.y("weight", "share of all cases", form="%"),
            y2=alt.Y2Datum(0),
            color=parts.colored("class", {role: COLORS[role] for role in roles}, "top"),
        )
    )
    return parts.panel(marks, parts.rule_at("threshold", "x"), title="Scores")
