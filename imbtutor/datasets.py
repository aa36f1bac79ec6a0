"""Toy data: each function makes one difficulty and nothing else."""

import numpy as np
from scipy.special import expit

from imbtutor._checks import check_number, check_seed


def _labels(n_samples, prevalence, rng):
    """Return shuffled labels with exactly round(n_samples * prevalence) ones."""
    check_number(n_samples, "n_samples", low=2, integer=True)
    check_number(prevalence, "prevalence", low=0, high=0.5, open_low=True)
    n_positive = round(n_samples * prevalence)
    if n_positive == 0:
        needed = 0.5 / float(prevalence) + 1
        # Beyond that no memory would hold them.
        samples = f"at least {np.ceil(needed):.0f} samples or " if needed < 1e9 else ""
        raise ValueError(
            f"prevalence={prevalence!r} of n_samples={n_samples} leaves no positive; "
            f"use {samples}a prevalence of at least {1 / n_samples:.2g}."
        )
    y = np.zeros(n_samples, dtype=int)
    y[:n_positive] = 1
    return rng.permutation(y)


def make_gaussians(
    n_samples=1000,
    *,
    prevalence=0.1,
    separation=2.0,
    n_features=2,
    random_state=None,
):
    """Two round Gaussian clouds, `separation` standard deviations apart.

    The majority is centered on the origin, the minority on the point
    ``(separation, 0, ..., 0)``; both have the identity as covariance. The best
    possible ranking is by the first feature, and its ROC AUC is
    ``norm.cdf(separation / sqrt(2))``.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    separation : float, default=2.0
        Distance of the two centers, in standard deviations of either cloud.
    n_features : int, default=2
        Number of features; all but the first are noise.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
        The points, shuffled.
    y : ndarray of shape (n_samples,)
        1 for the minority, 0 for the majority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    References
    ----------
    .. [1] The AUC of two normal distributions: T. Fawcett (2006), "An
       introduction to ROC analysis", Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> X, y = make_gaussians(200, prevalence=0.05, random_state=0)
    >>> X.shape, int(y.sum())
    ((200, 2), 10)
    """
    check_number(separation, "separation", low=0)
    check_number(n_features, "n_features", low=1, integer=True)
    rng = check_seed(random_state)
    y = _labels(n_samples, prevalence, rng)
    X = rng.standard_normal((n_samples, n_features))
    X[:, 0] += separation * y
    return X, y


def make_scores(n_samples=1000, *, prevalence=0.1, separation=1.5, random_state=None):
    """Scores between 0 and 1 as a classifier would give them, without a classifier.

    On the logit scale the scores of each class are normal with standard
    deviation 1; the minority's mean lies `separation` higher and the two means
    lie around 0. The area under the ROC curve is, up to chance,
    ``norm.cdf(separation / sqrt(2))``. The scores rank; they are not calibrated
    probabilities.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of scored samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    separation : float, default=1.5
        Distance of the class means on the logit scale, in standard deviations.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    y_true : ndarray of shape (n_samples,)
        1 for the minority, 0 for the majority.
    y_score : ndarray of shape (n_samples,)
        Scores between 0 and 1, higher for the minority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    References
    ----------
    .. [1] The binormal model of scores: T. Fawcett (2006), "An introduction to
       ROC analysis", Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> from imbtutor import make_scores
    >>> y_true, y_score = make_scores(500, prevalence=0.2, random_state=0)
    >>> int(y_true.sum()), bool(y_score[y_true == 1].mean() > y_score.mean())
    (100, True)
    """
    check_number(separation, "separation", low=0)
    rng = check_seed(random_state)
    y_true = _labels(n_samples, prevalence, rng)
    y_score = expit(rng.standard_normal(n_samples) + separation * (y_true - 0.5))
    return y_true, y_score


