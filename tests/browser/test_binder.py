"""What Binder does, without Docker: install, postBuild, a launch link, Run All.

The steps are those that `jupyter-repo2docker --no-build --debug .` prints. Not here:
the conda environment below them, whose JupyterLab requirements.txt replaces, and pip,
which installs the same files at a tenth of the speed of uv.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
# The end of a launch link: https://mybinder.org/v2/gh/OWNER/NAME/HEAD?urlpath=...
URLPATH = "lab/tree/notebooks/12_roc_curve.ipynb"
# Binder serves each reader's JupyterLab below an address and a token of its own.
BASE, TOKEN = "/user/reader-1a2b/", "a-token"
# Settings of whoever runs the tests, which nobody has on Binder.
OURS = ("PYTHON", "IMBTUTOR", "MPL", "JUPYTER", "XDG")


def uv(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def binder(tmp_path_factory):
    """The folder of an image: `repo` holds the repository, `home` the rest."""
    folder = tmp_path_factory.mktemp("binder")
    # A step that asks for one small package, so that a network that is not there is
    # told apart from requirements that cannot be met.
    probe = ("--no-cache", "--dry-run", "--target", "nowhere", "wheel")
    if (answer := uv(*probe, cwd=folder)).returncode:
        pytest.skip(f"no package index: {answer.stderr.strip().splitlines()[-1]}")

    leave = (
        ".git",
        ".venv",
        "_build",
        "build",
        "*.egg-info",
        "__pycache__",
        ".*_cache",
    )
    repo = shutil.copytree(ROOT, folder / "repo", ignore=shutil.ignore_patterns(*leave))
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "uv", "venv", "-q", folder / "env"], check=True
    )
    for what in (("-r", "requirements.txt"), (".",)):
        answer = uv("--quiet", "--python", python, *what, cwd=repo)
        assert answer.returncode == 0, answer.stderr
    return folder


@pytest.fixture(scope="module")
def environment(binder):
    """The variables of a process in the image."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    path = f"{binder / 'env' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    home = {"HOME": str(binder / "home"), "XDG_CACHE_HOME": str(binder / "home/.cache")}
    return kept | home | {"PATH": path}


@pytest.fixture(scope="module")
def prepared(binder, environment):
    """What postBuild says; repo2docker runs it like this."""
    (binder / "repo" / "postBuild").chmod(0o755)
    answer = subprocess.run(
        ["./postBuild"],
        cwd=binder / "repo",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def lab(binder, environment, prepared):
    """The address of the image's JupyterLab, as Binder hands it to a reader."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *("jupyter-lab", "--no-browser", "--allow-root", f"--port={port}"),
        *(f"--ServerApp.base_url={BASE}", f"--IdentityProvider.token={TOKEN}"),
    ]
    # The new PATH counts for looking up the command only when a shell does it.
    command[0] = str(binder / "env" / "bin" / command[0])
    with open(binder / "log", "w") as log:
        server = subprocess.Popen(
            command, cwd=binder / "repo", env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}{BASE}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{url}api")
            break
        except OSError:
            time.sleep(0.5)
    else:
        server.kill()
        pytest.fail((binder / "log").read_text()[-2000:])
    yield url
    server.terminate()
    server.wait(20)


def test_the_whole_package_is_installed(binder):
    # Not as a link to the folder: `pip install .` comes last, and makes a copy.
    (copy,) = (binder / "env").glob("lib/python*/site-packages/imbtutor")
    files = [
        {path.relative_to(top) for path in top.rglob("*") if path.is_file()}
        for top in (binder / "repo" / "imbtutor", copy)
    ]
    source, installed = (
        {path for path in each if "__pycache__" not in path.parts} for each in files
    )
    assert Path("book.mplstyle") in source
    assert installed == source


def test_post_build_leaves_what_the_first_chapter_needs(binder, prepared):
    assert list((binder / "home").rglob("fontlist*.json"))
    # A line for each, whether or not they could be had; the image is built either way.
    files = {"Wine data": "winequality-white.csv", "Benchmark sets": "x1data.npz"}
    for line, (data, file) in zip(
        prepared.splitlines()[-2:], files.items(), strict=True
    ):
        found = list((binder / "home").rglob(file))
        outcome = "in the cache" if found else "not to be had now, which does no harm"
        assert line == f"{data}: {outcome}."


def kernels(url):
    """Return the states of the kernels."""
    with urllib.request.urlopen(f"{url}api/kernels?token={TOKEN}") as answer:
        return [kernel["execution_state"] for kernel in json.load(answer)]


def test_a_launch_link_opens_a_chapter_that_runs_to_its_end(binder, lab, page):
    page.goto(f"{lab}{URLPATH}?token={TOKEN}", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    # The page calls a kernel idle that is not there yet; the server knows.
    end = time.monotonic() + 120
    while kernels(lab) != ["idle"]:
        assert time.monotonic() < end, "no kernel starts"
        page.wait_for_timeout(1000)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    path = binder / "repo" / URLPATH.removeprefix("lab/tree/")
    end = time.monotonic() + 300
    while True:
        page.wait_for_timeout(2000)
        page.keyboard.press("Control+s")
        cells = nbformat.read(path, as_version=4).cells
        code = [cell for cell in cells if cell.cell_type == "code"]
        if code[-1].execution_count:
            break
        assert time.monotonic() < end, "the chapter does not come to its end"
    for cell in code:
        assert not [o for o in cell.outputs if o.output_type == "error"], cell.source
    assert page.evaluate("Object.keys(globalThis.imbtutorViews ?? {}).length") >= 1


def test_the_python_of_binder_is_one_that_is_tested():
    version = re.fullmatch(
        r"python-(3\.\d+)\n", (ROOT / "runtime.txt").read_text("utf-8")
    )[1]
    workflow = (ROOT / ".github/workflows/test.yml").read_text("utf-8")
    matrix = yaml.safe_load(workflow)["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert version in matrix
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">={min(matrix, key=version_of)}"


def version_of(text):
    return tuple(map(int, text.split(".")))
