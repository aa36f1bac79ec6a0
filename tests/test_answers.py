"""Each exercise says the right word about typical wrong answers, and never stops.

The cells run here without a kernel: the data and the solution of a notebook once, then
for each wrong answer the cell that holds it and its check. What the solutions and the
open exercises say stands in the executed notebooks; test_exercises.py reads it there.
"""

import contextlib
import io
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from imbtutor.exercises.__main__ import BEGIN, END

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
# 90 fits whose results no check judges.
UNUSED = {"61": "areas[name] +="}
REGION = re.compile(rf"^([ \t]*){BEGIN}\n.*?{END}$", re.DOTALL | re.MULTILINE)

# For each exercise: the task, what stands in the place of the solution, and how the
# line begins that says "Not yet: ".
WRONG = {
    "01": [
        (
            1,  # the order of the labels taken for the order of the counts
            "counts = np.unique(y, return_counts=True)[1]\n"
            "return counts[0], counts[0] / len(y), counts[1] / counts[0]",
            "one of 25 payments is a fraud",
        ),
        (
            1,
            "counts = np.unique(y, return_counts=True)[1]\n"
            "return counts.min() / len(y), counts.min(), counts.max() / counts.min()",
            "the values are right, and their order is not.",
        ),
        (
            1,
            "n = np.unique(y, return_counts=True)[1]\n"
            "return n.min(), round(n.min() / len(y), 2), round(n.max() / n.min(), 2)",
            "the answer is rounded",
        ),
        (
            2,  # at most instead of at least
            "return binom(n_positive, recall).cdf(at_least * n_positive)",
            "your answer and the right one add up to 1",
        ),
        (2, "return f'{0.2553:.2f}'", "a number is asked for, and this is text"),
        (
            3,
            "aucs = []\n"
            "for seed in range(10):\n"
            "    model = LogisticRegression().fit(\n"
            "        *training_set(n_positive, prevalence, seed)\n"
            "    )\n"
            "    p = model.predict_proba(X_test)[:, 0]\n"
            "    aucs.append(roc_auc_score(y_test, p))\n"
            "return np.mean(aucs)",
            "your answer and the right one add up to 1: the other column",
        ),
        (4, "worse_off = '41 at 4%'", "nearly: mind capitals and blanks."),
        (4, "worse_off = '260 at 2 %'", "compare the two answers of part 2"),
        (
            5,  # more than, instead of at least
            "n = np.arange(n_positive, 200_000)\n"
            "return n[binom.sf(n_positive, n, prevalence) >= chance][0]",
            "at least 10 means more than 9",
        ),
    ],
    "02": [
        (
            1,
            "def gini(labels):\n"
            "    return 2 * labels.mean() * (1 - labels.mean())\n"
            "both = np.concatenate([y_left, y_right])\n"
            "return gini(both) - (gini(y_left) + gini(y_right)) / 2",
            "impurity of all labels",
        ),
        (
            1,
            "def gini(y):\n"
            "    return 2 * y.mean() * (1 - y.mean())\n"
            "both = np.concatenate([y_left, y_right])\n"
            "w = len(y_left) / len(both)\n"
            "return w * gini(y_left) + (1 - w) * gini(y_right) - gini(both)",
            "the sign is turned around.",
        ),
        (2, "return 2 * n_positives", "how many negatives may join"),
        (2, "return [2 * n_positives - 1]", "one value is asked for, and this has"),
        (3, "return 1", "fit on all of X and y"),
        (3, "return min_samples_leaf", "your code raised NameError: name 'min_s"),
        (
            4,
            "factor = largest_leaf(X, y, smallest) / "
            "largest_leaf(X, y, smallest, threshold=0.1)",
            "the result at threshold 0.1",
        ),
        (
            4,
            "factor = round(largest_leaf(X, y, smallest, threshold=0.1) / "
            "largest_leaf(X, y, smallest), 1)",
            "the answer is rounded",
        ),
    ],
    "03": [
        (
            1,
            "A = np.column_stack([np.ones(len(y)), X])\n"
            "return A.T @ (expit(A @ w) - y) / len(y)",
            "a table is asked for, and this has the shape (3,).",
        ),
        (
            1,
            "A = np.column_stack([np.ones(len(y)), X])\n"
            "parts = A[:, :, None] * ((y - expit(A @ w)) / len(y))[:, None, None]\n"
            "return [parts[y == c, :, 0].sum(axis=0) for c in [0, 1]]",
            "the sign is turned around.",
        ),
        (
            1,
            "A = np.column_stack([np.ones(len(y)), X])\n"
            "e = expit(A @ w) - y\n"
            "parts = [A[y == c].T @ e[y == c] for c in [0, 1]]\n"
            "return np.column_stack(parts) / len(y)",
            "rows and columns are exchanged.",
        ),
        (
            1,
            "A = np.column_stack([np.ones(len(y)), X])\n"
            "e = expit(A @ w) - y\n"
            "return [A[y == c].T @ e[y == c] / (y == c).sum() for c in [0, 1]]",
            "sum (p - y) times (1, x1, x2)",
        ),
        (2, "return y.mean()", "solve 1 / (1 + exp(-b))"),
        (3, "return np.argmax(losses <= target)", "0.3 is not below 0.3."),
        (5, "saved = 1", "1 minus the steps from the prior"),
    ],
    "04": [
        (
            1,
            "odds = prevalence / (1 - prevalence)\n"
            "cut = separation / 2 - np.log(odds) / separation\n"
            "both = norm.cdf(cut) + 1 - norm.cdf(cut - separation)\n"
            "return both / 2 - norm.cdf(separation / 2)",
            "the sign is turned around.",
        ),
        (
            1,  # the cut of equal classes
            "cut = separation / 2\nreturn norm.cdf(separation / 2) - norm.cdf(cut)",
            "set the log-odds to 0",
        ),
        (1, "return np.log(prevalence - 1)", "there is a nan in it"),
        (
            2,
            "X_test, y_test = test_set(n_features)\n"
            "model = train(n_positive, n_features, 0)\n"
            "return roc_auc_score(y_test, model.predict(X_test))",
            "average roc_auc_score over the ten models",
        ),
        (
            2,
            "X_test, y_test = test_set(n_features)\n"
            "models = [train(n_positive, n_features, seed) for seed in range(10)]\n"
            "return np.mean([roc_auc_score(y_test, m.predict_proba(X_test)[:, 0])\n"
            "                for m in models])",
            "your answer and the right one add up to 1",
        ),
    ],
    "05": [
        (
            1,  # the sample itself is counted
            "search = NearestNeighbors(n_neighbors=n_neighbors).fit(X)\n"
            "nearest = search.kneighbors(X[y == 1], return_distance=False)\n"
            "return y[nearest].sum(axis=1)",
            "of the samples at 0, 1 and 3.3",
        ),
        (
            1,
            "search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(X)\n"
            "nearest = search.kneighbors(X, return_distance=False)\n"
            "return y[nearest[:, 1:]].sum(axis=1)",
            "too many entries: 6.",
        ),
        (
            2,
            "return np.mean((X[rows] - X[others]) ** 2, axis=0)",
            "these are the means, and not their shares.",
        ),
        (
            2,
            "squared = np.mean((X[rows] - X[others]) ** 2, axis=0)\n"
            "return 100 * squared / squared.sum()",
            "a share is asked for, from 0 to 1",
        ),
        (3, "return np.mean(first == second)", "two thirds times one third"),
        (
            4,
            "return np.mean(count_own(X, y, n_neighbors)) / n_neighbors",
            "2 of 3 neighbors are own",
        ),
    ],
    "11": [
        (
            1,
            "r, s, p = tp / (tp + fn), tn / (tn + fp), tp / (tp + fp)\n"
            "f1 = 2 * p * r / (p + r)\n"
            "mcc = (tp * tn - fp * fn) / (\n"
            "    (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5\n"
            "return [r, p, s, f1, mcc]",
            "the values are right, and their order is not.",
        ),
        (
            1,
            "r, s, p = tp / (tp + fn), tn / (tn + fp), tp / (tp + fp)\n"
            "mcc = (tp * tn - fp * fn) / (\n"
            "    (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5\n"
            "return np.round([r, s, p, 2 * p * r / (p + r), mcc], 3)",
            "the answer is rounded: give all its digits.",
        ),
        (1, "return {'recall': tp / (tp + fn)}", "a list or an array is asked for"),
        (2, "return 90, 10, 10, 0", "call the same large share"),
        (2, "return 950, 50, 95", "the check cannot use your answer (TypeError"),
        (3, "return 2 * tp / (2 * tp + fp + fn)", "the same class as before."),
        (4, "return recall / (recall + 1 - specificity)", "odds are p / (1 - p)"),
        (
            4,
            "p = prevalence\n"
            "return (1 - specificity) * (1 - p) / (\n"
            "    recall * p + (1 - specificity) * (1 - p))",
            "your answer and the right one add up to 1",
        ),
    ],
    "12": [
        (
            1,
            "fpr, tpr, _ = roc_curve(y_test, model.predict(X_test))\n"
            "return auc(fpr, tpr)",
            "this is what the post would print.",
        ),
        (
            1,
            "p = model.predict_proba(X_test)[:, 0]\n"
            "fpr, tpr, _ = roc_curve(y_test, p)\n"
            "return auc(fpr, tpr)",
            "these scores rise with the wrong class",
        ),
        (
            1,
            "fpr, tpr, _ = roc_curve(y_test, model.predict_proba(X_test))\n"
            "return auc(fpr, tpr)",
            "your code raised ValueError",
        ),
        (
            1,
            "p = model.predict_proba(X_test)[:, 1]\n"
            "fpr, tpr, _ = roc_curve(y_test, p)\n"
            "print(auc(fpr, tpr))",
            "your code prints, and returns nothing",
        ),
        (
            1,
            "p = model.predict_proba(X_test)[:, 1]\n"
            "fpr, tpr, _ = roc_curve(y_test, p)\n"
            "return f'{auc(fpr, tpr):.2f}'",
            "a number is asked for, and this is text",
        ),
        (
            1,
            "p = model.predict_proba(X_test)[:, 1]\n"
            "fpr, tpr, _ = roc_curve(y_test, p)\n"
            "return round(auc(fpr, tpr), 2)",
            "the answer is rounded",
        ),
        (
            2,
            "return (tp / (tp + fn) + tp / (tp + fp)) / 2",
            "take the recall of each class",
        ),
        (
            3,  # ties are left out
            "d = y_score[y_true == 1][:, None] - y_score[y_true == 0]\n"
            "return np.mean(d > 0)",
            "six pairs: four in order",
        ),
        (
            3,
            "d = y_score[y_true == 0][:, None] - y_score[y_true == 1]\n"
            "return np.mean((d > 0) + 0.5 * (d == 0))",
            "your answer and the right one add up to 1",
        ),
    ],
    "13": [
        (
            1,
            "n = labels.sum()\nreturn 1 / (n * (len(labels) - n))",
            "several values are asked for, and this is one.",
        ),
        (
            1,  # positions counted from 0 taken for ranks
            "n = labels.sum()\n"
            "hits = labels[: i + 2].sum()\n"
            "gain = (hits / max(i, 1) - hits / (i + 1)) / n\n"
            "return 1 / (n * (len(labels) - n)), gain",
            "AUC: how many pairs change their order",
        ),
        (
            2,  # in the reader's own list
            "for _ in range(n_swaps):\n"
            "    where = np.flatnonzero((labels[:-1] == 0) & (labels[1:] == 1))\n"
            "    i = where[0] if at_top else where[-1]\n"
            "    labels[[i, i + 1]] = labels[[i + 1, i]]\n"
            "return labels",
            "the list that comes in must stay.",
        ),
        (2, "return np.sort(labels)[::-1]", "swap one pair in a copy"),
        (
            3,  # the order of the rows decides
            "return y_true[np.argsort(-y_score, kind='stable')[:k]].mean()",
            "count those above the k-th score",
        ),
        (
            3,
            "border = np.sort(y_score)[-k]\nreturn y_true[y_score >= border].mean()",
            "count those above the k-th score",
        ),
    ],
    "14": [
        (
            1,  # the interval of Clopper and Pearson
            "n = 1\n"
            "while True:\n"
            "    ci = binomtest(round(recall * n), n).proportion_ci()\n"
            "    if ci.high - ci.low < width:\n"
            "        return n\n"
            "    n += 1",
            "try n = 1, 2, 3, ... in turn.",
        ),
        (
            2,
            "rows = np.arange(len(y_true))\n"
            "found = []\n"
            "for _ in range(n_rounds):\n"
            "    a, b = rng.choice(rows, (2, len(rows)))\n"
            "    found.append(metric(y_true[b], score_b[b])\n"
            "                 - metric(y_true[a], score_a[a]))\n"
            "return np.array(found)",
            "B minus A, on the same draw.",
        ),
        (2, "return -np.ones(n_rounds)", "the sign is turned around."),
        (
            2,
            "d = rng.choice(len(y_true), len(y_true))\n"
            "return [metric(y_true[d], score_b[d]) - metric(y_true[d], score_a[d])]",
            "too few entries: 1.",
        ),
        (3, "return np.percentile(values, [5, 95])", "leave out 2.5 % at each end"),
        (
            3,
            "return np.ptp(np.percentile(values, [2.5, 97.5]))",
            "several values are asked for, and this is one.",
        ),
        (
            4,
            "a, b = np.sum(call_a & ~call_b), np.sum(call_b & ~call_a)\n"
            "return binomtest(b, a + b).pvalue",
            "B finds six that A misses",
        ),
        (
            4,  # no answer where both find the same
            "a = np.sum((y_true == 1) & call_a & ~call_b)\n"
            "b = np.sum((y_true == 1) & call_b & ~call_a)\n"
            "return binomtest(b, a + b).pvalue",
            "your code raised ValueError",
        ),
    ],
    "21": [
        (1, "return np.unique(y_score)", "there are more candidates than positives."),
        (1, "return [0.5]", "the best value was missed."),
        (1, "return 0.5", "the check cannot use your answer"),
        (
            2,
            "return TunedThresholdClassifierCV(model)",
            "that is not two points better.",
        ),
        (
            2,
            "return TunedThresholdClassifierCV(model, thresholds=1000)",
            "leave thresholds at its default.",
        ),
        (3, "return np.sort(y_score)[-k]", "with k = 4 the most that can be called"),
        (
            3,
            "for threshold in np.unique(y_score):\n"
            "    if (y_score >= threshold).sum() <= k:\n"
            "        return threshold",
            "there is no answer so far.",
        ),
    ],
    "22": [
        (
            1,
            "costs = np.array([[-2, 90], [4.2, -4]])",
            "rows and columns are exchanged.",
        ),
        (
            1,
            "costs = [-2, 4.2, 90, -4]",
            "a table is asked for, and this has the shape",
        ),
        (1, "costs = [[2, -4.2], [-90, 4]]", "the sign is turned around."),
        (1, "costs = [[0, 6], [90, -4]]", "an honest customer who is called"),
        (
            2,
            "(tn, fp), (fn, tp) = costs\nreturn (fp - tn) / (fn - tp)",
            "only two differences count",
        ),
        (
            2,
            "(tn, fp), (fn, tp) = costs\nreturn (fn - tp) / ((fp - tn) + (fn - tp))",
            "your answer and the right one add up to 1",
        ),
        (3, "return True", "text is asked for, and this is not."),
        (3, "return 'Coherent'", "nearly: mind capitals and blanks."),
        (3, "return 'coherent'", "in [[0, 5], [3, 5]], which call is cheaper"),
        (4, "return p > 0.5", "what does a check save on average?"),
        (4, "return 0.6 * p * amount <= 5", "True and False are exchanged."),
        (4, "return 0.6 * p.mean() * amount[:5] > 5", "too few entries: 5."),
        (5, "per_payment_and_constant = 1, 2", "what does a check cost"),
    ],
    "23": [
        (
            1,
            "return 1 / np.unique(y, return_counts=True)[1]",
            "each class has the total n / K",
        ),
        (
            1,
            "return dict(zip(*np.unique(y, return_counts=True)))",
            "a list or an array is asked for, and this is of type dict.",
        ),
        (
            2,
            "total = np.array(weights) * counts\n"
            "return entr(total / total.sum()).sum()",
            "multiply each count by its weight",
        ),
        (
            2,  # 0 times log2(0)
            "s = np.array(weights) * counts\n"
            "s = s / s.sum()\n"
            "return -(s * np.log2(s)).sum()",
            "there is a nan in it",
        ),
        (3, "most_mixed = 2", "several values are asked for, and this is one."),
        (3, "most_mixed = (5, 5)", "print both columns"),
        (
            4,
            "left, right = np.array(left), np.array(right)\n"
            "both = left + right\n"
            "share = left.sum() / both.sum()\n"
            "return (weighted_entropy(both, weights)\n"
            "        - share * weighted_entropy(left, weights)\n"
            "        - (1 - share) * weighted_entropy(right, weights))",
            "weigh the sizes of the children",
        ),
        (
            5,
            "return model.predict_proba(X)[:, 0] > 1 / (1 + w)",
            "True and False are exchanged.",
        ),
        (
            5,
            "return model.predict_proba(X)[:, 1] >= w / (1 + w)",
            "a weight multiplies the odds by w",
        ),
    ],
    "24": [
        (1, "return beta * p", "undersampling divides the number"),
        (
            1,
            "return (1 - p) / (beta * p + 1 - p)",
            "your answer and the right one add up to 1",
        ),
        (
            1,
            "odds = beta * p / (1 - p)\nreturn odds / (1 + odds)",
            "there is a nan in it",
        ),
        (2, "return sampling_strategy", "how many negatives are left"),
        (
            2,
            "n = (y == 1).sum()\nreturn 1 - n / sampling_strategy / (y == 0).sum()",
            "your answer and the right one add up to 1",
        ),
        (
            3,
            "model = make_pipeline(\n"
            "    RandomUnderSampler(random_state=0), LogisticRegression()\n"
            ")\n"
            "p = model.fit(X, y).predict_proba(X_test)[:, 1]\n"
            "before_and_after = (\n"
            "    log_loss(y_test, corrected(p, share_kept(y, 1.0))),\n"
            "    log_loss(y_test, p),\n"
            ")",
            "the values are right, and their order is not.",
        ),
        (3, "before_and_after = (0.5, None)", "a part of the answer is still missing."),
        (4, "return corrected(threshold, beta)", "at the prevalence itself"),
        (4, "return threshold", "at the prevalence itself"),
    ],
    "30": [
        (1, "honest = '0.5'", "a number is asked for, and this is text"),
        (1, "honest = 50.0", "a share is asked for, from 0 to 1"),
        (1, "honest = 0.1", "what is the mean of the recalls"),
        (
            2,
            "_, y_even = SMOTE(random_state=0).fit_resample(X, y)\n"
            "rows = np.arange(len(y_even))\n"
            "_, test = train_test_split(rows, stratify=y_even, random_state=0)\n"
            "return np.mean(test < len(X))",
            "your answer and the right one add up to 1",
        ),
        (
            2,
            "_, y_even = SMOTE(random_state=0).fit_resample(X, y)\n"
            "_, test = train_test_split(np.arange(len(y_even)), random_state=0)\n"
            "return np.mean(test >= len(X))",
            "split row numbers as the script",
        ),
        (3, "return LogisticRegression()", "a pipeline is asked for"),
        (
            3,
            "return make_pipeline(\n"
            "    SMOTE(random_state=0), SelectKBest(k=10), LogisticRegression()\n"
            ")",
            "three steps of the script learn",
        ),
        (
            3,
            "return make_pipeline(SelectKBest(k=10), SMOTE(), LogisticRegression())",
            "compare each argument with the script",
        ),
        (
            3,  # one remedy more than the script has
            "return make_pipeline(\n"
            "    SelectKBest(k=10), SMOTE(random_state=0),\n"
            "    LogisticRegression(class_weight='balanced'),\n"
            ")",
            "compare each argument with the script",
        ),
        (4, "return repaired()", "a class of scikit-learn tunes thresholds"),
        (
            4,
            "return TunedThresholdClassifierCV(\n"
            "    repaired(), scoring='balanced_accuracy', thresholds=thresholds\n"
            ")",
            "it is told the measure, the thresholds and the folds.",
        ),
        (
            4,
            "return TunedThresholdClassifierCV(\n"
            "    LogisticRegression(), scoring='balanced_accuracy',\n"
            "    thresholds=thresholds, cv=3,\n"
            ")",
            "the check cannot use your answer (AttributeError",
        ),
        (5, "alone = {'selection': 0.5}", "selection: the mean of 20 tables"),
        (
            2,  # of all rows, not of the test part
            "_, y_even = SMOTE(random_state=0).fit_resample(X, y)\n"
            "return 1 - len(X) / len(y_even)",
            "split row numbers as the script",
        ),
        (2, "return 79 / 180", "split row numbers as the script"),
        (
            5,  # the seeds 1 to 20
            "for leak in alone:\n"
            "    alone[leak] = np.mean(\n"
            "        [leaky(*noise(seed), **{leak: True}) for seed in range(1, 21)])",
            "selection: the mean of 20 tables",
        ),
    ],
    "31": [
        (1, "return sampler.sample_indices_", "too many entries: 5."),
        (
            1,
            "return np.where(y == 1, (y == 0).sum() / (y == 1).sum(), 1)",
            "too many entries: 500.",
        ),
        (2, "return LogisticRegression().fit(X, y).coef_", "hand the weights to fit"),
        (
            2,
            "return LogisticRegression().fit(X, y, sample_weight=weights).coef_[0]",
            "a table is asked for, and this has the shape (2,).",
        ),
        (3, "return n_rows / n_minority", "30 rows became 120: compare the two"),
        (3, "return np.sqrt(n_minority / n_rows)", "30 rows became 120: compare"),
        (
            4,
            "return (n_minority / n) ** (1 / (d + 4))",
            "which of the two widths is wanted",
        ),
        (
            5,
            "def counts(y):\n"
            "    return {1: int(ratio * np.sum(y == 0))}\n"
            "return counts",
            "what is 100 * 0.29, to the last digit?",
        ),
        (5, "return {1: round(ratio * 470)}", "a function is asked for."),
        (
            5,
            "return lambda y: round(ratio * np.sum(y == 0))",
            "the check cannot use your answer (TypeError",
        ),
        (
            1,  # the last rows were not drawn
            "return np.bincount(sampler.sample_indices_)",
            "too few entries: 3.",
        ),
        (
            1,  # the copies without the original
            "return np.bincount(sampler.sample_indices_, minlength=n_samples) - 1",
            "each of four rows has one weight",
        ),
        (2, "return copied.coef_", "hand the weights to fit"),
        (
            2,
            "return LogisticRegression(class_weight='balanced').fit(X, y).coef_",
            "hand the weights to fit",
        ),
        (4, "return n / n_minority", "which of the two widths is wanted"),
        (
            5,
            "def counts(y):\n"
            "    n = np.bincount(y)\n"
            "    return {1: max(n[1], int(np.ceil(ratio * n[0])))}\n"
            "return counts",
            "which whole number is nearest to 33.3?",
        ),
    ],
    "32": [
        (1, "return n_positive - n_positive // n_splits", "the fold that tests on"),
        (1, "return -(-n_positive // n_splits)", "the fold that tests on the most"),
        (2, "return n_minority", "whom may each of 7 points have for a neighbor?"),
        (2, "return [n_minority - 1]", "one value is asked for, and this has"),
        (2, "return n_minority - 1", "whom may each of 0 points have for a neighbor?"),
        (
            3,
            "return SMOTE(random_state=0).fit_resample(X, y)",
            "your code raised ValueError: Expected n_neighbors",
        ),
        (
            3,
            "return RandomOverSampler(random_state=0).fit_resample(X, y)",
            "with 7 minority points it should do as SMOTE(random_state=0).",
        ),
        (4, "return plain", "some folds still fail"),
        (4, "return resample", "this is a function and no result"),
        (
            3,
            "k = min(5, largest_k(np.sum(y == 1)))\n"
            "if k == 0:\n"
            "    return RandomOverSampler(random_state=0).fit_resample(X, y)\n"
            "X_new, y_new = SMOTE(k_neighbors=k, random_state=0).fit_resample(X, y)\n"
            "return X_new, 1 - y_new",
            "with 7 minority points it should do as SMOTE(random_state=0).",
        ),
        (
            3,
            "k = 5 if np.sum(y == 1) > 5 else 2\n"
            "return SMOTE(k_neighbors=k, random_state=0).fit_resample(X, y)",
            "with 5 minority points it should do as SMOTE(k_neighbors=4",
        ),
        (
            4,  # no sampler, no failure
            "return make_pipeline(LogisticRegression())",
            "fitted to all rows, the regression should be",
        ),
        (
            4,
            "return make_pipeline(RandomOverSampler(), LogisticRegression())",
            "fitted to all rows, the regression should be",
        ),
    ],
    "33": [
        (
            1,  # the forger has seen the other half
            "sides = []\n"
            "for half in train_test_split(real, test_size=0.5, random_state=seed):\n"
            "    rows = np.vstack([half, forge(real, k_neighbors)[:100]])\n"
            "    sides.append((rows, np.repeat([0, 1], 100)))\n"
            "return sides",
            "k_neighbors=5, seed=0: from which rows may this side forge?",
        ),
        (
            1,
            "sides = []\n"
            "for half in train_test_split(real, test_size=0.5, random_state=seed):\n"
            "    rows = np.vstack([half, forge(half, k_neighbors)])\n"
            "    sides.append((rows, np.repeat([1, 0], 100)))\n"
            "return sides",
            "real rows first, then forged ones.",
        ),
        (1, "return real", "one pair to learn from, and one to test on."),
        (2, "auc_near = detect(*two_sides(real, 5, 0))", "three seeds, k_neighbors=5"),
        (3, "k_far = 100", "SMOTE refuses this number, or would take a larger one"),
        (3, "k_far = 98", "SMOTE refuses this number, or would take a larger one"),
        (3, "k_far = '99'", "SMOTE refuses this number, or would take a larger one"),
        (
            4,
            "return rows[:, 3:] != rows[:, 3:].round()",
            "a flat list is asked for, and this has the shape (3, 2).",
        ),
        (4, "return rows[:, 3] != rows[:, 3].round()", "column 4 counts as well."),
        (
            4,
            "return (rows[:, 3:] == rows[:, 3:].round()).all(axis=1)",
            "True and False are exchanged.",
        ),
        (5, "return rows.round()", "only columns 3 and 4 change"),
        (
            5,
            "rows[:, 3:] = rows[:, 3:].round()\nreturn rows",
            "the rows that come in must stay as they are.",
        ),
        (
            1,  # k_neighbors is not handed on
            "sides = []\n"
            "for half in train_test_split(real, test_size=0.5, random_state=seed):\n"
            "    rows = np.vstack([half, forge(half)])\n"
            "    sides.append((rows, np.repeat([0, 1], 100)))\n"
            "return sides",
            "k_neighbors=99, seed=1: from which rows may this side forge?",
        ),
        (
            1,
            "sides = []\n"
            "for half in train_test_split(real, test_size=0.5, random_state=0):\n"
            "    rows = np.vstack([half, forge(half, k_neighbors)])\n"
            "    sides.append((rows, np.repeat([0, 1], 100)))\n"
            "return sides",
            "100 real rows come first: those of this half?",
        ),
    ],
    "34": [
        (
            1,
            "search = NearestNeighbors(n_neighbors=m).fit(X)\n"
            "nearest = search.kneighbors(X[y == 1], return_distance=False)\n"
            "return (y[nearest] == 0).sum(axis=1)",
            "take each of the three positives",
        ),
        (
            1,
            "search = NearestNeighbors(n_neighbors=m + 1).fit(X)\n"
            "nearest = search.kneighbors(X[y == 1], return_distance=False)[:, 1:]\n"
            "return (y[nearest] == 0)",
            "a flat list is asked for, and this has the shape (3, 2).",
        ),
        (
            2,
            "foreign = np.asarray(foreign)\n"
            "inside = np.where(foreign > m / 2, 'danger', 'safe')\n"
            "return np.where(foreign == m, 'noise', inside)",
            "with an even m",
        ),
        (
            2,
            "return np.where(np.asarray(foreign) >= m / 2, 'danger', 'safe')",
            "look at the ends of the table",
        ),
        (2, "return np.asarray(foreign) >= m / 2", "text is asked for, and this is"),
        (3, "return [m // 2]", "too many entries: 1."),
        (
            4,
            "return BorderlineSMOTE(random_state=0).fit_resample(X, y)",
            "too few rows: 220.",
        ),
        (
            4,
            "return SMOTE(random_state=0).fit_resample(X, y)",
            "is any positive of the moons in danger?",
        ),
        (
            4,
            "danger = group_of(count_foreign(X, y, 10), 10) == 'danger'\n"
            "sampler = BorderlineSMOTE if danger.any() else SMOTE\n"
            "X_new, _ = sampler(random_state=0).fit_resample(X, y)\n"
            "return X_new",
            "a pair is asked for: new X and new y.",
        ),
        (3, "return [5] if m == 10 else []", "too few entries: 0."),
    ],
    "35": [
        (
            1,
            "search = NearestNeighbors(n_neighbors=n_neighbors).fit(X)\n"
            "found = search.kneighbors(X[y == 1], return_distance=False)\n"
            "return (y[found] == 0).mean(axis=1)",
            "the nearest neighbor of 0 is 1",
        ),
        (
            1,
            "search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(X)\n"
            "found = search.kneighbors(X[y == 1], return_distance=False)\n"
            "return (y[found[:, 1:]] == 0).sum(axis=1)",
            "two neighbors of 0 are 1 and 2.1",
        ),
        (
            2,
            "return n_new * difficulty(X, y, n_neighbors)",
            "before rounding, the births add up",
        ),
        (
            2,
            "n = np.sum(y == 1)\nreturn np.full(n, n_new / n)",
            "with 5 neighbors: of two points, one twice",
        ),
        (
            3,
            "return round(expected_births(X, y, n_new, n_neighbors).sum())",
            "with 3 neighbors: what is rounded first",
        ),
        (
            3,
            "return np.rint(expected_births(X, y, n_new, n_neighbors))",
            "one value is asked for, and this has the shape (20,).",
        ),
        (
            4,
            "return np.mean(difficulty(X, y, n_neighbors) == 1)",
            "with 5 neighbors: a share of births",
        ),
        (
            4,
            "r = difficulty(X, y, n_neighbors)\nreturn r[r < 1].sum() / r.sum()",
            "your answer and the right one add up to 1",
        ),
        (
            5,
            "return ADASYN(random_state=0).fit_resample(X, y)",
            "your code raised RuntimeError",
        ),
        (
            5,
            "return SMOTE(random_state=0).fit_resample(X, y)",
            "on these points it should do as ADASYN(random_state=0).",
        ),
        (
            1,  # the own class counted
            "search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(X)\n"
            "found = search.kneighbors(X[y == 1], return_distance=False)\n"
            "return (y[found[:, 1:]] == 1).mean(axis=1)",
            "your answer and the right one add up to 1",
        ),
        (
            4,  # n_neighbors is not handed on
            "r = difficulty(X, y)\nreturn r[r == 1].sum() / r.sum()",
            "with 10 neighbors: a share of births",
        ),
        (
            2,  # n_neighbors is not handed on
            "r = difficulty(X, y)\nreturn n_new * r / r.sum()",
            "with 10 neighbors: of two points, one twice",
        ),
        (
            2,  # the hardness squared
            "r = difficulty(X, y, n_neighbors) ** 2\nreturn n_new * r / r.sum()",
            "with 5 neighbors: of two points, one twice",
        ),
    ],
    "36": [
        (1, "return (shares == 1).any(axis=0)", "too few entries: 3."),
        (1, "return shares.max(axis=1)", "0.7 of a single and 0.3 of a double"),
        (
            2,
            "return (rows['room'] == 'single') & (rows['extra'] == 'crib')",
            "what does a suite cost at least?",
        ),
        (
            2,
            "crib = (rows['room'] == 'single') & (rows['extra'] == 'crib')\n"
            "return crib | ((rows['room'] == 'suite') & (rows['price'] < 150))",
            "which room costs 200?",
        ),
        (2, "return rows['Room'] == 'single'", "your code raised KeyError: 'Room'"),
        (2, "return True", "the check cannot use your answer (TypeError"),
        (
            3,  # all rows, not only the made ones
            "numbers = ['price', 'days']\n"
            "scaler = StandardScaler()\n"
            "scaled = X.copy()\n"
            "scaled[numbers] = scaler.fit_transform(X[numbers])\n"
            "sampler = SMOTENC('auto', k_neighbors=k, random_state=0)\n"
            "rows = sampler.fit_resample(scaled, y)[0]\n"
            "rows[numbers] = scaler.inverse_transform(rows[numbers]).round()\n"
            "return illegal(rows).mean()",
            "k=5: only the made rows",
        ),
        (4, "return np.median(numbers)", "the median of the numbers."),
        (
            4,
            "return np.median(np.std(numbers, axis=0, ddof=1))",
            "this divides by n - 1 where the variance divides by n.",
        ),
        (4, "return np.mean(np.std(numbers, axis=0))", "the mean of the three spreads"),
        (4, "return 2", "on the scaled numbers of class 1 the library has"),
        (
            2,  # a suite for exactly 150
            "crib = (rows['room'] == 'single') & (rows['extra'] == 'crib')\n"
            "return crib | ((rows['room'] == 'suite') != (rows['price'] > 150))",
            "True and False are exchanged.",
        ),
        (
            3,  # the prices are not rounded
            "numbers = ['price', 'days']\n"
            "scaler = StandardScaler()\n"
            "scaled = X.copy()\n"
            "scaled[numbers] = scaler.fit_transform(X[numbers])\n"
            "sampler = SMOTENC('auto', k_neighbors=k, random_state=0)\n"
            "made = sampler.fit_resample(scaled, y)[0].iloc[400:].copy()\n"
            "made[numbers] = scaler.inverse_transform(made[numbers])\n"
            "return illegal(made).mean()",
            "k=10: only the made rows",
        ),
        (
            3,  # the numbers are not scaled
            "sampler = SMOTENC('auto', k_neighbors=k, random_state=0)\n"
            "return illegal(sampler.fit_resample(X, y)[0].iloc[400:].round()).mean()",
            "k=5: only the made rows",
        ),
        (3, "return 0", "k=5: only the made rows"),
    ],
    "41": [
        (
            1,  # positives first
            "negatives, positives = np.flatnonzero(y == 0), np.flatnonzero(y == 1)\n"
            "draw = np.random.RandomState(random_state).choice(\n"
            "    len(negatives), size=ratio * len(positives), replace=False)\n"
            "return np.concatenate([positives, negatives[draw]])",
            "the values are right, and their order is not.",
        ),
        (
            1,  # places taken for rows
            "positives = np.flatnonzero(y == 1)\n"
            "draw = np.random.RandomState(random_state).choice(\n"
            "    len(y) - len(positives), ratio * len(positives), replace=False)\n"
            "return np.r_[draw + 10 * (len(y) < 20), positives]",
            "the draw gives places in the list of the negatives",
        ),
        (1, "return np.flatnonzero(y == 1)", "two positives, and two negatives"),
        (
            2,
            "rows = rows_that_stay(y, ratio, random_state=0)\n"
            "model = LogisticRegression(max_iter=1000).fit(X[rows], y[rows])\n"
            "return roc_auc_score(y_test, model.predict(X_test))",
            "AUC wants scores, not labels",
        ),
        (3, "return min(ratios)", "print the mean AUC of each ratio"),
        (
            4,  # the share of all rows
            "beta = len(y_kept) / len(y)\nreturn beta * p / (beta * p - p + 1)",
            "at p = 0.5 the odds are 1",
        ),
        (
            4,
            "beta = np.sum(y_kept == 0) / np.sum(y == 0)\n"
            "return (1 - p) / (beta * p - p + 1)",
            "your answer and the right one add up to 1",
        ),
        (
            2,  # one draw
            "rows = rows_that_stay(y, ratio, random_state=0)\n"
            "model = LogisticRegression(max_iter=1000).fit(X[rows], y[rows])\n"
            "return roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])",
            "AUC wants scores, not labels; the mean is over ten seeds",
        ),
        (
            3,  # the largest ratio for a yardstick
            "best = mean_auc(max(ratios))\n"
            "return min(r for r in ratios if mean_auc(r) > best - drop) * y.sum()",
            "print the mean AUC of each ratio",
        ),
        (
            3,  # all rows, not the negatives
            "model = LogisticRegression(max_iter=1000).fit(X, y)\n"
            "best = roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])\n"
            "r = min(r for r in ratios if mean_auc(r) > best - drop)\n"
            "return (r + 1) * y.sum()",
            "print the mean AUC of each ratio",
        ),
    ],
    "42": [
        (
            1,
            "search = NearestNeighbors(n_neighbors=k).fit(X[y == 1])\n"
            "return search.kneighbors(X[y == 0])[0].sum(axis=1)",
            "with k = 2 both minority points count",
        ),
        (
            1,
            "search = NearestNeighbors(n_neighbors=k).fit(X[y == 0])\n"
            "return search.kneighbors(X[y == 1])[0].mean(axis=1)",
            "too few entries: 2.",
        ),
        (
            2,  # places in the majority, not rows of X
            "order = nearest_mean(X, y, k).argsort(kind='stable')\n"
            "return np.sort(order[: (y == 1).sum()])",
            "with k = 1: is the first check correct",
        ),
        (
            2,
            "order = nearest_mean(X, y, k).argsort(kind='stable')\n"
            "return np.flatnonzero(y == 0)[order[: (y == 1).sum()]]",
            "the values are right, and their order is not.",
        ),
        (
            3,
            "search = NearestNeighbors(n_neighbors=length).fit(X[y == 0])\n"
            "return search.kneighbors(X[y == 1])[1].size",
            "the point at 2 lists three points",
        ),
        (3, "return length", "the point at 2 lists three points"),
        (
            4,
            "return np.sort(distances, axis=1)[:, :3].mean(axis=1)",
            "look at one row",
        ),
        (
            4,
            "return np.sort(distances)[-3:].mean()",
            "several values are asked for, and this is one.",
        ),
    ],
    "43": [
        (
            1,
            "_, y_clean = sampler.fit_resample(X_train, y_train)\n"
            "return len(y_clean) / len(y_train)",
            "your answer and the right one add up to 1",
        ),
        (
            1,
            "_, y_clean = sampler.fit_resample(X_train, y_train)\n"
            "return 100 * (1 - len(y_clean) / len(y_train))",
            "a share is asked for, from 0 to 1",
        ),
        (
            1,
            "_, y_clean = sampler.fit_resample(X_train, y_train)\n"
            "return len(y_train) - len(y_clean)",
            "this is the number of rows that go, not their share.",
        ),
        (
            1,
            "_, y_clean = sampler.fit_resample(X_train, y_train)\n"
            "return len(y_train) / len(y_clean) - 1",
            "these are the removed rows for each row that stays.",
        ),
        (
            1,  # right only where a sampler spares the positives
            "_, y_clean = sampler.fit_resample(X_train, y_train)\n"
            "return (np.sum(y_train == 0) - np.sum(y_clean == 0)) / len(y_train)",
            "this sampler keeps rows 0, 3, 6",
        ),
        (1, "return 2 / 3", "run what is passed."),
        (
            2,  # class_weight is forgotten
            "X, y = sampler.fit_resample(X_train, y_train)\n"
            "return LogisticRegression().fit(X, y).predict(X_test)",
            "is class_weight handed on to the model?",
        ),
        (
            2,
            "X, y = sampler.fit_resample(X_train, y_train)\n"
            "model = LogisticRegression(class_weight='balanced').fit(X, y)\n"
            "return model.predict(X_test)",
            "which rows and which weight has your model?",
        ),
        (
            2,  # the test part is cleaned, too
            "X, y = sampler.fit_resample(X_train, y_train)\n"
            "model = LogisticRegression(class_weight=class_weight).fit(X, y)\n"
            "return model.predict(TomekLinks().fit_resample(X_test, y_test)[0])",
            "one label for each row of X_test; nobody cleans that part.",
        ),
        (
            2,
            "X, y = sampler.fit_resample(X_train, y_train)\n"
            "model = LogisticRegression(class_weight=class_weight).fit(X, y)\n"
            "return model.predict(X_test)",
            "your code raised AttributeError: 'NoneType'",
        ),
        (
            2,
            "X, y = X_train, y_train\n"
            "if sampler is not None:\n"
            "    X, y = TomekLinks().fit_resample(X, y)\n"
            "model = LogisticRegression(class_weight=class_weight).fit(X, y)\n"
            "return model.predict(X_test)",
            "is it the sampler that is passed?",
        ),
        (3, "return bars_2018(model)", "Tomek links: which weight had this model"),
        (
            3,
            "return list(bars_2018(model).values())",
            "the check cannot use your answer (TypeError",
        ),
        (
            3,  # a Series would do, but one without a remedy would not
            "return pd.Series(bars_2018(model)).drop('none')",
            "one recall for each remedy, in a dict",
        ),
        (
            3,  # the labels of task 2, which know nothing of the model
            "recalls = {}\n"
            "for remedy, sampler in samplers.items():\n"
            "    weight = 'balanced' if remedy == 'class weight' else None\n"
            "    labels = labels_after(sampler, weight)\n"
            "    recalls[remedy] = recall_score(y_test, labels)\n"
            "return pd.Series(recalls)",
            "none, with LogisticRegression(class_weight={0: 1, 1: 10})",
        ),
        (
            3,  # set back, and not cloned
            "recalls = {}\n"
            "for remedy, sampler in samplers.items():\n"
            "    weight = 'balanced' if remedy == 'class weight' else None\n"
            "    X, y = X_train, y_train\n"
            "    if sampler is not None:\n"
            "        X, y = sampler.fit_resample(X, y)\n"
            "    model.set_params(class_weight=weight).fit(X, y)\n"
            "    recalls[remedy] = recall_score(y_test, model.predict(X_test))\n"
            "model.set_params(class_weight=None)\n"
            "return recalls",
            "your function changes the model that it is given.",
        ),
        (
            3,  # the test part is cleaned, too
            "recalls = {}\n"
            "for remedy, sampler in samplers.items():\n"
            "    own = clone(model)\n"
            "    if remedy == 'class weight':\n"
            "        own.set_params(class_weight='balanced')\n"
            "    train, test = (X_train, y_train), (X_test, y_test)\n"
            "    if sampler is not None:\n"
            "        train = sampler.fit_resample(*train)\n"
            "        test = sampler.fit_resample(*test)\n"
            "    own.fit(*train)\n"
            "    recalls[remedy] = recall_score(test[1], own.predict(test[0]))\n"
            "return recalls",
            "both ends",
        ),
        (4, "return 0.3", "the check cannot use your answer (TypeError"),
        (4, "return 0.3, 0.3", "ten neighbors: what does it change"),
        (
            4,  # the cleaning of the post does nothing: taken for a rule
            "plain, weighted = labels_after(None), labels_after(None, 'balanced')\n"
            "recalls = [recall_score(y_test, each) for each in [plain, weighted]]\n"
            "return 0, recalls[1] - recalls[0]",
            "ten neighbors: what does it change",
        ),
        (
            4,  # the largest with its sign
            "def recall(*args):\n"
            "    return recall_score(y_test, labels_after(*args))\n"
            "weights = None, 'balanced'\n"
            "return (\n"
            "    max(recall(cleaner, w) - recall(None, w) for w in weights),\n"
            "    max(recall(s, 'balanced') - recall(s) for s in (None, cleaner)),\n"
            ")",
            "both classes: what does it change",
        ),
        (
            4,  # the weight without the cleaning only
            "def recall(*args):\n"
            "    return recall_score(y_test, labels_after(*args))\n"
            "weights = None, 'balanced'\n"
            "return (\n"
            "    max(abs(recall(cleaner, w) - recall(None, w)) for w in weights),\n"
            "    recall(None, 'balanced') - recall(None),\n"
            ")",
            "drop_positives: what does the weight change",
        ),
        (
            4,
            "def recall(*args):\n"
            "    return recall_score(y_test, labels_after(*args))\n"
            "weights = None, 'balanced'\n"
            "return (\n"
            "    max(recall(s, 'balanced') - recall(s) for s in (None, cleaner)),\n"
            "    max(abs(recall(cleaner, w) - recall(None, w)) for w in weights),\n"
            ")",
            "that is the change by the weight.",
        ),
    ],
    "44": [
        (
            1,
            "search = NearestNeighbors(n_neighbors=k).fit(X)\n"
            "nearest = search.kneighbors(X, return_distance=False)\n"
            "return (y[nearest] != y[:, None]).sum(axis=1)",
            "take each of the six rows by hand",
        ),
        (
            2,
            "goes = count_foreign(X, y, k) == k\n"
            "return np.flatnonzero(goes & (y == label))",
            "too few entries",
        ),
        (
            2,
            "foreign = count_foreign(X, y, k)\n"
            "goes = foreign >= 1 if rule == 'all' else foreign > k / 2\n"
            "return np.flatnonzero(goes)",
            "too many entries",
        ),
        (
            2,
            "foreign = count_foreign(X, y, k)\nreturn (foreign >= 1) & (y == label)",
            "too many entries: 150.",
        ),
        (3, "return 204, 592, 30, 21, 745", "a dict with the keys real, made"),
        (
            3,
            "return {'real': (y == label).sum(), 'made': len(run.added),\n"
            "        'removed': 0, 'discarded': 0, 'left': 0}",
            "label 0, made: SMOTE made more rows",
        ),
        (4, "return [6.4, 29.8]", "a share is asked for, from 0 to 1"),
        (4, "return [0.298, 0.064]", "the values are right, and their order is not."),
        (4, "return [0.15, 0.298]", "of each class: which rows were there"),
        (
            5,
            "return SMOTEENN(random_state=0).fit_resample(X, y)[1]",
            "which classes does an editor of your own edit",
        ),
        (
            5,
            "return SMOTEENN(random_state=0).fit_resample(X, y)",
            "the check cannot use your answer",
        ),
        (
            2,  # the class is not handed on
            "foreign = count_foreign(X, y, k)\n"
            "goes = foreign >= 1 if rule == 'all' else foreign > k / 2\n"
            "return np.flatnonzero(goes & (y == 0))",
            "too many entries",
        ),
    ],
    "45": [
        (
            1,  # a tie enters, too
            "store = [order[0]]\n"
            "for row in order[1:]:\n"
            "    d = np.linalg.norm(X - X[row], axis=1)\n"
            "    if d[store].min() >= d[y == 1].min():\n"
            "        store.append(row)\n"
            "return np.array(store)",
            "too many entries: 3.",
        ),
        (
            1,
            "store = [order[0]]\n"
            "for row in np.sort(order)[1:]:\n"
            "    d = np.linalg.norm(X - X[row], axis=1)\n"
            "    if d[store].min() > d[y == 1].min():\n"
            "        store.append(row)\n"
            "return np.array(store)",
            "take the rows in the given order",
        ),
        (
            2,
            "return [len(condense(X, y, order)) + 20 for order in orders]",
            "a store is made anew for each order",
        ),
        (2, "return len(condense(X, y, orders[0]))", "several values are asked for"),
        (
            3,
            "sizes = store_sizes(X, y, orders)\nreturn min(sizes), max(sizes)",
            "compare the members of the stores",
        ),
        (
            3,
            "stores = [set(condense(X, y, order)) for order in orders]\n"
            "return len(set.union(*stores)), len(set.intersection(*stores))",
            "the values are right, and their order is not.",
        ),
        (
            4,
            "kept = np.append(np.flatnonzero(y == 1), store)\n"
            "nearest = KNeighborsClassifier(n_neighbors=1).fit(X[kept], y[kept])\n"
            "return (nearest.predict(X[store]) == 1).sum()",
            "which rows judge a negative",
        ),
        (5, "return np.argsort(-y, kind='stable')", "the place of a row in its class"),
        (5, "return np.sort(y)", "each row of X comes once."),
        (
            5,
            "return np.argsort(y, kind='stable')[::-1]",
            "the place of a row in its class",
        ),
        (
            5,  # the positives turned around
            "return np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[::-1]]",
            "the values are right, and their order is not.",
        ),
    ],
    "51": [
        (
            1,  # the forgotten redraw
            "rows = RandomUnderSampler(random_state=0).fit_resample(X, y)\n"
            "p = [\n"
            "    small_tree(seed).fit(*rows).predict_proba(X_test)[:, 1]\n"
            "    for seed in range(n_trees)\n"
            "]\n"
            "return np.mean(p, axis=0)",
            "all trees saw the same draw.",
        ),
        (
            1,  # votes for probabilities
            "p = []\n"
            "for seed in range(n_trees):\n"
            "    draw = RandomUnderSampler(random_state=seed)\n"
            "    tree = small_tree(seed).fit(*draw.fit_resample(X, y))\n"
            "    p.append(tree.predict(X_test))\n"
            "return np.mean(p, axis=0)",
            "those are averaged labels",
        ),
        (
            2,
            "return int(np.ceil(spread / target))",
            "half the spread needs more than twice the trees.",
        ),
        (2, "return (spread / target) ** 2", "a bag has a whole number of trees."),
        (3, "return p * prevalence", "what is multiplied by the prevalence itself?"),
        (4, "return 0.5", "at 0.5 the calls would become far fewer."),
    ],
    "52": [
        (
            1,  # the probability of class 1 in every row
            "return -((1 - expit(z)) ** gamma) * log_expit(z)",
            "with gamma 0 it is the log loss",
        ),
        (
            1,
            "log_p = log_expit(np.where(y == 1, z, -z))\n"
            "return -((1 - expit(z)) ** gamma) * log_p",
            "the weight is a power of what is missing to 1",
        ),
        (
            1,
            "log_p = log_expit(np.where(y == 1, z, -z))\n"
            "return (-((1 - np.exp(log_p)) ** gamma) * log_p).mean()",
            "several values are asked for, and this is one.",
        ),
        (
            2,
            "h = 1e-5\n"
            "ahead, behind = focal_loss(z + h, y, gamma), focal_loss(z - h, y, gamma)\n"
            "return (behind - ahead) / (2 * h)",
            "the sign is turned around.",
        ),
        (
            2,  # the weight taken for a constant
            "p = expit(np.where(y == 1, z, -z))\n"
            "return (1 - p) ** gamma * (expit(z) - y)",
            "both factors of the loss depend on z.",
        ),
        (
            3,
            "z = np.log(p / (1 - p))\n"
            "slope_0 = focal_slope(z, np.zeros_like(z), gamma)\n"
            "slope_1 = focal_slope(z, np.ones_like(z), gamma)\n"
            "return slope_1 / (slope_1 - slope_0)",
            "your answer and the right one add up to 1",
        ),
        (
            3,  # slopes along z, taken at p
            "slope_0 = focal_slope(p, np.zeros_like(p), gamma)\n"
            "slope_1 = focal_slope(p, np.ones_like(p), gamma)\n"
            "return slope_0 / (slope_0 - slope_1)",
            "the log loss tells the truth",
        ),
        (3, "return p", "share times the slope of a positive"),
        (
            4,  # no intercept
            "loss = lambda w: focal_loss(X @ w, y, gamma).mean()\n"
            "return minimize(loss, np.zeros(2)).x",
            "too few entries: 2.",
        ),
        (
            4,
            "A = np.column_stack([np.ones(len(X)), X])\n"
            "loss = lambda w: focal_loss(A @ w, y, gamma).mean()\n"
            "return minimize(loss, np.zeros(3))",
            "a list or an array is asked for, and this is of type OptimizeResult.",
        ),
        (
            4,
            "A = np.column_stack([np.ones(len(X)), X])\n"
            "loss = lambda w: focal_loss(A @ w, y, 0).mean()\n"
            "return minimize(loss, np.zeros(3)).x",
            "does gamma reach the loss?",
        ),
        (
            5,  # the share of all rows, not of the positives
            "w = train(X, y, gamma)\n"
            "p = expit(w[0] + X_new @ w[1:])\n"
            "return [(p >= 0.5).mean(), (p >= cut).mean()]",
            "gamma 0: of how many rows is recall a share?",
        ),
        (
            5,
            "w = train(X, y, gamma)\n"
            "p = expit(w[0] + X_new @ w[1:])[y_new == 1]\n"
            "return (p >= 0.5).mean()",
            "several values are asked for, and this is one.",
        ),
    ],
    "53": [
        (
            1,  # the columns are the calls
            "accuracy = np.trace(matrix) / matrix.sum()\n"
            "return (np.diag(matrix) / matrix.sum(axis=0)).mean(), accuracy, accuracy",
            "macro: of each row",
        ),
        (1, "return np.trace(matrix) / matrix.sum(), 0.6", "return three numbers."),
        (
            2,
            "return {label: max(n, low) for label, n in Counter(y).items()}",
            "too many rows: 3.",
        ),
        (
            2,  # at most instead of fewer than
            "return {label: low for label, n in Counter(y).items() if n <= low}",
            "too many rows: 2.",
        ),
        (
            2,
            "return {label: 50 for label, n in Counter(y).items() if n < 50}",
            "too many rows: 3.",
        ),
        (
            3,
            "return min(Counter(y).values()) - 1",
            "how many samples has the smallest class in a training part?",
        ),
        (
            3,
            "train, _ = next(cv.split(np.zeros(len(y)), y))\n"
            "return min(Counter(y[train]).values()) - 1",
            "not every training part holds as many",
        ),
        (
            4,
            "return {label: most for label in Counter(y)}",
            "no class may be asked for more than it has",
        ),
        (
            4,
            "return {label: 6 for label in Counter(y)}",
            "no class may be asked for more than it has",
        ),
        (
            5,
            "p = model.fit(X_train, y_train).predict_proba(X_train)\n"
            "labels, counts = np.unique(y_train, return_counts=True)\n"
            "scores = [\n"
            "    f1_score(y_train, labels[q.argmax(axis=1)], average='macro')\n"
            "    for q in [p / counts**power for power in powers]\n"
            "]\n"
            "return powers[int(np.argmax(scores))]",
            "that is best on rows that the model was fitted to",
        ),
        (
            5,
            "return 1",
            "that is best for another score, or for calls that are no labels",
        ),
    ],
    "61": [
        (
            1,
            "from scipy.stats import ttest_rel\n"
            "low, high = ttest_rel(after, before).confidence_interval(0.95)\n"
            "return low, high",
            "with test_to_train=0.25 the interval of twelve",
        ),
        (
            1,
            "from scipy.stats import ttest_rel\n"
            "low, high = ttest_rel(before, after).confidence_interval(0.95)\n"
            "return low, high",
            "this is the interval of before - after.",
        ),
        (
            1,
            "return np.mean(np.asarray(after) - before)",
            "several values are asked for, and this is one.",
        ),
        (
            2,
            "return [name for name in areas if name != 'none']",
            "too many entries: 3.",
        ),
        (2, "return 'better'", "several values are asked for, and this is one."),
        (
            2,
            "return [name for name in areas if name not in ('none', 'same')][::-1]",
            "on made-up areas it should name",
        ),
    ],
    "62": [
        (
            1,  # copies of any row
            "rng = np.random.default_rng(random_state)\n"
            "missing = (y == 0).sum() - (y == 1).sum()\n"
            "copies = rng.choice(len(y), missing)\n"
            "noise = rng.normal(scale=0.1, size=(missing, X.shape[1]))\n"
            "return np.vstack([X, X[copies] + noise]), np.append(y, [1] * missing)",
            "each new row lies close to a positive.",
        ),
        (
            1,  # one noise for a row and its copies
            "copies = np.repeat(np.flatnonzero(y == 1), 3)\n"
            "return np.vstack([X, X[copies] + 0.1]), np.append(y, y[copies])",
            "six new rows, and each has noise of its own",
        ),
        (
            1,  # as many as there are negatives, not as many as are missing
            "copies = np.random.default_rng(0).choice(np.flatnonzero(y == 1), 8)\n"
            "return np.vstack([X, X[copies]]), np.append(y, y[copies])",
            "eight negatives and two positives came in",
        ),
        (
            2,  # the order of the difference
            "gains = []\n"
            "for train, test in cv.split(X, y):\n"
            "    scores = []\n"
            "    for step in ['passthrough', sampler]:\n"
            "        model = make_pipeline(StandardScaler(), step, tree)\n"
            "        y_score = model.fit(X[train], y[train]).predict_proba(X[test])\n"
            "        scores.append(average_precision_score(y[test], y_score[:, 1]))\n"
            "    gains.append(scores[0] - scores[1])\n"
            "return np.array(gains)",
            "with its labels turned round, the tree must lose",
        ),
        (2, "return 0.0", "several values are asked for, and this is one."),
        (
            3,  # the naive interval
            "n = gains.shape[1]\n"
            "mean, variance = gains.mean(axis=1), gains.var(axis=1, ddof=1)\n"
            "half = stats.t.ppf(0.975, n - 1) * np.sqrt(variance / n)\n"
            "return (mean > half).sum(), (mean < -half).sum(), mean.mean()",
            "look at the set whose mean is 0.028",
        ),
        (
            3,
            "mean = gains.mean(axis=1)\n"
            "return (mean > 0).sum(), (mean < 0).sum(), mean.mean()",
            "look at the set whose mean is 0.028",
        ),
    ],
    "63": [
        (
            1,  # one direction only
            "there = values.notna().to_numpy()\n"
            "return roc_auc_score(y[there], values[there])",
            "your answer and the right one add up to 1",
        ),
        (1, "return roc_auc_score(y, values)", "your code raised ValueError"),
        (2, "return 'case_number'", "several values are asked for, and this is one."),
        (
            2,
            "numbers = X.select_dtypes('number')\n"
            "return [name for name in numbers if alone(numbers[name], y) > 0.65]",
            "too many entries: 3.",
        ),
        (
            2,  # in the order of the table
            "numbers = X.select_dtypes('number')\n"
            "return [name for name in numbers if alone(numbers[name], y) > limit]",
            "all above limit are asked for, and the order is by area.",
        ),
        (
            3,  # the folds do not look at the customers
            "model = HistGradientBoostingClassifier(max_iter=20, random_state=0)\n"
            "p = cross_val_predict(model, X[columns], y, method='predict_proba')\n"
            "return average_precision_score(y, p[:, 1])",
            "are the probabilities those of class 1, from folds by customer?",
        ),
        (
            4,
            "known_in_time = dict.fromkeys(known_in_time, True)",
            "wait_hours: what has to happen before this number exists?",
        ),
        (
            4,
            "known_in_time = dict.fromkeys(known_in_time, True)\n"
            "known_in_time['wait_hours'] = False",
            "case_number: who writes this number, and when?",
        ),
        (
            5,
            "return (np.asarray(p) >= 0.5).astype(int)",
            "an alarm costs 1 with probability 1 - p",
        ),
        (
            5,
            "return (np.asarray(p) > 1 / (1 + ratio)).astype(int)",
            "an alarm costs 1 with probability 1 - p",
        ),
    ],
    "64": [
        (
            1,  # the ratio upside down
            "return np.log(n_2 / n_1) / np.log(cost_2 / cost_1)",
            "the rows grow tenfold and the cost a hundredfold",
        ),
        (
            1,
            "return np.log10(cost_2 / cost_1)",
            "four times the rows cost twice as much",
        ),
        (
            2,  # all runs, the small ones included
            "slope, start = np.polyfit(np.log10(n_samples), np.log10(seconds), 1)\n"
            "return 10 ** (start + slope * np.log10(n))",
            "how many runs carry your line, and which?",
        ),
        (
            2,
            "return np.polyval(\n"
            "    np.polyfit(np.log10(n_samples[-3:]), np.log10(seconds[-3:]), 1),\n"
            "    np.log10(n),\n"
            ")",
            "this job costs 3 seconds for each 100 rows",
        ),
        (
            3,  # minority rows with all rows
            "return 32 * prevalence * n * n / 1e9",
            "5,000 rows of each class",
        ),
        (
            3,
            "return 32 * n * n / 4 / 1e9",
            "500 minority rows, and how many majority rows?",
        ),
        (
            4,  # the square root forgotten
            "return int(gigabytes * 1e9 / (32 * prevalence * (1 - prevalence)))",
            "at a prevalence of 0.05: solve the formula of task 3",
        ),
        (
            4,
            "return int(np.sqrt(gigabytes * 1e9 / (32 * prevalence)))",
            "at a prevalence of 0.05: solve the formula of task 3",
        ),
    ],
}


