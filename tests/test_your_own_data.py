"""Chapter 63 on other tables than its own: it goes through, or says why not.

What runs is the text of the notebook with its two lines replaced.
"""

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from own_data import run

from imbtutor import make_gaussians, make_tickets


@pytest.fixture(autouse=True)
def no_windows():
    yield
    plt.close("all")


def tickets(n_samples=600, prevalence=0.1, random_state=0, **options):
    X, y = make_tickets(
        n_samples, prevalence=prevalence, random_state=random_state, **options
    )
    return X.assign(escalated=y)


@pytest.fixture(scope="module")
def own():
    """The chapter's own kind of table, smaller."""
    return run(tickets(900), "escalated")


def test_the_split_is_by_time_and_the_folds_by_customer(own):
    names, words = own
    learn, judge = names["learn"], names["judge"]
    assert learn.time.max() <= judge.time.min()
    assert len(learn.y) + len(judge.y) == 900
    for train, test in names["folds"](learn.y, learn.groups, 5):
        assert not set(learn.groups.iloc[train]) & set(learn.groups.iloc[test])
    assert "Left out, names of groups: customer_id." in words
    assert "Judged on the latest quarter of the rows." in words


def test_the_page_tells_the_counts(own):
    names, _ = own
    y, called, page = names["judge"].y, names["called"], names["report"]
    found, days = int((y * called).sum()), names["judge"].time
    days = (days.max() - days.min()).total_seconds() / 86400
    assert f"it found {found} of {y.sum()} cases" in page
    assert f"missed {y.sum() - found}." in page
    assert f"It raised {called.sum()} alarms, {called.sum() / days:.1f} alarms" in page
    assert "from a probability of 9.1% on" in page
    assert page.count('scope="row"') == 10 and '<html lang="en">' in page
    assert "<script" not in page and "http" not in page


def test_the_threshold_is_that_of_the_costs_on_calibrated_probabilities(own):
    names, _ = own
    decide, judge = names["decide"], names["judge"]
    assert decide.threshold == pytest.approx(1 / 11)
    p = decide.predict_proba(judge.X)[:, 1]
    assert np.array_equal(names["called"], p >= 1 / 11)


def test_a_fresh_process_loads_the_model_and_gives_the_same_labels(own):
    names, _ = own
    folder = names["folder"]
    names["judge"].X.to_pickle(folder / "rows.pkl")
    code = (
        "import sys, joblib, pandas as pd\n"
        "model = joblib.load(sys.argv[1])\n"
        "X = pd.read_pickle(sys.argv[2])[model.feature_names_in_]\n"
        "print(round(model.threshold, 6), *model.predict(X))\n"
    )
    paths = [folder / "model.joblib", folder / "rows.pkl"]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
    )
    threshold, *labels = done.stdout.split()
    assert float(threshold) == pytest.approx(1 / 11, abs=1e-6)
    assert np.array_equal(np.array(labels, dtype=int), names["called"])


def test_one_class_is_said():
    names, words = run(tickets().assign(escalated=0), "escalated")
    assert "y holds one class only" in words and "report" not in names


def test_ten_positives_go_through_with_a_warning():
    table = tickets(500, prevalence=0.02).drop(columns="customer_id")
    names, words = run(table, "escalated")
    assert "Only 10 positives, each 10% of recall." in words
    assert "report" in names, words
    assert names["judge"].y.sum() >= 2


@pytest.mark.parametrize("n_positives", [1, 5])
def test_too_few_positives_are_said(n_positives):
    table = tickets(500, prevalence=n_positives / 500)
    names, words = run(table, "escalated")
    assert f"{n_positives} positives" in words and "too few" in words
    assert "report" not in names


def test_positives_of_one_customer_are_not_many():
    table = tickets()
    table.loc[table["escalated"] == 1, "customer_id"] = 12_345
    _, words = run(table, "escalated")
    assert "60 positives, 1 of them unrelated, are too few" in words


def test_copies_ids_and_constants_are_left_out_and_said():
    table = tickets()
    table = pd.concat([table, table], ignore_index=True)
    table = table.assign(row=np.arange(len(table)) + 1_000_000, year=2025)
    names, words = run(table, "escalated", until="data")
    assert "Left out, a copy: 600 of 1,200 rows." in words
    assert "Left out, ids: row." in words
    assert "Left out, constant: year." in words
    assert not {"row", "year"} & set(names["data"].X)


def test_a_leaky_column_that_is_no_id_is_named():
    table = tickets()
    rng = np.random.default_rng(0)
    table["desk"] = table["escalated"] + rng.normal(scale=0.2, size=len(table))
    _, words = run(table, "escalated", until="data")
    assert "desk alone has an AUC of" in words and "leave_out=['desk']" in words


def test_many_rows_are_drawn_for_the_comparison():
    names, words = run(tickets(2000), "escalated", most=500, until="few")
    assert "Compared on 500 of 1,500 rows, drawn by lot, " in words
    assert "The model learns from all." in words
    assert len(names["few"].y) == 500 and len(names["learn"].y) == 1500


def test_so_many_groups_that_their_folds_take_seconds_are_said(own, capsys):
    y = pd.Series((np.arange(50_001) % 17 == 0).astype(int))
    assert len(own[0]["folds"](y, y.index.to_series(), 2)) == 2
    assert "Folds of so many groups: this takes a while" in capsys.readouterr().out


def test_numbers_alone_need_no_time_and_no_groups():
    X, y = make_gaussians(600, prevalence=0.1, random_state=0)
    names, words = run(pd.DataFrame(X, columns=["a", "b"]).assign(sick=y), "sick")
    assert "Judged on a quarter of the rows, drawn by lot." in words
    assert "alarms in 1,000 rows" in words
    assert len(names["judge"].y) == 150


def test_untidy_columns_go_through():
    table = tickets()
    n = len(table)
    rng = np.random.default_rng(0)
    table["flag"] = rng.uniform(size=n) < 0.5
    table["level"] = pd.Categorical(rng.choice(["low", "high"], size=n))
    table["empty"] = np.nan
    table["ratio"] = np.where(rng.uniform(size=n) < 0.1, np.inf, rng.normal(size=n))
    table["count"] = pd.array(rng.integers(5, size=n), dtype="Int64")
    table.loc[::7, "count"] = pd.NA
    table.loc[::5, ["site", "message"]] = None
    table.loc[::9, ["opened", "customer_id"]] = None
    label = table["escalated"].map({1: "yes", 0: "no"})
    table["escalated"] = label.where(np.arange(n) % 50 > 0)
    names, words = run(table, "escalated")
    assert "Left out, no class: 12 of 600 rows." in words
    assert "report" in names, words
    assert names["data"].y.sum() == (table["escalated"] == "yes").sum()


def test_the_rarest_of_three_classes_is_the_positive_one():
    table = tickets(900)
    names, _ = run(table, "product", until="data")
    assert names["data"].y.sum() == table["product"].value_counts().min()


def test_the_page_escapes_what_comes_from_the_table():
    evil = "<script>alert(1)</script>"
    table = tickets().rename(columns={"escalated": evil, "customer_id": "<i>_id"})
    names, _ = run(table, evil)
    assert evil not in names["report"] and "<i>" not in names["report"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in names["report"]
    assert "&lt;i&gt;_id" in names["report"]
