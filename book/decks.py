"""Turn the quizzes into decks of flash cards: ``make decks``.

Each chapter's quiz, and the quiz of myths, becomes a text file in ``_build/decks``
that Anki imports as it is (File, Import) and a spreadsheet opens. Anki's own format
would need a package of its own, and would give nothing more: a card is text.
"""

import csv
import io
import re
from html import escape
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

ROOT = Path(__file__).parent.parent
ANSWER = re.compile(
    r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", re.DOTALL
)
# What Anki reads before the first card; the guid lets a later import renew a card.
HEADER = """#separator:Comma
#html:true
#notetype:Basic
#deck:{deck}
#guid column:1
#tags column:4
"""


def _renderer():
    markdown = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    # Anki sets TeX between these, and a link into the book leads nowhere in a card.
    markdown.add_render_rule(
        "math_inline", lambda self, t, i, *_: rf"\({escape(t[i].content)}\)"
    )
    markdown.add_render_rule(
        "math_block", lambda self, t, i, *_: rf"<p>\[{escape(t[i].content)}\]</p>"
    )
    for name in ("link_open", "link_close"):
        markdown.add_render_rule(name, lambda *_: "")
    return markdown


MARKDOWN = _renderer()


def cards(quiz):
    """Return question and answer of each card in the text of a quiz, as HTML.

    Parameters
    ----------
    quiz : str
        In Markdown: bold questions with numbers, each with answers in ``details``, of
        which the feedback to the right one begins with "Yes".

    Returns
    -------
    list of tuple of str
        Front and back: the question with its choices; the right choice first, with its
        feedback, then what speaks against the others.

    Raises
    ------
    ValueError
        If a question has not one right answer; it is named.
    """
    found = []
    for part in re.split(r"^\*\*\d+\. ", quiz, flags=re.MULTILINE)[1:]:
        question = "**" + part.split("<details>")[0].strip()
        answers = ANSWER.findall(part)
        right = [each for each in answers if re.match(r"Yes\b", each[1])]
        if len(right) != 1:
            raise ValueError(
                f"{question!r} has {len(right)} right answers; let the feedback to one "
                "begin with 'Yes'."
            )
        front = MARKDOWN.render(question)
        front += "".join(f"<p>{choice}</p>" for choice, _ in answers)
        back = "".join(
            f"<p><b>{choice}</b></p>{MARKDOWN.render(feedback)}"
            for choice, feedback in right
            + [each for each in answers if each != right[0]]
        )
        found.append((front, back))
    return found


def deck(name, tag, quiz):
    """Return the file of a deck, as text."""
    file = io.StringIO()
    file.write(HEADER.format(deck=f"Imbalanced data::{name}"))
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for number, (front, back) in enumerate(cards(quiz), 1):
        one_line = [text.replace("\n", " ") for text in (front, back)]
        tags = f"imbalanced-data {tag}"
        writer.writerow([f"imbalanced-data-{tag}-{number}", *one_line, tags])
    return file.getvalue()


def decks():
    """Return the decks, by the name of their file."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        book = nbformat.read(path, as_version=4)
        text = "\n\n".join(c.source for c in book.cells if c.cell_type == "markdown")
        title = book.cells[0].source.split("\n")[0].removeprefix("# ")
        quiz = text.split("## Check yourself")[1].split("**Exercise.**")[0]
        number = path.stem[:2]
        found[f"{path.stem}.csv"] = deck(f"{number} {title}", f"chapter-{number}", quiz)
    myths = (ROOT / "book" / "myths.md").read_text("utf-8")
    # A heading is no part of the myth above it.
    myths = re.sub(r"^## .+$", "", myths, flags=re.MULTILINE)
    found["myths.csv"] = deck("Myths", "myths", myths)
    return found


if __name__ == "__main__":
    folder = ROOT / "_build" / "decks"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in decks().items():
        (folder / name).write_text(text, "utf-8")
        print(folder / name)
