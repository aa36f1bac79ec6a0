"""The layer below every interactive figure."""

import base64
import io
import re
from decimal import Decimal
from fractions import Fraction

import altair as alt
import numpy as np
import pytest
from PIL import Image, ImageColor

from imbtutor.explore import Live


def chart(**point):
    k = alt.param("k", value=3, bind=alt.binding_range(min=1, max=9, step=2, name="K"))
    kind = alt.param(
        "kind", value="a", bind=alt.binding_select(options=["a", "b"], name="Kind")
    )
    double = alt.param("double", expr="2 * k")
    say = alt.param("say", expr="'twice ' + k + ' is ' + double")
    pick = alt.selection_point(
        "pick",
        fields=["i"],
        bind=alt.binding_range(min=0, max=2, step=1, name="Point"),
        value=1,
        on="click",
        nearest=True,
        clear=False,
    )
    rows = [{"x": i, "i": i} for i in range(3)]
    points = (
        alt.Chart(alt.Data(values=rows), name="points", width=200, height=100)
        .mark_point(filled=True, size=100)
        .encode(
            x=alt.X("x:Q").scale(domain=[0, 2]),
            opacity=alt.condition(pick, alt.value(1), alt.value(0.3)),
        )
        .add_params(pick)
    )
    return alt.concat(points, columns=1).add_params(k, kind, double, say)


@pytest.fixture
def fig():
    return Live(chart(), "toy", "A toy & its <alt>.")


def test_a_static_page_answers_its_controls(show, fig):
    live = show(fig)
    assert live.signal("double") == 6
    live.move("K", 7)
    assert live.signal("double") == 14
    assert live.sentence() == "twice 7 is 14"
    live.move("Kind", "b")
    assert live.signal("kind") == "b"


def test_a_click_and_the_slider_pick_the_same_point(show, fig):
    live = show(fig)
    live.move("Point", 2)
    assert live.signal("pick_i") == 2
    drawing = live.page.locator(".live-drawing canvas").bounding_box()
    live.page.mouse.click(drawing["x"] + 15, drawing["y"] + 50)
    live.settle()
    assert live.signal("pick_i") == 0
    assert live.control("Point").input_value() == "0"


def test_a_screen_reader_gets_the_text_and_labelled_controls(show, fig):
    live = show(fig)
    picture = live.page.get_by_role("img", name="A toy & its <alt>.")
    assert picture.count() == 1
    assert live.page.get_by_role("slider", name="K").count() == 1
    assert live.page.locator(".live-say[aria-live=polite]").count() == 1


def test_axe_finds_nothing(show, fig):
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(show(fig).page)
    assert results.violations_count == 0, results.generate_report()


def test_without_javascript_the_still_picture_stands(show, fig, chromium, tmp_path):
    show(fig)
    page = chromium.new_page(java_script_enabled=False)
    page.goto((tmp_path / "page.html").as_uri())
    still = page.get_by_role("img", name="A toy & its <alt>.")
    assert still.is_visible()
    assert still.bounding_box()["width"] > 200
    page.close()


def test_print_shows_the_still_picture(show, fig):
    live = show(fig)
    live.page.emulate_media(media="print")
    assert live.page.locator(".live-still").is_visible()
    assert not live.page.locator(".live-host").is_visible()


def test_a_broken_runtime_leaves_the_still_picture(show, fig, chromium, tmp_path):
    show(fig)
    (tmp_path / "vega.js").unlink()
    page = chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_timeout(500)
    assert page.locator(".live-still").is_visible()
    assert page.locator(".live-host").count() == 0
    page.close()


def test_set_before_showing_is_where_the_page_starts(show, fig):
    fig.set(k=5, kind="b", pick_i=2)
    live = show(fig)
    assert [live.signal(name) for name in ("double", "kind", "pick_i")] == [10, "b", 2]


def test_get_without_a_front_end(fig):
    assert fig.get("k") == 3
    assert fig.get("pick_i") == 1
    assert fig.get("double") is None
    fig.set(k=9)
    assert fig.get("k") == 9


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"q": 1}, KeyError, "choose one of .*double"),
        ({"double": 1}, ValueError, "computed by the figure.*k, kind"),
        ({"kind": "c"}, ValueError, r"kind='c'.*\['a', 'b'\]"),
        ({"k": 11}, ValueError, "k=11.*from 1 to 9"),
        ({"k": 5, "kind": "c"}, ValueError, "kind='c'"),
        ({"k": "high"}, TypeError, "k='high' is not a number.*from 1 to 9"),
        ({"k": None}, TypeError, "k=None is not a number"),
        ({"k": True}, TypeError, "k=True is not a number"),
        ({"k": [3]}, TypeError, r"k=\[3\] is not a number"),
        ({"k": float("nan")}, ValueError, "k=nan is out of range"),
        ({"k": 4}, ValueError, "k=4 lies between two steps.*use 3 or 5"),
        ({"k": 5.5}, ValueError, "k=5.5 lies between.*use 5 or 7"),
        ({"k": 10**400}, ValueError, "out of range; use a number from 1 to 9"),
        ({"k": Decimal("NaN")}, ValueError, "k=nan is out of range"),
        ({"pick_i": 0.5}, ValueError, "pick_i=0.5 lies between.*use 0 or 1"),
        ({"kind": np.array(["a"])}, ValueError, "kind=.*not among"),
    ],
)
def test_bad_values_change_nothing(fig, values, error, message):
    with pytest.raises(error, match=message):
        fig.set(**values)
    assert fig.get("k") == 3
    assert fig.get("kind") == "a"


