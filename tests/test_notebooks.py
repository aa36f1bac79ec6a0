"""Hygiene of the notebooks: the template, clean files, links and claims."""

import ast
import json
import re
from pathlib import Path

import execution
import extension
import nbformat
import pytest
import yaml

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
EXERCISES = sorted((NOTEBOOKS / "exercises").glob("*.ipynb"))
# Pages of the book that run, the sampler sheet: no chapters.
SHEETS = sorted((ROOT / "book").glob("*.ipynb"))
EVERY = CHAPTERS + SOLUTIONS + EXERCISES + SHEETS
TAGS = {"remove-cell", "hide-input", "raises-exception", "solution"}
FOLDED = {"remove-cell", "hide-input"}
SETUP = (
    "import matplotlib.pyplot as plt\n"
    "import numpy as np\n"
    "\n"
    'plt.style.use("imbtutor.book")'
)
# DESIGN: 900-1,500 words. A case study may be longer; formulas and the markup of
# the quiz count as words here, so the bounds are a little wider.
WORDS = (900, 1800)
CASE_STUDY_WORDS = 2600
# DESIGN: about 120 lines of visible code. These bounds keep every chapter near it; two
# have more figures than the rest; case studies compare seven models, or go all the
# way.
LINES = {"05": 180, "24": 180, "61": 225, "62": 240, "63": 232, "64": 190}
MOST_LINES = 170
LINES_BEFORE_A_PICTURE = 30
# Calls that answer yes or no, as == does.
COMPARISONS = {"all", "allclose", "any", "array_equal", "between", "equals", "isclose"}
COMPARISONS |= {"isdisjoint", "isnan", "issubset"}


def stem(path):
    return path.stem


def read(path):
    return nbformat.read(path, as_version=4)


def sources(book, kind):
    return [cell.source for cell in book.cells if cell.cell_type == kind]


def in_toc(entry):
    if isinstance(entry, list):
        return [file for each in entry for file in in_toc(each)]
    files = [entry["file"]] if "file" in entry else []
    for key in ("parts", "chapters", "sections"):
        files += in_toc(entry.get(key, []))
    return files


@pytest.mark.parametrize("path", EVERY, ids=stem)
def test_the_file_is_clean(path):
    book = json.loads(path.read_text("utf-8"))
    nbformat.validate(nbformat.from_dict(book))
    assert path.read_text("utf-8").endswith("}\n")
    # Exercises know by a fingerprint whether somebody has written into them.
    own = {"imbtutor"} if path in EXERCISES else set()
    assert set(book["metadata"]) == {"kernelspec", "language_info"} | own
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in book["metadata"]["language_info"]
    for cell in book["cells"]:
        # "mystnb" holds the text alternative of a figure, "jupyter" folds code.
        assert set(cell["metadata"]) <= {"tags", "mystnb", "jupyter"}, cell["id"]
        tags = set(cell["metadata"].get("tags", []))
        assert tags <= TAGS, cell["id"]
        # What the book does not show is folded in JupyterLab, and nothing else is.
        folded = {"source_hidden": True} if tags & FOLDED else None
        assert cell["metadata"].get("jupyter") == folded, cell["id"]
        assert not cell.get("outputs") and not cell.get("execution_count"), cell["id"]
        assert "".join(cell["source"]).strip(), f"empty cell {cell['id']}"


