"""The figure of chapter 33: what it shows is what imbalanced-learn's SMOTE returned."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from imbtutor import make_bridge
from imbtutor.explore import explore_smote_pitfalls
from imbtutor.explore.smote_pitfalls import SHAPES, shape_data

EXACT = {"rel": 0, "abs": 1e-6}


def compare(live, shape, k, point):
    """Compare the figure with the library: its points, and what it says of one."""
    state = [live.signal(name) for name in ("shape", "k_neighbors", "point_id")]
    assert state == [shape, k, point]
    X, y = shape_data(shape, random_state=2)
    minority = X[y == 1]
    new = SMOTE(k_neighbors=k, random_state=2).fit_resample(X, y)[0][len(X) :]
    assert (len(minority), len(new)) == (12, 48)

    # Every point is drawn where it is, in the first two dimensions.
    rows = sorted(live.rows("minority_points"), key=lambda row: row["id"])
    places = np.array([[row["x"], row["y"]] for row in rows])
    assert places == pytest.approx(np.vstack([minority, new])[:, :2], **EXACT)
    others = np.array([[row["x"], row["y"]] for row in live.rows("majority_points")])
    assert others == pytest.approx(X[y == 0, :2], abs=1e-4)  # rounded for the page

    # Strayed is what a nearest neighbor classifier calls majority.
    ground = KNeighborsClassifier(n_neighbors=1).fit(X, y)
    strayed = ground.predict(new) == 0
    kinds = ["strayed" if each else "new" for each in strayed]
    assert [row["kind"] for row in rows] == ["minority"] * 12 + kinds
    assert live.signal("n_strayed") == strayed.sum()

    # Variance and distances from the mean, in all dimensions.
    ratio = new.var(axis=0).sum() / minority.var(axis=0).sum()
    assert live.signal("variance_ratio") == pytest.approx(ratio, **EXACT)
    away = np.linalg.norm(np.vstack([minority, new]) - minority.mean(axis=0), axis=1)
    ticks = sorted(live.rows("ticks"), key=lambda row: row["id"])
    assert [row["distance"] for row in ticks] == pytest.approx(away, **EXACT)
    assert live.signal("mean_minority") == pytest.approx(away[:12].mean(), **EXACT)
    assert live.signal("mean_new") == pytest.approx(away[12:].mean(), **EXACT)

    # The picked point.
    neighbors = live.signal("neighbors")
    nearest = NearestNeighbors(n_neighbors=k + 1).fit(minority)
    found = nearest.kneighbors(minority, return_distance=False)[:, 1:]
    if point < 12:
        assert neighbors == found[point].tolist()
        assert live.signal("parent") is None and live.signal("strayed") is None
    else:
        parent, neighbor = neighbors
        assert [live.signal("parent"), live.signal("neighbor")] == neighbors
        assert neighbor in found[parent]
        way = minority[neighbor] - minority[parent]
        made = minority[parent] + live.signal("step") * way
        assert made == pytest.approx(new[point - 12], **EXACT)
        assert live.signal("strayed") == strayed[point - 12]
        distance = np.linalg.norm(X - new[point - 12], axis=1).min()
        assert live.signal("nearest") == pytest.approx(distance, **EXACT)
    ends = [(row["x2"], row["y2"]) for row in live.rows("links")]
    assert np.array(ends) == pytest.approx(minority[neighbors, :2], **EXACT)


def test_every_control_agrees_with_imbalanced_learn(show):
    live = show(explore_smote_pitfalls())
    state = {"shape": "bridge", "k": 7, "point": live.signal("point_id")}
    compare(live, **state)
    moves = {
        ("Shape", "shape"): [*SHAPES],
        ("k_neighbors", "k"): [1, 3, 6, 8],
        ("Point", "point"): [0, 5, 30, 59],
    }
    for (label, name), values in moves.items():
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, **state)
        live.move(label, values[1])
        state[name] = values[1]


def test_the_children_of_a_parent_are_counted(show):
    live = show(explore_smote_pitfalls())
    live.move("k_neighbors", 8)
    parents, lost = [], []
    for point in range(12, 60):
        live.move("Point", point)
        parents.append(live.signal("parent"))
        lost.append(live.signal("strayed"))
    assert any(lost) and not all(lost)
    for point in range(12):
        live.move("Point", point)
        mine = np.array(parents) == point
        assert live.signal("n_children") == mine.sum()
        assert live.signal("n_lost") == (mine & np.array(lost)).sum()


def test_a_click_picks_a_minority_point_or_a_new_one(show):
    live = show(explore_smote_pitfalls())
    places = live.places("minority_points")
    # Those that have no other point within ten pixels.
    xy = np.array([places[i] for i in range(60)])
    gap = np.linalg.norm(xy[:, None] - xy, axis=2) + 1000 * np.eye(60)
    alone = np.flatnonzero(gap.min(axis=1) > 10)
    for target in (alone[0], alone[-1]):
        live.click(places[target][0] + 1, places[target][1] + 1)
        assert live.signal("point_id") == target
    assert alone[0] < 12 <= alone[-1]


def test_the_sentence_follows_and_the_keyboard_works(show):
    live = show(explore_smote_pitfalls())
    start = live.signal("point_id")
    assert live.signal("strayed") is True
    sentence = live.sentence()
    assert sentence.startswith(f"{live.signal('n_strayed')} of 48 new points strayed. ")
    assert f"Point {start} is new, at step {live.signal('step'):.2f} from" in sentence
    assert "away, is in the majority: it strayed." in sentence
    ratio = live.signal("variance_ratio")
    assert sentence.endswith(f"is {ratio:.2f} times that of the minority.")
    live.press("Point", "ArrowRight")
    assert live.signal("point_id") == start + 1
    live.press("k_neighbors", "ArrowLeft")
    assert live.signal("k_neighbors") == 6
    seen = set()
    for point in range(12):
        live.move("Point", point)
        n, lost = live.signal("n_children"), live.signal("n_lost")
        ending = "point comes" if n == 1 else "points come"
        assert (
            f"Point {point} is in the minority; {n} new {ending} from it, and {lost}"
            " strayed."
        ) in live.sentence()
        seen.add(min(n, 2))
    assert seen >= {1, 2}


def test_the_opening_shows_a_point_on_the_bridge(show):
    """The picture in print is the first one: it has to show the fault."""
    live = show(explore_smote_pitfalls())
    X, y = shape_data("bridge", random_state=2)
    assert np.array_equal(X, make_bridge(72, prevalence=1 / 6, random_state=2)[0])
    side = np.sign(X[y == 1, 0])
    assert side[live.signal("parent")] != side[live.signal("neighbor")]


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show):
    live = show(explore_smote_pitfalls(), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    page = explore_smote_pitfalls()._repr_mimebundle_()["text/html"]
    assert len(page) < 300_000


@pytest.mark.parametrize(
    ("value", "error"), [(None, TypeError), (0.5, TypeError), (-1, ValueError)]
)
def test_bad_input_is_named(value, error):
    with pytest.raises(error, match=f"random_state={value}"):
        explore_smote_pitfalls(random_state=value)