def test_a_figure_tells_its_controls(fig):
    """As ``live?`` shows them: IPython asks `getdoc`, and cuts off a long `repr`."""
    fig.set(k=5)
    lines = [
        "k = 5: 'K', 1 to 9 in steps of 2",
        "kind = 'a': 'Kind', one of 'a', 'b'",
        "pick_i = 1: 'Point', 0 to 2 in steps of 1",
    ]
    assert sorted(line.strip() for line in repr(fig).splitlines()[1:]) == lines
    assert all(line in fig.getdoc() for line in lines)


@pytest.mark.parametrize(
    "five",
    [np.int64(5), np.float32(5), 5.0, np.array(5), Decimal(5), Fraction(5)],
)
def test_numbers_of_numpy_are_numbers(fig, five, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    fig.set(k=five, kind=np.str_("b"))
    assert fig.get("k") == 5 and not isinstance(fig.get("k"), np.generic)
    assert fig._repr_mimebundle_()["text/html"]


def test_a_step_that_is_no_binary_fraction_is_a_step():
    k = alt.param("k", value=0.3, bind=alt.binding_range(min=0.1, max=0.9, step=0.1))
    say = alt.param("say", value="-")
    live = Live(
        alt.Chart(alt.Data(values=[{}])).mark_point().add_params(k, say), "t", "-"
    )
    for value in (0.1 + 0.2, 0.7, 0.1 * 3, 0.9, np.float64(0.3)):
        live.set(k=value)
        assert live.get("k") == value
    live.set(k=np.float32(0.3))
    assert live.get("k") == 0.3


def test_python_and_the_front_end_take_turns(fig, monkeypatch):
    """In one cell `get` knows what `set` said, and no number of earlier settings."""
    monkeypatch.delenv("IMBTUTOR_STATIC", raising=False)
    monkeypatch.setattr("IPython.display.display", lambda *_: None)
    fig._repr_mimebundle_()
    widget = fig._widget

    def answer(turn, **values):
        widget.values = values | {"turn": turn}

    answer(0, k=3, kind="a", pick_i=1, double=6)
    assert fig.get("double") == 6
    fig.set(k=7)
    assert (fig.get("k"), fig.get("double")) == (7, None)
    answer(0, k=5, kind="a", pick_i=1, double=10)  # it was on its way already
    assert (fig.get("k"), fig.get("double")) == (7, None)
    answer(1, k=7, kind="a", pick_i=1, double=14)
    assert fig.get("double") == 14
    # A hand moves k; Python moves something else: k stays.
    answer(1, k=9, kind="a", pick_i=1, double=18)
    fig.set(kind="b")
    assert (fig.get("k"), fig.get("kind")) == (9, "b")
    assert widget.params == {"values": {"k": 9, "kind": "b", "pick_i": 1}, "turn": 2}
    # The same value again is a move, too: the hand may have been there since.
    fig.set(kind="b")
    assert widget.params["turn"] == 3


def two_panels():
    say = alt.param("say", expr="'k is ' + k")
    k = alt.param("k", value=3, bind=alt.binding_range(min=1, max=9, step=1, name="K"))
    panels = [
        alt.Chart(alt.Data(values=[{"x": 1}])).mark_point().properties(width=244)
        for _ in range(2)
    ]
    return Live(alt.concat(*panels, columns=2).add_params(k, say), "wide", "Panels.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((500, 900), (1280, 900)),
        ((1280, 900), (500, 900)),
        ((390, 844), (844, 390)),  # a phone, turned
        ((844, 390), (390, 844)),
    ],
)
def test_the_layout_follows_the_width(show, before, after):
    live = show(two_panels(), width=before[0])
    live.move("K", 5)
    canvas = live.page.locator(".live-drawing canvas")
    drawn = {}
    for width, height in (before, after, before):
        live.page.set_viewport_size({"width": width, "height": height})
        # Two panels side by side have twice the width of two panels stacked.
        live.page.wait_for_function(
            "wide => (document.querySelector('.live-drawing canvas').clientWidth > 400)"
            " === wide",
            arg=width >= 640,
        )
        box = live.page.locator(".live-host").bounding_box()
        assert canvas.bounding_box()["width"] <= box["width"]
        drawn.setdefault(width, []).append(canvas.bounding_box()["width"])
    # Back again it is what it was, and the reader's settings stayed.
    assert drawn[before[0]][0] == drawn[before[0]][1]
    assert live.signal("k") == 5


