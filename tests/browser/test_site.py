"""The book, built as readers get it, and every page of it opened."""

import json
import re
import subprocess
import sys
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urldefrag, urlparse

import pandas as pd
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

ROOT = Path(__file__).parent.parent.parent
LEGIBLE = 9  # pixels: what a reader of ordinary sight can read on a phone
HTML = ROOT / "_build" / "html"
# Sets each control of a figure to its values; returns the texts that leave the canvas
# or meet a title, and the controls that go on without effect. Where several lists
# depend on one another their combinations are tried.
FAULTS = r"""async (figure) => {
  const view = imbtutorViews[figure.dataset.name];
  const drawing = figure.querySelector(".live-drawing");
  const canvas = drawing.querySelector("canvas");
  const controls = [...figure.querySelectorAll(".live-controls :is(input, select)")];
  const lists = controls.filter((each) => each.tagName === "SELECT");
  const sliders = controls.filter((each) => each.type === "range");
  const faults = new Set();
  const fault = (what) => faults.add(what + " at "
    + controls.map((each) => `${each.name}=${each.value}`).join(" "));
  const choose = async (control, value) => {
    control.value = value;
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type));
    await view.runAsync();
  };
  const look = () => {
    const texts = [];
    const walk = (item, x, y) => {
      for (const mark of item.items ?? []) for (const each of mark.items ?? []) {
        const { x1, x2, y1, y2 } = each.bounds;
        if (mark.marktype === "text" && each.text && each.opacity !== 0)
          texts.push({ text: each.text, title: mark.role === "title-text",
            x1: x + x1, x2: x + x2, y1: y + y1, y2: y + y2 });
        walk(each, x + (each.x ?? 0), y + (each.y ?? 0));
      }
    };
    const [left, top] = view.origin();
    for (const each of view.scenegraph().root.items) walk(each, left + 5, top + 5);
    const [wide, high] = [canvas.clientWidth + 1, canvas.clientHeight + 1];
    if (drawing.scrollWidth > drawing.clientWidth) fault("too wide");
    for (const a of texts) {
      if (a.x1 < -1 || a.y1 < -1 || a.x2 > wide || a.y2 > high) fault(`cut: ${a.text}`);
      for (const b of texts) if (a !== b && a.title && b.title && a.x1 < b.x2
        && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2) fault(`${a.text} over ${b.text}`);
    }
  };
  const picture = () => canvas.toDataURL() + view.signal("say");
  const values = (list) => [...list.options].map((option) => option.value);
  let settings = [[]];
  for (const list of lists)
    settings = settings.flatMap((one) => values(list).map((value) => [...one, value]));
  // Each list runs through all its values in each setting, so a few of many will do.
  const n = settings.length;
  const few = n > 100 ? 4 : Math.min(n, 24);
  const at = (i) => Math.floor((i * n) / few);
  const chosen = [...Array(few).keys()].map((i) => settings[at(i)]);
  for (const setting of chosen) {
    for (const [i, list] of lists.entries())
      if (!list.disabled) await choose(list, setting[i]);
    look();
    for (const list of lists.filter((each) => !each.disabled)) {
      const [before, now] = [picture(), list.value];
      for (const value of values(list).filter((each) => each !== now)) {
        await choose(list, value);
        look();
        if (picture() === before) fault(`no effect: ${list.name} from ${now}`);
      }
      await choose(list, now);
    }
    for (const slider of sliders.filter((each) => !each.disabled)) {
      const [low, high, step] = ["min", "max", "step"].map((key) => +slider[key]);
      const now = slider.value;
      const steps = Math.round((high - low) / step);
      let before;
      // A slider may be finer than what it moves, but its last tenth does something.
      for (const share of [0, 0.25, 0.5, 0.75, 0.9, 1]) {
        const at = Math.min(Math.floor(share * steps), share < 1 ? steps - 1 : steps);
        await choose(slider, low + at * step);
        look();
        const drawn = picture();
        if (share === 1 && drawn === before) fault(`no effect: ${slider.name}`);
        before = drawn;
      }
      await choose(slider, now);
    }
  }
  return [...faults].slice(0, 5);
}"""
DRAWN = """() => new Promise((frame) => requestAnimationFrame(() => setTimeout(frame)))
  .then(() => Promise.all(Object.values(globalThis.imbtutorViews ?? {})
  .map((view) => view.runAsync()))).then(() => null)"""


