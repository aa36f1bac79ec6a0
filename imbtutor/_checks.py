"""Checks of arguments: each error names the argument, the value and the remedy."""

import numbers
import sys

import numpy as np
from sklearn.utils import check_array, check_random_state


def check_number(value, name, *, low=None, high=None, integer=False, open_low=False):
    """Return `value` if it is a finite number within the bounds, else raise.

    Raises
    ------
    TypeError
        If it is not a number of the right kind.
    ValueError
        If it is out of bounds, not finite, or too large for arrays of numpy.
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
    if too_low or (high is not None and value > high):
        raise ValueError(f"{name}={value!r} is out of range; pass {word} {bounds}.")
    # NaN is neither too low nor too high.
    if not abs(value) <= (sys.maxsize if integer else sys.float_info.max):
        word = "an integer of 64 bits" if integer else "a finite number"
        raise ValueError(
            f"{name}={value!r} is out of range; pass {word} {bounds}".strip() + "."
        )
    return value


def check_seed(random_state):
    """Return the generator of random numbers that `random_state` stands for.

    Raises
    ------
    TypeError
        If it is no integer, no RandomState and not None.
    ValueError
        If it is an integer below 0, or of more than 32 bits.
    """
    accepted = numbers.Integral | np.random.RandomState | None
    if isinstance(random_state, bool) or not isinstance(random_state, accepted):
        raise TypeError(
            f"random_state={random_state!r} is no seed; pass an integer of at least 0, "
            "an np.random.RandomState, or None."
        )
    if isinstance(random_state, numbers.Integral):
        check_number(random_state, "random_state", low=0, high=2**32 - 1, integer=True)
    return check_random_state(random_state)


def check_choice(value, name, choices):
    """Return `value` if it is one of `choices`, else raise ValueError."""
    # An array would be compared entry by entry.
    if getattr(value, "ndim", 0) or value not in choices:
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
    frame = X if hasattr(X, "columns") else None
    if frame is not None and not frame.columns.is_unique:
        # scikit-learn would refuse them, though no name is used here.
        X = frame.set_axis(range(frame.shape[1]), axis=1)
    X = _check_numbers(X, "X")
    finite = np.isfinite(X)
    if not finite.all():
        row, column = map(int, np.argwhere(~finite)[0])
        name = column if frame is None else frame.columns[column]
        where = f"in row {row}, column {name!r}"
        if np.isnan(X).any():
            raise ValueError(
                f"X holds NaN, a missing value, {where}; {(~finite).sum()} values are "
                "missing or infinite. Leave out such rows, or fill the gaps, as does "
                "SimpleImputer(strategy='median').fit_transform(X)."
            )
        raise ValueError(
            f"X holds infinity {where}; {(~finite).sum()} values are infinite. Look "
            "for what made them, such as a division by zero, and leave out such rows."
        )
    if n_features is not None and X.shape[1] != n_features:
        raise ValueError(
            f"X has {X.shape[1]} columns; this picture needs {n_features}. "
            f"Select {n_features} columns first."
        )
    return X


def _check_numbers(values, name, **options):
    """Return an array of floats, of which some may be NaN or infinite."""
    try:
        return check_array(
            values,
            dtype=float,
            input_name=name,
            ensure_all_finite=False,
            **options,
        )
    except OverflowError as error:
        raise ValueError(
            f"{name} holds an integer beyond the largest float, 1.8e308; divide it, or "
            "take its logarithm."
        ) from error
    except ValueError as error:
        if "could not convert" not in str(error):
            raise
        raise ValueError(
            f"{name} holds text: {error}. Leave out such columns, or turn categories "
            "into numbers, as does OneHotEncoder."
        ) from error


def check_unique_columns(X):
    """Raise unless each column has a name of its own, or there are no names.

    Raises
    ------
    ValueError
        If two columns of the DataFrame X have the same name.
    """
    names = getattr(X, "columns", None)
    if names is not None and not names.is_unique:
        repeated = list(dict.fromkeys(names[names.duplicated()]))
        raise ValueError(
            f"X has several columns of the same name: {repeated[:5]}; give each its "
            "own, such as X.columns = [f'x{i}' for i in range(X.shape[1])]."
        )


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
    y_score = _check_numbers(y_score, "y_score", ensure_2d=False, allow_nd=True)
    if y_score.shape != (n_samples,):
        raise ValueError(
            f"y_score has shape {y_score.shape}; pass one score for each of the "
            f"{n_samples} samples, such as predict_proba(X)[:, 1]."
        )
    wrong = np.flatnonzero(~np.isfinite(y_score))
    if len(wrong):
        raise ValueError(
            f"y_score holds NaN or infinity for {len(wrong)} samples, such as sample "
            f"{wrong[0]}; look for the model or the fold that gave them."
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
