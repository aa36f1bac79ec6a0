"""Make the reader's notebooks from the solutions: ``python -m imbtutor.exercises``.

It reads ``notebooks/solutions/NN_slug_solutions.ipynb``, the only place where an
exercise is edited, and writes ``notebooks/exercises/NN_slug_exercises.ipynb``:
cells tagged ``solution`` go, and what stands between the lines
``### BEGIN SOLUTION`` and ``### END SOLUTION`` becomes
``# Write your code here.`` and ``...``. A notebook with answers in it stays as it
is, unless ``--force`` is given; then a copy is put beside it first.
"""

import argparse
import difflib
import hashlib
import json
import os
import re
from pathlib import Path

import nbformat

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def _line_kind(line):
    """Return "begin", "end", "mistyped" or None for a line of a cell."""
    if line.strip() in (BEGIN, END):
        return "begin" if line.strip() == BEGIN else "end"
    _, hash_sign, comment = line.partition("#")
    if not hash_sign:
        return None
    words = re.sub("[^a-z]", "", comment.lower())
    # A misspelled marker would hand the solution out: rather refuse a line too many.
    verb = "(begin|start|end|stop)"
    if re.match(f"{verb}.{{0,3}}solu|solution{verb}", words) or any(
        difflib.SequenceMatcher(None, words, marker).ratio() > 0.85
        for marker in ("beginsolution", "endsolution")
    ):
        return "mistyped"
    return None


def _open(source, where):
    """Return the source of a cell without its solutions, and how many it had."""
    lines, count, begun = [], 0, None
    for number, line in enumerate(source.split("\n"), 1):
        kind = _line_kind(line)
        at = f"{where}, line {number}"
        if kind == "mistyped":
            raise ValueError(
                f"{at}: {line.strip()!r} looks like a marker and is none; write "
                f"{BEGIN!r} or {END!r}, alone on its line."
            )
        if kind == ("end" if begun is None else "begin"):
            raise ValueError(
                f"{at}: {line.strip()!r} is unmatched; each {BEGIN!r} has its {END!r}."
            )
        if kind == "begin":
            begun = number
            indent = line[: line.index("#")]
            # The dots make an empty body valid; it returns None, "not answered yet".
            lines += [f"{indent}# Write your code here.", f"{indent}..."]
            count += 1
        elif kind == "end":
            begun = None
        elif begun is None:
            lines.append(line)
    if begun is not None:
        raise ValueError(f"{where}, line {begun}: {BEGIN!r} is unmatched.")
    return "\n".join(lines), count


def make_exercise(solution):
    """Return the reader's notebook for a solution notebook.

    Parameters
    ----------
    solution : nbformat.NotebookNode
        The solution. It is not changed.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook without outputs, solution cells and solution regions. Its
        metadata hold a fingerprint of the text, by which `main` knows later whether
        somebody has written into it.

    Raises
    ------
    ValueError
        If a cell opens a solution region that it does not close, has a line or a tag
        that looks like a marker and is none, or the notebook has no solution to take
        out. The message names cell and line.
    """
    exercise = nbformat.from_dict(solution)
    cells = []
    removed = 0
    for number, cell in enumerate(exercise.cells, 1):
        where = f"cell {number} (id={cell.get('id')!r})"
        tags = cell.metadata.get("tags", [])
        for tag in tags:
            if tag != "solution" and tag.strip().lower().rstrip("s") == "solution":
                raise ValueError(f"{where}: the tag {tag!r} must be 'solution'.")
        # Some editors store the line ends of Windows.
        source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
        if "solution" in tags:
            removed += 1
            continue
        cell.source, count = _open(source, where)
        removed += count
        if count:
            # Book and JupyterLab fold the solution away; the reader's cell is open.
            cell.metadata["tags"] = [tag for tag in tags if tag != "hide-input"]
            cell.metadata.pop("jupyter", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
    if not removed:
        raise ValueError(
            "The solution notebook marks no solution; tag a cell 'solution' or use "
            f"{BEGIN!r} and {END!r}."
        )
    exercise.cells = cells
    exercise.metadata["imbtutor"] = {"untouched": _fingerprint(exercise)}
    return exercise


def _fingerprint(notebook):
    """Hash what a reader writes: text and code, and nothing that running adds.

    JupyterLab stores outputs, counts and its own metadata when a notebook is only run
    and saved, and it puts an empty cell at the end: none of that is an answer.
    """
    written = [
        [cell.cell_type, [line.rstrip() for line in cell.source.strip().splitlines()]]
        for cell in notebook.cells
        if cell.source.strip()
    ]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _edited(path, made):
    """Say whether the file at `path` holds more than what was generated once."""
    if not path.exists():
        return False
    try:
        there = nbformat.read(path, as_version=4)
        now = _fingerprint(there)
        then = there.metadata.get("imbtutor", {}).get("untouched")
    except Exception:  # half a file, or marks of a merge: answers may be in it
        return True
    # Notebooks of before the fingerprint are known if the solution stayed as it was.
    return now not in (then, made.metadata["imbtutor"]["untouched"])


def _write(path, data):
    """Write bytes so that the file is the old one or the new one, and whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _copy(path):
    """Copy the reader's notebook beside itself, over no other file."""
    number = 1
    while (copy := path.with_name(f"{path.stem}_yours_{number}.ipynb")).exists():
        number += 1
    _write(copy, path.read_bytes())
    return copy


def main(argv=None):
    """Write the exercise notebooks; called by ``python -m imbtutor.exercises``."""
    parser = argparse.ArgumentParser(
        prog="python -m imbtutor.exercises",
        description="Write the exercise notebooks; those with answers stay.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("notebooks"),
        help="folder that holds solutions/ and exercises/ (default: notebooks)",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="write those with answers, too, after a copy NN_slug_exercises_yours_1",
    )
    arguments = parser.parse_args(argv)
    folder = arguments.folder
    sources = sorted((folder / "solutions").glob("*_solutions.ipynb"))
    if not sources:
        parser.error(
            f"folder={str(folder)!r} has no solutions/*_solutions.ipynb; "
            "run this from the top of the repository."
        )
    # All are made before one is written: an error leaves every file as it was.
    made, faults = {}, []
    for source in sources:
        name = source.name.replace("_solutions.ipynb", "_exercises.ipynb")
        try:
            notebook = make_exercise(nbformat.read(source, as_version=4))
        except Exception as error:
            faults.append(f"{source}: {error}")
        else:
            made[folder / "exercises" / name] = notebook
    if faults:
        parser.exit(1, "\n".join([*faults, "Nothing was written.", ""]))
    (folder / "exercises").mkdir(exist_ok=True)
    kept = 0
    for path, notebook in made.items():
        if _edited(path, notebook):
            if not arguments.force:
                print(f"{path}: left as it is, somebody has written into it")
                kept += 1
                continue
            print(f"{path}: what was there is now {_copy(path).name}")
        _write(path, f"{nbformat.writes(notebook)}\n".encode())
        print(path)
    if kept:
        print(
            f"{kept} left as they are; python -m imbtutor.exercises --force writes "
            "them, after a copy of each."
        )


if __name__ == "__main__":
    main()
