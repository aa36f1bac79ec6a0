"""Costs decide: the bill and the net benefit of every threshold, at any prevalence."""

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
# Which threshold is cheapest depends on the ratio times the factor of the odds.
BOTH_TENTHS = range(-10, 31)
PARTS = {"false alarms": COLORS["majority"], "missed": COLORS["minority"]}
LOOKS = {  # each with its color and shape
    "model": (parts.PINK, "circle"),
    "treat all": (parts.ORANGE, "triangle-up"),
    "treat none": (parts.GRAY, "square"),
}
# The ratio makes labels from 100 to 100,000; all get as much room.
THOUSANDS = {
    "labelExpr": "format(datum.value, datum.value < 1000 ? '~r' : '~s')",
    "minExtent": 40,
}
NOBODY = np.nextafter(1, 2)  # no probability reaches it


def explore_costs(y_true, y_score, cost_fp=1.0, name="costs"):
    """Move the cost ratio, the threshold and the prevalence; see cost and net benefit.

    A false alarm costs `cost_fp`, a missed positive costs that times the ratio,
    right calls cost nothing. The figure draws the cost of the errors for every
    threshold, with the one that the ratio asks for, ``1 / (1 + ratio)``, and the
    one that turns out cheapest on these data. Beside it stands the decision curve:
    the net benefit of the model at every threshold, and that of calling everybody
    ("treat all") and nobody ("treat none").

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
        2), ``threshold``, and ``shift`` (log10 of a factor for the odds of the
        prevalence, from -1 to 1; 0 is the prevalence of the data). Computed:
        ``ratio``, ``prevalence``, ``recall``, ``fpr``, ``elkan`` (the threshold
        by the ratio), ``best`` (the threshold that is cheapest on these
        samples); per 1,000 cases ``tp``, ``fp``, ``fn``, ``tn``, ``cost``,
        ``elkan_cost``, ``best_cost``, ``regret`` (``cost - best_cost``),
        ``net_benefit`` and ``treat_all``, the net benefit of calling everybody.

    Raises
    ------
    TypeError
        If `cost_fp` is not a number.
    ValueError
        If the labels are not 0 and 1, both present, a score is not between 0
        and 1, or `cost_fp` is not above 0.

    Notes
    -----
    A sample is called positive if ``y_score >= threshold``. The scores of each
    class stay as they are when the prevalence moves: they are not corrected for it.
    The counts are those of `sklearn.metrics.confusion_matrix` at that threshold,
    with weights that give the positives their share of 1,000 cases.
    ``best`` is chosen with the labels of the same samples among all their scores,
    and just above 1, where nobody is called: no rule that is fixed beforehand can be
    cheaper.

    Net benefit is ``tp - fp * threshold / (1 - threshold)``: hits, less the false
    alarms at the exchange rate that the threshold stands for [2]_. It does not look
    at the ratio. Where the threshold is ``1 / (1 + ratio)``, it is what the model
    saves against calling nobody, in units of a miss.

    With right calls that cost something, take for `cost_fp` the difference
    between a false alarm and a true negative, and for the ratio the difference
    between a miss and a true positive, divided by `cost_fp` [1]_.

    References
    ----------
    .. [1] C. Elkan (2001), "The foundations of cost-sensitive learning", IJCAI,
       973-978.
    .. [2] A. J. Vickers and E. B. Elkin (2006), "Decision curve analysis: a novel
       method for evaluating prediction models", Medical Decision Making 26, 565-574.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> from imbtutor.explore import explore_costs
    >>> fig = explore_costs(*make_scores(random_state=0), cost_fp=5)
    >>> fig.set(exponent=1, threshold=0.1, shift=-0.5)
    >>> fig.get("threshold")
    0.1
    """
    y_true = check_labels(y_true, name="y_true")
    y_score = check_probabilities(y_score, len(y_true))
    check_number(cost_fp, "cost_fp", low=0, open_low=True)

    pos, neg = np.sort(y_score[y_true == 1]), np.sort(y_score[y_true == 0])
    odds = len(pos) / len(neg)

    def rates_at(thresholds):
        """Recall and false positive rate at each threshold."""
        recall = 1 - np.searchsorted(pos, thresholds) / len(pos)
        return {
            "recall": recall,
            "fpr": 1 - np.searchsorted(neg, thresholds) / len(neg),
        }

    _, fps, fns, _, cuts = confusion_matrix_at_thresholds(y_true, y_score)
    fps, fns, cuts = np.r_[0, fps], np.r_[len(pos), fns], np.r_[NOBODY, cuts]
    ratios = 10 ** (np.array(BOTH_TENTHS) / 10)
    best = cuts[[np.argmin(fps + ratio * fns) for ratio in ratios]]
    elkan = rates_at(1 / (1 + 10 ** (np.array(TENTHS) / 10)))
    return parts.figure(
        name,
        controls=[
            parts.slider("exponent", "log10 of cost ratio", 0, 2, 0.1, start=1.4),
            parts.slider("threshold", "Threshold", STEP, GRID[-1], STEP, start=0.5),
            parts.slider("shift", "log10 of prevalence factor", -1, 1, 0.1, start=0),
        ],
        numbers={
            **parts.looked_up(rates_at(GRID), "round(200 * threshold) - 1"),
            **_looked_up("elkan", elkan, "round(10 * exponent)"),
            **_looked_up("best", rates_at(best), "best_place"),
            **parts.looked_up({"best": best}, "best_place"),
            "best_place": f"round(10 * (exponent + shift)) - ({BOTH_TENTHS.start})",
            "ratio": "pow(10, exponent)",
            "odds": f"{odds} * pow(10, shift)",
            "prevalence": "odds / (1 + odds)",
            "elkan": "1 / (1 + ratio)",
            "tp": "1000 * prevalence * recall",
            "fn": _missed("recall"),
            "fp": _alarms("fpr"),
            "tn": "1000 * (1 - prevalence) * (1 - fpr)",
            "unit": cost_fp,
            "cost": _cost("recall", "fpr"),
            "elkan_cost": _cost("elkan_recall", "elkan_fpr"),
            "best_cost": _cost("best_recall", "best_fpr"),
            "regret": "cost - best_cost",
            "net_benefit": _net_benefit("recall", "fpr", "threshold"),
            "treat_all": _net_benefit("1", "1", "threshold"),
            # The decision curve is drawn from here to the benefit of a perfect model;
            # the point of the model is always there to be seen.
            "lowest": "min(-500 * prevalence, 1.1 * net_benefit)",
            "highest": "1000 * prevalence",
        },
        say="A miss costs {ratio:.3~r} times a false alarm, and {prevalence:.2~p} are"
        " positive. At threshold {threshold:.3f}, per 1,000 cases: {tp:.1f} hits,"
        " {fn:.1f} misses and {fp:,.1f} false alarms, a cost of {cost:,.0f}. The best"
        " threshold, {best:.3f}, costs {best_cost:,.0f}: a regret of {regret:,.0f}."
        " Elkan's, {elkan:.3f}, costs {elkan_cost:,.0f}. Net benefit at threshold"
        " {threshold:.3f}: {net_benefit:,.1f} hits; treat all {treat_all:,.1f}, treat"
        " none 0.",
        panels=_panels(rates_at),
        alt_text="The cost of the errors at every threshold, false alarms and missed "
        "positives one on the other, with a line at Elkan's threshold, a diamond at "
        "the cheapest and a point at the present one; beside it the decision curve: "
        "net benefit of the model, of treat all and of treat none, each with a mark at "
        "the present threshold.",
    )


