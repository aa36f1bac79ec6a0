"""Each assignment, from its source to a mark; and grading without a sandbox."""

import csv
import os
import shutil
from pathlib import Path

import pytest
from school import NAME, NAMES, ROOT, notebook, open_course, put, solved, teacher


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with all assignments."""
    return open_course(tmp_path_factory.mktemp("school"), NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_assignment_gives_full_marks_and_none(name, course):
    """The solution all points for code, and what is handed out none."""
    name = f"{name}_a"
    inbox = course.parent / f"inbox_{name}"
    put(inbox, "solution.ipynb", solved(course, name))
    put(inbox, "release.ipynb", notebook(course, "release", name))
    teacher("grade", "--assignment", name, "--from", inbox, course=course)
    with (course / "tables" / f"{name}_grade.csv").open(encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    auto = sum(
        cell.metadata.nbgrader.points
        for cell in notebook(course, "release", name).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    )
    assert rows["solution"]["status"] == rows["release"]["status"] == "graded"
    assert float(rows["solution"]["points"]) == auto
    assert float(rows["release"]["points"]) == 0
    assert rows["solution"]["to_read"] == "yes" and not rows["release"]["to_read"]


def test_without_a_sandbox_nothing_runs_but_on_demand(course, tmp_path, monkeypatch):
    """Where bwrap is missing: one line that says so, and what is lost without it."""
    put(tmp_path / "in", "a.ipynb", notebook(course, "release"))
    python = Path(os.environ.get("IMBTUTOR_TEACH", ROOT / ".venv-teach/bin/python"))
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ["prlimit", "setpriv"]:
        (tools / tool).symlink_to(shutil.which(tool))
    monkeypatch.setenv("PATH", f"{tools}:{python.parent}")
    arguments = ["--assignment", NAME, "--from", tmp_path / "in"]
    said = teacher("grade", *arguments, course=course, fails=True)
    assert "No sandbox: bwrap is not installed (apt-get install bubblewrap)" in said
    assert "--no-sandbox" in said
    said = teacher("grade", *arguments, "--no-sandbox", course=course)
    assert "WITHOUT A SANDBOX" in said and "1 graded" in said
