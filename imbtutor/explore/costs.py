"""Costs decide: the bill of every threshold, and how it changes with the costs."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix_at_thresholds

from imbtutor._checks import check_labels, check_number, check_probabilities
from imbtutor.explore.live import Live
from imbtutor.explore.parts import INK, confusion_panel, dot, panel
from imbtutor.roles import COLORS

# The threshold moves in steps of 0.005 up to 0.9; k / 200 is the number that the
# slider shows, k * 0.005 may be its neighbor.
GRID = np.arange(1, 181) / 200
STEP = GRID[0]
TENTHS = range(21)  # the ratio: ten times its log10, from 1 to 100
PARTS = {"false alarms": COLORS["majority"], "missed": COLORS["minority"]}
NOBODY = np.nextafter(1, 2)  # no probability reaches it


def explore_costs(y_true, y_score, cost_fp=1.0, name="costs"):
    """Move the cost ratio and the threshold; see what the errors cost.

    A false alarm costs `cost_fp`, a missed positive costs that times the ratio,
    right calls cost nothing. The figure draws the cost of the errors for every
    threshold, with the one that the ratio asks for, ``1 / (1 + ratio)``, and the
    one that turns out cheapest on these data.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : array-like of shape (n_samples,)
        Probabilities of the minority, from a model that did not see the sample.
    cost_fp : float, default=1.0
        Cost of one false alarm, in any currency, above 0.
    name : str, default="costs"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``exponent`` (log10 of the cost ratio, from 0 to
        2) and ``threshold``. Computed: ``ratio``, ``tp``, ``fp``, ``fn``,
        ``tn``, ``elkan`` (the threshold by the ratio), ``best`` (the threshold
        that is cheapest on these samples); per 1,000 samples ``cost``,
        ``elkan_cost``, ``best_cost``, ``regret`` (``cost - best_cost``).

    Raises
    ------
    TypeError
        If `cost_fp` is not a number.
    ValueError
        If the labels are not 0 and 1, both present, a score is not between 0
        and 1, or `cost_fp` is not above 0.

    Notes
    -----
    A sample is called positive if ``y_score >= threshold``. The counts are those
    of `sklearn.metrics.confusion_matrix` at that threshold. ``best`` is chosen
    with the labels of the same samples among all their scores, and just above 1,
    where nobody is called: no rule that is fixed beforehand can be cheaper.

    With right calls that cost something, take for `cost_fp` the difference
    between a false alarm and a true negative, and for the ratio the difference
    between a miss and a true positive, divided by `cost_fp` [1]_.

    References
    ----------
    .. [1] C. Elkan (2001), "The foundations of cost-sensitive learning", IJCAI,
       973-978.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_costs
    >>> fig = explore_costs(*make_scores(random_state=0), cost_fp=5)
    >>> fig.set(exponent=1, threshold=0.1)
    >>> fig.get("threshold")
    0.1
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_probabilities(y_score, len(y_true))
    check_number(cost_fp, "cost_fp", low=0, open_low=True)

    errors_at = _counter(y_true, y_score)
    ratios = 10 ** (np.array(TENTHS) / 10)
    fp_at, fn_at = errors_at(GRID)
    elkan_fp, elkan_fn = errors_at(1 / (1 + ratios))
    _, fps, fns, _, cuts = confusion_matrix_at_thresholds(y_true, y_score)
    fps, fns = np.r_[0, fps], np.r_[(y_true == 1).sum(), fns]
    cuts = np.r_[NOBODY, cuts]
    cheapest = [int(np.argmin(fps + ratio * fns)) for ratio in ratios]
    tables = {
        "fp_at": fp_at,
        "fn_at": fn_at,
        "elkan_fp_at": elkan_fp,
        "elkan_fn_at": elkan_fn,
        "best_at": cuts[cheapest],
        "best_fp_at": fps[cheapest],
        "best_fn_at": fns[cheapest],
    }

    slider = alt.binding_range
    controls = [
        alt.param(
            "exponent",
            value=1.4,
            bind=slider(min=0, max=2, step=0.1, name="log10 of cost ratio"),
        ),
        alt.param(
            "threshold",
            value=0.5,
            bind=slider(min=STEP, max=GRID[-1], step=STEP, name="Threshold"),
        ),
    ]
    place, at = "round(10 * exponent)", "round(200 * threshold) - 1"
    positives, n = int(y_true.sum()), len(y_true)
    per_1000 = f"{1000 * cost_fp / n}"
    numbers = [
        *(alt.param(each, value=table.tolist()) for each, table in tables.items()),
        alt.param("ratio", expr="pow(10, exponent)"),
        alt.param("fp", expr=f"fp_at[{at}]"),
        alt.param("fn", expr=f"fn_at[{at}]"),
        alt.param("tp", expr=f"{positives} - fn"),
        alt.param("tn", expr=f"{n - positives} - fp"),
        alt.param("elkan", expr="1 / (1 + ratio)"),
        alt.param("best", expr=f"best_at[{place}]"),
        alt.param("fp_cost", expr=f"{per_1000} * fp"),
        alt.param("fn_cost", expr=f"{per_1000} * ratio * fn"),
        alt.param("cost", expr="fp_cost + fn_cost"),
        alt.param(
            "elkan_cost",
            expr=f"{per_1000} * (elkan_fp_at[{place}] + ratio * elkan_fn_at[{place}])",
        ),
        alt.param(
            "best_cost",
            expr=f"{per_1000} * (best_fp_at[{place}] + ratio * best_fn_at[{place}])",
        ),
        alt.param("regret", expr="cost - best_cost"),
        alt.param(
            "say",
            expr="'A miss costs ' + format(ratio, '.3~r') + ' times a false alarm. At '"
            " + 'threshold ' + format(threshold, '.3f') + ', ' + format(fn, ',')"
            " + ' misses and '"
            " + format(fp, ',') + ' false alarms cost ' + format(cost, ',.0f')"
            " + ' per 1,000 cases. The best threshold, ' + format(best, '.3f')"
            " + ', costs ' + format(best_cost, ',.0f') + ': a regret of '"
            " + format(regret, ',.0f') + '. Elkan\\'s, ' + format(elkan, '.3f')"
            " + ', costs ' + format(elkan_cost, ',.0f') + '.'",
        ),
    ]
    cost = "datum.cell === 'FN' ? fn_cost : datum.cell === 'FP' ? fp_cost : 0"
    matrix = confusion_panel(
        f"'cost ' + format({cost}, ',.0f')", title="Counts, and costs per 1,000 cases"
    )
    panels = [_bill(errors_at, per_1000), matrix]
    chart = (
        alt.concat(*panels, columns=2, spacing=20)
        .resolve_scale(color="independent")
        .add_params(*controls, *numbers)
    )
    return Live(
        chart,
        name,
        alt="The cost of the errors at every threshold, false alarms and missed "
        "positives one on the other, with a line at Elkan's threshold, a diamond at "
        "the cheapest and a point at the present one; beside it the confusion matrix.",
    )


