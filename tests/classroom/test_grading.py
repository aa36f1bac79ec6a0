"""The real pipeline, from a source to a mark, with students who do their worst.

It runs the teacher's commands in a course of its own, as `make` does. What student
code does is told by what it prints, and by what is on the disk afterwards.
"""

import copy
import csv
import hashlib
import os
import re
import socket
import subprocess
from pathlib import Path

import nbformat
import psutil
import pytest
from school import NAME, ROOT, notebook, open_course, put, solved, teacher

from imbtutor.classroom.repair import _is_answer as is_answer
from imbtutor.classroom.repair import _label as label

AUTO = 16
"""Points of the code in this assignment; the others are for words."""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with this assignment."""
    return open_course(tmp_path_factory.mktemp("school"), [NAME.removesuffix("_a")])


def at(book, name):
    [number] = [n for n, cell in enumerate(book.cells) if label(cell) == name]
    return number


def answer(book, name, source):
    book.cells[at(book, name)].source = source
    return book


def own_cell(book, source, before="counts_at"):
    """Put a cell of the student's own into a notebook."""
    number = len(book.cells) if before is None else at(book, before)
    book.cells.insert(number, nbformat.v4.new_code_cell(source))
    return book


def merged(book, first, last):
    text = "\n".join(
        cell.source for cell in book.cells[first : last + 1] if cell.cell_type == "code"
    )
    book.cells[first].source = text
    del book.cells[first + 1 : last + 1]
    return book


def doubled(book, name, source):
    """Put another version of an answer before it, with the same label."""
    number = at(book, name)
    copied = copy.deepcopy(book.cells[number])
    copied.source = source
    book.cells.insert(number, copied)
    return book


def split_in_two(book, name):
    number = at(book, name)
    lines = book.cells[number].source.split("\n")
    second = copy.deepcopy(book.cells[number])
    book.cells[number].source = "\n".join(lines[:2])
    second.source = "\n".join(lines[2:])
    book.cells.insert(number + 1, second)
    return book


def without(book, keep):
    book.cells = [cell for cell in book.cells if keep(cell)]
    return book


def labeled(book, labels):
    for cell in book.cells:
        cell.metadata = nbformat.from_dict(labels)
    return book


def heavy(book):
    """100 MB of outputs in the file."""
    output = nbformat.v4.new_output("stream", text="0" * 100_000_000)
    book.cells[at(book, "setup")].outputs = [output]
    return book


# Prints what a student should not be able to find.
SEARCH = """
import os
found = []
for top, folders, names in os.walk("/"):
    if top.startswith(("/proc", "/sys", "/usr")):
        folders.clear()
    for name in names:
        if name.endswith((".ipynb", ".db")) or "expected" in top or "planted" in name:
            # Packages bring notebooks and data of their own.
            if "site-packages" not in top and "/lib/" not in top:
                found.append(os.path.join(top, name))
print("found:", found)
"""
PLANT = """
import os
for place in ["/", "/tmp", "/dev/shm", "/usr", "/opt", os.path.expanduser("~"), ".."]:
    try:
        with open(os.path.join(place, "planted.py"), "w") as file:
            file.write("raise SystemExit")
    except OSError as error:
        print(place, error)
"""
# What a function can see while a hidden test runs.
SPY = """
seen = []
def counts_at(y_true, y_score, threshold):
    import sys, json
    frame = sys._getframe()
    while frame:
        seen.append(str(frame.f_locals)[:5000])
        frame = frame.f_back
    print("SPIED", seen)
    json.dumps = lambda *a, **k: "[1, 1, 2, 2]"
    return [1, 1, 2, 2]
"""
FORGE = """
import imbtutor.exercises, json, builtins
class Yes(float):
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *a, **k: "3"
def check(*a, **k): print("Correct.")
imbtutor.exercises.check = check
json.dumps = lambda *a, **k: "true"
graded = lambda *a, **k: 3
__carry__ = lambda value: "3"
"""
SCRIPT = "<script>alert('teacher')</script>"
SHOW_SCRIPT = f"""
from IPython.display import HTML, display
display(HTML("{SCRIPT}"))
display({{"image/png": "\\"><img src=x onerror=alert(1)>"}}, raw=True)
"""
FORK = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
MEMORY = "hoard = []\nwhile True:\n    hoard.append(bytearray(10**8))"
# Many small processes that use memory together.
HERD = """
import os, time
for number in range(6):
    if os.fork() == 0:
        held = bytearray(b"1" * 900_000_000)
        time.sleep(100)
time.sleep(100)
"""


