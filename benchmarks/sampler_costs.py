"""Measure what every sampler costs as the table grows, for the sampler sheet.

    .venv/bin/python benchmarks/sampler_costs.py          # measures what is missing
    .venv/bin/python benchmarks/sampler_costs.py --again  # measures all

It writes `sampler_costs.csv` beside itself after every run, which
`book/sampler_sheet.ipynb` and `notebooks/64_scaling_out.ipynb` read; all of it takes
about three quarters of an hour on one core. Each run has a process of its own. Seconds
are those of the processor, which a busy machine stretches less than the clock's, the
least of three runs where a run takes under 5 s. Megabytes are what the process grew by
at its peak, beyond the table itself.
"""

import multiprocessing
import os
import platform
import resource
import sys
import time
from pathlib import Path

# One thread: processor seconds are then seconds.
os.environ["OMP_NUM_THREADS"] = "1"

import imblearn
import numpy as np
import pandas as pd
import sklearn
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from imblearn.under_sampling import (
    AllKNN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomUnderSampler,
    RepeatedEditedNearestNeighbours,
    TomekLinks,
)
from sklearn.ensemble import RandomForestClassifier

from imbtutor import make_gaussians

# The same as in the sheet; a check there compares them.
SAMPLERS = [
    RandomOverSampler(),
    RandomOverSampler(shrinkage=1),
    SMOTE(),
    BorderlineSMOTE(),
    BorderlineSMOTE(kind="borderline-2"),
    SVMSMOTE(),
    ADASYN(),
    KMeansSMOTE(cluster_balance_threshold=0.01),
    SMOTENC(categorical_features=[0]),
    SMOTEN(),
    RandomUnderSampler(),
    NearMiss(),
    NearMiss(version=2),
    NearMiss(version=3),
    InstanceHardnessThreshold(
        estimator=RandomForestClassifier(n_estimators=10, random_state=0)
    ),
    ClusterCentroids(),
    CondensedNearestNeighbour(),
    OneSidedSelection(),
    TomekLinks(),
    EditedNearestNeighbours(),
    EditedNearestNeighbours(kind_sel="mode"),
    RepeatedEditedNearestNeighbours(),
    AllKNN(),
    NeighbourhoodCleaningRule(),
    SMOTEENN(),
    SMOTETomek(),
]
SIZES = [1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000]
SECONDS, GIGABYTES = 100, 8
"""Where a run is stopped, and the larger sizes are left out."""
FILE = Path(__file__).resolve().with_name("sampler_costs.csv")
COLUMNS = ["sampler", "n_samples", "seconds", "megabytes", "note", "versions"]


def table(n_samples):
    """Ten columns, 5 % positives, two overlapping clouds; the first is a code."""
    X, y = make_gaussians(
        n_samples, prevalence=0.05, separation=1.5, n_features=10, random_state=0
    )
    X[:, 0] = np.digitize(X[:, 0], [-0.5, 0.5])
    return X, y


def run(sampler, n_samples, pipe):
    """Send the seconds and the megabytes of one run, or why there are none."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 10, SECONDS + 10))
    limit = GIGABYTES * 2**30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    X, y = table(n_samples)
    if isinstance(sampler, SMOTEN):
        X = X.round()  # categories, a few in each column
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        sampler.fit_resample(X, y)
    except MemoryError:
        pipe.send((np.nan, np.nan, f"over {GIGABYTES} GB"))
        return
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1e6 if platform.system() == "Darwin" else 1e3
    pipe.send((seconds, (peak - before) / unit, ""))


def measure(sampler, n_samples):
    """Run `sampler` in a process of its own: seconds, megabytes and a note."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=run, args=(sampler, n_samples, theirs))
    process.start()
    theirs.close()
    try:
        result = ours.recv()
    except EOFError:
        result = np.nan, np.nan, f"over {SECONDS} s"
    process.join()
    if result[0] > SECONDS:
        return np.nan, np.nan, f"over {SECONDS} s"
    return result


def forecast(runs, cost, n_samples):
    """Seconds or megabytes, on the line through the last three runs, log-log."""
    last = np.log(runs[["n_samples", cost]][-3:].to_numpy(float))
    slope, start = np.polyfit(*last.T, 1)
    return np.exp(start + slope * np.log(n_samples))


def cost(sampler, runs, n_samples):
    """Seconds, megabytes and a note of `sampler`, whose smaller `runs` are known."""
    if len(runs) > 2:
        # Such forecasts are mostly too low (chapter 64), so this run would be stopped.
        if forecast(runs, "seconds", n_samples) > SECONDS:
            return np.nan, np.nan, f"forecast over {SECONDS} s"
        if forecast(runs, "megabytes", n_samples) > 1000 * GIGABYTES:
            return np.nan, np.nan, f"forecast over {GIGABYTES} GB"
    results = [measure(sampler, n_samples)]
    if results[0][0] < 5:
        results += [measure(sampler, n_samples) for _ in range(2)]
    return min(results)


def main(again):
    """Measure what the table lacks, or all `again`, and write it after each run."""
    known = pd.DataFrame(columns=COLUMNS) if again else pd.read_csv(FILE)
    versions = (
        f"imbalanced-learn {imblearn.__version__}, "
        f"scikit-learn {sklearn.__version__}, {platform.machine()}"
    )
    order = [" ".join(str(each).split()) for each in SAMPLERS]
    for place, n_samples in enumerate(SIZES):
        for sampler, call in zip(SAMPLERS, order, strict=True):
            runs = known[known["sampler"] == call]
            # It has this size already, or has been stopped before.
            if len(runs) != place or runs["note"].notna().any():
                continue
            seconds, megabytes, note = cost(sampler, runs, n_samples)
            row = call, n_samples, seconds, megabytes, note or None, versions
            print(*row, flush=True)
            known.loc[len(known)] = row
            known = known.sort_values(
                ["sampler", "n_samples"],
                key=lambda column: (
                    column.map(order.index) if column.name == "sampler" else column
                ),
                ignore_index=True,
            )
            known.to_csv(FILE, index=False, float_format="%.4g")


if __name__ == "__main__":
    main(again="--again" in sys.argv)
