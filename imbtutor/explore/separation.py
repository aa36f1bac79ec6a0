"""Ranking loss apart from threshold loss: separation, prevalence, threshold."""

from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from imbtutor.datasets import make_gaussians
from imbtutor.explore.parts import (
    GRAY,
    PINK,
    SKY,
    UNIT,
    choice,
    colored,
    dot,
    figure,
    panel,
    rule_at,
    slider,
    x_axis,
    y_axis,
)
from imbtutor.roles import COLORS

PREVALENCES = {p: f"{100 * p:g} %" for p in (0.5, 0.1, 0.02, 0.005)}
SEPARATIONS = [1, 1.5, 2, 2.5, 3, 3.5, 4]
POSITIVES = [5, 20, 50]  # "unlimited" is a formula and needs no training
DRAWS = 4
N_FEATURES = 10
EDGE = 5.3  # the log-odds of the slider's ends, 0.005 and 0.995
LOSSES = {"threshold loss": PINK, "ranking loss": SKY}
POSSIBLE = {"color": GRAY, "strokeDash": [4, 4], "strokeWidth": 1.5}


def explore_separation(name="separation"):
    """Move separation, prevalence, threshold and the number of positives.

    The data are those of `imbtutor.make_gaussians` with 10 features, of which
    one tells the classes apart. The model is a `LogisticRegression` with its
    default settings, trained on a set with that prevalence and that number of
    positives; "unlimited" is what it tends to as the set grows. What the figure
    shows holds on the whole population, not on one test set.

    Parameters
    ----------
    name : str, default="separation"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``separation`` (in standard deviations),
        ``prevalence``, ``threshold`` (of the predicted probability),
        ``positives`` (5, 20, 50 or "unlimited") and ``draw``, which chooses one
        of 4 training sets and is without effect on the unlimited one. Computed:
        ``recall``, ``fpr``, ``balanced_accuracy``, ``best_balanced_accuracy``
        (of all thresholds), ``threshold_loss``, ``auc``, ``possible_auc`` (of
        all rankings), ``ranking_loss``.

    Notes
    -----
    A linear score of a Gaussian class is Gaussian. With coefficients ``w`` and
    intercept ``b`` the score ``X @ w + b``, divided by the length of ``w``, has
    standard deviation 1 in both classes, whose means differ by
    ``reach = separation * w[0] / norm(w)``. So the ROC AUC of the fitted model
    is ``norm.cdf(reach / sqrt(2))`` and its best balanced accuracy is
    ``norm.cdf(reach / 2)``; neither formula knows the prevalence. The best
    possible direction reaches ``separation`` [1]_.

    References
    ----------
    .. [1] The AUC of two normal distributions: T. Fawcett (2006), "An
       introduction to ROC analysis", Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> from imbtutor.explore import explore_separation
    >>> fig = explore_separation()
    >>> fig.set(prevalence=0.005, threshold=0.005)
    >>> fig.get("threshold")
    0.005
    """
    reach, slope, intercept = _fitted_models()
    per_prevalence = len(SEPARATIONS) * len(POSITIVES) * DRAWS
    place = (
        f"(round(2 * separation - 2) * {len(POSITIVES)}"
        f" + indexof({POSITIVES}, positives)) * {DRAWS} + draw - 1"
    )
    now = f"indexof({[*PREVALENCES]}, prevalence)"
    return figure(
        name,
        controls=[
            slider("separation", "Separation", 1, 4, 0.5, start=2),
            choice("prevalence", "Prevalence", PREVALENCES, start=0.02),
            slider("threshold", "Threshold", 0.005, 0.995, 0.005, start=0.5),
            choice("positives", "Positives", [*POSITIVES, "unlimited"], "unlimited"),
            slider("draw", "Training set", 1, DRAWS, 1, start=1),
        ],
        numbers={
            "reach_at": reach,
            "slope_at": slope,
            "intercept_at": intercept,
            "known": "positives === 'unlimited'",
            "place": place,
            "cell": f"{now} * {per_prevalence} + place",
            "reach": _model("reach", "cell"),
            "slope": _model("slope", "cell"),
            "intercept": _model("intercept", "cell", "prevalence"),
            "log_odds": "log(threshold / (1 - threshold))",
            "cut": "(log_odds - intercept) / slope",
            "recall": "1 - cumulativeNormal(cut - reach)",
            "fpr": "1 - cumulativeNormal(cut)",
            "balanced_accuracy": _balanced_accuracy("cut", "reach"),
            "best_balanced_accuracy": _best("reach"),
            "threshold_loss": "best_balanced_accuracy - balanced_accuracy",
            "auc": _auc("reach"),
            "possible_auc": _auc("separation"),
            "ranking_loss": "possible_auc - auc",
        },
        say="At prevalence {prevalence:.1~%} and threshold {threshold:.3~f}: recall"
        " {recall:.1%}, balanced accuracy {balanced_accuracy:.3f}; the best threshold"
        " gives {best_balanced_accuracy:.3f}, so the threshold loses"
        " {threshold_loss:.3f}. ROC AUC {auc:.3f} of a possible {possible_auc:.3f}, so"
        " the ranking loses {ranking_loss:.3f}.",
        panels=[_scores(), _thresholds(), _roc(), _losses(per_prevalence)],
        alt_text="The scores of two classes with a movable threshold; balanced "
        "accuracy at every threshold; the ROC curve of the model beside the best "
        "possible one; and, for four prevalences, how much is lost by the threshold "
        "and how much by the ranking.",
        spacing=28,
    )


