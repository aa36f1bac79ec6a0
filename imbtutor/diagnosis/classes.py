"""The classes: which one is positive, how rare it is, and how few there are."""

import numpy as np
import pandas as pd
from pandas.api import types
from scipy.stats import binomtest

from imbtutor._checks import check_one_column
from imbtutor.diagnosis.report import Finding, counted, percent, show, some
from imbtutor.diagnosis.table import check_index

# No line divides rare from frequent (chapter 01). This one is where "Imbalanced
# datasets", in Google's machine learning course, begins to call it mild.
_RARE = 0.2
# A matter of time, and so of taste: the book's largest fits, of 20,000 rows or so, take
# seconds.
_MANY_NEGATIVES = 100_000
# An interval this wide holds 0.6 and 0.8 with 0.7: two models whose recalls differ by
# 0.1 look alike.
_WIDE = 0.2
# The recall of the interval: that of chapter 14, 26 of 37. The width depends little on
# it: it would be 9 % larger at 0.5.
_RECALL = 0.7


def check_classes(X, y, positive, n_samples):
    """Return the classes of y and which one is positive."""
    check_index(X, y, "y")
    # numpy would turn [1, "a"] and ["a", None] into texts, pandas does not.
    labels = np.asarray(y, dtype=None if hasattr(y, "dtype") else object)
    labels = check_one_column(labels)
    if labels.shape != (n_samples,):
        raise ValueError(
            f"y has the shape {labels.shape}; pass one label for each of the "
            f"{n_samples} rows of X, shape ({n_samples},)."
        )
    if pd.isna(labels).any():
        raise ValueError(
            f"y holds {pd.isna(labels).sum()} missing labels; leave out these rows, "
            "with X[~pd.isna(y)] and y[~pd.isna(y)], or find their labels."
        )
    labels = pd.Series(labels).infer_objects()
    kind = types.infer_dtype(labels)
    if kind == "mixed-integer-float" or labels.dtype == np.longdouble:
        labels = labels.astype(float)
    elif kind.startswith("mixed") or kind == "complex":
        kinds = sorted({type(each).__name__ for each in labels})
        raise TypeError(
            f"y holds labels of these kinds: {', '.join(kinds)}; pass labels of one "
            "kind, such as integers or strings."
        )
    if (labels == "nan").any():
        raise ValueError(
            f"y holds the text 'nan' {(labels == 'nan').sum()} times, which is how "
            "numpy writes a missing label; leave out these rows, or find their labels."
        )
    if labels.dtype.kind == "f" and (labels != np.trunc(labels)).any():
        fraction = labels[labels != np.trunc(labels)].iloc[0]
        raise ValueError(
            f"y holds fractions such as {fraction}, so it looks like a quantity; pass "
            "classes, such as (y > limit).astype(int)."
        )
    codes, classes = pd.factorize(labels, sort=True)
    classes = [getattr(each, "item", lambda each=each: each)() for each in classes]
    if len(classes) < 2:
        raise ValueError(
            f"y holds one class only ({show(classes[0])}); pass rows of both classes."
        )
    counts = np.bincount(codes)
    rarest = len(counts) - 1 - np.argmin(counts[::-1])
    chosen = rarest
    if positive is not None:
        # An array would be compared element by element.
        alone = np.ndim(positive) == 0
        found = [i for i, each in enumerate(classes) if alone and each == positive]
        if not found:
            raise ValueError(
                f"positive={positive!r} is not in y; use one of "
                f"{some([show(each) for each in classes], 10)}."
            )
        chosen = found[0]
    return {
        "codes": codes,
        "classes": classes,
        "counts": counts,
        "chosen": chosen,
        "is_rarest": chosen == rarest,
        "y": (codes == chosen).astype(int),
    }


def find_classes(data, numbers, rng):
    counts = data.counts
    n_positives = int(counts[data.chosen])
    numbers |= {
        "n_samples": len(data.y),
        "n_features": data.frame.shape[1],
        "classes": dict(zip(data.classes, counts.tolist(), strict=True)),
        "positive": data.classes[data.chosen],
        "n_positives": n_positives,
        "prevalence": n_positives / len(data.y),
        "ratio": (len(data.y) - n_positives) / n_positives,
    }
    if len(counts) == 2:
        return []
    rarest_first = np.argsort(counts, kind="stable")
    listed = [f"{show(data.classes[i])} ({counts[i]:,})" for i in rarest_first]
    return [
        Finding(
            "Classes",
            "note",
            f"Rows of each class, rarest first: {some(listed, 10)}.",
            f"This report takes {show(numbers['positive'])} against all the others. "
            "Ask again with positive= for each class that matters to you.",
            ("53_multiclass",),
        )
    ]


