"""The figure of chapter 35: its births are those of imbalanced-learn's samplers."""

import numpy as np
import pytest
from imblearn.over_sampling import ADASYN, KMeansSMOTE
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from imbtutor.explore import explore_adasyn

EXACT = {"rel": 0, "abs": 1e-6}
CLUSTERS = [3, 10, 14, 20]
N_MINORITY = 18


@pytest.fixture(scope="module")
def data():
    """Moons, and three of the minority far within the majority."""
    X, y = make_moons((100, 15), noise=0.15, random_state=3)
    y[np.flatnonzero(y == 0)[[5, 30, 60]]] = 1
    return X, y


@pytest.fixture(scope="module")
def figure(data):
    return explore_adasyn(*data, n_clusters=CLUSTERS)


def made(sampler, X, y):
    """What the sampler itself returns; no points where it raises."""
    try:
        return sampler.fit_resample(X, y)[0][len(X) :]
    except RuntimeError:
        return np.empty((0, 2))


def drawn_points(live):
    rows = live.rows("new_points")
    return np.array([[row["x"], row["y"]] for row in rows]).reshape(-1, 2)


def in_order(points):
    return points[np.lexsort(points.T.round(7))]


def compare(live, X, y, state):
    """Compare the figure with the library, for the controls in `state`."""
    names = ["sampler", "n_neighbors", "n_clusters", "point_id"]
    shown = [live.signal(name) for name in names]
    assert shown == [state["sampler"], state["k"], state["clusters"], state["point"]]
    if state["sampler"] == "ADASYN":
        sampler = ADASYN(n_neighbors=state["k"], random_state=0)
    else:
        sampler = KMeansSMOTE(kmeans_estimator=state["clusters"], random_state=0)
    expected = made(sampler, X, y)
    drawn = drawn_points(live)
    assert in_order(drawn) == pytest.approx(in_order(expected), **EXACT)
    assert live.signal("n_made") == len(expected)
    assert live.signal("n_asked") == (y == 0).sum() - y.sum()
    assert live.signal("failed") == (len(expected) == 0)
    births = np.array(live.signal("births"))
    ids = [row["id"] for row in live.rows("new_points")]
    assert births.tolist() == np.bincount(ids, minlength=N_MINORITY).tolist()
    assert live.signal("n_childless") == (births == 0).sum()

    # The new points of the picked one lie on its segments.
    minority, point = X[y == 1], state["point"]
    own = drawn[np.array(ids, dtype=int) == point]
    toward, steps = live.signal("toward"), np.array(live.signal("steps"))
    assert live.signal("n_children") == len(own) == births[point]
    way = X[toward].reshape(-1, 2) - minority[point]
    assert minority[point] + steps[:, None] * way == pytest.approx(own, **EXACT)
    ends = [(row["x2"], row["y2"]) for row in live.rows("links")]
    neighbors = live.signal("neighbors")
    assert np.array(ends).reshape(-1, 2) == pytest.approx(
        X[neighbors].reshape(-1, 2), **EXACT
    )
    if state["sampler"] == "ADASYN":
        compare_difficulty(live, X, y, state, births)
    else:
        compare_clusters(live, X, y, state, sampler, births)


def compare_difficulty(live, X, y, state, births):
    k, point = state["k"], state["point"]
    search = NearestNeighbors(n_neighbors=k + 1).fit(X)
    near = search.kneighbors(X[y == 1], return_distance=False)[:, 1:]
    foreign = (y[near] == 0).sum(axis=1)
    assert live.signal("neighbors") == near[point].tolist()
    assert live.signal("foreign") == foreign[point]
    assert live.signal("r") == pytest.approx(foreign[point] / k, **EXACT)
    assert live.signal("cluster") is None and live.signal("weight") is None
    n_asked = (y == 0).sum() - y.sum()
    assert births.tolist() == np.rint(n_asked * (foreign / foreign.sum())).tolist()
    marks = live.rows("marks")
    assert {round(row["across"] * k): row["up"] for row in marks} == dict(
        zip(foreign.tolist(), births.tolist(), strict=True)
    )
    counts = {round(row["across"] * k): int(row["word"]) for row in marks}
    assert all(counts[level] == (foreign == level).sum() for level in set(foreign))
    (ring,) = live.rows("ring")
    assert ring["across"] == pytest.approx(foreign[point] / k, **EXACT)
    assert ring["up"] == births[point]


def compare_clusters(live, X, y, state, sampler, births):
    # Where the sampler raised an error, its k-means is fitted nevertheless.
    labels, point = sampler.kmeans_estimator_.labels_, state["point"]
    of = labels[y == 1]
    mine = labels == of[point]
    assert live.signal("r") is None and live.signal("foreign") is None
    assert live.signal("cluster") == of[point]
    assert live.signal("n_own") == y[mine].sum()
    assert live.signal("share") == pytest.approx(y[mine].mean(), **EXACT)
    kept = {
        c: X[(labels == c) & (y == 1)]
        for c in np.unique(of)
        if y[labels == c].mean() >= 0.5 and y[labels == c].sum() > 2
    }
    sparsity = {c: sampler._find_cluster_sparsity(kept[c]) for c in kept}
    total = sum(sparsity.values())
    weight = sparsity.get(of[point], 0) / (total or 1)
    assert live.signal("weight") == pytest.approx(weight, **EXACT)
    marks = live.rows("marks")
    assert [int(row["word"]) for row in marks] == np.unique(of).tolist()
    for row in marks:
        cluster = int(row["word"])
        assert row["up"] == births[of == cluster].sum()
        assert row["across"] == pytest.approx(y[labels == cluster].mean(), **EXACT)
        assert bool(row["used"]) == (cluster in kept)
    neighbors = live.signal("neighbors")
    if of[point] in kept:
        rows = np.flatnonzero(mine & (y == 1))
        search = NearestNeighbors(n_neighbors=3).fit(X[rows])
        at = X[y == 1][[point]]
        near = search.kneighbors(at, return_distance=False)[0, 1:]
        assert neighbors == rows[near].tolist()
        assert set(live.signal("toward")) <= set(neighbors)
    else:
        assert neighbors == [] and births[point] == 0


