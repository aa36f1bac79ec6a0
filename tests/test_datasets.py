"""The toy data are what their docstrings say."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from imbtutor import (
    make_bridge,
    make_gaussians,
    make_islands,
    make_mixed,
    make_outliers,
    make_scores,
    make_tickets,
    make_transactions,
)
from imbtutor.datasets import ISLANDS

# Standard error of an AUC with 5,000 positives and as many negatives or more is below
# 0.006 (Hanley and McNeil 1982); the bound is about four of them.
AUC_BOUND = 0.02


@pytest.mark.parametrize("separation", [0, 1, 2.5])
def test_gaussians_have_the_stated_difficulty(separation):
    X, y = make_gaussians(
        20_000, prevalence=0.25, separation=separation, n_features=3, random_state=0
    )
    expected = norm.cdf(separation / np.sqrt(2))
    assert roc_auc_score(y, X[:, 0]) == pytest.approx(expected, abs=AUC_BOUND)
    for noise in (1, 2):
        assert roc_auc_score(y, X[:, noise]) == pytest.approx(0.5, abs=AUC_BOUND)
    # Five standard errors of a mean and of a standard deviation at n = 5,000.
    assert X[y == 1].mean(axis=0) == pytest.approx([separation, 0, 0], abs=0.07)
    assert X[y == 1].std(axis=0) == pytest.approx([1, 1, 1], abs=0.05)


@pytest.mark.parametrize("separation", [0, 1.5, 3])
def test_scores_have_the_stated_difficulty(separation):
    y_true, y_score = make_scores(
        20_000, prevalence=0.25, separation=separation, random_state=0
    )
    expected = norm.cdf(separation / np.sqrt(2))
    assert roc_auc_score(y_true, y_score) == pytest.approx(expected, abs=AUC_BOUND)
    assert 0 < y_score.min() and y_score.max() < 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"separation": -1}, ValueError, "separation=-1 .*at least 0"),
        ({"separation": None}, TypeError, "separation=None"),
        ({"n_features": 0}, ValueError, "n_features=0"),
        ({"n_features": 2.0}, TypeError, "n_features=2.0"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        make_gaussians(**arguments)


def test_transactions_are_as_described():
    X, y = make_transactions(40_000, prevalence=0.25, random_state=0)
    fraud, honest = X[y == 1], X[y == 0]
    assert list(X) == [
        "amount",
        "hour",
        "distance_km",
        "payments_24h",
        "new_device",
    ]
    # Bounds are about five standard errors with the 10,000 frauds (a median of the
    # amount has 1.3 %, its mean 1.3 %, a share of 35 % half a point).
    assert fraud["amount"].median() == pytest.approx(75, rel=0.07)
    assert honest["amount"].median() == pytest.approx(30, rel=0.07)
    assert fraud["amount"].mean() == pytest.approx(124, rel=0.07)
    assert honest["amount"].mean() == pytest.approx(49, rel=0.07)
    assert fraud["distance_km"].median() == pytest.approx(15, rel=0.08)
    assert honest["distance_km"].median() == pytest.approx(5, rel=0.08)
    assert fraud["payments_24h"].mean() == pytest.approx(3.5, abs=0.1)
    assert honest["payments_24h"].mean() == pytest.approx(1.5, abs=0.1)
    assert fraud["new_device"].mean() == pytest.approx(0.35, abs=0.025)
    assert honest["new_device"].mean() == pytest.approx(0.08, abs=0.025)
    assert X["hour"].between(0, 24).all()
    night = X["hour"].between(0, 4)
    # 0.4 of the frauds fall there with 68 %, the others with 4 / 24.
    assert night[y == 1].mean() == pytest.approx(0.37, abs=0.03)
    assert night[y == 0].mean() < 0.05


def test_the_amount_of_a_transaction_is_a_hint_and_no_proof():
    X, y = make_transactions(40_000, prevalence=0.25, random_state=0)
    cents = X["amount"] * 100
    assert np.allclose(cents, cents.round()) and X["amount"].min() > 0
    expected = norm.cdf(np.log(2.5) / np.sqrt(2))
    assert roc_auc_score(y, X["amount"]) == pytest.approx(expected, abs=AUC_BOUND)
    assert expected == pytest.approx(0.74, abs=0.005)
    # Log-normal: the logarithm is symmetric, with standard deviation 1 in each class.
    for label in (0, 1):
        log = np.log(X.loc[y == label, "amount"])
        assert log.std() == pytest.approx(1, abs=0.04)
        assert log.mean() == pytest.approx(log.median(), abs=0.07)


def test_tickets_are_as_described():
    X, y = make_tickets(40_000, prevalence=0.25, random_state=0)
    escalated, rest = X[y == 1], X[y == 0]
    assert list(X) == [
        "customer_id",
        "opened",
        "site",
        "product",
        "message",
        "wait_hours",
        "contract_value",
        "earlier_tickets",
    ]
    # Bounds are about five standard errors with the 10,000 escalated tickets.
    assert escalated["wait_hours"].median() == pytest.approx(8, rel=0.07)
    assert rest["wait_hours"].median() == pytest.approx(4, rel=0.05)
    assert escalated["earlier_tickets"].mean() == pytest.approx(2, abs=0.07)
    assert rest["earlier_tickets"].mean() == pytest.approx(1, abs=0.03)
    for part, missing in ((escalated, 0.35), (rest, 0.15)):
        assert part["wait_hours"].isna().mean() == pytest.approx(0.10, abs=0.015)
        assert part["contract_value"].isna().mean() == pytest.approx(missing, abs=0.025)
        assert part["contract_value"].median() == pytest.approx(2000, rel=0.06)
    shares = {"app": (0.40, 0.25), "cloud": (0.30, 0.35), "router": (0.20, 0.25)}
    for name, (majority, minority) in shares.items():
        assert (rest["product"] == name).mean() == pytest.approx(majority, abs=0.02)
        assert (escalated["product"] == name).mean() == pytest.approx(
            minority, abs=0.025
        )
    angry = "again|urgent|refund|waiting|lawyer|unacceptable|third|cancel|manager"
    for part, share in ((escalated, 0.05), (rest, 0.01)):
        words = part["message"].str.split(" ").explode()
        assert words.str.fullmatch(angry).mean() == pytest.approx(share, abs=0.004)
    lengths = X["message"].str.split(" ").str.len()
    assert (lengths.min(), lengths.max()) == (6, 15)


def test_tickets_come_from_customers_and_become_worse_over_the_year():
    X, y = make_tickets(40_000, prevalence=0.25, random_state=0)
    assert X["customer_id"].between(10_000, 99_999).all()
    assert 4000 < X["customer_id"].nunique() <= 8000
    assert (X.groupby("customer_id")["site"].nunique() == 1).all()
    assert (X["opened"].dt.year == 2025).all()
    start, end = X["opened"].dt.day_of_year <= 36, X["opened"].dt.day_of_year > 329
    # The density of the minority is 2/3 + 2/3 u: in the first tenth of the year 0.7 of
    # the mean, in the last 1.3. That of the majority is even.
    assert start[y == 1].mean() == pytest.approx(0.07, abs=0.012)
    assert end[y == 1].mean() == pytest.approx(0.13, abs=0.015)
    assert start[y == 0].mean() == pytest.approx(0.1, abs=0.01)


def test_the_case_number_leaks_the_class():
    X, y = make_tickets(5000, case_number=True, random_state=0)
    assert X["case_number"].is_unique
    late = X["case_number"] >= 7_000_000
    assert not late[y == 0].any()
    assert late[y == 1].mean() == pytest.approx(0.99, abs=0.03)
    plain, y_plain = make_tickets(5000, random_state=0)
    assert X.drop(columns="case_number").equals(plain)
    assert np.array_equal(y, y_plain)
    with pytest.raises(TypeError, match="case_number='yes'"):
        make_tickets(case_number="yes")


PLANS = ["prepaid", "mobile", "home"]


@pytest.mark.parametrize(
    ("label", "plans", "tablets", "vouchers", "cards", "months", "gigabytes"),
    [
        (0, [0.25, 0.45, 0.30], 0.3, 0.4, 0.3, 30, 8),
        (1, [0.40, 0.35, 0.25], 0.5, 0.6, 0.6, 12, 4),
    ],
)
def test_mixed_contracts_are_as_described(
    label, plans, tablets, vouchers, cards, months, gigabytes
):
    X, y = make_mixed(40_000, prevalence=0.25, random_state=0)
    X = X[y == label]
    prepaid = X["plan"] == "prepaid"
    # Five standard errors of a share of one half among 4,000 rows or more.
    near = {"abs": 0.04}
    found = X["plan"].value_counts(normalize=True)[PLANS]
    assert found.tolist() == pytest.approx(plans, **near)
    for plan in PLANS[1:]:
        found = (X.loc[X["plan"] == plan, "device"] == "tablet").mean()
        assert found == pytest.approx(tablets, **near)
    found = (X.loc[prepaid, "payment"] == "voucher").mean()
    assert found == pytest.approx(vouchers, **near)
    found = (X.loc[~prepaid, "payment"] == "card").mean()
    assert found == pytest.approx(cards, **near)
    # An exponential has its mean as standard deviation: the error is 1 %. The
    # logarithm of the gigabytes has 0.7: less.
    assert X["months"].mean() == pytest.approx(months, rel=0.05)
    assert X["gigabytes"].median() == pytest.approx(gigabytes, rel=0.05)


def test_impossible_contracts_do_not_occur_and_all_others_do():
    X, y = make_mixed(40_000, prevalence=0.25, random_state=0)
    devices = {"phone", "tablet"}, {"tablet", "router"}
    allowed = {("prepaid", "phone", payment) for payment in ("voucher", "card")} | {
        (plan, device, payment)
        for plan, its in zip(["mobile", "home"], devices, strict=True)
        for device in its
        for payment in ("card", "debit")
    }
    for label in (0, 1):
        rows = X.loc[y == label, ["plan", "device", "payment"]]
        assert set(rows.itertuples(index=False, name=None)) == allowed
    fees = X["fee"].groupby(X["plan"], observed=True).agg(["min", "max"])
    assert fees.loc["prepaid"].tolist() == [0, 0]
    assert fees.loc["mobile"].tolist() == pytest.approx([5, 35], abs=0.1)
    assert fees.loc["home"].tolist() == pytest.approx([15, 45], abs=0.1)
    assert np.allclose(X["fee"] * 100, (X["fee"] * 100).round())
    # As SMOTENC(categorical_features="auto") wants them.
    assert X.dtypes.astype(str).tolist() == ["category"] * 3 + ["float64"] * 3
    assert list(X["plan"].cat.categories) == ["home", "mobile", "prepaid"]


@pytest.mark.parametrize(("separation", "outliers"), [(4, 0.2), (2, 0.5), (3, 0)])
def test_outliers_have_the_stated_difficulty(separation, outliers):
    X, y = make_outliers(
        20_000,
        prevalence=0.25,
        separation=separation,
        outliers=outliers,
        random_state=0,
    )
    expected = (1 - outliers) * norm.cdf(separation / np.sqrt(2)) + outliers / 2
    assert roc_auc_score(y, X[:, 0]) == pytest.approx(expected, abs=AUC_BOUND)
    assert roc_auc_score(y, X[:, 1]) == pytest.approx(0.5, abs=AUC_BOUND)
    # Five standard errors of a mean at n = 5,000, where clouds 4 apart are mixed.
    assert X[y == 1, 0].mean() == pytest.approx((1 - outliers) * separation, abs=0.15)
    assert X[y == 0].mean(axis=0) == pytest.approx([0, 0], abs=0.05)


@pytest.mark.parametrize("outliers", [0, 0.25, 0.33, 1])
def test_the_seed_plants_the_same_outliers_whatever_the_separation(outliers):
    arguments = {"n_samples": 400, "outliers": outliers, "random_state": 3}
    X_mixed, y = make_outliers(separation=0, **arguments)
    X, y_again = make_outliers(separation=6, **arguments)
    assert np.array_equal(y, y_again)
    # Only the minority's own cloud has moved, along the first feature.
    moved = X - X_mixed
    assert np.allclose(moved[y == 0], 0) and np.allclose(moved[:, 1], 0)
    planted = moved[y == 1, 0] == 0
    assert np.allclose(moved[y == 1, 0][~planted], 6)
    assert planted.sum() == round(40 * outliers)


def test_the_place_in_the_table_does_not_give_outliers_away():
    places = []
    for seed in range(100):
        X, y = make_outliers(200, separation=50, outliers=0.5, random_state=seed)
        places.append(np.flatnonzero(X[y == 1, 0] < 25).mean())
    # Mean of 10 of the places 0 to 19, without replacement: 9.5, with a standard
    # deviation of 1.3, so of 0.13 for the mean of 100 seeds.
    assert np.mean(places) == pytest.approx(9.5, abs=0.6)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"outliers": -0.1}, ValueError, "outliers=-0.1 .*from 0 to 1"),
        ({"outliers": 1.5}, ValueError, "outliers=1.5"),
        ({"outliers": "few"}, TypeError, "outliers='few'"),
        ({"separation": -1}, ValueError, "separation=-1 .*at least 0"),
    ],
)
def test_bad_input_for_outliers_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        make_outliers(**arguments)


@pytest.mark.parametrize("separation", [0, 1, 4])
def test_a_bridge_has_the_stated_difficulty(separation):
    X, y = make_bridge(20_000, prevalence=0.25, separation=separation, random_state=0)
    near, far = norm.cdf(np.array([1, -1]) * separation / np.sqrt(2))
    expected = near**2 + far**2
    assert roc_auc_score(y, abs(X[:, 0])) == pytest.approx(expected, abs=AUC_BOUND)
    assert roc_auc_score(y, X[:, 1]) == pytest.approx(0.5, abs=AUC_BOUND)
    # Five standard errors of a mean at n = 5,000 and, for the majority, at 15,000.
    assert X[y == 1, 1].mean() == pytest.approx(0, abs=0.07)
    assert X[y == 0].mean(axis=0) == pytest.approx([0, 0], abs=0.05)


@pytest.mark.parametrize(("n_positive", "left"), [(1, 0), (2, 1), (9, 4), (50, 25)])
def test_the_majority_lies_between_two_halves_of_the_minority(n_positive, left):
    X, y = make_bridge(200, prevalence=n_positive / 200, separation=50, random_state=1)
    assert (X[y == 1, 0] < -25).sum() == left
    assert (X[y == 1, 0] > 25).sum() == n_positive - left
    assert (abs(X[y == 0, 0]) < 25).all()


def test_the_place_in_the_table_does_not_give_the_half_away():
    places = []
    for seed in range(100):
        X, y = make_bridge(200, separation=50, random_state=seed)
        places.append(np.flatnonzero(X[y == 1, 0] < 0).mean())
    # As for the outliers: 10 of the places 0 to 19.
    assert np.mean(places) == pytest.approx(9.5, abs=0.6)


def test_a_bad_separation_of_a_bridge_is_named():
    with pytest.raises(ValueError, match="separation=-1 .*at least 0"):
        make_bridge(separation=-1)


def islands_of(X):
    """Return for each point the number of its island, -1 in the sea."""
    distance = np.linalg.norm(X[:, None] - ISLANDS[:, :2], axis=2)
    inside = distance <= ISLANDS[:, 2] + 1e-12
    return np.where(inside.any(axis=1), inside.argmax(axis=1), -1)


@pytest.mark.parametrize(
    ("n_positive", "counts"),
    [
        (1, [1, 0, 0, 0]),
        (3, [2, 1, 0, 0]),
        (7, [4, 2, 1, 0]),
        (100, [50, 30, 15, 5]),
        (20_000, [10_000, 6000, 3000, 1000]),
    ],
)
def test_islands_hold_the_stated_shares_of_the_minority_alone(n_positive, counts):
    X, y = make_islands(
        2 * n_positive + 20,
        prevalence=n_positive / (2 * n_positive + 20),
        random_state=0,
    )
    assert y.sum() == n_positive
    place = islands_of(X)
    assert np.array_equal(place >= 0, y == 1)
    assert np.bincount(place[y == 1], minlength=4).tolist() == counts


def test_islands_and_the_sea_are_filled_evenly():
    X, y = make_islands(40_000, prevalence=0.5, random_state=0)
    place = islands_of(X)
    for k, (*center, radius) in enumerate(ISLANDS):
        offset = (X[place == k] - center) / radius
        # Evenly over a disk: the squared distance from the center is uniform, each
        # coordinate has variance 1/4. Five standard errors with n points.
        bound = 5 / np.sqrt(len(offset))
        assert (offset**2).sum(axis=1).mean() == pytest.approx(0.5, abs=0.29 * bound)
        assert offset.mean(axis=0) == pytest.approx([0, 0], abs=0.5 * bound)
    sea = X[y == 0]
    # 1,000 to 2,500 points in each of 16 squares, less what the islands cover.
    squares = np.histogram2d(*sea.T, bins=4, range=[[0, 1], [0, 1]])[0]
    grid = (np.indices((400, 400)).reshape(2, -1).T + 0.5) / 400
    free = grid[islands_of(grid) < 0]
    expected = np.histogram2d(*free.T, bins=4, range=[[0, 1], [0, 1]])[0]
    expected *= len(sea) / expected.sum()
    assert np.abs(squares - expected).max() < 5 * np.sqrt(expected.max())


def test_islands_lie_apart_inside_the_square():
    for k, (*center, radius) in enumerate(ISLANDS):
        assert radius < min(center) and max(center) < 1 - radius
        gaps = np.linalg.norm(ISLANDS[:, :2] - center, axis=1) - ISLANDS[:, 2] - radius
        assert (np.delete(gaps, k) > 0.1).all()
    assert (np.pi * ISLANDS[:, 2] ** 2).sum() == pytest.approx(0.1)
    assert (np.diff(ISLANDS[:, 2]) < 0).all()


def test_the_place_in_the_table_does_not_give_the_island_away():
    places = []
    for seed in range(100):
        X, y = make_islands(200, prevalence=0.1, random_state=seed)
        places.append(np.flatnonzero(islands_of(X[y == 1]) == 0).mean())
    # As for the outliers: 10 of the places 0 to 19.
    assert np.mean(places) == pytest.approx(9.5, abs=0.6)
