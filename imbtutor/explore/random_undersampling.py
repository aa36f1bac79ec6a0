"""How much of the majority is kept, by which draw, and what the model makes of it."""

import altair as alt
import numpy as np

from imbtutor._checks import check_labels, check_points
from imbtutor.explore import parts
from imbtutor.tracing import trace

LOOKS = {
    "kept": parts.CLASSES["majority"],
    "removed": parts.REMOVED,
    "minority": parts.CLASSES["minority"],
}
DRAWS = {
    "each draw": (parts.GRAY, "circle"),
    "mean": (parts.SKY, "square"),
    "this draw": (parts.PINK, "diamond"),
}
# The legend counts what the picture shows.
LEGEND = {
    "columns": 2,
    "labelExpr": "datum.label + ' (' + {kept: n_kept, removed: n_removed,"
    " minority: n_minority}[datum.label] + ')'",
}
COLUMNS = ["ratio", "random_state", "auc"]


def explore_random_undersampling(X, y, summary, *, name="random_undersampling"):
    """Keep more or less of the majority, and draw again with another seed.

    For each row of `summary`, `imblearn.under_sampling.RandomUnderSampler` itself ran,
    with ``sampling_strategy=1 / ratio``.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The points.
    y : array-like of shape (n_samples,)
        1 for the minority and 0 for the majority.
    summary : DataFrame
        One row for each ratio and seed, with the columns ``ratio`` (majority rows
        kept for each minority row, a number of at least 1), ``random_state`` (int)
        and ``auc`` (from 0 to 1), the area under the ROC curve of the reader's model
        after that draw. Every ratio needs the same seeds.
    name : str, default="random_undersampling"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``ratio`` and ``random_state``, values of `summary`,
        and ``row_id``, which counts the majority points from 0 in their order in X;
        a click picks one, too. Computed: ``n_kept`` and ``n_removed`` majority rows,
        ``auc`` of this draw, ``auc_mean``, ``auc_low`` and ``auc_high`` over the
        seeds at this ratio, ``is_kept`` (1 if the picked point is kept in this draw)
        and ``times_kept``, in how many of the ``n_seeds`` draws it is.

    Raises
    ------
    ValueError
        If X has not two columns, the labels are not 0 and 1, both present, a column
        is missing, a ratio lacks a seed or has it twice, an AUC is not between 0 and
        1, or the sampler refuses a ratio: there are not so many majority rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import explore_random_undersampling
    >>> X, y = make_gaussians(60, prevalence=0.1, random_state=0)
    >>> summary = pd.DataFrame({"ratio": [1, 5], "random_state": 0, "auc": [0.8, 0.9]})
    >>> fig = explore_random_undersampling(X, y, summary)
    >>> fig.set(ratio=5, row_id=7)
    >>> fig.get("ratio")
    5
    """
    X = check_points(X, n_features=2)
    y = check_labels(y, len(X))
    auc = _by_ratio_and_seed(summary)
    ratios, seeds = auc.index.tolist(), auc.columns.tolist()
    majority = np.flatnonzero(y == 0)
    # A text of 0 and 1 for each draw: Altair looks at every number of a list.
    kept = [[_kept(X, y, majority, r, s) for s in seeds] for r in ratios]
    n_kept = np.array([draws[0].count("1") for draws in kept])
    # At first the row that is kept most often where the fewest are.
    start = int(np.argmax(np.sum([[*map(int, draw)] for draw in kept[0]], axis=0)))
    return parts.figure(
        name,
        controls=[
            parts.choice("ratio", "ratio", ratios, ratios[0]),
            parts.choice("random_state", "random_state", seeds, seeds[0]),
        ],
        numbers={
            "points": X[majority],
            "kept_at": kept,
            "auc_at": auc.to_numpy(),
            "at": f"indexof({ratios}, ratio)",
            "seed_at": f"indexof({seeds}, random_state)",
            **parts.looked_up(
                {
                    "n_kept": n_kept,
                    "auc_mean": auc.mean(axis=1),
                    "auc_low": auc.min(axis=1),
                    "auc_high": auc.max(axis=1),
                },
                "at",
            ),
            "n_seeds": len(seeds),
            "n_minority": int(y.sum()),
            "n_removed": f"{len(majority)} - n_kept",
            "auc": "auc_at[at][seed_at]",
            "is_kept": f"1 * {_is_kept('row_id')}",
            "times_kept": " + ".join(
                f"1 * {_is_kept('row_id', seed_at)}" for seed_at in range(len(seeds))
            ),
            "fate": "is_kept ? 'kept' : 'removed'",
        },
        say="Ratio {ratio}: {ratio} majority {ratio:row|rows} for each minority row,"
        f" {{n_kept:,}} of {len(majority):,} kept. With random_state {{random_state}}"
        " the AUC is {auc:.3f}. Over {n_seeds} {n_seeds:seed|seeds} it goes from"
        " {auc_low:.3f} to {auc_high:.3f}, with mean {auc_mean:.3f}. Row {row_id} is"
        " {fate} here; of {n_seeds} {n_seeds:draw|draws}, {times_kept}"
        " {times_kept:keeps|keep} it.",
        panels=[_plane(X[y == 1], len(majority), start), _scores(auc)],
        alt_text="Left, two classes in the plane: minority points, the majority points "
        "that are kept, and crosses where one is removed. Right, the AUC of a model "
        "against the ratio of kept majority to minority, a dot for each seed and a "
        "line through the means; the present draw is marked.",
    )


