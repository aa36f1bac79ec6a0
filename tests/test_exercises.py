"""Exercise notebooks come from the solutions, and their checks judge rightly."""

import re
import shutil
from pathlib import Path

import execution
import nbformat
import numpy as np
import pandas as pd
import pytest

from imbtutor.exercises import check, tally, task
from imbtutor.exercises.__main__ import main, make_exercise

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))


def notebook(*cells):
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, metadata={"tags": tags})
            for source, tags in cells
        ]
    )


def test_regions_and_cells_of_the_solution_go():
    solution = notebook(
        (
            "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            [],
        ),
        ("secret = 1", ["solution"]),
        ("print(f(1))", []),
    )
    before = nbformat.writes(solution)
    exercise = make_exercise(solution)
    assert [cell.source for cell in exercise.cells] == [
        "def f(x):\n    # Write your code here.\n    ...",
        "print(f(1))",
    ]
    assert nbformat.writes(solution) == before


def test_an_exercise_is_open_and_carries_no_outputs():
    solution = notebook(("### BEGIN SOLUTION\n1\n### END SOLUTION", ["hide-input"]))
    solution.cells[0].metadata["jupyter"] = {"source_hidden": True}
    solution.cells[0].execution_count = 3
    solution.cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
    (cell,) = make_exercise(solution).cells
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert cell.metadata == {"tags": []}


MISTYPED = [
    "# BEGIN SOLUTION",
    "### Begin Solution",
    "###  BEGIN SOLUTION",
    "### BEGIN  SOLUTION",
    "###BEGIN SOLUTION",
    "### BEGIN SOLUTIONS",
    "### BEGIN SOLUTION:",
    "### BEGN SOLUTION",
    "### BEGIN SOLUTOIN",
    "### START SOLUTION",
    "### BEGIN THE SOLUTION",
    "### SOLUTION BEGIN",
    "# Solution ends here",
    "BEGIN = 1  # begin solution",
    "#### END SOLUTION",
    "### END SOLUTON",
    "x = 2  ### END SOLUTION",
]


@pytest.mark.parametrize("line", MISTYPED)
def test_a_mistyped_marker_is_refused_by_cell_and_line(line):
    """It would hand the solution out once another region is right."""
    good = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    wrong = f"def f():\n    {line}\n    return 1"
    with pytest.raises(ValueError, match="looks like a marker") as raised:
        make_exercise(notebook((good, []), (wrong, [])))
    assert re.match(r"cell 2 \(id='\w+'\), line 2: ", str(raised.value))


@pytest.mark.parametrize(
    "line", ["# the solution", "# begin", "# solve for b", "s = '# end of the line'"]
)
def test_a_plain_comment_is_no_marker(line):
    good = f"### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n{line}"
    (cell,) = make_exercise(notebook((good, []))).cells
    assert cell.source == f"# Write your code here.\n...\n{line}"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("y = 1\n### BEGIN SOLUTION\nx = 1", "line 2: '### BEGIN SOLUTION' is unmat"),
        ("x = 1\n### END SOLUTION", "line 2: '### END SOLUTION' is unmatched"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "line 2: .*un"),
        ("x = 1", "marks no solution"),
    ],
)
def test_a_broken_solution_is_refused(source, message):
    with pytest.raises(ValueError, match=message):
        make_exercise(notebook((source, [])))


@pytest.mark.parametrize("tag", ["Solution", "solutions", " solution"])
def test_a_mistyped_tag_is_refused(tag):
    good = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    with pytest.raises(ValueError, match="cell 2 .* must be 'solution'"):
        make_exercise(notebook((good, []), ("secret = 1", [tag])))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_the_line_ends_of_windows_are_read(end):
    lines = [
        "def f():",
        "    ### BEGIN SOLUTION",
        "    return 1",
        "    ### END SOLUTION",
    ]
    (cell,) = make_exercise(notebook((end.join(lines), []))).cells
    assert cell.source == "def f():\n    # Write your code here.\n    ..."


GOOD = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"


@pytest.fixture
def folder(tmp_path):
    """A folder with two solutions, and their exercises as generated."""
    (tmp_path / "solutions").mkdir()
    for name in ["01_a", "02_b"]:
        solution = notebook((f"{GOOD}\nprint({name!r})", []))
        nbformat.write(solution, tmp_path / "solutions" / f"{name}_solutions.ipynb")
    main([str(tmp_path)])
    return tmp_path


def first(folder):
    return folder / "exercises" / "01_a_exercises.ipynb"


