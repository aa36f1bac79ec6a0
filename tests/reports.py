"""What the tests of `diagnose` share: reading a report, and a table without a fault."""

import numpy as np
import pandas as pd


def finding(report, subject):
    """Return the finding on a subject, or None."""
    found = [each for each in report.findings if each.subject == subject]
    assert len(found) < 2
    return found[0] if found else None


def level(report, subject):
    found = finding(report, subject)
    return found and found.level


def table(n_samples=400, n_positives=100, seed=0):
    """Return a table without a fault, and its labels: 100 positives of 400."""
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], [n_samples - n_positives, n_positives])
    X = rng.standard_normal((n_samples, 3)) + 0.5 * y[:, None]
    return pd.DataFrame(X, columns=["a", "b", "c"]), y
