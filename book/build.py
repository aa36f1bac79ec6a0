"""Build the book: run the notebooks in parallel, then render the pages.

``make book`` calls this. Jupyter Book alone would run one notebook after the
other, in silence. What ``make test`` has run already is not run again (execution.py).
"""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import execution
import yaml
from execution import ROOT


def notebooks(entry):
    """Yield the notebooks that a part of _toc.yml names."""
    if isinstance(entry, list):
        for each in entry:
            yield from notebooks(each)
    elif isinstance(entry, dict):
        path = ROOT / f"{entry.get('file', entry.get('root', ''))}.ipynb"
        if path.exists():
            yield path
        for key in ("parts", "chapters", "sections"):
            yield from notebooks(entry.get(key, []))


def run(path):
    """Execute one notebook; return its seconds, and what went wrong or None."""
    start = time.monotonic()
    try:
        execution.run(path)
    # A cell that fails, a kernel that dies, a file that is no notebook: whatever it is,
    # it has a name, and the others run.
    except Exception as error:
        return time.monotonic() - start, f"{type(error).__name__}: {error}"
    return time.monotonic() - start, None


def has_run(path):
    """Tell whether the outputs of a notebook are there; a broken one's are not."""
    try:
        return execution.read(path) is not None
    except Exception:
        return False  # its run will say what is wrong


def run_all(paths):
    """Execute what nobody has executed yet; return whether all of it succeeded."""
    todo = [path for path in paths if not has_run(path)]
    print(f"Notebooks: {len(paths)}, to run: {len(todo)}", flush=True)
    # The case studies come last in the book and take longest: they start first.
    todo.reverse()
    failed = False
    # A fresh process a worker: the kernels' event loops do not survive a fork.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(run, path): path for path in todo}
        for count, job in enumerate(as_completed(jobs), 1):
            try:
                seconds, error = job.result()
            except BrokenProcessPool as broken:  # killed from outside, with its worker
                seconds, error = 0, f"not run, or not to the end: {broken}"
            mark = "" if error is None else "  FAILED"
            head = f"[{count:2d}/{len(todo)}]"
            print(f"{head} {jobs[job].stem:<36} {seconds:6.1f} s{mark}", flush=True)
            if error is not None:
                failed = True
                print(error, flush=True)
    return not failed


def main():
    """Build `_build/html`; a warning is an error."""
    start = time.monotonic()
    execution.set_environment()
    execution.forget_others()
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    if not run_all(list(notebooks(toc))):
        return 1
    ran = time.monotonic()
    print(f"Notebooks done in {ran - start:.0f} s, rendering", flush=True)
    book = [Path(sys.executable).with_name("jupyter-book"), "build", "."]
    flags = ["-W", "-n", "--keep-going", "-q"]
    code = subprocess.run([*book, *flags], cwd=ROOT).returncode
    if code:
        # Sphinx would not warn again of a page that it has read already.
        shutil.rmtree(ROOT / "_build" / ".doctrees", ignore_errors=True)
        return code
    print(f"Rendered in {time.monotonic() - ran:.0f} s: _build/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
