"""Ranking loss apart from threshold loss: separation, prevalence, threshold."""

from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from imbtutor.datasets import make_gaussians
from imbtutor.explore import parts
from imbtutor.roles import COLORS

PREVALENCES = parts.percents([0.5, 0.1, 0.02, 0.005])
SEPARATIONS = [1, 1.5, 2, 2.5, 3, 3.5, 4]
POSITIVES = [5, 20, 50]  # "unlimited" is a formula and needs no training
DRAWS = 4
N_FEATURES = 10
EDGE = 5.3  # the log-odds of the slider's ends, 0.005 and 0.995
LOSSES = {"threshold loss": parts.PINK, "ranking loss": parts.SKY}
POSSIBLE = {"color": parts.GRAY, "strokeDash": [4, 4], "strokeWidth": 1.5}


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
    options = [*POSITIVES, "unlimited"]
    place = (
        f"(round(2 * separation - 2) * {len(POSITIVES)}"
        f" + indexof({POSITIVES}, positives)) * {DRAWS} + draw - 1"
    )
    now = f"indexof({[*PREVALENCES]}, prevalence)"
    return parts.figure(
        name,
        controls=[
            parts.slider("separation", "Separation", 1, 4, 0.5, start=2),
            parts.choice("prevalence", "Prevalence", PREVALENCES, start=0.02),
            parts.slider("threshold", "Threshold", 0.005, 0.995, 0.005, start=0.5),
            parts.choice("positives", "Positives", options, start="unlimited"),
            parts.slider("draw", "Training set", 1, DRAWS, 1, start=1),
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
        limits={"draw": "!known"},
    )


def _fitted_models():
    """Train every model of the grid; return its reach, slope and intercept."""
    models = []
    # These problems are small: more threads only wait for one another.
    with threadpool_limits(limits=1):
        grid = product(PREVALENCES, SEPARATIONS, POSITIVES, range(DRAWS))
        for prevalence, separation, positives, draw in grid:
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
    prior = f"log({prevalence} / (1 - {prevalence}))"
    limit = "separation"
    if part == "intercept":
        limit = f"{prior} - separation * separation / 2"
    return f"(known ? {limit} : {part}_at[{cell}])"


def _balanced_accuracy(cut, reach):
    return f"(cumulativeNormal({cut}) + 1 - cumulativeNormal({cut} - {reach})) / 2"


def _best(reach):
    # With a reach below 0 the best threshold is one that calls everyone alike.
    return f"max(0.5, cumulativeNormal({reach} / 2))"


def _auc(reach):
    return f"cumulativeNormal({reach} / SQRT2)"


def _scores():
    points = alt.Chart(alt.sequence(-4, 8.05, 0.1, as_="x"))
    x = parts.x("x", "score, in standard deviations of a class", [-4, 8])
    colors = {role: COLORS[role] for role in ("majority", "minority")}
    densities = {
        "majority": "densityNormal(datum.x, 0, 1)",
        "minority": "densityNormal(datum.x, reach, 1)",
    }
    clouds = (
        parts.spread(points, "class", "density", densities)
        .mark_area(opacity=0.6)
        .encode(
            x=x,
            y=parts.y("density", "density within the class").stack(None),
            color=parts.colored("class", colors, "top"),
        )
    )
    # Where the minority would lie with the best possible direction.
    possible = (
        points.transform_calculate(density="densityNormal(datum.x, separation, 1)")
        .mark_line(**POSSIBLE)
        .encode(x=x, y="density:Q")
    )
    rule = parts.rule_at("clamp(cut, -4, 8)", "x")
    return parts.panel(clouds, possible, rule, title="Scores")


def _thresholds():
    shown = np.array([0.005, 0.05, 0.5, 0.95, 0.995])
    ticks = np.log(shown / (1 - shown)).tolist()
    label = "format(1 / (1 + exp(-datum.value)), '.3~f')"
    title = "threshold (log-odds scale)"
    line = parts.line(
        alt.sequence(-EDGE, EDGE + 0.05, 0.1, as_="x"),
        parts.x("x", title, [-EDGE, EDGE], ticks, labelExpr=label),
        parts.y("y", "balanced accuracy", [0.4, 1]),
        clip=True,
    )
    accuracy = _balanced_accuracy("(datum.x - intercept) / slope", "reach")
    return parts.panel(
        line.transform_calculate(y=accuracy),
        parts.rule_at("cumulativeNormal(separation / 2)", "y", dash=(2, 3)),
        parts.dot("log_odds", "balanced_accuracy", "threshold_dot"),
        title="Balanced accuracy {balanced_accuracy:.3f}, best"
        " {best_balanced_accuracy:.3f}",
    )


def _roc():
    points = alt.sequence(-5, 9.05, 0.1, as_="cut")
    x = parts.x("fpr", "false positive rate", **parts.UNIT)
    y = parts.y("tpr", "recall (true positive rate)", **parts.UNIT)

    def curve(reach, **style):
        return parts.line(points, x, y, order="cut:Q", **style).transform_calculate(
            fpr="1 - cumulativeNormal(datum.cut)",
            tpr=f"1 - cumulativeNormal(datum.cut - {reach})",
        )

    return parts.panel(
        curve("separation", **POSSIBLE),
        curve("reach"),
        parts.dot("fpr", "recall", "roc_dot"),
        title="ROC AUC {auc:.3f}, possible {possible_auc:.3f}",
    )


def _losses(per_prevalence):
    labels = list(PREVALENCES.values())
    data = pd.DataFrame({"label": labels, "i": range(len(labels))})
    data["prevalence"] = list(PREVALENCES)
    cell = f"datum.i * {per_prevalence} + place"
    intercept = _model("intercept", cell, "datum.prevalence")
    reached = _balanced_accuracy("datum.cut", "datum.reach")
    losses = [
        f"{_best('datum.reach')} - {reached}",
        f"{_auc('separation')} - {_auc('datum.reach')}",
    ]
    models = (
        alt.Chart(data, name="losses")
        .transform_calculate(reach=_model("reach", cell))
        .transform_calculate(cut=f"(log_odds - {intercept}) / {_model('slope', cell)}")
    )
    bars = (
        parts.spread(models, "kind", "loss", dict(zip(LOSSES, losses, strict=True)))
        .mark_bar(stroke=parts.GRAY, strokeWidth=1)
        .encode(
            x=alt.X("label:N", title="prevalence", sort=labels).axis(labelAngle=0),
            xOffset=alt.XOffset("kind:N", sort=[*LOSSES]),
            y=parts.y("loss", "points lost", [0, 0.5]),
            color=parts.colored("kind", LOSSES, "top"),
            opacity=parts.either("datum.prevalence === prevalence", 1, 0.4),
        )
    )
    return parts.panel(bars, title="What is lost at this threshold")
