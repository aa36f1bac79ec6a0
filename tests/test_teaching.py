"""The plans for teachers add up, and ask for nothing that was not taught before."""

import re
from pathlib import Path

import chapter_map
import nbformat
import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "book" / "teaching.md").read_text("utf-8")
STEMS = {path.stem[:2]: path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
ASSIGNMENTS = {
    path.stem: path
    for path in (ROOT / "notebooks" / "assignments" / "source").glob("*/*.ipynb")
}


def first_cell(path):
    return nbformat.read(path, as_version=4).cells[0].source


def number(pattern, text):
    (found,) = re.findall(pattern, text)
    return int(found)


def minutes_of_chapter(chapter):
    text = first_cell(ROOT / "notebooks" / f"{STEMS[chapter]}.ipynb")
    return number(r"Takes about (\d+) minutes to read", text)


def minutes_of_exercise(chapter):
    name = f"{STEMS[chapter]}_exercises.ipynb"
    text = first_cell(ROOT / "notebooks" / "exercises" / name)
    return number(r"Takes about (\d+) minutes", text)


def plan(title):
    """Return the rows of a plan: chapters, exercises, the fourth column, minutes."""
    section = re.split(r"^##+ ", PAGE.split(f"### {title}\n")[1], flags=re.M)[0]
    rows = re.findall(r"^\| (.+) \|$", section, re.M)[1:]
    cells = [[cell.strip() for cell in re.split(r" ?\| ?", row)] for row in rows]
    found = []
    for _, chapters, exercises, fourth, minutes in cells:
        links = dict(re.findall(r"\[(\d\d)\]\(\.\./notebooks/(\w+)\.ipynb\)", chapters))
        assert links and all(STEMS[k] == v for k, v in links.items())
        found.append(
            (list(links), re.findall(r"\d\d", exercises), fourth, int(minutes))
        )
    return found


@pytest.mark.parametrize("title", ["Half a day", "A week", "Six weeks"])
def test_a_plan_adds_up_and_teaches_first_what_it_needs(title):
    taught = []
    for chapters, exercises, fourth, minutes in plan(title):
        assignments = re.findall(r"`(\w+)`", fourth)
        told = re.findall(r"\[(\d\d)\]", fourth)
        needed = sum(map(minutes_of_chapter, chapters))
        needed += sum(map(minutes_of_exercise, exercises))
        for name in assignments:
            text = first_cell(ASSIGNMENTS[name])
            needed += number(r"Takes about (\d+) minutes", text)
        assert minutes == needed
        for chapter in chapters:
            missing = {stem[:2] for stem in chapter_map.needs(STEMS[chapter])}
            assert missing <= {*taught, *told}, chapter
            taught.append(chapter)
        assert set(exercises) <= set(taught)
        for name in assignments:
            (line,) = re.findall(r"^- Needs: .+", first_cell(ASSIGNMENTS[name]), re.M)
            assert set(re.findall(r"\b\d\d\b", line)) <= set(taught), name


def test_six_weeks_are_the_whole_book():
    rows = plan("Six weeks")
    chapters = [each for row in rows for each in row[0]]
    assert sorted(chapters) == sorted(STEMS)
    named = re.findall(r"`(\w+)`", " ".join(row[2] for row in rows))
    assert sorted(named) == sorted(ASSIGNMENTS)


def test_the_list_of_assignments_says_what_each_says_of_itself():
    rows = re.findall(
        r"^\| `(\w+)` \| .+ \| ([\d, ]+) \| (\d+) \| (\d+) \|$", PAGE, re.M
    )
    assert sorted(name for name, *_ in rows) == sorted(ASSIGNMENTS)
    for name, chapters, minutes, points in rows:
        text = first_cell(ASSIGNMENTS[name])
        (line,) = re.findall(r"^- Needs: .+", text, re.M)
        assert sorted(re.findall(r"\b\d\d\b", line)) == chapters.split(", ")
        assert number(r"Takes about (\d+) minutes", text) == int(minutes)
        assert number(r"gives (\d+) points", text) == int(points)


def test_the_map_is_that_of_the_chapters():
    """Whoever changes what a chapter needs runs `python book/chapter_map.py`."""
    assert chapter_map.PICTURE.read_text("utf-8") == chapter_map.draw()


def test_the_map_has_every_chapter_and_no_circle():
    stems = [stem for _, chapters in chapter_map.parts() for stem in chapters]
    assert sorted(stems) == sorted(STEMS.values())
    drawn = re.findall(r'href="\.\./notebooks/(\w+)\.html"', chapter_map.draw())
    assert drawn == stems
    # A circle would leave chapters that can never be read.
    read = set()
    while ready := {s for s in stems if set(chapter_map.needs(s)) <= read} - read:
        read |= ready
    assert read == set(stems)
