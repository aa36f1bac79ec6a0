"""Every cell of the sampler sheet is what the samplers do, by the page's own run.

`sampler_sheet.csv` says what the book's prose has been written for. When a release of
imbalanced-learn changes a cell, its test fails with the cell's name: read the release
notes, look at what the chapters say of it, and then change the file.
"""

import io
from pathlib import Path

import execution
import pandas as pd
import pytest
from imblearn.utils.testing import all_estimators

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "book" / "sampler_sheet.ipynb"
KNOWN = pd.read_csv(Path(__file__).with_name("sampler_sheet.csv"), index_col=0)
COSTS = pd.read_csv(ROOT / "benchmarks" / "sampler_costs.csv")


@pytest.fixture(scope="module")
def sheet():
    """The sheet as the page has just computed it."""
    (printed,) = [
        output.text
        for cell in execution.outputs(PAGE).cells
        if cell.cell_type == "code" and cell.source.startswith("# Check: the sheet")
        for output in cell.outputs
    ]
    return pd.read_csv(io.StringIO(printed), index_col=0)


def test_the_sheet_has_the_known_rows_and_columns(sheet):
    assert list(sheet.index) == list(KNOWN.index)
    assert list(sheet) == list(KNOWN)


@pytest.mark.parametrize("column", KNOWN)
@pytest.mark.parametrize("sampler", KNOWN.index)
def test_the_cell_is_as_known(sheet, sampler, column):
    assert sheet.loc[sampler, column] == KNOWN.loc[sampler, column]


def test_no_sampler_of_the_library_is_missing():
    library = {name for name, _ in all_estimators(type_filter="sampler")}
    # FunctionSampler does whatever the function does that it is given.
    library -= {"FunctionSampler"}
    # Some stand there twice: "NearMiss 2", "RandomOverSampler, shrinkage".
    assert {name.split()[0].rstrip(",") for name in KNOWN.index} == library


def test_every_sampler_has_its_costs():
    """Up to a million rows, or to the size at which a note says why not."""
    assert COSTS["sampler"].nunique() == len(KNOWN)
    for _, runs in COSTS.groupby("sampler"):
        done = runs.dropna(subset="seconds")
        stopped = isinstance(runs["note"].iloc[-1], str)
        assert (done["n_samples"].max() == 1_000_000) != stopped
        # Or no exponent could be fitted.
        assert len(done) >= 2
