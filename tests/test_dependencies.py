"""What is imported is what is installed, for readers and for users of the package."""

import ast
import os
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "requirements"
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"
NAME = re.compile(r"[A-Za-z0-9._-]+")
DISTRIBUTIONS = packages_distributions()


def normal(name):
    """Return the one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def chosen(file):
    """Return the names that a .in or .txt file lists."""
    lines = (REQUIREMENTS / file).read_text("utf-8").splitlines()
    return {normal(NAME.match(line)[0]) for line in lines if line[:1].isalnum()}


def pins(file):
    """Return the requirements of a .txt file, without the remarks on who needs them."""
    lines = (REQUIREMENTS / file).read_text("utf-8").splitlines()
    return {line.split("  #")[0].rstrip() for line in lines if line[:1].isalnum()}


def imported(code):
    """Return the distributions that some code imports, the standard library aside."""
    modules = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            modules.add(node.module.split(".")[0])
    modules -= {*sys.stdlib_module_names, "imbtutor"}
    # Our own scripts, which a chapter takes from their folder.
    modules -= {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    # What is not installed here is called as it is imported: nbgrader.
    return {normal(DISTRIBUTIONS.get(module, [module])[0]) for module in modules}


def package_imports(teachers=False):
    """Return what the package imports: what readers use of it, or teachers."""
    paths = (ROOT / "imbtutor").rglob("*.py")
    return set().union(
        *(
            imported(path.read_text("utf-8"))
            for path in paths
            if ("classroom" in path.parts) is teachers
        )
    )


def notebook_imports():
    found = set()
    for path in [*(ROOT / "notebooks").rglob("*.ipynb"), *ROOT.glob("book/*.ipynb")]:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                found |= imported(cell.source)
    return found


def lowest():
    """Return the lowest version of each dependency that the package declares."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = {}
    for each in map(Requirement, project["dependencies"]):
        [bound] = each.specifier
        assert bound.operator == ">=", each
        found[normal(each.name)] = Version(bound.version)
    return found


def test_the_package_declares_what_it_imports():
    declared = set(lowest())
    found = package_imports()
    assert {"scikit-learn", "imbalanced-learn", "altair"} <= found
    assert found <= declared
    # `-e .` may not bring in what no one has chosen and pinned.
    assert declared <= chosen("reader.in")


def test_teachers_have_what_their_tools_import():
    found = package_imports(teachers=True)
    assert {"nbgrader", "jupyter-client"} <= found <= chosen("teach.txt")


def test_readers_have_what_the_notebooks_import():
    found = notebook_imports()
    assert {"scikit-learn", "matplotlib"} <= found
    assert found <= chosen("reader.in")


def test_readers_install_no_tools_of_tests_and_build():
    # fontTools is one, but matplotlib needs it too.
    assert chosen("reader.txt") & chosen("dev.in") == {"fonttools"}


@pytest.mark.parametrize("name", ["reader", "dev", "teach"])
def test_lock_follows_what_is_chosen(name):
    assert chosen(f"{name}.in") <= chosen(f"{name}.txt"), "run: make lock"
    for pin in pins(f"{name}.txt"):
        # One version of each, from an index: no folder and no address of a machine.
        assert re.fullmatch(r"[a-z0-9.-]+==[\w.!+]+( ; [^/]+)?", pin), pin


def test_tests_run_with_the_versions_of_the_readers():
    # A tool of ours may need on every Python what readers need on old ones alone.
    reader, dev = (
        {pin.split(" ; ")[0] for pin in pins(f"{name}.txt")}
        for name in ("reader", "dev")
    )
    assert reader < dev, "run: make lock"


def test_assignments_are_graded_with_the_versions_of_the_readers():
    assert pins("reader.txt") < pins("teach.txt"), "run: make lock"


def test_the_lowest_versions_are_not_above_the_pinned_ones():
    pinned = {
        normal(each.name): Version(str(each.specifier).removeprefix("=="))
        for each in map(Requirement, pins("reader.txt"))
    }
    for name, bound in lowest().items():
        assert bound <= pinned[name], name


@pytest.mark.skipif(
    "IMBTUTOR_LOWEST" not in os.environ,
    reason="for the job `lowest` of the workflow, which installs these versions",
)
def test_the_lowest_versions_are_installed():
    """A bound below what can be installed promises what nobody has seen."""
    assert {name: Version(version(name)) for name in lowest()} == lowest()


def test_the_job_of_the_lowest_versions_names_what_is_there():
    job = WORKFLOW.read_text("utf-8").partition("\n  lowest:\n")[2]
    named = re.findall(r"(?:tests|notebooks)/[\w/]+(?:\.\w+)?", job)
    assert len(named) > 10
    for path in named:
        assert (ROOT / path).exists(), path
    tools = re.search(r"\^\(([^)]+)\)==", job)[1].split("|")
    assert set(tools) <= chosen("dev.txt")
    # What the chapters of the job import is among them, or the package needs it.
    for path in (ROOT / each for each in named if each.endswith(".ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                assert imported(cell.source) <= {*tools, *lowest()}, path
