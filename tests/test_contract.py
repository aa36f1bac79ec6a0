"""What every make_* and every plot_* promises (numpydoc says it; this holds it)."""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler

import imbtutor
from imbtutor import (
    make_bridge,
    make_gaussians,
    make_islands,
    make_mixed,
    make_outliers,
    make_scores,
    make_tickets,
    make_transactions,
    minority_types,
    plot_cv_scores,
    plot_links,
    plot_minority_types,
    plot_resampling,
    plot_samples,
    trace,
)

X, y = make_gaussians(60, prevalence=0.2, random_state=0)

MAKERS = {
    "make_bridge": make_bridge,
    "make_gaussians": make_gaussians,
    "make_islands": make_islands,
    "make_mixed": make_mixed,
    "make_outliers": make_outliers,
    "make_scores": make_scores,
    "make_tickets": make_tickets,
    "make_transactions": make_transactions,
}
# Columns that have gaps on purpose; all others are complete.
GAPS = {"make_tickets": ["wait_hours", "contract_value"]}
# For each plot: its data, and a keyword of the main artist.
PLOTS = {
    "plot_samples": (plot_samples, (X, y), {"alpha": 0.5}),
    "plot_resampling": (plot_resampling, (X, y, X[5:], y[5:]), {"alpha": 0.5}),
    "plot_links": (
        plot_links,
        (X, np.array([0, 1]), np.array([2, 3])),
        {"linestyle": ":"},
    ),
    "plot_minority_types": (
        plot_minority_types,
        (X, y, minority_types(X, y)),
        {"alpha": 0.5},
    ),
    "plot_cv_scores": (
        plot_cv_scores,
        ({"none": np.array([0.5, 0.6]), "SMOTE": np.array([0.6, 0.5])},),
        {"linestyle": ":"},
    ),
}


def test_every_public_name_is_here():
    """A new function cannot escape the contract."""
    public = set(imbtutor.__all__)
    assert {name for name in public if name.startswith("make_")} == set(MAKERS)
    assert {name for name in public if name.startswith("plot_")} == set(PLOTS)
    for name in public:
        assert inspect.getdoc(getattr(imbtutor, name)), name


def parts(maker, **kwargs):
    """Return y last, whatever the order in which the function returns it."""
    first, second = maker(**kwargs)
    return (second, first) if maker is make_scores else (first, second)


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
@settings(max_examples=40, deadline=None)
@given(
    n_samples=st.integers(20, 400),
    prevalence=st.floats(0.05, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_makers_keep_their_promise(maker, n_samples, prevalence, seed):
    arguments = {"n_samples": n_samples, "prevalence": prevalence}
    X, y = parts(maker, random_state=seed, **arguments)
    assert len(X) == len(y) == n_samples
    whole = X.drop(columns=GAPS[maker.__name__]) if maker.__name__ in GAPS else X
    numbers = whole.select_dtypes("number") if isinstance(X, pd.DataFrame) else X
    assert np.isfinite(np.asarray(numbers)).all()
    assert not pd.isna(whole).any(axis=None)  # of categories, too
    assert y.sum() == round(n_samples * prevalence)
    assert set(np.unique(y)) == {0, 1}
    # Half of an odd number is rounded to the even side: one positive more.
    assert (y == 1).sum() <= (y == 0).sum() + n_samples % 2
    again = parts(maker, random_state=np.random.RandomState(seed), **arguments)
    # `equals` takes two gaps in one place as equal.
    assert pd.DataFrame(X).equals(pd.DataFrame(again[0]))
    assert np.array_equal(y, again[1])


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_makers_differ_by_seed_and_shuffle(maker):
    one, y_one = parts(maker, random_state=1)
    two, y_two = parts(maker, random_state=2)
    assert not np.array_equal(one, two)
    # Sorted labels would leak into any split without shuffling.
    assert not np.array_equal(y_one, np.sort(y_one))
    assert not np.array_equal(y_one, y_two)


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_samples": 10.5}, TypeError, "n_samples=10.5"),
        ({"n_samples": True}, TypeError, "n_samples=True"),
        ({"n_samples": 1}, ValueError, "n_samples=1 .*at least 2"),
        ({"prevalence": "rare"}, TypeError, "prevalence='rare'"),
        ({"prevalence": 0}, ValueError, "prevalence=0 .*above 0 and at most 0.5"),
        ({"prevalence": 0.7}, ValueError, "prevalence=0.7"),
        ({"prevalence": float("nan")}, ValueError, "prevalence=nan"),
        ({"n_samples": 100, "prevalence": 0.001}, ValueError, "at least 50. samples"),
        ({"prevalence": 1e-320}, ValueError, "n_samples=1000.*; use a prev.* 0.001.$"),
        ({"prevalence": np.float64(1e-320)}, ValueError, "use a prevalence of at le"),
        ({"n_samples": 10**20}, ValueError, "n_samples=1.*an integer of 64 bits"),
        ({"random_state": "seed"}, TypeError, "random_state='seed' is no seed; pass"),
        ({"random_state": 1.5}, TypeError, "random_state=1.5 is no seed; pass"),
        ({"random_state": True}, TypeError, "random_state=True is no seed; pass"),
        ({"random_state": np.random.default_rng(0)}, TypeError, "random_state=Gener"),
        ({"random_state": -1}, ValueError, "random_state=-1 .*from 0 to 4294967295"),
        ({"random_state": 2**32}, ValueError, "random_state=4294967296 .*from 0 to"),
    ],
)
def test_makers_refuse_bad_input(maker, arguments, error, message):
    with pytest.raises(error, match=message):
        maker(**arguments)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 10**400])
