"""The figure of chapter 02: each tree that it shows is scikit-learn's own."""

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score
from sklearn.tree import DecisionTreeClassifier

from imbtutor import make_islands
from imbtutor.datasets import ISLANDS
from imbtutor.explore import explore_tree

EXACT = {"rel": 0, "abs": 1e-6}
FATES = ["called positive", "outvoted", "not split off"]
PIXELS = 244  # side of the square; edges are drawn at whole pixels


@pytest.fixture(scope="module")
def fig():
    return explore_tree()


def train(prevalence, min_samples_leaf):
    X, y = make_islands(1000, prevalence=prevalence, random_state=0)
    tree = DecisionTreeClassifier(min_samples_leaf=min_samples_leaf, random_state=0)
    return tree.fit(X, y)


def on_islands(X):
    """Return one row for each island: which points lie on it."""
    distance = np.linalg.norm(X[:, None] - ISLANDS[:, :2], axis=2)
    return (distance <= ISLANDS[:, 2] + 1e-12).T


def compare(live, prevalence, min_samples_leaf):
    tree = train(prevalence, min_samples_leaf)
    X_train, y_train = make_islands(1000, prevalence=prevalence, random_state=0)
    X, y = make_islands(20_000, prevalence=prevalence, random_state=1)
    y_pred = tree.predict(X)
    y_moved = tree.predict_proba(X)[:, 1] >= prevalence
    expected = {
        "recall": recall_score(y, y_pred),
        "moved_recall": recall_score(y, y_moved),
        "moved_precision": precision_score(y, y_moved),
        "n_leaves": tree.get_n_leaves(),
    }
    for name, called in [("island_recall", y_pred), ("island_moved", y_moved)]:
        expected[name] = [called[island].mean() for island in on_islands(X)]
    expected["n_found"] = sum(share > 0.5 for share in expected["island_recall"])
    expected["n_moved"] = sum(share > 0.5 for share in expected["island_moved"])
    expected["island_size"] = [y_train[island].sum() for island in on_islands(X_train)]
    for name, value in expected.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), name
    if y_pred.any():
        precision = precision_score(y, y_pred)
        assert live.signal("precision") == pytest.approx(precision, **EXACT)
    else:
        assert live.signal("precision") is None
    compare_boxes(live, tree, prevalence)
    compare_bars(live, expected)


def compare_boxes(live, tree, prevalence):
    """Each place of the square lies in one box, of the color that the tree gives it."""
    boxes = live.rows("boxes")
    assert len(boxes) == tree.get_n_leaves()
    left, right, bottom, top = (
        np.array([float(box[edge]) for box in boxes]) for edge in ("x", "x2", "y", "y2")
    )
    assert ((right - left) * (top - bottom)).sum() == pytest.approx(1)
    X = np.random.default_rng(0).uniform(size=(2000, 2))
    x, y = X.T[:, :, None]
    # Not where rounding to a pixel may have moved an edge over the point.
    edges = np.abs([x - left, x - right, y - bottom, y - top]) < 0.51 / PIXELS
    clear = ~edges.any(axis=(0, 2))
    inside = (left < x) & (x < right) & (bottom < y) & (y < top)
    assert clear.mean() > 0.5
    assert (inside[clear].sum(axis=1) == 1).all()
    shares = tree.predict_proba(X)[:, 1]
    conditions = [tree.predict(X) == 1, shares >= prevalence]
    fates = np.select(conditions, FATES[:2], FATES[2])
    shown = np.array([box["fate"] for box in boxes])[inside.argmax(axis=1)]
    assert (shown[clear] == fates[clear]).all()


def compare_bars(live, expected):
    bars = {(row["island"], row["fate"]): row["share"] for row in live.rows("bars")}
    assert len(bars) == 3 * len(ISLANDS)
    pairs = zip(expected["island_recall"], expected["island_moved"], strict=True)
    for k, (called, moved) in enumerate(pairs):
        shares = [bars[k, fate] for fate in FATES]
        assert shares == pytest.approx([called, moved - called, 1 - moved], **EXACT)


def test_every_control_agrees_with_scikit_learn(show, fig):
    live = show(fig)
    state = {"prevalence": 0.1, "min_samples_leaf": 10}
    compare(live, **state)
    labels = {"prevalence": "Prevalence", "min_samples_leaf": "min_samples_leaf"}
    values = {
        "min_samples_leaf": [1, 7, 23, 40],
        "prevalence": [0.02, 0.2, 0.06, 0.14],
    }
    for name, each in values.items():
        for value in each:
            live.move(labels[name], value)
            state[name] = value
            compare(live, **state)
    # The axis names the islands by their positives, which follow the prevalence.
    assert live.signal("island_size") == [70, 42, 21, 7]


def test_the_sentence_follows_and_says_where_precision_is_undefined(show, fig):
    live = show(fig)
    before = live.sentence()
    assert before.startswith("At prevalence 10%, with leaves of at least 10, the tree")
    live.press("min_samples_leaf", "ArrowRight")
    assert live.signal("min_samples_leaf") == 11
    live.move("Prevalence", 0.02)
    live.move("min_samples_leaf", 40)
    assert live.signal("n_found") == 0
    assert "finds 0 of 4 islands at threshold 0.5: recall 0%, precision undefined." in (
        live.sentence()
    )


@pytest.mark.parametrize(("width", "room"), [(1280, 672), (390, 342)])
def test_it_fits_the_column_of_the_book(show, fig, width, room):
    live = show(fig, width=width, dark=width == 390)
    canvas = live.page.locator(".live-drawing canvas")
    assert canvas.evaluate("node => node.offsetWidth") <= room
    assert live.signal("narrow") == (width == 390)


def test_it_is_light_enough_for_a_page(fig):
    # 400 kB: the budget of a figure, so that a page stays below 900 kB.
    assert len(fig._html()) < 400_000
