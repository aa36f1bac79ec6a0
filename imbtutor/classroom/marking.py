"""Run a notebook in the sandbox, and mark it by what its functions give.

First all cells run from top to bottom, as the student would see it, without the
hidden tests. Their outputs are kept for the feedback. Then, after the last cell, come
the hidden tests: their inputs are sent into the kernel, and only values come back,
which are compared out here with those of the solution. Nothing else of that part is
kept, so that no student code can carry a hidden test into the feedback, and nothing
that it patches can decide a mark.
"""

import ast
import json
import math
import time
from dataclasses import dataclass

from .sandbox import Kernel, Reply

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
LARGEST_ANSWER = 5_000_000
"""Characters."""
# Runs in the student's kernel, anew before each answer.
CARRY = """
def __carry__(value):
    import json
    def plain(value, depth=0):
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if depth > 50:
            raise TypeError("the answer is nested too deeply")
        if isinstance(value, dict):
            return {str(key): plain(each, depth + 1) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(each, depth + 1) for each in value]
        if isinstance(value, (set, frozenset)):
            return sorted((plain(each, depth + 1) for each in value), key=repr)
        if hasattr(value, "columns") and hasattr(value, "to_dict"):
            return {str(name): plain(list(value[name]), depth + 1) for name in value}
        if hasattr(value, "tolist"):
            return plain(value.tolist(), depth + 1)
        kind = type(value).__name__
        raise TypeError(f"an answer of type {kind} cannot be compared")
    return json.dumps(plain(value))
"""


def split(source):
    """Return what students see of a cell of tests, and its hidden part."""
    visible, _, rest = source.partition(BEGIN_HIDDEN)
    hidden, _, after = rest.partition(END_HIDDEN)
    return (visible.rstrip() + "\n" + after.strip()).strip(), hidden


@dataclass(frozen=True)
class Line:
    """One statement of a hidden part; `answer` is None where it only prepares."""

    source: str
    answer: str | None = None
    judge: str | None = None
    atol: float = 1e-9


def take_apart(hidden):
    """Return the statements of a hidden part, in order, as a list of `Line`."""
    lines = []
    for node in ast.parse(hidden).body:
        source, call = ast.unparse(node), getattr(node, "value", None)
        is_graded = (
            isinstance(node, ast.Expr)
            and isinstance(call, ast.Call)
            and ast.unparse(call.func) == "graded"
        )
        if not is_graded:
            lines.append(Line(source))
            continue
        answer, *judge = map(ast.unparse, call.args)
        named = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
        lines.append(Line(source, answer, judge[0] if judge else None, **named))
    return lines


def same(value, expected, atol=1e-9):
    """Return whether two values that came as JSON are equal, but for the floats' blur.

    Examples
    --------
    >>> from imbtutor.classroom.marking import same
    >>> same([0.1 + 0.2, "SMOTE"], [0.3, " smote"]), same(1, True), same([1], 1)
    (True, False, False)
    """
    if isinstance(expected, bool) or isinstance(value, bool):
        return value is expected
    if isinstance(expected, int | float):
        if not isinstance(value, int | float):
            return False
        if math.isnan(expected):
            return math.isnan(value)
        return math.isclose(value, expected, rel_tol=1e-9, abs_tol=atol)
    if isinstance(expected, str):
        return (
            isinstance(value, str)
            and value.strip().casefold() == expected.strip().casefold()
        )
    if isinstance(expected, list):
        return (
            isinstance(value, list)
            and len(value) == len(expected)
            and all(
                same(one, other, atol)
                for one, other in zip(value, expected, strict=True)
            )
        )
    if isinstance(expected, dict):
        return (
            isinstance(value, dict)
            and value.keys() == expected.keys()
            and all(same(value[key], expected[key], atol) for key in expected)
        )
    return value is expected


class Session:
    """A notebook's run. A kernel that is lost is replaced, and caught up.

    A cell that ends its kernel (a loop without end, `os._exit`) is left out when the
    next kernel repeats what ran before: it costs its own task, and no other.
    """

    def __init__(self, limits, files=(), sandboxed=True):
        self.limits, self.files, self.sandboxed = limits, files, sandboxed
        self.kernel, self.done = None, []
        self.deadline = time.monotonic() + limits.notebook_seconds

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    def run(self, code, expression=None, keep=True):
        """Run some code as `Kernel.run` does; with `keep` it is repeated later on."""
        while self.kernel is None:
            if self._seconds() <= 0:
                return Reply(ended=self._over())
            self.kernel = Kernel(self.limits, self.files, self.sandboxed)
            for number, earlier in enumerate(self.done):
                if self._once(earlier).ended:
                    del self.done[number]
                    break
        if self._seconds() <= 0:
            return Reply(ended=self._over())
        reply = self._once(code, expression, history=keep)
        if keep and not reply.ended:
            self.done.append(code)
        return reply

    def _once(self, code, expression=None, history=True):
        seconds = max(0.1, min(self.limits.cell_seconds, self._seconds()))
        reply = self.kernel.run(code, expression, seconds, history)
        if reply.ended:
            self.close()
        return reply

    def _seconds(self):
        return self.deadline - time.monotonic()

    def _over(self):
        seconds = self.limits.notebook_seconds
        return f"was not run: the notebook took more than {seconds:g} seconds"


def _about(cell):
    return cell.metadata.get("nbgrader", {})