def _by_ratio_and_seed(summary):
    """Return the areas as a table, a row for each ratio and a column for each seed."""
    missing = [column for column in COLUMNS if column not in summary.columns]
    if missing:
        raise ValueError(
            f"summary has no columns {missing}; it needs ratio, random_state and auc."
        )
    sizes = summary.groupby(["ratio", "random_state"]).size().unstack()
    if not (sizes == 1).all(axis=None):
        raise ValueError(
            "summary lacks a ratio with a seed, or has one twice; pass one row for "
            "each ratio and each random_state."
        )
    if not summary["auc"].between(0, 1).all():
        raise ValueError(
            f"summary has auc from {summary['auc'].min():.3g} to "
            f"{summary['auc'].max():.3g}, or undefined; pass areas from 0 to 1."
        )
    return summary.pivot(index="ratio", columns="random_state", values="auc")


def _kept(X, y, majority, ratio, random_state):
    """Write 1 for each majority row that the sampler keeps, and 0 for the others."""
    # Imported here: the other figures need not wait for imbalanced-learn.
    from imblearn.under_sampling import RandomUnderSampler

    sampler = RandomUnderSampler(sampling_strategy=1 / ratio, random_state=random_state)
    removed = np.isin(majority, trace(sampler, X, y).removed.index)
    return "".join(np.where(removed, "0", "1"))


def _is_kept(row, seed_at="seed_at"):
    """An expression: whether a draw keeps a majority row."""
    return f"(kept_at[at][{seed_at}][{row}] === '1')"


def _plane(minority, n, start):
    rows = parts.counted(n, "id").transform_calculate(
        x="points[datum.id][0]", y="points[datum.id][1]"
    )
    kind = f"{_is_kept('datum.id')} ? 'kept' : 'removed'"
    points = rows.mark_point(filled=True, size=34).encode(
        **parts.PLANE, opacity=parts.either("datum.kind === 'kept'", 0.9, 0.4)
    )
    slider = alt.binding_range(min=0, max=n - 1, step=1, name="Row")
    how = {"fields": ["id"], "on": "click", "nearest": True, "clear": False}
    picked = alt.selection_point("row", value=start, bind=slider, **how)
    rare = alt.Chart(alt.Data(values=[{"x": a, "y": b} for a, b in minority.round(4)]))
    rare = rare.mark_point(filled=True, size=60, opacity=1).encode(**parts.PLANE)
    ring = parts.here(x="points[row_id][0]", y="points[row_id][1]")
    ring = ring.mark_point(size=240, strokeWidth=2, color=parts.INK)
    return parts.panel(
        # Named layers take no selection beside their own; see `parts.stage`.
        alt.layer(
            parts.points_of_kind(rare, "'minority'", LOOKS, **LEGEND),
            ring.encode(**parts.PLANE),
        ),
        parts.points_of_kind(
            points.properties(name="majority_points"), kind, LOOKS, **LEGEND
        ).add_params(picked),
        title="Row {row_id}: {fate} here, kept in {times_kept} of {n_seeds}",
        height=244,
    )


def _scores(auc):
    table = auc.reset_index().melt("ratio", var_name="seed", value_name="auc")
    ratios = auc.index.tolist()
    ends = [0.8 * ratios[0], 1.25 * ratios[-1]]
    title = "ratio (majority : minority)"
    across = parts.x("ratio", title, ends, ratios, "~r", log=True)
    up = parts.y("auc", "AUC", scale={"zero": False}, form=".3f")
    means = table.groupby("ratio", as_index=False)["auc"].mean()
    rows = {
        "each draw": (alt.Chart(table, name="draws"), 36, 0.6),
        "mean": (alt.Chart(means), 60, 1),
        "this draw": (parts.here("now", ratio="ratio", auc="auc"), 130, 1),
    }
    points = [
        parts.points_of_kind(
            chart.mark_point(filled=True, size=size, opacity=opacity).encode(
                x=across, y=up
            ),
            f"'{word}'",
            DRAWS,
        )
        for word, (chart, size, opacity) in rows.items()
    ]
    return parts.panel(
        parts.line(means, across, up, "means", color=parts.SKY, strokeWidth=2),
        *points,
        title="AUC {auc:.3f}, mean {auc_mean:.3f}",
        height=244,
    )
