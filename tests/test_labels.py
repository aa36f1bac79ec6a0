"""Every public function takes the same forms of labels, and refuses the same ones."""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE

import imbtutor
from imbtutor import diagnose, explore, make_gaussians, trace

X, y = make_gaussians(60, prevalence=0.2, random_state=0)
y_score = np.linspace(0.05, 0.95, 60)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def callers():
    """Return each function that takes labels, as a function of the labels alone."""
    return {
        "diagnose": lambda labels: diagnose(X, labels).numbers["prevalence"],
        "trace": lambda labels: len(trace(SMOTE(random_state=0), X, labels).added),
        "minority_types": lambda labels: imbtutor.minority_types(X, labels).tolist(),
        "plot_samples": lambda labels: len(
            imbtutor.plot_samples(X, labels).collections
        ),
        "plot_resampling": lambda labels: len(
            imbtutor.plot_resampling(X, labels, X, labels).collections
        ),
        "explore_threshold": lambda labels: bool(
            explore.explore_threshold(labels, y_score)
        ),
        "explore_smote": lambda labels: bool(explore.explore_smote(X, labels)),
    }


@pytest.mark.parametrize("name", callers())
@pytest.mark.parametrize(
    "form",
    [
        lambda y: y[:, None],
        lambda y: pd.DataFrame({"class": y}),
        lambda y: y[:, None].tolist(),
        lambda y: pd.Series(y),
        lambda y: y.astype(float),
        lambda y: np.eye(2, dtype=int)[y],
    ],
)
def test_one_column_or_one_hot_is_as_good_as_a_list(name, form):
    call = callers()[name]
    assert call(form(y)) == call(y)


@pytest.mark.parametrize("name", sorted(set(callers()) - {"trace"}))
@pytest.mark.parametrize("form", [lambda y: np.eye(2)[y].tolist(), pd.get_dummies])
def test_one_hot_labels_may_be_a_list_or_a_frame(name, form):
    """But for `trace`, which hands them to the sampler as they come."""
    call = callers()[name]
    assert call(form(y)) == call(y)


@pytest.mark.parametrize("name", sorted(set(callers()) - {"trace"}))
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.c_[y, y], r"shape \(60, 2\); pass one label for each row, or one-hot"),
        (X, r"shape \(60, 2\); pass one label"),
        (y.reshape(60, 1, 1), r"shape \(60, 1, 1\); pass one label"),
    ],
)
def test_other_shapes_are_refused_with_the_remedy(name, labels, message):
    with pytest.raises(ValueError, match=message):
        callers()[name](labels)


@pytest.mark.parametrize("name", sorted(set(callers()) - {"trace"}))
@pytest.mark.parametrize("labels", [[0, None, 1] * 20, [0, "a", 1] * 20])
def test_mixed_and_missing_labels_are_named(name, labels):
    with pytest.raises((TypeError, ValueError), match="^y(_true)? holds "):
        callers()[name](labels)


def test_the_list_of_functions_grows_with_the_package():
    """Every function of the package itself that takes y is called here."""
    takers = {
        name
        for name in imbtutor.__all__
        if "y" in inspect.signature(getattr(imbtutor, name)).parameters
    }
    # Types come from `minority_types`, which has looked at y.
    assert takers - {"plot_minority_types"} <= set(callers())
