"""The page that chapter 63 writes, as a manager opens it: from a file, in any width."""

import matplotlib.pyplot as plt
import pytest
from own_data import run

from imbtutor import make_tickets


@pytest.fixture(scope="module")
def report():
    X, y = make_tickets(600, prevalence=0.1, random_state=0)
    names, words = run(X.assign(escalated=y), "escalated")
    plt.close("all")
    assert "report" in names, words
    return names["folder"] / "report.html"


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_is_cut_off(page, report, width):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report.as_uri())
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.get_by_role("heading", level=1).inner_text() == "Alarms for “escalated”"
    assert page.get_by_role("table").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width
