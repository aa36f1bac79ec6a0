"""Segments between samples are drawn where they belong."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from imbtutor.neighbors import plot_links
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
