"""Each reason in an account holds by its definition, computed here by other code.

Half of the data sets are rounded, so that there are ties and copies. A neighbor is
then whoever is no farther than the k-th nearest, and the first neighbor, which
imbalanced-learn takes for the sample itself, may be its copy.
"""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
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
    RepeatedEditedNearestNeighbours,
    TomekLinks,
)
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from imbtutor.tracing import trace

CLOSE = 1e-9  # rounding errors of distances between numbers of a few units
SEEDS = range(12)


def make_data(seed, n_classes=2):
    """Make 40 rows of classes that overlap, rounded for every second seed."""
    rng = np.random.RandomState(seed)
    y = np.repeat([0, 1, 2], [27, 13, 0] if n_classes == 2 else [19, 12, 9])
    rng.shuffle(y)
    X = rng.normal(size=(40, 2)) + y[:, None]
    return (np.round(2 * X) / 2 if seed % 2 else X), y


def distances(X, rows=None):
    """Distances between rows; each row, and any not in `rows`, is no neighbor."""
    D = cdist(X, X)
    np.fill_diagonal(D, np.inf)
    if rows is not None:
        D[:, np.setdiff1d(np.arange(len(X)), rows)] = np.inf
    return D


def among_nearest(D, row, others, k):
    """Tell whether all of `others` may be among the k nearest of a row."""
    return (D[row, others] <= np.sort(D[row])[k - 1] + CLOSE).all()


def lines(table):
    return table.to_dict("index").items()


# Makers


@pytest.mark.parametrize("seed", SEEDS)
def test_smote_steps_toward_one_of_the_nearest_of_its_class(seed):
    X, y = make_data(seed, n_classes=3)
    result = trace(SMOTE(k_neighbors=4, random_state=seed), X, y)
    for row, line in lines(result.added):
        label = result.y_resampled[row]
        assert y[line["parent"]] == y[line["neighbor"]] == label
        D = distances(X, np.flatnonzero(y == label))
        # A copy of the parent may be taken for the parent, and it for a neighbor.
        if line["neighbor"] != line["parent"]:
            assert among_nearest(D, line["parent"], [line["neighbor"]], 4)
        else:
            assert D[line["parent"]].min() == 0
        assert 0 <= line["step"] < 1


@pytest.mark.parametrize("kind", ["borderline-1", "borderline-2"])
@pytest.mark.parametrize("seed", SEEDS)
def test_borderline_parents_are_in_danger(seed, kind):
    X, y = make_data(seed)
    sampler = BorderlineSMOTE(
        kind=kind, m_neighbors=6, k_neighbors=4, random_state=seed
    )
    result = trace(sampler, X, y)
    D = distances(X)
    crossed = 0
    for _, line in lines(result.added):
        parent, neighbor = line["parent"], line["neighbor"]
        assert y[parent] == 1 and line["group"] == "danger"
        assert 3 <= line["foreign"] < 6
        assert seed % 2 or line["foreign"] == sum(y[np.argsort(D[parent])[:6]] == 0)
        pool = np.flatnonzero(y == 1) if kind == "borderline-1" else None
        if neighbor != parent:
            assert among_nearest(distances(X, pool), parent, [neighbor], 4)
        assert 0 <= line["step"] < (1 if y[neighbor] == 1 else 0.5)
        crossed += y[neighbor] == 0
    assert len(result.added) == 14
    assert (crossed > 0) == (kind == "borderline-2")


def test_svm_smote_steps_from_support_vectors_and_away_where_it_is_safe():
    groups = Counter()
    for seed in SEEDS:
        X, y = make_data(seed)
        sampler = SVMSMOTE(m_neighbors=6, k_neighbors=4, random_state=seed)
        result = trace(sampler, X, y)
        support = SVC(gamma="scale", random_state=seed).fit(X, y).support_
        D, within = distances(X), distances(X, np.flatnonzero(y == 1))
        for _, line in lines(result.added):
            parent, neighbor = line["parent"], line["neighbor"]
            assert parent in support and y[parent] == y[neighbor] == 1
            assert neighbor == parent or among_nearest(within, parent, [neighbor], 4)
            assert seed % 2 or line["foreign"] == sum(y[np.argsort(D[parent])[:6]] == 0)
            if line["group"] == "danger":
                assert 3 <= line["foreign"] < 6 and 0 <= line["step"] < 1
            else:
                assert line["foreign"] < 3 and -0.5 < line["step"] <= 0
            groups[line["group"]] += 1
    assert set(groups) == {"danger", "safe"}


