"""What is kept of an executed notebook, for whom, and what the reader sees of it."""

import io
import runpy
from types import SimpleNamespace

import execution
import extension
import matplotlib.pyplot as plt
import nbformat
import pytest
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.text import Text
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from PIL.PngImagePlugin import PngInfo


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A notebook of one text and one code cell; what it gave is stored."""
    monkeypatch.setattr(execution, "ROOT", tmp_path)
    monkeypatch.setattr(execution, "EXECUTED", tmp_path / "executed")
    monkeypatch.setattr(execution, "fingerprint", lambda: "now")
    path = tmp_path / "book.ipynb"
    cells = [new_markdown_cell("Text."), new_code_cell("1 + 1", metadata={"tags": []})]
    book = new_notebook(cells=cells)
    nbformat.write(book, path)
    data = {"text/plain": "2"}
    cells[1].outputs = [new_output("execute_result", data, execution_count=1)]
    execution.write(path, book)
    return path


def change(path, index, **values):
    book = nbformat.read(path, as_version=4)
    book.cells[index].update(values)
    nbformat.write(book, path)


def test_outputs_are_those_of_the_code(path):
    change(path, 0, source="Other text.")
    book = execution.read(path)
    assert book.cells[0].source == "Other text."
    assert book.cells[1].outputs[0].data == {"text/plain": "2"}


@pytest.mark.parametrize(
    "values",
    [{"source": "1 + 2"}, {"metadata": {"tags": ["raises-exception"]}}],
)
def test_other_code_has_no_outputs(path, values):
    change(path, 1, **values)
    assert execution.read(path) is None


def test_another_state_of_the_package_has_no_outputs(path, monkeypatch):
    monkeypatch.setattr(execution, "fingerprint", lambda: "later")
    assert execution.read(path) is None
    execution.forget_others()
    assert not list(execution.EXECUTED.iterdir())


def test_the_same_outputs_again_are_no_news(path):
    before = execution.place(path).stat().st_mtime_ns
    execution.write(path, nbformat.read(execution.place(path), as_version=4))
    assert execution.place(path).stat().st_mtime_ns == before


def test_a_failed_notebook_is_forgotten(path):
    execution.forget(path)
    assert execution.read(path) is None


def test_stored_widgets_are_refused(path):
    book = nbformat.read(path, as_version=4)
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    nbformat.write(book, path)
    for use in [execution.read, execution.run, execution.outputs]:
        with pytest.raises(ValueError, match="book.ipynb holds the state.*nbstripout"):
            use(path)


def test_shown_widgets_are_refused(path):
    book = nbformat.read(path, as_version=4)
    data = {"text/plain": "IntSlider()", execution.WIDGET: {"model_id": "1"}}
    book.cells[1].outputs = [new_output("display_data", data)]
    with pytest.raises(ValueError, match=r"book.ipynb shows a widget(.|\n)*1 \+ 1"):
        execution.write(path, book)


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("simulated wine: no check\n", ["remove-input"]),
        ("ecoli is not here: no check\n", ["remove-input"]),
        ("some other line\n", ["remove-cell"]),
    ],
)
def test_the_page_shows_which_claims_were_not_checked(path, said, tags):
    change(path, 1, metadata={"tags": ["remove-cell"]})
    book = nbformat.read(path, as_version=4)
    book.cells[1].outputs = [new_output("stream", name="stdout", text=said)]
    execution.write(path, book)
    needed = []
    env = SimpleNamespace(note_dependency=needed.append)
    source = [path.read_text("utf-8")]
    extension.use_executed(
        SimpleNamespace(srcdir=path.parent, env=env), path.stem, source
    )
    cell = nbformat.reads(source[0], as_version=4).cells[1]
    assert (cell.metadata.tags, cell.outputs[0].text) == (tags, said)
    # The page is written anew when the notebook is run again.
    assert str(execution.place(path)) in needed


def test_a_picture_knows_its_smallest_text(monkeypatch):
    for owner, name in [(Text, "draw"), (FigureCanvasBase, "print_figure")]:
        monkeypatch.setattr(owner, name, getattr(owner, name))  # restored afterwards
    runpy.run_path(execution.HERE / "pictures.py")
    fig, ax = plt.subplots()
    ax.tick_params(labelsize=20)
    ax.text(0.5, 0.5, "small", fontsize=9)
    ax.text(0.5, 0.5, "unseen", fontsize=2, visible=False)
    ax.text(0.5, 0.5, " ", fontsize=2)
    for expected in [9, 6]:
        file = io.BytesIO()
        fig.canvas.print_figure(file, format="png", dpi=144, bbox_inches="tight")
        with Image.open(file) as picture:
            assert float(picture.info["smallest-text"]) == expected * 144 / 72
        ax.set_title("smaller", fontsize=6)
    plt.close(fig)


def test_a_picture_scrolls_where_its_text_would_get_too_small(tmp_path):
    for name, width in [("wide", 840), ("narrow", 300)]:
        info = PngInfo()
        info.add_text("smallest-text", "14.00")
        file = tmp_path / "_images" / f"{name}.png"
        file.parent.mkdir(exist_ok=True)
        Image.new("L", (width, 9)).save(file, pnginfo=info)
    page = tmp_path / "notebooks" / "a.html"
    page.parent.mkdir()
    narrow = '<img alt="Narrow." src="../_images/narrow.png" />'
    page.write_text(f'{narrow}\n<img alt="Wide." src="../_images/wide.png" />')
    # A second build finds the page as the first one left it.
    for _ in range(2):
        extension.keep_text_legible(tmp_path)
        first, second = page.read_text().split("\n")
        assert first == narrow
        # 14 pixels of 840 are 9 pixels of 540.
        assert second.count('<img style="min-width: 540px" alt="Wide."') == 1
        assert second.count('<div class="wide" tabindex="0" role="group"') == 1