def run_visible(session, book):
    """Run the cells of a notebook without hidden tests; their outputs go into it."""
    for count, cell in enumerate(book.cells, 1):
        if cell.cell_type != "code":
            continue
        reply = session.run(split(cell.source)[0])
        cell.outputs, cell.execution_count = reply.outputs, count
        if reply.ended:
            cell.outputs.append(
                {
                    "output_type": "error",
                    "ename": "Stopped",
                    "evalue": f"This cell {reply.ended}.",
                    "traceback": [f"Stopped: this cell {reply.ended}."],
                }
            )


def answers(session, hidden):
    """Yield each line of a hidden part that is marked, its value, and what went wrong.

    The value is as JSON carries it; where there is none, the third says why.
    """
    before = []
    for line in take_apart(hidden):
        if line.answer is None:
            before.append(line.source)
            continue
        # All of the preparation each time: the line before may have ended the kernel.
        code = CARRY + "\n".join(before)
        reply = session.run(code, f"__carry__({line.answer})", keep=False)
        if reply.ended or reply.error or reply.value is None:
            why = reply.ended or reply.error or "the answer did not arrive"
            yield line, None, why
            continue
        try:
            text = ast.literal_eval(reply.value)
            if len(text) > LARGEST_ANSWER:
                raise ValueError("the answer is too large")
            yield line, json.loads(text), None
        # A student's code may send anything.
        except (
            ValueError,
            SyntaxError,
            TypeError,
            RecursionError,
            MemoryError,
        ) as error:
            yield line, None, f"the answer cannot be read ({type(error).__name__})"


def tests_of(book):
    """Yield the cells of tests of a notebook."""
    for cell in book.cells:
        about = _about(cell)
        if cell.cell_type == "code" and about.get("grade") and about.get("locked"):
            yield cell


def expect(solution, limits, sandboxed=True):
    """Return what the solution gives for each line that is marked.

    Parameters
    ----------
    solution : NotebookNode
        The notebook with its solution and its hidden tests. It is run, not changed.

    Returns
    -------
    expected : dict of str to list
        For each cell of tests, by its grade_id, the values of its lines.

    Raises
    ------
    ValueError
        If the solution gives no value for a line, or a judge refuses it.
    """
    expected = {}
    with Session(limits, sandboxed=sandboxed) as session:
        run_visible(session, solution)
        for cell in solution.cells:
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    raise ValueError(f"the solution fails: {output['evalue']}")
        for cell in tests_of(solution):
            name = _about(cell)["grade_id"]
            expected[name] = []
            for line, value, why in answers(session, split(cell.source)[1]):
                if why is None and line.judge is not None:
                    if not _judged(session, line, value):
                        why = "its judge does not accept the solution"
                if why is not None:
                    raise ValueError(f"{name}: {line.source}: {why}")
                expected[name].append(value)
    return expected


def _judged(session, line, value):
    """Whether the judge of a line, after the solution, accepts a student's value."""
    # repr: a text that holds the JSON, and nothing that could run.
    call = f"bool(({line.judge})(__import__('json').loads({json.dumps(value)!r})))"
    return session.run("", call, keep=False).value == "True"


def mark(book, expected, solution, limits, files=(), sandboxed=True):
    """Run a student's notebook and mark its cells of tests.

    Parameters
    ----------
    book : NotebookNode
        The student's answers with the hidden tests in their cells. Outputs go into it:
        of a cell of tests, first what its visible checks printed, then for the teacher
        what each hidden test gave, and last the points, as nbgrader reads them.
    expected : dict of str to list
        From `expect`.
    solution : NotebookNode
        What judges run after. Only used where there is a judge.
    """
    reference = None
    try:
        with Session(limits, files, sandboxed) as session:
            run_visible(session, book)
            for cell in tests_of(book):
                about, hidden = _about(cell), split(cell.source)[1]
                values = expected[about["grade_id"]]
                right, report = 0, []
                for number, (line, value, why) in enumerate(answers(session, hidden)):
                    if why is not None:
                        ok = False
                    elif line.judge is None:
                        ok = same(value, values[number], line.atol)
                    else:
                        if reference is None:
                            reference = Session(limits, sandboxed=sandboxed)
                            run_visible(reference, solution)
                        ok = _judged(reference, line, value)
                    right += ok
                    report.append(_told(line, value, why, ok, values[number]))
                _write(cell, right, report)
    finally:
        if reference is not None:
            reference.close()


def _told(line, value, why, ok, expected):
    told = f"{'right' if ok else 'WRONG'}  {line.source}"
    if not ok:
        told += f"\n       {why}" if why else f"\n       gave     {_short(value)}"
        if line.judge is None:
            told += f"\n       expected {_short(expected)}"
    return told


def _short(value):
    return f"{json.dumps(value):.200}"


def _write(cell, right, report):
    """Put what a cell of tests gave into its outputs, the points last."""
    points = cell.metadata.nbgrader["points"] * right / len(report)
    # A word on stderr, or an error of a visible check, would be zero to nbgrader.
    shown = []
    for output in cell.outputs:
        if output["output_type"] == "error":
            text = "\n".join(output["traceback"]) + "\n"
            output = {"output_type": "stream", "name": "stdout", "text": text}
        elif output["output_type"] == "stream":
            output = {**output, "name": "stdout"}
        shown.append(output)
    teacher = {
        "output_type": "display_data",
        "data": {"text/plain": "Hidden tests:\n" + "\n".join(report)},
        "metadata": {"imbtutor": {"for": "teacher"}},
    }
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": f"{points:.4g}"},
        "metadata": {"imbtutor": {"right": right, "of": len(report)}},
        "execution_count": cell.execution_count,
    }
    cell.outputs = [*shown, teacher, result]
