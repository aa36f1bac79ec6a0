"""One chart, alive in the static page and in JupyterLab."""

import base64
import html
import json
import os
from functools import cache
from pathlib import Path
from urllib.parse import quote

import vl_convert as vlc

HERE = Path(__file__).parent
STATIC = "IMBTUTOR_STATIC"
"""Where this variable is set, a figure shows HTML that needs no kernel."""

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
        where the page is narrow, so keep each panel at 290 pixels or less. The
        parameters ``dark`` and ``narrow`` are added and follow the page.
    name : str
        Unique name on the page, letters, digits and ``-``.
    alt : str
        What the picture shows, for those who do not see it.

    Raises
    ------
    ValueError
        If the chart has no parameter ``say``.

    Examples
    --------
    >>> import altair as alt
    >>> from imbtutor.explore import Live
    >>> k = alt.param("k", value=3, bind=alt.binding_range(min=1, max=9, step=1))
    >>> say = alt.param("say", expr="'k is ' + k")
    >>> chart = alt.Chart(alt.Data(values=[{"x": 1}])).mark_point().add_params(k, say)
    >>> fig = Live(chart, "one-point", "One point.")
    >>> fig.set(k=5)
    >>> fig.get("k")
    5
    """

    def __init__(self, chart, name, alt):
        self.name = name
        self.alt = alt
        spec = chart.to_dict()
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
        self._set = {}
        self._widget = None

    def get(self, name):
        """Return the present value of a control or of a computed number.

        Parameters
        ----------
        name : str
            Name of a parameter of the chart.

        Returns
        -------
        object
            The value; None for a computed number as long as no front end shows
            the figure (in the static build, say).

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
        if self._widget is not None and name in self._widget.values:
            return self._widget.values[name]
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
            Names of controls and their new values.

        Raises
        ------
        KeyError
            If the figure has no parameter of that name.
        ValueError
            If the parameter is computed, or the value is outside its control.
            Nothing is changed then.
        """
        for name, value in values.items():
            self.get(name)
            bind = self._signals[name].get("bind")
            if bind is None:
                controls = [n for n in self._names if "bind" in self._signals[n]]
                raise ValueError(
                    f"{name} is computed by the figure and cannot be set to {value!r}; "
                    f"set one of {', '.join(controls)}."
                )
            if "options" in bind and value not in bind["options"]:
                raise ValueError(
                    f"{name}={value!r} is not among its choices; "
                    f"use one of {bind['options']}."
                )
            if "min" in bind and not bind["min"] <= value <= bind["max"]:
                raise ValueError(
                    f"{name}={value!r} is out of range; "
                    f"use a number from {bind['min']} to {bind['max']}."
                )
        self._set |= values
        if self._widget is not None:
            self._widget.params = dict(self._set)

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
        # "</" inside JSON would end the script element.
        data = json.dumps(spec, separators=(",", ":")).replace("</", "<\\/")
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
                params=dict(self._set),
            )
        return self._widget._repr_mimebundle_()


def _signal_names(param):
    """Names of the Vega signals that hold a Vega-Lite parameter's value."""
    if "select" not in param:
        return [param["name"]]
    # A point selection holds one signal for each field that a control is bound to.
    return [f"{param['name']}_{field}" for field in param["select"].get("fields", [])]
