"""Pictures of scores show the right numbers."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from imbtutor import make_scores, plot_cv_scores, plot_score_histogram


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_each_class_has_area_one_on_common_bins():
    y_true, y_score = make_scores(500, random_state=0)
    ax = plot_score_histogram(y_true, y_score, bins=[0, 0.25, 0.5, 0.75, 1])
    for label, bars in enumerate(ax.containers):
        share = [bar.get_height() * bar.get_width() for bar in bars]
        counts, _ = np.histogram(y_score[y_true == label], [0, 0.25, 0.5, 0.75, 1])
        assert share == pytest.approx(counts / counts.sum())


def test_the_threshold_is_drawn_where_it_was_asked_for():
    ax = plot_score_histogram(*make_scores(random_state=0), threshold=0.3)
    (line,) = ax.lines
    assert list(line.get_xdata()) == [0.3, 0.3]


@pytest.mark.parametrize(
    ("y_true", "y_score", "threshold", "error", "message"),
    [
        ([0, 0], [0.1, 0.2], None, ValueError, "y_true holds one class only"),
        ([0, 2], [0.1, 0.2], None, ValueError, "y_true holds the labels"),
        ([0, 1], [0.1], None, ValueError, "y_score has shape"),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], None, ValueError, "predict_proba"),
        ([0, 1], [0.1, np.inf], None, ValueError, "infinity"),
        ([0, 1], [0.1, 0.2], "half", TypeError, "threshold='half'"),
    ],
)
def test_bad_scores_are_named(y_true, y_score, threshold, error, message):
    with pytest.raises(error, match=message):
        plot_score_histogram(y_true, y_score, threshold=threshold)


def test_a_line_joins_each_fold_and_a_bar_marks_the_mean():
    folds = pd.DataFrame({"none": [0.5, 0.7, 0.9], "SMOTE": [0.6, 0.6, 0.9]})
    ax = plot_cv_scores(folds)
    *lines, mean = ax.lines
    drawn = np.array([line.get_ydata() for line in lines])
    assert np.array_equal(drawn, folds.to_numpy())
    assert mean.get_ydata() == pytest.approx(folds.mean())


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({}, "numbers of folds"),
        ({"a": []}, "numbers of folds"),
        ({"a": [0.1], "b": [0.1, 0.2]}, r"'a': 1, 'b': 2"),
        ({"a": [0.1, 0.2], "b": [0.1, np.nan]}, "NaN or infinity for 'b'"),
    ],
)
def test_bad_folds_are_named(scores, message):
    with pytest.raises(ValueError, match=message):
        plot_cv_scores(scores)
