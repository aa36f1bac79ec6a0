"""Marking itself, on small notebooks: judges, shares of points, lost kernels."""

import copy
import os
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from imbtutor.classroom import marking
from imbtutor.classroom.sandbox import Limits

LIMITS = Limits(cell_seconds=10, notebook_seconds=120, memory_mb=3000)
HIDDEN = """
check = None
### BEGIN HIDDEN TESTS
import numpy as np
numbers = np.arange(4)
graded(double(numbers))
graded(pair(), lambda found: len(found) == 2 and sum(found) == TOTAL)
graded(double(0.5), atol=0.1)
### END HIDDEN TESTS
"""


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    if shutil.which("bwrap") is None:
        message = "needs bubblewrap: apt-get install bubblewrap"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def book(*sources):
    about = {"grade": True, "grade_id": "tests", "locked": True, "points": 6}
    tests = new_code_cell(HIDDEN.strip(), metadata={"nbgrader": about})
    return new_notebook(cells=[*map(new_code_cell, sources), tests])


DOUBLE = "def double(x):\n    return 2 * x"
PAIR = "TOTAL = 10\ndef pair():\n    return 4, 6"


@pytest.fixture(scope="module")
def expected():
    return marking.expect(book(DOUBLE, PAIR), LIMITS)


def test_the_solution_says_what_to_expect(expected):
    assert expected == {"tests": [[0, 2, 4, 6], [4, 6], 1.0]}


@pytest.mark.parametrize(
    ("sources", "points"),
    [
        # Another pair that the judge accepts, whatever TOTAL the student has.
        ([DOUBLE, "TOTAL = 3\ndef pair():\n    return [1, 9]"], 6),
        ([DOUBLE, "def pair():\n    return [1, 2]"], 4),
        # What a judge cannot use is wrong.
        ([DOUBLE, "def pair():\n    return None"], 4),
        (["def double(x):\n    return 2 * x + 0.05", PAIR], 4),
        # A generator and a model cannot be carried; nor can nothing at all.
        (["def double(x):\n    return (each for each in [x])", PAIR], 2),
        ([], 0),
        # The first line ends the kernel, and the others are asked all the same.
        (
            [
                "import os\ndef double(x):\n"
                "    return os._exit(0) if np.ndim(x) else 2 * x",
                PAIR,
            ],
            4,
        ),
    ],
)
def test_each_line_is_an_equal_share(sources, points, expected):
    work = book(*sources)
    marking.mark(work, copy.deepcopy(expected), book(DOUBLE, PAIR), LIMITS)
    last = work.cells[-1].outputs[-1]
    assert last["output_type"] == "execute_result"
    assert float(last["data"]["text/plain"]) == points
    nbformat.validate(nbformat.from_dict(work))


def test_a_solution_that_fails_its_own_tests_is_named():
    with pytest.raises(ValueError, match=r"tests: graded\(pair\(\).*does not accept"):
        marking.expect(book(DOUBLE, PAIR.replace("6", "7")), LIMITS)
    with pytest.raises(ValueError, match="the solution fails: division by zero"):
        marking.expect(book("1 / 0"), LIMITS)
