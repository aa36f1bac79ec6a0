"""Measure what has a budget: the import, the pages, the figures.

    make book
    .venv/bin/python benchmarks/budgets.py

Chapters and the build report their own times while they run. Nothing here is
asserted: a busy machine would fail, a fast one would hide a fault.
"""

import gzip
import shutil
import statistics
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"

# Moves a slider through its range, and takes the time from the input to the frame.
MOVE = """async (figure) => {
  const view = imbtutorViews[figure.dataset.name];
  const slider = figure.querySelector("input[type=range]");
  const times = [];
  for (let i = 0; i <= 60; i += 1) {
    const [low, high] = [Number(slider.min), Number(slider.max)];
    slider.value = low + ((high - low) * i) / 60;
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    await view.runAsync();
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times.sort((a, b) => a - b);
}"""


def import_seconds(code):
    """Return the median of five fresh processes."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure_import():
    base = import_seconds("import matplotlib.pyplot, sklearn")
    ours = import_seconds("import matplotlib.pyplot, sklearn, imbtutor")
    print(f"import imbtutor: {ours - base:+.2f} s beside matplotlib and scikit-learn")


def measure_pages():
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=HTML))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = sorted([*HTML.glob("book/*.html"), *HTML.glob("notebooks/*.html")])
    weights, zipped = [], []
    print(f"{'page':<32} {'kB':>6} {'gzip':>6}   frame: median, p95 (ms)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for path in pages:
            page = browser.new_page()
            bodies = []
            page.on("response", lambda answer, bodies=bodies: bodies.append(answer))
            where = path.relative_to(HTML).as_posix()
            page.goto(f"http://127.0.0.1:{server.server_port}/{where}")
            times = []
            for figure in page.query_selector_all("figure.live"):
                figure.scroll_into_view_if_needed()
                page.wait_for_function(
                    "figure => figure.classList.contains('live-awake')", arg=figure
                )
                if figure.query_selector("input[type=range]"):
                    times += figure.evaluate(MOVE)
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.wait_for_load_state("networkidle")
            contents = [answer.body() for answer in bodies]
            weights.append(sum(map(len, contents)) / 1000)
            # Fonts and pictures are packed already; gzip leaves them as they are.
            zipped.append(sum(len(gzip.compress(each)) for each in contents) / 1000)
            frame = ""
            if times:
                times.sort()
                p95 = times[int(0.95 * len(times))]
                frame = f"   {statistics.median(times):.1f}, {p95:.1f}"
            print(f"{path.stem:<32} {weights[-1]:6.0f} {zipped[-1]:6.0f}{frame}")
            page.close()
        browser.close()
    server.shutdown()
    middle = statistics.median(weights), statistics.median(zipped)
    print(f"median {middle[0]:.0f} kB, {middle[1]:.0f} kB gzipped")


if __name__ == "__main__":
    measure_import()
    measure_pages()
