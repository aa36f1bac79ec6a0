"""The figure of chapter 34: groups, parents and steps are imbalanced-learn's."""

import numpy as np
import pytest
from imblearn.over_sampling import SVMSMOTE, BorderlineSMOTE
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

from imbtutor import make_gaussians
from imbtutor.explore import explore_borderline

EXACT = {"rel": 0, "abs": 1e-6}
SAMPLERS = {
    "borderline-1": BorderlineSMOTE(),
    "borderline-2": BorderlineSMOTE(kind="borderline-2"),
    "SVM-SMOTE": SVMSMOTE(),
}
N_NEW = 12


@pytest.fixture(scope="module")
def data():
    return make_moons((60, 12), noise=0.3, random_state=3)


def groups_of(X, y, m):
    """Return for each minority point its foreign neighbors and its group."""
    search = NearestNeighbors(n_neighbors=m + 1).fit(X)
    neighbors = search.kneighbors(X[y == 1], return_distance=False)[:, 1:]
    foreign = (y[neighbors] == 0).sum(axis=1)
    names = [
        "noise" if count == m else "danger" if count >= m / 2 else "safe"
        for count in foreign
    ]
    return neighbors, foreign, np.array(names)


def new_points(X, y, name, m):
    """What the sampler itself returns, without the record of parent and step."""
    sampler = SAMPLERS[name].set_params(
        sampling_strategy={1: int(y.sum()) + N_NEW}, m_neighbors=m, random_state=0
    )
    X_new = sampler.fit_resample(X, y)[0][len(X) :]
    return X_new, sampler


def compare(live, X, y, name, m, point):
    """Compare the figure with the library: groups, points, steps, and what it says."""
    state = [live.signal(each) for each in ("sampler", "m_neighbors", "point_id")]
    assert state == [name, m, point]
    members = np.flatnonzero(y == 1)
    neighbors, foreign, groups = groups_of(X, y, m)
    assert live.signal("foreign") == foreign.tolist()
    drawn = {row["id"]: row["kind"] for row in live.rows("minority_points")}
    assert [drawn[i] for i in range(len(members))] == groups.tolist()
    counts = {each: (groups == each).sum() for each in ("safe", "danger", "noise")}
    assert all(live.signal(f"n_{each}") == n for each, n in counts.items())
    assert live.signal("neighbors") == neighbors[point].tolist()
    ends = [(row["x2"], row["y2"]) for row in live.rows("links")]
    assert np.array(ends) == pytest.approx(X[neighbors[point]], **EXACT)

    # Every new point is drawn where the sampler put it.
    expected, sampler = new_points(X, y, name, m)
    rows = live.rows("new_points")
    assert live.signal("n_made") == len(rows) == len(expected)
    places = np.array([[row["x"], row["y"]] for row in rows]).reshape(-1, 2)
    assert places == pytest.approx(expected, **EXACT)
    parents = np.array([row["parent"] for row in rows], dtype=int)
    steps = np.array([row["step"] for row in rows])
    majority = y[[row["toward"] for row in rows]] == 0
    rings = {row["id"] for row in live.rows("support_vectors")}
    if name == "SVM-SMOTE":
        support = SVC(gamma="scale", random_state=0).fit(X, y).support_
        assert rings == set(np.searchsorted(members, support[y[support] == 1]))
        assert set(parents) <= rings and not majority.any()
        assert ((steps < 0) == (groups[parents] == "safe")).all()
        assert (groups[parents] != "noise").all() and (steps > -0.5).all()
    else:
        assert not rings and (groups[parents] == "danger").all() and (steps >= 0).all()
        if len(rows):
            assert sampler.in_danger_indices[1].tolist() == (
                members[groups == "danger"].tolist()
            )
        assert (steps[majority] < 0.5).all()
        assert name == "borderline-2" or not majority.any()

    # The picked point: whom it may step toward, and what is made from it.
    pool = np.arange(len(X)) if name == "borderline-2" else members
    search = NearestNeighbors(n_neighbors=6).fit(X[pool])
    near = pool[search.kneighbors(X[members[[point]]], return_distance=False)[0, 1:]]
    assert live.signal("near") == near.tolist()
    mine = parents == point
    assert live.signal("n_children") == mine.sum()
    on_lines = live.rows("steps")
    assert sorted(row["step"] for row in on_lines) == sorted(steps[mine])
    assert all(near[row["rank"]] == row["toward"] for row in on_lines)


def test_every_control_agrees_with_imbalanced_learn(show, data):
    live = show(explore_borderline(*data, n_new=N_NEW))
    state = {"name": "borderline-1", "m": 10, "point": live.signal("point_id")}
    compare(live, *data, **state)
    for name in SAMPLERS:
        live.move("Sampler", name)
        state["name"] = name
        for m in (2, 6, 14, 20):
            live.move("m_neighbors", m)
            state["m"] = m
            compare(live, *data, **state)
        live.move("m_neighbors", 10)
        state["m"] = 10
        for point in (0, 4, 7, 11):
            live.move("Point", point)
            state["point"] = point
            compare(live, *data, **state)


