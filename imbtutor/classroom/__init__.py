"""Tools for teachers: release the graded assignments, and grade what comes back.

``python -m imbtutor.classroom`` has the commands; `book/teaching.md` shows them, and
`notebooks/assignments/README.md` says how an assignment is written. They need the
environment of `requirements/teach.in`; nothing of it is imported here.
"""


def graded(answer, judge=None, *, atol=1e-9):
    """Mark a line of a hidden test: its answer is an equal share of the points.

    Where a student's work is graded, this function is not called: the line's
    arguments are taken apart, `answer` is computed in the student's kernel, and its
    value is compared outside, with the one that the solution gave. In the source,
    where the solution runs, it shows the value.

    Parameters
    ----------
    answer : object
        An expression of the student's functions and variables.
    judge : callable, default=None
        Where more than one answer is right: a function that says whether this one
        is. It sees the answer as JSON would carry it, and the names of the solution.
    atol : float, default=1e-9
        How far numbers may be off.

    Raises
    ------
    ValueError
        If the judge does not accept the solution's own answer.

    Examples
    --------
    >>> from imbtutor.classroom import graded
    >>> graded(2 * 3)
    graded: 6
    >>> graded([3, 1], lambda counts: min(counts) >= 1)
    graded: [3, 1]
    """
    if judge is not None and not judge(answer):
        raise ValueError(f"the judge does not accept the solution's own {answer!r}.")
    print(f"graded: {answer!r:.200}")
