"""The model goes where the class is rarer: its probabilities, before and after."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from imbtutor._checks import check_labels, check_number, check_probabilities
from imbtutor.explore.live import Live
from imbtutor.explore.parts import INK, rule_at

TENTHS = range(-30, -2)  # the dial: ten times log10 of the prevalence
GROUPS = 10
LOW = 1e-5  # where the axes of the reliability diagram begin
STATES = ["as trained", "corrected"]
LINES = [*STATES, "no model"]


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

    controls = [
        alt.param(
            "exponent",
            value=-1.7,
            bind=alt.binding_range(
                min=-3, max=-0.3, step=0.1, name="log10 of prevalence"
            ),
        ),
        alt.param(
            "state",
            value=STATES[0],
            bind=alt.binding_select(options=STATES, name="Probabilities"),
        ),
    ]
    numbers = [
        *(alt.param(key, value=value.tolist()) for key, value in tables.items()),
        alt.param("place", expr=f"round(10 * exponent) - {TENTHS.start}"),
        alt.param("prevalence", expr="pow(10, exponent)"),
        alt.param("row", expr=_row("state", "place")),
        alt.param("mean_p", expr="mean_at[row]"),
        alt.param("ratio", expr="mean_p / prevalence"),
        alt.param("logloss", expr="logloss_at[row]"),
        alt.param("logloss_all", expr=_logloss_all("prevalence")),
        alt.param(
            "say",
            expr="'At prevalence ' + format(prevalence, '.2~p') + ', the '"
            f" + (state === '{STATES[0]}' ? 'probabilities as trained average '"
            " : 'corrected probabilities average ') + format(mean_p, '.2~p')"
            " + ', ' + format(ratio, '.1f') + ' times the prevalence. Log loss '"
            " + format(logloss, '.3f') + (logloss < logloss_all ? ', better' :"
            " ', worse') + ' than saying ' + format(prevalence, '.2~p')"
            " + ' for every case (' + format(logloss_all, '.3f') + ').'",
        ),
    ]
    chart = alt.concat(
        _reliability(),
        alt.vconcat(_mean(), _logloss(), spacing=14),
        columns=2,
        spacing=20,
    ).add_params(*controls, *numbers)
    return Live(
        chart,
        name,
        alt="A reliability diagram on logarithmic axes, ten groups of cases near or "
        "far from the diagonal; and, against the prevalence, the mean probability and "
        "the log loss, as trained, corrected, and of a model that says the prevalence "
        "for every case.",
    )


def _tables(y_true, y_score, train_prevalence):
    """Compute every number for every place of the dial, in both states."""
    # Both classes weigh the same. Whole numbers, so that no edge moves by rounding.
    equal = np.where(y_true, (y_true == 0).sum(), y_true.sum())
    edges = np.quantile(
        y_score,
        np.arange(1, GROUPS) / GROUPS,
        weights=equal,
        method="inverted_cdf",
    )
    _, group = np.unique(np.searchsorted(edges, y_score), return_inverse=True)
    mean, loss, p_of_group, positive = [], [], [], []
    for state in STATES:
        for tenth in TENTHS:
            prevalence = 10 ** (tenth / 10)
            p = y_score
            if state == "corrected":
                odds = prevalence / (1 - prevalence)
                factor = odds * (1 - train_prevalence) / train_prevalence
                p = factor * p / (factor * p + (1 - p))
            weight = np.where(
                y_true,
                prevalence / y_true.sum(),
                (1 - prevalence) / (y_true == 0).sum(),
            )
            mean.append(np.sum(weight * p))
            loss.append(log_loss(y_true, p, sample_weight=weight))
            total = np.bincount(group, weight)
            p_of_group.append(np.bincount(group, weight * p) / total)
            positive.append(np.bincount(group, weight * y_true) / total)
    return {
        "mean_at": np.array(mean),
        "logloss_at": np.array(loss),
        "p_at": np.array(p_of_group),
        "positive_at": np.array(positive),
    }


def _row(state, place):
    """Expression for the row of the tables."""
    return f"({state} === '{STATES[1]}' ? {len(TENTHS)} : 0) + {place}"


def _logloss_all(p):
    return f"-{p} * log({p}) - (1 - {p}) * log(1 - {p})"


def _log(channel, field, title, domain, values, **kwargs):
    return channel(
        f"{field}:Q",
        title=title,
        axis=alt.Axis(values=values, format="~%", **kwargs),
        scale=alt.Scale(type="log", domain=domain, nice=False),
    )


def _color():
    return alt.Color(
        "state:N",
        legend=alt.Legend(title=None, orient="bottom", symbolType="stroke"),
        scale=alt.Scale(domain=LINES, range=["#CC79A7", "#56B4E9", "#8c8c8c"]),
    )


def _dash():
    return alt.StrokeDash(
        "state:N",
        legend=None,
        scale=alt.Scale(domain=LINES, range=[[1, 0], [1, 0], [5, 3]]),
    )


def _diagonal():
    return (
        alt.Chart(pd.DataFrame({"x": [LOW, 1]}))
        .mark_line(color=INK, strokeDash=[5, 3], strokeWidth=1.5)
        .encode(x="x:Q", y="x:Q")
    )


def _reliability():
    values = [1, 1e-2, 1e-4]
    groups = (
        alt.Chart(pd.DataFrame({"group": range(GROUPS)}), name="groups")
        .transform_calculate(
            p="p_at[row][datum.group]",
            positive="positive_at[row][datum.group]",
            state="state",
        )
        # A group without positives has no place on a logarithmic axis.
        .transform_filter(f"datum.p >= {LOW} && datum.positive >= {LOW}")
        .encode(
            x=_log(alt.X, "p", "mean p of the group", [LOW, 1], values),
            y=_log(alt.Y, "positive", "share of positives", [LOW, 1], values),
            color=_color(),
        )
    )
    title = {"text": {"expr": "'Reliability, ' + state"}}
    return alt.layer(
        _diagonal(),
        groups.mark_line(strokeWidth=2),
        groups.mark_point(filled=True, size=80, opacity=1),
        title=title,
    ).properties(width=244, height=270)


def _against_prevalence(y, encoding, values, now, title):
    """One line for each state along the dial, and the present reading."""
    dial = pd.DataFrame(
        [
            {"state": state, "place": place, "prevalence": 10 ** (tenth / 10)}
            for state in LINES
            for place, tenth in enumerate(TENTHS)
        ]
    )
    ends = [10 ** (TENTHS.start / 10), 0.5012]
    x = _log(alt.X, "prevalence", "prevalence", ends, [0.001, 0.01, 0.1, 0.5])
    lines = (
        alt.Chart(dial, name=y)
        .transform_calculate(**{y: values})
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=encoding, color=_color(), strokeDash=_dash())
    )
    point = (
        alt.Chart(alt.Data(values=[{}]), name=f"{y}_now")
        .transform_calculate(prevalence="prevalence", state="state", **{y: now})
        .mark_point(filled=True, size=110, opacity=1, stroke="white")
        .encode(x=x, y=encoding, color=_color())
    )
    return alt.layer(
        rule_at("prevalence", "x"), lines, point, title={"text": {"expr": title}}
    ).properties(width=244, height=88)


def _mean():
    row = _row("datum.state", "datum.place")
    return _against_prevalence(
        "mean",
        _log(alt.Y, "mean", None, [0.0005, 1], [0.001, 0.01, 0.1, 1], minExtent=40),
        f"datum.state === '{LINES[2]}' ? datum.prevalence : mean_at[{row}]",
        "mean_p",
        "'Mean p ' + format(mean_p, '.2~p') + ', prevalence '"
        " + format(prevalence, '.2~p')",
    )


def _logloss():
    row = _row("datum.state", "datum.place")
    return _against_prevalence(
        "loss",
        alt.Y("loss:Q", title=None, axis=alt.Axis(tickCount=3, minExtent=40)),
        f"datum.state === '{LINES[2]}' ? {_logloss_all('datum.prevalence')}"
        f" : logloss_at[{row}]",
        "logloss",
        "'Log loss ' + format(logloss, '.3f')",
    )
