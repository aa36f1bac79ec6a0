"""Measure how long a diagnosis takes, by the shape of the table.

    .venv/bin/python benchmarks/diagnosis.py

Nothing here is asserted: a busy machine would fail, a fast one would hide a fault.
"""

import time

import numpy as np

from imbtutor import diagnose

SHAPES = ((60, 4_000), (60, 40_000), (20_000, 20), (200_000, 20))


def main():
    rng = np.random.default_rng(0)
    print(f"{'rows':>8} {'columns':>8}   seconds: numbers, counts")
    for n_samples, n_features in SHAPES:
        y = np.arange(n_samples) < n_samples // 10
        numbers = rng.standard_normal((n_samples, n_features))
        counts = rng.poisson(rng.lognormal(2, 2, n_features), (n_samples, n_features))
        seconds = []
        for X in (numbers, counts):
            start = time.perf_counter()
            diagnose(X, y)
            seconds.append(time.perf_counter() - start)
        print(f"{n_samples:>8,} {n_features:>8,}   {seconds[0]:.1f}, {seconds[1]:.1f}")


if __name__ == "__main__":
    main()
