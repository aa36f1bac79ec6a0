"""The figure of chapter 64: its forecasts are those of numpy's line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imbtutor.explore import explore_forecast

EXACT = {"rel": 1e-6, "abs": 0}
FILE = Path(__file__).parents[2] / "benchmarks" / "sampler_costs.csv"
COSTS = pd.read_csv(FILE)
SAMPLERS = sorted(COSTS["sampler"].unique())
# Both ends and two values between; the samplers are all tried.
POWERS = [3, 4.7, 6.3, 8]


@pytest.fixture(scope="module")
def fig():
    return explore_forecast(COSTS)


@pytest.fixture
def live(show, fig):
    return show(fig)


def finished(sampler):
    return COSTS[COSTS["sampler"] == sampler].dropna(subset="seconds")


def compare(live, sampler, power):
    runs = finished(sampler)
    last = runs[-3:]
    rows = round(10**power)
    assert live.signal("rows") == rows
    assert live.signal("largest") == runs["n_samples"].max()
    assert live.signal("beyond") == pytest.approx(rows / live.signal("largest"))
    for cost in ["seconds", "megabytes"]:
        line = np.polyfit(np.log10(last["n_samples"]), np.log10(last[cost]), 1)
        value = 10 ** np.polyval(line, np.log10(rows))
        assert live.signal(cost) == pytest.approx(value, **EXACT)
        assert live.signal(f"exponent_{cost}") == pytest.approx(line[0], **EXACT)
        (dot,) = live.rows(f"{cost}_dot")
        assert (dot["x"], dot["y"]) == (rows, live.signal(cost))
        shown = [(row["n"], row["cost"]) for row in live.rows(f"measured_{cost}")]
        assert shown == list(zip(runs["n_samples"], runs[cost], strict=True))
    # There the line of the memory is 16,000 megabytes high.
    assert np.polyval(line, np.log10(live.signal("full"))) == pytest.approx(
        np.log10(16_000), **EXACT
    )


def test_every_sampler_and_size_agrees_with_the_line(live):
    for sampler in SAMPLERS:
        live.move("Sampler", sampler)
        for power in POWERS:
            live.move("Rows, a power of ten", power)
            compare(live, sampler, power)


def test_the_sentence_says_what_is_measured_and_what_is_forecast(live):
    live.move("Sampler", "NearMiss(version=2)")
    live.move("Rows, a power of ten", 4)
    said = live.sentence()
    assert said.startswith("NearMiss(version=2) at 10,000 rows: ")
    assert "Such sizes were measured." in said
    assert "On this line 16 GB are full at 1" in said
    live.move("Rows, a power of ten", 6)
    assert "That is a forecast, 31.6 times beyond the largest run." in live.sentence()
    live.move("Sampler", "RandomUnderSampler()")
    assert "16 GB last for more than a billion rows." in live.sentence()
    live.press("Rows, a power of ten", "ArrowRight")
    assert live.signal("power") == pytest.approx(6.1)


def test_times_are_told_in_fitting_units(live):
    """From seconds to years: the unit is that of the number."""
    live.move("Sampler", "CondensedNearestNeighbour()")
    units = []
    for power in np.arange(3, 8.05, 0.1).round(1):
        live.move("Rows, a power of ten", power)
        number, unit = live.signal("time_in_words").split()
        unit_seconds = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
        seconds = float(number.replace(",", "")) * unit_seconds.get(unit, 31_557_600)
        # Two digits are shown.
        assert seconds == pytest.approx(live.signal("seconds"), rel=0.051)
        units.append(unit)
    met = list(dict.fromkeys(units))
    assert met == ["seconds", "minutes", "hours", "days", "years"]


def test_it_stacks_on_a_phone_and_follows_the_dark_theme(show, fig):
    live = show(fig, width=390, dark=True)
    assert live.signal("narrow") and live.signal("dark")
    # The text of the book is 342 pixels wide there.
    assert live.page.locator(".live-drawing canvas").bounding_box()["width"] <= 342


def test_the_page_stays_light(fig, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    # A page of the book may weigh 900 kB; 400 kB are the share of one figure.
    assert len(fig._repr_mimebundle_()["text/html"]) < 400_000


def test_python_sets_it_and_bad_tables_are_named():
    fig = explore_forecast(COSTS)
    fig.set(sampler="SMOTE()", power=7)
    assert fig.get("power") == 7
    with pytest.raises(ValueError, match="has no columns \\['megabytes'\\]"):
        explore_forecast(COSTS.drop(columns="megabytes"))
    with pytest.raises(ValueError, match="fewer than two finished runs of"):
        explore_forecast(COSTS[COSTS["n_samples"] == 1000])
    with pytest.raises(ValueError, match="not above 0"):
        explore_forecast(COSTS.assign(seconds=0.0))
    json.dumps(fig._spec())  # plain numbers only: nothing of numpy is left
