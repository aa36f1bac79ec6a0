"""Code and notebooks pass the linter that CONTRIBUTING names."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing(command):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout


def test_importing_the_package_is_light():
    """Interactive figures and the loader's downloads are imported when used."""
    code = "import sys, imbtutor; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "imbtutor.wine" in loaded
    heavy = {"altair", "vl_convert", "anywidget", "ipywidgets", "pooch", "requests"}
    assert not heavy & set(loaded)