@pytest.mark.parametrize("path", EVERY, ids=stem)
def test_the_code_is_plain(path):
    for cell in read(path).cells:
        if cell.cell_type != "code":
            continue
        source = cell.source
        # A sheet folds the code that fills it, in few places.
        if path not in SHEETS or not FOLDED & set(cell.metadata.get("tags", [])):
            assert source.count("\n") < 25, f"over 25 lines: {source[:60]}"
        for pattern, why in {
            r"^\s*[%!]": "magics and shell commands hide what happens",
            r"import \*": "wildcard imports hide where a name comes from",
            r"random\.seed\(": "a global seed; pass random_state",
            r"filterwarnings|simplefilter": "a silenced warning",
            r"https?://": "a notebook reaches no network",
        }.items():
            assert not re.search(pattern, source, re.MULTILINE), (why, source[:60])


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_chapter_follows_the_template(path):
    book = read(path)
    first, setup = book.cells[:2]
    assert re.match(r"# .+\n\n\*\*.+\?\*\*\n", first.source), "title, then the question"
    verbs = re.findall(r"^- \*\*(\w+)\*\* ", first.source, re.MULTILINE)
    assert len(verbs) == 3 and "You will be able to" in first.source
    assert re.search(r"^Needs: ", first.source, re.MULTILINE)
    assert re.search(r"^Takes about \d+ minutes to read", first.source, re.MULTILINE)
    assert setup.source == SETUP
    text = "\n".join(sources(book, "markdown"))
    for part in ["> **Predict before you run.**", "## Check yourself", "## Take-away"]:
        assert part in text, part
    last = book.cells[-1].source
    assert re.findall(r"^- \*\*(\w+)\*\* ", last, re.MULTILINE) == [
        verb.capitalize() for verb in verbs
    ], "the last cell mirrors the first"
    assert "On Monday: " in last and "**References.**" in last
    words = len(text.split())
    highest = CASE_STUDY_WORDS if path.name.startswith("6") else WORDS[1]
    assert WORDS[0] <= words <= highest, f"{words} words"


def visible_lines(cell):
    if cell.cell_type != "code" or FOLDED & set(cell.metadata.get("tags", [])):
        return 0
    return sum(bool(line.strip()) for line in cell.source.splitlines())


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_chapter_shows_little_code(path):
    lines = sum(visible_lines(cell) for cell in read(path).cells)
    assert lines <= LINES.get(path.name[:2], MOST_LINES)


def draws(cell):
    return cell.cell_type == "code" and any(
        "image/png" in output.get("data", {}) for output in cell.outputs
    )


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_first_picture_comes_early(path):
    cells = execution.outputs(path).cells
    first = [draws(cell) for cell in cells].index(True)
    lines = sum(visible_lines(cell) for cell in cells[: first + 1])
    assert lines <= LINES_BEFORE_A_PICTURE


def checks_of(book):
    return [
        cell.source
        for cell in book.cells
        if "remove-cell" in cell.metadata.get("tags", [])
    ]


def shown_of(book):
    return [
        cell.source
        for cell in book.cells
        if cell.cell_type == "code"
        and "remove-cell" not in cell.metadata.get("tags", [])
    ]


def called(node):
    """The name of the function that `node` calls, or None."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", None))


def names_in(node):
    """The names that `node` uses, but for the function that compares."""
    compare = {
        id(inner)
        for call in ast.walk(node)
        if called(call) in COMPARISONS
        for inner in ast.walk(call.func)
        # In `mask.equals(other)` the first name is what is compared.
        if isinstance(inner, ast.Name) and inner.id in ("np", "pd")
    }
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and id(each) not in compare
    }


def definitions(source):
    """Yield each name that `source` defines, with the node that says what it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((each.asname or each.name, node) for each in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.For):
            targets = getattr(node, "targets", None) or [node.target]
            value = node.iter if isinstance(node, ast.For) else node.value
            for name in set().union(*map(names_in, targets)):
                yield name, value
        elif isinstance(node, ast.comprehension | ast.NamedExpr):
            value = getattr(node, "iter", None) or node.value
            for name in names_in(node.target):
                yield name, value


def says_something(test, known, made):
    """Whether an assert compares something that comes from the notebook.

    `known` are the names of visible cells and of the libraries, `made` those that
    checks define, with what they are made of: a check may compute first.
    """
    reached, new = set(), [test]
    compares = False
    while new:
        node = new.pop()
        compares |= any(
            isinstance(each, ast.Compare) or called(each) in COMPARISONS
            for each in ast.walk(node)
        )
        names = names_in(node) - reached
        reached |= names
        for name in names - known:
            new += made.get(name, [])
    return compares and bool(reached & known)


