"""Build the book: run the notebooks in parallel, then render the pages.

``make book`` calls this. Jupyter Book alone would run one notebook after the
other, in silence, and would not see that `imbtutor` has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution

from imbtutor import load_wine_quality

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
CACHE = ROOT / CONFIG["execute"]["cache"]


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


def fingerprint():
    """Hash all that the outputs depend on besides the notebooks themselves."""
    digest = hashlib.sha256()
    files = [
        ROOT / "requirements.txt",
        *sorted((ROOT / "imbtutor").rglob("*")),
    ]
    for path in files:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    # Asked once, here: otherwise every chapter would download the data for itself.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = load_wine_quality(fallback="simulated").source
    print(f"Wine data: {source}", flush=True)
    digest.update(f"{sys.version_info[:2]} {source}".encode())
    return digest.hexdigest()


def forget_if_changed(now):
    """Drop cached outputs that an earlier state of the package produced."""
    stamp = CACHE / "imbtutor.sha256"
    if not stamp.exists() or stamp.read_text() != now:
        shutil.rmtree(CACHE, ignore_errors=True)
        # Sphinx keeps the outputs of pages whose source is unchanged here.
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
        CACHE.mkdir(parents=True)
        stamp.write_text(now)


def run(path):
    """Execute one notebook in its own kernel, as Jupyter Book itself does."""
    notebook = nbformat.read(path, as_version=4)
    result = single_nb_execution(
        notebook,
        cwd=str(path.parent),
        timeout=CONFIG["execute"]["timeout"],
        allow_errors=False,
    )
    return notebook, result


def run_all(paths):
    """Execute what is not in the cache; return whether all of it succeeded."""
    cache = get_cache(CACHE)
    todo = []
    for path in paths:
        try:
            cache.match_cache_notebook(nbformat.read(path, as_version=4))
        except KeyError:
            todo.append(path)
    print(f"Notebooks: {len(paths)}, to run: {len(todo)}", flush=True)
    # The case studies come last in the book and take longest: they start first.
    todo.reverse()
    failed = []
    # A fresh process a worker: the kernels' event loops do not survive a fork.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(run, path): path for path in todo}
        for count, job in enumerate(as_completed(jobs), 1):
            path = jobs[job]
            notebook, result = job.result()
            mark = "" if result.err is None else "  FAILED"
            head = f"[{count:2d}/{len(todo)}]"
            print(
                f"{head} {path.stem:<36} {result.time:6.1f} s{mark}",
                flush=True,
            )
            if result.err is not None:
                failed.append(path)
                print(result.exc_string, flush=True)
                continue
            data = {"execution_seconds": result.time}
            cache.cache_notebook_bundle(
                CacheBundleIn(notebook, str(path), data=data),
                check_validity=False,
                overwrite=True,
            )
    return not failed


def main():
    """Build `_build/html`; a warning is an error."""
    start = time.monotonic()
    # The kernels inherit all this: figures without a kernel, no silent deprecation.
    os.environ["IMBTUTOR_STATIC"] = "1"
    os.environ["PYTHONWARNINGS"] = (
        "error::FutureWarning:__main__,error::DeprecationWarning:__main__"
    )
    # One notebook a core: more threads would only wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    forget_if_changed(fingerprint())
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
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    print(f"Rendered in {time.monotonic() - ran:.0f} s: _build/html/index.html")
    return code


if __name__ == "__main__":
    sys.exit(main())
