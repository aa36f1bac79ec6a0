"""A headless Chromium, and a page for one interactive figure."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from imbtutor.explore.live import HERE, vega_runtime

# Background services would try to reach other hosts.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    """The browser; without one, tests are skipped, but never in CI."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        message = "needs Chromium: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page that fails its test on an error in the console or a foreign request."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(10_000)
    problems = []
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: (
            problems.append(f"console: {message.text}")
            if message.type in ("error", "warning")
            # JupyterLab counts the seconds of its start, many on a busy machine.
            and "ms to activate" not in message.text
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1"))
            else problems.append(f"request to another host: {request.url}")
        ),
    )
    page.problems = problems
    yield page
    page.close()
    assert not problems


# The marks of a panel belong to the panel, where view.data() does not look;
# Altair appends a number to the names of layers.
_ROWS = r"""([figure, name]) => {
  const wanted = new RegExp(`^${name}(_\\d+)?_marks$`);
  const find = (mark) => wanted.test(mark.name) ? mark.items.map((item) => item.datum)
    : (mark.items ?? []).flatMap((item) => (item.items ?? []).flatMap(find));
  return find(imbtutorViews[figure].scenegraph().root);
}"""

# The place of each mark of a layer in the canvas, by the id of its row.
_PLACES = r"""([figure, name]) => {
  const wanted = new RegExp(`^${name}(_\\d+)?_marks$`);
  const view = imbtutorViews[figure];
  const found = {};
  const walk = (item, x, y) => {
    if (wanted.test(item.mark?.name)) found[item.datum.id] = [x + item.x, y + item.y];
    for (const mark of item.items ?? []) for (const each of mark.items ?? [])
      walk(each, x + (item.x ?? 0), y + (item.y ?? 0));
  };
  for (const each of view.scenegraph().root.items) walk(each, ...view.origin());
  return found;
}"""


class LiveFigure:
    """A figure alive in a page, driven as a reader drives it."""

    def __init__(self, page, name):
        self.page = page
        self.name = name

    def signal(self, name):
        """Return the value of a control or of a computed number, as shown."""
        return self.page.evaluate(
            "([figure, name]) => imbtutorViews[figure].signal(name) ?? null",
            [self.name, name],
        )

    def rows(self, name):
        """Return the rows that the layer of that name draws."""
        return self.page.evaluate(_ROWS, [self.name, name])

    def places(self, name):
        """Return where that layer draws each row: its x and y, by the row's id."""
        found = self.page.evaluate(_PLACES, [self.name, name])
        return {int(row): place for row, place in found.items()}

    def click(self, x, y):
        """Click into the drawing, at a place as `places` gives it."""
        canvas = self.page.locator(".live-drawing canvas").bounding_box()
        self.page.mouse.click(canvas["x"] + x, canvas["y"] + y)
        self.settle()

    def control(self, label):
        """Return the input with that label."""
        controls = self.page.locator(".live-controls")
        return controls.locator(f"[aria-label={label!r}]")

    def move(self, label, value):
        """Move a slider, or choose from a list, as a hand would."""
        control = self.control(label)
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(str(value))
        else:
            control.fill(str(value))
        self.settle()

    def press(self, label, key):
        """Press a key on a control."""
        self.control(label).press(key)
        self.settle()

    def sentence(self):
        """Return the spoken sentence, once it has caught up (250 ms)."""
        self.page.wait_for_timeout(350)
        return self.page.locator(".live-say").inner_text()

    def settle(self):
        """Wait until the figure has redrawn."""
        self.page.evaluate(
            "name => imbtutorViews[name].runAsync().then(() => null)", self.name
        )


@pytest.fixture
def show(page, tmp_path, monkeypatch):
    """Return a function that opens a static page with one figure, alive."""
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")

    def open_page(fig, width=1280, dark=False):
        (tmp_path / "vega.js").write_text(vega_runtime(), "utf-8")
        script = (HERE / "live.js").read_text("utf-8")
        script += "\nimbtutorLive.page(document.currentScript.src);\n"
        (tmp_path / "live.js").write_text(script, "utf-8")
        style = (HERE / "live.css").read_text("utf-8")
        (tmp_path / "page.html").write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>A figure</title>'
            f"<style>body {{max-width: 690px; margin: auto}} {style}</style><main>"
            f"<h1>A figure</h1>{fig._repr_mimebundle_()['text/html']}</main>"
            '<script defer src="live.js"></script></html>',
            "utf-8",
        )
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_selector("figure.live-awake")
        return LiveFigure(page, fig.name)

    return open_page
