"""Hygiene of the notebooks: the template, clean files, links and claims."""

import json
import re
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
EXERCISES = sorted((NOTEBOOKS / "exercises").glob("*.ipynb"))
EVERY = CHAPTERS + SOLUTIONS + EXERCISES
TAGS = {"remove-cell", "hide-input", "raises-exception", "solution"}
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
    assert set(book["metadata"]) == {"kernelspec", "language_info"}
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in book["metadata"]["language_info"]
    for cell in book["cells"]:
        # "mystnb" holds the text alternative of a figure.
        assert set(cell["metadata"]) <= {"tags", "mystnb"}, cell["id"]
        assert set(cell["metadata"].get("tags", [])) <= TAGS, cell["id"]
        assert not cell.get("outputs") and not cell.get("execution_count"), cell["id"]
        assert "".join(cell["source"]).strip(), f"empty cell {cell['id']}"


@pytest.mark.parametrize("path", EVERY, ids=stem)
def test_the_code_is_plain(path):
    for source in sources(read(path), "code"):
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


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_chapter_checks_its_claims(path):
    checks = [
        cell.source
        for cell in read(path).cells
        if "remove-cell" in cell.metadata.get("tags", [])
    ]
    assert sum(source.count("assert ") for source in checks) >= 5
    shown = [
        cell.source
        for cell in read(path).cells
        if cell.cell_type == "code"
        and "remove-cell" not in cell.metadata.get("tags", [])
    ]
    assert not any(re.search(r"^\s*assert ", source, re.M) for source in shown)


@pytest.mark.parametrize("path", CHAPTERS, ids=stem)
def test_the_quiz_has_three_questions_with_feedback(path):
    text = "\n".join(sources(read(path), "markdown"))
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
    code = "\n".join(sources(read(path), "code"))
    assert "from imbtutor.explore import " in code


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
