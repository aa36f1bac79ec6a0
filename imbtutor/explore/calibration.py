"""The model goes where the class is rarer: its probabilities, before and after."""

from itertools import product

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from imbtutor._checks import check_labels, check_number, check_probabilities
from imbtutor.explore import parts

TENTHS = range(-30, -2)  # the dial: ten times log10 of the prevalence
GROUPS = 10
LOW = 1e-5  # where the axes of the reliability diagram begin
STATES = ["as trained", "corrected"]
LINES = {STATES[0]: parts.PINK, STATES[1]: parts.SKY, "no model": parts.GRAY}


def explore_calibration(y_true, y_score, *, train_prevalence, name="calibration"):
    """Take a model to another prevalence, and correct its probabilities or not.

    The scores of each class stay as they are; only the share of positives in
    the population changes. A probability that was right at the prevalence of
    the training set is wrong at any other, by one factor in odds, and the
    correction divides that factor out.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority. Any prevalence will do; with as
        many positives as negatives all groups are well filled.
    y_score : array-like of shape (n_samples,)
        Probabilities of the minority, between 0 and 1.
    train_prevalence : float
        Share of positives in the data that the model was fitted to, after
        resampling or weighting: 0.5 for ``class_weight="balanced"``.
    name : str, default="calibration"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``exponent`` (the prevalence is 10 to this power,
        from -3 to -0.3) and ``state``, "as trained" or "corrected". Computed:
        ``prevalence``, ``mean_p``, ``ratio`` (mean_p over prevalence),
        ``logloss`` (in nats, per case), ``logloss_all`` (of a model that says
        the prevalence for every case).

    Raises
    ------
    TypeError
        If `train_prevalence` is not a number.
    ValueError
        If the labels are not 0 and 1, both present, a score is not between 0
        and 1, or `train_prevalence` is not between them.

    Notes
    -----
    Odds of the corrected probability = odds of the probability times odds of
    the prevalence over odds of `train_prevalence` [1]_. Weights
    ``prevalence / n_positive`` and ``(1 - prevalence) / n_negative`` give the
    same log loss from `sklearn.metrics.log_loss` with ``sample_weight``. The
    groups of the reliability diagram are tenths of the scores in which both
    classes weigh the same. They do not change with the controls; one below 1e-5
    is not drawn.

    References
    ----------
    .. [1] M. Saerens, P. Latinne and C. Decaestecker (2002), "Adjusting the
       outputs of a classifier to new a priori probabilities: a simple
       procedure", Neural Computation 14, 21-41.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_calibration
    >>> fig = explore_calibration(*make_scores(random_state=0), train_prevalence=0.5)
    >>> fig.set(state="corrected", exponent=-3)
    >>> fig.get("state")
    'corrected'
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_probabilities(y_score, len(y_true))
    check_number(train_prevalence, "train_prevalence", low=0, high=1, open_low=True)
    if train_prevalence == 1:
        raise ValueError(
            "train_prevalence=1 leaves no negatives; pass the share of positives in "
            "the data that the model was fitted to, such as 0.5."
        )
    tables = _tables(y_true, y_score, train_prevalence)
    return parts.figure(
        name,
        controls=[
            parts.slider("exponent", "log10 of prevalence", -3, -0.3, 0.1, start=-1.7),
            parts.choice("state", "Probabilities", STATES, start=STATES[0]),
        ],
        numbers={
            "place": f"round(10 * exponent) - {TENTHS.start}",
            "prevalence": "pow(10, exponent)",
            "row": _row("state", "place"),
            **parts.looked_up(tables, "row"),
            "ratio": "mean_p / prevalence",
            "logloss_all": _logloss_all("prevalence"),
            "which": f"state === '{STATES[0]}' ? 'probabilities as trained'"
            " : 'corrected probabilities'",
            "verdict": "logloss < logloss_all ? 'better' : 'worse'",
        },
        say="At prevalence {prevalence:.2~p}, the {which} average {mean_p:.2~p},"
        " {ratio:.1f} times the prevalence. Log loss {logloss:.3f}, {verdict} than"
        " saying {prevalence:.2~p} for every case ({logloss_all:.3f}).",
        panels=[_reliability(), alt.vconcat(_mean(), _logloss(), spacing=14)],
        alt_text="A reliability diagram on logarithmic axes, ten groups of cases near "
        "or far from the diagonal; and, against the prevalence, the mean probability "
        "and the log loss, as trained, corrected, and of a model that says the "
        "prevalence for every case.",
        one_legend=True,
    )


def _tables(y_true, y_score, train_prevalence):
    """Compute every number for every place of the dial, in both states."""
    # Both classes weigh the same. Whole numbers, so that no edge moves by rounding.
    equal = np.where(y_true, (y_true == 0).sum(), y_true.sum())
    edges = np.quantile(
        y_score, np.arange(1, GROUPS) / GROUPS, weights=equal, method="inverted_cdf"
    )
    _, group = np.unique(np.searchsorted(edges, y_score), return_inverse=True)
    mean, loss, p_of_group, positive = [], [], [], []
    for state, tenth in product(STATES, TENTHS):
        prevalence = 10 ** (tenth / 10)
        p = y_score
        if state == "corrected":
            odds = prevalence / (1 - prevalence)
            factor = odds * (1 - train_prevalence) / train_prevalence
            p = factor * p / (factor * p + (1 - p))
        weight = parts.class_weights(y_true, prevalence)
        mean.append(np.sum(weight * p))
        loss.append(log_loss(y_true, p, sample_weight=weight))
        total = np.bincount(group, weight)
        p_of_group.append(np.bincount(group, weight * p) / total)
        positive.append(np.bincount(group, weight * y_true) / total)
    return {"mean_p": mean, "logloss": loss, "p": p_of_group, "positive": positive}


def _row(state, place):
    """Expression for the row of the tables."""
    return f"({state} === '{STATES[1]}' ? {len(TENTHS)} : 0) + {place}"


def _logloss_all(p):
    return f"-{p} * log({p}) - (1 - {p}) * log(1 - {p})"


def _reliability():
    log = {"domain": [LOW, 1], "ticks": [1, 1e-2, 1e-4], "form": "~%", "log": True}
    fields = {"p": "p[datum.group]", "positive": "positive[datum.group]"}
    groups = (
        parts.counted(GROUPS, "group", "groups")
        .transform_calculate(**fields, state="state")
        # A group without positives has no place on a logarithmic axis.
        .transform_filter(f"datum.p >= {LOW} && datum.positive >= {LOW}")
        .encode(
            x=parts.x("p", "mean p of the group", **log),
            y=parts.y("positive", "share of positives", **log),
            color=parts.colored("state", LINES, symbolType="stroke"),
        )
    )
    return parts.panel(
        parts.diagonal(LOW),
        groups.mark_line(strokeWidth=2),
        groups.mark_point(filled=True, size=80, opacity=1),
        title="Reliability, {state}",
        height=270,
    )


def _against_prevalence(y, number, axis, without, title):
    """One line for each state along the dial, and the present reading.

    `without` is an expression for the reading of a model that says the prevalence.
    """
    rows = product(LINES, enumerate(10 ** (tenth / 10) for tenth in TENTHS))
    dial = [{"state": state, "place": i, "prevalence": p} for state, (i, p) in rows]
    row = _row("datum.state", "datum.place")
    values = f"datum.state === 'no model' ? {without} : {number}_at[{row}]"
    ends, ticks = [10 ** (TENTHS.start / 10), 0.5012], [0.001, 0.01, 0.1, 0.5]
    plane = {
        "x": parts.x("prevalence", "prevalence", ends, ticks, "~%", log=True),
        "y": axis,
        "color": parts.colored("state", LINES, symbolType="stroke"),
    }
    dash = alt.Scale(domain=[*LINES], range=[[1, 0], [1, 0], [5, 3]])
    lines = (
        alt.Chart(pd.DataFrame(dial), name=y)
        .transform_calculate(**{y: values})
        .mark_line(strokeWidth=2.5)
        .encode(**plane, strokeDash=alt.StrokeDash("state:N", legend=None, scale=dash))
    )
    point = (
        parts.here(f"{y}_now", prevalence="prevalence", state="state", **{y: number})
        .mark_point(filled=True, size=110, opacity=1, stroke="white")
        .encode(**plane)
    )
    rule = parts.rule_at("prevalence", "x")
    return parts.panel(rule, lines, point, title=title, height=88)


def _mean():
    ends, ticks = [0.0005, 1], [0.001, 0.01, 0.1, 1]
    axis = parts.y("mean", None, ends, ticks, "~%", log=True, minExtent=40)
    title = "Mean p {mean_p:.2~p}, prevalence {prevalence:.2~p}"
    return _against_prevalence("mean", "mean_p", axis, "datum.prevalence", title)


def _logloss():
    axis = parts.y("loss", None, tickCount=3, minExtent=40)
    without = _logloss_all("datum.prevalence")
    title = "Log loss {logloss:.3f}"
    return _against_prevalence("loss", "logloss", axis, without, title)
