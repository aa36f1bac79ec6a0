"""Draw which chapter needs which, from the chapters' own "Needs" lines.

``python book/chapter_map.py`` writes ``book/images/needs.svg``, the picture of
``book/teaching.md``. A test compares the two, so nobody forgets to run it.
"""

import re
from functools import cache
from html import escape
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "book" / "images" / "needs.svg"

# In pixels of the picture, which a phone shows in full size.
WIDTH, ROW, CAPTION = 360, 25, 34
BOX, SWING = 252, 98
# What fits between them, where the title of the chapter does not.
SHORT = {
    "01": "What imbalance means",
    "02": "A tree meets a rare class",
    "03": "Gradient descent meets it",
    "04": "When it does not matter",
    "05": "Anatomy of a minority",
    "11": "The confusion matrix",
    "12": "The ROC curve",
    "13": "Precision and recall",
    "14": "Honest validation",
    "21": "Move the threshold",
    "22": "Costs",
    "23": "Class weights",
    "24": "Probabilities",
    "30": "Pipelines and leakage",
    "31": "Random oversampling",
    "32": "SMOTE from scratch",
    "33": "SMOTE's pitfalls",
    "34": "Borderline-SMOTE, SVMSMOTE",
    "35": "ADASYN, KMeansSMOTE",
    "36": "Mixed data",
    "41": "Random undersampling",
    "42": "NearMiss",
    "43": "Tomek links",
    "44": "Edited neighbors",
    "45": "Condensing, prototypes",
    "51": "Balanced ensembles",
    "52": "Boosting and networks",
    "53": "Several rare classes",
    "61": "The wine post, redone",
    "62": "Does resampling help?",
    "63": "Your own data",
    "64": "Scaling out",
}


def parts():
    """Return the captions of the parts with the stems of their chapters."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    found = []
    for part in contents["parts"]:
        files = [chapter["file"] for chapter in part["chapters"]]
        stems = [f.split("/")[1] for f in files if re.match(r"notebooks/\d", f)]
        if stems:
            found.append((part["caption"], stems))
    return found


@cache
def needs(stem):
    """Return the stems that the "Needs" line of a chapter links to."""
    path = ROOT / "notebooks" / f"{stem}.ipynb"
    first = nbformat.read(path, as_version=4).cells[0].source
    (line,) = re.findall(r"^Needs: .+", first, re.MULTILINE)
    return re.findall(r"\]\((\d\d_\w+)\.ipynb", line)


def direct(stem):
    """Return what a chapter needs, without what these chapters need themselves."""

    def all_below(stem):
        return {n for each in needs(stem) for n in [each, *all_below(each)]}

    found = needs(stem)
    return [n for n in found if not any(n in all_below(other) for other in found)]


def draw():
    """Return the picture: a row for each chapter, an arc to each that it needs."""
    places, captions, y = {}, [], 0
    for caption, stems in parts():
        y += CAPTION
        captions.append(f'<text class="label" x="2" y="{y - 7}">{caption}</text>')
        for stem in stems:
            places[stem] = y
            y += ROW
    rows = []
    for stem, top in places.items():
        number, title = stem[:2], escape(SHORT[stem[:2]])
        below = ", ".join(n[:2] for n in needs(stem))
        said = f"Chapter {number}, {title}" + (f"; needs {below}" if below else "")
        here = top + ROW / 2
        rows += [
            "<g>",
            f'<a href="../notebooks/{stem}.html" aria-label="{said}">'
            f'<rect x="2" y="{top + 1}" width="{BOX}" height="{ROW - 3}" rx="4"/>'
            f'<text x="10" y="{top + 17}">{number} {title}</text></a>',
        ]
        for other in direct(stem):
            there = places[other] + ROW / 2
            # Far ones swing wider, so that near ones stay inside them.
            out = BOX + 10 + 1.3 * SWING * (abs(here - there) / y) ** 0.5
            rows.append(
                f'<path class="spine" d="M{BOX + 3} {here} C{out:.0f} {here} '
                f'{out:.0f} {there} {BOX + 8} {there}"/>'
                f'<path class="tip" d="M{BOX + 4} {there} l7 -3.5 v7 z"/>'
            )
        rows.append("</g>")
    label = "Which chapter needs which: each chapter is a link that says what it needs."
    return "\n".join(
        [
            f'<svg class="chapter-map" viewBox="0 0 {WIDTH} {y + 4}" role="group" '
            f'aria-label="{label}">',
            *captions,
            *rows,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
