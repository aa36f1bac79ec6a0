"""What a report is made of, and how it reads."""

import html
import math
import os
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

# From the notebooks, their exercises and solutions, the book's pages, the repository.
_WAYS = ("", "../", "notebooks/", "../notebooks/", "book/", "../book/", "../../book/")
# As in `imbtutor.explore.live`, which is too large to import for a name: set where the
# book is built.
STATIC = "IMBTUTOR_STATIC"

CHAPTERS = {
    "01_what_is_imbalance": 'What does "imbalanced" mean?',
    "02_tree_meets_rare_class": "A tree meets a rare class",
    "04_when_it_does_not_matter": "When imbalance does not matter",
    "05_minority_anatomy": "Anatomy of a minority class",
    "11_confusion_matrix": "From confusion matrix to one number",
    "13_precision_recall": "Precision-recall, average precision, top-k",
    "14_honest_validation": "Honest validation with few positives",
    "21_threshold": "Move the threshold",
    "22_costs": "Costs decide",
    "23_class_weights": "Class weights",
    "24_calibration": "Probabilities: calibrated, broken, repaired",
    "30_pipelines_and_leakage": "Pipelines and leakage",
    "31_random_oversampling": "Random oversampling and the smoothed bootstrap (ROSE)",
    "32_smote": "SMOTE from scratch",
    "33_smote_pitfalls": "Where SMOTE goes wrong",
    "34_borderline_svm_smote": "Borderline-SMOTE and SVM-SMOTE",
    "35_adasyn_kmeans_smote": "ADASYN and K-means SMOTE",
    "36_mixed_data": "Categorical and mixed data: SMOTENC and SMOTEN",
    "41_random_undersampling": "Random undersampling",
    "42_near_miss": "NearMiss 1, 2 and 3",
    "43_tomek_links": "Tomek links, alone and after SMOTE",
    "44_edited_neighbours": "Edited neighbors: ENN, RENN, AllKNN, NCR, and SMOTE + ENN",
    "45_condensing_prototypes": (
        "Condensing and prototypes: CNN, OSS, cluster centroids, hardness"
    ),
    "53_multiclass": "More than two classes",
    "63_your_own_data": "Case study: your own data",
}
"""The chapters that a report may name: file stem and title."""

PAGES = {"sampler_sheet": "The sampler sheet"}
"""Other pages of the book that a report may name: file stem and title."""

HEADINGS = {
    "look": "Look at these first",
    "note": "Good to know",
    "fine": "Nothing to worry about",
    "next": "Where to go from here",
}
"""The levels of a finding, in the order of the report, and their headings."""