def make_transactions(n_samples=1000, *, prevalence=0.02, random_state=None):
    """Simulated card payments with amounts, of which a few are fraud.

    Amounts are log-normal in both classes, and the median fraud is 2.5 times the
    median honest payment: a large amount is a hint, no proof. Given the class,
    the columns are independent. By the amount alone the ROC AUC is, up to
    chance, ``norm.cdf(log(2.5) / sqrt(2))``, about 0.74. Every number here is
    made up; nothing was estimated from real payments.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of payments, both classes together.
    prevalence : float, default=0.02
        Share of frauds, above 0 and at most 0.5. The count of frauds is
        ``round(n_samples * prevalence)``.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : pandas.DataFrame of shape (n_samples, 5)
        The payments, shuffled:

        - ``amount``: in euros, whole cents. Median 30 and mean 49 if honest,
          median 75 and mean 124 if fraud.
        - ``hour``: time of day, from 0 up to 24. Honest payments crowd around
          15:00, of the frauds four in ten around 2:00 and the others anywhere.
        - ``distance_km``: from the home of the card's owner. Median 5 if
          honest, 15 if fraud.
        - ``payments_24h``: number of other payments by this card within a day.
          Mean 1.5 if honest, 3.5 if fraud.
        - ``new_device``: 1 if the card was never used on this device, else 0.
          8 % of the honest payments, 35 % of the frauds.
    y : ndarray of shape (n_samples,)
        1 for fraud, the minority, 0 for an honest payment.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no fraud.

    References
    ----------
    .. [1] A missed fraud that costs its own amount: C. Elkan (2001), "The
       foundations of cost-sensitive learning", IJCAI, 973-978.

    Examples
    --------
    >>> from imbtutor import make_transactions
    >>> X, y = make_transactions(500, prevalence=0.02, random_state=0)
    >>> list(X)
    ['amount', 'hour', 'distance_km', 'payments_24h', 'new_device']
    >>> int(y.sum())
    10
    """
    import pandas as pd  # here, so that importing imbtutor stays fast

    rng = check_seed(random_state)
    y = _labels(n_samples, prevalence, rng)
    fraud = y == 1
    amount = rng.lognormal(np.log(np.where(fraud, 75, 30)))
    by_night = fraud & (rng.uniform(size=n_samples) < 0.4)
    hour = np.where(
        fraud,
        rng.uniform(0, 24, size=n_samples),
        rng.normal(15, 5, size=n_samples) % 24,
    )
    hour[by_night] = rng.normal(2, 2, size=by_night.sum()) % 24
    distance = rng.lognormal(np.log(np.where(fraud, 15, 5)), 1.2)
    X = pd.DataFrame(
        {
            "amount": np.maximum(amount.round(2), 0.01),
            "hour": hour,
            "distance_km": distance.round(1),
            "payments_24h": rng.poisson(np.where(fraud, 3.5, 1.5)),
            "new_device": rng.binomial(1, np.where(fraud, 0.35, 0.08)),
        }
    )
    return X, y


# Shares by class, of the majority and of the minority: of the plans, and within each
# plan of its devices and payments. What is not listed is impossible.
_PLANS = {"prepaid": (0.25, 0.40), "mobile": (0.45, 0.35), "home": (0.30, 0.25)}
_DEVICES = {
    "prepaid": {"phone": (1.0, 1.0)},
    "mobile": {"phone": (0.7, 0.5), "tablet": (0.3, 0.5)},
    "home": {"tablet": (0.3, 0.5), "router": (0.7, 0.5)},
}
_PAYMENTS = {
    "prepaid": {"voucher": (0.4, 0.6), "card": (0.6, 0.4)},
    "mobile": {"card": (0.3, 0.6), "debit": (0.7, 0.4)},
    "home": {"card": (0.3, 0.6), "debit": (0.7, 0.4)},
}
_FEES = {"prepaid": (0, 0), "mobile": (5, 35), "home": (15, 45)}


