"""Collect a folder of submissions, check them, grade them, and give them back."""

import csv
import json
import multiprocessing
import os
import re
import shutil
import stat
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat

from . import sandbox
from .release import copy_of
from .repair import Refused, add_model_answers, repair

# As Moodle exports: "Ada Lovelace_12345_assignsubmission_file_", a folder or a prefix.
MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_\w+?_(.*)")
# As Canvas exports: "lovelaceada_LATE_123_456_name.ipynb".
CANVAS = re.compile(r"(.+?)_(?:LATE_)?(\d+)_(\d+)_(.+)")
DATA = {".csv", ".tsv", ".txt"}
LARGEST_DATA = 20_000_000


@dataclass
class Row:
    """One line of the table: what became of a student's submission."""

    student: str
    status: str
    reason: str = ""
    points: str = ""
    of: str = ""
    to_read: str = ""


def slug(name):
    """Return a student's name as that of a folder.

    Examples
    --------
    >>> from imbtutor.classroom.grading import slug
    >>> slug("Zoë O'Hara/.."), slug("../../gradebook")
    ('Zoe-O-Hara', 'gradebook')
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-")[:60] or "unnamed"


def submissions(folder, assignment):
    """Return the files of each student in a folder, as a learning platform exports it.

    Parameters
    ----------
    folder : Path
        With a folder for each student, or a file whose name begins with the student.
    assignment : str
        The assignment's name, which the files may bear.

    Returns
    -------
    found : dict of str to list of Path
        By the student's name as it serves for folders. Links are never followed.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder} is no folder: unpack what the learning platform exported, and "
            "name the folder, FROM=..."
        )
    groups = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        student = _student(entry, assignment)
        files = [entry]
        if entry.is_dir() and not entry.is_symlink():
            files = sorted(
                Path(top, name)
                for top, _, names in os.walk(entry)
                for name in names
                if ".ipynb_checkpoints" not in Path(top).parts
                and "__MACOSX" not in Path(top).parts
            )
        groups.setdefault(student, []).extend(files)
    if not groups:
        raise FileNotFoundError(f"{folder} is empty: nobody has handed anything in.")
    _join_data(groups)
    found = {}
    for student, files in groups.items():
        # Two names may look alike without their accents.
        name, count = slug(student), 2
        while name in found:
            name, count = f"{slug(student)}-{count}", count + 1
        found[name] = files
    return found


def _student(entry, assignment):
    name = entry.name if entry.is_dir() else entry.stem
    if match := MOODLE.fullmatch(name):
        return f"{match[1]}_{match[2]}"
    if match := CANVAS.fullmatch(name):
        return match[1]
    # "lovelace_metrics_and_thresholds_a (1).ipynb"
    before = name.partition(assignment)[0].rstrip("_- ")
    return before or name


def _join_data(groups):
    """Give a file such as "curie_table.csv" to curie, who handed in a notebook."""
    with_books = [
        student
        for student, files in groups.items()
        if any(path.suffix.lower() == ".ipynb" for path in files)
    ]
    for name in set(groups) - set(with_books):
        owners = [
            each for each in with_books if re.match(rf"{re.escape(each)}[\W_]", name)
        ]
        if owners:
            groups[max(owners, key=len)].extend(groups.pop(name))


def _load(path):
    """Return the content of a file that a student handed in; of plain files only."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise Refused(f"{path.name} is no plain file. Hand in the notebook itself.")
    return path.read_bytes()


def check(files, release, source):
    """Return the repaired notebook among a student's files.

    Raises
    ------
    Refused
        With the reason, in words to mail.
    """
    books = [path for path in files if path.suffix.lower() == ".ipynb"]
    if not books:
        names = ", ".join(path.name for path in files)[:200] or "nothing"
        raise Refused(
            f"There is no notebook (.ipynb) in what was handed in: {names}. Hand in "
            "the file of the assignment itself, not a copy as PDF or HTML."
        )
    good, reasons = [], []
    for path in books:
        try:
            good.append((path, repair(_load(path), release, source)))
        except Refused as reason:
            reasons.append(f"{path.name}: {reason}" if len(books) > 1 else f"{reason}")
    if not good:
        raise Refused(" ".join(reasons))
    different = {}
    for path, repaired in [each for each in good if each[1].answered] or good[:1]:
        text = json.dumps([cell.source for cell in repaired.book.cells])
        different.setdefault(text, (path, repaired))
    if len(different) > 1:
        names = " and ".join(sorted(path.name for path, _ in different.values()))
        raise Refused(
            f"{len(different)} notebooks with different answers were handed in: "
            f"{names}. Hand in the one that shall count."
        )
    path, repaired = next(iter(different.values()))
    if len(books) > 1:
        repaired.notes.append(f"Of {len(books)} notebooks, {path.name} was taken.")
    return repaired


def _judge(files, release, source):
    """Return the table's words for a submission, and the notebook or None."""
    try:
        repaired = check(files, release, source)
        _, said = _data(files)
    except Refused as reason:
        return "refused", f"{reason}", None
    except Exception as error:  # an unreadable file, or a slip of ours
        return "refused", f"It cannot be read ({type(error).__name__}: {error}).", None
    status = "with repairs" if repaired.notes else "as it is"
    notes = [*repaired.notes, *([] if repaired.answered else ["Nothing is answered."])]
    return status, " ".join([*notes, *said]), repaired


