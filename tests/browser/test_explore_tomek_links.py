"""The figure of chapter 43: links, choices and counts are imbalanced-learn's."""

import numpy as np
import pytest
from imblearn.under_sampling import TomekLinks
from sklearn.datasets import make_moons
from sklearn.neighbors import NearestNeighbors

from imbtutor.explore import explore_tomek_links

EXACT = {"rel": 0, "abs": 1e-6}
NOISES = [0.1, 0.2, 0.35, 0.5]
SIZES = (40, 15)


def removed_by(X, y, strategy):
    sampler = TomekLinks(sampling_strategy=strategy)
    sampler.fit_resample(X, y)
    return np.setdiff1d(np.arange(len(X)), sampler.sample_indices_)


def places(rows, x="x", y="y"):
    return np.array([[row[x], row[y]] for row in rows]).reshape(-1, 2)


def compare(live, noise, strategy, point):
    """Compare the figure with the library: points, links, what goes, who chooses."""
    state = [live.signal(each) for each in ("noise", "strategy", "point_id")]
    assert state == [pytest.approx(noise), strategy, point]
    X, y = make_moons(SIZES, noise=noise, random_state=0)
    rows = sorted(live.rows("minority_points"), key=lambda row: row["id"])
    assert places(rows) == pytest.approx(X, **EXACT)
    assert [row["kind"] for row in rows] == np.where(y, "minority", "majority").tolist()

    gone = removed_by(X, y, strategy)
    assert live.signal("n_removed") == len(gone)
    assert sorted(row["id"] for row in live.rows("removed_points")) == gone.tolist()
    after = np.bincount(np.delete(y, gone), minlength=2)
    assert live.signal("majority_after") == after[0]
    assert live.signal("minority_after") == after[1]
    assert live.signal("ratio_after") == pytest.approx(after[0] / after[1], **EXACT)
    bars = {row["bar"]: row["count"] for row in live.rows("bars")}
    expected = [SIZES[0], after[0], SIZES[1], after[1]]
    names = [f"{c}, {w}" for c in ("majority", "minority") for w in ("before", "after")]
    assert [bars[name] for name in names] == expected

    # With "all" both ends of each link go, so that half of them are the links.
    ends = removed_by(X, y, "all")
    pairs = live.rows("links")
    assert live.signal("n_links") == len(pairs) == len(ends) / 2
    drawn = np.vstack([places(pairs), places(pairs, "x2", "y2")])
    order = np.lexsort(X[ends].T), np.lexsort(drawn.T)
    assert drawn[order[1]] == pytest.approx(X[ends][order[0]], **EXACT)

    search = NearestNeighbors(n_neighbors=2).fit(X)
    nearest = search.kneighbors(X, return_distance=False)[:, 1]
    other = nearest[point]
    assert live.signal("neighbor") == other
    assert live.signal("back") == nearest[other]
    assert live.signal("mutual") == (nearest[other] == point)
    assert live.signal("foreign") == (y[other] != y[point])
    assert live.signal("removed") == (point in gone)
    lines = sorted(live.rows("choices"), key=lambda row: row["i"])
    assert places(lines) == pytest.approx(X[[point, other]], **EXACT)
    chosen = X[[other, nearest[other]]]
    assert places(lines, "x2", "y2") == pytest.approx(chosen, **EXACT)


def test_every_control_agrees_with_imbalanced_learn(show):
    live = show(explore_tomek_links(SIZES))
    state = {"noise": 0.35, "strategy": "auto", "point": live.signal("point_id")}
    compare(live, **state)
    for strategy in ("all", "auto"):
        live.move("sampling_strategy", strategy)
        state["strategy"] = strategy
        for noise in NOISES:
            live.move("noise", noise)
            state["noise"] = noise
            compare(live, **state)
        for point in (0, 17, 33, 54):
            live.move("Point", point)
            state["point"] = point
            compare(live, **state)


def test_none_one_and_many_are_shown(show):
    """Without these the comparisons above would say little."""
    counts = [
        len(removed_by(*make_moons(SIZES, noise=noise, random_state=0), "auto"))
        for noise in (0.1, 0.25, 0.5)
    ]
    assert counts == [0, 1, 6]
    live = show(explore_tomek_links(SIZES))
    live.move("noise", 0.1)
    assert "No Tomek link: nothing goes. The nearest" in live.sentence()
    live.move("noise", 0.25)
    assert "1 Tomek link; with 'auto' 1 point goes, and 39 maj" in live.sentence()
    live.move("noise", 0.5)
    live.move("sampling_strategy", "all")
    assert "6 Tomek links; with 'all' 12 points go, and 34 maj" in live.sentence()


def test_the_sentence_tells_choice_and_fate(show):
    X, y = make_moons(SIZES, noise=0.5, random_state=0)
    search = NearestNeighbors(n_neighbors=2).fit(X)
    nearest = search.kneighbors(X, return_distance=False)[:, 1]
    live = show(explore_tomek_links(SIZES))
    live.move("noise", 0.5)
    words, told = ("majority", "minority"), set()
    for point, other in enumerate(nearest):
        back = nearest[other]
        if back != point:
            fate = "not mutual, no link, so it stays."
        elif y[point] == y[other]:
            fate = "mutual, but both are of one class, so it stays."
        elif y[point] == 0:
            fate = "a Tomek link, and it goes."
        else:
            fate = "a Tomek link, but the minority end stays."
        if fate in told:
            continue
        told.add(fate)
        live.move("Point", point)
        assert live.sentence().endswith(
            f"The nearest neighbor of point {point} ({words[y[point]]}) is {other}"
            f" ({words[y[other]]}), and the nearest of {other} is {back}: {fate}"
        )
    assert len(told) == 4


def test_no_minority_left_has_no_ratio(show):
    """With "all" the last minority points can go."""
    seed = next(
        seed
        for seed in range(200)
        if len(removed_by(*make_moons((8, 2), noise=0.5, random_state=seed), "all"))
        == 4
    )
    live = show(explore_tomek_links((8, 2), random_state=seed))
    live.move("noise", 0.5)
    live.move("sampling_strategy", "all")
    assert live.signal("minority_after") == 0 and live.signal("ratio_after") is None


def test_a_click_picks_the_nearest_point(show):
    live = show(explore_tomek_links(SIZES))
    start = live.signal("point_id")
    target = next(i for i in (2, 9) if i != start)
    x, y = live.places("minority_points")[target]
    live.click(x + 1, y + 1)
    assert live.signal("point_id") == target
    assert live.control("Point").input_value() == str(target)


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show):
    live = show(explore_tomek_links(SIZES), width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    canvas = live.page.locator(".live-drawing canvas").bounding_box()
    assert canvas["x"] + canvas["width"] <= 390


def test_the_page_stays_small(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    html = explore_tomek_links()._repr_mimebundle_()["text/html"]
    assert len(html) < 250_000


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_samples": (15, 40)}, ValueError, r"n_samples=\(15, 40\) has no minority"),
        ({"n_samples": (15, 1)}, ValueError, "n_samples=1 is out of range"),
        ({"n_samples": (15, 2.5)}, TypeError, "n_samples=2.5"),
        ({"random_state": None}, TypeError, "random_state=None"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        explore_tomek_links(**arguments)
