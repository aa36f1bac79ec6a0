"""The account of a sampler rebuilds what that sampler returned, row by row."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
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
    _adasyn,
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
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.tree import DecisionTreeClassifier

from imbtutor.tracing import trace
from imbtutor.tracing.accounts import Table, account, check

N_SEEDS = 20
# For each sampler: its settings, the more common ones first.
MAKERS = {
    "RandomOverSampler": (RandomOverSampler, {}),
    "RandomOverSampler-smoothed": (RandomOverSampler, {"shrinkage": 0.5}),
    "SMOTE": (SMOTE, {"k_neighbors": 3}),
    "BorderlineSMOTE-1": (BorderlineSMOTE, {"k_neighbors": 3, "m_neighbors": 5}),
    "BorderlineSMOTE-2": (
        BorderlineSMOTE,
        {"k_neighbors": 3, "m_neighbors": 5, "kind": "borderline-2"},
    ),
    "SVMSMOTE": (SVMSMOTE, {"k_neighbors": 3, "m_neighbors": 5, "out_step": 0.4}),
    "KMeansSMOTE": (
        KMeansSMOTE,
        {"k_neighbors": 1, "kmeans_estimator": 3, "cluster_balance_threshold": 0.01},
    ),
    "ADASYN": (ADASYN, {"n_neighbors": 3}),
    "SMOTENC": (SMOTENC, {"categorical_features": [1], "k_neighbors": 3}),
    "SMOTEN": (SMOTEN, {"k_neighbors": 3}),
}
TAKERS = {
    "RandomUnderSampler": (RandomUnderSampler, {}),
    "RandomUnderSampler-again": (RandomUnderSampler, {"replacement": True}),
    "NearMiss-1": (NearMiss, {"version": 1}),
    "NearMiss-2": (NearMiss, {"version": 2}),
    "NearMiss-3": (NearMiss, {"version": 3}),
    "InstanceHardnessThreshold": (
        InstanceHardnessThreshold,
        {"estimator": DecisionTreeClassifier(max_depth=2), "cv": 2},
    ),
    "ClusterCentroids": (ClusterCentroids, {"voting": "soft"}),
    "ClusterCentroids-hard": (ClusterCentroids, {"voting": "hard"}),
}
CLEANERS = {
    "TomekLinks": (TomekLinks, {}),
    "EditedNearestNeighbours": (EditedNearestNeighbours, {}),
    "EditedNearestNeighbours-mode": (EditedNearestNeighbours, {"kind_sel": "mode"}),
    "RepeatedEditedNearestNeighbours": (
        RepeatedEditedNearestNeighbours,
        {"kind_sel": "mode"},
    ),
    "AllKNN": (AllKNN, {"kind_sel": "mode"}),
    "NeighbourhoodCleaningRule": (NeighbourhoodCleaningRule, {}),
    "CondensedNearestNeighbour": (CondensedNearestNeighbour, {}),
    "OneSidedSelection": (OneSidedSelection, {"n_seeds_S": 3}),
}
BOTH = {"SMOTEENN": (SMOTEENN, {}), "SMOTETomek": (SMOTETomek, {})}
# Every kind of `sampling_strategy`. Classes hold about 20, 10 and perhaps 6 of 30
# rows; where a strategy does not suit the data, both must raise the same error.
OVER = ["auto", "minority", "not minority", "all", 0.9, {1: 14}, lambda y: {0: 23}]
UNDER = ["auto", "majority", "not majority", "all", 0.9, {0: 8}, lambda y: {0: 9}]
CLEAN = ["auto", "majority", "not majority", "all", [0], [0, 1], lambda y: {0: 1}]
SAMPLERS = {
    **{name: (*each, OVER) for name, each in (MAKERS | BOTH).items()},
    **{name: (*each, UNDER) for name, each in TAKERS.items()},
    **{name: (*each, CLEAN) for name, each in CLEANERS.items()},
}
INPUTS = [
    "two classes",
    "three classes",
    "copies",
    "integers",
    "frame",
    "sparse",
    "float32 or words",
]


def make_data(kind, seed):
    """Make 30 rows of classes that overlap."""
    rng = np.random.RandomState(seed)
    n_classes = 3 if kind == "three classes" else 2
    y = np.repeat([0, 1, 2], [19, 11, 0] if n_classes == 2 else [15, 9, 6])
    rng.shuffle(y)
    X = rng.normal(size=(30, 3)) + 0.8 * y[:, None]
    if kind == "copies":
        X = np.round(X)
    elif kind == "integers":
        X = np.round(10 * X).astype(int)
    elif kind == "sparse":
        X = sparse.csr_matrix(np.where(rng.uniform(size=X.shape) < 0.3, 0, X))
    elif kind == "frame":
        index = [f"row {i}" for i in range(30)]
        X = pd.DataFrame(X, columns=["a", "b", "c"], index=index)
        X["c"] = (10 * X["c"]).astype(int)
        y = pd.Series(y, index=index, name="ill")
    elif kind == "float32 or words" and seed % 2:
        X = X.astype(np.float32)
    elif kind == "float32 or words":
        y = np.array(["common", "rare"], dtype=object)[y]
    return X, y


def with_categories(X, seed, columns):
    """Replace columns by words or, in a sparse matrix, by codes."""
    codes = np.random.RandomState(seed).randint(3, size=X.shape)
    if sparse.issparse(X):
        X = X.tolil()
        X[:, columns] = codes[:, columns]
        return X.tocsr()
    words = np.array(["red", "green", "blue"], dtype=object)[codes]
    X = X.copy() if isinstance(X, pd.DataFrame) else X.astype(object)
    for column in columns:
        if isinstance(X, pd.DataFrame):
            X[X.columns[column]] = pd.Categorical(words[:, column])
        else:
            X[:, column] = words[:, column]
    return X


def make_case(name, kind, seed):
    """Make a sampler and data; settings take turns, to meet each other."""
    sampler_class, settings, strategies = SAMPLERS[name]
    X, y = make_data(kind, seed)
    if name == "CondensedNearestNeighbour":
        X, y = X[:20], y[:20]  # it fits a classifier for almost each row
    if name in ("SMOTENC", "SMOTEN"):
        X = with_categories(X, seed, [1] if name == "SMOTENC" else [0, 1, 2])
    strategy = strategies[seed % len(strategies)]
    sampler = sampler_class(**settings).set_params(sampling_strategy=strategy)
    parameters = sampler.get_params(deep=False)
    if "random_state" in parameters:
        state = np.random.RandomState(seed) if seed % 5 == 4 else seed
        sampler.set_params(random_state=state)
    if seed % 3 == 2:
        search = NearestNeighbors(n_neighbors=4, metric="manhattan")
        if name in ("CondensedNearestNeighbour", "OneSidedSelection"):
            search = KNeighborsClassifier(n_neighbors=2)
        for parameter in ("k_neighbors", "m_neighbors", "n_neighbors"):
            if parameter in parameters:
                sampler.set_params(**{parameter: search})
    return sampler, X, y


def dense(X):
    return X.toarray() if sparse.issparse(X) else np.asarray(X)


def replay(result, X):
    """Compute the output from the account alone, one row after the other."""
    X, rows = dense(X), []
    lines = result.added.to_dict("index")
    for number, row in enumerate(result.origin):
        if row != -1:
            rows.append(X[row])
            continue
        line = lines[number]
        if "members" in line:
            # K-means leaves a cluster empty where there are too few distinct rows.
            members = line["members"] or [0]
            rows.append(X[members].mean(axis=0))
            continue
        new = X[line["parent"]].copy()
        votes = line.get("voters", {})
        numeric = [column for column in range(X.shape[1]) if column not in votes]
        if X.dtype != object:
            new = new.astype(float)
        if "noise" in line:
            new += line["noise"]
        if "step" in line:
            end = X[line["neighbor"]]
            for column in numeric:
                way = float(end[column]) - float(new[column])
                new[column] = new[column] + line["step"] * way
        for column, voters in votes.items():
            new[column] = X[voters[0], column]
        rows.append(new)
    return np.array(rows, dtype=X.dtype if X.dtype == object else float)


def assert_rebuilds(rebuilt, result):
    """Compare to 1e-9; float32 holds seven digits, and integers are cut to zero."""
    output = dense(result.X_resampled)
    made = result.origin == -1
    assert rebuilt.shape == output.shape
    assert np.array_equal(rebuilt[~made], output[~made])
    if "members" in result.added:
        made[result.added.index[result.added["members"].str.len() == 0]] = False
    slack = 1e-5 if output.dtype == np.float32 else 1e-9
    for column in range(output.shape[1]):
        new, expected = rebuilt[made, column], output[made, column]
        dtype = output.dtype
        if isinstance(result.X_resampled, pd.DataFrame):
            dtype = result.X_resampled.dtypes.iloc[column]
        if dtype.kind == "O" and all(isinstance(each, str) for each in expected):
            assert list(new) == list(expected)
        elif isinstance(dtype, pd.CategoricalDtype):
            assert list(new) == list(expected)
        elif np.issubdtype(dtype, np.integer):
            cut = np.trunc([new - slack, new + slack]).astype(int)
            assert (expected == cut).any(axis=0).all()
        else:
            # SMOTENC keeps integers in columns of any objects.
            new, expected = new.astype(float), expected.astype(float)
            close = np.abs(new - expected) <= slack
            assert (close | (dtype.kind == "O") & (np.trunc(new) == expected)).all()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("name", SAMPLERS)
def test_the_account_rebuilds_the_output(name, kind):
    if (name, kind) == ("BorderlineSMOTE-2", "sparse"):
        pytest.skip("imbalanced-learn fails: see the test of it below")
    n_explained = 0
    for seed in range(N_SEEDS):
        sampler, X, y = make_case(name, kind, seed)
        try:
            expected = clone(sampler).fit_resample(X, y)
        except Exception as error:
            with pytest.raises(type(error)) as caught:
                trace(sampler, X, y)
            assert str(caught.value) == str(error)
            continue
        result = trace(sampler, X, y)
        n_explained += 1

        output = result.X_resampled, result.y_resampled
        if kind == "frame":
            pd.testing.assert_frame_equal(output[0], expected[0])
            pd.testing.assert_series_equal(output[1], expected[1])
        else:
            for one, other in zip(output, expected, strict=True):
                assert type(one) is type(other) and one.dtype == other.dtype
                assert np.array_equal(dense(one), dense(other))
        original = result.origin != -1
        assert np.array_equal(result.kept, result.origin[original])
        assert list(result.added.index) == list(np.flatnonzero(~original))
        labels = np.asarray(output[1])[original]
        assert np.array_equal(labels, np.asarray(y)[result.kept])
        n_samples = len(np.asarray(y))
        assert sorted({*result.kept, *result.removed.index}) == list(range(n_samples))
        assert not {*result.kept} & {*result.removed.index}
        assert set(result.stayed.index) <= set(result.kept)
        assert (result.removed["rule"].str.len() > 0).all()
        assert_rebuilds(replay(result, X), result)
    # Integers cannot go a fraction of the way that borderline-2 draws, and some
    # samplers count with labels or take the mode of them, which words do not have.
    fails = {
        "integers": {"BorderlineSMOTE-2"},
        "float32 or words": {
            "InstanceHardnessThreshold",
            "EditedNearestNeighbours-mode",
            "RepeatedEditedNearestNeighbours",
            "AllKNN",
            "NeighbourhoodCleaningRule",
        },
    }
    # Most settings suit most data, or this would prove nothing.
    assert (n_explained > N_SEEDS / 2) == (name not in fails.get(kind, ()))


@pytest.mark.filterwarnings("ignore:Changing the sparsity structure")
def test_sparse_borderline_2_is_not_explained():
    """Its product is that of matrices: an error, or wrong rows where sizes agree."""
    outcomes = set()
    for seed in range(N_SEEDS):
        sampler, X, y = make_case("BorderlineSMOTE-2", "sparse", seed)
        sampler.set_params(random_state=seed)
        try:
            sampler.fit_resample(X, y)
            message = "do not follow"
        except ValueError as error:
            message = re.escape(str(error))
        try:
            result = trace(sampler, X, y)
        except (ValueError, RuntimeError) as error:
            assert re.search(message, str(error))
            outcomes.add(type(error))
        else:
            assert len(result.added) == 0
    assert outcomes == {ValueError, RuntimeError}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLERS)
def test_the_sampler_stays_as_it_was_and_its_clone_comes_back_whole(name):
    sampler, X, y = make_case(name, "two classes", 0)
    before = pickle.dumps(sampler), pickle.dumps((X, y))
    result = trace(sampler, X, y)
    assert (pickle.dumps(sampler), pickle.dumps((X, y))) == before
    # What listens is made of local functions: these cannot be pickled.
    again = pickle.loads(pickle.dumps(result.sampler))
    again.set_params(random_state=0) if "random_state" in again.get_params() else None
    X_again, y_again = again.fit_resample(X, y)
    assert np.array_equal(X_again, result.X_resampled)
    assert np.array_equal(y_again, result.y_resampled)


def test_too_few_neighbors_is_the_error_of_the_library():
    X, y = make_data("two classes", 0)
    before = dict(vars(_adasyn))
    with pytest.raises(ValueError, match="n_neighbors = 12, n_samples_fit = 11"):
        trace(ADASYN(n_neighbors=11), X, y)
    assert vars(_adasyn) == before


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLERS)
def test_tables_without_rows_have_the_same_columns(name):
    """Nothing to add, or to remove, where all is as it should be already."""
    sampler, X, y = make_case(name, "two classes", 0)
    full = trace(sampler, X, y)
    # Two groups far apart and of equal size leave no sampler anything to do.
    X = X.copy()
    y = np.repeat([0, 1], len(y) // 2)
    X[:, 0] = np.where(y, "red", "blue") if name == "SMOTEN" else X[:, 0] + 100 * y
    empty = trace(sampler.set_params(sampling_strategy="auto"), X, y)
    assert list(empty.added.dtypes) == list(full.added.dtypes)
    assert list(empty.removed.dtypes) == list(full.removed.dtypes)
    assert list(empty.added.columns) == list(full.added.columns)
    assert list(empty.removed.columns) == list(full.removed.columns)


def test_without_a_seed_it_explains_the_run_that_it_returns():
    X, y = make_data("two classes", 0)
    for name in ("SMOTE", "BorderlineSMOTE-2", "ADASYN", "OneSidedSelection"):
        sampler_class, settings, _ = SAMPLERS[name]
        runs = [trace(sampler_class(**settings), X, y) for _ in range(9)]
        assert len({run.X_resampled.tobytes() for run in runs}) > 1
        for run in runs:
            assert_rebuilds(replay(run, X), run)


def test_smote_is_rebuilt_to_the_last_digit():
    for seed in range(N_SEEDS):
        X, y = make_data(
            ["two classes", "float32 or words", "integers"][seed % 3], seed
        )
        added = trace(SMOTE(random_state=seed), X, y).added
        X_expected, _ = SMOTE(random_state=seed).fit_resample(X, y)
        start, end = X[added["parent"]], X[added["neighbor"]]
        new = start + added["step"].to_numpy()[:, None] * (end - start)
        assert np.array_equal(new.astype(X.dtype), X_expected[30:])


def test_lists_and_indicators_are_taken_as_they_come():
    X, y = make_data("three classes", 0)
    expected = trace(SMOTE(random_state=0), X, y)
    result = trace(SMOTE(random_state=0), X.tolist(), y.tolist())
    assert isinstance(result.X_resampled, list)
    pd.testing.assert_frame_equal(result.added, expected.added)
    result = trace(SMOTE(random_state=0), X, np.eye(3, dtype=int)[y])
    assert result.y_resampled.shape == (len(expected.origin), 3)
    pd.testing.assert_frame_equal(result.added, expected.added)


def test_text_dates_and_missing_values_are_only_copied():
    X = pd.DataFrame(
        {
            "when": pd.date_range("2026-01-01", periods=9),
            "what": ["a", None] * 4 + ["b"],
            "much": [np.nan, *range(8)],
        }
    )
    y = np.array([0] * 6 + [1] * 3)
    over = trace(RandomOverSampler(random_state=0), X, y)
    rows = np.r_[over.kept, over.added["parent"]]
    pd.testing.assert_frame_equal(over.X_resampled, X.iloc[rows].reset_index(drop=True))
    under = trace(RandomUnderSampler(random_state=0), X, y)
    pd.testing.assert_frame_equal(under.X_resampled, X.iloc[under.kept])


class MySMOTE(SMOTE):
    """A subclass may work by another rule."""


@pytest.mark.parametrize(
    "sampler", [FunctionSampler(), MySMOTE(), SMOTEENN(smote=MySMOTE()), SMOTE, None]
)
def test_other_samplers_are_refused_by_name(sampler):
    named = "MySMOTE" if isinstance(sampler, SMOTEENN) else re.escape(repr(sampler))
    with pytest.raises(TypeError, match=rf"sampler={named}.* one of ADASYN, AllKNN"):
        trace(sampler, *make_data("two classes", 0))


def test_another_rule_inside_the_library_is_noticed(monkeypatch):
    X, y = make_data("two classes", 0)
    generate = SMOTE._generate_samples

    def box(self, X, nn_data, nn_num, rows, cols, steps, *rest):
        steps = np.random.RandomState(0).uniform(size=(len(rows), X.shape[1]))
        return generate(self, X, nn_data, nn_num, rows, cols, steps, *rest)

    monkeypatch.setattr(SMOTE, "_generate_samples", box)
    with pytest.raises(RuntimeError, match="do not follow"):
        trace(SMOTE(random_state=0), X, y)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"origin": np.array([0, 1, 2])}, "3 rows are explained and 4 came out"),
        ({"origin": np.array([1, 0, 2, -1])}, "an original row differs"),
        ({"origin": np.array([0, 1, -1, -1])}, "the made rows and those in `added`"),
        ({"removed": Table({}, {})}, "neither in the output nor removed"),
        (
            {"removed": Table({2: {"rule": "x"}, 3: {"rule": "x"}}, {})},
            "both in the output and removed",
        ),
        ({"removed": Table({3: {"rule": ""}}, {})}, "removed by no rule"),
        (
            {"added": Table({3: {"parent": 0, "neighbor": 1, "step": 0.6}}, {})},
            "do not follow",
        ),
        ({"added": Table({3: {"parent": 1}}, {})}, "do not follow"),
    ],
)
def test_an_account_that_does_not_balance_is_an_error(fault, message):
    X, y = np.array([[0.0], [1], [2], [3]]), np.array([1, 1, 0, 0])
    output = np.array([[0.0], [1], [2], [0.5]]), np.array([1, 1, 0, 1])
    right = {
        "added": Table({3: {"parent": 0, "neighbor": 1, "step": 0.5}}, {}),
        "removed": Table({3: {"rule": "x"}}, {}),
    }
    origin = np.array([0, 1, 2, -1])
    check(account(origin, **right), X, y, *output)
    with pytest.raises(RuntimeError, match=message):
        check(account(**{"origin": origin} | right | fault), X, y, *output)
