"""Measure what is gained where a sampler runs once for all learners.

    .venv/bin/python benchmarks/shared_resampling.py

For some samplers, on one training part of the wines: the naive loop, in which the
pipeline of each learner resamples for itself, beside `scores` of `resampling.py`, which
resamples once. `tests/test_resampling.py` shows that both give the same probabilities.
Seconds are those of the processor; the two take turns, three times, and the least
counts.
"""

import os
import sys
import time
import warnings

# One thread: processor seconds are then seconds.
os.environ["OMP_NUM_THREADS"] = "1"

import pandas as pd
import resampling
from imblearn.pipeline import make_pipeline
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

NAMES = ["SMOTE", "SVMSMOTE", "SMOTEENN", "AllKNN", "InstanceHardnessThreshold"]
# Its own limit is 1,600 rows: here it shows where the gain is largest.
NAMES += ["CondensedNearestNeighbour"]


def naive(X_fit, y_fit, X_new, remedy, seed):
    """Return what `resampling.scores` returns, each learner in its own pipeline."""
    y_score = {}
    for name, learner in resampling.LEARNERS.items():
        model = make_pipeline(
            StandardScaler(),
            resampling.seeded(resampling.SAMPLERS[remedy], seed),
            resampling.seeded(learner, seed),
        ).fit(X_fit, y_fit)
        y_score[name] = model.predict_proba(X_new)[:, 1]
    return y_score


def seconds(function, *args):
    """Return the processor's seconds of one call."""
    start = time.process_time()
    function(*args)
    return time.process_time() - start


def main():
    """Print one row for each sampler."""
    X, y, _ = resampling.load("wine")
    train, test = resampling.folds("wine", 0)[0]
    rows = []
    for remedy in NAMES:
        rows_fit = train[:1600] if remedy in resampling.MOST_ROWS_OF else train
        args = X[rows_fit], y[rows_fit], X[test], remedy, 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            turns = [
                (seconds(naive, *args), seconds(resampling.scores, *args))
                for _ in range(3)
            ]
        one, other = map(min, zip(*turns, strict=True))
        rows.append((remedy, len(rows_fit), one, other, one / other))
        print(*rows[-1], flush=True)
    columns = ["sampler", "rows", "naive, s", "shared, s", "naive / shared"]
    print(pd.DataFrame(rows, columns=columns).round(2).to_string(index=False))


if __name__ == "__main__":
    sys.exit(main())
