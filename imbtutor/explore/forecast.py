"""What a sampler will cost: the line through its measured runs, read at any size."""

import altair as alt
import numpy as np
import pandas as pd

from imbtutor.explore import parts
from imbtutor.roles import COLORS

LAST = 3  # as many of the largest runs carry the line
POWERS = 3, 8, 0.1  # of ten: from a thousand rows to a hundred million
LIMIT = 16_000  # megabytes
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86_400, 31_557_600  # seconds
COSTS = {
    "seconds": (
        "time",
        [0.005, 1e9],
        {0.01: "10 ms", 1: "1 s", MINUTE: "1 min", HOUR: "1 h", DAY: "1 day"}
        | {YEAR: "1 year"},
    ),
    "megabytes": (
        "memory",
        [0.5, 1e9],
        {1: "1 MB", 10**3: "1 GB", 10**6: "1 TB", 10**9: "1 PB"},
    ),
}


def explore_forecast(costs, name="forecast"):
    """Choose a sampler and a number of rows: read the seconds and megabytes.

    Parameters
    ----------
    costs : DataFrame
        One row for each run, with the columns ``sampler`` (str), ``n_samples``,
        ``seconds`` and ``megabytes``, all above 0. Runs without seconds did not come
        to an end and are left out.
    name : str, default="forecast"
        Name of the figure, unique on its page.

    Returns
    -------
    Live
        The figure. Controls: ``sampler``, and ``power``, the logarithm of the number
        of rows to the base of ten. Computed: ``rows``, ``seconds``, ``megabytes``,
        ``exponent_seconds``, ``exponent_megabytes``, ``largest`` (the rows of the
        largest run), ``beyond`` (how many times larger ``rows`` is) and ``full`` (the
        rows at which the line of the memory reaches 16,000 megabytes).

    Raises
    ------
    ValueError
        If a column is missing, a number is not above 0, or a sampler has fewer than
        two runs that came to an end.

    Notes
    -----
    The line is ``numpy.polyfit(log10(n_samples), log10(cost), 1)`` through the three
    largest runs of the sampler, or two where there are no more.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbtutor.explore import explore_forecast
    >>> costs = pd.DataFrame(
    ...     {
    ...         "sampler": "TomekLinks()",
    ...         "n_samples": [1000, 10_000, 100_000],
    ...         "seconds": [0.01, 1.0, 100.0],
    ...         "megabytes": [1.0, 10.0, 100.0],
    ...     }
    ... )
    >>> fig = explore_forecast(costs)
    >>> fig.set(power=6)
    >>> fig.get("sampler")
    'TomekLinks()'
    """
    runs = _checked(costs)
    lines = pd.DataFrame([_lines(each) for _, each in runs.groupby("sampler")])
    samplers = list(lines.pop("sampler"))
    runs = runs.assign(cell=runs["sampler"].map(samplers.index))
    power = "(log(rows) / LN10)"
    return parts.figure(
        name,
        controls=[
            parts.choice("sampler", "Sampler", samplers, samplers[0]),
            parts.slider("power", "Rows, a power of ten", *POWERS, start=6),
        ],
        numbers={
            "samplers": samplers,
            "cell": "indexof(samplers, sampler)",
            **parts.looked_up(lines, "cell"),
            "rows": "round(pow(10, power))",
            **{
                cost: f"pow(10, start_{cost} + exponent_{cost} * {power})"
                for cost in COSTS
            },
            "beyond": "rows / largest",
            "full": "exponent_megabytes > 0 ? pow(10, (log("
            f"{LIMIT}) / LN10 - start_megabytes) / exponent_megabytes) : 1e300",
            "time_in_words": _time("seconds"),
            "memory_in_words": parts.when(
                "megabytes < 1000",
                "{megabytes:.2~r} MB",
                "{megabytes / 1000:,.2~r} GB",
            ),
            "kind": "beyond <= 1.0001 ? 'Such sizes were measured.' : "
            + parts.when(
                "beyond < 1000",
                "That is a forecast, {beyond:.1f} times beyond the largest run.",
                "That is a forecast, {beyond:,.0f} times beyond the largest run.",
            ),
            "end": parts.when(
                "full > 1e9",
                "On this line 16 GB last for more than a billion rows.",
                "On this line 16 GB are full at {full:,.2~r} rows.",
            ),
        },
        say="{sampler} at {rows:,.3~r} rows: {time_in_words}, and {memory_in_words}"
        " beside the table. {kind} Ten times the rows take"
        " {pow(10, exponent_seconds):.2~r} times as long. {end}",
        panels=[
            _panel(runs, "seconds", "Time: exponent {exponent_seconds:.2f}"),
            _panel(runs, "megabytes", "Memory: exponent {exponent_megabytes:.2f}"),
        ],
        alt_text="Seconds and megabytes of samplers against the number of rows, both "
        "axes logarithmic: gray points for all samplers, blue ones for the chosen one, "
        "and the line through its largest runs, dashed beyond them.",
        y_room=44,
    )