def make_mixed(n_samples=1000, *, prevalence=0.1, random_state=None):
    """Simulated contracts with numbers and categories, of which a few are canceled.

    Three columns are categories, three are numbers, and not every combination
    exists. By construction

    - a *prepaid* plan comes with a phone, *mobile* with a phone or a tablet, *home*
      with a tablet or a router;
    - *prepaid* is paid by voucher or card, the other plans by card or debit;
    - *prepaid* has no monthly fee (0), *mobile* one from 5 to 35 and *home* one from
      15 to 45.

    A row that breaks one of these rules is impossible. Given the class and the
    plan, the columns are independent. Every number here is made up.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of contracts, both classes together.
    prevalence : float, default=0.1
        Share of canceled contracts, above 0 and at most 0.5. Their count is
        ``round(n_samples * prevalence)``.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : pandas.DataFrame of shape (n_samples, 6)
        The contracts, shuffled. The first three columns have the dtype category,
        with their categories in alphabetical order, the others are floats:

        - ``plan``: prepaid, mobile or home; 25, 45 and 30 % of the contracts that
          were kept, 40, 35 and 25 % of those that were canceled.
        - ``device``: phone, tablet or router. Tablets are 30 % of *mobile* and of
          *home* if kept, 50 % if canceled.
        - ``payment``: voucher, card or debit. Vouchers are 40 % of *prepaid* if kept,
          60 % if canceled; cards are 30 % of the other plans if kept, 60 % if
          canceled.
        - ``fee``: in euros a month, whole cents, evenly spread over its range.
        - ``months``: age of the contract. Mean 30 if kept, 12 if canceled.
        - ``gigabytes``: used in a month. Log-normal, median 8 if kept, 4 if canceled.
    y : ndarray of shape (n_samples,)
        1 for canceled, the minority, 0 for kept.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no canceled contract.

    References
    ----------
    .. [1] Oversampling of numbers and categories: N. V. Chawla and others (2002),
       "SMOTE: synthetic minority over-sampling technique", JAIR 16, 321-357,
       section 6.

    Examples
    --------
    >>> from imbtutor import make_mixed
    >>> X, y = make_mixed(500, random_state=0)
    >>> list(X)
    ['plan', 'device', 'payment', 'fee', 'months', 'gigabytes']
    >>> sorted(X.loc[X["plan"] == "prepaid", "payment"].unique())
    ['card', 'voucher']
    >>> int(y.sum())
    50
    """
    import pandas as pd  # here, so that importing imbtutor stays fast

    rng = check_seed(random_state)
    y = _labels(n_samples, prevalence, rng)
    plan = _drawn(_PLANS, y, rng)
    device, payment = np.empty_like(plan), np.empty_like(plan)
    fee = np.zeros(n_samples)
    for name, (low, high) in _FEES.items():
        its = plan == name
        device[its] = _drawn(_DEVICES[name], y[its], rng)
        payment[its] = _drawn(_PAYMENTS[name], y[its], rng)
        fee[its] = rng.uniform(low, high, size=its.sum()).round(2)
    X = pd.DataFrame(
        {
            "plan": pd.Categorical(plan),
            "device": pd.Categorical(device),
            "payment": pd.Categorical(payment),
            "fee": fee,
            "months": rng.exponential(np.where(y == 1, 12, 30)).round(1),
            "gigabytes": rng.lognormal(np.log(np.where(y == 1, 4, 8)), 0.7).round(2),
        }
    )
    return X, y


# What people write: the words of any ticket, and those of angry ones.
_PLAIN = (
    "the printer prints login page invoice account password update screen error email "
    "export import report button slow open close file server network mobile tablet "
    "order delivery question change address user new old morning week please help "
    "since thanks team version install message price plan setting calendar backup"
).split()
_ANGRY = "again urgent refund waiting lawyer unacceptable third cancel manager".split()
_SITES = ["Bergen", "Graz", "Lyon", "Porto", "Tartu", "Utrecht"]
# Shares of the majority and of the minority.
_PRODUCTS = {
    "app": (0.40, 0.25),
    "cloud": (0.30, 0.35),
    "router": (0.20, 0.25),
    "phone": (0.08, 0.10),
    "legacy": (0.02, 0.05),
}