def network(port):
    return f"""
import socket
for address in [("127.0.0.1", {port}), ("1.1.1.1", 80)]:
    try:
        socket.create_connection(address, 2)
        print("REACHED", address)
    except OSError as error:
        print("not reached:", error)
"""


def grab(course):
    return f"""
import glob, os
for path in ["../gradebook.db", "../../../gradebook.db", "{course}/gradebook.db"]:
    try:
        with open(path, "r+b") as file:
            file.write(b"0" * 1000)
        print("WRITTEN", path)
    except OSError as error:
        print("not written:", error)
"""


@pytest.fixture(scope="module")
def listener():
    """A server that notes whether anybody comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def damaged(course):
    """Students whose files are damaged: their work, status, points, a word."""

    def work():
        return solved(course)

    blank = notebook(course, "release")
    old = "def counts_at(y_true, y_score, threshold):\n    return [0, 0, 0, 0]"
    tests = "grade_id of another course"
    reversed_cells = work()
    reversed_cells.cells.reverse()
    tampered = copy.deepcopy(blank)
    for cell in tampered.cells:
        if label(cell) and not is_answer(cell):
            cell.source = "pass"
            cell.metadata.nbgrader = {**cell.metadata.nbgrader, "points": 100}
    ours = AUTO, "graded with repairs"
    return {
        "duplicated": (doubled(work(), "counts_at", old), *ours, "2 cells"),
        "deleted_tests": (without(work(), is_answer), *ours, "deleted"),
        "merged_two": (
            merged(work(), at(work(), "counts_at"), at(work(), "recall_and_precision")),
            *ours,
            "other cells",
        ),
        "merged_all": (
            merged(work(), at(work(), "setup"), at(work(), "decision")),
            *ours,
            "deleted or merged",
        ),
        "split": (split_in_two(work(), "counts_at"), *ours, "2 cells"),
        "reordered": (reversed_cells, *ours, "another order"),
        "stripped": (labeled(work(), {}), *ours, "lost their label"),
        "foreign": (
            labeled(work(), {"nbgrader": {"grade_id": tests, "grade": True}}),
            *ours,
            "lost their label",
        ),
        "tampered": (tampered, 0, "graded with repairs", "were changed"),
        "heavy": (heavy(work()), AUTO, "graded", ""),
    }


def half_right(course):
    """Students whose answers are wrong in one way or another, and their points."""

    def work(name, source):
        return answer(solved(course), name, source)

    return {
        # Right without ties, and with nobody called.
        "ties": (
            work(
                "counts_at",
                "def counts_at(y_true, y_score, threshold):\n"
                "    called = y_score > threshold\n"
                "    tp = sum(called & (y_true == 1))\n"
                "    fp = sum(called & (y_true == 0))\n"
                "    return [tp, fp, sum(y_true == 1) - tp, sum(y_true == 0) - fp]",
            ),
            AUTO - 1,
        ),
        # 41 of 60 are asked for, and 40 found.
        "rounded": (
            work(
                "threshold_for_recall",
                "def threshold_for_recall(y_true, y_score, wanted):\n"
                "    found = np.sort(y_score[y_true == 1])[::-1]\n"
                "    return found[max(1, int(wanted * len(found))) - 1]",
            ),
            AUTO - 1,
        ),
        "no_decision": (
            work("decision", "areas = [0.5, 0.5]\nhits = [1, 2]\nchoice = 'first'"),
            AUTO - 3,
        ),
        # Two functions that fail, and one that prints and returns nothing.
        "errors": (
            answer(
                work(
                    "recall_and_precision", "def recall_and_precision(*a):\n    1 / 0"
                ),
                "counts_at",
                "def counts_at(*a):\n    print(a)",
            ),
            AUTO - 6,
        ),
        "no_python": (work("counts_at", "def counts_at(:"), AUTO - 3),
        # Ends with one input only: the other lines keep their points.
        "loop": (
            work(
                "recall_and_precision",
                "def recall_and_precision(tp, fp, fn, tn):\n"
                "    while tp + fp == 0:\n        pass\n"
                "    return [tp / (tp + fn), tp / (tp + fp)]",
            ),
            AUTO - 1,
        ),
    }


def hostile(course, port):
    """Students whose code does harm: their work, and their points."""

    def work(source, **where):
        return own_cell(solved(course), source, **where)

    def blank(source, **where):
        return own_cell(notebook(course, "release"), source, **where)

    scripted = answer(work(SHOW_SCRIPT), "reason", f"Because. {SCRIPT}")
    return {
        "endless": (work("while True:\n    pass"), AUTO),
        "fork_bomb": (work(FORK), AUTO),
        "memory": (work(MEMORY), AUTO),
        "herd": (work(HERD), AUTO),
        "printer": (work("print('0' * 100_000_000)"), AUTO),
        "chatter": (work("for n in range(10**5):\n    print(n)"), AUTO),
        "sys_exit": (work("import sys\nsys.exit(0)"), AUTO),
        "exit": (work("exit()"), AUTO),
        "os_exit": (work("import os\nos._exit(0)"), AUTO),
        "big_files": (
            work(
                "for n in range(100):\n"
                "    open(f'{n}', 'wb').write(b'0' * 10**7)\n"
                "import time\ntime.sleep(60)"
            ),
            AUTO,
        ),
        "asks": (work("input('Your password? ')"), AUTO),
        "patched_check": (blank(FORGE, before=None), 0),
        # The visible check is all that these numbers are right for.
        "spy": (
            own_cell(answer(solved(course), "counts_at", SPY), "print(seen)", None),
            AUTO - 3,
        ),
        "reads": (blank(SEARCH), 0),
        "writes_grades": (blank(grab(course)), 0),
        "network": (work(network(port)), AUTO),
        "planter": (work(PLANT), AUTO),
        "planter_next": (work(SEARCH), AUTO),
        "scripts": (scripted, AUTO),
    }


def refused(course):
    """Files that cannot be graded, and a word of the reason."""
    other = copy.deepcopy(notebook(course, "release"))
    for cell in other.cells:
        cell.source = cell.source.replace("SEED = 1402", "SEED = 2817")
        cell.source = cell.source.replace("look at 50 cases", "look at 1000 cases")
    return {
        "empty.ipynb": (b"", "empty"),
        "broken.ipynb": (b'{"cells": [', "damaged"),
        "deep.ipynb": (b"[" * 100_000, "damaged"),
        "picture.ipynb": (b"\x89PNG\r\n", "damaged"),
        "other_book.ipynb": (
            (ROOT / "notebooks" / "12_roc_curve.ipynb").read_bytes(),
            "not the notebook of the assignment",
        ),
        "other_class.ipynb": (nbformat.writes(other).encode(), "another class"),
        "printed.pdf": (b"%PDF", "no notebook"),
    }


def hashes(folder):
    """The content of each file below a folder, and where each link leads."""
    return {
        str(path.relative_to(folder)): os.readlink(path)
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture(scope="module")
def graded(course, listener):
    """Grade everybody at once; return the tables, and what had to stay as it was."""
    inbox = course.parent / "inbox"
    old = set(Path("/tmp").glob("kernel-*"))
    expected = {}
    for name, (book, points, status, _) in damaged(course).items():
        put(inbox, f"{name}.ipynb", book)
        expected[name] = status, points
    for name, (book, points) in half_right(course).items():
        put(inbox, f"{name}.ipynb", book)
        expected[name] = "graded", points
    for name, (book, points) in hostile(course, listener.getsockname()[1]).items():
        put(inbox, f"{name}.ipynb", book)
        expected[name] = "graded", points
    for name, (data, _) in refused(course).items():
        (inbox / name).write_bytes(data)
        expected[Path(name).stem] = "refused", None
    # Good students first, last, and between the others.
    for name in ["a_good", "eve", "herbert", "os_z", "zz_good"]:
        put(inbox, f"{name}.ipynb", solved(course))
        expected[name] = "graded", AUTO
    put(inbox, "blank.ipynb", notebook(course, "release"))
    expected["blank"] = "graded", 0
    # As Moodle exports them; renamed; two files; another letter case; Windows.
    moodle = inbox / "Ada Lovelace_77_assignsubmission_file_"
    put(moodle, "my homework (2).IPYNB", solved(course))
    expected["Ada-Lovelace_77"] = "graded", AUTO
    put(inbox / "two_same", "1.ipynb", solved(course))
    put(inbox / "two_same", "2.ipynb", notebook(course, "release"))
    expected["two_same"] = "graded with repairs", AUTO
    put(inbox / "two_other", "1.ipynb", solved(course))
    put(inbox / "two_other", "2.ipynb", own_cell(solved(course), "x = 1"))
    expected["two_other"] = "refused", None
    text = nbformat.writes(solved(course)).replace("\n", "\r\n")
    (inbox / "windows.ipynb").write_bytes(text.encode())
    expected["windows"] = "graded with repairs", AUTO
    (inbox / "link.ipynb").symlink_to(course / "source" / NAME / f"{NAME}.ipynb")
    expected["link"] = "refused", None

    kept = [course / "source", course / "release", course / "expected", inbox]
    kept += [ROOT / "imbtutor", ROOT / "notebooks" / "assignments"]
    arguments = ["--assignment", NAME, "--from", inbox]
    before = [hashes(folder) for folder in kept]
    told = teacher("check", *arguments, course=course)
    said = teacher("grade", *arguments, course=course)
    teacher("feedback", "--assignment", NAME, course=course)
    after = [hashes(folder) for folder in kept]
    with (course / "tables" / f"{NAME}_grade.csv").open(encoding="utf-8") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    return {
        "expected": expected,
        "table": table,
        "told": told,
        "said": said,
        "unchanged": before == after,
        "left": set(Path("/tmp").glob("kernel-*")) - old,
    }


def test_each_student_gets_exactly_their_marks(graded):
    expected, table = graded["expected"], graded["table"]
    assert set(table) == set(expected)
    points = {
        name: (row["status"], float(row["points"]) if row["points"] else None)
        for name, row in table.items()
    }
    assert points == expected
    assert sum(status == "graded" for status, _ in expected.values()) > 25
    assert len(damaged_names(graded)) >= 25


def damaged_names(graded):
    """Those who are damaged or hostile: neither good nor half right."""
    good = {"a_good", "eve", "herbert", "os_z", "zz_good", "blank", "Ada-Lovelace_77"}
    half = {"ties", "rounded", "no_decision", "errors", "no_python", "loop"}
    return set(graded["expected"]) - good - half


def test_the_reasons_say_what_was_wrong(graded, course):
    table = graded["table"]
    for name, (_, _, _, word) in damaged(course).items():
        assert word in table[name]["reason"], name
    for name, (_, word) in refused(course).items():
        assert word in table[Path(name).stem]["reason"], name
    assert "2 notebooks with different answers" in table["two_other"]["reason"]
    assert "no plain file" in table["link"]["reason"]


def test_the_check_says_the_same_before_anything_runs(graded):
    for name, row in graded["table"].items():
        verdict = {
            "graded": "can be graded as it is",
            "graded with repairs": "can be graded with repairs",
            "refused": "refused",
        }[row["status"]]
        assert re.search(rf"^{re.escape(name)} +{verdict}", graded["told"], re.M), name
        assert row["reason"] in graded["told"]


def test_nothing_outside_the_students_folders_has_changed(graded, course):
    assert graded["unchanged"]
    graded_names = {
        name for name, row in graded["table"].items() if row["status"] != "refused"
    }
    for folder in ["submitted", "autograded", "feedback"]:
        found = {path.name for path in (course / folder).iterdir()}
        assert found == graded_names
        files = {path.name for path in (course / folder).glob("*/*/*")}
        assert {Path(name).stem for name in files} == {NAME}
    known = ["autograded", "expected", "feedback", "gradebook.db", "nbgrader_config.py"]
    known += ["release", "source", "submitted", "tables"]
    assert sorted(path.name for path in course.iterdir()) == known
    assert not list(Path("/tmp").glob("planted.py"))


def printed(course, student, folder="autograded"):
    """What a student's cells printed, hidden tests and all."""
    book = nbformat.read(
        course / folder / student / NAME / f"{NAME}.ipynb", as_version=4
    )
    return "".join(
        output.get("text", "")
        for cell in book.cells
        for output in cell.get("outputs", [])
    )


