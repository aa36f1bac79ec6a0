"""Marking itself, on small notebooks: judges, shares of points, lost kernels."""

import copy
import os
import shutil
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client import BlockingKernelClient
from nbformat.v4 import new_code_cell, new_notebook

from imbtutor.classroom import marking, sandbox
from imbtutor.classroom.sandbox import Kernel, Limits

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


def test_a_kernel_that_does_not_start_says_why():
    """With what it wrote on stderr: here Python has not the memory to begin."""
    before = set(Path("/tmp").glob(f"kernel-{os.getpid()}-*"))
    # The loader's words, or Python's, by how far it comes.
    why = "did not start: ended the kernel. .*(memory|failed to map)"
    with pytest.raises(RuntimeError, match=why):
        Kernel(Limits(memory_mb=8))
    assert set(Path("/tmp").glob(f"kernel-{os.getpid()}-*")) == before


def test_a_kernel_that_answers_before_it_is_heard_is_not_lost(monkeypatch):
    """On a busy machine, a subscription may come after the first answers."""
    connect, following = BlockingKernelClient.connect_iopub, sandbox._next
    late = []

    def without_subscription(client, identity=None):
        socket = connect(client, identity)
        socket.unsubscribe(b"")
        late.append((client, socket))
        return socket

    def subscribe_after_an_answer(get, seconds):
        if late and late[0][0].shell_channel.msg_ready():
            time.sleep(1)  # whatever followed the answer has been said, and is lost
            late.pop()[1].subscribe(b"")
        return following(get, seconds)

    monkeypatch.setattr(BlockingKernelClient, "connect_iopub", without_subscription)
    monkeypatch.setattr(sandbox, "_next", subscribe_after_an_answer)
    kernel = Kernel(LIMITS)
    assert not late
    assert kernel.run("print('here')").outputs[0]["text"] == "here\n"
    kernel.close()


def test_a_cell_that_had_no_time_left_is_told_so():
    work = book("import time\ntime.sleep(60)", DOUBLE)
    with marking.Session(Limits(cell_seconds=60, notebook_seconds=4)) as session:
        marking.run_visible(session, work)
    [told] = work.cells[1].outputs
    assert told["evalue"] == (
        "This cell was not run: the notebook took more than 4 seconds."
    )


def test_a_solution_that_fails_its_own_tests_is_named():
    with pytest.raises(ValueError, match=r"tests: graded\(pair\(\).*does not accept"):
        marking.expect(book(DOUBLE, PAIR.replace("6", "7")), LIMITS)
    with pytest.raises(ValueError, match="the solution fails: division by zero"):
        marking.expect(book("1 / 0"), LIMITS)