def _fitted_models():
    """Train every model of the grid; return its reach, slope and intercept."""
    models = []
    # These problems are small: more threads only wait for one another.
    with threadpool_limits(limits=1):
        for prevalence, separation, positives, draw in product(
            PREVALENCES, SEPARATIONS, POSITIVES, range(DRAWS)
        ):
            X, y = make_gaussians(
                round(positives / prevalence),
                prevalence=prevalence,
                separation=separation,
                n_features=N_FEATURES,
                random_state=draw,
            )
            model = LogisticRegression().fit(X, y)
            slope = np.linalg.norm(model.coef_)
            reach = separation * model.coef_[0, 0] / slope
            models.append([reach, slope, model.intercept_[0]])
    # Nine decimals keep every number shown exact to 1e-6 and the page light.
    return np.round(models, 9).T.tolist()


def _model(part, cell, prevalence=None):
    """Expression for a fitted model's parameter, or that of the limit."""
    # Bayes' rule for the two clouds: log-odds = d x - d^2 / 2 + log(p / (1 - p)).
    limit = {
        "reach": "separation",
        "slope": "separation",
        "intercept": f"log({prevalence} / (1 - {prevalence}))"
        " - separation * separation / 2",
    }
    return f"(known ? {limit[part]} : {part}_at[{cell}])"


def _balanced_accuracy(cut, reach):
    return f"(cumulativeNormal({cut}) + 1 - cumulativeNormal({cut} - {reach})) / 2"


def _best(reach):
    # With a reach below 0 the best threshold is one that calls everyone alike.
    return f"max(0.5, cumulativeNormal({reach} / 2))"


def _auc(reach):
    return f"cumulativeNormal({reach} / SQRT2)"


