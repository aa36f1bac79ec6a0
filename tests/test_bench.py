"""The bench runs the reader's function; its clicks are tested in JupyterLab."""

import pytest

from imbtutor.explore import bench, workbench


@pytest.fixture
def live(monkeypatch):
    """A kernel with a reader, not the static build."""
    monkeypatch.delenv("IMBTUTOR_STATIC", raising=False)


def double(k=3, kind="a", sure=True, rest=7):
    return f"{k * 2}{kind}{sure}{rest}"


def controls(box):
    return {each._kwarg: each for each in box.kwargs_widgets}


def test_it_starts_from_the_defaults_and_follows_each_control(live):
    box = bench(double, k=(0, 10), kind=["a", "b"], sure=False)
    assert box.result == "6aTrue7"
    controls(box)["k"].value = 5
    assert box.result == "10aTrue7"
    controls(box)["kind"].value = "b"
    controls(box)["sure"].value = False
    assert box.result == "10bFalse7"
    assert box.kwargs == {"k": 5, "kind": "b", "sure": False, "rest": 7}


def test_slow_work_waits_for_the_button_and_says_so(live, monkeypatch):
    monkeypatch.setattr(workbench, "PATIENCE", -1)  # as if any run were slow
    box = bench(double, k=(0, 10))
    status = box.children[-2]
    assert "press Run" in status.value
    controls(box)["k"].value = 5
    assert box.result == "6aTrue7"
    assert "earlier settings" in status.value
    box.manual_button.click()
    assert box.result == "10aTrue7"
    assert "earlier settings" not in status.value
    # Settings that run fast again need no button any more.
    monkeypatch.setattr(workbench, "PATIENCE", 60)
    box.manual_button.click()
    controls(box)["k"].value = 6
    assert box.result == "12aTrue7"


def test_the_status_says_that_the_function_runs(live):
    seen = []

    def look(k=1):
        if boxes:
            seen.append(boxes[0].children[-2].value)
        return k

    boxes = []
    boxes.append(bench(look, k=(1, 5)))
    controls(boxes[0])["k"].value = 2
    assert len(seen) == 1 and "<progress" in seen[0]
    assert boxes[0].children[-2].value == ""


def test_the_static_page_shows_the_result_of_the_defaults(monkeypatch, capsys):
    monkeypatch.setenv("IMBTUTOR_STATIC", "1")
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    assert bench(double, k=(0, 10), kind=["a", "b"]) is None
    result, note = shown
    assert result == "6aTrue7"
    assert "`k=3`, `kind='a'`" in note.data and "rest" not in note.data
    assert "JupyterLab" in note.data


@pytest.mark.parametrize(
    ("function", "given", "error", "message"),
    [
        (3, {}, TypeError, "function=3 is not callable"),
        (lambda k: k, {"k": (0, 1)}, ValueError, "no default for k"),
        (double, {"q": (0, 1)}, ValueError, r"q=\(0, 1\).*use one of k, kind"),
        (double, {"k": (4, 9)}, ValueError, r"k=\(4, 9\).*default 3.*widen"),
        (double, {"kind": ["x", "y"]}, ValueError, "kind=.*default 'a'"),
        (double, {"k": object()}, TypeError, "pass .low, high."),
    ],
)
def test_bad_input_is_named(live, function, given, error, message):
    with pytest.raises(error, match=message):
        bench(function, **given)
