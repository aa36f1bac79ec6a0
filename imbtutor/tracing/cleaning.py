"""What undersamplers did: which rule took each row away, and because of which rows."""

from contextlib import ExitStack

import numpy as np
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
from scipy.stats import mode
from sklearn.base import clone
from sklearn.metrics import pairwise_distances_argmin
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import NearestNeighbors

from imbtutor.tracing.accounts import Table, account, dense, moved
from imbtutor.tracing.recording import (
    Call,
    drawing,
    explains,
    followed,
    part_followed,
    part_recorded,
    recorded,
    replaced,
)


def _targets(sampler, y):
    """List the classes that it resamples, in the order in which it takes them."""
    return [label for label in np.unique(y) if label in sampler.sampling_strategy_]


def _smallest(y):
    """Find the class that imbalanced-learn calls the minority: first among equals."""
    labels, first, counts = np.unique(y, return_index=True, return_counts=True)
    return labels[np.lexsort((first, counts))[0]]


def _selected(origin, removed, stayed=None, **dtypes):
    """Account for a run whose output are rows of X, from {row: {column: value}}."""
    columns = {"rule": str, "by": object} | dtypes
    kept = set(np.asarray(origin).tolist())
    # A row that was drawn twice may go once and stay once: then it stays.
    removed = {row: why for row, why in removed.items() if row not in kept}
    return account(
        origin,
        removed=Table(removed, columns),
        stayed=Table(stayed or {}, columns),
    )


@explains(RandomUnderSampler)
def random_under(sampler, X, y, run):
    run()
    gone = np.setdiff1d(np.arange(len(y)), sampler.sample_indices_)
    removed = {row: {"rule": "not drawn", "by": []} for row in gone.tolist()}
    return _selected(sampler.sample_indices_, removed)


@explains(NearMiss)
def near_miss(sampler, X, y, run):
    version = sampler.version
    with ExitStack() as stack:
        record = part_recorded(sampler, "nn_", "kneighbors")
        asked = stack.enter_context(record)
        if version == 3:
            record = part_recorded(sampler, "nn_ver3_", "kneighbors")
            listed = stack.enter_context(record)
        run()
    minority = np.flatnonzero(y == _smallest(y))
    k = sampler.nn_.n_neighbors
    which = "farthest" if version == 2 else "nearest"
    order = "large" if version == 3 else "small"
    rule = (
        "mean distance to its {} {} minority rows {} among the {}est of its class"
    ).format
    removed, stayed = {}, {}
    for i, label in enumerate(_targets(sampler, y)):
        members = np.flatnonzero(y == label)
        candidates = members
        if version == 3:
            candidates = members[np.unique(listed[i].result[1])]
            for row in np.setdiff1d(members, candidates).tolist():
                removed[row] = {
                    "rule": f"not among the {sampler.nn_ver3_.n_neighbors} nearest rows"
                    " of its class to any minority row",
                    "by": [],
                    "distance": np.nan,
                    "rank": np.nan,
                }
        # The distances are sorted: the last k are all of them, or the farthest.
        distances, near = (each[:, -k:] for each in asked[i].result)
        n_near = near.shape[1]  # version 2 takes what there is, without a word
        sums = distances.sum(axis=1)
        ranked = sorted(range(len(sums)), key=sums.__getitem__, reverse=version == 3)
        for rank, position in enumerate(ranked, 1):
            stays = rank <= sampler.sampling_strategy_[label]
            (stayed if stays else removed)[int(candidates[position])] = {
                "rule": rule(n_near, which, "is" if stays else "is not", order),
                "by": minority[near[position]].tolist(),
                "distance": sums[position] / n_near,
                "rank": rank,
            }
    return _selected(
        sampler.sample_indices_, removed, stayed, distance=float, rank=float
    )


@explains(TomekLinks)
def tomek_links(sampler, X, y, run):
    with recorded(sampler, "is_tomek") as calls:
        run()
    [call] = calls
    nearest = call.args[1]
    removed = {
        row: {"rule": "in a Tomek link", "by": [int(nearest[row])]}
        for row in np.flatnonzero(call.result).tolist()
    }
    return _selected(sampler.sample_indices_, removed)


@explains(EditedNearestNeighbours)
def edited(sampler, X, y, run):
    with part_recorded(sampler, "nn_", "kneighbors") as asked:
        run()
    rule = {
        "all": "not all of its nearest neighbors are of its class",
        "mode": "another class is the most frequent among its nearest neighbors",
    }[sampler.kind_sel]
    removed = {}
    for label, call in zip(_targets(sampler, y), asked, strict=True):
        near = call.result[:, 1:]
        against = y[near] != label
        if sampler.kind_sel == "mode":
            # Among equally frequent classes scipy takes the smallest label.
            winner = mode(y[near], axis=1, keepdims=True).mode
            against = (y[near] == winner) & (winner != label)
        for row, neighbors, votes in zip(
            np.flatnonzero(y == label), near, against, strict=True
        ):
            if votes.any():
                removed[int(row)] = {
                    "rule": rule,
                    "by": neighbors[votes].tolist(),
                    "votes": votes.sum(),
                    "k": len(neighbors),
                }
    return _selected(sampler.sample_indices_, removed, votes=int, k=int)