def find_prevalence(data, numbers, rng):
    prevalence = numbers["prevalence"]
    text = (
        f"Positives: {numbers['n_positives']:,} of {numbers['n_samples']:,} rows, "
        f"{percent(prevalence)}. Imbalance ratio: {numbers['ratio']:,.1f}:1."
    )
    if prevalence > 0.5:
        meaning = "Positive is the larger class here; in the book it is the rarer one."
        return [Finding("Prevalence", "note", text, meaning)]
    if prevalence >= _RARE:
        meaning = "The class is not rare: the imbalance by itself asks for no remedy."
        chapters = ("04_when_it_does_not_matter",)
        return [Finding("Prevalence", "fine", text, meaning, chapters)]
    meaning = (
        f"The class is rare. A model that never says {show(numbers['positive'])} is "
        f"right in {percent(1 - prevalence)} of the rows, so do not judge by accuracy."
    )
    chapters = ("01_what_is_imbalance", "11_confusion_matrix", "13_precision_recall")
    return [Finding("Prevalence", "note", text, meaning, chapters)]


def find_scarcity(data, numbers, rng):
    n_positives = numbers["n_positives"]
    n_held_out = max(1, round(n_positives / 5))
    n_found = round(_RECALL * n_held_out)
    low, high = _interval(n_found, n_held_out)
    low_all, high_all = _interval(round(_RECALL * n_positives), n_positives)
    numbers |= {
        "n_held_out": n_held_out,
        "recall_interval": (low, high),
        "recall_interval_all": (low_all, high_all),
    }
    text = (
        f"A test set of a fifth of the rows holds {counted(n_held_out, 'positive')}. A "
        f"model that finds {n_found:,} of them has a recall of {low:.2f} to {high:.2f} "
        "(95\u00a0% interval)."
    )
    if high_all - low_all > _WIDE:
        meaning = (
            f"Positives are scarce: even tested on all {n_positives:,} by "
            f"cross-validation, the range is {low_all:.2f} to {high_all:.2f}. More "
            "positives would help more than any method."
        )
        chapters = ("14_honest_validation", "02_tree_meets_rare_class")
        return [Finding("Positives", "look", text, meaning, chapters)]
    if high - low > _WIDE:
        meaning = (
            f"Test on all {n_positives:,} by cross-validation: the range shrinks to "
            f"{low_all:.2f} to {high_all:.2f}."
        )
        chapters = ("14_honest_validation",)
        return [Finding("Positives", "note", text, meaning, chapters)]
    meaning = (
        f"The interval is no wider than {_WIDE}: there are enough positives to compare "
        "models on one test set."
    )
    return [Finding("Positives", "fine", text, meaning)]


def find_many_negatives(data, numbers, rng):
    n_negatives = numbers["n_samples"] - numbers["n_positives"]
    if n_negatives < _MANY_NEGATIVES or numbers["prevalence"] >= _RARE:
        return []
    return [
        Finding(
            "Negatives",
            "note",
            f"There are {n_negatives:,} negatives.",
            "If training takes too long, a random part of them may do: thin them in "
            "the pipeline, test on all of them, and put the probabilities back. "
            "Samplers that look for neighbors take much longer than a random draw.",
            (
                "41_random_undersampling",
                "45_condensing_prototypes",
                "24_calibration",
                "sampler_sheet",
            ),
        )
    ]


def _interval(n_found, n):
    interval = binomtest(n_found, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def say_what_is_next(data, numbers, rng):
    if numbers["prevalence"] >= _RARE:
        text = "Fit a plain model and see how well it ranks."
        return [Finding("Next", "next", text, "", ("04_when_it_does_not_matter",))]
    return [
        Finding(
            "Next",
            "next",
            "Fit a plain model and see how well it ranks. Then say what a missed "
            "positive and a false alarm cost, and move the threshold. Class weights "
            "and resampling come after that, and they bend the probabilities.",
            "",
            (
                "22_costs",
                "21_threshold",
                "23_class_weights",
                "24_calibration",
                "63_your_own_data",
            ),
        )
    ]