def test_makers_refuse_numbers_that_are_not_finite(value):
    numbers = [
        (maker, name)
        for maker in MAKERS.values()
        for name in ("separation", "outliers", "prevalence")
        if name in inspect.signature(maker).parameters
    ]
    assert len(numbers) == len(MAKERS) + 5  # four have a separation, one has outliers
    for maker, name in numbers:
        with pytest.raises(ValueError, match=f"{name}=.*is out of range; pass a "):
            maker(**{name: value})


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(("plot", "data", "kwargs"), PLOTS.values(), ids=PLOTS)
def test_plots_keep_their_promise(plot, data, kwargs):
    copies = [
        {k: v.copy() for k, v in each.items()}
        if isinstance(each, dict)
        else each.copy()
        for each in data
    ]
    before = plt.rcParams.copy()
    _, ax = plt.subplots()
    ax.set(xlabel="mine", ylabel="mine too", title="and mine")
    assert plot(*data, ax=ax) is ax
    assert ax.get_title() == "and mine"
    assert {ax.get_xlabel(), ax.get_ylabel()} == {"mine", "mine too"}
    assert len(plt.get_fignums()) == 1
    new = plot(*data, **kwargs)
    assert new is not ax and len(plt.get_fignums()) == 2
    assert new.get_title() == ""
    assert plt.rcParams == before
    for mine, theirs in zip(data, copies, strict=True):
        pairs = (
            [(mine[k], theirs[k]) for k in mine]
            if isinstance(mine, dict)
            else [(mine, theirs)]
        )
        assert all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("plot", [plot_samples, plot_resampling])
@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((4, 3)), [0, 0, 1, 1], "X has 3 columns.*needs 2"),
        ([[0, 1], [1, np.nan]], [0, 1], "NaN.* row 1, column 1;.*SimpleImputer"),
        ([[0, np.inf], [1, 1]], [0, 1], "infinity in row 0, column 1;.*division"),
        ([[0, 10**400], [1, 1]], [0, 1], "X holds an integer beyond.*logarithm"),
        ([[0, 1], [1, 1]], [0, 1, 1], "y has 3 labels for 2 samples"),
        ([[0, 1], [1, 1]], ["a", "b"], "0 for the majority"),
        ([[0, 1], [1, 1]], [1, 2], "0 for the majority"),
        ([["a", "b"]], [1], "X holds text: could not convert.*OneHotEncoder"),
    ],
)
def test_plots_of_points_refuse_bad_input(plot, X, y, message):
    more = (X, y) if plot is plot_resampling else ()
    with pytest.raises(ValueError, match=message):
        plot(X, y, *more)


def test_missing_values_are_named_by_row_and_column():
    frame = pd.DataFrame({"amount": [1, 2.5], "age": pd.array([pd.NA, 3], "Int64")})
    for use in [plot_samples, minority_types]:
        with pytest.raises(ValueError, match="NaN.* row 0, column 'age';.*Leave out"):
            use(frame, [0, 1])
    with pytest.raises(ValueError, match="NaN"):
        plot_links(frame, [0], [1])


def test_columns_may_have_the_same_name():
    frame = pd.DataFrame(X, columns=["a", "a"])
    assert minority_types(frame, y).tolist() == minority_types(X, y).tolist()
    for plot in [plot_samples, plot_minority_types, plot_resampling, plot_links]:
        plot(frame, *PLOTS[plot.__name__][1][1:])


def test_a_sampler_takes_columns_by_name():
    frame = pd.DataFrame(X, columns=["a", "a"])
    with pytest.raises(ValueError, match=r"same name: \['a'\]; give each its own"):
        trace(RandomOverSampler(random_state=0), frame, y)
