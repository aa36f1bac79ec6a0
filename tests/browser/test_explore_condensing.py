"""The figure of chapter 45: store, centers and probabilities are the libraries'."""

import re

import numpy as np
import pytest
from imblearn.under_sampling import (
    ClusterCentroids,
    CondensedNearestNeighbour,
    InstanceHardnessThreshold,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from imbtutor import make_gaussians
from imbtutor.explore import explore_condensing

EXACT = {"rel": 0, "abs": 1e-6}
CNN, CENTROIDS, HARDNESS = (
    "CondensedNearestNeighbour",
    "ClusterCentroids",
    "InstanceHardnessThreshold",
)


@pytest.fixture(scope="module")
def data():
    return make_gaussians(120, prevalence=0.15, separation=1.5, random_state=0)


def row_order(X, number):
    rng = np.random.default_rng(0)
    orders = [np.arange(len(X)), *(rng.permutation(len(X)) for _ in range(3))]
    return orders[number]


def fates(live):
    """Return the kind of each majority point, the same in both panels."""
    left, right = (
        {row["id"]: row["kind"] for row in live.rows(name)}
        for name in ("majority_points", "deciding")
    )
    assert left == right
    return np.array([left[i] for i in range(len(left))])


def compare(live, X, y, method, order, entries, point):
    state = [live.signal(each) for each in ("method", "order", "entries", "point_id")]
    assert state == [method, order, entries, point]
    rows = np.flatnonzero(y == 0)
    kinds = fates(live)
    for name, kind in {
        "n_kept": "kept",
        "n_removed": "removed",
        "n_unasked": "never asked",
        "n_waiting": "waiting",
    }.items():
        assert live.signal(name) == (kinds == kind).sum()
    near = pairwise_distances(X[rows], X[y == 1]).min(axis=1)
    right = {row["id"]: row for row in live.rows("deciding")}
    away = [right[i]["away"] for i in range(len(rows))]
    assert away == pytest.approx(near, **EXACT)
    values = np.array([right[i]["value"] for i in range(len(rows))])
    links = [[row["x2"], row["y2"]] for row in live.rows("links")]
    check = {CNN: compare_cnn, CENTROIDS: compare_centers, HARDNESS: compare_hardness}
    check[method](live, X, y, rows, kinds, values, links, point)


def compare_cnn(live, X, y, rows, kinds, values, links, point):
    order = row_order(X, live.signal("order"))
    sampler = CondensedNearestNeighbour(random_state=0)
    sampler.fit_resample(X[order], y[order])
    store = order[sampler.sample_indices_]
    # The first row is drawn; the others follow in the order in which they entered.
    first, *entered = store[y[store] == 0]
    now, n_entries = live.signal("now"), live.signal("n_entries")
    assert n_entries == len(entered) and now == min(live.signal("entries"), n_entries)
    assert set(rows[kinds == "kept"]) == {first, *entered[:now]}
    assert not len(live.rows("centers"))
    places = np.argsort(order)
    # Whoever stands after the last that entered waits, unless all have entered.
    last = places[entered[now - 1]] if now else -1
    end = places[entered[now]] if now < n_entries else len(X)
    waits = (places[rows] >= end) & (rows != first)
    assert ((kinds == "waiting") == waits).all()
    assert set(rows[values == now]) >= set(rows[(places[rows] > last) & ~waits]) - {
        first
    }
    # Whoever was passed over although the store of the time calls it wrongly.
    finished = KNeighborsClassifier(n_neighbors=1).fit(X[store], y[store])
    wrong = ~np.isin(rows, store) & (finished.predict(X[rows]) == 1)
    assert live.signal("n_wrong") == wrong.sum()
    assert set(kinds[wrong]) <= {"never asked", "waiting"}
    if kinds[point] == "waiting" or rows[point] == first:
        assert not links
    elif kinds[point] != "never asked":
        # The nearest one of the store as it was when the turn of this point came.
        before = [first] + [i for i in entered if places[i] < places[rows[point]]]
        before = np.array([*np.flatnonzero(y == 1), *before])
        nearest = before[np.linalg.norm(X[before] - X[rows[point]], axis=1).argmin()]
        assert links == [pytest.approx(X[nearest], **EXACT)]
        assert y[nearest] == (kinds[point] == "kept")


def compare_centers(live, X, y, rows, kinds, values, links, point):
    made = ClusterCentroids(random_state=0).fit_resample(X, y)[0][: y.sum()]
    shown = [[row["x"], row["y"]] for row in live.rows("centers")]
    assert np.array(shown) == pytest.approx(made, **EXACT)
    assert live.signal("n_made") == len(made) and (kinds == "removed").all()
    distance = pairwise_distances(X[rows], made)
    assert values == pytest.approx(distance.min(axis=1), **EXACT)
    own = distance.argmin(axis=1)
    members = rows[own == own[point]]
    assert np.array(links) == pytest.approx(X[members], **EXACT)
    ends = [[row["x"], row["y"]] for row in live.rows("links")]
    assert ends == [pytest.approx(made[own[point]], **EXACT)] * len(members)


def compare_hardness(live, X, y, rows, kinds, values, links, point):
    sampler = InstanceHardnessThreshold(estimator=LogisticRegression(), random_state=0)
    sampler.fit_resample(X, y)
    assert set(rows[kinds == "kept"]) == set(sampler.sample_indices_) & set(rows)
    seeded = np.random.RandomState(0)
    model = LogisticRegression()
    model.set_params(random_state=seeded.randint(np.iinfo(np.int32).max))
    folds = StratifiedKFold(5, shuffle=True, random_state=seeded)
    expected = cross_val_predict(model, X, y, cv=folds, method="predict_proba")
    assert values == pytest.approx(expected[rows, 0], **EXACT)
    assert ((values >= live.signal("threshold")) == (kinds == "kept")).all()
    assert not links and not len(live.rows("centers"))


def test_every_control_agrees_with_imbalanced_learn(show, data):
    live = show(explore_condensing(*data))
    n = int((data[1] == 0).sum())
    state = {"method": CNN, "order": 0, "point": 0}
    state["entries"] = live.signal("entries")
    compare(live, *data, **state)
    for order in range(4):
        live.move("Order of the rows", order)
        state["order"] = order
        # The slider goes as far as this order.
        most = live.signal("n_entries")
        assert live.control("Entered the store").get_attribute("max") == str(most)
        for entries in (0, most // 3, most - 1, most):
            live.move("Entered the store", entries)
            state["entries"] = entries
            compare(live, *data, **state)
        assert live.signal("n_waiting") == 0
    for method in (CNN, CENTROIDS, HARDNESS):
        live.move("Sampler", method)
        state["method"] = method
        for label in ("Order of the rows", "Entered the store"):
            assert live.control(label).is_disabled() == (method != CNN)
        for point in (0, n // 3, n // 2, n - 1):
            live.move("Majority point", point)
            state["point"] = point
            compare(live, *data, **state)


def test_the_sentence_tells_counts_and_fate(show, data):
    live = show(explore_condensing(*data))
    live.move("Entered the store", 0)
    sentence = live.sentence()
    assert sentence.startswith("One row is drawn to begin the store, and 0 of ")
    assert ": 1 stored, 0 removed" in sentence
    kinds = fates(live)
    live.move("Majority point", np.flatnonzero(kinds == "waiting")[0])
    assert live.sentence().endswith("its turn has not come.")
    live.move("Majority point", np.flatnonzero(kinds == "kept")[0])
    assert live.sentence().endswith("drawn to begin the store.")
    assert "The finished store" not in live.sentence()
    live.move("Entered the store", live.signal("n_entries"))
    kinds = fates(live)
    n = live.signal("n_wrong")
    told = f"wrong about {n} {'point' if n == 1 else 'points'} that went. Majority"
    assert told in live.sentence()
    assert (kinds == "never asked").any()
    live.move("Majority point", np.flatnonzero(kinds == "never asked")[0])
    assert "never asked, for its place in the class is the row" in live.sentence()
    assert live.sentence().endswith(("calls it rightly.", "calls it wrongly."))
    live.move("Majority point", np.flatnonzero(kinds == "removed")[0])
    assert live.sentence().endswith("called rightly, removed.")
    live.move("Sampler", CENTROIDS)
    assert f"All {len(kinds)} are removed, 18 centers are made." in live.sentence()
    live.move("Sampler", HARDNESS)
    assert f"18 reach the threshold, {len(kinds) - 18} do not." in live.sentence()
    values = np.array([float(each) for each in live.signal("values")])
    threshold = live.signal("threshold")
    # The first one that is out: its probability is told in enough digits.
    live.move("Majority point", np.argmax(np.where(values < threshold, values, 0)))
    number = r"(0\.\d+)"
    pattern = f"is {number}, below the threshold of {number}[.]"
    told = re.search(pattern, live.sentence())
    assert float(told[1]) < float(told[2])


def test_a_click_picks_the_nearest_majority_point(show, data):
    live = show(explore_condensing(*data))
    # The one that stands most alone: clicks beside it are still its own.
    X = data[0][data[1] == 0]
    target = np.sort(pairwise_distances(X), axis=1)[:, 1].argmax()
    x, y = live.places("majority_points")[target]
    live.click(x + 2, y + 2)
    assert live.signal("point_id") == target > 0
    assert live.control("Majority point").input_value() == str(target)


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_condensing(*data), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_gaussians(200, prevalence=0.1, random_state=0)
    html = explore_condensing(X, y)._repr_mimebundle_()["text/html"]
    assert len(html) < 300_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.zeros((9, 3))}, ValueError, "X has 3 columns.*needs 2"),
        ({"y": [0] * 5 + [1] * 4}, ValueError, "4 minority and 5 majority.*at least 5"),
        ({"y": [0] * 4 + [1] * 5}, ValueError, "more of the majority"),
        ({"y": [0] * 9}, ValueError, "one class only"),
        ({"random_state": 0.5}, TypeError, "random_state=0.5"),
    ],
)
def test_bad_input_is_named(change, error, message):
    rng = np.random.default_rng(0)
    arguments = {"X": rng.normal(size=(9, 2)), "y": [0] * 4 + [1] * 5} | change
    with pytest.raises(error, match=message):
        explore_condensing(arguments.pop("X"), arguments.pop("y"), **arguments)
