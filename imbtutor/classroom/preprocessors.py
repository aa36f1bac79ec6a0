"""What nbgrader does with a notebook in this course: needs nbgrader, unlike the rest.

`nbgrader_config.py` of the course names these, so that they hold for formgrader too.
"""

import json
from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from . import marking, sandbox
from .repair import TEACHER


class ExecuteInSandbox(NbGraderPreprocessor):
    """Run a student's notebook in the sandbox and mark its cells of tests.

    nbgrader runs in the folder of the course, where the settings, the sources and the
    values to expect stand.
    """

    cell_seconds = Float(60, help="for one cell, or one hidden test").tag(config=True)
    notebook_seconds = Float(600, help="for all of them").tag(config=True)
    memory_mb = Integer(4000, help="for all processes together").tag(config=True)
    output_kb = Integer(200, help="what is kept of a cell's output").tag(config=True)
    sandboxed = Bool(True, help="False: with your own rights").tag(config=True)

    def limits(self):
        return sandbox.Limits(
            self.cell_seconds, self.notebook_seconds, self.memory_mb, self.output_kb
        )

    def preprocess(self, nb, resources):
        """Return the notebook with its outputs."""
        if self.sandboxed and (problem := sandbox.problem()):
            raise RuntimeError(f"no sandbox: {problem}")
        name = resources["nbgrader"]["assignment"]
        folder = Path(resources["metadata"]["path"])
        files = [
            path
            for path in sorted(folder.iterdir())
            if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb"
        ]
        expected = json.loads(Path("expected", f"{name}.json").read_text("utf-8"))
        solution = nbformat.read(Path("source", name, f"{name}.ipynb"), as_version=4)
        marking.mark(
            nb, expected["values"], solution, self.limits(), files, self.sandboxed
        )
        # The outputs are plain dicts so far.
        return nbformat.from_dict(nb), resources


class HideTests(NbGraderPreprocessor):
    """Take out of the feedback what students must not see."""

    def preprocess(self, nb, resources):
        """Return the notebook without hidden tests, and without the teacher's cells."""
        nb.cells = [cell for cell in nb.cells if not cell.id.startswith(TEACHER)]
        for cell in nb.cells:
            visible, hidden = marking.split(cell.source)
            if hidden:
                cell.source = visible
            shown = []
            for output in cell.get("outputs", []):
                about = output.get("metadata", {}).get("imbtutor", {})
                if "right" in about:
                    told = f"{about['right']} of {about['of']} hidden tests are right."
                    output = nbformat.v4.new_output("stream", text=told)
                if "for" not in about:
                    shown.append(output)
            if cell.cell_type == "code":
                cell.outputs = shown
        return nb, resources
