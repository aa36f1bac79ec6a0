"""What every test shares, and how nbval runs the notebooks."""

import re

import execution
import matplotlib
import pytest
from nbval.plugin import IPyNbFile

# A reader's answers, kept by `python -m imbtutor.exercises --force`.
collect_ignore_glob = ["notebooks/exercises/*_yours_*", "course/*", ".venv-teach/*"]
# nbgrader stands in the teachers' environment only.
collect_ignore = ["imbtutor/classroom/preprocessors.py"]
# Its settings, in which nbgrader defines a name.
collect_ignore.append("notebooks/assignments/nbgrader_config.py")

# The kernels of nbval inherit this, as those of the build do.
execution.set_environment()
# Figures are drawn, not shown. Not by MPLBACKEND: the kernels would inherit it, and
# their notebooks would lose their pictures.
matplotlib.use("agg")

# Run at the end of a chapter: its live figure still answers as the text promises.
LIVE = """
from imbtutor.explore import Live
assert isinstance(live, Live), f"the name `live` was given away: {live!r:.200}"
_controls = [name for name in live._names if "bind" in live._signals[name]]
assert _controls
for _name in _controls:
    _value = live.get(_name)
    assert _value is not None, _name
    live.set(**{_name: _value})
    assert live.get(_name) == _value, _name
"""


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Take nbval's notebooks as ours."""
    return [
        Notebook.from_parent(parent, path=file_path)
        if isinstance(each, IPyNbFile)
        else each
        for each in (yield)
    ]


class Notebook(IPyNbFile):
    """A notebook that nbval runs cell by cell, and that is then looked at whole."""

    def collect(self):
        cells = list(super().collect())
        yield from cells
        yield Whole.from_parent(self, name="the whole", cells=cells)

    def setup(self):
        super().setup()
        self.kernel.execute_cell_input = self.start
        self.run(execution.RECORD)

    def start(self, source, allow_stdin):
        # nbval itself asks for no history, and then IPython ignores a final `;`.
        return self.kernel.kc.execute(
            source, allow_stdin=allow_stdin, stop_on_error=False
        )

    def run(self, source):
        """Run code that is no cell of the notebook, unseen by it."""
        reply = self.kernel.kc.execute_interactive(
            source, silent=True, timeout=60, output_hook=lambda message: None
        )
        if reply["content"]["status"] == "error":
            pytest.fail("\n".join(reply["content"]["traceback"]), pytrace=False)


class Whole(pytest.Item):
    """The notebook after its last cell: its outputs are kept for whoever needs them."""

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        self.cells = cells

    def runtest(self):
        path, book = self.path, self.parent.nb
        if any(cell.test_outputs is None for cell in self.cells):
            pytest.skip("some of the cells were not run")
        if any(self.failed(cell) for cell in self.cells):
            execution.forget(path)
            pytest.skip("a cell failed")
        count = 0
        for count, cell in enumerate(self.cells, 1):
            cell.cell.outputs, cell.cell.execution_count = cell.test_outputs, count
        execution.write(path, book)
        source = "\n".join(cell.cell.source for cell in self.cells)
        names = re.findall(r"^(\w+) = explore_\w+\(", source, re.MULTILINE)
        if path.parent.name == "notebooks":
            assert names == ["live"], "a chapter's figure is called `live`"
            self.parent.run(LIVE)

    @staticmethod
    def failed(cell):
        return not cell.options["check_exception"] and any(
            output.output_type == "error" for output in cell.test_outputs
        )

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}: the whole"
