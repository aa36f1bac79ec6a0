"""The decks of flash cards hold every question of the book, as Anki reads them."""

import csv
import html
import re
from pathlib import Path

import decks
import pytest

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
DECKS = decks.decks()


def rows(text):
    """Return the header of a deck and its cards, as an importer takes them apart."""
    lines = text.splitlines()
    header = [line for line in lines if line.startswith("#")]
    return header, list(csv.reader(lines[len(header) :]))


def plain(text):
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def test_each_chapter_has_a_deck_and_so_have_the_myths():
    assert list(DECKS) == [*(f"{path.stem}.csv" for path in CHAPTERS), "myths.csv"]
    myths = (ROOT / "book" / "myths.md").read_text("utf-8")
    expected = len(re.findall(r"^\*\*\d+\. ", myths, re.MULTILINE))
    assert len(rows(DECKS["myths.csv"])[1]) == expected
    counts = {len(rows(DECKS[f"{path.stem}.csv"])[1]) for path in CHAPTERS}
    assert counts == {3}


@pytest.mark.parametrize("name", DECKS)
def test_a_card_is_one_line_of_four_columns_that_stand_alone(name):
    header, cards = rows(DECKS[name])
    assert "#html:true" in header and "#guid column:1" in header
    for guid, front, back, tags in cards:
        assert front and back and guid.startswith("imbalanced-data-")
        assert " " not in guid and tags.split()[0] == "imbalanced-data"
        # The right choice comes first, and its feedback says so.
        choice, feedback = re.match(r"<p><b>(.+?)</b></p><p>(.+?)</p>", back).groups()
        assert feedback.startswith("Yes") and f"<p>{choice}</p>" in front
        # Nothing of Markdown is left, and no link into the book.
        assert "](" not in front + back and "<a " not in front + back
        assert not re.search(r"\$|\*\*|`|<details", plain(front + back))


def test_no_two_cards_share_their_id():
    guids = [row[0] for text in DECKS.values() for row in rows(text)[1]]
    assert len(set(guids)) == len(guids)


QUIZ = """**1. Is $p < 1$ with `w`, "quoted"?**

<details><summary>A. No.</summary>

Never, see [there](11_confusion_matrix.ipynb).

</details>
<details><summary>B. It is.</summary>

{yes} $p = 1/2$.

</details>
"""


def test_formulas_code_and_quotes_survive():
    _, [[guid, front, back, _]] = rows(
        decks.deck("A", "chapter-99", QUIZ.format(yes="Yes."))
    )
    assert guid == "imbalanced-data-chapter-99-1"
    assert plain(front).startswith(r'Is \(p < 1\) with w, "quoted"?')
    assert "<code>w</code>" in front
    assert back.startswith(r"<p><b>B. It is.</b></p><p>Yes. \(p = 1/2\).</p>")
    assert back.rstrip().endswith("<p>Never, see there.</p>")


def test_a_question_without_a_right_answer_is_named():
    with pytest.raises(ValueError, match="Is .* has 0 right answers"):
        decks.cards(QUIZ.format(yes="So"))