def test_borderline_2_and_svm_smote_show_what_is_special(show, data):
    """Without these the comparisons above would say little."""
    live = show(explore_borderline(*data, n_new=N_NEW))
    live.move("Sampler", "borderline-2")
    X, y = data
    toward = [row["toward"] for row in live.rows("new_points")]
    assert 0 < (y[toward] == 0).sum() < N_NEW
    live.move("Sampler", "SVM-SMOTE")
    steps = np.array([row["step"] for row in live.rows("new_points")])
    assert (steps < 0).any() and (steps > 0).any()


def test_the_sentence_tells_groups_and_fate(show, data):
    live = show(explore_borderline(*data, n_new=N_NEW))
    groups = groups_of(*data, 10)[2]
    for point, group in enumerate(groups):
        live.move("Point", point)
        sentence = live.sentence()
        assert f"Point {point} has " in sentence and f"nearest: {group}." in sentence
        n = live.signal("n_children")
        if n:
            assert f"{n} {'is' if n == 1 else 'are'} made from it: toward" in sentence
        elif group == "danger":
            assert sentence.endswith("It may be a parent, but no draw fell on it.")
        else:
            why = "noise" if group == "noise" else "not in danger"
            assert sentence.endswith(f"It is {why}, and no parent.")
    assert f"{(groups == 'safe').sum()} safe, " in sentence
    assert f"{N_NEW} new points. " in sentence


def test_silence_and_error_are_said(show):
    """Classes far apart: nothing, or less than asked; lone points: an error."""
    X, y = make_gaussians(110, prevalence=1 / 11, separation=8, random_state=0)
    live = show(explore_borderline(X, y, n_new=N_NEW))
    live.move("m_neighbors", 8)
    assert live.signal("n_safe") == 10 and live.signal("n_made") == 0
    assert "BorderlineSMOTE returns the data unchanged, without" in live.sentence()
    live.move("Sampler", "SVM-SMOTE")
    n_made = len(new_points(X, y, "SVM-SMOTE", 8)[0])
    assert 0 < n_made < N_NEW
    assert f"{n_made} new points of the {N_NEW} asked for." in live.sentence()


def test_all_noise(show):
    X = np.column_stack(np.divmod(np.arange(100.0), 10))
    y = 1 * (np.arange(100) % 12 == 0)
    live = show(explore_borderline(X, y, n_new=N_NEW))
    live.move("m_neighbors", 2)
    assert live.signal("n_noise") == y.sum() and live.signal("n_made") == 0
    live.move("Sampler", "SVM-SMOTE")
    assert "SVMSMOTE raises an error: all its support vectors" in live.sentence()
    with pytest.raises(ValueError, match="All support vectors are considered"):
        new_points(X, y, "SVM-SMOTE", 2)


def test_a_click_picks_the_nearest_minority_point(show, data):
    live = show(explore_borderline(*data, n_new=N_NEW))
    start = live.signal("point_id")
    target = next(i for i in (2, 9) if i != start)
    x, y = live.places("minority_points")[target]
    live.click(x + 2, y + 2)
    assert live.signal("point_id") == target
    assert live.control("Point").input_value() == str(target)


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_borderline(*data, n_new=N_NEW), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_moons((120, 20), noise=0.3, random_state=0)
    html = explore_borderline(X, y)._repr_mimebundle_()["text/html"]
    assert len(html) < 300_000


def test_few_points_allow_a_smaller_m(show):
    X, y = make_moons((5, 6), noise=0.1, random_state=0)
    live = show(explore_borderline(X, y, n_new=N_NEW))
    assert live.control("m_neighbors").get_attribute("max") == "10"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.zeros((9, 3))}, ValueError, "X has 3 columns.*needs 2"),
        ({"y": [0] * 4 + [1] * 5}, ValueError, "5 minority points.*at least 6"),
        ({"y": [0] * 9}, ValueError, "one class only"),
        ({"n_new": 0}, ValueError, "n_new=0"),
        ({"n_new": 2.5}, TypeError, "n_new=2.5"),
        ({"random_state": None}, TypeError, "random_state=None"),
    ],
)
def test_bad_input_is_named(change, error, message):
    rng = np.random.default_rng(0)
    arguments = {"X": rng.normal(size=(9, 2)), "y": [0] * 3 + [1] * 6} | change
    with pytest.raises(error, match=message):
        explore_borderline(arguments.pop("X"), arguments.pop("y"), **arguments)
