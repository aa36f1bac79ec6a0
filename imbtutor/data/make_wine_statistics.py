"""Make wine_statistics.json, the numbers behind the simulated wine, from the real file.

Run it from the root of the project, with the real file at hand or with a network::

    python imbtutor/data/make_wine_statistics.py

`imbtutor.wine._simulate_wine` turns the numbers back into rows.
"""

import json
import re
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from imbtutor.wine import load_wine_quality

# Grade 3 has 20 rows and grade 9 has 5: too few for 55 correlations, and their
# quantiles would be the rows' own values. They share the numbers of a neighbor.
GROUPS = ((3, 4), (5,), (6,), (7,), (8, 9))

# Quantiles stand at equal steps of the normal score, not of the probability: the
# tails, where the interesting wines are, then get as many points as the middle.
Z = np.linspace(-3, 3, 21)

# How the laboratory rounded: the usual step and the finer one of a few values.
STEPS = {
    "fixed_acidity": (0.1, 0.05),
    "volatile_acidity": (0.01, 0.005),
    "citric_acid": (0.01, 0.01),
    "residual_sugar": (0.1, 0.05),
    "chlorides": (0.001, 0.001),
    "free_sulfur_dioxide": (1, 0.5),
    "total_sulfur_dioxide": (1, 0.5),
    "density": (0.0001, 0.00001),
    "pH": (0.01, 0.01),
    "sulphates": (0.01, 0.01),
    "alcohol": (0.1, 0.05),
}


def make_statistics(wine):
    """Return the table for `wine`, the Bunch of the real data with its copies."""
    counts = wine.quality.value_counts().sort_index()
    is_copy = wine.data.assign(quality=wine.quality).duplicated()
    distinct = wine.quality[~is_copy].value_counts()

    steps = {}
    for feature, (step, finer) in STEPS.items():
        values = wine.data[feature] / step
        share = np.mean(np.abs(values - values.round()) > 1e-6)
        steps[feature] = [step, finer, round(float(share), 4)]

    groups = []
    for grades in GROUPS:
        rows = wine.data[wine.quality.isin(grades) & ~is_copy]
        quantiles = {}
        for feature, (_, finer) in STEPS.items():
            # One digit more than the measurement has.
            digits = int(np.ceil(-np.log10(finer))) + 1
            points = np.quantile(rows[feature], ndtr(Z))
            quantiles[feature] = [round(float(point), digits) for point in points]
        scores = ndtri((rankdata(rows, axis=0) - 0.5) / len(rows))
        lower = np.corrcoef(scores, rowvar=False).round(3)
        groups.append(
            {
                "grades": list(grades),
                "quantiles": quantiles,
                "correlation": [
                    [float(r) for r in row[:n]] for n, row in enumerate(lower)
                ],
            }
        )

    return {
        "about": (
            "Summary statistics of the distinct rows of winequality-white.csv "
            "(Cortez et al. 2009, UCI, CC BY 4.0), made by make_wine_statistics.py. "
            "grades: rows, distinct rows. steps: usual step, finer step, share of "
            "values on the finer step. quantiles: at the normal scores z. "
            "correlation: of the normal scores, below the diagonal."
        ),
        "grades": {
            str(grade): [int(count), int(distinct[grade])]
            for grade, count in counts.items()
        },
        "steps": steps,
        "z": [round(float(z), 1) for z in Z],
        "groups": groups,
    }


if __name__ == "__main__":
    text = json.dumps(make_statistics(load_wine_quality()), indent=1)
    # One list of numbers a line, so that the file can be read.
    text = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    path = Path(__file__).with_name("wine_statistics.json")
    path.write_text(text + "\n", encoding="utf-8")
