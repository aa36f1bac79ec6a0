"""The figure of chapter 44: rounds, votes and counts are imbalanced-learn's."""

import numpy as np
import pytest
from imblearn.under_sampling import (
    AllKNN,
    EditedNearestNeighbours,
    RepeatedEditedNearestNeighbours,
)
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from imbtutor import make_gaussians
from imbtutor.explore import explore_edited_neighbours

EXACT = {"rel": 0, "abs": 1e-6}
SAMPLERS = {
    "ENN": EditedNearestNeighbours,
    "RENN": RepeatedEditedNearestNeighbours,
    "AllKNN": AllKNN,
}


@pytest.fixture(scope="module")
def data():
    return make_moons((60, 15), noise=0.35, random_state=0)


def rounds_of(X, y, name, kind, k):
    """Run round after round by hand; return the rows that each one leaves, and k."""
    here, found = np.arange(len(X)), []
    while len(found) < {"ENN": 1, "RENN": 100, "AllKNN": k}[name]:
        now = len(found) + 1 if name == "AllKNN" else k
        editor = EditedNearestNeighbours(n_neighbors=now, kind_sel=kind)
        editor.fit_resample(X[here], y[here])
        left = here[np.sort(editor.sample_indices_)]
        found.append((here, left, now))
        if name == "RENN" and len(left) == len(here):
            break
        if (y[left] == 0).sum() < y.sum():
            break
        here = left
    return found


def compare(live, X, y, sampler, kind_sel, n_neighbors, rounds, point):
    """Compare the figure with the library: rounds, counts, votes and neighbors."""
    found = rounds_of(X, y, sampler, kind_sel, n_neighbors)
    assert live.signal("n_rounds") == len(found)
    # The sampler itself leaves what the rounds leave.
    whole = SAMPLERS[sampler](kind_sel=kind_sel, n_neighbors=n_neighbors)
    X_new, y_new = whole.fit_resample(X, y)
    assert np.array_equal(np.unique(X_new, axis=0), np.unique(X[found[-1][1]], axis=0))
    bars = [row["left"] for row in live.rows("counts")]
    assert bars[-1] == (y_new == 0).sum() and bars[0] == (y == 0).sum()
    assert bars[1:] == [(y[left] == 0).sum() for _, left, _ in found]

    # The slider goes no further than the run, and comes back in a longer one.
    shown = min(rounds, len(found))
    assert live.signal("shown") == live.signal("rounds") == shown
    slider = live.control("Rounds shown")
    assert slider.input_value() == str(shown)
    assert slider.is_disabled() == (len(found) == 1)
    assert slider.get_attribute("max") == str(len(found))
    left = found[shown - 1][1]
    assert live.signal("n_left") == (y[left] == 0).sum()
    drawn = {row["id"]: row["kind"] for row in live.rows("minority_points")}
    fell = {
        row: number
        for number, (before, after, _) in enumerate(found[:shown], 1)
        for row in set(before.tolist()) - set(after.tolist())
    }
    for row, kind in drawn.items():
        stands = "minority" if y[row] else "majority"
        expected = {0: stands, shown: "removed in this round"}
        assert kind == expected.get(fell.get(row, 0), "removed before")

    # The picked row: who decides about it, and how many of them are foreign.
    asked = fell.get(point, shown)
    before, _, k = found[asked - 1]
    search = NearestNeighbors(n_neighbors=k + 1).fit(X[before])
    near = before[search.kneighbors(X[[point]], return_distance=False)[0, 1:]]
    assert live.signal("asked") == asked and live.signal("k") == k
    assert live.signal("votes") == (y[near] != y[point]).sum()
    rows = live.rows("links")
    assert [row["neighbor"] for row in rows] == near.tolist()
    ends = np.array([(row["x2"], row["y2"]) for row in rows])
    assert ends == pytest.approx(X[near], **EXACT)


