"""Focal loss: what gamma does to the loss, its slope, and the probabilities."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss, roc_auc_score

from imbtutor._checks import check_labels, check_probabilities
from imbtutor.explore import parts

GROUPS = 10
LOW = 1e-3  # where the axes of the reliability diagram begin
LOSSES = {"log loss": parts.GRAY, "focal loss": parts.SKY}


def explore_focal(y_true, p, name="focal"):
    """Raise gamma, and see the loss, its slope, and whether p can be believed.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority, of rows that trained no model.
    p : DataFrame of shape (n_samples, n_models * n_repairs * n_gammas)
        Probabilities of the minority. The columns have three levels: the model, the
        repair ("as trained" or any other words), and gamma. Each combination stands
        there once; the gammas have equal steps, and the first is 0.
    name : str, default="focal"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``gamma``, ``model`` and ``repair``. Computed:
        ``logloss``, ``mean_p`` and ``auc`` of the probabilities shown,
        ``logloss_plain`` (same model and repair, gamma 0), ``prevalence``, and
        ``easy`` (the share of its log loss that a row with a probability of 0.9 for
        its true class keeps).

    Raises
    ------
    TypeError
        If `p` is no DataFrame.
    ValueError
        If the labels are not 0 and 1, both present, a probability is not between 0
        and 1, a combination is missing, or the gammas are not 0 and equal steps.

    Notes
    -----
    The focal loss [1]_ of a row whose true class has the probability ``q`` is
    ``-(1 - q) ** gamma * log(q)``, and the size of its slope along the log-odds is
    ``(1 - q) ** gamma * (1 - q - gamma * q * log(q))``. The groups of the
    reliability diagram are those of `sklearn.calibration.calibration_curve` with
    ``strategy="quantile"``; one below 0.001 on either axis is not drawn.

    References
    ----------
    .. [1] T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár (2017), "Focal loss
       for dense object detection", ICCV, 2999-3007.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_focal
    >>> y_true, y_score = make_scores(200, random_state=0)
    >>> p = pd.DataFrame({("line", "as trained", gamma): y_score for gamma in [0, 1]})
    >>> fig = explore_focal(y_true, p)
    >>> fig.set(gamma=1)
    >>> fig.get("gamma")
    1
    """
    y_true = check_labels(y_true, name="y_true")
    models, repairs, gammas = _levels(p)
    readings = [
        _reading(y_true, check_probabilities(p[column], len(y_true)))
        for column in pd.MultiIndex.from_product([models, repairs, gammas])
    ]
    step = gammas[1] - gammas[0]
    series = f"indexof({models}, model) * {len(repairs)} + indexof({repairs}, repair)"
    return parts.figure(
        name,
        controls=[
            parts.slider("gamma", "gamma", 0, gammas[-1], step, start=0),
            parts.choice("model", "Model", models, start=models[0]),
            parts.choice("repair", "Probabilities", repairs, start=repairs[0]),
        ],
        numbers={
            "first": f"({series}) * {len(gammas)}",
            "cell": f"first + round(gamma / {step})",
            **parts.looked_up(pd.DataFrame(readings), "cell"),
            "logloss_plain": "logloss_at[first]",
            "prevalence": y_true.mean(),
            "easy": "pow(0.1, gamma)",
            "groups_in_words": parts.when(
                "drawn < groups",
                "Of {groups} equal groups of rows, by p, {drawn} are drawn: the others"
                f" have no positive, or a p below {LOW:.1%}.",
                "All {groups} equal groups of rows, by p, are drawn.",
            ),
            "verdict": "mean_p > 1.1 * prevalence ? 'too high' :"
            " mean_p < 0.9 * prevalence ? 'too low' : 'about right'",
        },
        say="With gamma {gamma}, a row with 0.9 for its true class keeps {easy:.2~p} of"
        " its log loss. The {model}, {repair}: mean p {mean_p:.1%}, where"
        " {prevalence:.1%} are positive, {verdict} on average. Log loss {logloss:.3f},"
        " with gamma 0 {logloss_plain:.3f}; AUC {auc:.3f}. {groups_in_words}",
        panels=[alt.vconcat(_loss(), _slope(), spacing=14), _reliability()],
        alt_text="The focal loss and the size of its slope against the probability of "
        "the true class, beside those of the log loss; and a reliability diagram on "
        "logarithmic axes, up to ten groups of rows near or far from the diagonal.",
        y_room=40,
    )


def _levels(p):
    """Return the models, repairs and gammas of the columns, in their order."""
    if not isinstance(p, pd.DataFrame):
        raise TypeError(
            f"p is of type {type(p).__name__}; pass a DataFrame whose columns have "
            "the levels model, repair and gamma."
        )
    if p.columns.nlevels != 3 or not p.columns.is_unique:
        raise ValueError(
            f"the columns of p have {p.columns.nlevels} level(s); pass three, model, "
            "repair and gamma, each combination once."
        )
    levels = [p.columns.unique(level).tolist() for level in range(3)]
    if p.shape[1] != np.prod([len(level) for level in levels]):
        raise ValueError(
            f"p has {p.shape[1]} columns; pass one for each model, repair and gamma."
        )
    gammas = levels[2]
    if (
        len(gammas) < 2
        or gammas[0] != 0
        or not np.allclose(np.diff(gammas), gammas[1], rtol=1e-9)
    ):
        raise ValueError(
            f"the gammas of p are {gammas}; pass 0 and equal steps, such as [0, 1, 2]."
        )
    return levels


def _reading(y_true, p):
    """Compute what scikit-learn says of the probabilities."""
    share, said = calibration_curve(y_true, p, n_bins=GROUPS, strategy="quantile")
    padding = [np.nan] * (GROUPS - len(said))
    # A group without positives has no place on a logarithmic axis.
    drawn = (said >= LOW) & (share >= LOW)
    return {
        "logloss": log_loss(y_true, p),
        "mean_p": p.mean(),
        "auc": roc_auc_score(y_true, p),
        "said": [*said, *padding],
        "share": [*share, *padding],
        "drawn": int(drawn.sum()),
        "groups": len(said),
    }


def _curves(field, plain, focal, title, legend):
    """Two curves against the probability of the true class, by expressions."""
    rows = alt.Chart(alt.sequence(1, 100, as_="percent"), name=field)
    rows = rows.transform_calculate(q="datum.percent / 100")
    rows = parts.spread(rows, "of", field, {"log loss": plain, "focal loss": focal})
    lines = rows.mark_line(strokeWidth=2.5, clip=True).encode(
        x=parts.x("q", "p of the true class", **parts.UNIT),
        y=parts.y(field, title, tickCount=3),
        color=parts.colored("of", LOSSES, legend, symbolType="stroke"),
    )
    return parts.panel(lines, title=f"{title}, gamma {{gamma}}", height=88)


def _loss():
    focal = "-pow(1 - datum.q, gamma) * log(datum.q)"
    return _curves("loss", "-log(datum.q)", focal, "loss", None)


def _slope():
    rest = "(1 - datum.q - gamma * datum.q * log(datum.q))"
    focal = f"pow(1 - datum.q, gamma) * {rest}"
    return _curves("slope", "1 - datum.q", focal, "slope", "bottom")


def _reliability():
    log = {"domain": [LOW, 1], "ticks": [1, 0.1, 0.01, 0.001], "form": "~%"}
    groups = (
        parts.counted(GROUPS, "group")
        .transform_calculate(said="said[datum.group]", share="share[datum.group]")
        .transform_filter(f"datum.said >= {LOW} && datum.share >= {LOW}")
        .encode(
            x=parts.x("said", "mean p of the group", log=True, **log),
            y=parts.y("share", "share of positives", log=True, **log),
        )
    )
    points = groups.mark_point(filled=True, size=80, opacity=1, color=parts.PINK)
    return parts.panel(
        parts.diagonal(LOW),
        groups.mark_line(strokeWidth=2, color=parts.PINK),
        points.properties(name="groups"),
        title="{model}, {repair}: log loss {logloss:.3f}",
        height=252,
    )