def change(path, **metadata):
    """Save the notebook at `path` as JupyterLab does, with an answer if given."""
    book = nbformat.read(path, as_version=4)
    book.cells[0].source = metadata.pop("answer", book.cells[0].source)
    book.cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
    book.cells[0].execution_count = 7
    book.cells.append(nbformat.v4.new_code_cell(""))
    book.metadata["language_info"] = {"name": "python", "version": "3.13.0"}
    book.metadata.update(metadata)
    nbformat.write(book, path)


def test_one_broken_solution_leaves_every_file_as_it_was(tmp_path, capsys):
    """Each fault is named with its file; nothing is written before all are right."""
    (tmp_path / "solutions").mkdir()
    for name, source in {
        "01_a": GOOD,
        "02_b": "x = 1",
        "03_c": "# END SOLUTION",
    }.items():
        path = tmp_path / "solutions" / f"{name}_solutions.ipynb"
        nbformat.write(notebook((source, [])), path)
    (tmp_path / "solutions" / "04_d_solutions.ipynb").write_text("{")
    with pytest.raises(SystemExit) as stop:
        main([str(tmp_path)])
    assert stop.value.code == 1
    said = capsys.readouterr().err
    assert "02_b_solutions.ipynb: The solution notebook marks no solution" in said
    assert re.search(r"03_c_solutions.ipynb: cell 1 \(id='\w+'\), line 1: ", said)
    assert "04_d_solutions.ipynb: " in said and "01_a" not in said
    assert not (tmp_path / "exercises").exists()


def test_answers_stay_and_are_said_to(folder, capsys):
    change(first(folder), answer="x = my_own_work()")
    before = first(folder).read_bytes()
    main([str(folder)])
    assert first(folder).read_bytes() == before
    said = capsys.readouterr().out
    assert "01_a_exercises.ipynb: left as it is, somebody has written into it" in said
    assert "1 left as they are; python -m imbtutor.exercises --force" in said


def test_answers_stay_when_the_solution_has_changed_since(folder):
    change(first(folder), answer="x = my_own_work()")
    changed = notebook((f"{GOOD}\nprint('new')", []))
    nbformat.write(changed, folder / "solutions" / "01_a_solutions.ipynb")
    main([str(folder)])
    assert "my_own_work" in first(folder).read_text()


def test_a_note_in_the_text_stays_too(folder):
    book = nbformat.read(first(folder), as_version=4)
    book.cells.append(nbformat.v4.new_markdown_cell("Ask about this."))
    nbformat.write(book, first(folder))
    main([str(folder)])
    assert "Ask about this." in first(folder).read_text()


def test_a_notebook_that_was_only_run_is_renewed(folder):
    """Outputs, counts and what JupyterLab adds are no answers."""
    change(first(folder))
    changed = notebook((f"{GOOD}\nprint('new')", []))
    nbformat.write(changed, folder / "solutions" / "01_a_solutions.ipynb")
    main([str(folder)])
    made = nbformat.read(first(folder), as_version=4)
    assert made.cells[0].source == "# Write your code here.\n...\nprint('new')"
    assert made.cells[0].outputs == []


def test_a_notebook_of_before_the_fingerprint_is_known(folder):
    """If its text is what the solution gives, it is renewed; otherwise it stays."""
    book = nbformat.read(first(folder), as_version=4)
    del book.metadata["imbtutor"]
    nbformat.write(book, first(folder))
    main([str(folder)])
    assert "imbtutor" in nbformat.read(first(folder), as_version=4).metadata
    book.cells[0].source = "x = my_own_work()"
    nbformat.write(book, first(folder))
    main([str(folder)])
    assert "my_own_work" in first(folder).read_text()


