"""A course in which tests grade made-up students by the teacher's commands."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from imbtutor.classroom import repair

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = ROOT / "notebooks" / "assignments"
NAMES = sorted(path.parent.name for path in ASSIGNMENTS.glob("source/*/*.ipynb"))
NAME = "metrics_and_thresholds_a"
# Enough for honest cells, which need a second or two, on a busy machine.
CELL_SECONDS = 25


def teacher(*arguments, course, fails=False):
    """Run a teacher's command, and return what it prints."""
    python = os.environ.get("IMBTUTOR_TEACH", ROOT / ".venv-teach" / "bin" / "python")
    command = [python, "-m", "imbtutor.classroom", *map(str, arguments)]
    done = subprocess.run(
        [*command, "--course", course],
        capture_output=True,
        text=True,
        cwd=ROOT,
        # Nothing compiled appears among the files that have to stay as they are.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def open_course(top, names):
    """Return a course with one variant of some assignments, released.

    Without the teachers' tools, the test that asks for it is skipped, but never in CI.
    """
    missing = []
    if not (ROOT / ".venv-teach").exists() and "IMBTUTOR_TEACH" not in os.environ:
        missing.append("make .venv-teach/.ready")
    if shutil.which("bwrap") is None:
        missing.append("apt-get install bubblewrap")
    if missing:
        message = f"needs the teachers' tools: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    settings = top / "assignments"
    for name in names:
        shutil.copytree(ASSIGNMENTS / "source" / name, settings / "source" / name)
    text = (ASSIGNMENTS / "nbgrader_config.py").read_text("utf-8")
    text += f"c.ExecuteInSandbox.cell_seconds = {CELL_SECONDS}\n"
    text += "c.ExecuteInSandbox.notebook_seconds = 240\n"
    text += "c.ExecuteInSandbox.memory_mb = 3000\n"
    (settings / "nbgrader_config.py").write_text(text, "utf-8")
    options = ["--assignments", settings, "--variant", "a=1402"]
    teacher("release", *options, course=top / "course")
    return top / "course"


def notebook(course, which, name=NAME):
    return nbformat.read(course / which / name / f"{name}.ipynb", as_version=4)


def solved(course, name=NAME):
    book = notebook(course, "release", name)
    models = {
        repair._label(cell): cell.source
        for cell in notebook(course, "source", name).cells
    }
    for cell in book.cells:
        if repair._is_answer(cell):
            cell.source = repair._without_markers(models[repair._label(cell)])
    return book


def put(folder, name, book):
    folder.mkdir(parents=True, exist_ok=True)
    # Not by nbformat, which mends doubled ids and asks for labels.
    (folder / name).write_text(json.dumps(book), "utf-8")
