"""The figure of chapter 5: what it shows is what minority_types returns."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from imbtutor import make_outliers, minority_types
from imbtutor.explore import explore_minority_types
from imbtutor.neighbors import TYPES

DATA = {"n_samples": 120, "prevalence": 0.2, "outliers": 0.15, "random_state": 6}
# Coordinates are written with four digits; no shown number depends on them.
DRAWN = {"rel": 0, "abs": 1e-4}


@pytest.fixture(scope="module")
def fig():
    return explore_minority_types()


def compare(live, k, separation, point):
    """Compare the figure with the library: the types, their counts, one point."""
    X, y = make_outliers(separation=separation, **DATA)
    members = np.flatnonzero(y)
    types = minority_types(X, y, n_neighbors=k)

    shown = live.signal("types")
    assert [TYPES[code] for code in shown] == types.tolist()
    for name in TYPES:
        assert live.signal(f"n_{name}") == np.sum(types == name)
    bars = {row["kind"]: row["count"] for row in live.rows("bars")}
    assert bars == {name: np.sum(types == name) for name in TYPES}

    points = sorted(live.rows("minority_points"), key=lambda row: row["id"])
    assert [row["kind"] for row in points] == types.tolist()
    places = np.array([[row["x"], row["y"]] for row in points])
    assert places == pytest.approx(X[members], **DRAWN)

    search = NearestNeighbors(n_neighbors=k + 1).fit(X)
    _, (nearest,) = search.kneighbors(X[[members[point]]])
    assert nearest[0] == members[point]
    assert live.signal("point_id") == point
    assert live.signal("neighbors") == nearest[1:].tolist()
    assert live.signal("own") == y[nearest[1:]].sum()
    links = live.rows("links")
    ends = np.array([[row["x2"], row["y2"]] for row in links])
    assert ends == pytest.approx(X[nearest[1:]], **DRAWN)
    starts = np.array([[row["x"], row["y"]] for row in links])
    assert starts == pytest.approx(np.tile(X[members[point]], (k, 1)), **DRAWN)


def test_every_control_agrees_with_minority_types(show, fig):
    live = show(fig)
    state = {"k": 5, "separation": 2.5, "point": live.signal("point_id")}
    compare(live, **state)
    moves = {
        ("n_neighbors", "k"): [1, 3, 9, 15],
        ("Separation", "separation"): [0, 1.5, 2, 4],
        ("Point", "point"): [0, 7, 16, 23],
    }
    for (label, name), values in moves.items():
        for value in values:
            live.move(label, value)
            state[name] = value
            compare(live, **state)
        live.move(label, values[1])
        state[name] = values[1]


def test_the_planted_points_stay_and_end_as_outliers(show, fig):
    live = show(fig)
    places = {}
    for separation in (0, 4):
        live.move("Separation", separation)
        rows = live.rows("minority_points")
        places[separation] = {row["id"]: (row["x"], row["kind"]) for row in rows}
    stayed = [i for i in places[0] if places[0][i][0] == places[4][i][0]]
    assert len(stayed) == round(24 * 0.15)
    assert {places[4][i][1] for i in stayed} == {"outlier"}
    others = [places[4][i][0] - places[0][i][0] for i in places[0] if i not in stayed]
    assert np.allclose(others, 4)


def test_a_click_picks_the_nearest_minority_point(show, fig):
    live = show(fig)
    start = live.signal("point_id")
    places = live.places("minority_points")
    # The one farthest to the right stands alone.
    target = max(places, key=lambda row: places[row][0])
    assert target != start
    x, y = places[target]
    live.click(x + 3, y - 3)
    assert live.signal("point_id") == target
    assert live.control("Point").input_value() == str(target)


def test_the_sentence_follows_and_the_keyboard_works(show, fig):
    live = show(fig)
    before = live.sentence()
    assert before.startswith("With 5 neighbors at separation 2.5: ")
    assert before.endswith(" has 2 of 5 neighbors in its own class: borderline.")
    live.press("n_neighbors", "ArrowRight")
    assert live.signal("n_neighbors") == 6
    live.press("Separation", "ArrowLeft")
    assert live.signal("separation") == 2
    live.move("Point", 3)
    live.press("Point", "ArrowRight")
    assert live.signal("point_id") == 4
    X, y = make_outliers(separation=2, **DATA)
    types = minority_types(X, y, n_neighbors=6)
    safe, borderline, rare, outlier = [np.sum(types == name) for name in TYPES]
    assert live.sentence() == (
        f"With 6 neighbors at separation 2: {safe} safe, {borderline} borderline, "
        f"{rare} rare, {outlier} outliers among 24 minority points. Point 4 has "
        f"{live.signal('own')} of 6 neighbors in its own class: {types[4]}."
    )
    live.move("n_neighbors", 1)
    sentence = live.sentence()
    assert sentence.startswith("With 1 neighbor at separation 2: ")
    whose = ["the other", "its own"][live.signal("own")]
    assert f"The nearest neighbor of point 4 is of {whose} class: " in sentence


@pytest.mark.parametrize(("width", "room"), [(1280, 672), (390, 342)])
def test_it_fits_the_column_and_follows_the_theme(show, fig, width, room):
    live = show(fig, width=width, dark=width == 390)
    assert live.signal("narrow") == live.signal("dark") == (width == 390)
    canvas = live.page.locator(".live-drawing canvas")
    assert canvas.evaluate("node => node.offsetWidth") <= room


def test_the_page_stays_small(fig, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    assert len(fig._repr_mimebundle_()["text/html"]) < 200_000
