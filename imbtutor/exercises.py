"""Exercises: notebooks for the reader made from the solutions, and their checks.

``python -m imbtutor.exercises`` (or ``make exercises``) reads
``notebooks/solutions/NN_slug_solutions.ipynb``, the only place where an
exercise is edited, and writes ``notebooks/exercises/NN_slug_exercises.ipynb``:
cells tagged ``solution`` go, and what stands between the lines
``### BEGIN SOLUTION`` and ``### END SOLUTION`` becomes
``# Write your code here.`` and ``...``.
"""

import argparse
import re
from pathlib import Path

import nbformat
import numpy as np

_REGION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
# The dots make an empty function body valid; it returns None, "not answered yet".
_HERE = r"\g<indent># Write your code here.\n\g<indent>..."


def check(value, expected, hint, *, atol=1e-9):
    """Say whether an answer is right, and what to look at where it is not.

    It prints and never raises, so that a notebook with open exercises still
    runs from top to bottom.

    Parameters
    ----------
    value : object
        The reader's answer: a number, an array, a string or a bool. None and
        ``...`` count as not answered yet.
    expected : object
        The right answer.
    hint : str
        What to look at where the answer is wrong; it should not give it away.
    atol : float, default=1e-9
        How far numbers may be off.

    Examples
    --------
    >>> from imbtutor.exercises import check
    >>> check(0.5, 0.5, "Half of the pairs are in order.")
    Correct.
    >>> check(0.4, 0.5, "Half of the pairs are in order.")
    Not yet: Half of the pairs are in order.
    >>> check(None, 0.5, "Half of the pairs are in order.")
    Not yet: there is no answer so far.
    """
    if value is None or value is ...:
        print("Not yet: there is no answer so far.")
    elif _equal(value, expected, atol):
        print("Correct.")
    else:
        print(f"Not yet: {hint}")


def _equal(value, expected, atol):
    try:
        value, expected = np.asarray(value), np.asarray(expected)
        if value.shape != expected.shape:
            return False
        if expected.dtype.kind in "fiu":
            return np.allclose(value.astype(float), expected, rtol=0, atol=atol)
        return bool((value == expected).all())
    except (
        TypeError,
        ValueError,
    ):  # text where a number was asked for, a ragged list
        return False


def make_exercise(solution):
    """Return the reader's notebook for a solution notebook.

    Parameters
    ----------
    solution : nbformat.NotebookNode
        The solution. It is not changed.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook without outputs, solution cells and solution regions.

    Raises
    ------
    ValueError
        If a cell opens a solution region that it does not close, or the
        notebook has no solution to take out.
    """
    exercise = nbformat.from_dict(solution)
    cells = []
    removed = 0
    for cell in exercise.cells:
        if "solution" in cell.metadata.get("tags", []):
            removed += 1
            continue
        source, count = _REGION.subn(_HERE, cell.source)
        removed += count
        if "### BEGIN SOLUTION" in source or "### END SOLUTION" in source:
            raise ValueError(
                f"The cell id={cell.id!r} has an unmatched '### BEGIN SOLUTION' or "
                "'### END SOLUTION'; write both lines, each alone on its line."
            )
        cell.source = source
        if count:
            # Book and JupyterLab fold the solution away; the reader's cell is open.
            cell.metadata["tags"] = [
                tag for tag in cell.metadata.get("tags", []) if tag != "hide-input"
            ]
            cell.metadata.pop("jupyter", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
    if not removed:
        raise ValueError(
            "The solution notebook marks no solution; tag a cell 'solution' or use "
            "'### BEGIN SOLUTION' and '### END SOLUTION'."
        )
    exercise.cells = cells
    return exercise


def main(argv=None):
    """Write every exercise notebook; called by ``python -m imbtutor.exercises``."""
    parser = argparse.ArgumentParser(
        prog="python -m imbtutor.exercises",
        description="Write the exercise notebooks.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("notebooks"),
        help="folder that holds solutions/ and exercises/ (default: notebooks)",
    )
    folder = parser.parse_args(argv).folder
    sources = sorted((folder / "solutions").glob("*_solutions.ipynb"))
    if not sources:
        parser.error(
            f"folder={str(folder)!r} has no solutions/*_solutions.ipynb; "
            "run this from the top of the repository."
        )
    # All are made before one is written: an error leaves every file as it was.
    made = {
        folder / "exercises" / path.name.replace("_solutions", "_exercises"): (
            make_exercise(nbformat.read(path, as_version=4))
        )
        for path in sources
    }
    (folder / "exercises").mkdir(exist_ok=True)
    for path, notebook in made.items():
        nbformat.write(notebook, path)
        print(path)


if __name__ == "__main__":
    main()