@pytest.mark.parametrize("seed", SEEDS)
def test_kmeans_smote_stays_in_a_cluster(seed):
    X, y = make_data(seed)
    sampler = KMeansSMOTE(
        kmeans_estimator=3, cluster_balance_threshold=0.1, random_state=seed
    )
    added = trace(sampler, X, y).added
    search = MiniBatchKMeans(n_clusters=3, random_state=seed)
    clusters = search.fit_predict(X)
    for name in ("parent", "neighbor"):
        assert np.array_equal(clusters[added[name]], added["cluster"])
        assert (y[added[name]] == 1).all()
    weights = added.groupby("cluster")["weight"].agg(["first", "nunique", "size"])
    assert weights["first"].sum() == pytest.approx(1)
    assert (weights["nunique"] == 1).all()
    assert np.array_equal(weights["size"], np.ceil(14 * weights["first"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_adasyn_gives_children_by_difficulty(seed):
    X, y = make_data(seed)
    added = trace(ADASYN(n_neighbors=4, random_state=seed), X, y).added
    D = distances(X)
    minority = np.flatnonzero(y == 1)
    if seed % 2 == 0:
        near = np.argsort(D[minority])[:, :4]
        difficulty = pd.Series((y[near] == 0).mean(axis=1), index=minority)
        assert np.array_equal(added["difficulty"], difficulty[added["parent"]])
        children = np.rint(14 * difficulty / difficulty.sum())
        n_children = added["parent"].value_counts().reindex(minority, fill_value=0)
        assert np.array_equal(n_children, children)
    for _, line in lines(added):
        parent, neighbor = line["parent"], line["neighbor"]
        within = distances(X, minority)
        assert neighbor == parent or among_nearest(within, parent, [neighbor], 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_smoothed_noise_is_silvermans(seed):
    X, y = make_data(seed)
    added = trace(RandomOverSampler(shrinkage=0.7, random_state=seed), X, y).added
    rng = np.random.RandomState(seed)
    parents = rng.choice(np.flatnonzero(y == 1), size=14)
    h = (4 / ((2 + 2) * 40)) ** (1 / (2 + 4))
    noise = 0.7 * h * X[y == 1].std(axis=0) * rng.normal(size=(14, 2))
    assert np.array_equal(added["parent"], parents)
    assert np.allclose(np.array([*added["noise"]]), noise, atol=CLOSE)


def test_the_most_frequent_category_of_the_neighbors_wins():
    ties = 0
    for seed in SEEDS:
        X, y = make_data(seed)
        words = np.random.RandomState(seed).choice(["a", "b", "c"], size=(40, 2))
        for sampler in [
            SMOTENC([2, 3], k_neighbors=4, random_state=seed),
            SMOTEN(k_neighbors=4, random_state=seed),
        ]:
            table = words.astype(object)
            if isinstance(sampler, SMOTENC):
                table = np.column_stack([X.astype(object), words])
            result = trace(sampler, table, y)
            for row, line in lines(result.added):
                asked = line["neighbors"]
                # SMOTEN asks the parent, too (or a copy of it).
                assert len(asked) == (5 if isinstance(sampler, SMOTEN) else 4)
                assert (y[asked] == 1).all()
                assert line.get("neighbor", asked[0]) in asked
                for column, voters in line["voters"].items():
                    category = result.X_resampled[row, column]
                    votes = Counter(table[asked, column]).most_common()
                    assert voters == [i for i in asked if table[i, column] == category]
                    assert len(voters) == votes[0][1]
                    best = sorted(c for c, n in votes if n == len(voters))
                    ties += len(best) > 1
                    assert isinstance(sampler, SMOTENC) or category == best[0]
    assert ties > 100


def test_smotenc_may_give_a_category_that_no_neighbor_has():
    """Integers of little spread: the weight of a vote is cut to 0."""
    rng = np.random.RandomState(0)
    X = pd.DataFrame({"n": rng.randint(0, 4, size=40), "color": ["red"] * 40})
    X.loc[27:, "color"] = "blue"
    y = np.repeat([0, 1], [27, 13])
    result = trace(SMOTENC(["color"], random_state=0), X, y)
    colors = result.X_resampled["color"][result.added.index]
    n_voters = result.added["voters"].map(lambda votes: len(votes[1]))
    assert set(colors) == {"red", "blue"}
    assert np.array_equal(n_voters, np.where(colors == "blue", 5, 0))
    whole = trace(SMOTENC(["color"], random_state=0), X.astype({"n": float}), y)
    assert set(whole.X_resampled["color"][whole.added.index]) == {"blue"}


# Takers


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore:The number of the samples to be selected")
def test_near_miss_takes_by_mean_distance(seed, version):
    X, y = make_data(seed, n_classes=3)
    result = trace(NearMiss(version=version, n_neighbors_ver3=2), X, y)
    minority = np.flatnonzero(y == 2)
    D = cdist(X, X[minority])
    for label in (0, 1):
        rows = np.flatnonzero(y == label)
        told = pd.concat([result.stayed, result.removed]).loc[rows]
        far = told[told["rank"].isna()]
        ranked = told.dropna(subset="rank").sort_values("rank")
        assert np.array_equal(ranked["rank"], np.arange(1, len(ranked) + 1))
        order = -1 if version == 3 else 1
        assert (order * ranked["distance"].diff().dropna() >= -CLOSE).all()
        assert ranked.index[:9].isin(result.kept).all()
        assert not ranked.index[9:].isin(result.kept).any()
        for row, line in lines(ranked):
            sorted_distances = np.sort(D[row])
            chosen = sorted_distances[-3:] if version == 2 else sorted_distances[:3]
            assert line["distance"] == pytest.approx(chosen.mean(), abs=CLOSE)
            by = np.searchsorted(minority, line["by"])
            assert np.allclose(np.sort(D[row, by]), chosen, atol=CLOSE)
        if version < 3:
            assert len(far) == 0
            continue
        # The distance up to which each minority row lists rows of this class.
        reach = np.sort(D[rows], axis=0)[1]
        assert (D[ranked.index] <= reach + CLOSE).any(axis=1).all()
        assert (D[far.index] >= reach - CLOSE).all()
        assert len(far) > 0


def test_near_miss_2_takes_all_of_a_minority_below_n_neighbors():
    X, y = make_data(0)
    minority = np.flatnonzero(y == 1)
    result = trace(NearMiss(version=2, n_neighbors=99), X, y)
    for row, line in lines(result.removed):
        assert line["rule"].startswith(f"mean distance to its {len(minority)} farthest")
        assert sorted(line["by"]) == minority.tolist()
        mean = cdist(X[[row]], X[minority]).mean()
        assert line["distance"] == pytest.approx(mean, abs=CLOSE)


@pytest.mark.parametrize("strategy", ["auto", "all"])
def test_tomek_links_join_mutual_nearest_neighbors(strategy):
    n_removed = 0
    for seed in SEEDS:
        X, y = make_data(seed, n_classes=3)
        D = distances(X)
        result = trace(TomekLinks(sampling_strategy=strategy), X, y)
        for row, line in lines(result.removed):
            [other] = line["by"]
            assert y[row] != y[other] and (strategy == "all" or y[row] != 2)
            assert among_nearest(D, row, [other], 1) and among_nearest(
                D, other, [row], 1
            )
        n_removed += len(result.removed)
        if seed % 2 == 0:  # without copies nobody escapes
            nearest = D.argmin(axis=1)
            linked = (nearest[nearest] == np.arange(40)) & (y[nearest] != y)
            linked &= (y != 2) | (strategy == "all")
            assert np.array_equal(result.removed.index, np.flatnonzero(linked))
    assert n_removed > 20


def test_a_link_between_copies_may_escape():
    """A sample that lists its copy first is its own second neighbor."""
    X, y = np.array([[0.0], [0.0], [5.0], [5.1], [9.0]]), np.array([0, 1, 0, 0, 0])
    assert len(trace(TomekLinks(), X, y).removed) == 0


def assert_outvoted(row, line, X, y, alive, kind):
    """The rows in `by` are near and foreign, and they are enough."""
    by = line["by"]
    D = distances(X, alive)
    assert among_nearest(D, row, by, line["k"])
    assert (y[by] != y[row]).all() and len(by) == line["votes"] > 0
    if kind == "mode":
        [winner] = set(y[by])
        own = line["k"] - line["votes"] if len(set(y)) == 2 else 0
        assert own < line["votes"] or (own == line["votes"] and winner < y[row])


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("kind", ["all", "mode"])
@pytest.mark.parametrize(
    "sampler_class", [EditedNearestNeighbours, RepeatedEditedNearestNeighbours, AllKNN]
)
def test_editing_names_the_neighbors_that_outvote_a_row(sampler_class, kind, n_classes):
    rounds = Counter()
    for seed in SEEDS:
        X, y = make_data(seed, n_classes)
        sampler = sampler_class(kind_sel=kind, n_neighbors=3 + seed % 2)
        removed = trace(sampler, X, y).removed
        if sampler_class is EditedNearestNeighbours:
            removed["round"] = 1
        for row, line in lines(removed):
            alive = np.setdiff1d(
                np.arange(40), removed.index[removed["round"] < line["round"]]
            )
            assert line["k"] == (
                line["round"] if sampler_class is AllKNN else 3 + seed % 2
            )
            assert_outvoted(row, line, X, y, alive, kind)
            rounds[line["round"]] += 1
        if seed % 2 == 0:  # without copies: who was not outvoted stayed
            first = distances(X)
            k = 1 if sampler_class is AllKNN else 3
            near = y[np.argsort(first)[:, :k]]
            foreign = near != y[:, None]
            gone = foreign.any(axis=1)
            if kind == "mode":
                gone = [np.bincount(each).argmax() for each in near] != y
            gone &= y != n_classes - 1
            assert np.array_equal(
                removed.index[removed["round"] == 1], np.flatnonzero(gone)
            )
    assert rounds[1] > 20
    # The smallest of three classes soon is not: then the rounds stop.
    if n_classes == 2:
        assert (rounds[2] > 0) == (sampler_class is not EditedNearestNeighbours)


def test_the_rows_of_repeated_editing_are_right_where_its_own_are_not():
    """`sample_indices_` is shuffled once too often where nothing is left to remove."""
    y = np.array([0, 1] * 6 + [0] * 6)
    X = np.where(y == 0, 0.0, 10.0)[:, None] + np.arange(18)[:, None] / 100
    result = trace(RepeatedEditedNearestNeighbours(), X, y)
    assert np.array_equal(X[result.origin], result.X_resampled)
    assert not np.array_equal(X[result.sampler.sample_indices_], result.X_resampled)


def test_the_cleaning_rule_names_voters_and_misled_minority_rows():
    rules = Counter()
    for seed in SEEDS:
        X, y = make_data(seed)
        D = distances(X)
        calls = KNeighborsClassifier(n_neighbors=3).fit(X, y).predict(X)
        misled = np.flatnonzero((y == 1) & (calls == 0))
        removed = trace(NeighbourhoodCleaningRule(), X, y).removed
        for row, line in lines(removed):
            outvoted = "most frequent" in line["rule"]
            misleads = "misclassify" in line["rule"]
            rules[outvoted, misleads] += 1
            by = line["by"]
            assert y[row] == 0 and (y[by] == 1).all()
            voters = [each for each in by if among_nearest(D, row, [each], 3)]
            victims = [
                each
                for each in by
                if each in misled and among_nearest(D, each, [row], 3)
            ]
            assert not outvoted or len(set(voters)) >= 2
            assert not misleads or victims
            assert set(by) <= {*outvoted * voters, *misleads * victims}
        if seed % 2 == 0:  # without copies it is clear who is near
            near = np.unique(np.argsort(D[misled])[:, :3])
            told = removed.index[removed["rule"].str.contains("misclassify")]
            assert np.array_equal(told, near[y[near] == 0])
    assert min(rules[True, False], rules[False, True], rules[True, True]) > 0


def store_until(result, y, entry):
    """The rows in the store when so many had entered."""
    entered = result.stayed[result.stayed["entry"] <= entry].index
    return np.r_[np.flatnonzero(y == y.max()), entered]


def test_condensing_keeps_what_the_store_called_wrongly_at_its_turn():
    rules, final = Counter(), Counter()
    for seed in SEEDS:
        X, y = make_data(seed)
        result = trace(CondensedNearestNeighbour(random_state=seed), X, y)
        members = np.flatnonzero(y == 0)
        D = cdist(X, X)
        whole = store_until(result, y, np.inf)
        for table in (result.removed, result.stayed):
            for row, line in lines(table):
                rules[line["rule"]] += 1
                if "begin" in line["rule"]:
                    continue
                [by] = line["by"]
                before = line["entry"] - (table is result.stayed)
                store = store_until(result, y, before)
                assert by in store
                if "never asked" in line["rule"]:
                    assert members[by] == row
                else:
                    assert D[row, by] <= D[row, store].min() + CLOSE
                    assert (y[by] == 0) == (table is result.removed)
                nearest = whole[D[row, whole] <= D[row, whole].min() + CLOSE]
                if len(set(y[nearest])) == 1:
                    assert line["final"] == (y[nearest[0]] == 0)
                    final[line["rule"], line["final"]] += 1
    assert len(rules) == 4
    # Only rows of the majority enter, so that 1-NN never takes back a right call.
    wrong = {rule for rule, right in final if not right}
    assert wrong == {rule for rule in rules if "never asked" in rule}


def test_one_sided_selection_condenses_then_cuts_links():
    n_rounds = Counter()
    for seed in SEEDS:
        X, y = make_data(seed)
        sampler = OneSidedSelection(n_seeds_S=2, random_state=seed)
        result = trace(sampler, X, y)
        drawn = np.random.RandomState(seed).randint(0, 27, size=2)
        seeds = np.flatnonzero(y == 0)[drawn]
        store = np.r_[np.flatnonzero(y == 1), seeds]
        rest = np.r_[result.kept, result.removed.index[result.removed["round"] == 2]]
        D, among = cdist(X, X), distances(X, rest)
        for row, line in lines(result.removed):
            [by] = line["by"]
            n_rounds[line["round"]] += 1
            if line["round"] == 1:
                assert D[row, by] <= D[row, store].min() + CLOSE and y[by] == 0
            else:
                assert y[by] == 1
                assert among_nearest(among, row, [by], 1)
                assert among_nearest(among, by, [row], 1)
        for row, line in lines(result.stayed):
            if row not in seeds:
                [by] = line["by"]
                assert D[row, by] <= D[row, store].min() + CLOSE and y[by] == 1
    assert min(n_rounds[1], n_rounds[2]) > 5


@pytest.mark.parametrize("labels", [(0, 1), (-1, 1)])
@pytest.mark.parametrize("seed", SEEDS)
def test_hardness_is_the_probability_of_a_class(seed, labels):
    X, y = make_data(seed)
    y = np.take(labels, y)
    sampler = InstanceHardnessThreshold(estimator=GaussianNB(), cv=3, random_state=seed)
    result = trace(sampler, X, y)
    folds = StratifiedKFold(3, shuffle=True, random_state=np.random.RandomState(seed))
    proba = cross_val_predict(GaussianNB(), X, y, cv=folds, method="predict_proba")
    told = pd.concat([result.removed, result.stayed])
    assert list(told.sort_index().index) == list(np.flatnonzero(y == labels[0]))
    # A label of -1 is the last column: the probability of the other class.
    read = labels[0] % 2
    assert (told["of_class"] == labels[read]).all()
    assert np.allclose(told["probability"], proba[told.index, read])
    below = told["probability"] < told["threshold"]
    assert np.array_equal(below, np.arange(len(told)) < len(result.removed))
    assert len(result.stayed) >= 13


@pytest.mark.parametrize("voting", ["soft", "hard"])
@pytest.mark.parametrize("seed", SEEDS)
def test_centers_stand_for_their_members(seed, voting):
    X, y = make_data(2 * seed)
    estimator = KMeans(n_init=1, random_state=seed)
    sampler = ClusterCentroids(voting=voting, estimator=estimator)
    result = trace(sampler, X, y)
    members = np.flatnonzero(y == 0)
    centers = clone_fit_centers(estimator, X[members])
    clusters = cdist(X[members], centers).argmin(axis=1)
    expected = [members[clusters == i].tolist() for i in range(13)]
    if voting == "soft":
        assert list(result.added["members"]) == expected
        # Converged: with 27 rows k-means ends where no row changes its cluster.
        assert (result.added["drift"] < CLOSE).all()
        assert np.allclose(result.X_resampled[:13], centers)
        assert list(result.removed.index) == list(members)
        for row, line in lines(result.removed):
            assert sorted([row, *line["by"]]) == expected[line["into"]]
    else:
        # The two members of a cluster are equally near to its center.
        nearest = result.origin[:13]
        reach = cdist(centers, X[members]).min(axis=1)
        far = np.linalg.norm(X[nearest] - centers, axis=1)
        assert np.isin(nearest, members).all() and (far <= reach + CLOSE).all()
        for row, line in lines(result.removed):
            assert line["by"] == [nearest[line["into"]]]
            assert row in expected[line["into"]]
        for row, line in lines(result.stayed):
            assert line["by"] == expected[line["into"]] and row == nearest[line["into"]]


def clone_fit_centers(estimator, X):
    return estimator.set_params(n_clusters=13).fit(X).cluster_centers_


def test_a_center_need_not_be_the_mean_of_its_members():
    X, y = make_data(0)
    estimator = KMeans(n_init=1, max_iter=1, random_state=0)
    sampler = ClusterCentroids(sampling_strategy={0: 3}, estimator=estimator)
    result = trace(sampler, X, y)
    assert (result.added["drift"] > 0.01).any()
    for row, line in lines(result.added):
        mean = X[line["members"]].mean(axis=0)
        distance = np.linalg.norm(result.X_resampled[row] - mean)
        assert line["drift"] == pytest.approx(distance, abs=CLOSE)


# Both


@pytest.mark.parametrize("sampler_class", [SMOTEENN, SMOTETomek])
def test_combined_samplers_name_rows_by_their_number_between_the_steps(sampler_class):
    n_discarded = 0
    for seed in SEEDS:
        X, y = make_data(seed)
        result = trace(sampler_class(random_state=seed), X, y)
        made = pd.concat([result.added.set_index("made"), result.discarded])
        made = made.sort_index()
        assert list(made.index) == list(range(40, 54))
        start, end = X[made["parent"]], X[made["neighbor"]]
        between = np.r_[X, start + made["step"].to_numpy()[:, None] * (end - start)]
        labels = np.r_[y, np.ones(14, dtype=int)]
        assert np.allclose(between, SMOTE(random_state=seed).fit_resample(X, y)[0])
        D = distances(between)
        for row, line in [*lines(result.removed), *lines(result.discarded)]:
            if sampler_class is SMOTEENN:
                assert_outvoted(row, line, between, labels, np.arange(54), "all")
            else:
                [by] = line["by"]
                assert labels[row] != labels[by]
                assert among_nearest(D, row, [by], 1) and among_nearest(D, by, [row], 1)
        n_discarded += len(result.discarded)
    assert n_discarded > 5
