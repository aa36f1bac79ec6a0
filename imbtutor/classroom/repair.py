"""Put a student's notebook together again, before anything of it runs.

What counts are the answers. All other cells that came with the assignment are taken
from the version that was handed out, so it does not matter whether they were deleted,
merged, changed, reordered or have lost their labels. An answer is found by its label
(nbgrader's `grade_id`), or else by the names that it defines, or by its place. Cells of
the student's own stay where they were. Where the notebook cannot be put together
honestly, it is refused, with a reason that can be mailed.
"""

import ast
import copy
import difflib
import json
import re
import warnings
from dataclasses import dataclass, field

import nbformat

LARGEST_FILE = 200_000_000
MOST_CELLS = 500
MOST_TEXT = 2_000_000
TEACHER = "for-the-teacher"
"""Begins the id of a cell that students do not get back."""
SIMILAR = 0.8
"""How alike two texts are, from 0 to 1, to be the same cell, changed."""


class Refused(Exception):
    """The notebook cannot be graded; the reason is one to mail to the student."""


@dataclass
class Repaired:
    """The notebook to grade, what was repaired, and whether anything is answered."""

    book: object
    notes: list = field(default_factory=list)
    answered: bool = True


@dataclass
class _Cell:
    """A cell as it was handed in; `home` is the number of the released one it is."""

    kind: str
    text: str
    label: str | None
    home: int | None = None


def harmless(text):
    """Return a student's Markdown with its HTML as plain text.

    A script would run in the teacher's browser, with the rights of JupyterLab.

    Examples
    --------
    >>> from imbtutor.classroom.repair import harmless
    >>> harmless("if a < b: <script>")
    'if a < b: &lt;script>'
    """
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)


def _tidy(text):
    """Return a text as it is compared: ends of lines and of the whole do not count."""
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def read(data):
    """Return the cells of a file that should be a notebook.

    Parameters
    ----------
    data : bytes
        The file as it was handed in.

    Raises
    ------
    Refused
        If it is none.
    """
    if not data.strip():
        raise Refused("The file is empty. Save the notebook, and hand it in again.")
    if len(data) > LARGEST_FILE:
        raise Refused(
            f"The file has {len(data) / 1e6:.0f} MB. Choose Edit, Clear Outputs of All "
            "Cells in JupyterLab, save, and hand it in again."
        )
    try:
        book = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if hasattr(error, "lineno") else ""
        raise Refused(
            f"The file is damaged: it is no notebook that can be read{where}. Open it "
            "in JupyterLab; if it opens, save it and hand it in again, else download "
            "the assignment once more and copy your answers into it."
        ) from None
    if isinstance(book, dict) and isinstance(book.get("worksheets"), list):
        try:
            book = nbformat.convert(nbformat.from_dict(book), 4)
        except Exception:  # whatever an old file may hold
            raise Refused(
                "The notebook has an old format (version 3). Open it in JupyterLab, "
                "save it, and hand it in again."
            ) from None
    if not isinstance(book, dict) or not isinstance(book.get("cells"), list):
        raise Refused("The file is no notebook: it has no cells.")
    if len(book["cells"]) > MOST_CELLS:
        raise Refused(
            f"The notebook has {len(book['cells'])} cells, too many to grade."
        )
    cells = [found for each in book["cells"] if (found := _cell(each))]
    if not cells:
        raise Refused("The notebook is empty: it has no cell with text.")
    if sum(len(cell.text) for cell in cells) > MOST_TEXT:
        raise Refused(
            "The cells hold more than two million letters, too many to grade."
        )
    return cells


def _cell(raw):
    """Return a cell of a file, or None where it holds no text."""
    if not isinstance(raw, dict):
        return None
    text = raw.get("source")
    if isinstance(text, list):
        text = "".join(each for each in text if isinstance(each, str))
    if not isinstance(text, str) or not text.strip():
        return None
    # Half a character would stop the file from being written.
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    about = raw.get("metadata")
    about = about.get("nbgrader") if isinstance(about, dict) else None
    label = about.get("grade_id") if isinstance(about, dict) else None
    kind = "code" if raw.get("cell_type") == "code" else "markdown"
    return _Cell(kind, text, label if isinstance(label, str) else None)


