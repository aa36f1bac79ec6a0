"""The toy data are what their docstrings say."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from imbtutor import make_gaussians, make_scores

# Standard error of an AUC with 5,000 positives and as many negatives or more is below
# 0.006 (Hanley and McNeil 1982); the bound is about four of them.
AUC_BOUND = 0.02


@pytest.mark.parametrize("separation", [0, 1, 2.5])
def test_gaussians_have_the_stated_difficulty(separation):
    X, y = make_gaussians(
        20_000, prevalence=0.25, separation=separation, n_features=3, random_state=0
    )
    expected = norm.cdf(separation / np.sqrt(2))
    assert roc_auc_score(y, X[:, 0]) == pytest.approx(expected, abs=AUC_BOUND)
    for noise in (1, 2):
        assert roc_auc_score(y, X[:, noise]) == pytest.approx(0.5, abs=AUC_BOUND)
    # Five standard errors of a mean and of a standard deviation at n = 5,000.
    assert X[y == 1].mean(axis=0) == pytest.approx([separation, 0, 0], abs=0.07)
    assert X[y == 1].std(axis=0) == pytest.approx([1, 1, 1], abs=0.05)


@pytest.mark.parametrize("separation", [0, 1.5, 3])
def test_scores_have_the_stated_difficulty(separation):
    y_true, y_score = make_scores(
        20_000, prevalence=0.25, separation=separation, random_state=0
    )
    expected = norm.cdf(separation / np.sqrt(2))
    assert roc_auc_score(y_true, y_score) == pytest.approx(expected, abs=AUC_BOUND)
    assert 0 < y_score.min() and y_score.max() < 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"separation": -1}, ValueError, "separation=-1 .*at least 0"),
        ({"separation": None}, TypeError, "separation=None"),
        ({"n_features": 0}, ValueError, "n_features=0"),
        ({"n_features": 2.0}, TypeError, "n_features=2.0"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        make_gaussians(**arguments)
