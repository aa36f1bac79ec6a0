"""The benchmark on a cluster: the same numbers, with a worker that dies on the way."""

import os
import signal
import sys
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from distributed import Client, LocalCluster
from joblib import Parallel, delayed, parallel_config

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
# The digits come with scikit-learn, and both samplers leave few rows to fit.
TASKS = list(product(["digits"], [0], range(2), ["RandomUnderSampler", "NearMiss 1"]))


@pytest.fixture(scope="module")
def unit():
    """The unit of work; its module is found by its name, as in the chapter."""
    sys.path.append(str(BENCHMARKS))
    try:
        from resampling import unit

        yield unit
    finally:
        sys.path.remove(str(BENCHMARKS))


def as_table(results):
    """All rows, but for the seconds, which no two runs share."""
    return pd.DataFrame(sum(results, [])).drop(columns="seconds")


def test_a_cluster_that_loses_a_worker_gives_the_serial_table(unit):
    serial = as_table([unit(*task) for task in TASKS])
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs="CRITICAL",  # it would report the death
        ) as cluster,
        Client(cluster) as client,
    ):
        client.upload_file(str(BENCHMARKS / "resampling.py"))
        before = set(client.run(os.getpid).values())
        assert len(before) == 2
        with parallel_config(backend="dask"):
            run = Parallel(return_as="generator")(delayed(unit)(*t) for t in TASKS)
            results = [next(run)]
            # Three units are left, and both workers have one or will get one.
            os.kill(min(before), signal.SIGKILL)
            results += run
        after = set(client.run(os.getpid).values())
    assert min(before) not in after and max(before) in after
    pd.testing.assert_frame_equal(as_table(results), serial, check_exact=True)
    assert len(serial) == 6 * len(TASKS)
