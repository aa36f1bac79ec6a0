"""The figure of chapter 03: it shows what gradient descent really did."""

from functools import cache

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import log_loss, recall_score, roc_auc_score

from imbtutor import make_gaussians
from imbtutor.explore import explore_gradient
from imbtutor.explore.gradient import STEPS

# Nine decimals are sent to the page; the loss of 2,000 steps differs in the last.
EXACT = {"rel": 0, "abs": 1e-6}
LAST = len(STEPS) - 1


@pytest.fixture(scope="module")
def fig():
    return explore_gradient()


@cache
def data(prevalence):
    return make_gaussians(5000, prevalence=prevalence, separation=3, random_state=0)


@cache
def descent(prevalence, start):
    """The weights after each step, intercept first, from the gradient of the loss."""
    X, y = data(prevalence)
    A = np.insert(X, 0, 1, axis=1)
    w = np.array([0 if start == "zero" else logit(prevalence), 0, 0])
    path = [w]
    for _ in range(STEPS[-1]):
        w = w - (expit(A @ w) - y) @ A / len(y)
        path.append(w)
    return path


def compare(live, snapshot, start, prevalence):
    X, y = data(prevalence)
    step = live.signal("step")
    assert step == STEPS[snapshot]
    w = descent(prevalence, start)[step]
    z = X @ w[1:] + w[0]
    p = expit(z)
    error = p - y
    expected = {
        "intercept": w[0],
        "slope_1": w[1],
        "slope_2": w[2],
        "mean_p": p.mean(),
        "auc": roc_auc_score(y, z),
        "positives": y.sum(),
        "found": recall_score(y, p >= 0.5) * y.sum(),
        "pull_majority": error[y == 0].sum() / len(y),
        "pull_minority": -error[y == 1].sum() / len(y),
        "loss_majority": log_loss(y[y == 0], p[y == 0], labels=[0, 1]),
        "loss_minority": log_loss(y[y == 1], p[y == 1], labels=[0, 1]),
    }
    for name, value in expected.items():
        assert live.signal(name) == pytest.approx(value, **EXACT), (name, step)
    share = prevalence * expected["loss_minority"]
    share += (1 - prevalence) * expected["loss_majority"]
    assert log_loss(y, p) == pytest.approx(share)
    if step:
        # The cut is the place on the first axis where p is one half.
        at_cut = w[0] + w[1] * live.signal("cut")
        assert at_cut == pytest.approx(0, abs=1e-5)
    else:
        assert live.signal("cut") is None


def test_every_control_agrees_with_scikit_learn(show, fig):
    live = show(fig)
    state = {"snapshot": 8, "start": "zero", "prevalence": 0.02}
    compare(live, **state)
    for prevalence, label in [(0.02, "2 %"), (0.1, "10 %"), (0.5, "50 %")]:
        live.control("Prevalence").select_option(label=label)
        live.settle()
        state["prevalence"] = prevalence
        for start, label in [("prior", "log-odds of the prevalence"), ("zero", "0")]:
            control = live.control("Intercept starts at")
            # The prior of equal classes has log-odds 0: nothing to choose.
            assert control.is_disabled() == (prevalence == 0.5)
            if prevalence != 0.5:
                control.select_option(label=label)
                live.settle()
                state["start"] = start
            default = (prevalence, start) == (0.02, "zero")
            for snapshot in [0, 5, 19, LAST] if default else [0, 12]:
                live.move("Snapshot", snapshot)
                state["snapshot"] = snapshot
                compare(live, **state)


def test_dots_lie_on_their_curves_and_the_boundary_is_where_p_is_one_half(show, fig):
    live = show(fig)
    assert live.signal("step") == 10
    for kind in ["loss", "pull"]:
        lines = [
            (row["role"], row["step"], row["y"]) for row in live.rows(f"{kind}_lines")
        ]
        dots = [
            (row["role"], row["step"], row["y"]) for row in live.rows(f"{kind}_dots")
        ]
        assert {role for role, _, _ in dots} == {"majority", "minority"}
        assert all(step == 10 for _, step, _ in dots)
        assert set(dots) <= set(lines)
    ends = live.rows("boundary")
    w = descent(0.02, "zero")[10]
    assert sorted(end["x2"] for end in ends) == [-4, 4]
    for end in ends:
        z = w @ [1, end["x1"], end["x2"]]
        assert expit(z) == pytest.approx(0.5, **EXACT)
    live.move("Snapshot", 0)
    assert live.rows("boundary") == []  # all weights are zero: no line


def test_one_point_in_ten_is_drawn_and_they_are_the_data(show, fig):
    live = show(fig)
    X, y = data(0.02)
    rows = live.rows("samples")
    assert len(rows) == len(y) / 10
    drawn = sorted((row["x1"], row["x2"], row["role"]) for row in rows)
    roles = np.where(y == 1, "minority", "majority")
    wanted = sorted(
        (*x.round(2), role) for x, role in zip(X[:500], roles[:500], strict=True)
    )
    assert drawn == wanted


def test_the_sentence_follows_and_the_keyboard_works(show, fig):
    live = show(fig)
    before = live.sentence()
    assert before.startswith("After 10 steps 0 of 100 positives are found")
    live.press("Snapshot", "ArrowRight")
    assert live.signal("step") == STEPS[9]
    after = live.sentence()
    assert after != before
    assert after.startswith(f"After {STEPS[9]} steps ")


@pytest.mark.parametrize(("width", "room"), [(1280, 672), (390, 342)])
def test_it_fits_its_column(show, fig, width, room):
    live = show(fig, width=width, dark=True)
    canvas = live.page.locator(".live-drawing canvas")
    assert canvas.evaluate("node => node.offsetWidth") <= room
