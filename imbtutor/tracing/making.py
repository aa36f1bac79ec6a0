"""What oversamplers did: where each made row comes from."""

import numpy as np
from imblearn.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)

from imbtutor.tracing.accounts import Table, account, dense, same
from imbtutor.tracing.recording import (
    drawing,
    explains,
    part_recorded,
    recorded,
    replaced,
    with_names,
)

LINE = {"parent": int, "neighbor": int, "step": float}


def _made(n_samples, batches, **dtypes):
    """Account for made rows that follow the originals, batch after batch."""
    lines = [
        dict(zip(dtypes, values, strict=True))
        for batch in batches
        for values in zip(*(_listed(batch[name]) for name in dtypes), strict=True)
    ]
    return account(
        np.r_[np.arange(n_samples), np.full(len(lines), -1)],
        added=Table(dict(enumerate(lines, n_samples)), dtypes),
    )


def _listed(values):
    return values.tolist() if isinstance(values, np.ndarray) else values


def _line(call, parents, pool):
    """Read what `BaseSMOTE._make_samples` draws and hands to `_generate_samples`.

    There rows count within the samples that may be parents, and neighbors within
    those that were searched; `parents` and `pool` name their rows of X.
    """
    _, _, nn_num, rows, cols, steps = call.args[:6]
    return {
        "parent": parents[rows],
        "neighbor": pool[nn_num[rows, cols]],
        "step": steps.ravel(),
    }


def _label(call):
    return call.args[6]


@explains(RandomOverSampler)
def random_over(sampler, X, y, run):
    X_new, _ = run()
    parents = sampler.sample_indices_[len(y) :]
    if sampler.shrinkage_ is None:
        return _made(len(y), [{"parent": parents}], parent=int)
    noise = dense(X_new)[len(y) :] - dense(X)[parents]
    batch = {"parent": parents, "noise": noise}
    return _made(len(y), [batch], parent=int, noise=object)


@explains(SMOTE)
def smote(sampler, X, y, run):
    with recorded(sampler, "_generate_samples") as calls:
        run()
    members = [np.flatnonzero(y == _label(call)) for call in calls]
    batches = [
        _line(call, rows, rows) for call, rows in zip(calls, members, strict=True)
    ]
    return _made(len(y), batches, **LINE)


def _foreign(asked, judged):
    """Count the neighbors of another class that decided about each sample."""
    _, _, label, y = judged.args
    return (y[asked.result[:, 1:]] != label).sum(axis=1)


@explains(BorderlineSMOTE)
def borderline(sampler, X, y, run):
    draws = []
    generate = with_names(sampler._generate_samples, check_random_state=drawing(draws))
    with (
        part_recorded(sampler, "nn_m_", "kneighbors") as asked,
        recorded(sampler, "_in_danger_noise") as judged,
        replaced(sampler, _generate_samples=generate),
        recorded(sampler, "_generate_samples") as calls,
    ):
        run()
    # A class without a sample in danger gets no new rows.
    pairs = [pair for pair in zip(asked, judged, strict=True) if any(pair[1].result)]
    batches = []
    for (asked_of, judgement), call in zip(pairs, calls, strict=True):
        members = np.flatnonzero(y == _label(call))
        danger = members[judgement.result]
        second = sampler.kind == "borderline-2"
        batch = _line(call, danger, np.arange(len(y)) if second else members)
        if second:
            # Toward another class it goes a second draw of the way, below one half.
            foreign = y[batch["neighbor"]] != _label(call)
            batch["step"][foreign] *= draws.pop(0).ravel()
        count = dict(zip(members, _foreign(asked_of, judgement), strict=True))
        batch["foreign"] = [count[row] for row in batch["parent"]]
        batches.append(batch | {"group": ["danger"] * len(batch["step"])})
    return _made(len(y), batches, **LINE, group=str, foreign=int)


@explains(SVMSMOTE)
def svm(sampler, X, y, run):
    with (
        part_recorded(sampler, "nn_m_", "kneighbors") as asked,
        recorded(sampler, "_in_danger_noise") as judged,
        recorded(sampler, "_generate_samples") as calls,
    ):
        run()
    # For each class it judges twice: who is noise, and who of the rest in danger.
    groups = []
    judgements = zip(asked, judged, strict=True)
    for (_, noise), (asked_of, danger) in zip(judgements, judgements, strict=True):
        label = noise.args[2]
        support = sampler.svm_estimator_.support_
        vectors = support[y[support] == label][~noise.result]
        foreign = dict(zip(vectors, _foreign(asked_of, danger), strict=True))
        groups += [
            (group, rows, foreign)
            for group, rows in [
                ("danger", vectors[danger.result]),
                ("safe", vectors[~danger.result]),
            ]
            if len(rows)
        ]
    batches = []
    for (group, rows, foreign), call in zip(groups, calls, strict=True):
        batch = _line(call, rows, np.flatnonzero(y == _label(call)))
        batch["foreign"] = [foreign[row] for row in batch["parent"]]
        batches.append(batch | {"group": [group] * len(batch["step"])})
    return _made(len(y), batches, **LINE, group=str, foreign=int)