def gather(sources):
    found = {}
    for source in sources:
        for name, node in definitions(source):
            found.setdefault(name, []).append(node)
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_chapter_checks_its_claims(path):
    checks, shown = checks_of(read(path)), shown_of(read(path))
    assert sum(source.count("assert ") for source in checks) >= 5
    assert not any(re.search(r"^\s*assert ", source, re.M) for source in shown)
    made = gather(checks)
    imported = {
        name
        for name, nodes in made.items()
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)
    }
    known = set(gather(shown)) | imported
    for source in checks:
        assert re.match(r"# Check: \w\S* \w", source), source[:60]
        tests = [
            node.test
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Assert)
        ]
        assert any(says_something(test, known, made) for test in tests), source


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ("recall > 0.5", True),
        ("np.allclose(recall, 0.5)", True),
        ("half < 1", True),
        ("recall_score([1], [1]) == 1", True),
        ("(0.5 < half) & (half < 1)", True),
        ("all(claims.values())", True),
        ("True", False),
        ("1 + 1 == 2", False),
        ("np.allclose(0.5, 0.5)", False),
        ("two == 2", False),
        ("recall", False),
        ("len([1, 2]) == 2", False),
    ],
)
def test_a_check_that_says_nothing_is_found(claim, says):
    """The test above can fail."""
    made = gather(["half = recall / 2\ntwo = 2\nclaims = {'a': recall > 0}"])
    test = ast.parse(claim, mode="eval").body
    assert says_something(test, {"recall", "recall_score", "np"}, made) is says


def asks(node, names):
    """Whether `node` asks for the source of the wine."""
    return any(
        (isinstance(each, ast.Attribute) and each.attr == "source")
        or (isinstance(each, ast.Name) and each.id in names)
        for each in ast.walk(node)
    )


SAID = rf"print\('{extension.UNCHECKED.pattern}"


def silent_skips(checks, shown):
    """Return the conditions on which a check is left out without a word."""
    # `real = wine.source == "uci"` is a name for the question.
    names = {
        name
        for name, nodes in gather([*checks, *shown]).items()
        if any(isinstance(node, ast.Compare) and asks(node, ()) for node in nodes)
    }
    silent = []
    for source in checks:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.If) and asks(node.test, names):
                said = [ast.unparse(each) for each in node.orelse]
                if not any(re.match(SAID, each) for each in said):
                    silent.append(ast.unparse(node.test))
            elif isinstance(node, ast.Assert | ast.IfExp) and asks(node.test, names):
                silent.append(ast.unparse(node.test))
    return silent


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_a_claim_that_is_not_checked_is_said_so(path):
    """The build shows the line to the reader (book/extension.py)."""
    book = read(path)
    assert not silent_skips(checks_of(book), shown_of(book))


@pytest.mark.parametrize(
    ("check", "silent"),
    [
        ('if wine.source == "uci":\n    assert a > 1', True),
        ("if real:\n    assert a > 1\nelse:\n    pass", True),
        ('assert wine.source != "uci" or a > 1', True),
        ("if real:\n    a\nelse:\n    print('simulated wine: no check')", False),
        ("if real:\n    a\nelse:\n    print('oil is not here: no check')", False),
        ("if real:\n    a\nelse:\n    print('no check')", True),
        ("if a > 1:\n    assert a > 1", False),
    ],
)
def test_a_silent_skip_is_found(check, silent):
    """The test above can fail."""
    shown = ['real = wine.source == "uci"', "live = explore_costs(wine.source)"]
    assert bool(silent_skips([check], shown)) is silent