def test_panels_stand_side_by_side_where_they_fit(show):
    live = show(two_panels())
    canvas = live.page.locator(".live-drawing canvas")
    wide = canvas.bounding_box()["width"]
    # In JupyterLab the figure keeps off the prompt: its column is not its whole box.
    live.page.add_style_tag(content=".live-host { padding: 0 20px; }")
    for column in (wide - 1, wide, wide - 39):
        live.page.set_viewport_size({"width": int(column + 40), "height": 900})
        live.page.wait_for_function(
            "([wide, fits]) => "
            "(document.querySelector('canvas').clientWidth === wide) === fits",
            arg=[wide, column >= wide],
        )
        live.settle()
        assert canvas.bounding_box()["width"] <= column


def test_panels_are_stacked_on_the_fine_screen_of_a_phone(show, chromium, tmp_path):
    show(two_panels())
    page = chromium.new_page(
        viewport={"width": 390, "height": 844}, device_scale_factor=3
    )
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("figure.live-awake")
    assert page.locator(".live-drawing canvas").bounding_box()["width"] <= 390
    page.close()


def test_a_saved_notebook_carries_the_still_picture(fig, monkeypatch):
    monkeypatch.delenv("IMBTUTOR_STATIC", raising=False)
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    data, _ = fig._repr_mimebundle_()
    # What stands under the picture where a notebook is not trusted.
    assert data["text/plain"] == "Interactive figure: A toy & its <alt>."
    (saved,) = shown
    assert "data:image/png;base64," in saved.data
    assert "A toy &amp; its &lt;alt&gt;." in saved.data
    assert "Run the cells down to this one" in saved.data
    assert len(saved.data) < 50_000


def test_the_still_picture_keeps_its_colors(monkeypatch):
    """Classes are told by them, and areas are often half transparent."""
    monkeypatch.delenv("IMBTUTOR_STATIC", raising=False)
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    fills = ["#d55e00", "#e69f00", "#0072b2"]
    bars = alt.Chart(alt.Data(values=[{"i": i, "c": c} for i, c in enumerate(fills)]))
    bars = bars.mark_bar().encode(
        x="i:N", color=alt.Color("c:N").scale(None), opacity=alt.value(0.5)
    )
    say = alt.param("say", value="-")
    Live(bars.add_params(say), "bars", "Bars.")._repr_mimebundle_()
    png = base64.b64decode(re.search(r"base64,([^\"]+)", shown[0].data).group(1))
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    seen = np.unique(np.asarray(picture).reshape(-1, 3), axis=0).astype(int)
    for color in fills:
        on_white = (np.array(ImageColor.getrgb(color)) + 255) / 2
        # Rounding, here and where the colors are mixed.
        assert np.abs(seen - on_white).max(axis=1).min() <= 2, color


def test_a_chart_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="no parameter 'say'"):
        Live(alt.Chart(alt.Data(values=[{}])).mark_point(), "mute", "Nothing.")


@pytest.mark.parametrize("text", ["</script><b>out</b>", "<!--<script>"])
def test_data_cannot_end_the_script_element(show, text):
    say = alt.param("say", value=text)
    chart = alt.Chart(alt.Data(values=[{}])).mark_point().add_params(say)
    fig = Live(chart, "escape", text)
    live = show(fig)
    assert live.signal("say") == text
    # What follows the figure is still there, and alive.
    assert live.page.locator("main + script").count() == 1
    assert live.page.locator("b").count() == 0


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_character_that_no_page_shows_is_refused(text):
    for value in [text, [{text: 1}]]:
        odd = chart().add_params(alt.param("odd", value=value))
        with pytest.raises(ValueError, match="'toy' holds the text .*take it out"):
            Live(odd, "toy", "A toy.")
    with pytest.raises(ValueError, match="take it out"):
        Live(chart(), "toy", text)


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ({"name": None}, TypeError, "name=None is not a text"),
        ({"name": 3}, TypeError, "name=3 is not a text"),
        ({"name": ""}, ValueError, "name='' holds more than letters"),
        ({"name": "a b"}, ValueError, "name='a b' holds more.*such as 'roc-curve'"),
        ({"name": "a\0"}, ValueError, "name='a.x00' holds more"),
        ({"name": "a\n"}, ValueError, "holds more"),
        ({"alt": None}, TypeError, "alt=None is not a text"),
    ],
)
def test_names_are_checked_at_once(names, error, message):
    with pytest.raises(error, match=message):
        Live(chart(), **{"name": "toy", "alt": "A toy."} | names)


def test_the_static_build_carries_no_widget(fig, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    assert sorted(fig._repr_mimebundle_()) == ["image/png", "text/html", "text/plain"]
    monkeypatch.delenv("IMBTUTOR_STATIC")
    data = fig._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "application/vnd.jupyter.widget-view+json" in data
