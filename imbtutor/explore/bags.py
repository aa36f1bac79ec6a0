"""What an ensemble gains with each bag that is added, and what stays as it was."""

import numpy as np
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from imbtutor._checks import check_labels
from imbtutor.explore import parts

READINGS = {
    "average precision": average_precision_score,
    "AUC": roc_auc_score,
    "log loss": log_loss,
    "mean probability": lambda y_true, p: p.mean(),
}
# With a goal, the prevalence, that the axis has to reach.
WITH_GOAL = list(READINGS).index("mean probability")
LOOKS = {
    "between the seeds": (parts.SKY, "circle"),
    "one over root of bags": (parts.GRAY, "square"),
}


def explore_bags(y_true, members, *, name="bags"):
    """Add the members of an ensemble one at a time.

    The first m members of an ensemble, with the mean of their probabilities, are an
    ensemble of m members. The figure shows each such mean, for several seeds.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        1 for the minority, 0 for the majority; cases that no member was fitted to.
    members : dict of str to array-like of shape (n_seeds, n_bags, n_samples)
        For each learner by its name, the probability of the minority that every
        member gives to every case: for each seed, the members of one ensemble in
        the order in which they were fitted. At least two seeds, and the same
        numbers of seeds and bags for each learner.
    name : str, default="bags"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``learner``, a name of `members`; ``bags``, how many
        members are averaged; ``reading``, which score is drawn. Computed, as means
        over the seeds: ``average_precision``, ``auc``, ``log_loss`` (in nats, per
        case), ``mean_p``; of the ``reading`` also ``value``, the mean, and ``low``
        and ``high`` over the seeds; ``spread``, the standard deviation of a
        probability between seeds (the root of its variance, averaged over the
        cases), and ``law``, what is left of the spread of one bag by one over the
        square root of ``bags``.

    Raises
    ------
    ValueError
        If the labels are not 0 and 1, both present, `members` is empty, an array
        has another shape, or an entry is no probability.

    Notes
    -----
    The scores are those of `sklearn.metrics`.

    Examples
    --------
    >>> import numpy as np
    >>> from imbtutor.explore import explore_bags
    >>> p = np.random.default_rng(0).uniform(size=(2, 5, 30))
    >>> fig = explore_bags([0] * 25 + [1] * 5, {"noise": p})
    >>> fig.set(bags=5, reading="AUC")
    >>> fig.get("bags")
    5
    """
    y_true = check_labels(y_true, name="y_true")
    means = _running_means(members, len(y_true))
    learners, readings = list(means), list(READINGS)
    n_seeds, n_bags, _ = means[learners[0]].shape
    # One entry for each reading, learner, seed and number of bags.
    scores = np.array(
        [
            [
                [[score(y_true, p) for p in of_seed] for of_seed in of_learner]
                for of_learner in means.values()
            ]
            for score in READINGS.values()
        ]
    )
    spread = [p.var(axis=0, ddof=1).mean(axis=1) ** 0.5 for p in means.values()]
    each = scores.mean(axis=2)
    now = "[learner_at][bags - 1]"
    return parts.figure(
        name,
        controls=[
            parts.choice("learner", "Learner", learners, start=learners[0]),
            parts.slider("bags", "Bags", 1, n_bags, 1, start=1),
            parts.choice("reading", "Score", readings, start=readings[0]),
        ],
        numbers={
            "learner_at": f"indexof({learners}, learner)",
            "reading_at": f"indexof({readings}, reading)",
            "scores_at": scores,
            "mean_at": each,
            "low_at": scores.min(axis=2),
            "high_at": scores.max(axis=2),
            "spread_at": np.array(spread),
            "value": f"mean_at[reading_at]{now}",
            "low": f"low_at[reading_at]{now}",
            "high": f"high_at[reading_at]{now}",
            "average_precision": f"mean_at[0]{now}",
            "auc": f"mean_at[1]{now}",
            "log_loss": f"mean_at[2]{now}",
            "mean_p": f"mean_at[3]{now}",
            "spread": f"spread_at{now}",
            "law": "spread_at[learner_at][0] / sqrt(bags)",
            "prevalence": float(y_true.mean()),
        },
        say=f"{{learner}}, {{bags}} {{bags:bag|bags}}. Mean over {n_seeds} seeds:"
        " average precision {average_precision:.3f}, AUC {auc:.3f}, log loss"
        " {log_loss:.3f}. The mean probability is {mean_p:.3f}, and the share of"
        " positives {prevalence:.3f}. Between seeds a probability varies by"
        " {spread:.3f} (standard deviation).",
        panels=[_scores(n_seeds, n_bags), _spread(n_bags)],
        alt_text="Left, a score against the number of bags, a thin line for each seed "
        "and a thick one for their mean. Right, the standard deviation of a "
        "probability between seeds, which falls with the number of bags, beside one "
        "over the square root of that number.",
    )


