"""The figure of chapter 32: what it shows is what imbalanced-learn's SMOTE returned."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from imbtutor.explore import explore_smote

EXACT = {"rel": 0, "abs": 1e-6}
N_NEW = [4, 12, 60]


@pytest.fixture(scope="module")
def data():
    X, y = make_moons((80, 12), noise=0.15, random_state=3)
    return X, y


def new_points(X, y, k, n):
    """What SMOTE itself returns, without the record of parent and step."""
    sampler = SMOTE(
        sampling_strategy={1: int(y.sum()) + n}, k_neighbors=k, random_state=0
    )
    return sampler.fit_resample(X, y)[0][len(X) :]


def compare(live, X, y, k, n, point):
    """Compare the figure with the library: its points, and what it says of them."""
    state = [live.signal(name) for name in ("k_neighbors", "n_new", "parent_id")]
    assert state == [k, n, point]
    minority = X[y == 1]
    expected = new_points(X, y, k, n)

    # Every synthetic point is drawn where SMOTE put it.
    rows = sorted(live.rows("new_points"), key=lambda row: row["row"])
    assert [row["row"] for row in rows] == list(range(len(X), len(X) + n))
    drawn = np.array([[row["x"], row["y"]] for row in rows])
    assert drawn == pytest.approx(expected, **EXACT)
    parents = np.array([row["id"] for row in rows])
    toward = np.array([row["toward"] for row in rows])
    step = np.array([row["step"] for row in rows])
    assert (step >= 0).all() and (step < 1).all()
    way = minority[toward] - minority[parents]
    assert minority[parents] + step[:, None] * way == pytest.approx(expected, **EXACT)

    # The neighbors and their distances are scikit-learn's.
    nearest = NearestNeighbors(n_neighbors=k + 1).fit(minority)
    distance, neighbor = nearest.kneighbors(minority)
    assert all(toward[i] in neighbor[parents[i], 1:] for i in range(n))
    assert live.signal("neighbors") == neighbor[point, 1:].tolist()
    assert live.signal("distances") == pytest.approx(distance[point, 1:], **EXACT)
    ends = [(row["x2"], row["y2"]) for row in live.rows("links")]
    assert np.array(ends) == pytest.approx(minority[neighbor[point, 1:]], **EXACT)

    # The numbers of the chosen parent.
    mine = parents == point
    assert live.signal("n_children") == mine.sum()
    assert live.signal("n_childless") == len(minority) - len(set(parents))
    assert live.signal("steps") == pytest.approx(step[mine], **EXACT)
    assert live.signal("toward") == toward[mine].tolist()
    assert live.signal("rows") == (np.flatnonzero(mine) + len(X)).tolist()
    on_segments = live.rows("steps")
    assert sorted(row["step"] for row in on_segments) == sorted(step[mine])
    order = neighbor[point, 1:].tolist()
    assert all(order[row["rank"]] == row["toward"] for row in on_segments)


def test_every_control_agrees_with_imbalanced_learn(show, data):
    live = show(explore_smote(*data, n_new=N_NEW))
    state = {"k": 5, "n": 4, "point": live.signal("parent_id")}
    compare(live, *data, **state)
    moves = {
        ("k_neighbors", "k"): [1, 3, 6, 8],
        ("New points", "n"): [4, 12, 60],
        ("Point", "point"): [0, 4, 7, 11],
    }
    for (label, name), values in moves.items():
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, *data, **state)
        live.move(label, values[1])
        state[name] = values[1]


def test_each_number_is_a_run_of_its_own(show, data):
    """The first points of a long run are not what SMOTE returns for fewer."""
    live = show(explore_smote(*data, n_new=N_NEW))
    steps = {}
    for n in (4, 12):
        live.move("New points", n)
        rows = sorted(live.rows("new_points"), key=lambda row: row["row"])
        steps[n] = [row["step"] for row in rows[:4]]
    assert steps[4] != steps[12]


def test_a_click_picks_the_nearest_minority_point(show, data):
    live = show(explore_smote(*data, n_new=N_NEW))
    start = live.signal("parent_id")
    target = next(i for i in (2, 9) if i != start)
    x, y = live.places("minority_points")[target]
    live.click(x + 3, y + 3)
    assert live.signal("parent_id") == target
    assert live.control("Point").input_value() == str(target)


def drawn(live, name, key):
    """Return for each mark of a layer its point's number and how it is drawn."""
    return live.page.evaluate(
        r"""([figure, name, key]) => {
          const wanted = new RegExp(`^${name}(_\\d+)?_marks$`);
          const find = (mark) => wanted.test(mark.name)
            ? mark.items.map((item) => [item.datum.id, item[key]])
            : (mark.items ?? []).flatMap((item) => (item.items ?? []).flatMap(find));
          return find(imbtutorViews[figure].scenegraph().root);
        }""",
        [live.name, name, key],
    )


