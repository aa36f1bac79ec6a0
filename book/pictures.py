"""Run in each kernel: pictures record how high their smallest text is.

A picture is shrunk to its column, and on a phone its text with it. The PNG file says
in its entry ``smallest-text`` how many of its pixels high the font of its smallest
text is; the build (extension.py) sees to it that this text stays legible.
"""


def record_the_smallest_text():
    from functools import wraps

    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.text import Text

    draw, print_figure = Text.draw, FigureCanvasBase.print_figure
    entries = {}

    # Only what is drawn counts: the label of a tick outside the axes exists, too.
    @wraps(draw)
    def recorded_draw(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            size = renderer.points_to_pixels(self.get_fontsize())
            if set(self.get_text()) & set("^_") and "$" in self.get_text():
                size *= 0.7  # by which Matplotlib shrinks exponents
            smallest = min(size, float(entries.get("smallest-text", "inf")))
            entries["smallest-text"] = f"{smallest:.2f}"
        return draw(self, renderer, *args, **kwargs)

    @wraps(print_figure)
    def recorded_print(self, filename, *args, format=None, **kwargs):
        if format == "png":
            # Matplotlib reads the entries after it has drawn: they are complete then.
            entries.clear()
            kwargs["metadata"] = entries
        return print_figure(self, filename, *args, format=format, **kwargs)

    Text.draw = recorded_draw
    FigureCanvasBase.print_figure = recorded_print


record_the_smallest_text()