def test_every_control_agrees_with_imbalanced_learn(show, data):
    X, y = data
    live = show(explore_edited_neighbours(X, y))
    last = len(rounds_of(X, y, "RENN", "all", 5))
    state = {"sampler": "ENN", "kind_sel": "all", "n_neighbors": 3, "rounds": 1}
    state["point"] = live.signal("point_id")
    compare(live, X, y, **state)
    for label, name, values in [
        ("Sampler", "sampler", ["RENN", "AllKNN", "ENN"]),
        ("n_neighbors", "n_neighbors", [1, 2, 4, 5]),
        ("kind_sel", "kind_sel", ["mode", "all"]),
        ("Sampler", "sampler", ["AllKNN", "RENN"]),
        ("Rounds shown", "rounds", [1, 2, last - 1, last]),
        ("kind_sel", "kind_sel", ["mode", "all"]),
        ("Point", "point", [0, 20, 50, len(X) - 1]),
        ("Sampler", "sampler", ["AllKNN"]),
        ("Rounds shown", "rounds", [2, 1]),
    ]:
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, X, y, **state)


def test_several_rounds_remove(show, data):
    """Without these the comparison above would say little."""
    X, y = data
    for name in ("RENN", "AllKNN"):
        left = [len(after) for _, after, _ in rounds_of(X, y, name, "all", 3)]
        assert len(left) >= 3 and left[0] > left[1]


def test_the_sentence_tells_votes_and_fate(show, data):
    X, y = data
    live = show(explore_edited_neighbours(X, y))
    live.move("n_neighbors", 1)
    (before, left, _) = rounds_of(X, y, "ENN", "all", 1)[0]
    removed = next(i for i in before if i not in left)
    kept = next(i for i in left if y[i] == 0)
    for point, text in [
        (removed, "the row nearest to it is of the other class; it falls in"),
        (kept, "the row nearest to it is of its own class; it stays to the"),
        (np.flatnonzero(y)[0], "the minority is not edited."),
    ]:
        live.move("Point", point)
        assert text in live.sentence()
    assert f"round 1 of 1: {(y[left] == 0).sum()} of 60 majority" in live.sentence()


def test_nothing_is_removed_where_classes_lie_apart(show):
    X, y = make_gaussians(60, prevalence=0.2, separation=9, random_state=0)
    live = show(explore_edited_neighbours(X, y))
    live.move("Sampler", "RENN")
    assert live.signal("n_left") == 48 and live.signal("n_rounds") == 1
    kinds = {row["kind"] for row in live.rows("minority_points")}
    assert kinds == {"majority", "minority"}


def test_it_stops_when_the_majority_would_be_smaller(show):
    """Rows of both classes mixed: a round may leave fewer than the minority has."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 2)), np.repeat([0, 1], [28, 22])
    live = show(explore_edited_neighbours(X, y))
    for name in SAMPLERS:
        live.move("Sampler", name)
        point = live.signal("point_id")
        compare(live, X, y, name, "all", 3, 1, point)
    assert live.signal("n_left") < 22


def test_a_click_picks_the_nearest_row(show, data):
    live = show(explore_edited_neighbours(*data))
    places = live.places("minority_points")
    start = live.signal("point_id")
    target = next(i for i in (2, 73) if i != start)
    x, y = places[target]
    # The drawing has a margin of 5 pixels, which is not in `places`.
    live.click(x + 5, y + 5)
    assert live.signal("point_id") == target
    assert live.control("Point").input_value() == str(target)


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_edited_neighbours(*data), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_moons((120, 30), noise=0.3, random_state=0)
    html = explore_edited_neighbours(X, y)._repr_mimebundle_()["text/html"]
    assert len(html) < 300_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros((20, 3))}, "X has 3 columns.*needs 2"),
        ({"y": [0] * 15 + [1] * 5}, "5 minority points.*at least 6"),
        ({"y": [0] * 9 + [1] * 11}, "11 minority points and 9 of the majority"),
        ({"y": [0] * 20}, "one class only"),
    ],
)
def test_bad_input_is_named(change, message):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), [0] * 13 + [1] * 7
    arguments = {"X": X, "y": y} | change
    with pytest.raises(ValueError, match=message):
        explore_edited_neighbours(arguments["X"], arguments["y"])
