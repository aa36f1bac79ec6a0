"""What this book adds to Sphinx, and what it takes out of the theme."""

import re
import shutil
from math import ceil
from pathlib import Path

import execution
import nbformat
from docutils import nodes
from fontTools import subset
from latex2mathml.converter import convert
from PIL import Image

from imbtutor.explore.live import HERE, vega_runtime

UNCHECKED = re.compile(r"(simulated wine|.+ not here): ")
"""How a line begins that tells which claims were not checked, for want of data."""
SMALLEST = 9
"""Pixels of the page that the font of a picture's smallest text is high at least."""
NARROW = 320
"""Pixels that the narrowest phones leave for a picture."""


def use_executed(app, docname, source):
    """Hand on the executed notebook in place of the one without outputs."""
    # A page is written anew when these lines or its outputs have changed.
    app.env.note_dependency(__file__)
    path = Path(app.srcdir, f"{docname}.ipynb")
    if not path.exists():
        return
    notebook = execution.outputs(path)
    app.env.note_dependency(str(execution.place(path)))
    for cell in notebook.cells:
        # The reader sees which claims were not checked, but not the code of the check.
        if "remove-cell" in cell.metadata.get("tags", []) and any(
            UNCHECKED.match(output.get("text", "")) for output in cell.outputs
        ):
            cell.metadata.tags = ["remove-input"]
    source[0] = nbformat.writes(notebook)


def add_figures(app, pagename, templatename, context, doctree):
    """Give the script and the style to the pages that hold a figure."""
    if doctree is not None and any(
        'class="live"' in node.astext() for node in doctree.findall(nodes.raw)
    ):
        app.add_css_file("imbtutor/live.css")
        app.add_js_file("imbtutor/live.js", loading_method="defer")


def write_runtime(site):
    """Write the scripts of the figures; live.js also serves the widget."""
    folder = site / "_static" / "imbtutor"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vega.js").write_text(vega_runtime(), "utf-8")
    (folder / "live.css").write_text((HERE / "live.css").read_text("utf-8"), "utf-8")
    script = (HERE / "live.js").read_text("utf-8")
    start = "imbtutorLive.page(document.currentScript.src);\n"
    (folder / "live.js").write_text(script + start, "utf-8")


def mend_theme(site):
    """Take out of the built pages what the theme gets wrong.

    - It loads 1.5 MB of script to draw a dozen icons that its font also has.
    - Its font and its style sheet hold 1,400 icons.
    - The buttons that open a part of the contents have no name.
    - It keeps templates among the static files.
    """
    icons = set()
    for path in site.rglob("*.html"):
        page = path.read_text("utf-8")
        mended = re.sub(r"\s*<script[^>]*/fontawesome\.js[^>]*></script>", "", page)
        mended = mended.replace(
            '<summary><span class="toctree-toggle"',
            '<summary aria-label="Show the pages below"><span class="toctree-toggle"',
        )
        # The newer versions of a page are the only ones to change.
        if mended != page:
            path.write_text(mended, "utf-8")
        icons.update(re.findall(r"\bfa-[a-z-]+", page))
    static = site / "_static"
    for path in [*static.glob("*macros.html"), *static.glob("scripts/fontawesome.js*")]:
        path.unlink()
    icons.update(
        name
        for path in static.rglob("*.js")
        for name in re.findall(r"\bfa-[a-z-]+", path.read_text("utf-8"))
    )
    codes = set()
    for path in static.rglob("*.css"):
        style = path.read_text("utf-8")
        for names, code in re.findall(
            r'([^{}]*)\{[^{}]*?(?:content|--fa):"\\([0-9a-f]{4})"', style
        ):
            classes = set(re.findall(r"\.(fa-[a-z-]+)", names))
            if classes & icons or not classes:
                codes.add(int(code, 16))
        # Whole rules that do nothing but name the letter of an unused icon.
        mended = re.sub(
            r'(?:\.fa-[\w-]+:{1,2}before,?)+\{(?:content|--fa):"[^"]*"\}',
            lambda rule: (
                rule[0] if set(re.findall(r"fa-[a-z-]+", rule[0])) & icons else ""
            ),
            style,
        )
        if mended != style:
            path.write_text(mended, "utf-8")
    options = subset.Options(flavor="woff2")
    for path in static.glob("vendor/fontawesome/webfonts/*.woff2"):
        font = subset.load_font(path, options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        subset.save_font(font, path, options)
        path.with_suffix(".ttf").unlink(missing_ok=True)


def keep_text_legible(site):
    """Let a picture scroll in its box before its smallest text gets too small.

    Each picture says how high that text is in its pixels (pictures.py).
    """
    for path in site.glob("notebooks/**/*.html"):
        page = path.read_text("utf-8")

        def mend(tag, folder=path.parent):
            file = (folder / re.search(r'src="([^"]+)"', tag[0])[1]).resolve()
            with Image.open(file) as picture:
                smallest = float(picture.info.get("smallest-text", "inf"))
                width = ceil(picture.width * SMALLEST / smallest)
            if width <= NARROW:
                return tag[0]
            # The keyboard can scroll it, too.
            return (
                '<div class="wide" tabindex="0" role="group" aria-label="Picture">'
                f'{tag[0].replace("<img ", f"""<img style="min-width: {width}px" """)}'
                "</div>"
            )

        # Not those of a page that stands since an earlier build.
        new = r'<img (?!style="min-width)[^>]*src="[^":]*/_images/[^"]+\.png"[^>]*>'
        mended = re.sub(new, mend, page)
        if mended != page:
            path.write_text(mended, "utf-8")


def finish(app, exception):
    """Complete the site once Sphinx has written it."""
    if exception is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    write_runtime(site)
    mend_theme(site)
    keep_text_legible(site)
    # The chapters link to them; they are files to open in Jupyter, not pages.
    exercises = Path("notebooks", "exercises")
    shutil.copytree(
        app.srcdir / exercises,
        site / exercises,
        # The copies that `--force` made of a reader's answers stay at home.
        ignore=shutil.ignore_patterns("*_yours_*"),
        dirs_exist_ok=True,
    )


def math_inline(self, node):
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def math_block(self, node):
    formula = convert(node.astext(), display="block")
    # A wide formula scrolls on a phone; the keyboard reaches it, too.
    self.body.append(f'<div class="formula" tabindex="0">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Connect to Sphinx."""
    # MathML needs no script, no font and no other host; every browser draws it.
    app.add_html_math_renderer("mathml", (math_inline, None), (math_block, None))
    app.connect("source-read", use_executed)
    app.connect("html-page-context", add_figures)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
