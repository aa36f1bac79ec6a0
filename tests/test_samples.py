"""Pictures of samples show the right points in the right role."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from matplotlib.colors import to_hex

from imbtutor import make_gaussians, plot_resampling, plot_samples
from imbtutor.roles import COLORS


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def drawn(ax):
    """Return the points of each role, by color."""
    roles = {color.lower(): role for role, color in COLORS.items()}
    return {
        roles[to_hex(each.get_facecolor()[0])]: np.asarray(each.get_offsets())
        for each in ax.collections
    }


def test_samples_are_drawn_by_class():
    X, y = make_gaussians(50, random_state=0)
    points = drawn(plot_samples(X, y))
    assert np.array_equal(points["minority"], X[y == 1])
    assert np.array_equal(points["majority"], X[y == 0])


@pytest.mark.parametrize(
    "sampler",
    [SMOTE(random_state=0), RandomUnderSampler(random_state=0)],
    ids=["SMOTE", "RandomUnderSampler"],
)
def test_resampling_tells_added_and_removed_apart(sampler):
    X, y = make_gaussians(80, prevalence=0.2, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    points = drawn(plot_resampling(X, y, X_new, y_new))
    if len(y_new) > len(y):
        assert np.array_equal(points["added"], X_new[len(X) :])
        assert "removed" not in points
    else:
        gone = np.setdiff1d(np.arange(len(X)), sampler.sample_indices_)
        assert np.array_equal(points["removed"], X[gone])
        assert "added" not in points
    assert np.array_equal(points["minority"], X[y == 1])


def test_copies_count_as_added():
    X, y = make_gaussians(80, prevalence=0.2, random_state=0)
    X_new, y_new = RandomOverSampler(random_state=0).fit_resample(X, y)
    points = drawn(plot_resampling(X, y, X_new, y_new))
    assert len(points["added"]) == len(X_new) - len(X)
    assert len(points["minority"]) == y.sum()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_counts_of_roles_add_up(data):
    """Kept, removed and added account for every row, repeated rows included."""
    n = data.draw(st.integers(2, 15))
    # Few distinct values, so that equal rows are common.
    values = st.lists(st.integers(0, 2), min_size=2 * n, max_size=2 * n)
    X = np.array(data.draw(values), dtype=float).reshape(n, 2)
    y = np.r_[0, 1, data.draw(st.lists(st.integers(0, 1), min_size=n - 2, max_size=n))]
    y = y[:n]
    rows = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=2 * n))
    points = drawn(plot_resampling(X, y, X[rows], y[rows]))
    count = {role: len(points.get(role, [])) for role in COLORS}
    kept = count["majority"] + count["minority"]
    assert kept + count["removed"] == n
    assert kept + count["added"] == len(rows)
    plt.close("all")