def make_tickets(
    n_samples=1000, *, prevalence=0.06, case_number=False, random_state=None
):
    """Simulated support tickets with text, dates, categories and gaps.

    A few tickets are escalated. One customer writes several tickets, all from one
    site, and has pet words, two of the plain ones, that turn up in most of them. Some
    customers escalate more than others, and escalations become more frequent over the
    year. Given the class and the customer, the columns are independent. Every number
    and every name here is made up.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of tickets, both classes together.
    prevalence : float, default=0.06
        Share of escalated tickets, above 0 and at most 0.5. Their count is
        ``round(n_samples * prevalence)``.
    case_number : bool, default=False
        Whether to add a column ``case_number`` that leaks the class: 99 % of
        the escalated tickets were numbered anew, from 7,000,000 on, by those who
        worked on them. No new ticket has its number yet.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : pandas.DataFrame of shape (n_samples, 8) or (n_samples, 9)
        The tickets, shuffled:

        - ``customer_id``: whole numbers from 10,000 on. There are ``n_samples // 5``
          customers or a few less, at least two, some of whom write often.
        - ``opened``: date and time in 2025, whole minutes. The majority is spread
          evenly, the minority has twice the density in the end that it has in the
          beginning.
        - ``site``: one of six cities, the same for all tickets of a customer.
        - ``product``: app, cloud, router, phone or legacy; 40, 30, 20, 8 and 2 % of
          the majority, 25, 35, 25, 10 and 5 % of the minority.
        - ``message``: 6 to 15 words in lower case. A word is angry in 1 % of the
          majority's words and in 5 % of the minority's.
        - ``wait_hours``: until the first answer, in hours. Log-normal, median 4, and
          8 if escalated. Missing in 10 % of the tickets of either class.
        - ``contract_value``: in euros a year, log-normal with median 2,000 in either
          class. Missing in 15 % of the majority and in 35 % of the minority.
        - ``earlier_tickets``: in the month before. Mean 1, and 2 if escalated.
        - ``case_number``: if asked for; different in every row.
    y : ndarray of shape (n_samples,)
        1 for escalated, the minority, 0 for all others.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no escalated ticket.

    References
    ----------
    .. [1] Columns that know the class too early: S. Kaufman, S. Rosset, C. Perlich
       and O. Stitelman (2012), "Leakage in data mining", ACM TKDD 6(4), 15.

    Examples
    --------
    >>> from imbtutor import make_tickets
    >>> X, y = make_tickets(500, random_state=0)
    >>> list(X)[:5]
    ['customer_id', 'opened', 'site', 'product', 'message']
    >>> int(y.sum())
    30
    """
    import pandas as pd  # here, so that importing imbtutor stays fast

    rng = check_seed(random_state)
    if not isinstance(case_number, (bool, np.bool_)):
        raise TypeError(f"case_number={case_number!r}; pass True or False.")
    y = _labels(n_samples, prevalence, rng)
    escalated = y == 1

    n_customers = max(2, n_samples // 5)
    often = rng.gamma(1, size=n_customers)
    temper = often * rng.gamma(0.5, size=n_customers)
    customer = np.where(
        escalated,
        rng.choice(n_customers, size=n_samples, p=temper / temper.sum()),
        rng.choice(n_customers, size=n_samples, p=often / often.sum()),
    )
    # Of five digits as long as these are enough.
    numbers = max(90_000, n_customers)
    names = rng.choice(numbers, size=n_customers, replace=False) + 10_000
    sites = rng.choice(_SITES, size=n_customers).astype(object)
    pets = rng.randint(len(_PLAIN), size=(n_customers, 2))

    # The density of the minority grows linearly, from two thirds to four thirds.
    u = rng.uniform(size=n_samples)
    share = np.where(escalated, np.sqrt(1 + 3 * u) - 1, u)
    minutes = (share * 365 * 24 * 60).astype(int)
    wait = rng.lognormal(np.log(np.where(escalated, 8, 4)), 1).round(1)
    value = rng.lognormal(np.log(2000), 0.8, size=n_samples).round(-1)
    wait[rng.uniform(size=n_samples) < 0.10] = np.nan
    value[rng.uniform(size=n_samples) < np.where(escalated, 0.35, 0.15)] = np.nan
    X = pd.DataFrame(
        {
            "customer_id": names[customer],
            "opened": pd.Timestamp("2025-01-01") + pd.to_timedelta(minutes, unit="min"),
            "site": sites[customer],
            "product": _drawn(_PRODUCTS, y, rng),
            "message": _messages(pets[customer], escalated, rng),
            "wait_hours": wait,
            "contract_value": value,
            "earlier_tickets": rng.poisson(np.where(escalated, 2, 1)),
        }
    )
    if case_number:
        number = 1_000_000 + rng.permutation(n_samples)
        number[escalated & (rng.uniform(size=n_samples) < 0.99)] += 6_000_000
        X["case_number"] = number
    return X, y


def _messages(pets, escalated, rng):
    """Write a message for each ticket: plain words, some angry ones, and two pets."""
    n, most = len(pets), 15
    words = np.array(_PLAIN, dtype=object)[rng.randint(len(_PLAIN), size=(n, most))]
    kept = rng.uniform(size=(n, 2)) < 0.8
    words[:, :2] = np.where(kept, np.array(_PLAIN, dtype=object)[pets], words[:, :2])
    angry = rng.uniform(size=(n, most)) < np.where(escalated, 0.05, 0.01)[:, None]
    words[angry] = rng.choice(_ANGRY, size=angry.sum())
    lengths = rng.randint(6, most + 1, size=n)
    return [" ".join(row[:k]) for row, k in zip(words, lengths, strict=True)]


def _drawn(shares, y, rng):
    """Draw a word for each label, with the shares of its class."""
    majority, minority = (
        rng.choice(list(shares), size=len(y), p=p)
        for p in zip(*shares.values(), strict=True)
    )
    return np.where(y == 1, minority, majority).astype(object)


def make_outliers(
    n_samples=1000, *, prevalence=0.1, separation=4.0, outliers=0.2, random_state=None
):
    """Two round clouds in the plane; some of the minority lies within the majority.

    The majority is centered on the origin, the minority on the point
    ``(separation, 0)``; both have the identity as covariance. A stated share of
    the minority, chosen at random, is drawn from the majority's cloud instead: no
    feature tells these outliers from the majority. The best possible ranking is by
    the first feature, and its ROC AUC is
    ``(1 - outliers) * norm.cdf(separation / sqrt(2)) + outliers / 2``.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    separation : float, default=4.0
        Distance of the two centers, in standard deviations of either cloud. The
        same seed with another separation moves the minority's cloud and nothing
        else.
    outliers : float, default=0.2
        Share of the positives that are drawn from the majority's cloud, from 0 to
        1. Their count is ``round(n_positive * outliers)``.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        The points, shuffled.
    y : ndarray of shape (n_samples,)
        1 for the minority, outliers included, 0 for the majority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    References
    ----------
    .. [1] The AUC of two normal distributions: T. Fawcett (2006), "An
       introduction to ROC analysis", Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> from imbtutor import make_outliers
    >>> X, y = make_outliers(600, separation=8, outliers=0.25, random_state=0)
    >>> int(y.sum()), int((X[y == 1, 0] < 4).sum())
    (60, 15)
    """
    check_number(separation, "separation", low=0)
    check_number(outliers, "outliers", low=0, high=1)
    rng = check_seed(random_state)
    y = _labels(n_samples, prevalence, rng)
    X = rng.standard_normal((n_samples, 2))
    # Chosen at random, so that the place in the table does not give them away.
    minority = rng.permutation(np.flatnonzero(y))
    X[minority[round(len(minority) * outliers) :], 0] += separation
    return X, y


def make_bridge(n_samples=1000, *, prevalence=0.1, separation=4.0, random_state=None):
    """Three round clouds in a row: the majority between two halves of the minority.

    The majority is centered on the origin, the minority on the points
    ``(-separation, 0)`` and ``(separation, 0)``; all three have the identity as
    covariance. The second half has one point more where the number is odd. A segment
    between the two halves crosses the majority. The best possible ranking is by the
    size of the first feature, ``abs(X[:, 0])``, and its ROC AUC is
    ``norm.cdf(separation / sqrt(2)) ** 2 + norm.cdf(-separation / sqrt(2)) ** 2``.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    separation : float, default=4.0
        Distance of each half from the majority's center, in standard deviations of
        a cloud.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        The points, shuffled.
    y : ndarray of shape (n_samples,)
        1 for the minority, 0 for the majority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    Notes
    -----
    A value A of the minority and B of the majority, both with variance 1: A exceeds B
    in size where ``A - B`` and ``A + B`` have the same sign. These two are independent
    normal variables with mean ``separation`` (or its negative) and variance 2.

    Examples
    --------
    >>> from imbtutor import make_bridge
    >>> X, y = make_bridge(200, separation=8, random_state=0)
    >>> int((X[y == 1, 0] < 0).sum()), int((X[y == 1, 0] > 0).sum())
    (10, 10)
    """
    check_number(separation, "separation", low=0)
    rng = check_seed(random_state)
    y = _labels(n_samples, prevalence, rng)
    X = rng.standard_normal((n_samples, 2))
    # Chosen at random, so that the place in the table does not give the half away.
    minority = rng.permutation(np.flatnonzero(y))
    half = len(minority) // 2
    X[minority[:half], 0] -= separation
    X[minority[half:], 0] += separation
    return X, y


# Center and radius. The areas share a tenth of the square as 50 : 30 : 15 : 5, so at
# prevalence 0.1 a point is as likely to fall on a spot of an island as of the sea.
ISLANDS = np.array(
    [
        [0.30, 0.68, (0.050 / np.pi) ** 0.5],
        [0.72, 0.74, (0.030 / np.pi) ** 0.5],
        [0.66, 0.26, (0.015 / np.pi) ** 0.5],
        [0.22, 0.22, (0.005 / np.pi) ** 0.5],
    ]
)
"""The islands of `make_islands`, largest first: center x, center y, radius."""


def make_islands(n_samples=1000, *, prevalence=0.1, random_state=None):
    """Small disjuncts: a minority on four round islands, the majority around them.

    The majority fills the unit square evenly and leaves out the islands, the
    minority fills the islands evenly. The classes do not overlap: with endless
    data a perfect classifier exists, and what a model misses it has not learned.
    The islands hold 50 %, 30 %, 15 % and 5 % of the positives, rounded to whole
    points that add up.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of samples, both classes together.
    prevalence : float, default=0.1
        Share of positives, above 0 and at most 0.5. The count of positives is
        ``round(n_samples * prevalence)``.
    random_state : int, RandomState instance or None, default=None
        Seed, for the same data again.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        The points, between 0 and 1, shuffled.
    y : ndarray of shape (n_samples,)
        1 for the minority, 0 for the majority.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument is out of range, or would leave no positive.

    Notes
    -----
    Centers and radii are in ``imbtutor.datasets.ISLANDS``, largest first. Counts
    are rounded by the largest remainder: with few positives the small islands may
    hold none.

    References
    ----------
    .. [1] Small disjuncts: R. C. Holte, L. E. Acker and B. W. Porter (1989),
       "Concept learning and the problem of small disjuncts", IJCAI, 813-818.

    Examples
    --------
    >>> from imbtutor import make_islands
    >>> from imbtutor.datasets import ISLANDS
    >>> X, y = make_islands(1000, prevalence=0.1, random_state=0)
    >>> center, radius = ISLANDS[3, :2], ISLANDS[3, 2]
    >>> on_smallest = ((X - center) ** 2).sum(axis=1) <= radius**2
    >>> int(on_smallest.sum()), int(y[on_smallest].sum())
    (5, 5)
    """
    rng = check_seed(random_state)
    y = _labels(n_samples, prevalence, rng)
    positive = y == 1
    X = rng.uniform(size=(n_samples, 2))
    while (wet := ~positive & _on_island(X).any(axis=1)).any():
        X[wet] = rng.uniform(size=(wet.sum(), 2))
    shares = ISLANDS[:, 2] ** 2 / (ISLANDS[:, 2] ** 2).sum()
    # Rounded first, or a share of 0.4999 would move a point to another island.
    exact = (positive.sum() * shares).round(9)
    counts = exact.astype(int)
    short = positive.sum() - counts.sum()
    counts[np.argsort(counts - exact, kind="stable")[:short]] += 1
    home = ISLANDS[rng.permutation(np.repeat(np.arange(len(ISLANDS)), counts))]
    # The root spreads points evenly over a disk; without it they crowd its center.
    distance = home[:, 2] * rng.uniform(size=len(home)) ** 0.5
    angle = rng.uniform(0, 2 * np.pi, size=len(home))
    offset = np.column_stack([np.cos(angle), np.sin(angle)])
    X[positive] = home[:, :2] + distance[:, None] * offset
    return X, y


def _on_island(X):
    """Tell for each point and each island whether it lies on it."""
    from_center = np.linalg.norm(X[:, None] - ISLANDS[:, :2], axis=2)
    return from_center <= ISLANDS[:, 2]
