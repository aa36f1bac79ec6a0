"""The frame of the graded assignments; tests/classroom grades them."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

SOURCE = Path(__file__).parent.parent / "notebooks" / "assignments" / "source"
ASSIGNMENTS = sorted(SOURCE.glob("*/*.ipynb"))
KINDS = {
    # cell type, grade, locked, solution
    ("code", False, True, False): "given",
    ("code", False, False, True): "answer",
    ("code", True, True, False): "tests",
    ("markdown", True, False, True): "written",
}
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS\n", "\n### END HIDDEN TESTS"


def name(path):
    return path.stem


def kinds(path):
    """Return the cells of an assignment with their kinds; text and author's too."""
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        about = cell.metadata.get("nbgrader")
        if about is None:
            own = "author" in cell.metadata.get("tags", [])
            found.append(("author" if own else "text", cell))
        else:
            key = cell.cell_type, about["grade"], about["locked"], about["solution"]
            found.append((KINDS[key], cell))
    return found


def of_kind(path, wanted):
    return [cell for kind, cell in kinds(path) if kind == wanted]


def hidden_of(cell):
    assert cell.source.count(BEGIN_HIDDEN) == cell.source.count(END_HIDDEN) == 1
    return cell.source.partition(BEGIN_HIDDEN)[2].partition(END_HIDDEN)[0]


def graded_lines(code):
    """Return the calls of `graded` in some code, at the margin and elsewhere."""
    tree = ast.parse(code)

    def is_graded(node):
        return isinstance(node, ast.Call) and ast.unparse(node.func) == "graded"

    at_margin = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Expr) and is_graded(node.value)
    ]
    return at_margin, [node for node in ast.walk(tree) if is_graded(node)]


def test_there_are_assignments():
    assert ASSIGNMENTS
    assert all(path.parent.name == path.stem for path in ASSIGNMENTS)


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_the_file_is_clean(path):
    text = path.read_text("utf-8")
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert text.endswith("}\n") and not text.endswith("\n\n")
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert "version" not in book.metadata.language_info
    for cell in book.cells:
        assert not cell.get("outputs") and not cell.get("execution_count"), cell.id
        assert cell.source.strip()
        assert set(cell.metadata) <= {"nbgrader", "tags"}


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_the_cells_are_of_the_known_kinds(path):
    ids = []
    for kind, cell in kinds(path):
        about = cell.metadata.get("nbgrader")
        if about is None:
            assert cell.cell_type == ("code" if kind == "author" else "markdown")
            continue
        ids.append(about["grade_id"])
        assert about["schema_version"] == 3 and about["task"] is False
        assert ("points" in about) is about["grade"]
        opened = cell.source.count("### BEGIN SOLUTION")
        assert opened == cell.source.count("### END SOLUTION")
        assert (opened >= 1) is about["solution"], about["grade_id"]
        # A marker that nbgrader would take, and we would not.
        for marker in re.findall(r".*(?:BEGIN|END) (?:SOLUTION|HIDDEN).*", cell.source):
            assert re.fullmatch(r" *### (BEGIN|END) (SOLUTION|HIDDEN TESTS)", marker), (
                marker
            )
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", each) for each in ids)


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_it_says_minutes_points_and_needs(path):
    first = kinds(path)[0][1].source
    assert re.match(r"# Assignment: .+\n\n\*\*.+\*\*\n", first)
    assert re.search(r"^- Needs: .*chapter", first, re.MULTILINE)
    told = re.search(
        r"^- Takes about (\d+) minutes, and gives (\d+) points", first, re.M
    )
    assert 20 <= int(told[1]) <= 60
    points = [
        cell.metadata.nbgrader.points
        for kind, cell in kinds(path)
        if kind in ("tests", "written")
    ]
    assert sum(points) == int(told[2])


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_the_seed_can_be_replaced(path):
    author, given = of_kind(path, "author"), of_kind(path, "given")
    assert author
    for kind, _ in kinds(path)[1 : len(author) + 1]:
        assert kind == "author", "the author's cells come second"
    assert "from imbtutor.classroom import graded" in author[0].source
    for cell in (author[0], given[0]):
        assert len(re.findall(r"^SEED = 0$", cell.source, re.MULTILINE)) == 1
    # Data follow from it.
    code = "".join(cell.source for kind, cell in kinds(path) if kind != "author")
    assert len(re.findall(r"\bSEED\b", code)) >= 2


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_each_hidden_test_can_be_taken_apart(path):
    for cell in of_kind(path, "tests"):
        hidden = hidden_of(cell)
        at_margin, anywhere = graded_lines(hidden)
        assert at_margin and at_margin == anywhere, cell.metadata.nbgrader.grade_id
        for call in at_margin:
            assert 1 <= len(call.args) <= 2
            assert {each.arg for each in call.keywords} <= {"atol"}
        visible = cell.source.partition(BEGIN_HIDDEN)[0]
        assert "graded(" not in visible and "check(" in visible


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_a_written_answer_has_its_rubric(path):
    """One line for each point, in the part that students do not get."""
    written = of_kind(path, "written")
    assert written
    for cell in written:
        solution = re.search(
            r"### BEGIN SOLUTION\n(.+)\n### END SOLUTION", cell.source, re.DOTALL
        )[1]
        answer, title, rubric = solution.partition("**Rubric.**")
        assert title and len(answer.split()) > 20
        worth = re.findall(r"^- (\d+) points?: ", rubric, re.MULTILINE)
        assert sum(map(int, worth)) == cell.metadata.nbgrader.points


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_it_asks_for_code_a_decision_and_words(path):
    assert len(of_kind(path, "tests")) >= 2 and of_kind(path, "written")


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_the_numbers_of_the_text_are_computed(path):
    """Each pair of braces names something that the author's cell defines."""
    author = "\n".join(cell.source for cell in of_kind(path, "author"))
    defined = {
        each.id
        for node in ast.walk(ast.parse(author))
        if isinstance(node, ast.Name) and isinstance((each := node).ctx, ast.Store)
    }
    text = "".join(cell.source for kind, cell in kinds(path) if kind != "author")
    used = re.findall(r"\{\{(\w+)(?::[^{}]*)?\}\}", text)
    assert used and set(used) <= defined
    # And no other braces that look like it.
    assert text.count("{{") == len(used)


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_a_cell_is_no_longer_than_a_screen(path):
    """At most 25 lines, as in the chapters; students see no hidden test."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            visible = cell.source.partition(BEGIN_HIDDEN)[0].rstrip()
            assert len(visible.split("\n")) <= 25, cell.id


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_the_authors_functions_are_those_that_students_get(path):
    """The numbers of the text come from the same function as the students' data."""
    given = functions(of_kind(path, "given"))
    for each, body in functions(of_kind(path, "author")).items():
        assert given.get(each, body) == body, each


def functions(cells):
    """Return the source of each function that some cells define, without comments."""
    return {
        node.name: ast.unparse(node)
        for cell in cells
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=name)
def test_the_prose_keeps_the_voice(path):
    text = "\n".join(cell.source for _, cell in kinds(path))
    for word in ["simply", "powerful", "obviously", "TODO"]:
        assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), word
