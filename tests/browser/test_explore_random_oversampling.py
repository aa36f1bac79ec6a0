"""The figure of chapter 31 shows what imbalanced-learn's RandomOverSampler returned."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from imbtutor.explore import explore_random_oversampling

EXACT = {"rel": 0, "abs": 1e-6}
RATIOS = [0.2, 0.35, 0.6, 1.0]
SHRINKAGES = [0, 0.5, 1, 2]


@pytest.fixture(scope="module")
def data():
    return make_moons((80, 12), noise=0.15, random_state=3)


def make(data):
    return explore_random_oversampling(*data, ratios=RATIOS, shrinkages=SHRINKAGES)


def compare(live, X, y, ratio, shrinkage, point):
    """Compare the figure with the library: its points, and what it says of them."""
    state = [live.signal(name) for name in ("ratio", "shrinkage", "parent_id")]
    assert state == [ratio, shrinkage, point]
    sampler = RandomOverSampler(
        sampling_strategy=ratio, shrinkage=shrinkage or None, random_state=0
    )
    X_new, y_new = sampler.fit_resample(X, y)
    parents = sampler.sample_indices_[len(X) :]
    expected = X_new[len(X) :]

    # Every new point is drawn where the sampler put it, as a child of its parent.
    rows = sorted(live.rows("new_points"), key=lambda row: row["row"])
    assert [row["row"] for row in rows] == list(range(len(X), len(X_new)))
    drawn = np.array([[row["x"], row["y"]] for row in rows])
    assert drawn == pytest.approx(expected, **EXACT)
    members = np.flatnonzero(y == 1)
    assert [members[row["id"]] for row in rows] == parents.tolist()

    # The numbers of the chosen parent, and its links.
    mine = parents == members[point]
    distance = np.linalg.norm(expected[mine] - X[members[point]], axis=1)
    assert live.signal("n_children") == mine.sum()
    assert live.signal("rows") == (np.flatnonzero(mine) + len(X)).tolist()
    assert live.signal("distances") == pytest.approx(distance, **EXACT)
    ends = [(row["x2"], row["y2"]) for row in live.rows("links")]
    # A missing list would be flattened to one row without numbers.
    ends = [end for end in ends if None not in end]
    assert len(ends) == mine.sum()
    if ends:
        assert np.array(ends) == pytest.approx(expected[mine], **EXACT)

    # The bars, and the numbers of the whole class.
    counts = [int((parents == member).sum()) for member in members]
    bars = sorted(live.rows("bars"), key=lambda row: row["id"])
    assert [row["count"] for row in bars] == counts
    assert live.signal("mean_children") == pytest.approx(np.mean(counts), **EXACT)
    assert live.signal("n_childless") == counts.count(0)
    assert live.signal("n_new") == len(expected)
    assert live.signal("n_minority") == (y_new == 1).sum()
    grown = X_new[y_new == 1].var(axis=0) / X[y == 1].var(axis=0)
    shown = [live.signal("var_1"), live.signal("var_2")]
    assert shown == pytest.approx(grown, **EXACT)
    nearest = NearestNeighbors(n_neighbors=1).fit(X).kneighbors(expected)[1].ravel()
    assert live.signal("n_strayed") == (y[nearest] == 0).sum()


def test_every_control_agrees_with_imbalanced_learn(show, data):
    live = show(make(data))
    state = {"ratio": 1, "shrinkage": 0, "point": live.signal("parent_id")}
    compare(live, *data, **state)
    moves = {
        ("sampling_strategy", "ratio"): [0.2, 0.35, 0.6, 1],
        ("shrinkage", "shrinkage"): [2, 0.5, 0, 1],
        ("Point", "point"): [0, 4, 7, 11],
    }
    for (label, name), values in moves.items():
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, *data, **state)
        live.move(label, values[1])
        state[name] = values[1]
        compare(live, *data, **state)


def test_a_click_picks_the_nearest_minority_point(show, data):
    live = show(make(data))
    start = live.signal("parent_id")
    target = next(i for i in (2, 9) if i != start)
    x, y = live.places("minority_points")[target]
    live.click(x + 3, y + 3)
    assert live.signal("parent_id") == target
    assert live.control("Point").input_value() == str(target)


def test_the_sentence_is_true_of_none_one_and_many(show, data):
    live = show(make(data))
    live.move("sampling_strategy", 0.35)
    counts = {row["id"]: row["count"] for row in live.rows("bars")}
    seen = set()
    for shrinkage in (0, 1):
        live.move("shrinkage", shrinkage)
        for point, count in counts.items():
            if (shrinkage, min(count, 2)) in seen:
                continue
            seen.add((shrinkage, min(count, 2)))
            live.move("Point", point)
            places = {
                (0, 0): "",
                (0, 1): ", a copy at its own place",
                (0, 2): ", all copies at its own place",
                (1, 0): "",
            }
            far = live.signal("distances")
            if shrinkage and count == 1:
                place = f", at a distance of {far[0]:.2f} from it"
            elif shrinkage and count > 1:
                place = f", at distances of {min(far):.2f} to {max(far):.2f} from it"
            else:
                place = places[shrinkage, min(count, 2)]
            start = f"Point {point} got {count} of the 16 new points{place}. "
            sentence = live.sentence()
            assert sentence.startswith(start)
            assert "The classes now count 80 and 28." in sentence
            strayed = live.signal("n_strayed")
            if strayed == 0:
                end = "No new point has a majority point as its nearest."
            elif strayed == 1:
                end = "1 of the new points has a majority point as its nearest."
            else:
                end = f"{strayed} of the new points have a majority point as their"
                end += " nearest."
            assert sentence.endswith(end)
    assert len(seen) == 6  # none, one and many, of copies and of jittered children


def test_the_keyboard_works(show, data):
    live = show(make(data))
    live.move("Point", 3)
    live.press("Point", "ArrowRight")
    assert live.signal("parent_id") == 4
    live.press("shrinkage", "ArrowDown")
    assert live.signal("shrinkage") == 0.5


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(make(data), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    """As chapter 31 shows it; 250 kB is what one figure may cost the reader."""
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_moons((120, 15), noise=0.2, random_state=1)
    fig = explore_random_oversampling(X, y)
    assert len(fig._repr_mimebundle_()["text/html"]) < 250_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.zeros((10, 3))}, ValueError, "X has 3 columns.*needs 2"),
        ({"y": np.repeat([0, 1], [9, 1])}, ValueError, "1 minority points.*2 to 40"),
        ({"y": np.zeros(10)}, ValueError, "one class only"),
        ({"ratios": []}, ValueError, "ratios or shrinkages is empty"),
        ({"ratios": [0.4]}, ValueError, r"ratios=0.4 adds no point.*0.571"),
        ({"ratios": [1.5]}, ValueError, "ratios=1.5"),
        ({"shrinkages": []}, ValueError, "ratios or shrinkages is empty"),
        ({"shrinkages": [-1]}, ValueError, "shrinkages=-1"),
        ({"shrinkages": [None]}, TypeError, "shrinkages=None"),
        ({"random_state": None}, TypeError, "random_state=None"),
    ],
)
def test_bad_input_is_named(change, error, message):
    X = np.random.default_rng(0).normal(size=(10, 2))
    arguments = {"X": X, "y": np.repeat([0, 1], [7, 3]), "ratios": [1]} | change
    with pytest.raises(error, match=message):
        explore_random_oversampling(arguments.pop("X"), arguments.pop("y"), **arguments)
