"""Gradient descent on a rare class, one snapshot after the other."""

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from imbtutor.datasets import make_gaussians
from imbtutor.explore import parts

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
LEFT, RIGHT = -4, 8
LOSS = {"domain": [0, 4]}
PULL = {"domain": [0.005, 1], "ticks": [0.01, 0.03, 0.1, 0.3, 1], "log": True}


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
    runs = f"indexof({PREVALENCES}, prevalence) * {len(STARTS)}"
    pull = "Pull on the intercept, mean p {mean_p:.3f}"
    return parts.figure(
        name,
        controls=[
            parts.slider("snapshot", "Snapshot", 0, len(STEPS) - 1, 1, STEPS.index(10)),
            parts.choice("start", "Intercept starts at", STARTS, start="zero"),
            parts.choice("prevalence", "Prevalence", parts.percents(PREVALENCES), 0.02),
        ],
        numbers={
            "first": f"({runs} + indexof({[*STARTS]}, start)) * {len(STEPS)}",
            **parts.looked_up({"step": STEPS}, "snapshot"),
            **parts.looked_up(tables, "first + snapshot"),
            "cut": "step > 0 ? -intercept / slope_1 : null",
            "positives": f"round({N_SAMPLES} * prevalence)",
        },
        say="After {step:,} {step:step|steps} {found:,} of {positives:,} positives are"
        " found at threshold 0.5; AUC is {auc:.3f}. The loss of the minority is"
        " {loss_minority:.2f}, of the majority {loss_majority:.2f}. The minority pulls"
        " the intercept up with {pull_minority:.3f}, the majority down with"
        " {pull_majority:.3f}.",
        panels=[
            _clouds(points),
            _curves("loss", "mean log loss", LOSS, "Loss of each class"),
            _curves("pull", "size of the pull (log scale)", PULL, pull),
        ],
        alt_text="Two clouds of points with the boundary of a logistic regression that "
        "moves in from the right as gradient descent goes on; the log loss of each "
        "class at each step; and how hard each class pulls the intercept.",
        limits={"start": "prevalence !== 0.5"},  # where the prior is zero
        one_legend=True,
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
        labels = np.take([*parts.CLASSES], y[:DRAWN])
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
            row = {
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
            rows.append(row)
        w = w - LEARNING_RATE * (A.T @ (p - y)) / len(y)
    return rows


def _clouds(points):
    plane = {
        "x": parts.x("x1", "first feature", [LEFT, RIGHT]),
        "y": parts.y("x2", "second feature", [-4, 4]),
    }
    samples = (
        alt.Chart(points, name="samples")
        .transform_filter("datum.at === prevalence")
        .mark_point(filled=True, opacity=0.7, clip=True, tooltip=None)
        .encode(
            **plane,
            **parts.marked("role", parts.CLASSES, "top"),
            size=parts.either("datum.role === 'minority'", 60, 24),
        )
    )
    ends = alt.Data(values=[{"x2": -4}, {"x2": 4}])
    style = {"color": parts.INK, "strokeWidth": 2, "clip": True}
    boundary = (
        parts.line(ends, **plane, name="boundary", order="x2:Q", **style)
        .transform_filter("step > 0")
        .transform_calculate(x1="-(intercept + slope_2 * datum.x2) / slope_1")
    )
    nowhere = parts.words("no cut yet: every p is {mean_p:.2f}")
    far = parts.when(f"cut > {RIGHT}", "cut at {cut:.1f} \u2192", "")
    text = f"cut === null ? {nowhere} : {far}"
    note = (
        parts.here(x1=f"{RIGHT - 0.2}", x2="3.6", text=text)
        .mark_text(align="right", fontWeight="bold", tooltip=None)
        .encode(**plane, text="text:N")
    )
    title = "Step {step:,}: {found:,} of {positives:,} positives found"
    return parts.panel(samples, boundary, note, title=title)


def _curves(kind, y_title, y_options, title):
    # Symlog, since a log scale has no place for step 0.
    symlog = {"type": "symlog", "constant": 1}
    ticks = [0, 1, 10, 100, 1000]
    x = parts.x("step", "step (log scale)", [0, 2500], ticks, ",d", scale=symlog)
    y = parts.y("y", y_title, **y_options)
    lines = parts.curves(
        parts.counted(len(STEPS), "i").transform_calculate(step="step_at[datum.i]"),
        {
            role: (f"{kind}_{role}_at[first + datum.i]", f"{kind}_{role}")
            for role in parts.CLASSES
        },
        x,
        y,
        parts.marked("role", parts.CLASSES, None),
        [f"{kind}_lines", f"{kind}_dots"],
    )
    return parts.panel(*lines, title=title)
