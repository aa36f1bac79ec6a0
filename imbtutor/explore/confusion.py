"""Four counts, typed by hand: every metric made from them follows."""

import altair as alt
import pandas as pd

from imbtutor._checks import check_number
from imbtutor.explore.live import Live
from imbtutor.roles import COLORS

HIGHEST = 100_000  # of a typed count; the products of four stay exact enough
FACTORS = [0.1, 1, 10, 100]
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
LABELS = ["negative", "positive"]  # scikit-learn's order: label 0 first


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
    controls = [
        alt.param(
            cell, value=int(count), bind=alt.binding(input="number", name=cell.upper())
        )
        for cell, count in typed.items()
    ]
    controls += [
        alt.param(
            "factor",
            value=1,
            bind=alt.binding_select(
                options=FACTORS,
                labels=[f"times {factor:g}" for factor in FACTORS],
                name="Negatives",
            ),
        ),
        alt.param(
            "beta",
            value=1,
            bind=alt.binding_select(options=[0.5, 1, 2], name="Beta"),
        ),
    ]
    # What is typed is text, and may be empty, negative or a fraction.
    counts = [alt.param(f"typed_{cell}", expr=f"toNumber({cell})") for cell in typed]
    counts += [
        alt.param(
            "valid",
            expr=" && ".join(
                f"isNumber(typed_{cell}) && typed_{cell} === floor(typed_{cell})"
                f" && typed_{cell} >= 0 && typed_{cell} <= {HIGHEST}"
                for cell in typed
            ),
        ),
        alt.param("n_tp", expr="valid ? typed_tp : null"),
        alt.param("n_fn", expr="valid ? typed_fn : null"),
        alt.param("n_fp", expr="valid ? typed_fp * factor : null"),
        alt.param("n_tn", expr="valid ? typed_tn * factor : null"),
    ]
    now = _metrics("n_tp", "n_fp", "n_fn", "n_tn")
    before = _metrics("typed_tp", "typed_fp", "typed_fn", "typed_tn")
    numbers = [alt.param(key, expr=expr) for key, expr in now.items()]
    panels = [
        _matrix(),
        _bars("stay", STAY, before, "#56B4E9", "Made of class rates: stay"),
        _bars("move", MOVE, before, "#CC79A7", "Made of mixed counts: move"),
        _ratios(before),
    ]
    chart = alt.concat(*panels, columns=2, spacing=20).add_params(
        *controls, *counts, *numbers, alt.param("say", expr=_sentence())
    )
    return Live(
        chart,
        name,
        alt="A confusion matrix of typed counts; bars of the metrics that stay and "
        "of those that move when the negatives are multiplied, with gray marks at "
        "the values for the counts as typed; and both likelihood ratios.",
    )


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


PREVALENCE = "(prevalence === null ? 'undefined' : format(prevalence, '.3~p'))"


def _sentence():
    def readings(metrics):
        texts = ["F' + beta + '" if text == "F-beta" else text for text in metrics]
        return " + ', ".join(
            f"{text} ' + {_shown(key)}"
            for text, key in zip(texts, metrics.values(), strict=True)
        )

    return (
        "!valid ? 'Type a whole number from 0 to"
        f" {HIGHEST:,} into each of TP, FP, FN and TN.'"
        f" : 'At prevalence ' + {PREVALENCE} + ': {readings(MOVE)}"
        f" + '. At any prevalence: {readings(STAY | RATIOS)} + '.'"
    )


def _panel(*layers, title, **size):
    # With its axes, two panels fill the page (672 pixels) and one a phone (342).
    return alt.layer(*layers, title=title).properties(**size)


