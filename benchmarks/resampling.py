"""Does resampling help? Every remedy, six learners, 23 sets: the runs of chapter 62.

    .venv/bin/python benchmarks/resampling.py

It writes `resampling.csv.xz`, one row for each set, fold, remedy and learner, and
`resampling.json`, what made them, beside itself; chapter 62 reads both. It uses all
cores, shows how far it is, and goes on where it was stopped: each finished unit is
appended to `resampling.jsonl` at once, and counts once. `--repeats` adds repeats to
what is there.

A unit is one remedy on one fold. It resamples the training part once and fits all
learners on the result, which changes no number (`tests/test_resampling.py`).
"""

import argparse
import json
import os
import platform
import sys
import time
import warnings
from functools import cache, lru_cache
from pathlib import Path

import imblearn
import numpy as np
import pandas as pd
import scipy
import sklearn
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from imblearn.under_sampling import (
    AllKNN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomUnderSampler,
    RepeatedEditedNearestNeighbours,
    TomekLinks,
)
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix_at_thresholds,
    f1_score,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.class_weight import compute_sample_weight
from tqdm import tqdm

from imbtutor import load_benchmark_set, load_wine_quality

HERE = Path(__file__).resolve().parent

# The sets that imbalanced-learn offers, less the five of them that are not at hand
# where this ran (isolet, scene, coil_2000, webpage, protein_homo) and less its
# wine_quality, which is "wine" with its copies. Three pairs share rows: the digits are
# among the optical_digits, abalone_19 and car_eval_4 relabel abalone and car_eval_34.
SETS = [
    *["abalone", "abalone_19", "arrhythmia", "car_eval_34", "car_eval_4", "digits"],
    *["ecoli", "letter_img", "libras_move", "mammography", "oil", "optical_digits"],
    *["ozone_level", "pen_digits", "satimage", "sick_euthyroid", "solar_flare_m0"],
    *["spectrometer", "thyroid_sick", "us_crime", "wine", "yeast_me2", "yeast_ml8"],
]
LEARNERS = {
    "logistic regression": LogisticRegression(max_iter=1000),
    "decision tree": DecisionTreeClassifier(max_depth=5),
    "random forest": RandomForestClassifier(),
    "histogram boosting": HistGradientBoostingClassifier(early_stopping=False),
    "k nearest neighbors": KNeighborsClassifier(15),
    "neural network": MLPClassifier((20,), learning_rate_init=0.01, max_iter=60),
}
# Every sampler for tables of numbers. SMOTENC and SMOTEN want categories.
SAMPLERS = {
    "RandomOverSampler": RandomOverSampler(),
    "RandomOverSampler, shrinkage 1": RandomOverSampler(shrinkage=1),
    "SMOTE": SMOTE(),
    "BorderlineSMOTE 1": BorderlineSMOTE(),
    "BorderlineSMOTE 2": BorderlineSMOTE(kind="borderline-2"),
    "SVMSMOTE": SVMSMOTE(),
    "ADASYN": ADASYN(),
    "KMeansSMOTE": KMeansSMOTE(cluster_balance_threshold=0.01),
    "RandomUnderSampler": RandomUnderSampler(),
    "NearMiss 1": NearMiss(version=1),
    "NearMiss 2": NearMiss(version=2),
    "NearMiss 3": NearMiss(version=3),
    "InstanceHardnessThreshold": InstanceHardnessThreshold(
        estimator=RandomForestClassifier(n_estimators=10)
    ),
    "ClusterCentroids": ClusterCentroids(),
    "CondensedNearestNeighbour": CondensedNearestNeighbour(),
    "OneSidedSelection": OneSidedSelection(),
    "TomekLinks": TomekLinks(),
    "EditedNearestNeighbours": EditedNearestNeighbours(),
    "RepeatedEditedNearestNeighbours": RepeatedEditedNearestNeighbours(),
    "AllKNN": AllKNN(),
    "NeighbourhoodCleaningRule": NeighbourhoodCleaningRule(),
    "SMOTEENN": SMOTEENN(),
    "SMOTETomek": SMOTETomek(),
}
NOTHING, WEIGHTS = "nothing", "class weights"
REMEDIES = [NOTHING, WEIGHTS, *SAMPLERS]
FOLDS, INNER_FOLDS = 5, 3
MOST_ROWS = 3400
"""A larger training part is thinned to so many rows, its prevalence kept."""
MOST_ROWS_OF = {"CondensedNearestNeighbour": 1600}
"""Its time grows with the square of the rows; on more rows it is not run."""
METRICS = [
    *["roc_auc", "average_precision"],
    *["balanced_accuracy", "f1", "balanced_accuracy_tuned", "f1_tuned"],
    *["log_loss", "brier"],
]
KEYS = ["set", "repeat", "fold", "remedy", "learner"]
COLUMNS = [*KEYS, *METRICS, "seconds", "error"]


