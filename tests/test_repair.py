"""Damaged submissions are put together again, or refused; nothing is run here."""

import copy
import json
from pathlib import Path

import nbformat
import pytest

from imbtutor.classroom import grading, marking, release, repair
from imbtutor.classroom.repair import _is_answer as is_answer
from imbtutor.classroom.repair import _label as label

SOURCES = Path(__file__).parent.parent / "notebooks" / "assignments" / "source"
NAME = "metrics_and_thresholds"


def filled(seed=1402):
    original = nbformat.read(SOURCES / NAME / f"{NAME}.ipynb", as_version=4)
    return release.fill_in(original, seed)


def handed_out(source):
    """What nbgrader makes of a source, as far as the repair looks at it."""
    book = copy.deepcopy(source)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = marking.split(cell.source)[0]
        if is_answer(cell):
            head = cell.source.partition("### BEGIN")[0]
            cell.source = f"{head}# Write your code here.\n..."
    return book


@pytest.fixture(scope="module")
def source():
    return filled()


@pytest.fixture(scope="module")
def handout(source):
    return handed_out(source)


@pytest.fixture
def work(source, handout):
    """A student's notebook with all answers."""
    book = copy.deepcopy(handout)
    for cell, model in zip(book.cells, source.cells, strict=True):
        if is_answer(cell):
            cell.source = repair._without_markers(model.source)
    return book


def at(book, name):
    [number] = [n for n, cell in enumerate(book.cells) if label(cell) == name]
    return number


def mended(book, handout, source):
    # Not by nbformat, which gives a copied cell an id of its own, and says so.
    return repair.repair(json.dumps(book).encode(), handout, source)


def answers_of(book):
    return {
        label(cell): repair._tidy(cell.source) for cell in book.cells if label(cell)
    }


def whole(work, repaired):
    """Whether the repaired notebook says what the undamaged one did."""
    return answers_of(repaired.book) == answers_of(work)


def test_work_that_is_not_damaged_stays_as_it_is(work, handout, source):
    repaired = mended(work, handout, source)
    assert repaired.notes == [] and repaired.answered
    assert [c.source for c in repaired.book.cells] == [
        repair._tidy(c.source) for c in work.cells
    ]


def test_what_was_handed_out_is_not_answered(handout, source):
    repaired = mended(handout, handout, source)
    assert repaired.notes == [] and not repaired.answered


def test_deleted_and_reordered_cells_come_back(work, handout, source):
    damaged = copy.deepcopy(work)
    damaged.cells = [c for c in damaged.cells if is_answer(c) or c.cell_type != "code"]
    repaired = mended(damaged, handout, source)
    assert whole(work, repaired)
    assert "deleted or merged: setup, test_counts_at" in repaired.notes[0]
    damaged = copy.deepcopy(work)
    damaged.cells.reverse()
    repaired = mended(damaged, handout, source)
    assert whole(work, repaired) and "another order" in repaired.notes[0]


@pytest.mark.parametrize(
    "labels", [{}, {"nbgrader": {"grade_id": "cell-1", "points": 9}}]
)
def test_cells_without_or_with_foreign_labels_are_known(labels, work, handout, source):
    damaged = copy.deepcopy(work)
    for cell in damaged.cells:
        cell.metadata = nbformat.from_dict(labels)
    repaired = mended(damaged, handout, source)
    assert whole(work, repaired)
    assert any("lost their label" in note for note in repaired.notes)


def test_a_changed_test_is_the_original_again(work, handout, source):
    damaged = copy.deepcopy(work)
    cell = damaged.cells[at(work, "test_counts_at")]
    cell.source = "pass"
    cell.metadata.nbgrader.points = 100
    repaired = mended(damaged, handout, source)
    assert whole(work, repaired) and "were changed" in repaired.notes[0]
    restored = repaired.book.cells[at(repaired.book, "test_counts_at")]
    assert restored.metadata.nbgrader.points == 3


def test_a_duplicate_counts_as_it_would_in_a_run(work, handout, source):
    """The later one; and a copy that nobody has written into counts for nothing."""
    number = at(work, "counts_at")
    wrong = copy.deepcopy(work.cells[number])
    wrong.source = "def counts_at(y_true, y_score, threshold):\n    return 1"
    empty = copy.deepcopy(handout.cells[number])
    damaged = copy.deepcopy(work)
    damaged.cells[number : number + 1] = [wrong, work.cells[number], empty]
    repaired = mended(damaged, handout, source)
    text = answers_of(repaired.book)["counts_at"]
    assert text == f"{wrong.source}\n{repair._tidy(work.cells[number].source)}"
    assert "stood in 2 cells" in repaired.notes[0]


