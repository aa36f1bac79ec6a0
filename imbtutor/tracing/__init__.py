"""What a sampler did: where each new sample comes from, why another one went."""

from functools import cache

import numpy as np
from sklearn.base import clone
from sklearn.utils import Bunch

from imbtutor._checks import check_unique_columns


def trace(sampler, X, y):
    """Run a sampler and explain the very output that it returns.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        An oversampler (`RandomOverSampler`, `SMOTE`, `BorderlineSMOTE`, `SVMSMOTE`,
        `KMeansSMOTE`, `ADASYN`, `SMOTENC`, `SMOTEN`), an undersampler (all of
        `imblearn.under_sampling`), `SMOTEENN` or `SMOTETomek`, with any parameters.
        It is cloned and stays as it was; without a fixed ``random_state`` each call
        explains another output.
    X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
        The samples before, in any form that the sampler takes. A sparse matrix is
        copied to a dense one for the check.
    y : array-like of shape (n_samples,), (n_samples, 1) or (n_samples, n_classes)
        Their labels, or one-hot labels.

    Returns
    -------
    sklearn.utils.Bunch
        With these fields, where every row and column number counts from 0:

        - ``X_resampled``, ``y_resampled``: what ``fit_resample`` returned.
        - ``sampler``: the fitted clone.
        - ``origin`` : ndarray of shape (n_samples_new,). For each row of the output
          the row of X that it is, or -1 for one that was made. A row that was drawn
          twice is there twice; a copy that `RandomOverSampler` adds is made.
        - ``kept``: ``origin`` without its -1.
        - ``added`` : DataFrame, one row for each made sample, indexed by its row in
          ``X_resampled``. See Notes for its columns.
        - ``removed`` : DataFrame, one row for each sample of X that is not in the
          output, indexed by its row in X. The column ``rule`` says in words what
          removed it, and ``by`` is a list of the rows that caused it.
        - ``stayed`` : DataFrame of the same form: why samples stayed, where the
          sampler has a reason for it.
        - ``discarded`` : DataFrame of samples that a combined sampler made and
          removed again.

    Raises
    ------
    TypeError
        If the sampler is not one of those above; a subclass is none.
    ValueError
        If two columns of a DataFrame have the same name.
    RuntimeError
        If the explanation does not rebuild the whole output, as another version of
        imbalanced-learn might cause.
    Exception
        Whatever ``fit_resample`` raises.

    Notes
    -----
    The samplers forget their draws and decisions. We listen to the methods of the
    clone, and to the neighbors that it asks, while it runs; what it computes stays as
    it is, and nothing is drawn again. Then the account is checked against the
    output: each row is an original or made, each row of X is in the output or
    removed, and each made row follows from its line in ``added``.

    Columns of ``added``:

    - ``parent, neighbor, step`` wherever the sampler interpolates: the sample is
      ``X[parent] + step * (X[neighbor] - X[parent])``, cut toward zero in columns of
      integers. Steps are negative where `SVMSMOTE` extrapolates, and below one half
      where borderline-2 goes toward a neighbor of another class.
    - ``group`` (*danger* or *safe*) and ``foreign``, the number of the parent's
      ``m_neighbors`` in another class: `BorderlineSMOTE`, `SVMSMOTE`. The parents of
      the latter are support vectors.
    - ``cluster`` of parent and neighbor, and ``weight``, the share of new samples
      that it gets: `KMeansSMOTE`.
    - ``difficulty``: the share of the parent's neighbors in another class, to which
      its number of new samples is proportional: `ADASYN`.
    - ``neighbors``: the rows that voted for the categories, and ``voters``, for each
      categorical column those that have the category that won: `SMOTENC`, `SMOTEN`.
      Among equals `SMOTENC` draws. Where its votes weigh nothing (the numbers are
      integers of little spread, say) it draws among all categories; one that no
      neighbor has leaves the list of voters empty.
    - ``noise`` of the smoothed bootstrap, by column of X, to be added to the parent:
      `RandomOverSampler` with ``shrinkage``.
    - ``members, cluster, drift``: the rows that a center stands for, and the distance
      of the center from their mean (0 but for rounding, unless k-means stopped before
      it converged; missing without members): `ClusterCentroids`.
    - ``made``: the number of the sample between the two steps of `SMOTEENN` and
      `SMOTETomek`. There the rows of X keep their numbers and the made ones follow,
      so that ``by`` can name both. It is the index of ``discarded``, too.

    Columns of ``removed`` and ``stayed`` beside ``rule`` and ``by``:

    - `NearMiss`: the mean ``distance`` to the rows in ``by``, and its ``rank`` in the
      order in which samples are taken. Both are missing for a sample that no minority
      row has among its nearest (version 3).
    - `EditedNearestNeighbours` and what is made of it: ``votes``, the number of
      neighbors in ``by``, of ``k``; the ``round`` where there are several.
    - `TomekLinks`: ``by`` is the other end of the link.
    - `NeighbourhoodCleaningRule`: ``by`` are the neighbors that outvoted it, the
      misclassified minority rows near it, or both.
    - `CondensedNearestNeighbour`: ``by`` are the rows of the store that voted when
      its turn came, ``entry`` is the number of rows that had entered until then (for
      one that enters, with itself), ``final`` whether the finished store calls it
      rightly.
    - `OneSidedSelection`: ``round`` 1 is the store, 2 the links.
    - `InstanceHardnessThreshold`: ``probability``, the ``threshold`` of its class and
      ``of_class``: whose probability it was. The sampler takes a label for the number
      of a column, so that this is its own class only for labels 0, 1, ...
    - `ClusterCentroids`: ``into``, the output row that stands for it.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> from imblearn.under_sampling import TomekLinks
    >>> from imbtutor.datasets import make_gaussians
    >>> from imbtutor import trace
    >>> X, y = make_gaussians(60, prevalence=0.2, random_state=0)
    >>> result = trace(SMOTE(random_state=0), X, y)
    >>> result.added.columns.tolist()
    ['parent', 'neighbor', 'step']
    >>> len(result.X_resampled) == len(result.kept) + len(result.added) == 96
    True
    >>> trace(TomekLinks(), X, y).removed
                    rule    by
    row
    3    in a Tomek link  [47]
    12   in a Tomek link  [43]
    22   in a Tomek link   [4]
    26   in a Tomek link  [56]
    59   in a Tomek link  [34]
    """
    # Imported here: imbalanced-learn would take most of the time of an import.
    from imbtutor.tracing.recording import explainer, followed

    _enter_explainers()
    explainer(sampler)
    check_unique_columns(X)  # the samplers take columns by name
    if np.shape(y)[1:] == (1,):
        y = np.ravel(y)
    sampler = clone(sampler)
    with followed(sampler, []) as accounts:
        X_resampled, y_resampled = sampler.fit_resample(X, y)
    [account] = accounts
    origin = account.pop("origin")
    return Bunch(
        X_resampled=X_resampled,
        y_resampled=y_resampled,
        sampler=sampler,
        origin=origin,
        kept=origin[origin >= 0],
        **{name: table.frame() for name, table in account.items()},
    )


@cache
def _enter_explainers():
    # Each of them enters the samplers that it knows.
    import imbtutor.tracing.cleaning
    import imbtutor.tracing.combining
    import imbtutor.tracing.making  # noqa: F401
