"""Costs decide: the bill of every threshold, and how it changes with the costs."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix_at_thresholds

from imbtutor._checks import check_labels, check_number, check_probabilities
from imbtutor.explore import parts
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

    pos, neg = np.sort(y_score[y_true == 1]), np.sort(y_score[y_true == 0])

    def errors_at(thresholds):
        """The false alarms and the misses at each threshold."""
        fp = len(neg) - np.searchsorted(neg, thresholds)
        return fp, np.searchsorted(pos, thresholds)

    ratios = 10 ** (np.array(TENTHS) / 10)
    fp_at, fn_at = errors_at(GRID)
    elkan_fp, elkan_fn = errors_at(1 / (1 + ratios))
    _, fps, fns, _, cuts = confusion_matrix_at_thresholds(y_true, y_score)
    fps, fns = np.r_[0, fps], np.r_[(y_true == 1).sum(), fns]
    cuts = np.r_[NOBODY, cuts]
    cheapest = [int(np.argmin(fps + ratio * fns)) for ratio in ratios]
    positives, n = int(y_true.sum()), len(y_true)
    unit = f"{1000 * cost_fp / n}"  # of a false alarm, per 1,000 samples
    at = "round(200 * threshold) - 1"
    place = {
        "elkan_fp": elkan_fp,
        "elkan_fn": elkan_fn,
        "best": cuts[cheapest],
        "best_fp": fps[cheapest],
        "best_fn": fns[cheapest],
    }
    return parts.figure(
        name,
        controls=[
            parts.slider("exponent", "log10 of cost ratio", 0, 2, 0.1, start=1.4),
            parts.slider("threshold", "Threshold", STEP, GRID[-1], STEP, start=0.5),
        ],
        numbers={
            **parts.looked_up({"fp": fp_at, "fn": fn_at}, at),
            **parts.looked_up(place, "round(10 * exponent)"),
            "ratio": "pow(10, exponent)",
            "tp": f"{positives} - fn",
            "tn": f"{n - positives} - fp",
            "elkan": "1 / (1 + ratio)",
            "fp_cost": f"{unit} * fp",
            "fn_cost": f"{unit} * ratio * fn",
            "cost": "fp_cost + fn_cost",
            "elkan_cost": f"{unit} * (elkan_fp + ratio * elkan_fn)",
            "best_cost": f"{unit} * (best_fp + ratio * best_fn)",
            "regret": "cost - best_cost",
            "cell_cost": "{TP: 0, FN: fn_cost, FP: fp_cost, TN: 0}",
        },
        say="A miss costs {ratio:.3~r} times a false alarm. At threshold"
        " {threshold:.3f}, {fn:,} {fn:miss|misses} and {fp:,} false"
        " {fp:alarm|alarms} cost {cost:,.0f} per 1,000 cases. The best threshold,"
        " {best:.3f}, costs {best_cost:,.0f}: a regret of {regret:,.0f}."
        " Elkan's, {elkan:.3f}, costs {elkan_cost:,.0f}.",
        panels=[
            _bill(errors_at, unit),
            parts.confusion_panel(
                "cost {cell_cost[datum.cell]:,.0f}",
                title="Counts, and costs per 1,000 cases",
            ),
        ],
        alt_text="The cost of the errors at every threshold, false alarms and missed "
        "positives one on the other, with a line at Elkan's threshold, a diamond at "
        "the cheapest and a point at the present one; beside it the confusion matrix.",
    )


def _bill(errors_at, unit):
    thresholds = np.geomspace(STEP, 1, 150)
    fp, fn = errors_at(thresholds)
    data = pd.DataFrame({"threshold": thresholds.round(6), "fp": fp, "fn": fn})
    costs = [f"{unit} * datum.fp", f"{unit} * ratio * datum.fn"]
    rows, bill = alt.Chart(data, name="bill"), dict(zip(PARTS, costs, strict=True))
    domain, ticks = [STEP, 1], [0.01, 0.03, 0.1, 0.3, 1]
    x = {"domain": domain, "ticks": ticks, "form": ".2~f", "log": True, "grid": False}
    # The ratio makes labels from 100 to 10,000; all get as much room.
    y = {"form": ",~r", "minExtent": 46}
    areas = (
        parts.spread(rows, "error", "part", bill)
        .mark_area(opacity=0.7)
        .encode(
            x=parts.x("threshold", "threshold (log scale)", **x),
            y=parts.y("part", "cost of the errors per 1,000 cases", **y),
            color=parts.colored("error", PARTS),
        )
    )
    best = f"clamp(best, {STEP}, 1)"
    return parts.panel(
        areas,
        parts.rule_at("elkan", "x", "Elkan"),
        parts.dot(best, "best_cost", "best_mark", role="added", shape="diamond"),
        parts.dot("threshold", "cost", "now"),
        title="Cost {cost:,.0f}, best {best_cost:,.0f}",
    )
