"""Gradient descent on a rare class, one snapshot after the other."""

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from imbtutor.datasets import make_gaussians
from imbtutor.explore.live import Live
from imbtutor.explore.parts import INK, panel
from imbtutor.roles import COLORS

PREVALENCES = [0.5, 0.1, 0.02]
STARTS = {"zero": "0", "prior": "log-odds of the prevalence"}
N_SAMPLES = 5000
SEPARATION = 3
LEARNING_RATE = 1.0
# Evenly spread on a log scale, more or less: most happens in the first steps.
_IN_TEN = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]
STEPS = [0, 1, 2, 3, 4, 5, 6, 8]
STEPS += [round(each * scale) for scale in (10, 100) for each in _IN_TEN]
STEPS += [1000, 1200, 1500, 2000]
DRAWN = 500  # the page draws the first points only; the model sees all of them
ROLES = ["majority", "minority"]
SHAPES = {"majority": "circle", "minority": "triangle-up"}
LEFT, RIGHT = -4, 8


def explore_gradient(name="gradient"):
    """Scrub through gradient descent: boundary, loss and pull of each class.

    A logistic regression is fitted to the data of `imbtutor.make_gaussians`
    (5,000 samples, separation 3, ``random_state=0``) by plain gradient descent
    on the log loss, with learning rate 1 and all samples in each step. The
    figure shows snapshots after 0 to 2,000 steps.

    Parameters
    ----------
    name : str, default="gradient"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``snapshot`` (an index; ``step`` is its number of
        steps), ``start`` of the intercept ("zero" or "prior", the log-odds of
        the prevalence) and ``prevalence``. Computed: ``step``, ``cut`` (where
        the boundary p = 0.5 crosses the first axis), ``loss_majority`` and
        ``loss_minority`` (mean log loss of the class), ``pull_majority`` and
        ``pull_minority`` (size of the class's part of the gradient of the
        intercept), ``found`` (positives with p >= 0.5), ``positives``,
        ``mean_p`` and ``auc``.

    Notes
    -----
    The gradient of the mean log loss by the intercept is the mean of ``p - y``.
    Negatives have ``p - y > 0`` and pull the intercept down, positives have
    ``p - y < 0`` and pull it up. That the majority's part wins at first, and
    the minority gets worse before it gets better, is the minority initial drop
    of [1]_.

    References
    ----------
    .. [1] E. Francazi, M. Baity-Jesi and A. Lucchi (2023), "A theoretical
       analysis of the learning dynamics under class imbalance", ICML.

    Examples
    --------
    >>> from imbtutor.explore import explore_gradient
    >>> fig = explore_gradient()
    >>> fig.set(prevalence=0.1, start="prior")
    >>> fig.get("start")
    'prior'
    """
    tables, points = _descents()
    at = "(run * {} + {})".format(len(STEPS), "{}")
    now = at.format("snapshot")
    controls = [
        alt.param(
            "snapshot",
            value=STEPS.index(10),
            bind=alt.binding_range(min=0, max=len(STEPS) - 1, step=1, name="Snapshot"),
        ),
        alt.param(
            "start",
            value="zero",
            bind=alt.binding_select(
                options=list(STARTS),
                labels=list(STARTS.values()),
                name="Intercept starts at",
            ),
        ),
        alt.param(
            "prevalence",
            value=0.02,
            bind=alt.binding_select(
                options=PREVALENCES,
                labels=[f"{100 * p:g} %" for p in PREVALENCES],
                name="Prevalence",
            ),
        ),
    ]
    numbers = [
        alt.param("steps_at", value=STEPS),
        *[alt.param(f"{key}_at", value=values) for key, values in tables.items()],
        alt.param(
            "run",
            expr=f"indexof({PREVALENCES}, prevalence) * {len(STARTS)}"
            f" + indexof({list(STARTS)}, start)",
        ),
        alt.param("step", expr="steps_at[snapshot]"),
        *[alt.param(key, expr=f"{key}_at[{now}]") for key in tables],
        alt.param("cut", expr="step > 0 ? -intercept / slope_1 : null"),
        alt.param("positives", expr=f"round({N_SAMPLES} * prevalence)"),
        alt.param(
            "say",
            expr="'After ' + format(step, ',') + (step === 1 ? ' step ' : ' steps ')"
            " + format(found, ',') + ' of ' + format(positives, ',')"
            " + ' positives are found at threshold 0.5; AUC is '"
            " + format(auc, '.3f') + '. The loss of the minority is '"
            " + format(loss_minority, '.2f') + ', of the majority '"
            " + format(loss_majority, '.2f') + '. The minority pulls the intercept"
            " up with ' + format(pull_minority, '.3f') + ', the majority down with '"
            " + format(pull_majority, '.3f') + '.'",
        ),
    ]
    panels = [
        _clouds(points),
        _curves(
            "loss",
            at.format("datum.i"),
            "mean log loss",
            {"scale": alt.Scale(domain=[0, 4])},
            "Loss of each class",
        ),
        _curves(
            "pull",
            at.format("datum.i"),
            "size of the pull (log scale)",
            {
                "scale": alt.Scale(type="log", domain=[0.005, 1]),
                "axis": alt.Axis(values=[0.01, 0.03, 0.1, 0.3, 1]),
            },
            {
                "text": {
                    "expr": "'Pull on the intercept, mean p ' + format(mean_p, '.3f')"
                }
            },
        ),
    ]
    chart = alt.concat(*panels, columns=2, spacing=24).add_params(*controls, *numbers)
    return Live(
        chart,
        name,
        alt="Two clouds of points with the boundary of a logistic regression that "
        "moves in from the right as gradient descent goes on; the log loss of each "
        "class at each step; and how hard each class pulls the intercept.",
    )