class Finding(NamedTuple):
    """One line of a report: what was seen, how much it matters, what it means."""

    subject: str
    level: str  # a key of HEADINGS
    text: str
    meaning: str = ""
    chapters: tuple = ()  # keys of CHAPTERS and PAGES
    code: tuple = ()  # lines that mend it


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What `diagnose` found; print it, or let the notebook show it.

    Attributes
    ----------
    title : str
        The size of the table, and which class is positive.
    findings : tuple of Finding
        Each with ``subject``, ``level`` ("look", "note", "fine" or "next"), ``text``,
        ``meaning``, ``chapters`` and ``code``, lines that mend it.
    numbers : dict
        The numbers behind them, for code. Columns are given by position, counted from
        0, which fits ``X.iloc[:, columns]`` and ``X[:, columns]``.

    See Also
    --------
    diagnose : Says what each number is.
    """

    title: str
    findings: tuple
    numbers: dict

    def __repr__(self):
        # Not every console can write every character: blanks that do not break are
        # left out, and what a name brings along is escaped.
        text = "\n".join(self._lines()).replace("\u00a0", " ")
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def _lines(self):
        lines = textwrap.wrap(self.title, 80)
        for heading, findings in self._parts():
            lines += ["", heading]
            for each in findings:
                first = f"  {each.subject:<18}"
                for paragraph in filter(
                    None, [each.text, each.meaning, _chapters(each, _name)]
                ):
                    lines += textwrap.wrap(
                        paragraph, 80, initial_indent=first, subsequent_indent=" " * 20
                    )
                    first = " " * 20
                lines += [f"    {line}" for line in each.code]
        return lines

    def _repr_html_(self):
        # Every front end colors the tables of pandas, in light and in dark, and sets
        # them for numbers: narrow, to the right, in one line.
        layout = "text-align: left; vertical-align: top; white-space: normal; padding: "
        style = f'style="{layout}.3em .5em"'
        above = f'style="{layout}1em .5em .3em"'
        rows = []
        for heading, findings in self._parts():
            rows += [
                "<tbody>",
                f'<tr><th {above} colspan="2" scope="rowgroup">{heading}</th></tr>',
            ]
            for each in findings:
                cell = html.escape(each.text)
                if each.meaning:
                    cell += f"<br/>{html.escape(each.meaning)}"
                if each.chapters:
                    cell += f"<br/><em>{_chapters(each, _link)}</em>"
                if each.code:
                    code = html.escape("\n".join(each.code))
                    # A line that did not break would push the words off a phone.
                    wrap = "white-space: pre-wrap; overflow-wrap: anywhere"
                    cell += f'<pre style="{wrap}"><code>{code}</code></pre>'
                rows.append(
                    f'<tr><th {style} scope="row">{html.escape(each.subject)}</th>'
                    f"<td {style}>{cell}</td></tr>"
                )
            rows.append("</tbody>")
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return "\n".join(['<table class="dataframe">', caption, *rows, "</table>"])

    def _parts(self):
        """Yield each heading that has findings, and these."""
        for level, heading in HEADINGS.items():
            findings = [each for each in self.findings if each.level == level]
            if findings:
                yield heading, findings


def _chapters(finding, write):
    """Name the chapters and pages of a finding, or return an empty string."""
    parts = []
    for word, known in ("Chapter", CHAPTERS), ("Page", PAGES):
        named = [write(stem) for stem in finding.chapters if stem in known]
        if named:
            parts.append(f"{word}{'s' if len(named) > 1 else ''}: {'; '.join(named)}")
    return ". ".join(parts)


def _name(stem):
    return f"{stem[:2]} {CHAPTERS[stem]}" if stem in CHAPTERS else PAGES[stem]


def _link(stem):
    """Name a chapter or a page, with a link where there is one to follow.

    JupyterLab and the book both follow a link from the folder of the notebook, which is
    that of its kernel: JupyterLab to the notebook itself, the book to its page.
    """
    name = html.escape(_name(stem))
    for way in _WAYS:
        for ending in (".ipynb", ".md"):
            if Path(f"{way}{stem}{ending}").is_file():
                ending = ".html" if os.environ.get(STATIC) else ending
                return f'<a href="{way}{stem}{ending}">{name}</a>'
    return name


def show(label):
    """Write a label so that text and number differ; a long one is cut."""
    return short(repr(label))


def short(text):
    """Return the text in one line of at most 40 characters, all of them printable."""
    text = "".join(each if each.isprintable() else " " for each in text)
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:37] + "..."


def in_code(column, data):
    """Write how to reach a column of X in code."""
    label = data.labels[column]
    written = repr(label)
    # A long name would not fit in a line, a repeated one means several columns, and a
    # label such as a tuple or a date may not be code as it is written.
    plain = isinstance(label, (str, int)) and written.isprintable()
    if plain and len(written) <= 22 and list(data.labels).count(label) == 1:
        return written
    return f"X.columns[{column}]"


def counted(n, noun):
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def some(items, n):
    """Join the first n items and say how many more there are."""
    more = len(items) - n
    return ", ".join(items[:n]) + (f" and {more:,} more" if more > 0 else "")


def listed(columns, data):
    return some([data.names[column] for column in columns], 5)


def percent(share):
    """Write a share in per cent; the space does not break."""
    if share in (0, 1):
        return f"{100 * share:.0f}\u00a0%"
    if share > 0.9999:
        return "over 99.99\u00a0%"
    digits = max(1, math.ceil(-math.log10(100 * min(share, 1 - share))))
    return f"{100 * share:.{digits}f}\u00a0%"