@pytest.mark.parametrize("text", ["", "{", "<<<<<<< HEAD\n{}", "[]", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_left_alone(folder, text):
    """Half a notebook, or one with marks of a merge, may hold answers."""
    first(folder).write_text(text)
    main([str(folder)])
    assert first(folder).read_text() == text


def test_force_copies_first_and_no_copy_is_lost(folder, capsys):
    for number in [1, 2]:
        change(first(folder), answer=f"x = my_own_work({number})")
        mine = first(folder).read_bytes()
        main([str(folder), "--force"])
        copy = first(folder).with_name(f"01_a_exercises_yours_{number}.ipynb")
        assert copy.read_bytes() == mine
        assert f"what was there is now {copy.name}" in capsys.readouterr().out
        assert "my_own_work" not in first(folder).read_text()
    # The other notebook was not edited: there is nothing to copy.
    assert len(list((folder / "exercises").iterdir())) == 4


def test_a_failure_while_writing_leaves_the_old_file_whole(folder, monkeypatch):
    """On a full disk, or where it is stopped: the old notebook, and no rest of it."""
    changed = notebook((f"{GOOD}\nprint('new')", []))
    nbformat.write(changed, folder / "solutions" / "01_a_solutions.ipynb")
    before = first(folder).read_bytes()

    def full(path, data):
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        main([str(folder)])
    assert first(folder).read_bytes() == before
    assert len(list((folder / "exercises").iterdir())) == 2


def test_a_folder_without_solutions_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "run this from the top of the repository" in capsys.readouterr().err


def test_the_committed_exercises_are_those_of_the_solutions(tmp_path):
    """Whoever edits a solution runs `make exercises`."""
    shutil.copytree(NOTEBOOKS / "solutions", tmp_path / "solutions")
    main([str(tmp_path)])
    made = sorted((tmp_path / "exercises").glob("*.ipynb"))
    committed = sorted((NOTEBOOKS / "exercises").glob("*.ipynb"))
    assert [path.name for path in made] == [path.name for path in committed]
    for mine, theirs in zip(made, committed, strict=True):
        assert mine.read_text("utf-8") == theirs.read_text("utf-8"), theirs.name


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_an_exercise_says_how_long_it_takes(path):
    """An estimate that follows the work: an exercise that grows gets more minutes.

    Three minutes to think for each task, 45 seconds for each line to be written, and
    150 words a minute to read. No class has been timed, so ten minutes either way.
    """
    book = nbformat.read(path, as_version=4)
    (said,) = re.findall(r"^Takes about (\d+) minutes\.$", book.cells[0].source, re.M)
    tasks = lines = words = 0
    for cell in book.cells:
        tasks += len(re.findall(r"with task\(", cell.source))
        regions = re.findall(r"### BEGIN SOLUTION\n(.+?)### END", cell.source, re.S)
        lines += sum(len(re.findall(r"\S.*", region)) for region in regions)
        if cell.cell_type == "markdown":
            words += len(cell.source.split())
    assert abs(int(said) - (3 * tasks + 0.75 * lines + words / 150)) <= 10


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_a_solution_is_counted_as_correct_and_an_open_exercise_as_open(path):
    """The checks can tell: all say Correct on the solution, none on empty cells.

    Both notebooks have been run by nbval, or are run here once.
    """

    def said(path):
        return "".join(
            output.text
            for cell in execution.outputs(path).cells
            if cell.cell_type == "code"
            for output in cell.outputs
            if output.output_type == "stream"
        )

    solution = said(path)
    n_tasks = max(map(int, re.findall(r"with task\((\d+)\)", path.read_text("utf-8"))))
    assert f"{n_tasks} of {n_tasks} correct.\n" in solution
    assert "Not yet" not in solution
    # The committed exercises are those of the solutions: the test above.
    exercise = path.stem.replace("_solutions", "_exercises")
    opened = said(NOTEBOOKS / "exercises" / f"{exercise}.ipynb")
    assert opened.count("Not yet: there is no answer so far.\n") == n_tasks
    assert opened.count("Not yet") == n_tasks and "Correct" not in opened
    numbers = ", ".join(map(str, range(1, n_tasks + 1)))
    assert f"0 of {n_tasks} correct. Open: task {numbers}.\n" in opened


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        (np.float64(2), 2),
        ([1, 2], np.array([1.0, 2.0])),
        ("SMOTE", "SMOTE"),
        (np.True_, True),
        (["a", "b"], ["a", "b"]),
        ([], []),
    ],
)
def test_right_answers(value, expected, capsys):
    check(value, expected, "a hint")
    assert capsys.readouterr().out == "Correct.\n"


@pytest.mark.parametrize(
    ("value", "expected", "shown"),
    [
        (1.1, 1.0, "1.1"),
        (False, True, "False"),
        ([1, 4], [1, 2], "[1, 4]"),
        ("recall", "precision", "'recall'"),
        (np.float64(0.25), 1.0, "0.25"),
        (np.arange(30), np.ones(30), "[ 0, 1, 2, ..., 27, 28, 29], shape (30,)"),
    ],
)
def test_wrong_answers_get_the_hint_and_are_shown(value, expected, shown, capsys):
    check(value, expected, "a hint")
    assert capsys.readouterr().out == f"Not yet: a hint\n  You have: {shown}\n"


