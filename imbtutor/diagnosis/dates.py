"""Dates: told from text, from objects and from several time zones."""

import re

import pandas as pd
from pandas.api import types

# What people and programs write where a value is missing, in small letters.
NOTHING = {
    *("", "?", "-", "--", "---", ".", "...", "na", "n/a", "n.a.", "n.a", "#n/a"),
    *("<na>", "nan", "nat", "none", "null", "(null)", "nil", "\\n", "missing"),
    *("unknown", "not available", "not known", "no data", "undefined"),
}

# A quick look at how a date begins, before the formats are tried in turn.
_BEGINNING = re.compile(
    r"\d{1,4}[-/. ](\d{1,2}|[^\W\d_]{3,9})[-/., ]+\d{2,4}\b"
    r"|\d{4}-\d{2}-\d{2}T"
    r"|[^\W\d_]{3,9} \d{1,2}, \d{4}\b"
    r"|(19|20)\d{6}\b"
)
# Day before month, where both would do; the report says so.
_DAYS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y"),
    *("%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
)
_CLOCK = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_FIRST = 20


def says_nothing(word):
    """Say whether a word stands for a missing value."""
    return isinstance(word, str) and word.strip().casefold() in NOTHING


def read_dates(words):
    """Return dates for distinct words and their format, or None where they are none.

    Words that say that nothing is there become NaT.
    """
    texts = [word for word in words if not says_nothing(word)]
    first = texts[:_FIRST]
    if not first or not all(
        isinstance(word, str) and _BEGINNING.match(word.strip()) for word in first
    ):
        return None
    clock = ":" in first[0]
    formats = [
        f"{day}{between}{hour}" if clock else day
        for day in _DAYS
        for between in (" ", "T", ", ")
        for hour in _CLOCK
        if clock or (between, hour) == (" ", _CLOCK[0])
    ]
    if re.match(r"\d{4}-\d{1,2}-\d{1,2}", first[0].strip()):
        formats = ["ISO8601"]
    for each in formats:
        if _parse(first, each).notna().all() and _parse(texts, each).notna().all():
            return _parse(words, each), each
    return None


def _parse(words, each):
    words = pd.Series(words, dtype=object).where(lambda word: ~word.map(says_nothing))
    # Times of several zones are compared as one.
    utc = each == "ISO8601" and words.str.contains(r"[Zz]$|:.*[+-]\d\d", na=False).any()
    return pd.to_datetime(words.str.strip(), format=each, errors="coerce", utc=utc)


def other_order(words, each):
    """Return the format with day and month exchanged, if it fits as well, or None."""
    other = re.sub("%([dm])(.)%([dm])", r"%\3\2%\1", each)
    texts = [word for word in words if not says_nothing(word)]
    return other if other != each and _parse(texts, other).notna().all() else None


def unpacked(column):
    """Return a column of objects as what they are, and what is wrong with its zones.

    Numbers and dates are told from other objects; columns of pyarrow become objects.
    """
    if isinstance(column.dtype, pd.ArrowDtype):
        column = column.astype(object)
    if column.dtype != object:
        return column, None
    kind = types.infer_dtype(column, skipna=True)
    if kind in ("integer", "floating", "mixed-integer-float", "decimal", "boolean"):
        return column.where(column.notna(), None).astype(float), None
    if kind not in ("date", "datetime"):
        return column, None
    zones = {getattr(each, "tzinfo", None) for each in column.dropna()}
    if len(zones) < 2:
        return pd.to_datetime(column), None
    wrong = "times with and without a zone" if None in zones else "several time zones"
    return pd.to_datetime(column, utc=True), wrong


def is_date(dtype):
    """Say whether values of this type are dates, times or lengths of time."""
    return dtype.kind in "mM" or isinstance(dtype, pd.PeriodDtype)
