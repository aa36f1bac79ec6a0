"""What a sampler did: where each new sample comes from, why another one went."""

from functools import cache

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import Bunch, check_array, column_or_1d


def trace(sampler, X, y):
    """Run a sampler and explain the very output that it returns.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        A `SMOTE`, a `RandomOverSampler` or a `RandomUnderSampler`, with any
        parameters. It is cloned and stays as it was; without a fixed
        ``random_state`` each call explains another output.
    X : {array-like, DataFrame} of shape (n_samples, n_features)
        The samples before.
    y : array-like of shape (n_samples,)
        Their labels.

    Returns
    -------
    sklearn.utils.Bunch
        With these fields, where every row number counts from 0:

        - ``X_resampled``, ``y_resampled``: what ``fit_resample`` returned. First
          come the kept samples, then the new ones.
        - ``kept`` : ndarray of shape (n_kept,). The rows of X that stand first in
          the output, in their order there.
        - ``added`` : DataFrame, one row for each new sample, indexed by its row in
          ``X_resampled``. The column ``parent`` is a row of X. `SMOTE` has two
          more: ``neighbor``, a row of X, and ``step``, at least 0 and below 1. The
          new sample is ``X[parent] + step * (X[neighbor] - X[parent])``.
        - ``removed`` : DataFrame, one row for each sample of X that is not in the
          output, indexed by its row in X. The column ``rule`` says what removed it.
        - ``sampler``: the fitted clone.

    Raises
    ------
    TypeError
        If the sampler is not one of those above.
    RuntimeError
        If the explanation does not rebuild the sampler's output to the last digit,
        as another version of imbalanced-learn might cause.

    Notes
    -----
    `SMOTE` draws parent, neighbor and step, and forgets them. They are read while
    it runs, where ``BaseSMOTE._make_samples`` hands them to ``_generate_samples``
    (``imblearn/over_sampling/_smote/base.py``); then the new samples are computed
    again from them and compared with the output. The random samplers keep their
    draws in ``sample_indices_``. `RandomOverSampler` copies its parent; with
    ``shrinkage`` it adds noise to the copy.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from imbtutor.datasets import make_gaussians
    >>> from imbtutor import trace
    >>> X, y = make_gaussians(60, prevalence=0.2, random_state=0)
    >>> result = trace(SMOTE(random_state=0), X, y)
    >>> result.added.columns.tolist()
    ['parent', 'neighbor', 'step']
    >>> len(result.X_resampled) == len(result.kept) + len(result.added) == 96
    True
    """
    explainers = _explainers()
    # A subclass may work by another rule: SMOTENC is a SMOTE to isinstance.
    if type(sampler) not in explainers:
        names = ", ".join(sorted(each.__name__ for each in explainers))
        raise TypeError(
            f"sampler={sampler!r} cannot be traced; pass an instance of one of {names}."
        )
    sampler = clone(sampler)
    X_resampled, y_resampled, kept, added, removed = explainers[type(sampler)](
        sampler, X, y
    )
    rows = pd.RangeIndex(len(kept), len(kept) + len(added["parent"]), name="row")
    gone = pd.Index(removed, name="row", dtype=int)
    return Bunch(
        X_resampled=X_resampled,
        y_resampled=y_resampled,
        kept=kept,
        added=pd.DataFrame(added, index=rows),
        removed=pd.DataFrame({"rule": list(removed.values())}, index=gone, dtype=str),
        sampler=sampler,
    )


@cache
def _explainers():
    # Imported here: imbalanced-learn would take most of the time of an import.
    from imblearn.over_sampling import SMOTE, RandomOverSampler
    from imblearn.under_sampling import RandomUnderSampler

    return {
        SMOTE: _explain_smote,
        RandomOverSampler: _explain_random_over,
        RandomUnderSampler: _explain_random_under,
    }


def _explain_smote(sampler, X, y):
    labels = column_or_1d(y)
    parents, neighbors, steps = [], [], []
    generate = sampler._generate_samples

    def record(X_class, nn_data, nn_num, rows, cols, step, y_type, y_all):
        # Rows count within the class here: SMOTE sees one class at a time.
        members = np.flatnonzero(labels == y_type)
        parents.append(members[rows])
        neighbors.append(members[nn_num[rows, cols]])
        steps.append(step.ravel())
        return generate(X_class, nn_data, nn_num, rows, cols, step, y_type, y_all)

    sampler._generate_samples = record
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    del sampler._generate_samples

    added = {
        "parent": np.concatenate([np.empty(0, int), *parents]),
        "neighbor": np.concatenate([np.empty(0, int), *neighbors]),
        "step": np.concatenate([np.empty(0), *steps]),
    }
    kept = np.arange(len(labels))
    _compare(X, X_resampled, added)
    return X_resampled, y_resampled, kept, added, {}


def _compare(X, X_resampled, added):
    """Raise unless the new samples follow from parent, neighbor and step."""
    values = check_array(X)
    start, end = values[added["parent"]], values[added["neighbor"]]
    rebuilt = (start + added["step"][:, None] * (end - start)).astype(values.dtype)
    if isinstance(X, pd.DataFrame):
        # imbalanced-learn gives each column its type back: integers are cut off.
        rebuilt = pd.DataFrame(rebuilt, columns=X.columns).astype(X.dtypes)
    new = check_array(X_resampled)[len(values) :]
    if not np.array_equal(np.asarray(rebuilt), new):
        raise RuntimeError(
            "The synthetic samples do not follow from the recorded parent, neighbor "
            "and step. This version of imbalanced-learn works in another way; "
            "install one of 0.14."
        )


def _explain_random_over(sampler, X, y):
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    # The samples themselves come first, then one index for each new sample.
    kept, parents = np.split(sampler.sample_indices_, [len(y)])
    return X_resampled, y_resampled, kept, {"parent": parents}, {}


def _explain_random_under(sampler, X, y):
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    kept = sampler.sample_indices_
    gone = np.setdiff1d(np.arange(len(y)), kept)
    removed = dict.fromkeys(gone, "not drawn")
    return X_resampled, y_resampled, kept, {"parent": np.empty(0, int)}, removed
