"""The checks of the exercises: they look at an answer, and never stop a notebook.

``with task(1):`` holds the checks of the first task, ``check`` judges one answer, and
``tally(5)`` counts the tasks that are correct. ``python -m imbtutor.exercises`` makes
the reader's notebooks from the solutions.
"""

import re
import sys
from contextlib import contextmanager, redirect_stdout

import numpy as np

UNCALLED = "this is a function and no result: call it, with parentheses."

# Which tasks of this notebook are correct, by number. A block that runs again
# replaces its entry, so the order and the number of runs do not matter.
_correct = {}
# What the block of a task has printed since its last check; None outside a block.
_heard = None


class _NotYet(Exception):
    """Ends the block of a task after a check has said what is wrong."""


class _Listener:
    """Stands in for the standard output, and keeps what is printed."""

    def __init__(self, out):
        self.out, self.text = out, ""

    def write(self, text):
        self.text += text
        return self.out.write(text)

    def __getattr__(self, name):
        return getattr(self.out, name)  # flush, encoding, and the rest


@contextmanager
def task(number):
    """Hold the checks of one task: its first wrong answer ends the block.

    Whatever the answers raise is printed and goes no further, so that a notebook
    with open or wrong answers still runs from top to bottom.

    Parameters
    ----------
    number : int
        The number of the task, from 1 on. `tally` counts by it.

    Examples
    --------
    >>> from imbtutor.exercises import check, task
    >>> def area(width, height):
    ...     return width * heigth
    >>> with task(1):
    ...     check(area(2, 3), 6, "an area is a product.")
    Not yet: your code raised NameError: name 'heigth' is not defined
    """
    global _heard
    _correct[number] = False
    _heard = _Listener(sys.stdout)
    try:
        with redirect_stdout(_heard):
            yield
        _correct[number] = True
    except _NotYet:
        pass
    # exit() in an answer must not end the notebook either.
    except (Exception, SystemExit) as error:
        raised = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
        print(f"Not yet: your code raised {_cut(raised, 300)}{_place(error)}")
    finally:
        _heard = None


def _place(error):
    """Return the line of the notebook's functions in which `error` was raised."""
    place, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        in_notebook = trace.tb_frame.f_globals.get("__name__") == "__main__"
        # A cell itself is "<module>" to Python, or "<cell line: 1>" to IPython.
        if in_notebook and not code.co_name.startswith(("<module", "<cell")):
            place = f" (line {trace.tb_lineno} of the cell with {code.co_name})"
        trace = trace.tb_next
    return place


def tally(n_tasks):
    """Print how many tasks of this notebook are correct, and which are open.

    Parameters
    ----------
    n_tasks : int
        How many tasks the notebook has. A task whose checks have not run is open.

    Examples
    --------
    >>> from imbtutor.exercises import check, tally, task
    >>> with task(1):
    ...     check(2 * 3, 6, "an area is a product.")
    Correct.
    >>> tally(2)
    1 of 2 correct. Open: task 2.
    """
    left = [number for number in range(1, n_tasks + 1) if not _correct.get(number)]
    line = f"{n_tasks - len(left)} of {n_tasks} correct."
    if left:
        line += f" Open: task {', '.join(map(str, left))}."
    print(line)


def check(value, expected, hint, *, atol=1e-9, key=None, mistakes=None):
    """Say whether an answer is right, and what to look at where it is not.

    It prints and never raises. Where `value` is an expression that may raise, or
    where a wrong answer shall end what follows, put the call into ``with task(1):``.

    Parameters
    ----------
    value : object
        The reader's answer: a number, an array, a string or a bool. None and
        ``...`` count as not answered yet.
    expected : object
        The right answer.
    hint : str
        What to look at where the answer is wrong; it should not give it away.
    atol : float, default=1e-9
        How far numbers may be off.
    key : callable, default=None
        What is judged is ``key(value)``, such as a count of the rows, and not the
        answer itself.
    mistakes : dict of str to object, default=None
        Wrong answers that are worth a word of their own: the word, and the answer.

    Examples
    --------
    >>> from imbtutor.exercises import check
    >>> check(0.5, 0.5, "half of the pairs are in order.")
    Correct.
    >>> check(0.4, 0.5, "half of the pairs are in order.")
    Not yet: half of the pairs are in order.
      You have: 0.4
    >>> check("0.5", 0.5, "half of the pairs are in order.")
    Not yet: a number is asked for, and this is text: leave out quotes and formats.
      You have: '0.5'
    >>> check(None, 0.5, "half of the pairs are in order.")
    Not yet: there is no answer so far.
    """
    printed = _heard is not None and _heard.text.strip()
    if value is None or value is ...:
        word = "there is no answer so far."
        if value is None and printed:
            word = "your code prints, and returns nothing: end it with `return`."
        lines = [word]
    else:
        lines = _judge(value, expected, hint, atol, key, mistakes or {})
    if not lines:
        print("Correct.")
        if _heard is not None:
            _heard.text = ""  # what the next answer prints is heard alone
        return
    print(f"Not yet: {lines[0]}", *lines[1:], sep="\n  ")
    if _heard is not None:
        raise _NotYet


def _judge(value, expected, hint, atol, key, mistakes):
    """Return what to say about a wrong answer, in lines; nothing about a right one."""
    answer = value
    if key is not None:
        try:
            value = key(answer)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            word = f"the check cannot use your answer ({_cut(why, 200)})."
            if callable(answer):
                word = UNCALLED
            return [word, f"Hint: {hint}", f"You have: {_shown(answer)}"]
    if _equal(value, expected, atol):
        return []
    lines = [hint]
    known = [word for word, wrong in mistakes.items() if _equal(value, wrong, atol)]
    if known:
        lines = [known[0], f"Hint: {hint}"]
    elif word := _form(value, expected, atol):
        lines = [word]
    elif word := _relation(value, expected, atol):
        lines = [word, f"Hint: {hint}"]
    # That a property is missing is said already; what misses it is not.
    return [*lines, f"You have: {_shown(answer if expected is True else value)}"]