def _running_means(members, n_samples):
    """For each learner the means of the first 1, 2, ... members, for each seed."""
    if not members:
        raise ValueError("members={} has no learner; pass the members of one or more.")
    means, sizes = {}, set()
    for learner, p in members.items():
        p = np.asarray(p, dtype=float)
        if p.ndim != 3 or p.shape[2] != n_samples or p.shape[0] < 2 or not p.shape[1]:
            raise ValueError(
                f"members[{learner!r}] has the shape {p.shape}; pass (n_seeds, n_bags, "
                f"{n_samples}), with at least two seeds and one bag."
            )
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError(
                f"members[{learner!r}] holds numbers outside 0 to 1, or NaN; pass the "
                "column of predict_proba that belongs to the minority."
            )
        sizes.add(p.shape)
        count = np.arange(1, p.shape[1] + 1)[:, None]
        # A sum of ones and its share may differ from 1 by rounding.
        means[learner] = (p.cumsum(axis=1) / count).clip(0, 1)
    if len(sizes) > 1:
        raise ValueError(
            f"members has arrays of different shapes, {sorted(sizes)}; pass as many "
            "seeds and bags for each learner."
        )
    return means


def _across(n_bags):
    ticks = sorted({1, n_bags} | {*range(5, n_bags - 1, 5)})
    return parts.x("bags", "bags", [0.5, n_bags + 0.5], ticks, "d")


def _scores(n_seeds, n_bags):
    across, up = _across(n_bags), parts.y("score", None, scale={"zero": False})
    seeds = parts.counted(n_seeds * n_bags, "i", "seeds").transform_calculate(
        seed=f"floor(datum.i / {n_bags})", bags=f"datum.i % {n_bags} + 1"
    )
    seeds = seeds.transform_calculate(
        score="scores_at[reading_at][learner_at][datum.seed][datum.bags - 1]"
    )
    mean = parts.counted(n_bags, "i", "mean").transform_calculate(
        bags="datum.i + 1", score="mean_at[reading_at][learner_at][datum.i]"
    )
    style = {"color": parts.SKY, "stroke": "white", "size": 130, "opacity": 1}
    goal = parts.counted(1, "i", "goal")
    goal = goal.transform_filter(f"reading_at === {WITH_GOAL}")
    goal = goal.transform_calculate(score="prevalence").encode(y=up)
    return parts.panel(
        goal.mark_rule(color=parts.INK, strokeDash=[4, 3]),
        seeds.mark_line(color=parts.GRAY, strokeWidth=1, opacity=0.7).encode(
            x=across, y=up, detail="seed:N"
        ),
        mean.mark_line(color=parts.SKY, strokeWidth=3).encode(x=across, y=up),
        parts.here("now", bags="bags", score="value")
        .mark_point(filled=True, **style)
        .encode(x=across, y=up),
        title="{reading}: {value:.3f} ({low:.3f} to {high:.3f})",
        height=220,
    )


def _spread(n_bags):
    rows = parts.counted(n_bags, "i").transform_calculate(bags="datum.i + 1")
    first = "spread_at[learner_at][0]"
    readings = {
        "between the seeds": ("spread_at[learner_at][datum.i]", "spread"),
        "one over root of bags": (f"{first} / sqrt(datum.bags)", "law"),
    }
    up = parts.y("sd", "standard deviation of p", scale={"domainMin": 0})
    looks = parts.marked("which", LOOKS, columns=1)
    names = ["spread_lines", "spread_now"]
    layers = parts.curves(rows, readings, _across(n_bags), up, looks, names)
    return parts.panel(*layers, title="Moved by the seed: {spread:.3f}", height=220)