def in_toc(entry):
    if isinstance(entry, list):
        return [file for each in entry for file in in_toc(each)]
    files = [entry[key] for key in ("root", "file") if key in entry]
    for key in ("parts", "chapters", "sections"):
        files += in_toc(entry.get(key, []))
    return files


PAGES = in_toc(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))


@pytest.fixture(scope="module")
def site():
    """The built book on a local server; the build itself is the first test."""
    build = subprocess.run(
        [sys.executable, "book/build.py"], cwd=ROOT, capture_output=True, text=True
    )
    assert build.returncode == 0, build.stdout[-4000:] + build.stderr[-4000:]
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=HTML))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Links(HTMLParser):
    """The ids that a page defines, and what it points to."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.targets, self.texts = set(), set(), []
        self.without_text = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        for name in ("href", "src"):
            if attributes.get(name):
                self.targets.add(attributes[name])
        alt = attributes.get("alt") or ""
        if tag == "img":
            self.texts.append(alt)
        # myst-nb writes the file's name where a cell says nothing.
        if tag == "img" and (not alt.strip() or alt.endswith((".png", ".svg"))):
            self.without_text.append(attributes.get("src", "")[:80])


def test_every_internal_link_and_image_resolves(site):
    pages = {
        path: Links(path)
        for path in HTML.rglob("*.html")
        if "_static" not in path.parts
    }
    broken = []
    for path, page in pages.items():
        for target in page.targets:
            if urlparse(target).scheme or target.startswith("//"):
                continue
            file, anchor = urldefrag(target)
            there = (path.parent / unquote(file).split("?")[0]).resolve()
            there = path if not file else there
            if not there.exists():
                broken.append((path.name, target))
            elif anchor and there in pages and unquote(anchor) not in pages[there].ids:
                broken.append((path.name, target))
    assert not broken


def test_every_image_has_a_text_alternative(site):
    missing = {
        name: links.without_text
        for name in PAGES
        if (links := Links(HTML / f"{name}.html")).without_text
    }
    assert not missing


def test_every_picture_of_a_notebook_is_on_its_page(site):
    for name in PAGES:
        path = ROOT / f"{name}.ipynb"
        if path.exists():
            cells = json.loads(path.read_text("utf-8"))["cells"]
            drawn = [cell["metadata"].get("mystnb") for cell in cells]
            wanted = [each["image"]["alt"] for each in drawn if each]
            shown = Links(HTML / f"{name}.html").texts
            assert [text for text in shown if text in wanted] == wanted, name


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(site, page, name):
    """One visit: opening a page costs more than looking at it three ways.

    No console error and no foreign request: the fixture sees to both.
    """
    page.goto(f"{site}/{name}.html")
    wake(page)
    for text in page.locator(".output.stderr").all_inner_texts():
        # The one warning that a reader shall see: the data are not the real ones.
        assert "simulated" in text or "These are the digits" in text
    # A command that MathML has no sign for stands there as it was written.
    assert not [
        each for each in page.locator("math").all_text_contents() if "\\" in each
    ]
    texts = sizes_of_text(page)
    # Chapters draw; other pages need not.
    assert texts or not re.match(r"notebooks/\d", name)
    assert all(size >= LEGIBLE for size in texts)
    for theme in ("light", "dark"):
        # Without motion a color changes at once, and axe sees no half-way shade.
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_selector(f"html[data-theme={theme}]")
        assert not grave_faults(page), theme
    page.set_viewport_size({"width": 390, "height": 844})
    # The figures hear of the new width with the next frame, and then draw.
    page.evaluate(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # The page hides what a figure's controls would need beyond its edge.
    assert not page.eval_on_selector_all(
        ".live-controls select, .live-controls input",
        "all => all.filter(each => each.getBoundingClientRect().right > 390).length",
    )
    # A report of `diagnose` is prose: nobody scrolls aside to read each line.
    assert not page.eval_on_selector_all(
        "table.dataframe:has([scope=rowgroup])",
        "(all) => all.filter((each) => each.offsetWidth > each.parentElement"
        ".clientWidth).length",
    )
    # Neither does a part of a figure, its legend say, lie out of sight.
    assert not page.eval_on_selector_all(
        ".live-drawing",
        "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).length",
    )
    figures = page.locator("figure.live")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(DRAWN)
        for index in range(figures.count()):
            assert figures.nth(index).evaluate(FAULTS) == [], width
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(DRAWN)
    narrow = sizes_of_text(page)
    assert len(narrow) == len(texts)
    assert all(size >= LEGIBLE for size in narrow)


def sizes_of_text(page):
    """Return how many pixels high the font of the smallest text in each picture is.

    Each picture says how many of its own pixels that are (book/pictures.py); one that
    does not raises KeyError.
    """
    shown = page.eval_on_selector_all(
        ".cell_output img:not(.live-still)",
        "(images) => images.map((image) => [image.src, image.clientWidth])",
    )
    sizes = []
    for src, width in shown:
        with Image.open(HTML / unquote(urlparse(src).path).lstrip("/")) as picture:
            size = float(picture.info["smallest-text"]) * width / picture.width
        if width:  # not folded away
            sizes.append(size)
    return sizes


def grave_faults(page):
    """Return what axe finds wrong, as far as it is serious or critical."""
    # With "preload" axe would ask for style sheets at addresses of its own making.
    results = Axe().run(page, options={"preload": False})
    return [
        (violation["id"], [node["target"] for node in violation["nodes"]][:3])
        for violation in results.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


def test_the_sampler_sheet_sorts_and_filters(site, page):
    """By mouse and by keyboard, in the page alone; without a script it is a table."""
    source = (HTML / "book" / "sampler_sheet.html").read_text("utf-8")
    assert re.search("<td[^>]*>SMOTENC</td>", source)
    page.goto(f"{site}/book/sampler_sheet.html")
    rows = page.locator(".dt-container tbody tr")
    n_samplers = len(pd.read_csv(ROOT / "tests" / "sampler_sheet.csv"))
    expect(rows).to_have_count(n_samplers)
    page.get_by_label("Search:").fill("NearMiss")
    expect(rows).to_have_count(3)
    page.get_by_label("Search:").fill("")
    heads = page.locator(".dt-container thead th").all_inner_texts()
    seconds = rows.locator(f"td:nth-child({heads.index('Its seconds') + 1})")
    # The table sorts a moment after the click; expect() waits for it.
    in_order = sorted(seconds.all_inner_texts(), key=float)
    assert len(set(in_order)) > 1
    sort = page.get_by_role("button", name="Sort by: Its seconds")
    sort.click()
    expect(seconds).to_have_text(in_order)
    sort.focus()
    page.keyboard.press("Enter")
    expect(seconds).to_have_text(in_order[::-1])
    page.get_by_role("button", name="Filter by: Text").focus()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").strip() == "yes":
            break
    page.keyboard.press("Enter")
    names = rows.locator("td:first-child")
    takers = {"RandomOverSampler", "RandomUnderSampler", "SMOTEN", "SMOTENC"}
    expect(rows).to_have_count(len(takers))
    assert set(names.all_inner_texts()) == takers
    # Few rows are left, and still the list of values is not cut off below.
    shown = page.get_by_role("dialog").bounding_box()
    room = page.locator(".dt-container").bounding_box()
    assert shown["y"] + shown["height"] <= room["y"] + room["height"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filter by: Missing values").click()
    page.get_by_role("dialog").get_by_text("yes", exact=True).click()
    expect(rows).to_have_count(2)


def test_the_book_works_from_the_disk(site, page):
    """Opened as a file, with no server at all."""
    for name in PAGES:
        page.goto((HTML / f"{name}.html").as_uri())
        wake(page)


def wake(page):
    """Scroll through the page, and see each of its figures come to life."""
    figures = page.locator("figure.live")
    for index in range(figures.count()):
        figures.nth(index).scroll_into_view_if_needed()
        page.wait_for_function(
            "index => document.querySelectorAll('figure.live')[index]"
            ".classList.contains('live-awake')",
            arg=index,
        )