@pytest.mark.parametrize("value", [None, ...])
def test_no_answer_is_said_so(value, capsys):
    check(value, 1, "a hint")
    assert capsys.readouterr().out == "Not yet: there is no answer so far.\n"


def generator():
    yield 1.0


class Stubborn:
    """As bad as an answer can be."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    def __repr__(self):
        raise RuntimeError("no name")


@pytest.mark.parametrize(
    ("value", "expected", "word"),
    [
        ("0.86", 0.86, "a number is asked for, and this is text"),
        (["1", "2"], [1, 2], "numbers are asked for, and this is text"),
        ("one", 1, "a number is asked for, and this is text"),
        ("True", True, "True or False is asked for, and this is text"),
        (3, "SMOTE", "text is asked for, and this is not"),
        ("Coherent ", "coherent", "nearly: mind capitals and blanks"),
        (np.mean, 1.0, "this is a function and no result"),
        ("abc".upper, "ABC", "this is a function and no result"),
        ({1: 2}, 1.0, "a number is asked for, and this is of type dict"),
        ({1, 2}, [1, 2], "a list or an array is asked for, and this is of type set"),
        (
            generator(),
            [1.0],
            "a list or an array is asked for, and this is of type gener",
        ),
        (object(), 1.0, "a number is asked for, and this is of type object"),
        (Stubborn(), 1.0, "the answer is of a kind that cannot be compared"),
        ([1, [2, 3]], [1, 2], "the parts of the answer have different lengths"),
        ([1.0, None], [1.0, 2.0], "a part of the answer is still missing"),
        ([[1, ...], [2, 3]], [[1, 2], [2, 3]], "a part of the answer is still"),
        ([0.5], 0.5, "one value is asked for, and this has the shape (1,)"),
        (0.5, [0.5, 0.7], "several values are asked for, and this is one"),
        ([[1], [2]], [1, 2], "a flat list is asked for, and this has the shape"),
        ([1, 2], [[1], [2]], "a table is asked for, and this has the shape (2,)"),
        ([1, 2, 3], [1, 2], "too many entries: 3"),
        ([1], [1, 2], "too few entries: 1"),
        (np.ones((2, 3)), np.ones((2, 2)), "too many columns: 3"),
        (np.ones((1, 2)), np.ones((2, 2)), "too few rows: 1"),
        ([[1, 2, 3], [4, 5, 6]], [[1, 4], [2, 5], [3, 6]], "rows and columns are exch"),
        (float("nan"), 1.0, "there is a nan in it"),
        (0.86, 0.8611, "the answer is rounded"),
        ([0.9, 0.1], [0.86, 0.0957], "the answer is rounded"),
        (0.0, 0.003, "a hint"),  # not rounded: wrong
        (0.14, 0.86, "your answer and the right one add up to 1"),
        ([0.9, 0.2], [0.1, 0.8], "your answer and the right one add up to 1"),
        (0, 1, "a hint"),  # a count of 0 is no complement
        (4.25, 0.0425, "a share is asked for, from 0 to 1"),
        (-0.3, 0.3, "the sign is turned around"),
        ((2, 1), (1, 2), "the values are right, and their order is not"),
        ([1, 1, 2], [1, 2, 1], "a hint"),  # equal numbers: no order to speak of
        ([True, False], [False, True], "True and False are exchanged"),
        ([False, False], [True, True], "a hint"),
    ],
)
def test_each_kind_of_wrong_answer_gets_its_word(value, expected, word, capsys):
    """And no answer makes the check raise."""
    check(value, expected, "a hint")
    said = capsys.readouterr().out
    assert said.startswith(f"Not yet: {word}")
    assert "\n  You have: " in said


ODD = [
    *[0, 1.5, 2 + 1j, True, "", "1", b"1", None, ..., float("inf"), 10**400, slice(1)],
    *[[], [[]], [[], [1]], (None,), {}, set(), range(3), np.mean, float, Stubborn()],
    *[np.datetime64("2024-01-01"), np.array([object()]), np.ma.masked, np.ones(0)],
    *[np.zeros((2, 2, 2)), np.array(["a", 1], dtype=object), np.zeros(2, "i4,f8")],
    *[pd.NA, pd.NaT, pd.Series([1, None]), pd.DataFrame({"a": ["x"]}), pd.Index([1])],
    *[pd.Series([1, None], dtype="Int64"), pd.Categorical(["a"]), [Stubborn(), 1]],
]


@pytest.mark.parametrize(
    "expected", [1, 0.5, True, "a", [1, 2], [0.5], [True, False], ["a"], [[1, 0.5]], []]
)
def test_no_answer_makes_a_check_raise(expected, capsys):
    for value in ODD:
        check(value, expected, "a hint")
        check(value, expected, "a hint", key=len, mistakes={"a word": [1]})
    said = capsys.readouterr().out
    assert said.count("Not yet") + said.count("Correct") == 2 * len(ODD)


def test_what_is_judged_may_be_a_part_of_the_answer(capsys):
    check([3, 1], 2, "two of them.", key=len)
    check([3, 1, 1], 2, "two of them.", key=len)
    check([3, 1], True, "a function is asked for.", key=callable)
    check(7, 2, "two of them.", key=len)
    check(np.mean, 2, "two of them.", key=len)
    check(None, 2, "two of them.", key=len)
    assert capsys.readouterr().out == (
        "Correct.\n"
        "Not yet: two of them.\n  You have: 3\n"
        "Not yet: a function is asked for.\n  You have: [3, 1]\n"
        "Not yet: the check cannot use your answer (TypeError: object of type 'int' "
        "has no len()).\n  Hint: two of them.\n  You have: 7\n"
        "Not yet: this is a function and no result: call it, with parentheses.\n"
        f"  Hint: two of them.\n  You have: {np.mean!r}\n"
        "Not yet: there is no answer so far.\n"
    )


def test_a_known_mistake_gets_its_own_word(capsys):
    check(0.5, 0.7, "a hint", mistakes={"that is the recall.": 0.5})
    check(0.6, 0.7, "a hint", mistakes={"that is the recall.": 0.5})
    assert capsys.readouterr().out == (
        "Not yet: that is the recall.\n  Hint: a hint\n  You have: 0.5\n"
        "Not yet: a hint\n  You have: 0.6\n"
    )


def test_a_task_ends_at_its_first_wrong_answer(capsys):
    with task(1):
        check(1, 1, "a hint")
        check(2, 1, "a hint")
        check(3, 1, "another hint")
    assert capsys.readouterr().out == "Correct.\nNot yet: a hint\n  You have: 2\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NameError("name 'X' is not defined"), "NameError: name 'X' is not defined"),
        (ValueError(), "ValueError"),
        (SystemExit(3), "SystemExit: 3"),
        (ValueError("two\nlines"), "ValueError: two lines"),
    ],
)
def test_what_an_answer_raises_goes_no_further(error, said, capsys):
    def answer():
        raise error

    with task(1):
        check(answer(), 1, "a hint")
    tally(1)
    assert capsys.readouterr().out == (
        f"Not yet: your code raised {said}\n0 of 1 correct. Open: task 1.\n"
    )


def test_an_error_is_placed_in_the_reader_s_function(capsys):
    cells = "def mine(x):\n    y = 1\n    return x + nothing\n"
    names = {"__name__": "__main__", "check": check, "task": task}
    exec(cells, names)
    exec("with task(1):\n    check(mine(1), 1, 'a hint')", names)
    assert capsys.readouterr().out == (
        "Not yet: your code raised NameError: name 'nothing' is not defined "
        "(line 3 of the cell with mine)\n"
    )


def test_the_reader_may_still_interrupt():
    with pytest.raises(KeyboardInterrupt), task(1):
        raise KeyboardInterrupt


def test_a_function_that_prints_and_returns_nothing_is_told(capsys):
    def mine():
        print(0.86)

    with task(1):
        check(0.86, 0.86, "a hint")
        check(mine(), 0.86, "a hint")
    with task(1):
        check(0.86, 0.86, "a hint")
        check(None, 0.86, "a hint")
    assert capsys.readouterr().out == (
        "Correct.\n0.86\n"
        "Not yet: your code prints, and returns nothing: end it with `return`.\n"
        "Correct.\nNot yet: there is no answer so far.\n"
    )


def test_the_count_follows_the_last_run_of_each_task(capsys):
    for first_answer in [1, 2, 1]:
        with task(1):
            check(first_answer, 1, "a hint")
        with task(2):
            check(2, 2, "a hint")
        capsys.readouterr()
        tally(3)
        said = capsys.readouterr().out
        if first_answer == 1:
            assert said == "2 of 3 correct. Open: task 3.\n"
        else:
            assert said == "1 of 3 correct. Open: task 1, 3.\n"
    tally(2)
    assert capsys.readouterr().out == "2 of 2 correct.\n"


@pytest.fixture(autouse=True)
def no_tasks(monkeypatch):
    """Each test counts from nothing."""
    monkeypatch.setattr("imbtutor.exercises._correct", {})