def test_every_control_agrees_with_imbalanced_learn(show, data, figure):
    live = show(figure)
    point = live.signal("point_id")
    state = {"sampler": "ADASYN", "k": 5, "clusters": 20, "point": point}
    compare(live, *data, state)
    moves = [
        ("n_neighbors", "k", [1, 4, 7, 10]),
        ("Point", "point", [0, 6, 11, 17]),
        ("Sampler", "sampler", ["KMeansSMOTE"]),
        ("Clusters", "clusters", [3, 10, 14, 20]),
        ("Point", "point", [17, 12, 3, 0]),
        ("Sampler", "sampler", ["ADASYN"]),
    ]
    for label, name, values in moves:
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, *data, state)
            kmeans = state["sampler"] == "KMeansSMOTE"
            assert live.control("n_neighbors").is_disabled() == kmeans
            assert live.control("Clusters").is_disabled() == (not kmeans)


def test_the_data_show_runs_that_fail_and_runs_that_make_too_many(data):
    """So the test above compares these, too."""
    n_made = [
        len(made(KMeansSMOTE(kmeans_estimator=n, random_state=0), *data))
        for n in CLUSTERS
    ]
    n_asked = (data[1] == 0).sum() - N_MINORITY
    assert n_made[0] == 0 and max(n_made) > n_asked


def test_the_sentence_follows(show, data, figure):
    live = show(figure)
    live.move("n_neighbors", 1)
    live.move("Point", 2)
    foreign, births = live.signal("foreign"), live.signal("n_children")
    sentence = live.sentence()
    assert sentence.startswith(
        f"Point 2 has r = {foreign:.2f} ({foreign} of 1 in the majority)."
        f" New points that start from it: {births}. New points asked for: 79, made: "
    )
    live.move("Sampler", "KMeansSMOTE")
    live.move("Clusters", 3)
    assert live.sentence().endswith("KMeansSMOTE raises an error with these settings.")
    assert " and is passed over. New points that start from it: 0. " in live.sentence()
    live.move("Clusters", 20)
    of_used = int(np.argmax(live.signal("births")))
    live.move("Point", of_used)
    weight = live.signal("weight")
    assert f" and gets {weight:.1%} of the new points. " in live.sentence()
    live.press("Point", "ArrowRight" if of_used < N_MINORITY - 1 else "ArrowLeft")
    assert live.signal("point_id") != of_used


def test_a_click_picks_the_nearest_minority_point(show, data, figure):
    live = show(figure)
    target = next(i for i in (2, 9) if i != live.signal("point_id"))
    x, y = live.places("minority_points")[target]
    live.click(x + 3, y + 3)
    assert live.signal("point_id") == target
    assert live.control("Point").input_value() == str(target)


def test_a_run_without_any_difficulty_is_shown_as_an_error(show):
    X = np.vstack([np.eye(2)[[0] * 9] * 9, np.eye(2)[[1] * 9] * 9])
    X = X + np.random.default_rng(0).normal(scale=0.1, size=X.shape)
    y = np.repeat([0, 1], [9, 9])
    y[:2] = 0
    X, y = np.vstack([X, X[:3] + 0.01]), np.append(y, [0, 0, 0])
    live = show(explore_adasyn(X, y, n_clusters=[2]))
    assert live.signal("failed") == 1 and live.signal("n_made") == 0
    assert live.signal("r") == 0
    assert live.sentence().endswith("ADASYN raises an error with these settings.")


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, figure):
    live = show(figure, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(data, figure, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    assert len(figure._repr_mimebundle_()["text/html"]) < 400_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.zeros((5, 3))}, ValueError, "X has 3 columns.*needs 2"),
        ({"y": [0, 0, 0, 1, 1]}, ValueError, "2 minority points.*at least 3"),
        ({"y": [0, 0, 0, 0, 0]}, ValueError, "one class only"),
        ({"n_clusters": []}, ValueError, "n_clusters is empty"),
        ({"n_clusters": [1]}, ValueError, "n_clusters=1"),
        ({"n_clusters": [6]}, ValueError, "n_clusters=6"),
        ({"n_clusters": [2.5]}, TypeError, "n_clusters=2.5"),
        ({"random_state": None}, TypeError, "random_state=None"),
    ],
)
def test_bad_input_is_named(change, error, message):
    rng = np.random.default_rng(0)
    arguments = {"X": rng.normal(size=(5, 2)), "y": [0, 0, 1, 1, 1]}
    arguments |= {"n_clusters": [2]} | change
    with pytest.raises(error, match=message):
        explore_adasyn(arguments.pop("X"), arguments.pop("y"), **arguments)