@explains(KMeansSMOTE)
def kmeans(sampler, X, y, run):
    with (
        part_recorded(sampler, "kmeans_estimator_", "fit_predict") as clusterings,
        recorded(sampler, "_find_cluster_sparsity") as sparsities,
        recorded(sampler, "_generate_samples") as calls,
    ):
        run()
    values = dense(X)
    labels = [label for label, n in sampler.sampling_strategy_.items() if n > 0]
    sparsities = [call.result for call in sparsities]
    batches = []
    for label, clustering in zip(labels, clusterings, strict=True):
        mine = [call for call in calls if _label(call) == label]
        weights = np.array([sparsities.pop(0) for _ in mine])
        clusters = iter(np.unique(clustering.result))
        for call, weight in zip(mine, weights / weights.sum(), strict=True):
            # It takes the clusters in turn, and passes over some.
            for cluster in clusters:
                rows = np.flatnonzero((clustering.result == cluster) & (y == label))
                if np.array_equal(values[rows], dense(call.args[0])):
                    break
            batch = _line(call, rows, rows)
            n_new = len(batch["step"])
            batches.append(
                batch | {"cluster": [cluster] * n_new, "weight": [weight] * n_new}
            )
    return _made(len(y), batches, **LINE, cluster=int, weight=float)


@explains(ADASYN)
def adasyn(sampler, X, y, run):
    draws = []
    with part_recorded(sampler, "nn_", "kneighbors") as asked:
        run(check_random_state=drawing(draws))
    labels = [label for label, n in sampler.sampling_strategy_.items() if n > 0]
    batches = []
    for i, label in enumerate(labels):
        # The neighbors in the whole set, then those within the class.
        around, within = (call.result[:, 1:] for call in asked[2 * i : 2 * i + 2])
        members = np.flatnonzero(y == label)
        difficulty = (y[around] != label).sum(axis=1) / around.shape[1]
        share = difficulty / difficulty.sum()
        n_new = np.rint(share * sampler.sampling_strategy_[label]).astype(int)
        rows = np.repeat(np.arange(len(members)), n_new)
        cols, steps = draws[2 * i : 2 * i + 2]
        batches.append(
            {
                "parent": members[rows],
                "neighbor": members[within[rows, cols]],
                "step": steps.ravel(),
                "difficulty": difficulty[rows],
            }
        )
    return _made(len(y), batches, **LINE, difficulty=float)


def _voters(X, made, neighbors, columns):
    """Find the neighbors that have the category that a made row got."""
    X, made = dense(X), dense(made)
    return [
        {
            int(column): [i for i in near if same(X[i, column], row[column])]
            for column in columns
        }
        for near, row in zip(neighbors, made, strict=True)
    ]


@explains(SMOTENC)
def smotenc(sampler, X, y, run):
    with recorded(sampler, "_generate_samples") as calls:
        X_new, _ = run()
    batches, start = [], len(y)
    for call in calls:
        members = np.flatnonzero(y == _label(call))
        batch = _line(call, members, members)
        stop = start + len(batch["step"])
        batch["neighbors"] = members[call.args[2][call.args[3]]].tolist()
        batch["voters"] = _voters(
            X, X_new[start:stop], batch["neighbors"], sampler.categorical_features_
        )
        batches.append(batch)
        start = stop
    return _made(len(y), batches, **LINE, neighbors=object, voters=object)


@explains(SMOTEN)
def smoten(sampler, X, y, run):
    draws = []
    make = with_names(sampler._make_samples, check_random_state=drawing(draws))
    with (
        replaced(sampler, _make_samples=make),
        recorded(sampler, "_make_samples") as calls,
    ):
        X_new, _ = run()
    batches, start = [], len(y)
    for call, drawn in zip(calls, draws, strict=True):
        _, label, _, nn_indices, n_new = call.args
        members = np.flatnonzero(y == label)
        neighbors = members[nn_indices[drawn]].tolist()
        made = X_new[start : start + n_new]
        voters = _voters(X, made, neighbors, range(X.shape[1]))
        batches.append(
            {"parent": members[drawn], "neighbors": neighbors, "voters": voters}
        )
        start += n_new
    return _made(len(y), batches, parent=int, neighbors=object, voters=object)