def _data(files):
    """Return the files that go along with a notebook, by name, and words about them."""
    taken, others, room = {}, [], LARGEST_DATA
    for path in files:
        name = re.sub(r"[^\w. -]", "_", path.name)
        about = os.lstat(path)
        if path.suffix.lower() == ".ipynb":
            continue
        if not stat.S_ISREG(about.st_mode):
            others.append(f"{name} (no plain file)")
        elif path.suffix.lower() not in DATA:
            others.append(f"{name} (not .csv, .tsv or .txt)")
        elif name in taken:
            others.append(f"{name} (a second file of this name)")
        elif about.st_size > room:
            others.append(f"{name} (over {LARGEST_DATA // 10**6} MB in all)")
        else:
            taken[name] = path
            room -= about.st_size
    said = [f"Taken along: {', '.join(taken)[:200]}."] if taken else []
    if others:
        said.append(f"Not taken along: {'; '.join(others)[:300]}.")
    return taken, said


def check_all(course, assignment, folder):
    """Return the table of what would be graded; nothing is run, and nothing written."""
    release = copy_of(course, assignment, "release")
    source = copy_of(course, assignment, "source")
    rows = []
    for student, files in submissions(folder, assignment).items():
        status, reason, _ = _judge(files, release, source)
        status = "refused" if status == "refused" else f"can be graded {status}"
        rows.append(Row(student, status, reason))
    return rows


def grade_all(course, assignment, folder, nbgrader, seconds, say):
    """Grade each submission in a process of its own, and return the table.

    Parameters
    ----------
    course : Path
        The course, after `release`.
    assignment : str
        Its name with its variant.
    folder : Path
        Of the submissions; it is only read.
    nbgrader : callable
        Gives nbgrader's interface for a course.
    seconds : float
        After which the process for one student is ended.
    say : callable
        Is called with each row as soon as it is known.
    """
    release = copy_of(course, assignment, "release")
    source = copy_of(course, assignment, "source")
    rows = []
    for student, files in submissions(folder, assignment).items():
        status, reason, repaired = _judge(files, release, source)
        row = Row(student, status, reason)
        if repaired is not None:
            row.status = "graded" if status == "as it is" else "graded with repairs"
            add_model_answers(repaired.book, source)
            try:
                _hand_in(course, assignment, student, repaired.book, files)
                marks = _in_its_own_process(
                    _grade, (nbgrader, course, assignment, student), seconds
                )
                row.points, row.of, row.to_read = marks
            # Whatever happens, the next student's turn comes.
            except Exception as error:
                row.status = "failed"
                row.reason = f"{row.reason} Not graded: {error}".strip()
        rows.append(row)
        say(row)
    return rows


def _hand_in(course, assignment, student, book, files):
    """Write the repaired notebook where nbgrader looks for submissions."""
    place = Path(course, "submitted", student, assignment)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    nbformat.write(book, place / f"{assignment}.ipynb")
    for name, path in _data(files)[0].items():
        shutil.copy(path, place / name)


def _in_its_own_process(function, arguments, seconds):
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise RuntimeError(f"it took more than {seconds:.0f} seconds.")
        kind, result = receiver.recv()
    except EOFError:
        raise RuntimeError("its process ended without a word.") from None
    finally:
        # Its sandbox dies with it.
        process.kill()
        process.join()
        receiver.close()
        sandbox.remove_left(process.pid)
    if kind == "error":
        raise RuntimeError(result)
    return result


def _report(sender, function, arguments):
    try:
        sender.send(("result", function(*arguments)))
    except BaseException as error:
        sender.send(("error", f"{type(error).__name__}: {error}"[:500]))


def _grade(nbgrader, course, assignment, student):
    """Grade one student by nbgrader; return points, their most, and what is to read."""
    api = nbgrader(course)
    done = api.autograde(assignment, student, force=True)
    return _marks(api, done, assignment, student)


def _marks(api, done, assignment, student):
    if not done["success"]:
        raise RuntimeError(_reason(done))
    with api.gradebook as book:
        found = book.find_submission(assignment, student)
        to_read = "yes" if found.needs_manual_grade else ""
        return f"{found.score:g}", f"{found.max_score:g}", to_read


def _reason(done):
    """Return the exception in what nbgrader gives back, which ends with other words."""
    # Its log indents all lines of a message but the first by four.
    ends = re.findall(r"^    ([\w.]+(?:: .*)?)$", done.get("log") or "", re.MULTILINE)
    error = done.get("error") or "nbgrader gave no reason"
    return (ends or error.strip().splitlines())[-1]


def feedback_all(course, assignment, nbgrader):
    """Write each graded student's feedback as HTML, and return the table."""
    rows = []
    for path in sorted(Path(course, "autograded").glob(f"*/{assignment}")):
        row = Row(path.parent.name, "feedback")
        try:
            marks = _in_its_own_process(
                _feedback, (nbgrader, course, assignment, row.student), 120
            )
            row.points, row.of, row.to_read = marks
        except Exception as error:
            row.status, row.reason = "failed", f"{error}"
        rows.append(row)
    return rows


def _feedback(nbgrader, course, assignment, student):
    api = nbgrader(course)
    done = api.generate_feedback(assignment, student, force=True)
    return _marks(api, done, assignment, student)


def write_table(rows, path):
    """Write a table as CSV, for a spreadsheet or a mail merge."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name of a student's file may hold what UTF-8 cannot write.
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(rows[0])))
        writer.writeheader()
        writer.writerows(
            {k: _no_formula(v) for k, v in asdict(row).items()} for row in rows
        )


def _no_formula(text):
    """A spreadsheet would compute what begins like this, and students wrote it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def show(row):
    """Return a row of the table as lines of a terminal."""
    points = f"{row.points} of {row.of}" if row.of else ""
    points += ", more to read" if row.to_read else ""
    # Names of files come from students: no control characters.
    reason = "".join(each if each.isprintable() else " " for each in row.reason)
    lines = f"{row.student:<28} {row.status:<22} {points}".rstrip()
    return f"{lines}\n    {reason}" if reason else lines
