"""The build names each notebook that fails, and runs the others."""

import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import build
import execution
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
STATE = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def put(folder, name, code, **metadata):
    cells = [new_code_cell(code)]
    book = new_notebook(cells=cells, metadata={"kernelspec": KERNEL} | metadata)
    nbformat.write(book, folder / f"{name}.ipynb")


def test_a_notebook_that_fails_is_named_and_the_others_run(tmp_path):
    for module in execution.HERE.glob("*.py"):
        (tmp_path / "book").mkdir(exist_ok=True)
        shutil.copy(module, tmp_path / "book")
    put(tmp_path, "first", "print('well')")
    put(tmp_path, "dies", "import os; os._exit(3)")
    put(tmp_path, "fails", "1 / 0")
    put(tmp_path, "stored", "print('well')", widgets=STATE)
    put(tmp_path, "slides", "import ipywidgets; ipywidgets.IntSlider()")
    (tmp_path / "garbled.ipynb").write_text("{")
    names = ["first", "dies", "fails", "stored", "slides", "garbled"]
    chapters = "".join(f"- file: {name}\n" for name in names)
    toc = f"format: jb-book\nroot: intro\nchapters:\n{chapters}"
    (tmp_path / "_toc.yml").write_text(toc)
    command = [sys.executable, tmp_path / "book" / "build.py"]
    # The package in use, and no network: the wines are simulated.
    env = os.environ | {
        "PYTHONPATH": str(execution.ROOT),
        "IMBTUTOR_DATA": str(tmp_path / "file"),
    }
    (tmp_path / "file").write_text("in place of the folder")
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    failed = set(re.findall(r"\] (\w+) .*FAILED$", done.stdout, re.MULTILINE))
    assert failed == set(names) - {"first"}
    for words in [
        "DeadKernelError: Kernel died",
        "ZeroDivisionError",
        "stored.ipynb holds the state of widgets",
        "slides.ipynb shows a widget",
        "NotJSONError",
    ]:
        assert words in done.stdout
    assert "Rendered" not in done.stdout and "rendering" not in done.stdout
    executed = {path.stem for path in (tmp_path / "_build").rglob("*.ipynb")}
    assert executed == {"first"}


@pytest.mark.parametrize("code", [0, 1, -9])
def test_only_a_rendered_book_is_called_so(code, tmp_path, monkeypatch, capsys):
    (tmp_path / "_toc.yml").write_text("root: intro")
    (tmp_path / "_build" / ".doctrees").mkdir(parents=True)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(execution, "forget_others", lambda: None)
    monkeypatch.setattr(build, "run_all", lambda paths: True)
    result = SimpleNamespace(returncode=code)
    monkeypatch.setattr(build.subprocess, "run", lambda *args, **kwargs: result)
    assert build.main() == code
    assert ("Rendered in" in capsys.readouterr().out) == (code == 0)
    # Sphinx warns of each page once: the next build must read them all again.
    assert (tmp_path / "_build" / ".doctrees").exists() == (code == 0)