def number(path):
    return path.name[:2]


def answered(source, code):
    """Put `code` in the place of a cell's solution, at its indentation."""

    def place(match):
        return "\n".join(match[1] + line for line in code.split("\n"))

    return REGION.sub(place, source)


def opened(source):
    return answered(source, "...")


def run(source, names):
    exec(compile(source, "<cell>", "exec"), names)


@cache
def prepared(path):
    """Return the code cells of a solution, and the names that its answers need.

    Functions are those of the solution, and other answers are open: no later task needs
    them. Of a cell with checks, only what stands before the checks runs.
    """
    cells = [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
        and not {"solution", "remove-cell"} & set(cell.metadata.get("tags", []))
        and UNUSED.get(number(path), "no such code") not in cell.source
    ]
    names = {"__name__": "__main__"}
    for source in cells:
        if BEGIN in source and not re.search(r"^def ", source, re.MULTILINE):
            source = opened(source)
        with contextlib.redirect_stdout(io.StringIO()):
            run(re.split(r"^with task|^tally", source, flags=re.MULTILINE)[0], names)
    return cells, names


def said(cells, names, monkeypatch):
    """Run cells as a notebook does, and return what they print."""
    monkeypatch.setattr("imbtutor.exercises._correct", {})
    before = dict(names)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            for source in cells:
                run(source, names)
    finally:
        names.clear()  # the same dict: the functions in it look names up there
        names.update(before)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("path", "task", "code", "word"),
    [
        pytest.param(path, task, code, word, id=f"{path.stem[:-10]}-{task}")
        for path in SOLUTIONS
        for task, code, word in WRONG.get(number(path), [])
    ],
)
def test_a_wrong_answer_gets_its_word(path, task, code, word, monkeypatch):
    cells, names = prepared(path)
    last = next(i for i, cell in enumerate(cells) if f"with task({task}):" in cell)
    first = max(i for i, cell in enumerate(cells[:last]) if BEGIN in cell)
    own = [answered(cells[first], code), *cells[first + 1 : last + 1], f"tally({task})"]
    heard = said(own, names, monkeypatch)
    assert heard.count("Not yet: ") == 1
    assert heard.split("Not yet: ")[1].startswith(word)
    assert f"{task}.\n" == heard[-len(f"{task}.\n") :]


