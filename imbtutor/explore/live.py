"""One chart, alive in the static page and in JupyterLab."""

import base64
import html
import io
import json
import math
import os
import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from urllib.parse import quote

import numpy as np
import vl_convert as vlc

HERE = Path(__file__).parent
STATIC = "IMBTUTOR_STATIC"
"""Where this variable is set, a figure shows HTML that needs no kernel."""

# JupyterLab's words for a widget that is gone; the still picture before them says more.
_NO_ERROR = (
    ".jp-OutputArea-child:has(.live-saved) + .jp-OutputArea-child"
    ":not(:has(.live)) { display: none; }"
)

# Text, axes and grid follow the page's theme through the parameter `dark`.
_INK = {"expr": "dark ? '#e6e6e6' : '#222222'"}
_GRID = {"expr": "dark ? '#444444' : '#e5e5e5'"}
_CONFIG = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "domainColor": _INK,
        "tickColor": _INK,
        "gridColor": _GRID,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "bottom",
    },
    "title": {"color": _INK, "anchor": "start", "fontSize": 13, "offset": 8},
    "text": {"color": _INK, "fontSize": 12},
}


@cache
def vega_runtime():
    """Vega as a script that sets ``globalThis.imbtutorVega`` and nothing else.

    Returns
    -------
    str
        JavaScript, about 580 kB. vl-convert carries Vega inside: nothing is
        fetched. The address below is the name of that inner module. (The name
        ``vega`` that vl-convert 1.9 offers is the module's default export, and
        Vega 6 has none.)
    """
    module = f"https://cdn.jsdelivr.net/npm/vega@{vlc.get_vega_version()}/+esm"
    bundle = vlc.javascript_bundle(
        f"import {{View, parse}} from '{module}';"
        "globalThis.imbtutorVega = {View, parse};"
    )
    # An AMD loader on the page (RequireJS) must not catch the modules inside.
    return f"(function (define, exports, module) {{{bundle}}})();"


@cache
def _widget_class():
    # Imported here: a static build or a test run needs no widget at all.
    import anywidget
    import traitlets

    class LiveWidget(anywidget.AnyWidget):
        _esm = (
            "if (!globalThis.imbtutorVega) {"
            f"{vega_runtime()}}}\n{(HERE / 'live.js').read_text('utf-8')}\n"
            "export default { render: imbtutorLive.widget };"
        )
        _css = (HERE / "live.css").read_text("utf-8")
        name = traitlets.Unicode().tag(sync=True)
        label = traitlets.Unicode().tag(sync=True)
        spec = traitlets.Dict().tag(sync=True)
        names = traitlets.List().tag(sync=True)
        controls = traitlets.List().tag(sync=True)
        # Python counts its turns; the front end says which one its values belong to.
        params = traitlets.Dict().tag(sync=True)
        values = traitlets.Dict().tag(sync=True)

    return LiveWidget


