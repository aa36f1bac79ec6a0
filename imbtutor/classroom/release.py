"""Fill the sources in for each variant, and write what students get."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import nbformat

from . import marking, sandbox

VARIANTS = {"a": 1402, "b": 2817}
"""The seed of each variant. A school may take any others, by ``--variant``."""
SEED = re.compile(r"^SEED = 0$", re.MULTILINE)
BRACES = re.compile(r"\{\{(\w+)(:[^{}]*)?\}\}")


def fill_in(source, seed):
    """Return a source for one variant: its seed set, its numbers filled in.

    Parameters
    ----------
    source : NotebookNode
        As it stands in ``notebooks/assignments/source``. It is not changed.
    seed : int
        The variant's.

    Returns
    -------
    book : NotebookNode
        Without the author's cells, which computed the numbers of the text.

    Raises
    ------
    ValueError
        If the seed has no place, or braces name something that is not computed.
    """
    book = nbformat.from_dict(json.loads(json.dumps(source)))
    seeds, names = 0, {"__name__": "author"}
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source, count = SEED.subn(f"SEED = {seed}", cell.source)
            seeds += count
        if "author" in cell.metadata.get("tags", []):
            exec(cell.source, names)  # our own code, not a student's
    if seeds != 2:
        raise ValueError(
            f"'SEED = 0' stands {seeds} times alone on its line: write it once in the "
            "author's first cell, and once in the first given cell."
        )

    def number(match):
        if match[1] not in names:
            raise ValueError(f"{match[0]}: the author's cells compute no {match[1]}.")
        return format(names[match[1]], (match[2] or ":")[1:])

    book.cells = [
        cell for cell in book.cells if "author" not in cell.metadata.get("tags", [])
    ]
    for cell in book.cells:
        cell.source = BRACES.sub(number, cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return book


def release(assignments, course, variants, nbgrader, limits, sandboxed=True):
    """Write the released notebooks of all assignments into a course.

    Parameters
    ----------
    assignments : Path
        ``notebooks/assignments``.
    course : Path
        Where sources, releases and the grade book of the course stand.
    variants : dict of str to int
        The seed of each.
    nbgrader : callable
        Gives nbgrader's interface for a course.
    """
    course.mkdir(parents=True, exist_ok=True)
    shutil.copy(assignments / "nbgrader_config.py", course)
    for folder in sorted(path for path in (assignments / "source").iterdir()):
        original = folder / f"{folder.name}.ipynb"
        if not original.exists():
            continue
        source = nbformat.read(original, as_version=4)
        for variant, seed in variants.items():
            name = f"{folder.name}_{variant}"
            text = nbformat.writes(fill_in(source, seed))
            place = course / "source" / name
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.ipynb").write_text(text, "utf-8")
            for file in folder.iterdir():
                if file.is_file() and file.suffix != ".ipynb":
                    shutil.copy(file, place)
            seconds = _expect(course, name, text, limits, sandboxed)
            _generate(nbgrader(course), name)
            print(f"{course / 'release' / name}/{name}.ipynb  {seconds}")


def _expect(course, name, text, limits, sandboxed):
    """Run a solution for the values to expect, unless this very text has been run."""
    path = course / "expected" / f"{name}.json"
    stamp = hashlib.sha256(text.encode()).hexdigest()
    if path.exists() and json.loads(path.read_text("utf-8"))["stamp"] == stamp:
        return "unchanged"
    book = nbformat.reads(text, as_version=4)
    try:
        values = marking.expect(book, limits, sandboxed)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"stamp": stamp, "values": values}), "utf-8")
    return "the solution was run"


def _generate(api, name):
    done = api.generate_assignment(name, force=True)
    if not done["success"]:
        raise RuntimeError(f"nbgrader did not release {name}:\n{done.get('log')}")


def copy_of(course, name, which):
    """Return the notebook of an assignment: which="source", or "release"."""
    path = Path(course, which, name, f"{name}.ipynb")
    if not path.exists():
        known = sorted(each.name for each in Path(course, "release").glob("*"))
        choice = f", or choose one of {', '.join(known)}" if known else ""
        raise FileNotFoundError(
            f"there is no assignment {name!r} in {course}: run `make assignments`"
            f"{choice}."
        )
    return nbformat.read(path, as_version=4)


def require_sandbox(sandboxed):
    """Say once whether student code is walled in, or stop.

    Raises
    ------
    RuntimeError
        If there is no sandbox, and the caller has not said to go on without.
    """
    if not sandboxed:
        return (
            "WITHOUT A SANDBOX: student code runs with your rights: it can read hidden "
            "tests and your files, write them, and reach the network. Limits of time "
            "and memory hold."
        )
    problem = sandbox.problem()
    if problem:
        raise RuntimeError(
            f"No sandbox: {problem}. Nothing was run. Install it, or go on without by "
            "--no-sandbox (make: SANDBOX=no); then student code has your rights."
        )
    return "Student code runs in the sandbox (bubblewrap), without a network."
