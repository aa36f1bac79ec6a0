"""The types of minority samples are right; pictures draw what they say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from imbtutor.neighbors import (
    TYPE_COLORS,
    TYPES,
    minority_types,
    plot_links,
    plot_minority_types,
)
from imbtutor.samples import plot_samples

X = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 5.0], [-3.0, 1.0]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_each_segment_joins_its_two_rows():
    ax = plot_links(X, [0, 0, 2], [1, 2, 3])
    (links,) = ax.collections
    expected = [X[[0, 1]], X[[0, 2]], X[[2, 3]]]
    assert np.array_equal(links.get_segments(), expected)


def test_the_axes_grow_to_show_every_segment():
    ax = plot_links(X, [0], [3])
    (x_low, x_high), (y_low, y_high) = ax.get_xlim(), ax.get_ylim()
    assert x_low <= -3 and x_high >= 0 and y_low <= 0 and y_high >= 1
    assert x_high < 1 and y_high < 2  # and not more: the other rows are not drawn


def test_segments_lie_below_the_points_whatever_the_order():
    ax = plot_samples(X, [0, 0, 1, 1])
    plot_links(X, [0], [1], ax=ax)
    *points, links = ax.collections
    assert all(links.get_zorder() < each.get_zorder() for each in points)


def test_no_link_draws_nothing_and_is_no_error():
    ax = plot_links(X, [], [])
    assert len(ax.collections[0].get_segments()) == 0


def test_keywords_reach_the_segments():
    ax = plot_links(X, [0], [1], color="red", linewidth=3, label="links")
    (links,) = ax.collections
    assert links.get_linewidth() == 3 and links.get_label() == "links"
    assert np.array_equal(links.get_color(), [[1, 0, 0, 1]])


@pytest.mark.parametrize(
    ("points", "rows", "others", "error", "message"),
    [
        (np.zeros((4, 3)), [0], [1], ValueError, "X has 3 columns.*needs 2"),
        (X, [0, 1], [1], ValueError, "rows has 2 entries and others has 1"),
        (X, [0], [4], ValueError, "others runs from 4 to 4; X has the rows 0 to 3"),
        (X, [-1], [0], ValueError, "rows runs from -1"),
        (X, [0.0], [1], TypeError, "rows has shape .* float64"),
        (X, [[0]], [[1]], TypeError, r"rows has shape \(1, 1\)"),
        (X, [True], [1], TypeError, "bool"),
    ],
)
def test_bad_input_is_named(points, rows, others, error, message):
    with pytest.raises(error, match=message):
        plot_links(points, rows, others)


def neighborhood(n_minority, n_neighbors):
    """A minority sample in row 0 with just these own neighbors; strangers far away."""
    place = np.arange(n_neighbors + 1.0)
    label = np.r_[1, np.ones(n_minority), np.zeros(n_neighbors - n_minority)]
    far = 1000 + np.arange(2.0 * n_neighbors)
    X = np.r_[place, far].reshape(-1, 1)
    return X, np.r_[label, np.zeros(len(far))].astype(int)


@pytest.mark.parametrize(
    ("n_neighbors", "letters"),
    [
        # One letter for 0, 1, 2 ... neighbors of the sample's own class.
        (1, "os"),
        (3, "obbs"),
        (5, "orbbss"),
        # At 1, 3 and 7 of ten the share lies on a bound and belongs below it.
        (10, "oorrbbbbsss"),
        (20, "ooorrrrbbbbbbbbssssss"),
    ],
)
def test_the_bounds_of_the_types(n_neighbors, letters):
    for n_minority, letter in enumerate(letters):
        X, y = neighborhood(n_minority, n_neighbors)
        (found,) = minority_types(X, y, n_neighbors=n_neighbors, rows=[0])
        assert found[0] == letter, (n_minority, found)


def by_hand(X, y, n_neighbors):
    """The same rule from all distances, one sample at a time."""
    result = []
    for i in np.flatnonzero(y):
        distance = np.linalg.norm(X - X[i], axis=1)
        distance[i] = np.inf
        share = np.mean(y[np.argsort(distance)[:n_neighbors]])
        result.append(TYPES[int(np.sum(share <= np.array([0.7, 0.3, 0.1])))])
    return result


@pytest.mark.parametrize("n_neighbors", [1, 4, 5, 7, 12, 79])
@pytest.mark.parametrize("n_features", [1, 2, 20])
def test_the_rule_by_hand_gives_the_same_types(n_neighbors, n_features):
    rng = np.random.default_rng(n_features)
    X = rng.normal(size=(80, n_features))
    y = (rng.uniform(size=80) < 0.4).astype(int)
    X[y == 1] += 0.7
    found = minority_types(X, y, n_neighbors=n_neighbors)
    assert found.tolist() == by_hand(X, y, n_neighbors)


def test_a_copy_is_a_neighbor_and_the_sample_itself_is_not():
    # Row 0 has four strangers around it, and then its copy in row 1.
    X = np.array([[0.0], [0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0]])
    y = np.array([1, 1, 0, 0, 0, 0, 0, 0])
    assert minority_types(X, y).tolist() == ["rare", "rare"]
    assert minority_types(X[1:], y[1:]).tolist() == ["outlier"]
    # A copy with the other label is a stranger.
    y[0] = 0
    assert minority_types(X, y).tolist() == ["outlier"]


@pytest.mark.parametrize("n_copies", [3, 6, 7, 30])
def test_a_sample_among_many_copies_never_counts_itself(n_copies):
    """With more copies than neighbors, the search may leave the sample out."""
    X = np.r_[np.zeros(n_copies), 10 + np.arange(40.0)].reshape(-1, 1)
    # One of the copies is of the minority, the others are not.
    for row in range(n_copies):
        y = np.zeros(len(X), dtype=int)
        y[row] = 1
        assert minority_types(X, y).tolist() == ["outlier"]
    # All of them are.
    y = (np.arange(len(X)) < n_copies).astype(int)
    expected = "borderline" if n_copies == 3 else "safe"
    assert minority_types(X, y).tolist() == [expected] * n_copies


def test_rows_are_labeled_in_the_order_asked():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.arange(60) % 3 == 0
    X[y] += 0.8
    everyone = dict(zip(np.flatnonzero(y), minority_types(X, y), strict=True))
    assert len(set(everyone.values())) > 1
    rows = [27, 3, 57, 3]
    assert minority_types(X, y, rows=rows).tolist() == [everyone[i] for i in rows]
    none = minority_types(X, y, rows=[])
    assert none.shape == (0,) and none.dtype == minority_types(X, y).dtype


def test_lists_and_frames_will_do_and_stay_as_they_are():
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)), np.arange(30) % 3 == 0
    frame, labels = pandas.DataFrame(X, index=np.arange(30)[::-1]), y.astype(int)
    expected = minority_types(X, labels).tolist()
    copy = frame.copy()
    assert minority_types(frame, pandas.Series(labels)).tolist() == expected
    assert minority_types(X.tolist(), labels.tolist()).tolist() == expected
    assert frame.equals(copy)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": [[0.0], [np.nan], [2], [3]]}, ValueError, "NaN"),
        ({"X": [[0.0], [1e200], [2], [3]]}, ValueError, "X holds values up to 1e.200"),
        ({"y": [0, 0, 0, 0]}, ValueError, "one class only"),
        ({"y": [1, 2, 1, 2]}, ValueError, "pass 0 for the majority"),
        ({"y": [0, 1, 1]}, ValueError, "y has 3 labels for 4 samples"),
        ({"n_neighbors": 4}, ValueError, "n_neighbors=4 .* from 1 to 3"),
        ({"n_neighbors": 0}, ValueError, "n_neighbors=0"),
        ({"n_neighbors": 2.0}, TypeError, "n_neighbors=2.0"),
        ({"rows": [2, 1]}, ValueError, "rows holds 1, a majority sample"),
        ({"rows": [7]}, ValueError, "rows runs from 7 to 7"),
        ({"rows": [2.0]}, TypeError, "rows has shape .* float64"),
        ({"rows": [True, False, True, True]}, TypeError, "bool"),
    ],
)
def test_bad_input_for_the_types_is_named(change, error, message):
    arguments = {
        "X": [[0.0], [1], [2], [3]],
        "y": [0, 0, 1, 1],
        "n_neighbors": 2,
    } | change
    with pytest.raises(error, match=message):
        minority_types(arguments.pop("X"), arguments.pop("y"), **arguments)


def test_each_type_has_its_color_its_marker_and_its_count():
    points = np.arange(16.0).reshape(8, 2)
    y = [0, 1, 1, 0, 1, 1, 1, 0]
    types = ["rare", "safe", "outlier", "safe", "borderline"]
    ax = plot_minority_types(points, y, types)
    majority, *minority = ax.collections
    assert np.array_equal(majority.get_offsets(), points[[0, 3, 7]])
    drawn = {each.get_label(): each for each in minority}
    expected = {
        "safe (2)": points[[2, 5]],
        "borderline (1)": points[[6]],
        "rare (1)": points[[1]],
        "outlier (1)": points[[4]],
    }
    assert list(drawn) == list(expected)
    shapes = set()
    for label, each in drawn.items():
        assert np.array_equal(each.get_offsets(), expected[label])
        color = to_rgba(TYPE_COLORS[label.split()[0]])
        assert np.allclose(each.get_facecolor(), [color])
        shapes.add(each.get_paths()[0].vertices.tobytes())
        assert each.get_zorder() > majority.get_zorder()
    # Nobody has to tell the types by color alone.
    assert len(shapes) == 4 and len(set(TYPE_COLORS.values())) == 4


def test_types_that_nobody_has_are_not_in_the_legend():
    ax = plot_minority_types([[0, 0], [1, 1]], [0, 1], ["rare"], s=77)
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["majority", "rare (1)"]
    assert ax.collections[1].get_sizes() == [77]


@pytest.mark.parametrize(
    ("points", "y", "types", "message"),
    [
        (np.zeros((2, 3)), [0, 1], ["safe"], "X has 3 columns"),
        (np.zeros((2, 2)), [0, 1], ["safe", "rare"], "for 1 minority samples"),
        (np.zeros((2, 2)), [0, 1], [], "for 1 minority samples"),
        (np.zeros((2, 2)), [0, 1], ["noise"], "types holds 'noise'; use safe, "),
        (np.zeros((2, 2)), [0, 1], [3], "types holds '3'"),
        (np.zeros((2, 2)), [0, 2], ["safe"], "0 for the majority"),
    ],
)
def test_bad_types_are_named(points, y, types, message):
    with pytest.raises(ValueError, match=message):
        plot_minority_types(points, y, types)
