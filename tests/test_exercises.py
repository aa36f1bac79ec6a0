"""Exercise notebooks come from the solutions, and their checks judge rightly."""

import shutil
from pathlib import Path

import execution
import nbformat
import numpy as np
import pytest

from imbtutor.exercises import check, main, make_exercise

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


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("### BEGIN SOLUTION\nx = 1", "unmatched"),
        ("x = 1\n### END SOLUTION", "unmatched"),
        ("x = 1", "marks no solution"),
    ],
)
def test_a_broken_solution_is_refused(source, message):
    with pytest.raises(ValueError, match=message):
        make_exercise(notebook((source, [])))


def test_one_broken_solution_leaves_every_file_as_it_was(tmp_path):
    (tmp_path / "solutions").mkdir()
    good = notebook(("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", []))
    nbformat.write(good, tmp_path / "solutions" / "01_a_solutions.ipynb")
    bad = notebook(("x = 1", []))
    nbformat.write(bad, tmp_path / "solutions" / "02_b_solutions.ipynb")
    with pytest.raises(ValueError, match="marks no solution"):
        main([str(tmp_path)])
    assert not (tmp_path / "exercises").exists()


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
def test_a_solution_passes_every_check_and_an_open_exercise_fails_some(path):
    """The checks can tell: all say Correct on the solution, not on empty cells.

    Both notebooks have been run by nbval, or are run here once.
    """

    def said(path):
        text = "".join(
            output.text
            for cell in execution.outputs(path).cells
            if cell.cell_type == "code"
            for output in cell.outputs
            if output.output_type == "stream"
        )
        return text.count("Correct.\n"), text.count("Not yet: ")

    # The committed exercises are those of the solutions: the test above.
    exercise = path.stem.replace("_solutions", "_exercises")
    right, wrong = said(NOTEBOOKS / "exercises" / f"{exercise}.ipynb")
    assert wrong > 0
    all_right, none_wrong = said(path)
    assert (all_right, none_wrong) == (right + wrong, 0)


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
    ],
)
def test_right_answers(value, expected, capsys):
    check(value, expected, "a hint")
    assert capsys.readouterr().out == "Correct.\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.1, 1.0),
        ([1, 2, 3], [1, 2]),
        ("1", 1.5),
        ("one", 1),
        ([1, [2, 3]], [1, 2]),
        (float("nan"), 1.0),
        (False, True),
        (object(), 1.0),
    ],
)
def test_wrong_answers_get_the_hint(value, expected, capsys):
    check(value, expected, "a hint")
    assert capsys.readouterr().out == "Not yet: a hint\n"


@pytest.mark.parametrize("value", [None, ...])
def test_no_answer_is_said_so(value, capsys):
    check(value, 1, "a hint")
    assert capsys.readouterr().out == "Not yet: there is no answer so far.\n"
