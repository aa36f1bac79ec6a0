"""The large benchmark: its unit of work, and that no stop loses or doubles a run."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDER = Path(__file__).parent.parent / "benchmarks"
sys.path.append(str(FOLDER))

import resampling  # noqa: E402

# Digits are inside scikit-learn, and undersampled ones are quick to learn from.
QUICK = ["RandomUnderSampler", "NearMiss 3"]
COMMAND = [sys.executable, str(FOLDER / "resampling.py"), "--repeats", "1"]
COMMAND += ["--sets", "digits", "--remedies", *QUICK, "--folder"]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("remedy", ["nothing", "SMOTE", "RandomUnderSampler"])
def test_resampling_once_changes_nothing(remedy):
    """Each learner in a pipeline of its own gives the same probabilities."""
    X, y, _ = resampling.load("digits")
    train, test = resampling.folds("digits", 0)[0]
    shared = resampling.scores(X[train], y[train], X[test], remedy, 7)
    assert list(shared) == list(resampling.LEARNERS)
    for name, learner in resampling.LEARNERS.items():
        steps = [StandardScaler(), resampling.seeded(learner, 7)]
        if remedy != "nothing":
            steps.insert(1, resampling.seeded(resampling.SAMPLERS[remedy], 7))
        alone = make_pipeline(*steps).fit(X[train], y[train])
        assert np.array_equal(alone.predict_proba(X[test])[:, 1], shared[name]), name


def test_the_test_part_decides_nothing(monkeypatch):
    """Other labels in the test part: the same models and the same thresholds."""
    train, test, inner = resampling.parts("digits", 0, 0)
    inside = np.sort(np.concatenate([train[rest] for _, rest in inner]))
    assert np.array_equal(inside, np.sort(train))
    assert not set(train) & set(test)
    seen = []
    real = resampling.best_thresholds
    monkeypatch.setattr(
        resampling,
        "best_thresholds",
        lambda y_true, y_score: seen.append((y_true, y_score)) or real(y_true, y_score),
    )
    resampling.unit("digits", 0, 0, "NearMiss 3")
    assert len(seen) == len(resampling.LEARNERS)
    for y_true, y_score in seen:
        assert len(y_true) == len(train) and not np.isnan(y_score).any()


def test_equal_rows_stay_together():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, size=(200, 3)).astype(float)
    y = (rng.random(200) < 0.2).astype(int)
    groups = np.unique(X, axis=0, return_inverse=True)[1].ravel()
    cv = resampling.StratifiedGroupKFold(resampling.FOLDS)
    for train, test in cv.split(X, y, groups):
        assert not {tuple(x) for x in X[train]} & {tuple(x) for x in X[test]}
    # The sets' own groups are made in the same way.
    X, _, groups = resampling.load("digits")
    assert len(np.unique(groups)) == len({tuple(x) for x in X})


def test_best_thresholds_are_the_best():
    """No cut through the scores does better than the one that is chosen."""
    rng = np.random.default_rng(1)
    y = (rng.random(300) < 0.1).astype(int)
    y_score = np.round(rng.normal(y, 1.0), 1)  # with ties
    for_balanced, for_f1 = resampling.best_thresholds(y, y_score)
    cuts = np.unique(y_score)
    balanced = [resampling.balanced_accuracy_score(y, y_score >= c) for c in cuts]
    f1 = [resampling.f1_score(y, y_score >= c) for c in cuts]
    found = resampling.balanced_accuracy_score(y, y_score >= for_balanced)
    assert found == pytest.approx(max(balanced))
    assert resampling.f1_score(y, y_score >= for_f1) == pytest.approx(max(f1))


def test_thinning_keeps_the_share_of_positives():
    y = np.zeros(10_000, dtype=int)
    y[:300] = 1
    rows = np.arange(10_000)[::-1]
    thin = resampling.thinned(rows, y, seed=0)
    assert len(thin) == resampling.MOST_ROWS == len(set(thin))
    assert y[thin].sum() == round(0.03 * resampling.MOST_ROWS)
    assert np.array_equal(resampling.thinned(rows[:50], y, seed=0), rows[:50])


def test_a_sampler_that_fails_leaves_its_reason(monkeypatch):
    class Failing(resampling.RandomUnderSampler):
        def _fit_resample(self, X, y):
            raise RuntimeError("no neighbors of the\nmajority")

    monkeypatch.setitem(resampling.SAMPLERS, "NearMiss 3", Failing())
    rows = resampling.unit("digits", 0, 0, "NearMiss 3")
    assert {row["error"] for row in rows} == {"RuntimeError: no neighbors of the"}
    assert all("roc_auc" not in row for row in rows)


def test_what_is_too_slow_says_so(monkeypatch):
    monkeypatch.setitem(resampling.MOST_ROWS_OF, "CondensedNearestNeighbour", 1000)
    rows = resampling.unit("digits", 0, 0, "CondensedNearestNeighbour")
    assert {row["error"] for row in rows} == {"not run on over 1,000 rows"}


def test_a_kill_loses_nothing_and_counts_nothing_twice(tmp_path):
    """Killed after two units, then started again: each unit once, the same numbers."""
    state = tmp_path / "resampling.jsonl"
    process = subprocess.Popen(
        [*COMMAND, str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 300  # only against a run that never starts
        while not state.exists() or state.read_bytes().count(b"\n") < 3:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert not (tmp_path / "resampling.csv.xz").exists()
    with state.open("ab") as file:
        file.write(b'[{"set": "digits", "rep')  # a line that the kill cut short
    before = [json.loads(line) for line in state.read_bytes().splitlines()[1:-1]]
    assert len(before) >= 2
    run = subprocess.run(
        [*COMMAND, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert f"10 units, {len(before)} of them finished before" in run.stdout
    assert "10/10" not in run.stderr  # the bar counts what was left
    assert not state.exists()
    table = resampling.finished(tmp_path)
    assert not table.duplicated(resampling.KEYS).any()
    assert len(table) == 10 * len(resampling.LEARNERS)
    assert (table["error"] == "").all()
    # What was there before the kill is in the table as it was.
    stored = table.set_index(resampling.KEYS)[resampling.METRICS]
    for row in [row for rows in before for row in rows]:
        found = stored.loc[tuple(row[key] for key in resampling.KEYS)]
        assert found.to_dict() == {name: row[name] for name in resampling.METRICS}
    # And one that came after it, or before, is what an undisturbed run gives.
    direct = pd.DataFrame(resampling.unit("digits", 0, 4, QUICK[-1]))
    direct = direct.set_index(resampling.KEYS)[resampling.METRICS]
    assert direct.equals(stored.loc[direct.index])
    again = subprocess.run(
        [*COMMAND, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "10 units, 10 of them finished before" in again.stdout
    assert resampling.finished(tmp_path).equals(table)
    differ, n_values = resampling.compare("digits", tmp_path)
    assert differ.empty and n_values == 60 * len(resampling.METRICS)


def test_runs_of_other_settings_are_not_mixed(tmp_path, monkeypatch):
    state = tmp_path / "resampling.jsonl"
    state.write_text(json.dumps(resampling.settings()) + "\n")
    assert resampling.finished(tmp_path).empty
    monkeypatch.setattr(resampling, "MOST_ROWS", 5)
    with pytest.raises(ValueError, match=r"other most_rows; move it away"):
        resampling.finished(tmp_path)


def test_a_changed_value_is_found(tmp_path):
    rows = resampling.unit("digits", 0, 0, "NearMiss 3")
    rows[2]["f1"] += 0.01
    rows[3]["error"], rows[3]["brier"] = "ValueError", None
    lines = [json.dumps(each) for each in (resampling.settings(), rows)]
    (tmp_path / "resampling.jsonl").write_text("\n".join(lines) + "\n")
    differ, _ = resampling.compare("digits", tmp_path)
    found = {(row[4], row[5]) for row in differ.index}
    names = list(resampling.LEARNERS)
    assert found == {(names[2], "f1"), (names[3], "brier")}
    assert resampling.check("digits", tmp_path) == 1