def _checked(costs):
    """Return the runs that came to an end, sorted, if they make a line each."""
    columns = ["sampler", "n_samples", *COSTS]
    missing = [column for column in columns if column not in costs]
    if missing:
        raise ValueError(
            f"costs has no columns {missing}; pass a table like "
            "benchmarks/sampler_costs.csv."
        )
    runs = costs[columns].dropna().sort_values(["sampler", "n_samples"])
    if not (runs[columns[1:]] > 0).all(axis=None):
        raise ValueError(
            "costs has numbers that are not above 0, which have no logarithm; leave "
            "those runs out."
        )
    counts = runs["sampler"].value_counts().reindex(costs["sampler"].unique())
    few = list(counts.index[~(counts >= 2)])
    if few:
        raise ValueError(
            f"costs has fewer than two finished runs of {few}; a line needs two."
        )
    return runs


def _lines(runs):
    """The lines of one sampler: where they start and how steep they are."""
    last = runs[-LAST:]
    line = {"sampler": last["sampler"].iloc[0], "largest": last["n_samples"].max()}
    for cost in COSTS:
        slope, start = np.polyfit(np.log10(last["n_samples"]), np.log10(last[cost]), 1)
        line |= {f"exponent_{cost}": slope, f"start_{cost}": start}
    return line


def _time(seconds):
    """Expression for a time in words."""
    text = parts.when(
        f"{seconds} < {2 * YEAR}",
        f"{{{seconds} / {DAY}:.2~r}} days",
        f"{{{seconds} / {YEAR}:,.2~r}} years",
    )
    steps = [("seconds", 1, MINUTE), ("minutes", MINUTE, HOUR), ("hours", HOUR, DAY)]
    for word, unit, next_unit in reversed(steps):
        inner = parts.words(f"{{{seconds} / {unit}:.2~r}} {word}")
        text = f"({seconds} < {2 * next_unit} ? {inner} : {text})"
    return text


def _panel(runs, cost, title):
    label, domain, ticks = COSTS[cost]
    low, high = (10.0**power for power in POWERS[:2])
    x = parts.x("n", "rows", [low, high], [1e3, 1e4, 1e5, 1e6, 1e7], "~s", True)
    at = f"[indexof({list(ticks)}, datum.value)]"
    in_words = {"labelExpr": f"{list(ticks.values())}{at}"}
    y = parts.y("cost", label, domain, list(ticks), log=True, **in_words)
    table = runs.rename(columns={"n_samples": "n", cost: "cost"})
    points = alt.Chart(table[["cell", "n", "cost"]]).encode(x=x, y=y)
    others = points.mark_point(filled=True, color=parts.GRAY, size=14, opacity=0.45)
    chosen = points.properties(name=f"measured_{cost}")
    chosen = chosen.transform_filter("datum.cell === cell")
    height = f"pow(10, start_{cost} + exponent_{cost} * log(datum.n) / LN10)"
    fitted = [
        parts.counted(2, "i", f"{part}_{cost}")
        .transform_calculate(n=f"datum.i ? {right} : {left}")
        .transform_calculate(cost=height)
        .mark_line(clip=True, strokeWidth=2.5, color=COLORS["majority"], **dash)
        .encode(x=x, y=y)
        for part, left, right, dash in [
            ("within", f"{low:.0f}", "largest", {}),
            ("outside", "largest", f"{high:.0f}", {"strokeDash": [5, 4]}),
        ]
    ]
    layers = [others, *fitted]
    if cost == "megabytes":
        layers.append(parts.rule_at(f"{LIMIT}", "y"))
        text = {"text": "16 GB", "align": "left", "dx": 4, "dy": -7, "tooltip": None}
        limit = parts.here().encode(x=alt.value(0), y=alt.datum(LIMIT))
        layers.append(limit.mark_text(fontWeight="bold", **text))
    layers.append(chosen.mark_point(filled=True, size=60, color=COLORS["majority"]))
    layers.append(parts.dot("rows", cost, f"{cost}_dot"))
    return parts.panel(*layers, title=title)
