"""The figure of chapter 42: kept rows, distances and ranks are imbalanced-learn's."""

import warnings

import numpy as np
import pytest
from imblearn.under_sampling import NearMiss
from sklearn.neighbors import NearestNeighbors

from imbtutor import make_outliers
from imbtutor.explore import explore_near_miss

EXACT = {"rel": 0, "abs": 1e-6}
RADIUS = 0.8


@pytest.fixture(scope="module")
def data():
    return make_outliers(
        60, prevalence=0.15, separation=4, outliers=0.3, random_state=2
    )


def moved(X, y, place):
    """Return X with the walking stray at its place, and the rows of the strays."""
    minority = X[y == 1]
    home = np.median(minority, axis=0)
    far = np.linalg.norm(minority - home, axis=1).argsort()[::-1]
    strays = np.flatnonzero(y == 1)[far[:3]]
    X = X.copy()
    X[strays[0]] = home + place / 6 * (X[strays[0]] - home)
    return X, strays


def compare(live, X, y, version, k, place, row):
    """Compare the figure with the sampler and with distances found afresh."""
    state = [live.signal(each) for each in ("version", "n_neighbors", "place")]
    assert [*state, live.signal("row_id")] == [version, k, place, row]
    X, strays = moved(X, y, place)
    majority, minority = X[y == 0], X[y == 1]
    sampler = NearMiss(version=version, n_neighbors=k)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sampler.fit_resample(X, y)
    kept = np.isin(np.flatnonzero(y == 0), sampler.sample_indices_)

    # Every point is drawn at its place, by its fate.
    drawn = {each["id"]: each for each in live.rows("majority_points")}
    assert len(drawn) == len(majority)
    places = np.array([[drawn[i]["x"], drawn[i]["y"]] for i in range(len(drawn))])
    assert places == pytest.approx(majority, **EXACT)
    fates = [drawn[i]["kind"] for i in range(len(drawn))]
    assert fates == ["kept" if each else "removed" for each in kept]
    assert live.signal("n_kept") == kept.sum()
    others = {each["id"]: each for each in live.rows("minority_points")}
    places = np.array([[others[i]["x"], others[i]["y"]] for i in range(len(others))])
    assert places == pytest.approx(minority, **EXACT)
    kinds = np.array([others[i]["kind"] for i in range(len(others))])
    members = np.flatnonzero(y == 1)
    assert set(members[kinds == "stray"]) == set(strays)
    close = np.linalg.norm(majority - X[strays][:, None], axis=2) <= RADIUS
    for which, near in [("", close[0]), ("_others", close[1:].any(axis=0))]:
        assert live.signal(f"n_around{which}") == near.sum()
        assert live.signal(f"n_close{which}") == (kept & near).sum()

    # The queue, and the picked row in it.
    distances, near = (
        NearestNeighbors().fit(minority).kneighbors(majority, len(minority))
    )
    part = slice(-k, None) if version == 2 else slice(k)
    mean = distances[:, part].mean(axis=1)
    listed = np.ones(len(majority), dtype=bool)
    if version == 3:
        search = NearestNeighbors(n_neighbors=3).fit(majority)
        shortlist = search.kneighbors(minority, return_distance=False)
        listed = np.isin(np.arange(len(majority)), shortlist)
    queue = {each["id"]: each for each in live.rows("queue")}
    assert sorted(queue) == np.flatnonzero(listed).tolist()
    for i, each in queue.items():
        assert each["distance"] == pytest.approx(mean[i], **EXACT)
        assert (each["rank"] <= y.sum()) == kept[i]
    in_order = sorted(queue, key=lambda i: queue[i]["rank"])
    steps = np.diff(mean[in_order])
    assert ((steps <= 1e-9) if version == 3 else (steps >= -1e-9)).all()
    assert live.signal("stays") == kept[row]
    lengths = sorted(live.signal("lengths"))
    if listed[row]:
        assert live.signal("distance") == pytest.approx(mean[row], **EXACT)
        assert live.signal("rank") == in_order.index(row) + 1
        assert {int(i) for i in live.signal("by")} == set(near[row, part])
        assert lengths == pytest.approx(sorted(distances[row, part]), **EXACT)
        ends = {(each["x2"], each["y2"]) for each in live.rows("links")}
        assert ends == {tuple(minority[i]) for i in near[row, part]}
    else:
        assert (
            live.signal("rank") is None
            and live.signal("by") == [] == lengths
            and not kept[row]
        )


