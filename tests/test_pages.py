"""The quiz, the errata and the decision guide point at evidence that is there."""

import inspect
import re
from pathlib import Path

import pytest
import seaborn as sns
from sklearn.utils.class_weight import compute_class_weight

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "book"
CHAPTER = re.compile(r"\]\(\.\./(notebooks/\d\d_\w+\.ipynb)")


def text(name):
    return (BOOK / name).read_text("utf-8")


def parts(page, mark):
    """Split a page at its entries, leaving out what stands before the first."""
    return re.split(rf"^{mark}", page, flags=re.MULTILINE)[1:]


MYTHS = parts(text("myths.md"), r"\*\*\d+\. ")


def test_the_myths_are_numbered_and_many():
    numbers = re.findall(r"^\*\*(\d+)\. ", text("myths.md"), re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 15


@pytest.mark.parametrize("myth", MYTHS, ids=range(1, len(MYTHS) + 1))
def test_a_myth_has_one_right_answer_with_its_evidence(myth):
    answers = re.findall(
        r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", myth, re.DOTALL
    )
    # The same three each time, or the choice itself would give the answer away.
    assert [name for name, _ in answers] == ["True", "False", "It depends"]
    right = [feedback for _, feedback in answers if feedback.startswith("Yes")]
    assert len(right) == 1
    assert "\nEvidence: " in right[0] and CHAPTER.search(right[0])
    # The wrong ones make the reader think, and do not give the chapter away.
    assert all(len(feedback) > 20 for _, feedback in answers)


def test_not_every_myth_is_false():
    """Else the quiz would teach to answer without thinking."""
    right = re.findall(r"<summary>([^<]+)</summary>\n\nYes", text("myths.md"))
    assert len(right) == len(MYTHS)
    assert right.count("False") <= 0.75 * len(right)
    assert right.count("True") >= 2 and right.count("It depends") >= 2


ERRATA = parts(text("errata.md"), "### ")


@pytest.mark.parametrize("entry", ERRATA, ids=lambda entry: entry.split("\n")[0])
def test_an_erratum_says_what_is_right_and_proves_it(entry):
    assert re.search(r"^\*(Wrong|Imprecise|Outdated|Bug)\b.*\*$", entry, re.MULTILINE)
    for name in ("The post", "Right", "Proof"):
        assert re.search(rf"^- \*\*{name}:\*\* ", entry, re.MULTILINE), name
    assert re.search(r"^- \*\*Why( it matters)?:\*\* ", entry, re.MULTILINE)
    (proof,) = re.findall(r"^- \*\*Proof:\*\* (.+)", entry, re.MULTILINE)
    assert CHAPTER.search(proof)


def without_keyword(function):
    parameters = inspect.signature(function).parameters.values()
    allowed = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    return [each.name for each in parameters if each.kind in allowed]


@pytest.mark.parametrize(
    ("function", "first", "said"),
    [
        (compute_class_weight, "class_weight", "`classes` and `y` are keyword-only"),
        (sns.countplot, "data", "what comes first without one is `data`"),
    ],
    ids=["compute_class_weight", "countplot"],
)
def test_the_errata_say_which_argument_needs_no_keyword(function, first, said):
    assert without_keyword(function) == [first]
    assert said in text("errata.md")


def test_the_picture_of_the_path_and_its_text_agree():
    picture = (BOOK / "images" / "deciding.svg").read_text("utf-8")
    page = text("deciding.md")
    drawn = re.findall(r'href="\.\./(notebooks/\w+)\.html" aria-label="(.+?)"', picture)
    # The label of a link is the chapter that it opens.
    assert all(f"/{label.split()[1]}_" in stem for stem, label in drawn)
    written = set(CHAPTER.findall(page))
    assert {f"{stem}.ipynb" for stem, _ in drawn} <= written
    # Each step of the picture is a section of the page, in the same order.
    steps = re.findall(r">(\d)\. ", picture)
    assert steps == re.findall(r"^## (\d)\. ", page, re.MULTILINE)


def test_no_branch_of_the_path_goes_without_evidence():
    sections = parts(text("deciding.md"), "## ")
    for section in sections:
        items = re.findall(r"^- (.+)", section, re.MULTILINE)
        assert CHAPTER.search(section), section.split("\n")[0]
        for item in items:
            assert CHAPTER.search(item), item


@pytest.mark.parametrize(
    "name",
    [
        "Makefile",
        "README.md",
        "CONTRIBUTING.md",
        "book/how_to_use.md",
        "book/teaching.md",
    ],
)
def test_jupyterlab_starts_where_every_link_can_be_followed(name):
    """Below the root it would not find the pages of book/ that chapters link to."""
    text = (ROOT / name).read_text("utf-8")
    started = re.findall(r"bin\)?/jupyter lab\b *([^\s`#]*)", text, re.IGNORECASE)
    assert started, "it says how to start JupyterLab"
    assert all(
        each in ("", "--LabApp.default_url=/lab/tree/notebooks") for each in started
    )
