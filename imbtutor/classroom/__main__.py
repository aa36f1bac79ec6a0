"""The teacher's commands: ``python -m imbtutor.classroom COMMAND``.

``release`` writes what students get, ``check`` says of each submission whether it can
be graded, ``grade`` grades them, ``feedback`` writes what they get back, and the marks.
"""

import argparse
import os
import sys
import warnings
from collections import Counter
from pathlib import Path

from . import grading, release
from .sandbox import Limits

COMMANDS = ["release", "check", "grade", "feedback"]


def _settings(course):
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()


def _nbgrader(course, sandboxed):
    """Return nbgrader's interface for a course, with the settings that stand in it."""
    # nbgrader calls alembic by its name, also where the environment is not activated.
    here = str(Path(sys.executable).parent)
    if here not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, os.environ["PATH"]])
    from nbgrader.apps import NbGraderAPI

    config = _settings(course)
    config.CourseDirectory.root = str(Path(course).resolve())
    config.ExecuteInSandbox.sandboxed = sandboxed
    # nbgrader hands its rows around so that SQLAlchemy warns at each submission.
    warnings.filterwarnings("ignore", message="Object of type", module="nbgrader")
    api = NbGraderAPI(config=config)
    api.log.setLevel("WARNING")
    return api


def _limits(course):
    names = Limits.__dataclass_fields__
    settings = _settings(course).ExecuteInSandbox
    found = {k: v for k, v in settings.items() if k in names}
    return Limits(**found)


def _variant(text):
    name, _, seed = text.partition("=")
    if not name.isalnum() or not seed.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r}: write a name and a seed: c=2025")
    return name, int(seed)


def main(arguments=None):
    """Run a command; return 1 where it failed, at a submission too, and else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m imbtutor.classroom",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--course", type=Path, default=Path("course"))
    parser.add_argument(
        "--assignments", type=Path, default=Path("notebooks/assignments")
    )
    parser.add_argument(
        "--variant", type=_variant, action="append", help="name=seed, such as c=2025"
    )
    parser.add_argument("--assignment", help="name with variant")
    parser.add_argument("--from", dest="folder", type=Path, help="the submissions")
    parser.add_argument("--no-sandbox", action="store_true")
    options = parser.parse_args(arguments)
    if options.command != "release" and not options.assignment:
        parser.error("say which assignment: --assignment (make: ASSIGNMENT=...)")
    if options.command in ("check", "grade") and not options.folder:
        parser.error("say where the submissions are: --from (make: FROM=...)")
    try:
        return _run(options)
    except (FileNotFoundError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(options):
    course, name, sandboxed = options.course, options.assignment, not options.no_sandbox

    def interface(course):
        return _nbgrader(course, sandboxed)

    if options.command in ("release", "grade"):
        print(release.require_sandbox(sandboxed))
    if options.command == "release":
        settings = _limits(options.assignments)
        variants = dict(options.variant or release.VARIANTS)
        release.release(
            options.assignments, course, variants, interface, settings, sandboxed
        )
        return 0
    if options.command != "check":
        import nbgrader.apps  # noqa: F401, once, and not in each student's process
    if options.command == "check":
        rows = grading.check_all(course, name, options.folder)
        print(*map(grading.show, rows), sep="\n")
    elif options.command == "grade":
        rows = grading.grade_all(
            course,
            name,
            options.folder,
            interface,
            _limits(course).notebook_seconds + 180,
            say=lambda row: print(grading.show(row), flush=True),
        )
    else:
        rows = grading.feedback_all(course, name, interface)
        print(*map(grading.show, rows), sep="\n")
        if not rows:
            raise FileNotFoundError(f"nobody is graded in {name} so far: make grade")
    path = course / "tables" / f"{name}_{options.command}.csv"
    if options.command != "check":
        grading.write_table(rows, path)
    counts = Counter(row.status for row in rows)
    print("\n" + ", ".join(f"{count} {status}" for status, count in counts.items()))
    if options.command != "check":
        print(f"The table: {path}")
    if options.command == "feedback":
        print(f"To give back: {course / 'feedback'}/<student>/{name}/{name}.html")
    return min(counts["failed"], 1)


if __name__ == "__main__":
    sys.exit(main())