def test_every_control_agrees_with_imbalanced_learn(show, data):
    live = show(explore_near_miss(*data, radius=RADIUS))
    state = {"version": 1, "k": 3, "place": 6, "row": live.signal("row_id")}
    compare(live, *data, **state)
    for version in (1, 2, 3):
        live.move("Version", version)
        state["version"] = version
        for place in (0, 2, 4, 6):
            live.move("Place of the stray", place)
            state["place"] = place
            compare(live, *data, **state)
        for k in (1, 5, 3):
            live.move("n_neighbors", k)
            state["k"] = k
            compare(live, *data, **state)
        for row in (0, 17, 34, 50):
            live.move("Majority row", row)
            state["row"] = row
            compare(live, *data, **state)


def test_the_sentence_tells_counts_and_fate(show, data):
    live = show(explore_near_miss(*data, radius=RADIUS))
    sentence = live.sentence()
    assert sentence.startswith("Version 1 keeps 9 of 51 majority rows. ")
    gaps = ", ".join(f"{each:.2f}" for each in live.signal("lengths"))
    assert f" its 3 nearest minority rows are {gaps} away, on average " in sentence
    assert sentence.endswith(f"{live.signal('distance'):.3f}: rank 9, kept.")
    live.move("n_neighbors", 1)
    close, around = live.signal("n_close"), live.signal("n_around")
    assert 0 < close <= around  # one stray draws version 1 to it
    others = live.signal("n_close_others"), live.signal("n_around_others")
    assert 0 < others[0] <= others[1]
    sentence = live.sentence()
    assert (
        f" Within 0.8 of the walking stray: {close} kept of {around}; of the other 2:"
        f" {others[0]} of {others[1]}. "
    ) in sentence
    gap = live.signal("lengths")[0]
    assert f"its nearest minority row is {gap:.2f} away: rank " in sentence
    assert "on average" not in sentence
    live.move("Version", 2)
    live.move("n_neighbors", 5)
    assert "its 5 farthest minority rows are " in live.sentence()


def test_a_short_list_and_a_row_without_a_rank_are_said(show):
    """Classes far apart: the shortlists of the minority rows coincide."""
    X, y = make_outliers(60, prevalence=0.2, separation=8, outliers=0, random_state=0)
    live = show(explore_near_miss(X, y))
    live.move("Version", 3)
    n_kept = live.signal("n_kept")
    assert 0 < n_kept < 12
    assert f"keeps {n_kept} of 48 majority rows, fewer than the 12" in live.sentence()
    assert " No majority row lies within " in live.sentence()
    unlisted = set(range(48)) - {each["id"] for each in live.rows("queue")}
    live.move("Majority row", min(unlisted))
    assert live.sentence().endswith(
        "no minority row has it among its 3 nearest majority rows: removed."
    )


def test_a_click_picks_the_nearest_majority_point(show, data):
    live = show(explore_near_miss(*data))
    start = live.signal("row_id")
    target = next(i for i in (3, 9) if i != start)
    x, y = live.places("majority_points")[target]
    live.click(x + 1, y + 1)
    assert live.signal("row_id") == target
    assert live.control("Majority row").input_value() == str(target)


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, data):
    live = show(explore_near_miss(*data), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    """The points of chapter 42: as many, in as many classes."""
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    X, y = make_outliers(123, prevalence=23 / 123, random_state=0)
    html = explore_near_miss(X, y)._repr_mimebundle_()["text/html"]
    assert len(html) < 300_000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.zeros((12, 3))}, ValueError, "X has 3 columns.*needs 2"),
        ({"y": [0] * 8 + [1] * 4}, ValueError, "4 minority and 8 majority"),
        ({"y": [0] * 6 + [1] * 6}, ValueError, "6 minority and 6 majority"),
        ({"y": [0] * 12}, ValueError, "one class only"),
        ({"n_strays": 1}, ValueError, "n_strays=1"),
        ({"n_strays": 5}, ValueError, "n_strays=5"),
        ({"n_strays": 2.5}, TypeError, "n_strays=2.5"),
        ({"radius": 0}, ValueError, "radius=0"),
        ({"radius": "0.6"}, TypeError, "radius='0.6'"),
    ],
)
def test_bad_input_is_named(change, error, message):
    rng = np.random.default_rng(0)
    arguments = {"X": rng.normal(size=(12, 2)), "y": [0] * 7 + [1] * 5} | change
    with pytest.raises(error, match=message):
        explore_near_miss(arguments.pop("X"), arguments.pop("y"), **arguments)
