"""Run the cells of chapter 63 on another table, as a reader does."""

import contextlib
import io
from pathlib import Path

import nbformat

CHAPTER = Path(__file__).parent.parent / "notebooks" / "63_your_own_data.ipynb"
TWO_LINES = (
    'table = tickets  # or pd.read_csv("yours.csv", parse_dates=["when"])\n'
    'target = "escalated"'
)
LAST = "joblib.dump("


def cells():
    """Return the code that a reader runs, from the setup to the saved model."""
    found = []
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        # The figure shows what others compute, and takes a second.
        if cell.cell_type == "code" and "remove-cell" not in tags:
            if "explore_costs" not in cell.source:
                found.append(cell.source)
        if cell.cell_type == "code" and LAST in cell.source:
            return found
    raise AssertionError(f"no cell of the chapter has {LAST!r} any more")


def run(table, target, most=None, until=None):
    """Return the names that the cells leave and all words that they say.

    The cells stop where one of them raises, as a notebook does, or after the one that
    makes the name `until`.
    """
    names, out, sources = {"__name__": "__main__"}, io.StringIO(), cells()
    assert TWO_LINES in sources, "the two lines to change are not where they were"
    before = sources.index(TWO_LINES)
    with contextlib.redirect_stdout(out):
        for k, source in enumerate(sources):
            if k == before:
                names |= {"table": table, "target": target}
                continue
            if most is not None:
                source = source.replace("20_000", str(most))
            try:
                exec(compile(source, f"cell {k}", "exec"), names)
            except (TypeError, ValueError) as error:
                if k <= before:
                    raise
                names["error"] = error
                print(f"{type(error).__name__}: {error}")
                break
            if until in names:
                break
    said = names["data"].said if "data" in names else []
    return names, "\n".join([out.getvalue(), *said, names.get("report", "")])