def _scores():
    roles = ["majority", "minority"]
    points = alt.Chart(alt.sequence(-4, 8.05, 0.1, as_="x"))
    x = x_axis("x", "score, in standard deviations of a class", [-4, 8])
    clouds = (
        points.transform_calculate(
            majority="densityNormal(datum.x, 0, 1)",
            minority="densityNormal(datum.x, reach, 1)",
        )
        .transform_fold(roles, as_=["class", "density"])
        .mark_area(opacity=0.6)
        .encode(
            x=x,
            y=y_axis("density", "density within the class").stack(None),
            color=colored("class", {role: COLORS[role] for role in roles}, "top"),
        )
    )
    # Where the minority would lie with the best possible direction.
    possible = (
        points.transform_calculate(density="densityNormal(datum.x, separation, 1)")
        .mark_line(**POSSIBLE)
        .encode(x=x, y="density:Q")
    )
    return panel(clouds, possible, rule_at("clamp(cut, -4, 8)", "x"), title="Scores")


def _thresholds():
    shown = (0.005, 0.05, 0.5, 0.95, 0.995)
    line = (
        alt.Chart(alt.sequence(-EDGE, EDGE + 0.05, 0.1, as_="x"))
        .transform_calculate(
            y=_balanced_accuracy("(datum.x - intercept) / slope", "reach")
        )
        .mark_line(color=COLORS["majority"], clip=True)
        .encode(
            x=x_axis(
                "x",
                "threshold (log-odds scale)",
                [-EDGE, EDGE],
                [float(np.log(t / (1 - t))) for t in shown],
                labelExpr="format(1 / (1 + exp(-datum.value)), '.3~f')",
            ),
            y=y_axis("y", "balanced accuracy", [0.4, 1]),
        )
    )
    return panel(
        line,
        rule_at("cumulativeNormal(separation / 2)", "y", dash=(2, 3)),
        dot("log_odds", "balanced_accuracy", "threshold_dot"),
        title="Balanced accuracy {balanced_accuracy:.3f}, best"
        " {best_balanced_accuracy:.3f}",
    )


def _roc():
    points = alt.Chart(alt.sequence(-5, 9.05, 0.1, as_="cut"))

    def curve(reach, **style):
        return (
            points.transform_calculate(
                fpr="1 - cumulativeNormal(datum.cut)",
                tpr=f"1 - cumulativeNormal(datum.cut - {reach})",
            )
            .mark_line(**style)
            .encode(
                x=x_axis("fpr", "false positive rate", **UNIT),
                y=y_axis("tpr", "recall (true positive rate)", **UNIT),
                order="cut:Q",
            )
        )

    return panel(
        curve("separation", **POSSIBLE),
        curve("reach", color=COLORS["majority"]),
        dot("fpr", "recall", "roc_dot"),
        title="ROC AUC {auc:.3f}, possible {possible_auc:.3f}",
    )


def _losses(per_prevalence):
    labels = list(PREVALENCES.values())
    data = pd.DataFrame(
        {"label": labels, "i": range(len(labels)), "prevalence": PREVALENCES.keys()}
    )
    cell = f"datum.i * {per_prevalence} + place"
    threshold_loss, ranking_loss = LOSSES
    bars = (
        alt.Chart(data, name="losses")
        .transform_calculate(reach=_model("reach", cell))
        .transform_calculate(
            cut=f"(log_odds - {_model('intercept', cell, 'datum.prevalence')})"
            f" / {_model('slope', cell)}"
        )
        .transform_calculate(
            **{
                threshold_loss: _best("datum.reach")
                + " - "
                + _balanced_accuracy("datum.cut", "datum.reach"),
                ranking_loss: f"{_auc('separation')} - {_auc('datum.reach')}",
            }
        )
        .transform_fold([*LOSSES], as_=["kind", "loss"])
        .mark_bar(stroke=GRAY, strokeWidth=1)
        .encode(
            x=alt.X("label:N", title="prevalence", sort=labels).axis(labelAngle=0),
            xOffset=alt.XOffset("kind:N", sort=[*LOSSES]),
            y=y_axis("loss", "points lost", [0, 0.5]),
            color=colored("kind", LOSSES, "top"),
            opacity=alt.condition(
                "datum.prevalence === prevalence", alt.value(1), alt.value(0.4)
            ),
        )
    )
    return panel(bars, title="What is lost at this threshold")