@pytest.mark.parametrize("keeps_label", [True, False])
def test_a_split_answer_is_joined(keeps_label, work, handout, source):
    number = at(work, "counts_at")
    lines = work.cells[number].source.split("\n")
    damaged = copy.deepcopy(work)
    second = copy.deepcopy(damaged.cells[number])
    damaged.cells[number].source = "\n".join(lines[:2])
    second.source = "\n".join(lines[2:])
    if not keeps_label:
        second.metadata = {}
    damaged.cells.insert(number + 1, second)
    assert whole(work, mended(damaged, handout, source))


def merge(book, first, last):
    """Merge cells as JupyterLab does: the first keeps its label, and gets all text."""
    cells = book.cells[first : last + 1]
    text = "\n\n".join(c.source for c in cells if c.cell_type == "code")
    book.cells[first].source = text
    del book.cells[first + 1 : last + 1]


def code_of(book):
    return "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")


def test_merged_answers_are_found(work, handout, source):
    """An answer with its test, and with the next answer, or under a given cell."""
    damaged = copy.deepcopy(work)
    merge(damaged, at(work, "counts_at"), at(work, "recall_and_precision"))
    repaired = mended(damaged, handout, source)
    assert repaired.answered
    answers = answers_of(repaired.book)
    assert "def recall_and_precision" in answers["counts_at"]
    assert answers["recall_and_precision"] == "# The answer stands in another cell."
    damaged = copy.deepcopy(work)
    merge(damaged, at(work, "setup"), at(work, "counts_at"))
    repaired = mended(damaged, handout, source)
    assert answers_of(repaired.book)["counts_at"].startswith("def counts_at")
    assert answers_of(repaired.book)["setup"] == answers_of(work)["setup"]
    # All code in one cell: what an answer imports comes with it.
    damaged = copy.deepcopy(work)
    merge(damaged, at(work, "setup"), at(work, "decision"))
    answers = answers_of(mended(damaged, handout, source).book)
    assert answers["decision"].startswith("from sklearn.metrics import roc_auc_score")
    assert answers["counts_at"].startswith("def counts_at")


def test_cells_of_the_students_own_stay_where_they_were(work, handout, source):
    damaged = copy.deepcopy(work)
    number = at(work, "counts_at")
    damaged.cells.insert(number, nbformat.v4.new_code_cell("from math import log"))
    damaged.cells.append(nbformat.v4.new_code_cell("hits = 'just a try'"))
    repaired = mended(damaged, handout, source)
    assert repaired.notes == [] and whole(work, repaired)
    assert repaired.book.cells[number].source == "from math import log"
    assert repaired.book.cells[-1].source == "hits = 'just a try'"


def test_windows_and_old_outputs_do_no_harm(work, handout, source):
    damaged = copy.deepcopy(work)
    for cell in damaged.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="x" * 10_000)]
    text = nbformat.writes(damaged).replace("\n", "\r\n")
    repaired = repair.repair(b"\xef\xbb\xbf" + text.encode(), handout, source)
    assert whole(work, repaired)
    assert "x" * 10_000 not in nbformat.writes(repaired.book)


def test_scripts_in_written_answers_are_text(work, handout, source):
    work.cells[at(work, "reason")].source = "<script>alert(1)</script> a < b"
    repaired = mended(work, handout, source)
    assert (
        answers_of(repaired.book)["reason"] == "&lt;script>alert(1)&lt;/script> a < b"
    )


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"{", "damaged"),
        (b"<<<<<<< HEAD\n{}", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "no notebook"),
        (b'{"cells": 3}', "no notebook"),
        (b'{"cells": []}', "no cell with text"),
        (b'{"cells": [3, null, {"source": 1}]}', "no cell with text"),
        (b'{"cells": [' + b"{}," * 600 + b"{}]}", "601 cells"),
        (b'{"worksheets": [3]}', "old format"),
        (b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}', "not the notebook"),
        (b"%PDF-1.7", "damaged"),
    ],
)
def test_what_cannot_be_graded_is_refused_in_words(data, word, handout, source):
    with pytest.raises(repair.Refused, match=word):
        repair.repair(data, handout, source)


