"""Measure `minority_types` on a large table: a million rows of 50 columns.

    .venv/bin/python benchmarks/minority_types.py

It asks for the types of 500 and of 1,000 rows: what a row more costs follows from the
difference, and so what 10,000 would take. Seconds are those of the processor, so that
other programs matter less. Nothing is asserted: machines differ.
"""

import time

import numpy as np

from imbtutor import minority_types

N_SAMPLES, N_FEATURES, N_POSITIVE = 1_000_000, 50, 10_000


def main():
    """Print what 500 and 1,000 rows took, and what all of them would."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N_SAMPLES, N_FEATURES))
    y = np.zeros(N_SAMPLES, dtype=int)
    y[rng.choice(N_SAMPLES, N_POSITIVE, replace=False)] = 1
    took = {}
    for n_rows in (500, 1000):
        rows = rng.choice(np.flatnonzero(y), n_rows, replace=False)
        start = time.process_time()
        minority_types(X, y, rows=rows)
        took[n_rows] = time.process_time() - start
        print(f"{n_rows:6,} rows: {took[n_rows]:.1f} s")
    each = (took[1000] - took[500]) / 500
    print(f"{N_POSITIVE:6,} rows: about {took[500] + (N_POSITIVE - 500) * each:.0f} s")


if __name__ == "__main__":
    main()