def _looked_up(name, rates, place):
    return parts.looked_up({f"{name}_{key}": rates[key] for key in rates}, place)


def _missed(recall):
    return f"1000 * prevalence * (1 - {recall})"


def _alarms(fpr):
    return f"1000 * (1 - prevalence) * {fpr}"


def _cost(recall, fpr):
    return f"unit * ({_alarms(fpr)} + ratio * {_missed(recall)})"


def _net_benefit(recall, fpr, threshold):
    rate = f"{threshold} / (1 - {threshold})"
    return f"1000 * prevalence * {recall} - {_alarms(fpr)} * {rate}"


def _panels(rates_at):
    """The bill, and the decision curve."""
    # To six decimals, and counted there.
    thresholds = np.geomspace(STEP, GRID[-1], 150).round(6)
    data = pd.DataFrame({"threshold": thresholds} | rates_at(thresholds))
    ticks = [0.01, 0.03, 0.1, 0.3, 0.9]
    span = {"domain": [STEP, GRID[-1]], "ticks": ticks, "log": True, "grid": False}
    across = parts.x("threshold", "threshold (log scale)", form=".2~f", **span)
    bill = {
        "false alarms": f"unit * {_alarms('datum.fpr')}",
        "missed": f"unit * ratio * {_missed('datum.recall')}",
    }
    areas = (
        parts.spread(alt.Chart(data, name="bill"), "error", "part", bill)
        .mark_area(opacity=0.7)
        .encode(
            x=across,
            y=parts.y("part", "cost of the errors per 1,000 cases", **THOUSANDS),
            color=parts.colored("error", PARTS),
        )
    )
    best = f"clamp(best, {STEP}, {GRID[-1]})"
    scale = {"domainMin": alt.ExprRef("lowest"), "domainMax": alt.ExprRef("highest")}
    up = parts.y(
        "benefit",
        "net benefit (hits per 1,000 cases)",
        scale=scale | {"nice": False},
        minExtent=40,
    )
    model = _net_benefit("datum.recall", "datum.fpr", "datum.threshold")
    everybody = _net_benefit("1", "1", "datum.threshold")
    readings = {
        "model": [_seen(model), _seen("net_benefit")],
        "treat all": [_seen(everybody), _seen("treat_all")],
        "treat none": ["0", "0"],
    }
    names = ["decision_curve", "benefit_now"]
    looks = parts.marked("who", LOOKS)
    return [
        parts.panel(
            areas,
            parts.rule_at("elkan", "x"),
            _elkan_label(),
            parts.dot(best, "best_cost", "best_mark", role="added", shape="diamond"),
            parts.dot("threshold", "cost", "now"),
            title="Cost {cost:,.0f}, best {best_cost:,.0f}",
        ),
        parts.panel(
            *parts.curves(alt.Chart(data), readings, across, up, looks, names),
            title="Net benefit {net_benefit:,.1f}, treat all {treat_all:,.0f}",
        ),
    ]


def _seen(benefit):
    """A curve ends where it leaves the panel."""
    return f"{benefit} < lowest ? null : {benefit}"


def _elkan_label():
    """Beside the line, on the side where the panel has room."""
    at = alt.datum({"expr": "elkan"}, type="quantitative", title=None)
    side = {
        "align": alt.ExprRef("elkan > 0.3 ? 'right' : 'left'"),
        "dx": alt.ExprRef("elkan > 0.3 ? -4 : 4"),
    }
    label = parts.here().encode(x=at, y=alt.value(8))
    return label.mark_text(text="Elkan", fontWeight="bold", tooltip=None, **side)