@explains(RepeatedEditedNearestNeighbours, AllKNN)
def repeated(sampler, X, y, run):
    with part_followed(sampler, "enn_") as rounds:
        run()
    # `sample_indices_` of RepeatedEditedNearestNeighbours is not read: it is
    # shuffled once too often where the last round removes nothing.
    origin, removed = np.arange(len(y)), {}
    for number, each in enumerate(rounds, 1):
        for row, why in moved(each.removed.lines, origin).items():
            removed[row] = why | {"round": number}
        origin = origin[each.origin]
    return _selected(origin, removed, votes=int, k=int, round=int)


@explains(NeighbourhoodCleaningRule)
def cleaning_rule(sampler, X, y, run):
    with (
        part_followed(sampler, "edited_nearest_neighbours_") as edits,
        part_recorded(sampler, "nn_", "predict") as predicted,
        part_recorded(sampler, "nn_", "kneighbors") as asked,
    ):
        run()
    removed = dict(edits[0].removed.lines)
    minority = np.flatnonzero(y == _smallest(y))
    missed = predicted[0].result != y[minority]
    # To predict, it may ask for neighbors too; the last call is the one that counts.
    near = asked[-1].result[:, 1:]
    misled = {}
    for row, neighbors in zip(minority[missed], near[missed], strict=True):
        for neighbor in neighbors[np.isin(y[neighbors], sampler.classes_to_clean_)]:
            misled.setdefault(int(neighbor), []).append(int(row))
    rule = "a neighbor of minority rows that their neighbors misclassify"
    for row, rows in misled.items():
        why = removed.get(row)
        removed[row] = {
            "rule": f"{why['rule']}; {rule}" if why else rule,
            "by": [*why["by"], *rows] if why else rows,
        }
    return _selected(sampler.sample_indices_, removed)


class _Stores:
    """Stands in for `clone`: hears how each store of known rows classifies others."""

    def __init__(self, stack):
        self.stack, self.calls = stack, []

    def __call__(self, estimator):
        store = clone(estimator)
        predict, calls = store.predict, []

        def predict_and_keep(X):
            # Who votes is known only now: the store grows later.
            voters = store.kneighbors(X, return_distance=False)
            calls.append(Call((voters,), {}, predict(X)))
            return calls[-1].result

        self.stack.enter_context(replaced(store, predict=predict_and_keep))
        self.calls.append(calls)
        return store


RIGHT = "the store called it rightly"
SEED = "drawn to begin the store"
WRONG = "the store called it wrongly, so it entered"
UNASKED = "never asked: its place in its class is the row number of a stored one"


@explains(CondensedNearestNeighbour)
def condensed(sampler, X, y, run):
    with ExitStack() as stack:
        stores = _Stores(stack)
        run(clone=stores)
    removed, stayed = {}, {}
    origin = sampler.sample_indices_
    for label, calls, final in zip(
        _targets(sampler, y), stores.calls, sampler.estimators_, strict=True
    ):
        members = np.flatnonzero(y == label)
        seeds = origin[y[origin] == label][: sampler.n_seeds_S].tolist()
        store = [*np.flatnonzero(y == _smallest(y)).tolist(), *seeds]
        for row in seeds:
            stayed[row] = {"rule": SEED, "by": [], "entry": 0, "final": True}
        # imbalanced-learn passes over what the store already calls rightly. It
        # counts by place in the class, but adds the stored rows by number in X.
        stored, called = set(seeds), np.full(len(members), False)
        voters = [[] for _ in members]
        calls, entry = iter(calls), 0
        ends_right = final.predict(X[members]) == label
        for place, row in enumerate(members.tolist()):
            why = {"rule": RIGHT, "entry": entry, "final": ends_right[place]}
            if called[place]:
                removed[row] = why | {"by": voters[place]}
            elif place in stored:
                removed[row] = why | {"rule": UNASKED, "by": [place]}
            else:
                ask = next(calls)
                by = [store[i] for i in ask.args[0][0]]
                if ask.result[0] == label:
                    removed[row] = why | {"by": by}
                    continue
                entry += 1
                entered = {"rule": WRONG, "by": by, "entry": entry}
                stayed.setdefault(row, why | entered)
                store.append(row)
                stored.add(row)
                ask = next(calls)
                called = ask.result == label
                voters = [[store[i] for i in near] for near in ask.args[0]]
    removed = {row: why for row, why in removed.items() if row not in stayed}
    return _selected(origin, removed, stayed, entry=int, final=bool)