@cache
def load(name):
    """Return X, y and the groups of a set: rows with equal features are a group."""
    if name == "digits":
        X, digit = load_digits(return_X_y=True)
        y = (digit == 8).astype(int)
    elif name == "wine":
        wine = load_wine_quality(drop_duplicates=True)
        X, y = wine.data.to_numpy(), wine.target
    else:
        bunch = load_benchmark_set(name)
        X, y = np.asarray(bunch.data, dtype=float), np.asarray(bunch.target)
    groups = np.unique(X, axis=0, return_inverse=True)[1].ravel()
    return X, np.asarray(y), groups


@cache
def folds(name, repeat):
    """Return the train and test rows of each fold of one repeat."""
    X, y, groups = load(name)
    cv = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=repeat)
    return list(cv.split(X, y, groups))


def thinned(train, y, seed):
    """Return `train`, or MOST_ROWS of its rows with the same share of positives."""
    if len(train) <= MOST_ROWS:
        return train
    rng = np.random.default_rng(seed)
    keep = []
    for label in (0, 1):
        rows = train[y[train] == label]
        n_keep = round(MOST_ROWS * len(rows) / len(train))
        keep.append(rng.choice(rows, n_keep, replace=False))
    return np.sort(np.concatenate(keep))


@lru_cache(maxsize=4)
def parts(name, repeat, fold):
    """Return train and test rows of a fold, and how the inner folds split the first."""
    X, y, groups = load(name)
    train, test = folds(name, repeat)[fold]
    seed = FOLDS * repeat + fold
    train = thinned(train, y, seed)
    cv = StratifiedGroupKFold(INNER_FOLDS, shuffle=True, random_state=seed)
    inner = list(cv.split(X[train], y[train], groups[train]))
    return train, test, inner


def seeded(estimator, seed):
    """Return a clone with `seed` wherever it takes one."""
    estimator = clone(estimator)
    names = [n for n in estimator.get_params() if n.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(names, seed))


def learners(remedy):
    """Return the names of the learners that the remedy can be given to."""
    # A neighbor has one vote: k nearest neighbors takes no weights.
    return [
        name
        for name in LEARNERS
        if not (remedy == WEIGHTS and name == "k nearest neighbors")
    ]


def scores(X_fit, y_fit, X_new, remedy, seed):
    """Return, by learner, the probability of the rare class of each new row.

    Scale, resample, fit: what a pipeline does, with the first two steps done once. A
    learner that cannot be fitted on what the sampler left is given its error instead.
    """
    scaler = StandardScaler().fit(X_fit)
    X_fit, X_new = scaler.transform(X_fit), scaler.transform(X_new)
    weights = {}
    if remedy == WEIGHTS:
        weights = {"sample_weight": compute_sample_weight("balanced", y_fit)}
    elif remedy != NOTHING:
        with warnings.catch_warnings():
            # NearMiss 3 keeps fewer rows than asked: no failure, and each fold says it.
            warnings.filterwarnings(
                "ignore", "The number of the samples to be selected"
            )
            X_fit, y_fit = seeded(SAMPLERS[remedy], seed).fit_resample(X_fit, y_fit)
        if len(np.unique(y_fit)) < 2:
            raise ValueError("no row of one class is left")
    y_score = {}
    with warnings.catch_warnings():
        # Sixty passes are a setting of the network, not a failure.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for name in learners(remedy):
            model = seeded(LEARNERS[name], seed)
            try:
                model.fit(X_fit, y_fit, **weights)
                y_score[name] = model.predict_proba(X_new)[:, 1]
            except ValueError as fault:
                y_score[name] = fault
    return y_score


def best_thresholds(y_true, y_score):
    """Return the thresholds with the best balanced accuracy and the best F1.

    Candidates are the scores themselves; the label is 1 from the threshold on.
    """
    tn, fp, fn, tp, thresholds = confusion_matrix_at_thresholds(y_true, y_score)
    balanced = (tp / (tp + fn) + tn / (tn + fp)) / 2
    f1 = 2 * tp / (2 * tp + fp + fn)
    return thresholds[np.argmax(balanced)], thresholds[np.argmax(f1)]


