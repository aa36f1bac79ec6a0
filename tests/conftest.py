"""Data that several test modules share."""

import warnings

import pytest

from imbtutor import load_wine_quality


@pytest.fixture(scope="session")
def wine():
    """The real wine; a test that needs it is skipped where it cannot be had."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        bunch = load_wine_quality(fallback="simulated")
    if bunch.source == "simulated":
        pytest.skip("needs the real wine: a network, or IMBTUTOR_DATA")
    return bunch
