"""One execution of each notebook, shared by the tests and the build.

Whoever runs a notebook, nbval or the build, stores its outputs under
``_build/executed/<fingerprint>/``; whoever needs outputs looks there first. They are
valid for exactly the code cells that were run, and for exactly the package, the
environment and the data of the fingerprint.
"""

import hashlib
import os
import shutil
import sys
import time
import warnings
from functools import cache
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from imbtutor import load_wine_quality
from imbtutor.explore.live import STATIC

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
EXECUTED = ROOT / "_build" / "executed"
TIMEOUT = 300
"""Seconds that one cell may take."""
WIDGET = "application/vnd.jupyter.widget-view+json"
RECORD = f"__import__('runpy').run_path({str(HERE / 'pictures.py')!r})"
"""What each kernel runs, in silence, before the first cell."""


def set_environment():
    """Set what the kernels of this process inherit."""
    # Figures that need no kernel.
    os.environ[STATIC] = "1"
    # The notebooks must not lean on what their libraries will drop.
    os.environ["PYTHONWARNINGS"] = (
        "error::FutureWarning:__main__,error::DeprecationWarning:__main__"
    )
    # Kernels run side by side, one a core: more threads would only wait.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@cache
def fingerprint():
    """Hash all that the outputs depend on besides the notebooks themselves."""
    digest = hashlib.sha256()
    files = [
        ROOT / "requirements.txt",
        *sorted((ROOT / "requirements").glob("*")),
        *sorted((ROOT / "imbtutor").rglob("*")),
        # What the notebooks read besides.
        *sorted((ROOT / "benchmarks").glob("*.csv")),
        HERE / "execution.py",
        HERE / "pictures.py",
    ]
    # Of grading no page knows anything.
    left_out = {"__pycache__", "classroom"}
    for path in files:
        if path.is_file() and not left_out & set(path.parts):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    # Asked once, here: otherwise every notebook would download the data for itself.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = load_wine_quality(fallback="simulated").source
    digest.update(f"{sys.version_info[:2]} {source}".encode())
    return digest.hexdigest()


def place(path):
    """Return where the executed form of the notebook at `path` stands."""
    return EXECUTED / fingerprint() / Path(path).resolve().relative_to(ROOT)


def _code(notebook):
    # Text may change without a new run.
    return [
        (cell.source, sorted(cell.metadata.get("tags", [])))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _source(path):
    """Return the notebook at `path` as it is stored."""
    notebook = nbformat.read(path, as_version=4)
    if "widgets" in notebook.metadata:
        raise ValueError(
            f"{Path(path).name} holds the state of widgets, and its page would ask "
            f"another host for scripts to show it. Run: nbstripout {path}"
        )
    return notebook


def read(path):
    """Return the notebook at `path` with its outputs, or None where none are valid.

    Raises
    ------
    ValueError
        If it was stored with the state of widgets.
    """
    notebook = _source(path)
    if not place(path).exists():
        return None
    executed = nbformat.read(place(path), as_version=4)
    if _code(executed) != _code(notebook):
        return None
    cells = (cell for cell in executed.cells if cell.cell_type == "code")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            done = next(cells)
            cell.outputs, cell.execution_count = done.outputs, done.execution_count
    return notebook


def write(path, executed):
    """Store `executed`, the notebook at `path` after its run.

    Raises
    ------
    ValueError
        If a cell shows a widget, which no page can without a kernel.
    """
    for cell in executed.cells:
        if any(WIDGET in output.get("data", {}) for output in cell.get("outputs", [])):
            raise ValueError(
                f"{Path(path).name} shows a widget, and its page would ask another "
                f"host for scripts. Use Live or bench of imbtutor.explore in the cell\n"
                f"{cell.source}"
            )
    goal = place(path)
    goal.parent.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(executed)
    # The same outputs again are no news: the page that shows them stays as it is.
    if goal.exists() and goal.read_text("utf-8") == text:
        return
    # Another process may read it now: it sees the old file or the new one, whole.
    part = goal.with_suffix(f".{os.getpid()}")
    part.write_text(text, "utf-8")
    part.replace(goal)


def forget(path):
    """Remove the outputs of the notebook at `path`: it has just failed."""
    place(path).unlink(missing_ok=True)


def forget_others():
    """Remove what earlier states of the package and the environment produced."""
    if EXECUTED.exists():
        for folder in EXECUTED.iterdir():
            if folder.name != fingerprint():
                shutil.rmtree(folder)


def run(path):
    """Execute the notebook at `path` in a kernel of its own and store its outputs.

    Returns
    -------
    float
        Seconds that it took.

    Raises
    ------
    nbclient.exceptions.CellControlSignal
        If a cell fails or takes too long.
    nbclient.exceptions.DeadKernelError
        If the kernel dies.
    ValueError
        If the notebook holds or shows widgets.
    """
    start = time.monotonic()
    set_environment()
    notebook = _source(path)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        resources={"metadata": {"path": Path(path).parent}},
        on_notebook_start=lambda notebook: client.kc.execute(RECORD, silent=True),
    )
    client.execute()
    write(path, notebook)
    return time.monotonic() - start


def outputs(path):
    """Return the notebook at `path` with its outputs; run it where none are valid."""
    if (executed := read(path)) is None:
        run(path)
        executed = read(path)
    return executed