def test_the_notebook_of_another_class_is_refused(handout, source):
    other = handed_out(filled(2817))
    with pytest.raises(repair.Refused, match="SEED is 2817 and not 1402"):
        mended(other, handout, source)


def test_a_changed_seed_alone_is_set_back(work, handout, source):
    setup = work.cells[at(work, "setup")]
    setup.source = setup.source.replace("SEED = 1402", "SEED = 7")
    repaired = mended(work, handout, source)
    assert "SEED = 1402" in answers_of(repaired.book)["setup"]


def test_the_variants_have_other_data_and_other_answers():
    """For each assignment: other numbers in the text, and other values to expect."""
    for path in sorted(SOURCES.glob("*/*.ipynb")):
        original = nbformat.read(path, as_version=4)
        books = [release.fill_in(original, seed) for seed in release.VARIANTS.values()]
        texts = [
            "".join(c.source for c in book.cells if c.cell_type == "markdown")
            for book in books
        ]
        assert texts[0] != texts[1], path.stem
        assert "{{" not in "".join(texts)
        for book in books:
            assert "graded" in code_of(book) and "classroom" not in code_of(book)


def test_a_source_without_a_place_for_the_seed_is_refused():
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("SEED = 0")])
    with pytest.raises(ValueError, match="stands 1 times"):
        release.fill_in(book, 3)


def test_submissions_are_found_as_platforms_export_them(tmp_path):
    for name in [
        "Ada Lovelace_123_assignsubmission_file_/x.ipynb",
        "Bo Li_124_assignsubmission_file_x.ipynb",
        "cleoqueen_LATE_55_66_x.ipynb",
        "dora_metrics_a.ipynb",
        "emil.ipynb",
        "finn/deep/x.ipynb",
        "finn/.ipynb_checkpoints/x.ipynb",
        "José.ipynb",
        "Jose/x.ipynb",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    found = grading.submissions(tmp_path, "metrics_a")
    assert sorted(found) == [
        *["Ada-Lovelace_123", "Bo-Li_124", "Jose", "Jose-2", "cleoqueen", "dora"],
        *["emil", "finn"],
    ]
    assert len(found["finn"]) == 1


def files(folder, books):
    for name, book in books.items():
        (folder / name).write_text(nbformat.writes(book), "utf-8")
    return sorted(folder.iterdir())


def test_of_two_notebooks_the_answered_one_counts(tmp_path, work, handout, source):
    both = files(tmp_path, {"a.ipynb": handout, "a (1).ipynb": work})
    repaired = grading.check(both, handout, source)
    assert whole(work, repaired) and "Of 2 notebooks, a (1).ipynb" in repaired.notes[0]


def test_two_notebooks_that_differ_are_refused(tmp_path, work, handout, source):
    other = copy.deepcopy(work)
    other.cells[at(work, "counts_at")].source = "def counts_at(*a): return 1"
    both = files(tmp_path, {"a.ipynb": work, "b.ipynb": other})
    with pytest.raises(repair.Refused, match="a.ipynb and b.ipynb"):
        grading.check(both, handout, source)


def test_a_link_is_not_followed(tmp_path, work, handout, source):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(nbformat.writes(work))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ipynb").symlink_to(secret)
    with pytest.raises(repair.Refused, match="no plain file"):
        grading.check([tmp_path / "in" / "a.ipynb"], handout, source)


@pytest.mark.parametrize("error", [PermissionError, RecursionError])
def test_what_stops_the_reading_stops_nobody_else(
    error, tmp_path, work, handout, source, monkeypatch
):
    """A file that cannot be read, or a slip in the repair: refused, with the reason."""

    def fails(*arguments):
        raise error("no luck")

    mine = files(tmp_path, {"a.ipynb": work})
    monkeypatch.setattr(grading, "repair", fails)
    status, reason, repaired = grading._judge(mine, handout, source)
    assert (status, repaired) == ("refused", None)
    assert f"{error.__name__}: no luck" in reason


# As nbgrader gives it back: its log indents all lines of a message but the first.
LOG = """\
[ERROR] There was an error processing assignment: /course/submitted/ada/metrics_a
[ERROR] Traceback (most recent call last):
      File "base.py", line 288, in convert_notebooks
        self.convert_single_notebook(notebook_filename)
      File "zmq/_zmq.py", line 419, in __init__
    zmq.error.ZMQError: Too many open files
    \n\
[WARNING] Removing failed assignment: /course/autograded/ada/metrics_a
[ERROR] Please see the error log (.nbgrader.log) for details.
"""
ERROR = "Traceback (most recent call last):\nNbGraderException: Please see the log\n"


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        ({"log": LOG, "error": ERROR}, "zmq.error.ZMQError: Too many open files"),
        ({"error": ERROR}, "NbGraderException: Please see the log"),
        ({"log": "[WARNING] Late.\n"}, "nbgrader gave no reason"),
    ],
)
def test_the_reason_of_a_failure_is_found(done, reason):
    assert grading._reason(done) == reason


