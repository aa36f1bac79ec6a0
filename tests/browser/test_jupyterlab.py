"""A chapter in JupyterLab: Run All succeeds, and its figure talks with Python."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from imbtutor import explore

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"

# nbval runs every chapter; here one of each part, as a reader would, but for the case
# studies, which take minutes.
FIRST = {
    path.name[0]: path.name
    for path in sorted(NOTEBOOKS.glob("[0-5]*.ipynb"), reverse=True)
}
DATA = (
    "from imbtutor import make_gaussians, make_mixed, make_scores\n"
    "from imbtutor.explore import *\n"
    "scores = make_scores(200, prevalence=0.2, random_state=0)\n"
    "points = make_gaussians(100, prevalence=0.1, random_state=0)\n"
    "contracts = make_mixed(100, random_state=0)\n"
    "def impossible(rows):\n"
    "    prepaid = rows['plan'] == 'prepaid'\n"
    "    return (prepaid & (rows['fee'] > 0)).to_frame('fee')\n"
    "import pandas as pd\n"
    "from itertools import product\n"
    "from imbtutor.explore.faults import COLUMNS\n"
    "flags = product([False, True], repeat=3)\n"
    "rows = [['tree', a, 'none', b, c] + [0.5] * 6 for a, b, c in flags]\n"
    "summary = pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(COLUMNS))\n"
    "from imbtutor.explore.leakage import KEYS, PLACES, SCORES\n"
    "rows = [['noise', 'copies', place] + [0.5] * 3 for place in PLACES]\n"
    "folds = pd.DataFrame(rows, columns=KEYS + SCORES)"
)
# How a small one of each figure is made.
FIGURES = {
    "explore_adasyn": "explore_adasyn(*points, n_clusters=[2, 5])",
    "explore_averages": "explore_averages([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 1])",
    "explore_bags": "explore_bags(points[1], {'tree': [[points[1] / 2] * 3] * 2})",
    "explore_benchmark": (
        "explore_benchmark(pd.DataFrame({'learner': 'tree', 'metric': 'AUC', 'remedy':"
        " 'SMOTE', 'set': ['a', 'b'], 'gain': [0.1, 0], 'half': 0.1}),"
        " pd.Series({'a': 9, 'b': 99}), pd.Series({'a': 0.1, 'b': 0.01}))"
    ),
    "explore_borderline": "explore_borderline(*points)",
    "explore_calibration": "explore_calibration(*scores, train_prevalence=0.5)",
    "explore_class_weight": "explore_class_weight(*points)",
    "explore_condensing": "explore_condensing(*points)",
    "explore_confusion": "explore_confusion()",
    "explore_costs": "explore_costs(*scores)",
    "explore_edited_neighbours": "explore_edited_neighbours(*points)",
    "explore_faults": "explore_faults(summary, source='simulated')",
    "explore_focal": (
        "explore_focal(scores[0], pd.DataFrame("
        "{('line', 'as trained', gamma): scores[1] for gamma in [0, 1]}))"
    ),
    "explore_forecast": (
        "explore_forecast(pd.DataFrame({'sampler': 'SMOTE()', 'n_samples': [1e3, 1e4],"
        " 'seconds': [0.1, 1.0], 'megabytes': [1.0, 9.0]}))"
    ),
    "explore_gradient": "explore_gradient()",
    "explore_interval": "explore_interval()",
    "explore_leakage": "explore_leakage(folds)",
    "explore_minority_types": "explore_minority_types()",
    "explore_mixed": "explore_mixed(*contracts, impossible)",
    "explore_near_miss": "explore_near_miss(*points)",
    "explore_prevalence": "explore_prevalence(*scores)",
    "explore_random_oversampling": "explore_random_oversampling(*points)",
    "explore_random_undersampling": (
        "explore_random_undersampling(*points, pd.DataFrame({'ratio': [1, 9],"
        " 'random_state': 0, 'auc': [0.8, 0.9]}))"
    ),
    "explore_sample_size": "explore_sample_size()",
    "explore_separation": "explore_separation()",
    "explore_smote": "explore_smote(*points)",
    "explore_smote_pitfalls": "explore_smote_pitfalls()",
    "explore_threshold": "explore_threshold(*scores)",
    "explore_threshold_search": "explore_threshold_search(*scores)",
    "explore_tomek_links": "explore_tomek_links((30, 10))",
    "explore_tree": "explore_tree()",
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab over a copy of the notebooks, as a reader starts it."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # A reader's kernel knows nothing of the static build.
    environment = {k: v for k, v in os.environ.items() if k != "IMBTUTOR_STATIC"}
    environment |= {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--port={port}", "--IdentityProvider.token=", "--ServerApp.password="),
        "--ServerApp.disable_check_xsrf=True",  # the tests end kernels themselves
    ]
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}/api")
            break
        except OSError:
            time.sleep(0.5)
    else:
        server.kill()
        pytest.fail((folder / "log").read_text()[-2000:])
    yield url, folder
    server.terminate()
    server.wait(20)


def open_notebook(page, url, name):
    """Open a notebook and wait for its kernel."""
    page.goto(f"{url}/lab/tree/notebooks/{name}?reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    wait_until_idle(url)


def shut_down(url):
    """End all kernels, so that the next test finds its own alone."""
    with urllib.request.urlopen(f"{url}/api/sessions") as answer:
        sessions = json.load(answer)
    for session in sessions:
        request = urllib.request.Request(
            f"{url}/api/sessions/{session['id']}", method="DELETE"
        )
        urllib.request.urlopen(request)


def restart(url):
    """Restart the one kernel."""
    with urllib.request.urlopen(f"{url}/api/kernels") as answer:
        (kernel,) = json.load(answer)
    request = urllib.request.Request(
        f"{url}/api/kernels/{kernel['id']}/restart", method="POST"
    )
    urllib.request.urlopen(request)
    wait_until_idle(url)


def wait_until_idle(url):
    """Wait until the one kernel is there and has been idle for three seconds."""
    calm = 0
    end = time.monotonic() + 300
    while calm < 6:
        assert time.monotonic() < end, "the kernel is busy for ever"
        time.sleep(0.5)
        with urllib.request.urlopen(f"{url}/api/kernels") as answer:
            states = [kernel["execution_state"] for kernel in json.load(answer)]
        calm = calm + 1 if states == ["idle"] else 0


@pytest.mark.parametrize("name", FIRST.values())
def test_run_all_succeeds_and_the_figure_is_alive(lab, page, name):
    url, folder = lab
    path = folder / "notebooks" / name
    open_notebook(page, url, name)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    wait_until_idle(url)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2000)
    cells = [
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]
    assert cells[-1].execution_count, "the notebook has not come to its end"
    for cell in cells:
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in cell.metadata.get("tags", []))
        noise = [o for o in cell.outputs if o.get("name") == "stderr"]
        assert not noise, noise[0].text
    figures = page.evaluate("Object.keys(globalThis.imbtutorViews ?? {}).length")
    assert figures >= 1
    shut_down(url)


def write(folder, name, cells):
    """Write a notebook of code cells."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nbformat.write(book, folder / "notebooks" / name)


