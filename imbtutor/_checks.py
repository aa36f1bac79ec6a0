"""Checks of arguments: each error names the argument, the value and the remedy."""

import numbers

import numpy as np
from sklearn.utils import check_array


def check_number(value, name, *, low=None, high=None, integer=False, open_low=False):
    """Return `value` if it is a number within the bounds, else raise.

    Raises
    ------
    TypeError
        If it is not a number of the right kind.
    ValueError
        If it is out of bounds.
    """
    kind, word = (
        (numbers.Integral, "an integer") if integer else (numbers.Real, "a number")
    )
    bounds = {
        (True, True): f"from {low} to {high}",
        (True, False): f"of at least {low}",
        (False, False): "",
    }[low is not None, high is not None]
    if open_low:
        bounds = f"above {low}" + ("" if high is None else f" and at most {high}")
    if isinstance(value, bool) or not isinstance(value, kind):
        raise TypeError(f"{name}={value!r} is not {word}; pass {word} {bounds}".strip())
    too_low = low is not None and (value <= low if open_low else value < low)
    if too_low or (high is not None and value > high) or value != value:
        raise ValueError(f"{name}={value!r} is out of range; pass {word} {bounds}.")
    return value


def check_choice(value, name, choices):
    """Return `value` if it is one of `choices`, else raise ValueError."""
    if value not in choices:
        raise ValueError(
            f"{name}={value!r} is unknown; use one of {', '.join(map(repr, choices))}."
        )
    return value


def check_points(X, *, n_features=None):
    """Return X as a finite 2-D float array; with `n_features`, of that width.

    Raises
    ------
    ValueError
        If X has another shape, is empty, or holds NaN, infinity or text.
    """
    X = check_array(X, dtype=float, input_name="X")
    if n_features is not None and X.shape[1] != n_features:
        raise ValueError(
            f"X has {X.shape[1]} columns; this picture needs {n_features}. "
            f"Select {n_features} columns first."
        )
    return X


def check_one_column(y, *, name="y"):
    """Return y in one dimension: a single column, or one-hot labels, as one label each.

    As in imbalanced-learn, a one-hot row becomes the number of the column of its 1.

    Raises
    ------
    ValueError
        If it has several columns and is not one-hot.
    """
    shape = np.shape(y)
    if len(shape) < 2:
        return y
    if len(shape) == 2 and shape[1] == 1:
        return np.ravel(y)
    values = np.asarray(y)
    is_one = values == 1
    if (
        len(shape) > 2
        or not (is_one | (values == 0)).all()
        or (is_one.sum(1) != 1).any()
    ):
        raise ValueError(
            f"{name} has the shape {shape}; pass one label for each row, or one-hot "
            "labels with a single 1 in each row."
        )
    return is_one.argmax(axis=1)


def check_labels(y, n_samples=None, *, name="y", both=True):
    """Return y as an array of 0 (majority) and 1 (minority).

    Parameters
    ----------
    y : array-like of shape (n_samples,)
    n_samples : int, optional
        The length that y must have.
    name : str
        The argument's name, for the message.
    both : bool
        Whether both classes must be present.

    Raises
    ------
    ValueError
        If y holds other labels, has another length or one class only.
    """
    y = np.asarray(check_one_column(y, name=name))
    if y.ndim != 1:
        raise ValueError(f"{name}={y!r} is no list of labels; pass one for each row.")
    if y.dtype == object and len({type(each) for each in y.tolist()}) > 1:
        kinds = sorted({type(each).__name__ for each in y.tolist()})
        raise ValueError(
            f"{name} holds {', '.join(kinds)}; pass 0 for the majority and 1 for the "
            "minority, and no missing labels."
        )
    labels = np.unique(y)
    if not np.isin(labels, [0, 1]).all():
        raise ValueError(
            f"{name} holds the labels {labels[:5].tolist()}; pass 0 for the majority "
            f"and 1 for the minority, such as (y == rare_label).astype(int)."
        )
    if n_samples is not None and len(y) != n_samples:
        raise ValueError(
            f"{name} has {len(y)} labels for {n_samples} samples; pass one for each."
        )
    if both and len(labels) < 2:
        raise ValueError(
            f"{name} holds one class only ({labels.tolist()}); pass both classes."
        )
    return y.astype(int)


def check_scores(y_score, n_samples):
    """Return y_score as a finite 1-D float array of length `n_samples`.

    Raises
    ------
    ValueError
        If it has another shape or length, or holds NaN or infinity.
    """
    y_score = check_array(y_score, ensure_2d=False, dtype=float, input_name="y_score")
    if y_score.shape != (n_samples,):
        raise ValueError(
            f"y_score has shape {y_score.shape}; pass one score for each of the "
            f"{n_samples} samples, such as predict_proba(X)[:, 1]."
        )
    return y_score


def check_probabilities(y_score, n_samples):
    """Return y_score as `check_scores` does, if it lies between 0 and 1.

    Raises
    ------
    ValueError
        If `check_scores` does, or a score is below 0 or above 1.
    """
    y_score = check_scores(y_score, n_samples)
    if y_score.min() < 0 or y_score.max() > 1:
        raise ValueError(
            f"y_score runs from {y_score.min():.3g} to {y_score.max():.3g}; pass "
            "probabilities, such as predict_proba(X)[:, 1], or other scores between "
            "0 and 1, such as expit(decision_function(X))."
        )
    return y_score