def test_every_exercise_has_its_wrong_answers():
    assert [number(path) for path in SOLUTIONS] == list(WRONG)
    assert min(len(answers) for answers in WRONG.values()) >= 3


# In functions, and where the answer is a variable.
NO_ANSWERS = {
    "raises": ("raise KeyError('mine')", "del {name}"),
    "text": ("return '0.86'", "{name} = '0.86'"),
    "shape": ("return np.arange(7)", "{name} = list(range(7))"),
    "function": ("return print", "{name} = print"),
    "dict": ("return dict(a=1)", "{name} = dict(a=1)"),
    "prints": ("print(0.86)", "print({name})"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_no_answer_stops_the_notebook(path, monkeypatch):
    """Every cell runs to its end, whatever the answers do, and no task is correct."""
    cells, names = prepared(path)
    n_tasks = int(re.search(r"tally\((\d+)\)", cells[-1])[1])
    kinds = list(NO_ANSWERS)
    for shift in range(len(kinds)):
        again, n_answers = [], shift
        for source in cells:
            if BEGIN in source:
                inside, outside = NO_ANSWERS[kinds[n_answers % len(kinds)]]
                name = re.search(r"^(?:def )?(\w+)(?:\(| = )", source, re.MULTILINE)[1]
                function = re.search(r"^def ", source, re.MULTILINE)
                code = inside if function else f"{name} = 1\n{outside}"
                again.append(answered(source, code.format(name=name)))
                n_answers += 1
            elif "with task(" in source:
                again.append(source[source.index("with task(") :])
            elif "tally(" in source:
                again.append(source)
        heard = said(again, names, monkeypatch)
        assert heard.count("Not yet: ") == n_tasks
        assert f"0 of {n_tasks} correct." in heard
