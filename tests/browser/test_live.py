"""The layer below every interactive figure."""

import json
import re

import altair as alt
import pytest

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
    ],
)
def test_bad_values_change_nothing(fig, values, error, message):
    with pytest.raises(error, match=message):
        fig.set(**values)
    assert fig.get("k") == 3
    assert fig.get("kind") == "a"


def test_a_chart_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="no parameter 'say'"):
        Live(alt.Chart(alt.Data(values=[{}])).mark_point(), "mute", "Nothing.")


def test_data_cannot_end_the_script_element(monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    say = alt.param("say", value="</script><b>out</b>")
    chart = alt.Chart(alt.Data(values=[{}])).mark_point().add_params(say)
    html = Live(chart, "escape", "An escape.")._repr_mimebundle_()["text/html"]
    inside = re.search(r'<script type="application/json">(.*?)</script>', html).group(1)
    signals = {each["name"]: each for each in json.loads(inside)["signals"]}
    assert signals["say"]["value"] == "</script><b>out</b>"


def test_the_static_build_carries_no_widget(fig, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    assert sorted(fig._repr_mimebundle_()) == ["image/png", "text/html", "text/plain"]
    monkeypatch.delenv("IMBTUTOR_STATIC")
    data = fig._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "application/vnd.jupyter.widget-view+json" in data