@pytest.mark.parametrize("path", CHAPTERS + SOLUTIONS, ids=stem)
def test_folds_of_measured_rows_are_shuffled(path):
    """A number as `cv` takes the rows in their order, and files are often sorted."""
    book = read(path)
    if "load_" not in "".join(sources(book, "code")):
        return
    for source in shown_of(book):
        assert not re.search(r"""\bcv=\d|["']cv["']: \d""", source), source


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_quiz_has_three_questions_with_feedback(path):
    cells = sources(read(path), "markdown")
    # A reader in JupyterLab answers one before the next is in sight.
    assert all(len(re.findall(r"^\*\*\d\. ", c, re.MULTILINE)) <= 1 for c in cells)
    text = "\n".join(cells)
    quiz = text.split("## Check yourself")[1].split("**Exercise.**")[0]
    questions = re.split(r"^\*\*\d\. ", quiz, flags=re.MULTILINE)[1:]
    assert len(questions) == 3
    for summary in re.findall(r"<summary>(.+?)</summary>", quiz):
        assert not set("`$*") & set(summary), f"HTML shows it as it is: {summary}"
    for question in questions:
        answers = re.findall(
            r"<details><summary>[A-D]\. .+?</summary>\n\n(.+?)\n\n</details>",
            question,
            re.DOTALL,
        )
        assert len(answers) >= 3
        assert sum(bool(re.match(r"Yes\b", answer)) for answer in answers) == 1


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_chapter_has_its_exercise(path):
    text = "\n".join(sources(read(path), "markdown"))
    assert f'<a href="exercises/{path.stem}_exercises.ipynb">' in text
    assert f"](solutions/{path.stem}_solutions.ipynb)" in text
    assert (NOTEBOOKS / "exercises" / f"{path.stem}_exercises.ipynb").exists()


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_chapter_has_a_live_figure(path):
    shown = [
        output.get("data", {}).get("text/html", "")
        for cell in execution.outputs(path).cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    assert any('<figure class="live"' in html for html in shown)


@pytest.mark.parametrize("path", CHAPTERS + SOLUTIONS, ids=stem)
def test_prose_keeps_the_voice(path):
    text = "\n".join(sources(read(path), "markdown"))
    for word in ["simply", "powerful", "obviously", "TODO", "coming soon"]:
        assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), word


@pytest.mark.parametrize("path", CHAPTERS + SOLUTIONS, ids=stem)
def test_cited_works_stand_in_the_references(path):
    known = (ROOT / "book" / "references.bib").read_text("utf-8").lower()
    text = "\n".join(sources(read(path), "markdown"))
    for doi in re.findall(r"\(https://doi\.org/(\S+?)\)(?:[\s,.;]|$)", text):
        assert doi.lower() in known, doi


def test_the_contents_are_the_notebooks_in_order():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    files = [file for file in in_toc(toc) if file.startswith("notebooks/")]
    wanted = []
    for path in CHAPTERS:
        wanted += [
            f"notebooks/{path.stem}",
            f"notebooks/solutions/{path.stem}_solutions",
        ]
    assert files == wanted


@pytest.mark.parametrize("path", CHAPTERS + SOLUTIONS, ids=stem)
def test_no_output_is_the_address_of_an_object(path):
    """As `<Legend at 0x7f...>` is, where a semicolon is missing."""
    for cell in execution.outputs(path).cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/plain", "")
            assert not re.search(r" at 0x[0-9a-f]{6,}", text), cell.source


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_no_table_counts_in_tenths(path):
    """As 336.0 rows do, where a table was made of lists of numbers of two kinds."""
    for cell in execution.outputs(path).cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            rows = re.findall(r"<tr>.*?</tr>", html, re.DOTALL)
            rows = [re.findall(r"<td>(.*?)</td>", row) for row in rows]
            for column in zip(*filter(None, rows), strict=False):
                numbers = [value for value in column if value != "NaN"]
                whole = [re.fullmatch(r"-?\d+\.0+", value) for value in numbers]
                # One share alone may be 0.0.
                assert len(whole) < 2 or not all(whole), (column, cell.source)