def _matrix():
    cells = pd.DataFrame(
        {
            "call": [LABELS[1], LABELS[1], LABELS[0], LABELS[0]],
            "truth": [LABELS[1], LABELS[0], LABELS[1], LABELS[0]],
            "cell": ["TP", "FP", "FN", "TN"],
        }
    )
    base = (
        alt.Chart(cells)
        .transform_calculate(
            count="{TP: n_tp, FP: n_fp, FN: n_fn, TN: n_tn}[datum.cell]",
            row="datum.truth === 'positive' ? n_tp + n_fn : n_fp + n_tn",
        )
        .transform_calculate(
            text="[datum.cell, valid ? format(datum.count, ',.1~f') : '?']",
            # The shade is the share of the true class: rarity makes no row pale.
            share="datum.row > 0 ? datum.count / datum.row : 0",
        )
        .encode(
            x=alt.X("call:N", sort=LABELS).axis(labelAngle=0),
            y=alt.Y("truth:N", sort=LABELS),
        )
    )
    squares = base.mark_rect(stroke="#8c8c8c").encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1]), legend=None),
        color=alt.Color(
            "truth:N",
            legend=None,
            scale=alt.Scale(
                domain=LABELS, range=[COLORS["majority"], COLORS["minority"]]
            ),
        ),
    )
    label = base.mark_text(
        fontSize=15, lineHeight=19, dy=-8, fontWeight="bold", tooltip=None
    ).encode(text="text:N")
    title = {"text": {"expr": f"'Counts, prevalence ' + {PREVALENCE}"}}
    return _panel(
        squares.properties(name="matrix"), label, title=title, width=190, height=170
    ).resolve_scale(color="independent")


def _bars(name, metrics, before, color, title):
    lowest = alt.ExprRef("mcc === null ? 0 : min(0, mcc)") if name == "move" else 0
    return _rows(
        name,
        metrics,
        before,
        color,
        title,
        bounds=(-1, 1),
        start=0,
        scale=alt.Scale(domainMin=lowest, domainMax=1, nice=False),
        axis=alt.Axis(values=[-1, -0.5, 0, 0.5, 1], format=".1~f"),
    )


def _ratios(before):
    # 1 says that a call tells nothing; beyond 0.01 or 100 a bar is cut, its number not.
    return _rows(
        "ratios",
        RATIOS,
        before,
        "#56B4E9",
        "Likelihood ratios: stay",
        bounds=(0.01, 100),
        start=1,
        scale=alt.Scale(type="log", domain=[0.01, 100]),
        axis=alt.Axis(values=[0.01, 0.1, 1, 10, 100], format="~g", labelFlush=False),
    )


def _rows(name, metrics, before, color, title, *, bounds, start, scale, axis):
    """A bar for each metric, a gray mark for the counts as typed, the number."""
    width = 146
    low, high = bounds
    now = ", ".join(f"'{text}': {key}" for text, key in metrics.items())
    typed = ", ".join(
        f"'{text}': valid ? {before[key]} : null" for text, key in metrics.items()
    )
    rows = (
        alt.Chart(pd.DataFrame({"metric": list(metrics)}))
        .transform_calculate(
            value=f"{{{now}}}[datum.metric]", typed=f"{{{typed}}}[datum.metric]"
        )
        .transform_calculate(
            end=f"datum.value === null ? null : clamp(datum.value, {low}, {high})",
            ghost=f"datum.typed === null ? null : clamp(datum.typed, {low}, {high})",
            number=f"datum.value === null ? ' ' : {_shown('datum.value')}",
        )
        .encode(
            y=alt.Y("metric:N", sort=list(metrics), title=None).axis(
                labelExpr="datum.label === 'F-beta' ? 'F' + beta : datum.label",
                minExtent=116,
                maxExtent=116,
            )
        )
    )

    def x(field):
        return alt.X(field, title="gray mark: as typed", axis=axis, scale=scale)

    bars = (
        rows.mark_bar(color=color, stroke="#8c8c8c", height=15)
        .encode(x=x("end:Q"), x2=alt.X2Datum(start))
        .properties(name=name)
    )
    ghosts = (
        rows.transform_filter("isNumber(datum.ghost)")
        .mark_tick(color="#8c8c8c", thickness=4, size=24)
        .encode(x=x("ghost:Q"))
        .properties(name=f"{name}_typed")
    )
    # Aligned to a fixed right edge, so that no number widens the panel.
    numbers = rows.mark_text(align="right", tooltip=None).encode(
        x=alt.value(width + 50), text="number:N"
    )
    undefined = (
        rows.transform_filter("datum.value === null")
        .mark_text(align="left", fontStyle="italic", tooltip=None)
        .encode(x=alt.value(6), text=alt.TextValue("undefined"))
        .properties(name=f"{name}_undefined")
    )
    layers = [bars, ghosts, numbers, undefined]
    return _panel(*layers, title=title, width=width, height=28 * len(metrics))
