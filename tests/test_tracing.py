"""The explanation of a sampler rebuilds what that sampler returned."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import (
    SMOTE,
    SMOTENC,
    BorderlineSMOTE,
    RandomOverSampler,
)
from imblearn.under_sampling import RandomUnderSampler
from sklearn.neighbors import NearestNeighbors

from imbtutor.tracing import trace

# Counts that a sampler can reach from 12 of 40 for each way to ask.
STRATEGIES = ["auto", "minority", 0.5, 1.0, {1: 12}, {1: 20, 0: 28}, lambda y: {1: 17}]


@st.composite
def samples(draw):
    """28 majority and 12 minority samples: real, integer or repeated values."""
    rng = np.random.RandomState(draw(st.integers(0, 2**32 - 1)))
    X = rng.normal(size=(40, draw(st.integers(1, 5))))
    kind = draw(st.sampled_from(["float64", "float32", "int64", "repeated"]))
    if kind == "repeated":
        X = np.round(X)  # many equal rows: a sample can be its own neighbor
    elif kind == "int64":
        X = np.round(10 * X).astype(int)
    else:
        X = X.astype(kind)
    y = np.zeros(40, dtype=int)
    y[rng.choice(40, 12, replace=False)] = 1
    return X, y


def replay(result, X):
    """Compute the output from the explanation alone."""
    added = result.added
    start = X[added["parent"]]
    if "step" in added:
        way = X[added["neighbor"]] - start
        new = (start + added["step"].to_numpy()[:, None] * way).astype(X.dtype)
    else:
        new = start
    return np.vstack([X[result.kept], new])


@settings(max_examples=100, deadline=None)
@given(
    data=samples(),
    k_neighbors=st.integers(1, 11),
    strategy=st.sampled_from(STRATEGIES),
    seed=st.integers(0, 2**32 - 1),
)
def test_smote_is_rebuilt_to_the_last_digit(data, k_neighbors, strategy, seed):
    X, y = data
    sampler = SMOTE(
        sampling_strategy=strategy, k_neighbors=k_neighbors, random_state=seed
    )
    result = trace(sampler, X, y)
    X_expected, y_expected = sampler.fit_resample(X, y)
    assert result.X_resampled.dtype == X_expected.dtype
    assert np.array_equal(result.X_resampled, X_expected)
    assert np.array_equal(result.y_resampled, y_expected)
    assert np.array_equal(replay(result, X), X_expected)
    assert list(result.added.index) == list(range(40, len(X_expected)))
    assert len(result.removed) == 0

    added = result.added
    assert (y[added["parent"]] == 1).all() and (y[added["neighbor"]] == 1).all()
    assert ((added["step"] >= 0) & (added["step"] < 1)).all()
    # Among the k nearest: no farther than the k-th other minority sample.
    minority = X[y == 1]
    nearest = NearestNeighbors(n_neighbors=k_neighbors + 1).fit(minority)
    reach = nearest.kneighbors(X[added["parent"]])[0][:, -1] if len(added) else 0
    far = np.linalg.norm(
        (X[added["parent"]] - X[added["neighbor"]]).astype(float), axis=1
    )
    # scikit-learn's distances of float32 rows are good to about six digits.
    assert (far <= reach * (1 + 1e-5) + 1e-5).all()


@settings(max_examples=30, deadline=None)
@given(data=samples(), k_neighbors=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_smote_of_many_classes_with_names(data, k_neighbors, seed):
    X, y = data
    names = np.array(["common", "rare"], dtype=object)[y]
    names[np.flatnonzero(y == 0)[:7]] = "middle"
    sampler = SMOTE(k_neighbors=k_neighbors, random_state=seed)
    result = trace(sampler, X, names)
    assert np.array_equal(replay(result, X), sampler.fit_resample(X, names)[0])
    of_new = result.y_resampled[result.added.index]
    assert (names[result.added["parent"]] == of_new).all()
    assert (names[result.added["neighbor"]] == of_new).all()
    assert set(of_new) == {"middle", "rare"}


@settings(max_examples=30, deadline=None)
@given(
    data=samples(),
    strategy=st.sampled_from(STRATEGIES),
    seed=st.integers(0, 2**32 - 1),
)
def test_random_over_sampling_is_rebuilt(data, strategy, seed):
    X, y = data
    sampler = RandomOverSampler(sampling_strategy=strategy, random_state=seed)
    result = trace(sampler, X, y)
    X_expected, y_expected = sampler.fit_resample(X, y)
    assert np.array_equal(replay(result, X), X_expected)
    assert np.array_equal(y[np.r_[result.kept, result.added["parent"]]], y_expected)
    assert list(result.added.columns) == ["parent"] and len(result.removed) == 0


@settings(max_examples=30, deadline=None)
@given(
    data=samples(),
    strategy=st.sampled_from(["auto", "not minority", 0.5, 1.0, {0: 12}, {0: 28}]),
    replacement=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_random_under_sampling_is_rebuilt(data, strategy, replacement, seed):
    X, y = data
    sampler = RandomUnderSampler(
        sampling_strategy=strategy, replacement=replacement, random_state=seed
    )
    result = trace(sampler, X, y)
    assert np.array_equal(replay(result, X), sampler.fit_resample(X, y)[0])
    assert len(result.added) == 0
    assert set(result.kept) | set(result.removed.index) == set(range(40))
    assert not set(result.kept) & set(result.removed.index)
    assert set(result.removed["rule"]) <= {"not drawn"}


def make_frame():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(
        {"length": rng.normal(size=30), "count": rng.randint(0, 90, size=30)},
        index=[f"row {i}" for i in range(30)],
    )
    return X, pd.Series(np.r_[np.zeros(22, int), np.ones(8, int)], name="ill")


def test_a_frame_with_an_integer_column_stays_one():
    X, y = make_frame()
    sampler = SMOTE(random_state=0)
    result = trace(sampler, X, y)
    expected, _ = sampler.fit_resample(X, y)
    pd.testing.assert_frame_equal(result.X_resampled, expected)
    assert result.X_resampled["count"].dtype == X["count"].dtype
    # Rows are counted from 0, whatever the index of the frame.
    assert result.added["parent"].between(22, 29).all()
    assert list(result.kept) == list(range(30))


def test_lists_are_taken_as_they_come():
    X, y = make_frame()
    result = trace(SMOTE(random_state=0), X.to_numpy().tolist(), y.tolist())
    from_array = trace(SMOTE(random_state=0), X.to_numpy(), y.to_numpy())
    assert isinstance(result.X_resampled, list)
    pd.testing.assert_frame_equal(result.added, from_array.added)


def test_neighbors_object_and_random_state_instance():
    X, y = make_frame()
    state = np.random.RandomState(5)
    sampler = SMOTE(
        k_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan"),
        random_state=state,
    )
    before = state.get_state()[1].copy()
    result = trace(sampler, X, y)
    assert np.array_equal(state.get_state()[1], before)
    expected, _ = sampler.fit_resample(X, y)
    pd.testing.assert_frame_equal(result.X_resampled, expected)


def test_without_a_seed_it_explains_the_run_that_it_returns():
    X, y = make_frame()
    X = X.to_numpy()
    one, two = trace(SMOTE(), X, y), trace(SMOTE(), X, y)
    assert not one.added.equals(two.added)
    for result in (one, two):
        assert np.array_equal(replay(result, X), result.X_resampled)


def test_the_sampler_stays_as_it_was_and_its_clone_comes_back():
    X, y = make_frame()
    sampler = SMOTE(k_neighbors=3, random_state=0)
    result = trace(sampler, X, y)
    assert not hasattr(sampler, "sampling_strategy_")
    assert result.sampler.sampling_strategy_ == {1: 14}
    assert result.sampler.nn_k_.n_neighbors == 4
    # The clone works on as any other: nothing of the recording stays behind.
    again, _ = result.sampler.fit_resample(X, y)
    pd.testing.assert_frame_equal(again, result.X_resampled)
    assert "_generate_samples" not in vars(result.sampler)


def test_nothing_to_add_gives_empty_tables_of_the_same_form():
    X, y = make_frame()
    result = trace(SMOTE(sampling_strategy={1: 8}), X, y)
    assert len(result.added) == 0
    full = trace(SMOTE(), X, y).added
    assert list(result.added.dtypes) == list(full.dtypes)


def test_shrinkage_names_the_parent_of_the_noisy_copy():
    X, y = make_frame()
    result = trace(RandomOverSampler(shrinkage=1e-6, random_state=0), X, y)
    copies = result.X_resampled["length"].iloc[result.added.index]
    parents = X["length"].iloc[result.added["parent"]]
    assert np.allclose(copies, parents, atol=1e-4)
    assert not np.array_equal(copies, parents)


@pytest.mark.parametrize(
    "sampler",
    [BorderlineSMOTE(), SMOTENC(categorical_features=[0]), SMOTE, None, "SMOTE"],
)
def test_other_samplers_are_refused_by_name(sampler):
    with pytest.raises(TypeError, match="RandomOverSampler, RandomUnderSampler, SMOTE"):
        trace(sampler, *make_frame())


def test_too_few_neighbors_is_the_error_of_the_library():
    X, y = make_frame()
    with pytest.raises(ValueError, match="n_neighbors = 9, n_samples_fit = 8"):
        trace(SMOTE(k_neighbors=8), X, y)


def test_another_rule_inside_the_library_is_noticed(monkeypatch):
    X, y = make_frame()
    generate = SMOTE._generate_samples

    def box(self, X, nn_data, nn_num, rows, cols, steps, *rest):
        steps = np.random.RandomState(0).uniform(size=(len(rows), X.shape[1]))
        return generate(self, X, nn_data, nn_num, rows, cols, steps, *rest)

    monkeypatch.setattr(SMOTE, "_generate_samples", box)
    with pytest.raises(RuntimeError, match="do not follow"):
        trace(SMOTE(random_state=0), X, y)