def unit(set_name, repeat, fold, remedy):
    """Run one remedy on one fold, with all learners: the unit of work.

    The thresholds come from predictions within the training part: three inner folds,
    each resampled by itself. The test part is never resampled and chooses nothing.

    Parameters
    ----------
    set_name : str
        One of SETS.
    repeat, fold : int
        Which of the repeated 5-fold splits, both from 0; they make the seed.
    remedy : str
        One of REMEDIES.

    Returns
    -------
    list of dict
        One for each learner: KEYS, METRICS, `seconds` of the processor for all
        learners together, and `error`: why there are no numbers, or "".
    """
    start = time.process_time()
    X, y, _ = load(set_name)
    train, test, inner = parts(set_name, repeat, fold)
    seed = FOLDS * repeat + fold
    fits = [(train, test), *[(train[fit], train[rest]) for fit, rest in inner]]
    faults, y_score = {}, {}
    most = MOST_ROWS_OF.get(remedy, MOST_ROWS)
    if len(train) > most:
        faults = dict.fromkeys(LEARNERS, f"not run on over {most:,} rows")
        fits = []
    for fit, new in fits:
        try:
            # On a cluster a forest would send its trees out again one by one, and its
            # worker begin another unit meanwhile, in a second thread.
            with parallel_config(backend="sequential"):
                each = scores(X[fit], y[fit], X[new], remedy, seed)
        except (ValueError, RuntimeError) as fault:  # ADASYN raises the second
            each = dict.fromkeys(LEARNERS, fault)
        for name, values in each.items():
            if isinstance(values, Exception):
                words = f"{type(values).__name__}: {values}"
                faults.setdefault(name, words.splitlines()[0][:100])
            else:
                y_score.setdefault(name, np.full(len(y), np.nan))[new] = values
    rows = []
    for name in learners(remedy):
        row = {"set": set_name, "repeat": repeat, "fold": fold}
        row |= {"remedy": remedy, "learner": name}
        if name not in faults:
            thresholds = best_thresholds(y[train], y_score[name][train])
            row |= measured(y[test], y_score[name][test], *thresholds)
        rows.append({**row, "error": faults.get(name, "")})
    seconds = round(time.process_time() - start, 2)
    return [{**row, "seconds": seconds} for row in rows]


def measured(y_test, y_score, for_balanced, for_f1):
    """Return METRICS of one learner on one test part, with its two thresholds."""
    values = [
        roc_auc_score(y_test, y_score),
        average_precision_score(y_test, y_score),
        balanced_accuracy_score(y_test, y_score > 0.5),
        f1_score(y_test, y_score > 0.5),
        balanced_accuracy_score(y_test, y_score >= for_balanced),
        f1_score(y_test, y_score >= for_f1),
        log_loss(y_test, y_score),
        brier_score_loss(y_test, y_score),
    ]
    # Four digits: the intervals are a hundred times as wide, and the file is small.
    return {name: round(float(v), 4) for name, v in zip(METRICS, values, strict=True)}


