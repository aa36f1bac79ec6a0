"""Colors and markers of the four roles, the same in every figure of the book.

The colors are Okabe and Ito's (https://jfly.uni-koeln.de/color/); the marker
tells the role again, so that no figure depends on color alone.
"""

COLORS = {
    "majority": "#0072B2",
    "minority": "#D55E00",
    "added": "#009E73",
    "removed": "#8C8C8C",
}
MARKERS = {"majority": "o", "minority": "^", "added": "P", "removed": "x"}