def _equal(value, expected, atol):
    try:
        value, expected = np.asarray(value), np.asarray(expected)
        if value.shape != expected.shape:
            return False
        if expected.dtype.kind in "fiu":
            # Text of a number is no number, though numpy would read it as one.
            return value.dtype.kind in "fiub" and np.allclose(
                value.astype(float), expected, rtol=0, atol=atol
            )
        return bool((value == expected).all())
    except Exception:  # a ragged list, an object that cannot be compared
        return False


def _form(value, expected, atol):
    """Return a word about an answer whose form is wrong, or None."""
    expected = np.asarray(expected)
    several = expected.ndim > 0
    kind = expected.dtype.kind
    wanted = "text" if kind in "US" else "True or False" if kind == "b" else "a number"
    if several:
        wanted = "a list or an array"
    if callable(value):
        return UNCALLED
    try:
        found = np.asarray(value)
    except Exception:
        if isinstance(value, list | tuple):
            return "the parts of the answer have different lengths."
        return "the answer is of a kind that cannot be compared."
    if found.dtype.kind == "O" and found.ndim == 0:
        return f"{wanted} is asked for, and this is of type {type(value).__name__}."
    if found.dtype.kind == "O" and any(
        each is None or each is ... for each in found.ravel()
    ):
        return "a part of the answer is still missing."
    if found.dtype.kind in "US" and kind in "fiub":
        what = "numbers are" if several else f"{wanted} is"
        return f"{what} asked for, and this is text: leave out quotes and formats."
    if found.dtype.kind in "fiub" and kind in "US":
        return "text is asked for, and this is not."
    if found.shape != expected.shape:
        return _shape(found, expected)
    if kind in "US":
        near = [re.sub(r"\s", "", f"{each}").casefold() for each in (found, expected)]
        return "nearly: mind capitals and blanks." if near[0] == near[1] else None
    if found.dtype.kind == "f" and np.isnan(found).any():
        return "there is a nan in it: what is divided by 0, or missing?"
    return _rounded(found, expected, atol)


def _shape(found, expected):
    if expected.ndim == 0:
        return f"one value is asked for, and this has the shape {found.shape}."
    if found.ndim == 0:
        return "several values are asked for, and this is one."
    if found.ndim != expected.ndim:
        wanted = "a flat list" if expected.ndim == 1 else "a table"
        return f"{wanted} is asked for, and this has the shape {found.shape}."
    return None


def _rounded(found, expected, atol):
    """Return a word about numbers that are right, but for digits, or None."""
    if expected.dtype.kind != "f" or found.dtype.kind not in "fiu":
        return None
    # 0 is no rounded 0.003.
    if ((found == 0) & (expected != 0)).any():
        return None
    right = np.isclose(found, expected, rtol=0, atol=atol)
    for digits in range(1, 9):
        right |= np.isclose(found, expected.round(digits), rtol=0, atol=1e-12)
    if right.all():
        return "the answer is rounded: give all its digits."
    return None


def _relation(value, expected, atol):
    """Return a word about an answer that is near the right one in some way, or None."""
    found, expected = np.asarray(value), np.asarray(expected)
    if found.ndim == 2 and _equal(found.T, expected, atol):
        return "rows and columns are exchanged."
    if found.shape != expected.shape:
        differs = [m != n for m, n in zip(found.shape, expected.shape, strict=True)]
        axis = differs.index(True)
        many = "many" if found.shape[axis] > expected.shape[axis] else "few"
        what = "entries" if found.ndim == 1 else ["rows", "columns"][axis]
        return f"too {many} {what}: {found.shape[axis]}."
    if expected.dtype.kind == "b" and found.dtype.kind == "b":
        mixed = expected.any() and not expected.all()
        exchanged = mixed and _equal(found, ~expected, 0)
        return "True and False are exchanged." if exchanged else None
    if expected.dtype.kind not in "fiu" or found.dtype.kind not in "fiub":
        return None
    found, wanted = found.astype(float), expected.astype(float)
    share = expected.dtype.kind == "f" and ((wanted >= 0) & (wanted <= 1)).all()
    if share and _equal(found, 1 - wanted, atol):
        return (
            "your answer and the right one add up to 1: the other column, the other "
            "class, the other part?"
        )
    if share and _equal(found, 100 * wanted, 100 * atol):
        return "a share is asked for, from 0 to 1, and not per cent."
    if wanted.any() and _equal(found, -wanted, atol):
        return "the sign is turned around."
    distinct = len(np.unique(wanted)) == wanted.size > 1
    if distinct and _equal(np.sort(found, None), np.sort(wanted, None), atol):
        return "the values are right, and their order is not."
    return None


def _shown(value):
    """Return an answer as a short text."""
    try:
        found = np.asarray(value)
        if found.dtype.kind == "O" or found.size == 0:
            text = repr(value)
        elif found.ndim == 0:
            text = repr(found.item())
        else:
            text = np.array2string(found, threshold=12, edgeitems=3, separator=", ")
            if found.size > 12:
                text += f", shape {found.shape}"
    except Exception:  # a ragged list, an object without a text
        text = f"a {type(value).__name__}"
    return _cut(" ".join(text.split()), 120)


def _cut(text, most):
    return text if len(text) <= most else text[: most - 3] + "..."