def test_every_figure_is_alive(lab, page):
    names = [name for name in explore.__all__ if name.startswith("explore_")]
    assert names == sorted(FIGURES)
    url, folder = lab
    write(folder, "figures.ipynb", [DATA, *FIGURES.values()])
    open_notebook(page, url, "figures.ipynb")
    page.locator(".jp-Cell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    for count in range(1, len(FIGURES) + 1):
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "count => Object.values(globalThis.imbtutorViews ?? {})"
            ".filter(view => view.signal('say')).length === count",
            arg=count,
            timeout=60_000,
        )
    # Each follows the window, in and out again, once it is in sight.
    canvases = page.locator(".live-drawing canvas")
    before = [canvas.evaluate("node => node.clientWidth") for canvas in canvases.all()]
    assert len(before) == len(FIGURES)
    page.set_viewport_size({"width": 1000, "height": 900})
    for canvas in canvases.all():
        canvas.scroll_into_view_if_needed()
        until(canvas, "node => node.clientWidth <= node.parentNode.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    for canvas, width in zip(canvases.all(), before, strict=True):
        canvas.scroll_into_view_if_needed()
        until(canvas, f"node => node.clientWidth === {width}")
    shut_down(url)


def until(locator, condition):
    """Wait until an element fulfils a condition, a function in JavaScript."""
    node = locator.element_handle()
    locator.page.wait_for_function(condition, arg=node)


def run_next(page):
    """Run the selected cell and go to the next."""
    page.keyboard.press("Shift+Enter")


def canvas_widths(page):
    """Return the widths of the figures that are drawn, from top to bottom."""
    return page.evaluate(
        "[...document.querySelectorAll('.live-drawing canvas')].map(c => c.clientWidth)"
    )


def test_python_reads_and_sets_the_figure(lab, page):
    """Cells run one by one: show, set and get, get, show again; save and reopen."""
    url, folder = lab
    cells = [
        "from imbtutor import make_scores\n"
        "from imbtutor.explore import explore_threshold\n"
        "y_true, y_score = make_scores(300, prevalence=0.2, random_state=3)\n"
        "live = explore_threshold(y_true, y_score)\n"
        "live",
        "live.set(threshold=0.3)\n"
        "print('in one cell', live.get('threshold'), live.get('recall'))",
        "from sklearn.metrics import recall_score\n"
        "expected = recall_score(y_true, y_score >= 0.3)\n"
        "print('same recall:', abs(live.get('recall') - expected) < 1e-6)",
        "print('threshold now', live.get('threshold'))",
        "live",
    ]
    write(folder, "talk.ipynb", cells)
    open_notebook(page, url, "talk.ipynb")
    page.locator(".jp-Cell .cm-content").first.click()
    run_next(page)
    page.wait_for_function(
        "globalThis.imbtutorViews?.threshold?.signal('say')", timeout=60_000
    )
    page.wait_for_timeout(500)
    assert not page.locator(".live-saved").is_visible()
    run_next(page)
    page.wait_for_function("imbtutorViews.threshold.signal('threshold') === 0.3")
    page.get_by_text("in one cell 0.3 None").wait_for()
    page.wait_for_timeout(500)
    run_next(page)
    page.get_by_text("same recall: True").wait_for()
    # The other way: a hand on the slider, read from Python.
    slider = page.locator(".live-controls input[aria-label=Threshold]")
    slider.press("ArrowRight")  # the arrow keys are the slider's, not the notebook's
    page.wait_for_function("imbtutorViews.threshold.signal('threshold') === 0.31")
    page.wait_for_timeout(500)
    page.locator(".jp-Cell .cm-content").nth(3).click()
    run_next(page)
    page.get_by_text("threshold now 0.31").wait_for()

    # Shown again: as wide as the first, and where the hand has left it.
    run_next(page)
    page.wait_for_function(
        "document.querySelectorAll('.live-drawing canvas').length === 2"
    )
    page.wait_for_timeout(1000)
    first, second = canvas_widths(page)
    assert first == second > 400
    assert page.evaluate("imbtutorViews.threshold.signal('threshold')") == 0.31

    # Reloaded, with its kernel: alive and as wide as before.
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    page.goto(f"{url}/lab/tree/notebooks/talk.ipynb", wait_until="domcontentloaded")
    page.wait_for_function(
        "document.querySelectorAll('.live-drawing canvas').length === 2", timeout=60_000
    )
    page.wait_for_timeout(1000)
    assert canvas_widths(page) == [first, first]

    # The kernel starts anew: the figure still answers the hand.
    restart(url)
    page.wait_for_timeout(3000)
    page.locator(".live-controls input[aria-label=Threshold]").last.press("ArrowRight")
    page.wait_for_function("imbtutorViews.threshold.signal('threshold') === 0.32")
    assert page.get_by_text("Error displaying widget").count() == 0

    # Opened again without it: the still picture and the way out, and no error.
    shut_down(url)
    saved = nbformat.read(folder / "notebooks" / "talk.ipynb", as_version=4)
    assert len(nbformat.writes(saved)) < 100_000  # two pictures, and no script
    open_notebook(page, url, "talk.ipynb")
    page.locator(".live-saved").first.wait_for()
    page.wait_for_timeout(3000)
    still = page.locator(".live-saved img").first
    assert still.bounding_box()["width"] > 400
    assert page.get_by_text("to bring the figure to life").first.is_visible()
    assert not page.get_by_text("Error displaying widget").first.is_visible()
    shut_down(url)
    page.problems.clear()  # JupyterLab logs that the widget is gone


def test_a_bench_trains_again(lab, page):
    """A slider moved by hand retrains the model; slow work waits for the button."""
    url, folder = lab
    cells = [
        "import time\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "from imbtutor import make_islands\n"
        "from imbtutor.explore import bench\n"
        "X, y = make_islands(500, prevalence=0.1, random_state=0)\n"
        "def grow(min_samples_leaf=5, pause=False):\n"
        "    time.sleep(1.1 * pause)\n"
        "    tree = DecisionTreeClassifier(\n"
        "        min_samples_leaf=min_samples_leaf, random_state=0\n"
        "    ).fit(X, y)\n"
        "    print(f'leaves of {min_samples_leaf}: {tree.get_n_leaves()}')\n"
        "bench(grow, min_samples_leaf=(1, 40), pause=False)",
        "for size in (5, 6, 7):\n"
        "    tree = DecisionTreeClassifier(min_samples_leaf=size, random_state=0)\n"
        "    print(f'expected of {size}: {tree.fit(X, y).get_n_leaves()}')",
    ]
    write(folder, "bench.ipynb", cells)
    open_notebook(page, url, "bench.ipynb")
    page.locator(".jp-Cell .cm-content").first.click()
    run_next(page)
    run_next(page)
    page.get_by_text("expected of 7").wait_for(timeout=60_000)
    printed = page.locator(
        ".jp-OutputArea-output pre", has_text="expected"
    ).inner_text()
    expected = dict(re.findall(r"of (\d): (\d+)", printed))
    result = page.locator(".widget-interact pre")

    def shows(size):
        page.locator(
            ".widget-interact pre", has_text=f"leaves of {size}: {expected[str(size)]}"
        ).wait_for()

    shows(5)
    button = page.get_by_role("button", name="Run", exact=True)
    assert not button.is_visible()
    assert not page.get_by_text("bring the bench to life").is_visible()
    handle = page.locator(".widget-interact .noUi-handle").first
    handle.press("ArrowRight")
    shows(6)
    # Now each run takes over a second: the first in passing, the next on demand.
    page.locator(".widget-interact input[type=checkbox]").check()
    button.wait_for()
    handle.press("ArrowRight")
    page.get_by_text("the earlier settings").wait_for()
    assert "leaves of 6" in result.inner_text()
    button.click()
    page.get_by_text("Running").wait_for()
    shows(7)

    # A saved bench says what to do, not that its widget is gone.
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    shut_down(url)
    open_notebook(page, url, "bench.ipynb")
    page.get_by_text("bring the bench to life").wait_for()
    page.wait_for_timeout(2000)
    assert not page.get_by_text("Error displaying widget").is_visible()
    shut_down(url)
    page.problems.clear()  # JupyterLab logs that the widget is gone
