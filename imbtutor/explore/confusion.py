"""Four counts, typed by hand: every metric made from them follows."""

import altair as alt
import pandas as pd

from imbtutor._checks import check_number
from imbtutor.explore import parts

HIGHEST = 100_000  # of a typed count; the products of four stay exact enough
FACTORS = {factor: f"times {factor:g}" for factor in (0.1, 1, 10, 100)}
ALPHA = 0.1  # as in imblearn.metrics.classification_report_imbalanced
STAY = {
    "recall": "recall",
    "specificity": "specificity",
    "balanced accuracy": "balanced_accuracy",
    "G-mean": "g_mean",
    "IBA": "iba",
}
MOVE = {
    "accuracy": "accuracy",
    "precision": "precision",
    "NPV": "npv",
    "F-beta": "fbeta",
    "MCC": "mcc",
}
RATIOS = {"LR+": "lr_plus", "LR-": "lr_minus"}
INVALID = f"Type a whole number from 0 to {HIGHEST:,} into each of TP, FP, FN and TN."


def explore_confusion(*, tp=90, fp=90, fn=10, tn=810, name="confusion"):
    """Type a confusion matrix, multiply its negatives; every metric follows.

    The factor multiplies the false positives and the true negatives alike: the
    same classifier, with the same rates, meets a population with more or fewer
    negatives. A gray mark stays where each metric was for the counts as typed.

    Parameters
    ----------
    tp, fp, fn, tn : int, default=90, 90, 10, 810
        True positives, false positives, false negatives and true negatives,
        each from 0 to 100,000.
    name : str, default="confusion"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``tp``, ``fp``, ``fn``, ``tn`` (a count typed into
        the page arrives as text), ``factor`` (0.1, 1, 10 or 100) and ``beta``
        (0.5, 1 or 2). Computed: ``n_tp``, ``n_fp``, ``n_fn``, ``n_tn`` (counts
        after the factor), ``prevalence``, ``recall``, ``specificity``,
        ``balanced_accuracy``, ``g_mean``, ``iba``, ``accuracy``, ``precision``,
        ``npv``, ``fbeta``, ``mcc``, ``lr_plus``, ``lr_minus``; each is None
        where its denominator is zero, or a typed count is no whole number in
        range.

    Raises
    ------
    TypeError
        If a count is not an integer.
    ValueError
        If a count is out of range.

    Notes
    -----
    Undefined means 0 / 0, or a positive number divided by 0. There scikit-learn
    returns what ``zero_division`` and ``replace_undefined_by`` ask for; without
    a choice, `sklearn.metrics.matthews_corrcoef` returns 0, and
    `sklearn.metrics.balanced_accuracy_score` averages over the classes present.
    F-beta is computed from the counts, so it is 0 where precision alone is
    undefined, as in `sklearn.metrics.fbeta_score`.

    References
    ----------
    .. [1] D. Chicco and G. Jurman (2020), "The advantages of the Matthews
       correlation coefficient (MCC) over F1 score and accuracy in binary
       classification evaluation", BMC Genomics 21, 6.
    .. [2] IBA, the index of balanced accuracy, with the weight 0.1:
       ``imblearn/metrics/_classification.py``,
       ``classification_report_imbalanced``.

    Examples
    --------
    >>> from imbtutor.explore import explore_confusion
    >>> fig = explore_confusion(tp=8, fp=20, fn=2, tn=970)
    >>> fig.set(factor=10)
    >>> fig.get("fp"), fig.get("factor")
    (20, 10)
    """
    typed = {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    for cell, count in typed.items():
        check_number(count, cell, low=0, high=HIGHEST, integer=True)
    # What is typed is text, and may be empty, negative or a fraction.
    valid = " && ".join(
        f"isNumber(typed_{cell}) && typed_{cell} === floor(typed_{cell})"
        f" && typed_{cell} >= 0 && typed_{cell} <= {HIGHEST}"
        for cell in typed
    )
    shown = {key: f"{{{key}:.3f}}" for key in (MOVE | STAY).values()}
    shown |= {key: f"{{{key}_in_words}}" for key in RATIOS.values()}

    def readings(metrics):
        pairs = [f"{text} {shown[key]}" for text, key in metrics.items()]
        return ", ".join(pairs).replace("F-beta", "F{beta}")

    before = _metrics("typed_tp", "typed_fp", "typed_fn", "typed_tn")
    return parts.figure(
        name,
        controls=[
            *[_typed(cell, count) for cell, count in typed.items()],
            parts.choice("factor", "Negatives", FACTORS, start=1),
            parts.choice("beta", "Beta", [0.5, 1, 2], start=1),
        ],
        numbers={
            **{f"typed_{cell}": f"toNumber({cell})" for cell in typed},
            "valid": valid,
            "n_tp": "valid ? typed_tp : null",
            "n_fn": "valid ? typed_fn : null",
            "n_fp": "valid ? typed_fp * factor : null",
            "n_tn": "valid ? typed_tn * factor : null",
            **_metrics("n_tp", "n_fp", "n_fn", "n_tn"),
            **{f"{key}_in_words": _shown(key) for key in RATIOS.values()},
            "reading": parts.when(
                "valid",
                f"At prevalence {{prevalence:.3~p}}: {readings(MOVE)}. At any"
                f" prevalence: {readings(STAY | RATIOS)}.",
                INVALID,
            ),
        },
        say="{reading}",
        panels=[
            parts.confusion_panel(
                title="Counts, prevalence {prevalence:.3~p}",
                prefix="n_",
                form=",.1~f",
                order=parts.CALLS[::-1],  # scikit-learn's: label 0 first
                width=190,
                height=170,
            ),
            _rows("stay", STAY, before, parts.SKY, "Made of class rates: stay"),
            _rows("move", MOVE, before, parts.PINK, "Made of mixed counts: move"),
            _rows("ratios", RATIOS, before, parts.SKY, "Likelihood ratios: stay"),
        ],
        alt_text="A confusion matrix of typed counts; bars of the metrics that stay "
        "and of those that move when the negatives are multiplied, with gray marks at "
        "the values for the counts as typed; and both likelihood ratios.",
    )


def _typed(cell, count):
    bind = alt.binding(input="number", name=cell.upper())
    return alt.param(cell, value=int(count), bind=bind)


def _metrics(tp, fp, fn, tn):
    """Expressions of all metrics; null where one is undefined."""

    def ratio(top, bottom):
        # Of an invalid entry all counts are null, and null > 0 is false.
        return f"({bottom} > 0 ? ({top}) / ({bottom}) : null)"

    both = f"({tp} + {fn} > 0 && {fp} + {tn} > 0)"  # each class has members
    recall = f"{tp} / ({tp} + {fn})"
    specificity = f"{tn} / ({fp} + {tn})"
    weight = "beta * beta"
    margins = f"({tp} + {fp}) * ({tp} + {fn}) * ({tn} + {fp}) * ({tn} + {fn})"
    return {
        "prevalence": ratio(f"{tp} + {fn}", f"({tp} + {fp} + {fn} + {tn})"),
        "recall": ratio(tp, f"({tp} + {fn})"),
        "specificity": ratio(tn, f"({fp} + {tn})"),
        "balanced_accuracy": f"({both} ? ({recall} + {specificity}) / 2 : null)",
        "g_mean": f"({both} ? sqrt({recall} * {specificity}) : null)",
        "iba": f"({both} ? (1 + {ALPHA} * ({recall} - {specificity}))"
        f" * {recall} * {specificity} : null)",
        "accuracy": ratio(f"{tp} + {tn}", f"({tp} + {fp} + {fn} + {tn})"),
        "precision": ratio(tp, f"({tp} + {fp})"),
        "npv": ratio(tn, f"({tn} + {fn})"),
        "fbeta": ratio(
            f"(1 + {weight}) * {tp}",
            f"((1 + {weight}) * {tp} + {weight} * {fn} + {fp})",
        ),
        "mcc": ratio(f"{tp} * {tn} - {fp} * {fn}", f"sqrt({margins})"),
        "lr_plus": f"({both} && {fp} > 0"
        f" ? {tp} * ({fp} + {tn}) / (({tp} + {fn}) * {fp}) : null)",
        "lr_minus": f"({both} && {tn} > 0"
        f" ? {fn} * ({fp} + {tn}) / (({tp} + {fn}) * {tn}) : null)",
    }


def _shown(value):
    """Expression for the text of a number, or of its absence."""
    form = f"{value} < 100 ? '.3f' : ',.0f'"
    return f"({value} === null ? 'undefined' : format({value}, {form}))"


LOWEST = alt.ExprRef("mcc === null ? 0 : min(0, mcc)")
AXIS = {"ticks": [-1, -0.5, 0, 0.5, 1], "form": ".1~f"}
SCALE = {"domainMax": 1, "nice": False}
LOG = {"log": True, "domain": [0.01, 100], "form": "~g", "labelFlush": False}
# The ends and the start of the bars of each group, and their axis. A ratio of 1 says
# that a call tells nothing; beyond 0.01 or 100 a bar is cut, its number not.
GROUPS = {
    "stay": (-1, 1, 0, AXIS | {"scale": SCALE | {"domainMin": 0}}),
    "move": (-1, 1, 0, AXIS | {"scale": SCALE | {"domainMin": LOWEST}}),
    "ratios": (0.01, 100, 1, LOG | {"ticks": [0.01, 0.1, 1, 10, 100]}),
}


def _rows(name, metrics, before, color, title):
    """A bar for each metric, a gray mark for the counts as typed, the number."""
    low, high, start, axis = GROUPS[name]
    width = 146
    now = ", ".join(metrics.values())
    typed = ", ".join(before[key] for key in metrics.values())
    label = "datum.label === 'F-beta' ? 'F' + beta : datum.label"
    axis_y = alt.Axis(labelExpr=label, minExtent=116, maxExtent=116)
    rows = (
        alt.Chart(pd.DataFrame({"metric": [*metrics], "i": range(len(metrics))}))
        .transform_calculate(
            value=f"[{now}][datum.i]", typed=f"valid ? [{typed}][datum.i] : null"
        )
        .transform_calculate(
            end=f"datum.value === null ? null : clamp(datum.value, {low}, {high})",
            ghost=f"datum.typed === null ? null : clamp(datum.typed, {low}, {high})",
            number=f"datum.value === null ? ' ' : {_shown('datum.value')}",
        )
        .encode(y=alt.Y("metric:N", sort=list(metrics), title=None, axis=axis_y))
    )
    typed = "gray mark: as typed"
    x, ghost = parts.x("end", typed, **axis), parts.x("ghost", typed, **axis)
    bars = rows.mark_bar(color=color, stroke=parts.GRAY, height=15)
    ghosts = rows.transform_filter("isNumber(datum.ghost)")
    ghosts = ghosts.mark_tick(color=parts.GRAY, thickness=4, size=24)
    # Aligned to a fixed right edge, so that no number widens the panel.
    numbers = rows.mark_text(align="right", tooltip=None).encode(
        x=alt.value(width + 50), text="number:N"
    )
    undefined = rows.transform_filter("datum.value === null").mark_text(
        text="undefined", align="left", fontStyle="italic", tooltip=None
    )
    return parts.panel(
        bars.encode(x=x, x2=alt.X2Datum(start)).properties(name=name),
        ghosts.encode(x=ghost).properties(name=f"{name}_typed"),
        numbers,
        undefined.encode(x=alt.value(6)).properties(name=f"{name}_undefined"),
        title=title,
        width=width,
        height=28 * len(metrics),
    )