def _counter(y_true, y_score):
    """Return a function of thresholds: the false alarms and misses at each."""
    pos, neg = np.sort(y_score[y_true == 1]), np.sort(y_score[y_true == 0])

    def errors_at(thresholds):
        fp = len(neg) - np.searchsorted(neg, thresholds)
        return fp, np.searchsorted(pos, thresholds)

    return errors_at


def _bill(errors_at, per_1000):
    thresholds = np.geomspace(STEP, 1, 150)
    fp, fn = errors_at(thresholds)
    x = alt.X(
        "threshold:Q",
        title="threshold (log scale)",
        scale=alt.Scale(type="log", domain=[STEP, 1], nice=False),
        axis=alt.Axis(values=[0.01, 0.03, 0.1, 0.3, 1], format=".2~f", grid=False),
    )
    areas = (
        alt.Chart(
            pd.DataFrame({"threshold": thresholds.round(6), "fp": fp, "fn": fn}),
            name="bill",
        )
        .transform_calculate(
            **{
                "false alarms": f"{per_1000} * datum.fp",
                "missed": f"{per_1000} * ratio * datum.fn",
            }
        )
        .transform_fold(list(PARTS), as_=["error", "part"])
        .mark_area(opacity=0.7)
        .encode(
            x=x,
            # The ratio makes labels from 100 to 10,000; all get as much room.
            y=alt.Y("part:Q", title="cost of the errors per 1,000 cases").axis(
                format=",~r", minExtent=46
            ),
            color=alt.Color(
                "error:N",
                scale=alt.Scale(domain=list(PARTS), range=list(PARTS.values())),
                legend=alt.Legend(title=None, orient="bottom"),
            ),
        )
    )
    return panel(
        areas,
        _elkan(),
        _best(),
        dot("threshold", "cost", "now"),
        title={
            "text": {
                "expr": "'Cost ' + format(cost, ',.0f')"
                " + ', best ' + format(best_cost, ',.0f')"
            }
        },
    )


def _elkan():
    base = alt.Chart(alt.Data(values=[{}])).encode(
        x=alt.datum({"expr": "elkan"}, type="quantitative", title=None)
    )
    rule = base.mark_rule(strokeDash=[5, 3], strokeWidth=2, color=INK)
    label = base.mark_text(
        text="Elkan", align="left", dx=4, fontWeight="bold", tooltip=None
    ).encode(y=alt.value(8))
    return alt.layer(rule, label)


def _best():
    return (
        alt.Chart(alt.Data(values=[{}]), name="best_mark")
        .transform_calculate(x=f"clamp(best, {STEP}, 1)", y="best_cost")
        .mark_point(
            shape="diamond",
            filled=True,
            size=130,
            opacity=1,
            color=COLORS["added"],
            stroke="white",
        )
        .encode(x="x:Q", y="y:Q")
    )