class Live:
    """An Altair chart that answers its controls with and without a kernel.

    In the static page (where the variable ``IMBTUTOR_STATIC`` is set when the
    cell runs) the figure is HTML: a still picture, and the compiled chart that
    a script brings to life. In JupyterLab it is a widget whose state Python
    reads with `get` and sets with `set`.

    Parameters
    ----------
    chart : altair.TopLevelMixin
        The chart. Controls are parameters with a ``bind``; every number that it
        shows is a parameter with an ``expr``; the parameter ``say`` is the
        sentence that states the reading. A concatenation stacks its panels
        where the page does not hold them side by side, so keep each panel at 290
        pixels or less. The parameters ``dark`` and ``narrow`` are added and follow
        the page.
    name : str
        Unique name on the page, letters, digits, ``-`` and ``_``.
    alt : str
        What the picture shows, for those who do not see it.

    Raises
    ------
    TypeError
        If `name` or `alt` is no text.
    ValueError
        If the chart has no parameter ``say``, if it holds a text with a character that
        no page can show, or if `name` holds another character.

    Examples
    --------
    >>> import altair as alt
    >>> from imbtutor.explore import Live
    >>> k = alt.param("k", value=3, bind=alt.binding_range(min=1, max=9, step=1))
    >>> say = alt.param("say", expr="'k is ' + k")
    >>> chart = alt.Chart(alt.Data(values=[{"x": 1}])).mark_point().add_params(k, say)
    >>> live = Live(chart, "one-point", "One point.")
    >>> live.set(k=5)
    >>> live.get("k")
    5
    """

    def __init__(self, chart, name, alt):
        for key, value in {"name": name, "alt": alt}.items():
            if not isinstance(value, str):
                raise TypeError(f"{key}={value!r} is not a text; pass a str.")
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise ValueError(
                f"name={name!r} holds more than letters, digits, '-' and '_'; pass a "
                "name such as 'roc-curve'."
            )
        self.name = name
        self.alt = alt
        spec = chart.to_dict()
        for text in [alt, *_texts(spec)]:
            if not _can_be_shown(text):
                raise ValueError(
                    f"The figure name={name!r} holds the text {text!r}, with a "
                    "character that no page can show; take it out."
                )
        params = spec.setdefault("params", [])
        if not any(param["name"] == "say" for param in params):
            raise ValueError(
                f"The chart of the figure name={name!r} has no parameter 'say'; add "
                "alt.param('say', expr=...), one sentence that states the reading."
            )
        params += [
            {"name": "dark", "value": False},
            {"name": "narrow", "value": False},
        ]
        config = spec.get("config", {})
        # Altair writes a view of its own; without the merge its panels get a frame.
        view = config.get("view", {}) | _CONFIG["view"]
        spec["config"] = _CONFIG | config | {"view": view}
        self._vega = vlc.vegalite_to_vega(spec)
        # Where a title or an axis grows with its numbers, nothing is cut off.
        self._vega["autosize"] = {"type": "pad", "resize": True}
        # Altair writes a default view size into every chart; ours is the panel's own.
        layout = self._vega.get("layout", {})
        if "columns" in layout:
            layout["columns"] = {"signal": f"narrow ? 1 : {layout['columns']}"}
            layout["align"] = "none"
        self._signals = {signal["name"]: signal for signal in self._vega["signals"]}
        self._names = [
            each
            for param in params
            for each in _signal_names(param)
            if each not in ("dark", "narrow")
        ]
        # Tables that the chart looks values up in do not change: the widget need not
        # send them back at each move.
        self._reported = [
            each
            for each in self._names
            if not isinstance(self._signals[each].get("value"), list | dict)
        ]
        self._controls = {
            each: self._signals[each]["bind"]
            for each in self._names
            if "bind" in self._signals[each]
        }
        self._set = {}
        self._widget = None

    def __repr__(self):
        """The figure and its controls, as they are now."""
        rows = [
            f"  {name} = {self.get(name)!r}: {bind.get('name', name)!r}, {_span(bind)}"
            for name, bind in self._controls.items()
        ]
        return "\n".join([f"Interactive figure {self.name!r}, its controls:", *rows])

    def getdoc(self):
        """What ``live?`` shows in IPython and JupyterLab."""
        return (
            f"{self!r}\n\nRead with get(name), move with set(name=value).\n{self.alt}"
        )

    def get(self, name):
        """Return the present value of a control or of a computed number.

        Parameters
        ----------
        name : str
            Name of a parameter of the chart.

        Returns
        -------
        object
            The value. A control reads back at once what `set` gave it. A computed
            number is None as long as no front end has reported it for the present
            settings: in the static build, and in the cell that shows the figure or
            sets a control; read it in a later cell.

        Raises
        ------
        KeyError
            If the figure has no parameter of that name.
        """
        if name not in self._names:
            raise KeyError(
                f"name={name!r} is not a parameter of this figure; "
                f"choose one of {', '.join(self._names)}."
            )
        if name in self._reported_values():
            return self._reported_values()[name]
        signal = self._signals[name]
        if name in self._set:
            return self._set[name]
        # Vega writes the start of a point selection as the text of an expression.
        return json.loads(signal["init"]) if "init" in signal else signal.get("value")

    def set(self, **values):
        """Move controls from Python.

        Parameters
        ----------
        **values
            Names of controls and their new values: for a slider a number on one of
            its steps, for a list one of its choices, for a checkbox True or False.

        Raises
        ------
        KeyError
            If the figure has no parameter of that name.
        TypeError
            If a slider is given something else than a number.
        ValueError
            If the parameter is computed, or the value is outside its control or
            between two of its steps. Nothing is changed then.
        """
        checked = {name: self._check(name, value) for name, value in values.items()}
        # What a hand has moved since stays where it is.
        moved = self._reported_values()
        self._set |= {name: moved[name] for name in self._controls if name in moved}
        self._set |= checked
        if self._widget is not None:
            self._widget.params = {
                "values": dict(self._set),
                "turn": self._widget.params["turn"] + 1,
            }

    def _reported_values(self):
        """What the front end has said of the present settings; else nothing."""
        if self._widget is None:
            return {}
        values = self._widget.values
        # An answer to earlier settings may still be under way when new ones leave.
        return values if values.get("turn") == self._widget.params["turn"] else {}

    def _check(self, name, value):
        """Return the value as the control holds it, or raise."""
        self.get(name)
        if name not in self._controls:
            raise ValueError(
                f"{name} is computed by the figure and cannot be set to {value!r}; "
                f"set one of {', '.join(self._controls)}."
            )
        bind = self._controls[name]
        if isinstance(value, np.floating):
            # np.float32(0.3) is 0.3 to its reader, not 0.30000001192092896.
            value = float(str(value))
        elif isinstance(value, np.generic) or getattr(value, "ndim", None) == 0:
            value = value.item()
        elif isinstance(value, Decimal | Fraction):
            value = float(value)
        if bind["input"] in ("select", "radio", "checkbox"):
            options = bind.get("options", [True, False])
            for option in options:
                # True is no choice where 1 is one.
                if isinstance(value, bool) == isinstance(option, bool) and (
                    isinstance(value, str | int | float) and value == option
                ):
                    return option
            raise ValueError(
                f"{name}={value!r} is not among its choices; use one of {options}."
            )
        low, high = bind.get("min", -math.inf), bind.get("max", math.inf)
        bounds = f" from {low} to {high}" if "min" in bind else ""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name}={value!r} is not a number; use a number{bounds}.")
        if not low <= value <= high or not math.isfinite(value):
            raise ValueError(f"{name}={value!r} is out of range; use a number{bounds}.")
        step = bind.get("step")
        if step and "min" in bind:
            steps = (value - low) / step
            if not math.isclose(steps, round(steps), abs_tol=1e-6):
                below = low + math.floor(steps) * step
                raise ValueError(
                    f"{name}={value!r} lies between two steps of its slider; "
                    f"use {below:.6g} or {below + step:.6g}."
                )
        return value

    def _spec(self):
        """Return the Vega spec, with the values that Python set."""
        signals = []
        for signal in self._vega["signals"]:
            if signal["name"] in self._set:
                key = "init" if "init" in signal else "value"
                value = self._set[signal["name"]]
                signal = signal | {key: json.dumps(value) if key == "init" else value}
            signals.append(signal)
        return self._vega | {"signals": signals}

    def _html(self):
        spec = self._spec()
        svg = vlc.vega_to_svg(spec)
        # "</" would end the script element, and "<!--<script>" the rest of the page.
        data = json.dumps(spec, separators=(",", ":")).replace("<", "\\u003c")
        return (
            f'<figure class="live" data-name="{html.escape(self.name)}">'
            f'<img class="live-still" alt="{html.escape(self.alt)}" '
            f'src="data:image/svg+xml,{quote(svg, safe=" /:=()")}">'
            f'<script type="application/json">{data}</script></figure>'
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        text = f"Interactive figure: {self.alt}"
        if os.environ.get(STATIC):
            png = vlc.vega_to_png(self._spec(), scale=2)
            return {
                "text/html": self._html(),
                "image/png": base64.b64encode(png).decode(),  # for print by LaTeX
                "text/plain": text,
            }
        if self._widget is None:
            self._widget = _widget_class()(
                name=self.name,
                label=self.alt,
                spec=self._vega,
                names=self._reported,
                controls=list(self._controls),
                params={"values": dict(self._set), "turn": 0},
            )
        from IPython.display import HTML, display

        # A notebook that is opened again has no widget until its cells have run.
        display(HTML(self._saved()))
        data, metadata = self._widget._repr_mimebundle_()
        return data | {"text/plain": text}, metadata

    def _saved(self):
        """The still picture that a saved notebook shows in place of the widget."""
        from PIL import Image

        # It lies in every saved notebook: with a palette, half the size or less.
        # On white, since a palette changes the colors of what is half transparent.
        spec = self._spec() | {"background": "white"}
        sharp = 1.5
        picture = Image.open(io.BytesIO(vlc.vega_to_png(spec, scale=sharp)))
        file = io.BytesIO()
        picture.convert("RGB").quantize(256).save(file, "png", optimize=True)
        png = base64.b64encode(file.getvalue()).decode()
        return (
            f"<style>{_NO_ERROR}</style>"
            f'<div class="live-saved"><img alt="{html.escape(self.alt)}" '
            f'width="{round(picture.width / sharp)}" '
            f'style="max-width: 100%" src="data:image/png;base64,{png}">'
            "<p>A still picture. Run the cells down to this one to bring the figure to "
            "life.</p></div>"
        )


def _texts(node):
    """All texts in a chart, keys included."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from node
        for each in node.values():
            yield from _texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)


def _can_be_shown(text):
    # vl-convert aborts the process at a NUL; half a character is no UTF-8.
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _span(bind):
    """What a control can be set to, in words."""
    if bind["input"] == "range":
        return f"{bind['min']:g} to {bind['max']:g} in steps of {bind['step']:g}"
    return "one of " + ", ".join(map(repr, bind.get("options", [True, False])))


def _signal_names(param):
    """Names of the Vega signals that hold a Vega-Lite parameter's value."""
    if "select" not in param:
        return [param["name"]]
    # A point selection holds one signal for each field that a control is bound to.
    return [f"{param['name']}_{field}" for field in param["select"].get("fields", [])]
