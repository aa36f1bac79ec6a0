"""A function of the notebook, run again with the settings that the reader chooses."""

import contextlib
import inspect
import os
import time
from functools import cache

from traitlets import TraitError

from imbtutor.explore.live import STATIC

PATIENCE = 1  # seconds; longer work waits for a button
RUNNING = "<progress aria-label='Running'></progress> Running ..."
# What a saved notebook shows in place of JupyterLab's error, until the cell has run.
SAVED = (
    "<style>"
    ".jp-OutputArea-child:has(.bench-saved)"
    ":has(+ .jp-OutputArea-child .widget-interact), "
    ".jp-OutputArea-child:has(.bench-saved) + .jp-OutputArea-child"
    ":not(:has(.widget-interact)) { display: none; }</style>"
    "<p class='bench-saved'>"
    "Run the cells down to this one to bring the bench to life.</p>"
)
STALE = "The result is that of the earlier settings. Press Run."


def bench(function, **controls):
    """Run a function again whenever one of its controls moves.

    The bench trains nothing itself: what it runs is the function that stands in
    the notebook, with the reader's settings. It needs a kernel. In the static page
    (where the variable ``IMBTUTOR_STATIC`` is set when the cell runs) the function
    runs once, with its defaults, and a line says where it can be moved.

    Parameters
    ----------
    function : callable
        Draws with pyplot, or returns what is to be displayed, a DataFrame say.
        Each of its parameters has a default, the value to start from.
    **controls
        For each parameter that the reader may move, an abbreviation of
        `ipywidgets.interact`: ``(low, high)`` or ``(low, high, step)`` is a
        slider, a list a choice, a bool a checkbox.

    Returns
    -------
    ipywidgets.interactive or None
        The bench; ``kwargs`` are its present settings and ``result`` what the
        function returned for them. None in the static page.

    Raises
    ------
    TypeError
        If `function` is not callable, or a control is no abbreviation.
    ValueError
        If a control names no parameter of the function, a parameter has no
        default, or a default cannot be reached by its control.

    Notes
    -----
    Work that takes over a second would make a slider drag: the bench then waits
    for a button, and says so as long as the result is not that of the settings.

    Examples
    --------
    >>> from imbtutor import make_gaussians
    >>> from imbtutor.explore import bench
    >>> def count_positives(prevalence=0.1):
    ...     X, y = make_gaussians(200, prevalence=prevalence, random_state=0)
    ...     return y.sum()
    >>> bench(count_positives, prevalence=(0.05, 0.5, 0.05))  # doctest: +SKIP
    """
    defaults = _defaults(function, controls)
    # Imported here, as all that only some notebooks need.
    from ipywidgets import HTML, fixed

    # What is no control stays at its default.
    fields = defaults | controls
    for name in defaults.keys() - controls.keys():
        fields[name] = fixed(defaults[name])
    options = {"manual": True, "manual_name": "Run", "auto_display": True}
    try:
        box = _bench_class()(function, options, **fields)
    except ValueError as error:
        raise TypeError(
            f"{error}; pass (low, high), (low, high, step), a list of choices "
            "or a bool for each control."
        ) from error
    moving = [each for each in box.kwargs_widgets if each._kwarg in controls]
    for widget in moving:
        _start(widget, controls[widget._kwarg], defaults[widget._kwarg])
    if os.environ.get(STATIC):
        return _still(function, {name: defaults[name] for name in controls})

    status = HTML()
    box.children = [*box.children[:-1], status, box.out]
    # The first run, in the cell itself, tells how long the next will take.
    patient = False

    def run(*_):
        nonlocal patient
        status.value = RUNNING
        start = time.perf_counter()
        box.update()
        took = time.perf_counter() - start
        patient = took > PATIENCE
        status.value = f"Took {took:.1f} s: press Run after a move." if patient else ""
        box.manual_button.layout.display = None if patient else "none"

    def move(_):
        if patient:
            status.value = STALE
        else:
            run()

    for widget in moving:
        widget.observe(move, names="value")
    # The button that `interactive` made runs without a word; ours says what it does.
    box.manual_button.on_click(box.update, remove=True)
    box.manual_button.on_click(run)
    run()
    return box


@cache
def _bench_class():
    from IPython import display
    from ipywidgets import interactive

    class Bench(interactive):
        def _repr_mimebundle_(self, **kwargs):
            display.display(display.HTML(SAVED))
            return super()._repr_mimebundle_(**kwargs)

    return Bench


def _defaults(function, controls):
    """Return the default of each parameter, or say which is missing."""
    if not callable(function):
        raise TypeError(
            f"function={function!r} is not callable; pass the function itself, "
            "without parentheses."
        )
    parameters = inspect.signature(function).parameters
    for name in controls:
        if name not in parameters:
            raise ValueError(
                f"{name}={controls[name]!r} names no parameter of "
                f"{function.__name__}; use one of {', '.join(parameters)}."
            )
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty:
            raise ValueError(
                f"{function.__name__} has no default for {name}; give it one, "
                "the value to start from."
            )
    return {name: parameter.default for name, parameter in parameters.items()}


def _start(widget, control, default):
    """Put a control on the default of its parameter."""
    # A list refuses what it does not hold; a slider moves it to its end.
    with contextlib.suppress(TraitError):
        widget.value = default
    if widget.value != default:
        raise ValueError(
            f"{widget._kwarg}={control!r} does not reach the function's default "
            f"{default!r}; widen the control or change the default."
        )
    widget.style.description_width = "initial"
    if hasattr(widget, "continuous_update"):
        widget.continuous_update = False  # one run, when the slider is let go


def _still(function, start):
    """Run the function once and say what could be moved."""
    from IPython.display import Markdown, display
    from ipywidgets.widgets.interaction import show_inline_matplotlib_plots

    result = function()
    show_inline_matplotlib_plots()
    if result is not None:
        display(result)
    settings = ", ".join(f"`{name}={value!r}`" for name, value in start.items())
    display(
        Markdown(
            f"Here with {settings}. In JupyterLab or on Binder these are controls, "
            "and each move runs the function again."
        )
    )