def test_a_name_that_is_not_in_utf_8_does_not_lose_the_table(tmp_path):
    """A file name in Latin-1, as Python reads it."""
    name = b"Jos\xe9.ipynb".decode("utf-8", "surrogateescape")
    rows = [grading.Row("a", "refused", f"{name}: empty"), grading.Row("b", "graded")]
    grading.write_table(rows, tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text("utf-8").splitlines()
    assert lines[1:] == ["a,refused,Jos?.ipynb: empty,,,", "b,graded,,,,"]


def test_a_table_goes_with_the_notebook_that_it_lies_beside(tmp_path, work):
    """In one folder for all, the student's name stands before both."""
    files(tmp_path, {"curie_metrics_a.ipynb": work, "curie-jr_metrics_a.ipynb": work})
    for name in ("curie_my_table.csv", "curie-jr_my_table.csv", "curiel_notes.csv"):
        (tmp_path / name).write_text("a,b\n")
    found = grading.submissions(tmp_path, "metrics_a")
    names = {student: [path.name for path in each] for student, each in found.items()}
    assert names == {
        "curie": ["curie_metrics_a.ipynb", "curie_my_table.csv"],
        "curie-jr": ["curie-jr_metrics_a.ipynb", "curie-jr_my_table.csv"],
        # Of somebody else, whose notebook is missing.
        "curiel_notes": ["curiel_notes.csv"],
    }


def test_what_is_taken_along_and_what_is_not_is_said(
    tmp_path, work, handout, source, monkeypatch
):
    monkeypatch.setattr(grading, "LARGEST_DATA", 10)
    mine = files(tmp_path, {"a.ipynb": work})
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        mine.append(tmp_path / name / "my table.csv")
        mine[-1].write_text(name)
    for name, content in {"big.csv": "1234567890", "my_table.zip": "PK"}.items():
        mine.append(tmp_path / name)
        mine[-1].write_text(content)
    (tmp_path / "link.csv").symlink_to(mine[1])
    status, reason, repaired = grading._judge(
        [*mine, tmp_path / "link.csv"], handout, source
    )
    assert status == "as it is"
    assert reason == (
        "Taken along: my table.csv. Not taken along: my table.csv (a second file of "
        "this name); big.csv (over 0 MB in all); my_table.zip (not .csv, .tsv or "
        ".txt); link.csv (no plain file)."
    )
    grading._hand_in(tmp_path, "a", "ada", repaired.book, mine)
    place = tmp_path / "submitted" / "ada" / "a"
    assert sorted(path.name for path in place.iterdir()) == ["a.ipynb", "my table.csv"]
    assert (place / "my table.csv").read_text() == "a"


def test_what_is_no_notebook_is_named(tmp_path, handout, source):
    (tmp_path / "a.pdf").write_text("")
    with pytest.raises(repair.Refused, match="a.pdf"):
        grading.check([tmp_path / "a.pdf"], handout, source)


@pytest.mark.parametrize(
    ("value", "expected", "right"),
    [
        (0.1 + 0.2, 0.3, True),
        (0.3001, 0.3, False),
        (3, 3.0, True),
        (True, 1, False),
        (1, True, False),
        ("0.3", 0.3, False),
        (" Second", "second", True),
        ([1, [2, 3]], [1, [2, 3]], True),
        ([1], 1, False),
        ([1, 2], [1, 2, 3], False),
        (float("nan"), float("nan"), True),
        (0.0, float("nan"), False),
        (float("inf"), 1e300, False),
        (None, None, True),
        (None, 0, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_values_are_compared_as_a_teacher_would(value, expected, right):
    carried = json.loads(json.dumps(value))
    assert marking.same(carried, expected) is right