def _descents():
    """Run every descent; return the numbers of its snapshots, and points to draw."""
    rows, points = [], []
    for prevalence in PREVALENCES:
        X, y = make_gaussians(
            N_SAMPLES, prevalence=prevalence, separation=SEPARATION, random_state=0
        )
        for start in STARTS:
            b = logit(prevalence) if start == "prior" else 0.0
            rows += _snapshots(X, y, b)
        shown = pd.DataFrame(X[:DRAWN].round(2), columns=["x1", "x2"])
        labels = np.take(ROLES, y[:DRAWN])
        # The minority comes last, so that its marks lie on top.
        points.append(shown.assign(role=labels, at=prevalence).sort_values("role"))
    # Nine decimals keep every number shown exact to 1e-6 and the page light.
    return pd.DataFrame(rows).round(9).to_dict("list"), pd.concat(points)


def _snapshots(X, y, b):
    """Return one dict of numbers for each of STEPS of one descent."""
    A = np.column_stack([np.ones(len(y)), X])
    w = np.array([b, 0.0, 0.0])
    rows = []
    for step in range(STEPS[-1] + 1):
        z = A @ w
        p = 1 / (1 + np.exp(-z))  # three times as fast as expit; z stays small
        if step in STEPS:
            pull = np.bincount(y, weights=np.abs(p - y)) / len(y)
            # -log(p) is log(1 + exp(-z)), safe where p rounds to 0 or 1.
            loss = np.logaddexp(0, np.where(y == 1, -z, z))
            loss = np.bincount(y, weights=loss) / np.bincount(y)
            rows.append(
                {
                    "intercept": w[0],
                    "slope_1": w[1],
                    "slope_2": w[2],
                    "loss_majority": loss[0],
                    "loss_minority": loss[1],
                    "pull_majority": pull[0],
                    "pull_minority": pull[1],
                    "found": int((p[y == 1] >= 0.5).sum()),
                    "mean_p": p.mean(),
                    "auc": roc_auc_score(y, z),
                }
            )
        w = w - LEARNING_RATE * (A.T @ (p - y)) / len(y)
    return rows


def _by_role(legend=None):
    colors = alt.Scale(domain=ROLES, range=[COLORS[role] for role in ROLES])
    shapes = alt.Scale(domain=ROLES, range=[SHAPES[role] for role in ROLES])
    return {
        "color": alt.Color("role:N", scale=colors, legend=legend),
        "shape": alt.Shape("role:N", scale=shapes, legend=legend),
    }


def _clouds(points):
    x = alt.X(
        "x1:Q", title="first feature", scale=alt.Scale(domain=[LEFT, RIGHT], nice=False)
    )
    y = alt.Y(
        "x2:Q", title="second feature", scale=alt.Scale(domain=[-4, 4], nice=False)
    )
    samples = (
        alt.Chart(points, name="samples")
        .transform_filter("datum.at === prevalence")
        .mark_point(filled=True, opacity=0.7, clip=True, tooltip=None)
        .encode(
            x=x,
            y=y,
            size=alt.condition(
                "datum.role === 'minority'", alt.value(60), alt.value(24)
            ),
            **_by_role(alt.Legend(title=None, orient="top")),
        )
    )
    boundary = (
        alt.Chart(alt.Data(values=[{"x2": -4}, {"x2": 4}]), name="boundary")
        .transform_filter("step > 0")
        .transform_calculate(x1="-(intercept + slope_2 * datum.x2) / slope_1")
        .mark_line(color=INK, strokeWidth=2, clip=True)
        .encode(x=x, y=y, order="x2:Q")
    )
    note = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(
            x1=str(RIGHT - 0.2),
            x2="3.6",
            text="cut === null ? 'no cut yet: every p is ' + format(mean_p, '.2f')"
            f" : cut > {RIGHT} ? 'cut at ' + format(cut, '.1f') + ' \u2192' : ''",
        )
        .mark_text(align="right", fontWeight="bold", tooltip=None)
        .encode(x=x, y=y, text="text:N")
    )
    title = {
        "text": {
            "expr": "'Step ' + format(step, ',') + ': ' + format(found, ',') + ' of '"
            " + format(positives, ',') + ' positives found'"
        }
    }
    return panel(samples, boundary, note, title=title)


def _curves(kind, cell, y_title, y_axis, title):
    steps = alt.X(
        "step:Q",
        title="step (log scale)",
        # Symlog, since a log scale has no place for step 0.
        scale=alt.Scale(type="symlog", constant=1, domain=[0, 2500], nice=False),
        axis=alt.Axis(values=[0, 1, 10, 100, 1000], format=",d"),
    )
    y = alt.Y("y:Q", title=y_title, **y_axis)
    lines = (
        alt.Chart(alt.sequence(0, len(STEPS), as_="i"), name=f"{kind}_lines")
        .transform_calculate(
            step="steps_at[datum.i]",
            majority=f"{kind}_majority_at[{cell}]",
            minority=f"{kind}_minority_at[{cell}]",
        )
        .transform_fold(ROLES, as_=["role", "y"])
        .mark_line(strokeWidth=2)
        .encode(x=steps, y=y, color=_by_role()["color"])
    )
    dots = (
        alt.Chart(alt.Data(values=[{"role": r} for r in ROLES]), name=f"{kind}_dots")
        .transform_calculate(
            step="step",
            y=f"datum.role === 'minority' ? {kind}_minority : {kind}_majority",
        )
        .mark_point(filled=True, size=110, opacity=1, stroke="white")
        .encode(x=steps, y=y, **_by_role())
    )
    return panel(lines, dots, title=title)