@explains(OneSidedSelection)
def one_sided(sampler, X, y, run):
    draws, links = [], []
    with ExitStack() as stack:
        stores = _Stores(stack)

        def make_links(**parameters):
            tomek = TomekLinks(**parameters)
            stack.enter_context(followed(tomek, links))
            return tomek

        run(
            clone=stores,
            TomekLinks=make_links,
            check_random_state=drawing(draws),
        )
    removed, stayed, origin = {}, {}, []
    calls = iter(stores.calls)
    for label in np.unique(y):
        members = np.flatnonzero(y == label)
        if label not in sampler.sampling_strategy_:
            origin += members.tolist()
            continue
        drawn = draws.pop(0)
        seeds = members[drawn].tolist()
        store = [*np.flatnonzero(y == _smallest(y)).tolist(), *seeds]
        [ask] = next(calls)
        origin += seeds
        for row in seeds:
            stayed[row] = {"rule": SEED, "by": [], "round": 1}
        rest = np.delete(members, drawn).tolist()
        for row, near, call in zip(rest, ask.args[0], ask.result, strict=True):
            why = {"rule": RIGHT, "by": [store[i] for i in near], "round": 1}
            if call == label:
                removed[row] = why
            else:
                origin.append(row)
                stayed[row] = why | {"rule": WRONG}
    origin = np.array(origin)
    for row, why in moved(links[0].removed.lines, origin).items():
        removed[row] = why | {"round": 2}
    origin = origin[links[0].origin]
    kept = set(origin.tolist())
    stayed = {row: why for row, why in stayed.items() if row in kept}
    return _selected(origin, removed, stayed, round=int)


@explains(InstanceHardnessThreshold)
def hardness(sampler, X, y, run):
    found = []

    def predict(*args, **kwargs):
        found.append(cross_val_predict(*args, **kwargs))
        return found[0]

    run(cross_val_predict=predict)
    labels = np.unique(y)
    # It takes the label for the number of a column: right for labels 0, 1, ...,
    # and wrong for -1 and 1, where both mean the last column.
    probability = found[0][np.arange(len(y)), y]
    removed, stayed = {}, {}
    for label in _targets(sampler, y):
        rows = np.flatnonzero(y == label)
        share = 1 - sampler.sampling_strategy_[label] / len(rows)
        threshold = np.percentile(probability[rows], share * 100)
        for row in rows.tolist():
            stays = probability[row] >= threshold
            (stayed if stays else removed)[row] = {
                "rule": f"the probability is {'not ' if stays else ''}below the "
                "threshold of its class",
                "by": [],
                "probability": probability[row],
                "threshold": threshold,
                "of_class": labels[label],
            }
    return _selected(
        sampler.sample_indices_,
        removed,
        stayed,
        probability=float,
        threshold=float,
        of_class=labels.dtype,
    )


@explains(ClusterCentroids)
def centroids(sampler, X, y, run):
    generate, clusterings = sampler._generate_sample, []

    def generate_and_keep(X_class, y_class, centers, label):
        # The next class is clustered by the same estimator: read it now.
        clusters = getattr(sampler.estimator_, "labels_", None)
        if clusters is None:
            clusters = pairwise_distances_argmin(X_class, centers)
        search = NearestNeighbors(n_neighbors=1).fit(X_class)
        nearest = search.kneighbors(centers, return_distance=False).ravel()
        clusterings.append((clusters, nearest))
        return generate(X_class, y_class, centers, label)

    with replaced(sampler, _generate_sample=generate_and_keep):
        X_new, _ = run()
    hard = sampler.voting_ == "hard"
    values, made = dense(X), dense(X_new)
    origin, added, removed, stayed = [], {}, {}, {}
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        if label not in sampler.sampling_strategy_:
            origin += rows.tolist()
            continue
        clusters, nearest = clusterings.pop(0)
        for cluster, center in enumerate(rows[nearest].tolist()):
            members = rows[clusters == cluster].tolist()
            row = len(origin)
            origin.append(center if hard else -1)
            for member in members:
                removed[member] = {
                    "rule": "in a cluster that one of its rows stands for"
                    if hard
                    else "in a cluster that its center stands for",
                    "by": [center]
                    if hard
                    else [each for each in members if each != member],
                    "into": row,
                }
            if hard:
                stayed[center] = {
                    "rule": "nearest to the center of a cluster",
                    "by": members,
                    "into": row,
                }
            else:
                drift = made[row] - values[members].mean(axis=0) if members else np.nan
                added[row] = {
                    "members": members,
                    "cluster": cluster,
                    "drift": np.sqrt(np.sum(np.square(drift))),
                }
    told = _selected(origin, removed, stayed, into=int)
    if not hard:
        told.added = Table(added, {"members": object, "cluster": int, "drift": float})
    return told
