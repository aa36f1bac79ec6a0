"""Pictures of scores show the right numbers, and wrong scores are named."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from imbtutor import plot_cv_scores
from imbtutor.explore import explore_threshold


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(
    ("y_true", "y_score", "message"),
    [
        ([0, 0], [0.1, 0.2], "y_true holds one class only"),
        ([0, 2], [0.1, 0.2], "y_true holds the labels"),
        ([0, 1], [0.1], "y_score has shape"),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], "predict_proba"),
        ([0, 1], [0.1, np.inf], "infinity"),
        ([0, 1], [0.1, 1.2], "y_score runs from 0.1 to 1.2"),
    ],
)
def test_bad_scores_are_named(y_true, y_score, message):
    with pytest.raises(ValueError, match=message):
        explore_threshold(y_true, y_score)


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
        ({"a": 0.1}, r"shape \(\) for 'a'; pass one score for each fold"),
        ({"a": [[0.1, 0.2]]}, r"shape \(1, 2\) for 'a'"),
        (pd.DataFrame([[0.1, 0.2]], columns=["a", "a"]), r"name twice: \['a', 'a'\]"),
    ],
)
def test_bad_folds_are_named(scores, message):
    with pytest.raises(ValueError, match=message):
        plot_cv_scores(scores)


def test_scores_have_names():
    with pytest.raises(TypeError, match="no mapping; pass a dict or DataFrame"):
        plot_cv_scores([[0.1, 0.2]])