def settings():
    """Return what a row depends on besides its key, in words that JSON holds."""
    return {
        "versions": {
            "imbalanced-learn": imblearn.__version__,
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "learners": {name: str(each) for name, each in LEARNERS.items()},
        "samplers": {
            name: " ".join(str(each).split()) for name, each in SAMPLERS.items()
        },
        "folds": FOLDS,
        "inner_folds": INNER_FOLDS,
        "most_rows": MOST_ROWS,
        "most_rows_of": MOST_ROWS_OF,
        "seed": "5 * repeat + fold, for the sampler, the learner and the inner folds; "
        "repeat for the outer folds",
    }


def finished(folder):
    """Return the rows of the finished units of `folder`, each unit once.

    A line that a kill cut short is removed from the file, so that the next one does
    not continue it.

    Raises
    ------
    ValueError
        If the rows were made with other settings or versions.
    """
    rows = []
    table, about = folder / "resampling.csv.xz", folder / "resampling.json"
    if table.exists():
        check_settings(json.loads(about.read_text("utf-8"))["settings"], about)
        rows.append(
            pd.read_csv(
                table, keep_default_na=False, na_values={m: "" for m in METRICS}
            )
        )
    state = folder / "resampling.jsonl"
    if state.exists():
        whole = state.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if kept != whole:
            os.truncate(state, len(kept))
        lines = [json.loads(line) for line in kept.splitlines()]
        if lines:
            check_settings(lines[0], state)
            found = [row for line in lines[1:] for row in line]
            rows.append(pd.DataFrame(found, columns=COLUMNS))
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(rows, ignore_index=True).drop_duplicates(KEYS)


def check_settings(stored, path):
    """Raise ValueError where `stored` is not what would make rows now."""
    now = json.loads(json.dumps(settings()))
    other = sorted(name for name in now if stored.get(name) != now[name])
    if other:
        raise ValueError(
            f"{path.name} was made with other {', '.join(other)}; move it away, and "
            "the runs begin anew"
        )


def run(todo, state):
    """Run the units on all cores that joblib gives, and append each when it ends."""
    new = not state.exists() or state.stat().st_size == 0
    with state.open("a", encoding="utf-8") as file:

        def write(thing):
            file.write(json.dumps(thing) + "\n")
            file.flush()
            os.fsync(file.fileno())

        if new:
            write(settings())
        work = Parallel(n_jobs=-1, return_as="generator_unordered")
        results = work(delayed(unit)(*each) for each in todo)
        for rows in tqdm(results, total=len(todo), unit="unit", smoothing=0.02):
            write(rows)


def pack(folder):
    """Write the table and what made it; then the state is not needed."""
    rows = finished(folder).sort_values(KEYS)
    sets = {}
    for name in rows["set"].unique():
        X, y, groups = load(name)
        sets[name] = {
            "n_samples": len(y),
            "n_features": X.shape[1],
            "n_positives": int(y.sum()),
            "n_groups": len(np.unique(groups)),
        }
    units = rows.drop_duplicates(["set", "repeat", "fold", "remedy"])
    about = {
        "settings": settings(),
        "sets": sets,
        "rows": len(rows),
        "units": len(units),
        "hours": round(units["seconds"].sum() / 3600, 2),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    # The table last: it is read only where its description is.
    replace(folder / "resampling.json", json.dumps(about, indent=1).encode() + b"\n")
    path = folder / "resampling.csv.xz"
    part = path.with_suffix(".part")
    rows.to_csv(part, index=False, compression={"method": "xz", "preset": 9})
    part.replace(path)
    (folder / "resampling.jsonl").unlink(missing_ok=True)
    return path


def replace(path, content):
    """Write a file at once, so that no half of it is ever seen."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def compare(name, folder):
    """Run the stored units of a set again; return the values that differ.

    Each row is one metric of one row of the table, `stored` and `now`; the second value
    is how many were compared.
    """
    table = finished(folder).query("set == @name")
    units = table[["set", "repeat", "fold", "remedy"]].drop_duplicates()
    work = Parallel(n_jobs=-1, return_as="generator_unordered")
    results = work(delayed(unit)(*each) for each in units.to_numpy().tolist())
    results = tqdm(results, total=len(units), unit="unit")
    again = pd.DataFrame([row for rows in results for row in rows], columns=COLUMNS)
    stored, now = (
        each.melt(KEYS, METRICS, "metric", name).set_index([*KEYS, "metric"])
        for each, name in ((table, "stored"), (again, "now"))
    )
    both = stored.join(now).astype(float)
    # One step of the last digit is rounding; a value that came or went is none.
    same = np.isclose(both["stored"], both["now"], atol=1.5e-4, equal_nan=True)
    return both[~same], len(both)


def check(name, folder):
    """Say how well the table is reproduced on one set; return the exit code."""
    differ, n_values = compare(name, folder)
    print(differ.to_string() if len(differ) else "")
    print(f"{name}: {len(differ):,} of {n_values:,} values differ")
    # Another processor rounds otherwise, and turns a tie within a tree now and then.
    # A library that works otherwise changes much more than one value in a hundred.
    return int(len(differ) > 0.01 * n_values)


def main(argv=None):
    """Run what is missing and write the table, or run one set again and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--remedies", nargs="+", choices=REMEDIES, default=REMEDIES)
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument(
        "--check",
        metavar="SET",
        help="run this set again and compare with the table; a number takes the "
        "set of that place in turn",
    )
    options = parser.parse_args(argv)
    if options.check is not None:
        name = options.check
        if name.isdecimal():
            name = SETS[int(name) % len(SETS)]
        if name not in SETS:
            parser.error(
                f"--check {name}: no such set; choose one of {', '.join(SETS)}"
            )
        return check(name, options.folder)
    done = finished(options.folder)
    names = ["set", "repeat", "fold", "remedy"]
    done = set(map(tuple, done[names].drop_duplicates().to_numpy().tolist()))
    # Repeats and folds outside: stopped early, every set has as many runs.
    units = [
        (name, repeat, fold, remedy)
        for repeat in range(options.repeats)
        for fold in range(FOLDS)
        for name in options.sets
        for remedy in options.remedies
    ]
    todo = [each for each in units if each not in done]
    print(f"{len(units):,} units, {len(units) - len(todo):,} of them finished before")
    if todo:
        run(todo, options.folder / "resampling.jsonl")
    print(pack(options.folder))


if __name__ == "__main__":
    # The workers import `unit` by the module's name, which __main__ is not.
    import resampling

    sys.exit(resampling.main())