def test_hostile_code_has_found_and_reached_nothing(graded, course, listener):
    assert "found: []" in printed(course, "reads")
    assert "found: []" in printed(course, "planter_next")
    written = printed(course, "writes_grades")
    assert written.count("not written") == 3 and "WRITTEN" not in written
    reached = printed(course, "network")
    assert reached.count("not reached") == 2 and "REACHED" not in reached
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_long_outputs_are_cut(graded, course):
    for student in ["printer", "chatter", "heavy"]:
        path = course / "autograded" / student / NAME / f"{NAME}.ipynb"
        assert path.stat().st_size < 1_000_000, student
    assert "the rest of this cell's output is left out" in printed(course, "chatter")


def test_the_teacher_sees_hidden_tests_and_model_answers(graded, course):
    path = course / "autograded" / "ties" / NAME / f"{NAME}.ipynb"
    text = path.read_text("utf-8")
    assert "WRONG  graded(counts_at(y_hid, s_hid.round(1), 0.6))" in text
    assert "For the teacher: a model answer." in text and "**Rubric.**" in text


def test_feedback_shows_no_hidden_test(graded, course):
    """Neither its source nor what it printed, whatever the student's code did."""
    for path in sorted((course / "feedback").glob(f"*/{NAME}/*.html")):
        text = path.read_text("utf-8")
        for secret in [
            "HIDDEN",
            "y_hid",
            "s_hid",
            "WRONG",
            "For the teacher",
        ]:
            assert secret not in text, (path, secret)
        assert "hidden tests are right" in text
    spied = (course / "feedback" / "spy" / NAME / f"{NAME}.html").read_text("utf-8")
    # It saw its own calls, and the visible check's; of the hidden ones nothing is kept.
    assert "SPIED" in spied


def test_no_script_of_a_student_reaches_the_teachers_browser(graded, course):
    text = (course / "feedback" / "scripts" / NAME / f"{NAME}.html").read_text("utf-8")
    # Its source is shown, as text.
    assert SCRIPT not in text and "<img src=x" not in text
    cells = nbformat.read(
        course / "autograded" / "scripts" / NAME / f"{NAME}.ipynb", as_version=4
    ).cells
    shown = [output for cell in cells for output in cell.get("outputs", [])]
    assert not any("text/html" in output.get("data", {}) for output in shown)
    assert not any("image/png" in output.get("data", {}) for output in shown)
    assert not any(SCRIPT in cell.source for cell in cells if is_answer(cell))


def test_no_process_and_no_folder_of_a_kernel_is_left(graded):
    # Others may have kernels at the same time; these belong to living processes.
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    left = " ".join([lines, *map(str, graded["left"])])
    owners = set(map(int, re.findall(r"/tmp/kernel-(\d+)-", left)))
    assert not [owner for owner in owners if not psutil.pid_exists(owner)]