def _label(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _is_answer(cell):
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def _parsed(code):
    """Return the statements of some code, or None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(code):
    """Return the functions and variables that some code defines at its margin."""
    body = _parsed(code)
    if body is None:
        found = r"^(?:def|class) +(\w+)|^(\w+) *=(?!=)"
        return {one or two for one, two in re.findall(found, code, re.MULTILINE)}
    found = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in getattr(node, "targets", None) or [node.target]:
                found |= {
                    each.id for each in ast.walk(target) if isinstance(each, ast.Name)
                }
    return found


def repair(data, release, source):
    """Return the notebook to grade from the file that was handed in.

    Parameters
    ----------
    data : bytes
        The file.
    release : NotebookNode
        What was handed out.
    source : NotebookNode
        The same with its solution: it says what each answer defines.

    Returns
    -------
    repaired : Repaired

    Raises
    ------
    Refused
        If it is no notebook, or not of this assignment.
    """
    cells = read(data)
    notes = []
    if b"\r\n" in data:
        notes.append("The file had the line ends of Windows.")
    wanted = {
        _label(cell): _names(_without_markers(cell.source))
        for cell in source.cells
        if _is_answer(cell) and cell.cell_type == "code"
    }
    _find_homes(cells, release, wanted)
    _recognize(cells, release, wanted, notes)
    return _rebuild(cells, release, wanted, notes)


def _without_markers(text):
    return re.sub(r"^ *### (BEGIN|END) SOLUTION *\n?", "", text, flags=re.MULTILINE)


def _find_homes(cells, release, wanted):
    """Say of each cell which released one it is, where that can be said."""
    numbers = {_label(cell): n for n, cell in enumerate(release.cells) if _label(cell)}
    texts = {}
    for number, cell in enumerate(release.cells):
        texts.setdefault(_tidy(cell.source), []).append(number)
    for cell in cells:
        same_text = texts.get(_tidy(cell.text), [])
        if cell.label in numbers:
            cell.home = numbers[cell.label]
        elif same_text:
            cell.home = same_text[0]
    # A cell of the student's own may use the names of an answer that is in its place.
    filled = {
        cell.label
        for cell in cells
        if cell.label in wanted
        and _tidy(cell.text) != _tidy(release.cells[cell.home].source)
    }
    for cell in cells:
        if cell.home is None and cell.kind == "code":
            names = _names(cell.text)
            owners = [label for label in wanted if names & wanted[label]]
            owners = [label for label in owners if label not in filled]
            if len(owners) == 1:
                cell.home = numbers[owners[0]]
    # Given cells and text that were changed and have no label.
    taken = {cell.home for cell in cells}
    for cell in cells:
        if cell.home is None and len(cell.text) > 40:
            for number, other in enumerate(release.cells):
                alike = difflib.SequenceMatcher(None, cell.text, other.source)
                if (
                    number not in taken
                    and not _is_answer(other)
                    and other.cell_type == cell.kind
                    and alike.real_quick_ratio() > SIMILAR
                    and alike.quick_ratio() > SIMILAR
                    and alike.ratio() > SIMILAR
                ):
                    cell.home = number
                    taken.add(number)
                    break
    # What stands alone in the place of an answer that was not found is this answer.
    for number, other in enumerate(release.cells):
        if _is_answer(other) and number not in taken:
            place = _gap(cells, number)
            fits = [each for each in place if each.kind == other.cell_type]
            if len(fits) == 1:
                fits[0].home = number


def _gap(cells, number):
    """Return the unknown cells right after the one before `number`."""
    found, inside = [], number == 0
    for cell in cells:
        if cell.home is not None:
            inside = cell.home == number - 1
        elif inside:
            found.append(cell)
    return found


def _recognize(cells, release, wanted, notes):
    """Refuse what is another notebook; note what was moved, changed or lost."""
    homes = [cell.home for cell in cells if cell.home is not None]
    ours = [n for n, cell in enumerate(release.cells) if _label(cell)]
    answers = [n for n in ours if _is_answer(release.cells[n])]
    # Merged cells may hold answers under any label.
    names = set().union(*(_names(cell.text) for cell in cells if cell.kind == "code"))
    found = {
        n
        for n in answers
        if n in homes or names & wanted.get(_label(release.cells[n]), set())
    }
    known = set(homes) & set(ours) | found
    if 2 * len(known) < len(ours) and 2 * len(found) < len(answers):
        raise Refused(
            f"This is not the notebook of the assignment: of its {len(ours)} cells, "
            f"{len(known)} were found. Was another file handed in?"
        )
    _refuse_another_class(cells, release)
    if homes != sorted(homes):
        notes.append("Cells stood in another order; they were put back in order.")
    lost = [_label(release.cells[n]) for n in ours if n not in homes]
    if lost:
        notes.append(f"Cells were deleted or merged: {', '.join(lost)}.")
    unlabeled = sum(
        cell.label != _label(release.cells[cell.home])
        for cell in cells
        if cell.home in ours
    )
    if unlabeled:
        notes.append(
            f"{unlabeled} cells had lost their label (their metadata), and were known "
            "by their content."
        )
    changed = {
        _label(release.cells[cell.home])
        for cell in cells
        if cell.home in ours
        and cell.home not in answers
        and _tidy(cell.text) != _tidy(release.cells[cell.home].source)
    }
    if changed:
        notes.append(
            "Cells that came with the assignment were changed, and the original ones "
            f"count: {', '.join(sorted(changed))}."
        )


SEED = re.compile(r"^SEED = (\d+)$", re.MULTILINE)


def _refuse_another_class(cells, release):
    """Refuse a notebook with the seed and the numbers of another variant."""
    code = "\n".join(cell.source for cell in release.cells if cell.cell_type == "code")
    own = set(SEED.findall(code))
    theirs = {seed for cell in cells for seed in SEED.findall(cell.text)}
    texts = {_tidy(cell.text) for cell in cells}
    all_texts = all(
        _tidy(cell.source) in texts
        for cell in release.cells
        if cell.cell_type == "markdown" and not _label(cell)
    )
    if theirs and not theirs & own and not all_texts:
        raise Refused(
            "The notebook is that of another class, with other data and numbers (its "
            f"SEED is {', '.join(sorted(theirs))} and not {', '.join(sorted(own))}). "
            "Was it handed out to you?"
        )


def _rebuild(cells, release, wanted, notes):
    """Return the released notebook with the student's answers and own cells in it."""
    pieces = _pieces(cells, release)
    rescued = _rescue(cells, release, wanted)
    extras = _extras(cells, pieces, release)
    everywhere = "\n".join(
        text
        for number, texts in pieces.items()
        for text in texts
        if _tidy(text) != _tidy(release.cells[number].source)
    )
    everywhere += "\n" + "\n".join(
        cell.text for group in extras.values() for cell in group if cell.kind == "code"
    )
    book = copy.deepcopy(release)
    answered, elsewhere = False, []
    made = [_own(cell) for cell in extras.get(-1, [])]
    for number, cell in enumerate(book.cells):
        label = _label(cell)
        if _is_answer(cell):
            stub = _tidy(cell.source)
            texts = [each for each in pieces.get(number, []) if _tidy(each) != stub]
            texts = texts or rescued.get(label, [])
            distinct = list(dict.fromkeys(map(_tidy, texts)))
            if len(texts) > 1:
                notes.append(
                    f"The answer {label} stood in {len(texts)} cells; they were put "
                    "together in their order."
                )
            if distinct:
                cell.source = _joined(distinct, cell.cell_type)
                answered = True
            elif wanted.get(label) and wanted[label] <= _names(everywhere):
                cell.source = "# The answer stands in another cell."
                elsewhere.append(label)
                answered = True
            if cell.cell_type == "markdown":
                cell.source = harmless(cell.source)
        made.append(cell)
        made += [_own(each) for each in extras.get(number, [])]
    if elsewhere:
        notes.append(f"Answers stood in other cells: {', '.join(elsewhere)}.")
    book.cells = made
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    return Repaired(book, notes, answered)


def _pieces(cells, release):
    """Return what stands in the cells of each answer, by the number of the answer."""
    pieces = {}
    for cell in cells:
        if cell.home is not None and _is_answer(release.cells[cell.home]):
            pieces.setdefault(cell.home, []).append(cell.text)
    return pieces


def _rescue(cells, release, wanted):
    """Return answers that stand in given cells, with which they were merged.

    What stands before an answer there and did not come with the assignment, such as
    imports, goes with it.
    """
    handed_out = "\n".join(_tidy(cell.source) for cell in release.cells)
    found = {}
    for cell in cells:
        if cell.home is None or _is_answer(release.cells[cell.home]):
            continue
        before, label = [], None
        text = _tidy(cell.text)
        for node in _parsed(text) or [] if cell.kind == "code" else []:
            own = ast.get_source_segment(text, node)
            if own in handed_out:
                continue
            before.append(own)
            names = _names(own)
            owners = [each for each in wanted if names & wanted[each]]
            if owners:
                label = owners[0]
                found.setdefault(label, []).append("\n".join(before))
                before = []
        if before and label:
            found[label].append("\n".join(before))
    return found


def _extras(cells, pieces, release):
    """Return the student's own cells by the released cell that they stand after."""
    extras, after = {}, -1
    for cell in cells:
        if cell.home is not None:
            after = cell.home
        elif (
            after in pieces
            and cell.kind == release.cells[after].cell_type == "code"
            and _parsed(cell.text) is None
            and _parsed(f"{pieces[after][-1]}\n{cell.text}") is not None
        ):
            # The second half of a cell that was split within a function.
            pieces[after].append(cell.text)
        else:
            extras.setdefault(after, []).append(cell)
    return extras


def _joined(texts, kind):
    """Return the parts of an answer as one: the later counts, as in a notebook."""
    if kind == "markdown":
        return "\n\n".join(texts)
    joined = "\n".join(texts)
    if _parsed(joined) is None:
        # A copy that is no Python must not spoil the one that is.
        sound = [text for text in texts if _parsed(text) is not None]
        if sound and len(sound) < len(texts):
            return "\n".join(sound)
    return joined


def _own(cell):
    """Return a cell of the student's own as one of the notebook."""
    if cell.kind == "code":
        return nbformat.v4.new_code_cell(cell.text)
    return nbformat.v4.new_markdown_cell(harmless(cell.text))


def add_model_answers(book, source):
    """Put model answer and rubric under each written answer, for the teacher."""
    models = {_label(cell): cell for cell in source.cells if _label(cell)}
    made = []
    for cell in book.cells:
        made.append(cell)
        if _is_answer(cell) and cell.cell_type == "markdown":
            model = _without_markers(models[_label(cell)].source).strip()
            made.append(
                nbformat.v4.new_markdown_cell(
                    f"---\n\n**For the teacher: a model answer.**\n\n{model}\n\n---",
                    id=f"{TEACHER}-{_label(cell)}".replace("_", "-")[:64],
                )
            )
    book.cells = made