def test_a_hollow_triangle_is_nobodys_parent(show, data):
    live = show(explore_smote(*data, n_new=N_NEW))
    parents = {row["id"] for row in live.rows("new_points")}
    fill = drawn(live, "minority_points", "fillOpacity")
    assert len(fill) == 12
    assert {i for i, value in fill if value == 1} == parents
    assert {i for i, value in fill if value == 0} == set(range(12)) - parents


def test_the_new_points_of_the_parent_stand_out(show, data):
    live = show(explore_smote(*data, n_new=N_NEW))
    live.move("New points", 60)
    live.move("Point", 5)
    opacity = drawn(live, "new_points", "opacity")
    assert len(opacity) == 60 and {i for i, _ in opacity} > {5}
    assert all((value == 1) == (i == 5) for i, value in opacity)


def test_the_sentence_follows_and_the_keyboard_works(show, data):
    live = show(explore_smote(*data, n_new=N_NEW))
    live.move("Point", 3)
    before = live.sentence()
    assert before.startswith("Nearest minority neighbors of point 3 (and distance): ")
    childless = live.signal("n_childless")
    assert childless > 0
    assert before.endswith(f"Of the 12 minority points, {childless} got none.")
    live.press("Point", "ArrowRight")
    assert live.signal("parent_id") == 4
    live.press("k_neighbors", "ArrowLeft")
    assert live.signal("k_neighbors") == 4
    sentence = live.sentence()
    assert sentence != before
    for i, distance in zip(
        live.signal("neighbors"), live.signal("distances"), strict=True
    ):
        assert f"{i} ({distance:.3g})" in sentence
    live.move("New points", 60)
    sentence = live.sentence()
    n = live.signal("n_children")
    assert f"Of the 60 new points, {n} come from it: toward " in sentence
    for i, step in zip(live.signal("toward"), live.signal("steps"), strict=True):
        assert f"toward {i} at step {step:.3f}" in sentence
    assert live.signal("n_childless") == 0
    assert sentence.endswith("Each of the 12 minority points got one or more.")


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_smote(*data, n_new=N_NEW), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(data, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_moons((120, 15), noise=0.2, random_state=1)
    fig = explore_smote(X, y, n_new=[15, 45, 105])
    assert len(fig._repr_mimebundle_()["text/html"]) < 400_000


def test_few_minority_points_allow_fewer_neighbors(show):
    X, y = make_moons((20, 3), noise=0.1, random_state=0)
    live = show(explore_smote(X, y, n_new=[5]))
    assert live.control("k_neighbors").get_attribute("max") == "2"
    compare(live, X, y, k=2, n=5, point=live.signal("parent_id"))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.zeros((5, 3))}, ValueError, "X has 3 columns.*needs 2"),
        ({"y": [0, 0, 0, 1, 1]}, ValueError, "2 minority points.*at least 3"),
        ({"y": [0, 0, 0, 0, 0]}, ValueError, "one class only"),
        ({"n_new": []}, ValueError, "n_new is empty"),
        ({"n_new": [5, 0]}, ValueError, "n_new=0"),
        ({"n_new": [2.5]}, TypeError, "n_new=2.5"),
        ({"random_state": None}, TypeError, "random_state=None"),
    ],
)
def test_bad_input_is_named(change, error, message):
    rng = np.random.default_rng(0)
    arguments = {"X": rng.normal(size=(5, 2)), "y": [0, 0, 1, 1, 1]} | change
    with pytest.raises(error, match=message):
        explore_smote(arguments.pop("X"), arguments.pop("y"), **arguments)
