"""The benchmark sets of imbalanced-learn, with the manners of the wine loader."""

import contextlib
import io
import os
import re
import shutil
import tarfile
import tempfile
import warnings
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from imbtutor._checks import check_choice
from imbtutor._download import fetch
from imbtutor.wine import (
    check_data_arguments,
    data_folder,
    is_full,
    is_old,
    read_regular,
)

# imbalanced-learn names no checksum of the archive. The largest set, 145,751 rows of 74
# numbers, has 86 MB, and all 27 together have about three times as much.
_MOST_PACKED = 200_000_000  # bytes
_MOST = 500_000_000
_DEADLINE = 1800  # seconds


def load_benchmark_set(
    name, *, data_home=None, download=True, drop_duplicates=False, fallback=None
):
    """Load one of imbalanced-learn's 27 benchmark sets; the rare class is 1.

    One folder is looked at: `data_home`, else the folder that the environment
    variable ``IMBTUTOR_DATA`` names, else the user's cache; the files stand in its
    subfolder ``zenodo``, where `imblearn.datasets.fetch_datasets` finds them, too. If
    the set is not there, the archive of all 27 sets (some tens of megabytes) is
    downloaded into that folder once, within half an hour and with a progress bar:
    there is no smaller piece.

    Parameters
    ----------
    name : str
        Name of the set, as `fetch_datasets` lists it: "ecoli", "mammography", ...
    data_home : str or path-like, default=None
        Folder that holds ``zenodo/x<number>data.npz`` or shall hold it.
    download : bool, default=True
        Whether the archive may be downloaded. With False nothing on the disk
        changes.
    drop_duplicates : bool, default=False
        Whether to drop the rows that copy an earlier row in all features and the
        label. Many of the sets hold copies, and copies on both sides of a split
        flatter a model.
    fallback : {None, "digits"}, default=None
        What to do when the set can neither be found nor downloaded: raise an error,
        or warn and return the handwritten digits of scikit-learn, 8 against the
        rest.

    Returns
    -------
    benchmark : :class:`~sklearn.utils.Bunch`
        data : ndarray of shape (n_samples, n_features)
            The features, float.
        target : ndarray of shape (n_samples,)
            1 for the rare class, else 0.
        name : str
            The set that came: `name`, or "digits". Show it beside results.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.
    FileNotFoundError
        If the set is not there and `download` is False.
    ConnectionError
        If the set is not there and could not be downloaded.
    OSError
        If the folder or the file cannot be found or read, or the folder would have to
        be written and cannot be. With ``fallback="digits"`` this and the two errors
        above become the reason that the warning gives.

    Warns
    -----
    UserWarning
        If the digits came instead, or if the sets were downloaded and could not be
        kept, since the disk is full, say.

    References
    ----------
    .. [1] Z. Ding (2011), "Diversified ensemble classifiers for highly imbalanced
       data learning and their application in bioinformatics", dissertation,
       Georgia State University; the sets are https://zenodo.org/records/61452.

    Examples
    --------
    >>> from imbtutor import load_benchmark_set
    >>> ecoli = load_benchmark_set("ecoli", download=False, fallback="digits")
    >>> sorted(set(ecoli.target.tolist()))
    [0, 1]
    """
    # Imported here, so that importing the package stays fast.
    from imblearn.datasets._zenodo import MAP_NAME_ID

    check_choice(name, "name", tuple(MAP_NAME_ID))
    check_data_arguments(data_home, download=download, drop_duplicates=drop_duplicates)
    check_choice(fallback, "fallback", (None, "digits"))
    file = f"x{MAP_NAME_ID[name]}data.npz"
    try:
        folder, place = data_folder(data_home)
        X, label = _benchmark_set(name, folder / "zenodo" / file, place, download)
    except OSError as error:
        if fallback is None:
            raise type(error)(f"{error} {_remedies(file)}") from error
        from sklearn.datasets import load_digits

        warnings.warn(
            f"These are the digits of scikit-learn (8 against the rest), not {name}. "
            f"The reason: {error}",
            UserWarning,
            stacklevel=2,
        )
        X, digit = load_digits(return_X_y=True)
        y, name = (digit == 8).astype(int), "digits"
    else:
        y = (label == 1).astype(int)
    if drop_duplicates:
        first = np.unique(np.column_stack([X, y]), axis=0, return_index=True)[1]
        X, y = X[np.sort(first)], y[np.sort(first)]
    return Bunch(data=X, target=y, name=name)


def _benchmark_set(name, path, place, download):
    """Return features and labels of the set whose file is, or shall be, at `path`."""
    missing = f"The set {name!r} is not in {place}"
    try:
        return _parsed(read_regular(path, _MOST))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OSError(
            f"{path.name} in {place} cannot be read: {error.strerror}."
        ) from error
    except ValueError as error:
        raise OSError(
            f"{path.name} in {place} cannot be read ({error}); delete it."
        ) from error
    if not download:
        raise FileNotFoundError(f"{missing}, and download is False.")
    folder = path.parent
    try:
        # First of all, so that a folder that cannot be written costs no download.
        folder.mkdir(parents=True, exist_ok=True)
        with _part(folder):
            pass
    except OSError as error:
        if not is_full(error):
            raise OSError(
                f"{missing}, and the folder cannot be written: {error.strerror}."
            ) from error
    archive = _download(missing)
    raw = dict(_members(archive, only=path.name)).get(path.name)
    if raw is None:
        raise ConnectionError(f"{missing}, nor in the archive that came.")
    try:
        found = _parsed(raw)
    except ValueError as error:
        raise ConnectionError(
            f"{missing}, and it arrived damaged ({error})."
        ) from error
    try:
        with _part(folder) as part:
            for file, raw in _members(archive):
                (part / file).write_bytes(raw)
            # Each name in use is taken only by a complete file, in one step.
            for each in part.iterdir():
                os.replace(each, folder / each.name)
    except OSError as error:
        warnings.warn(
            f"The benchmark sets came and {name!r} is used, but they could not be kept "
            f"in {place}: {error.strerror or error}. The next call will download them "
            "again.",
            UserWarning,
            stacklevel=3,
        )
    return found


def _parsed(raw):
    """Return features and labels from the bytes of a file; ValueError if they are none.

    `fetch_datasets` would read files only, not what a full disk did not take.
    """
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
            if sum(each.file_size for each in arrays.zip.infolist()) > _MOST:
                raise ValueError(f"over {_MOST:,} bytes, once unpacked")
            X, label = arrays["data"].astype(float), arrays["label"]
    # numpy and zipfile say it in a dozen ways if the bytes are no arrays.
    except Exception as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if X.ndim != 2 or label.shape != X.shape[:1]:
        raise ValueError(f"data of shape {X.shape}, labels of shape {label.shape}")
    return X, label


@contextlib.contextmanager
def _part(folder):
    """Make a folder for a moment, to be filled and emptied into `folder`."""
    # What is left of processes that were killed.
    for old in filter(is_old, folder.glob(".download-*")):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        dir=folder, prefix=".download-", ignore_cleanup_errors=True
    ) as part:
        yield Path(part)


def _download(missing):
    """Return the bytes of the archive.

    `fetch_datasets` would do this itself, but in silence, without a limit of time,
    and straight into the folder.
    """
    from imblearn.datasets._zenodo import URL

    try:
        return fetch(URL, most=_MOST_PACKED, seconds=_DEADLINE)
    except ConnectionError as error:
        raise ConnectionError(
            f"{missing} and could not be downloaded from {URL.split('/')[2]} ({error})."
        ) from error


def _members(archive, only=None):
    """Yield name and bytes of the sets in the archive; of one of them, if `only`."""
    wanted = re.compile(r"x\d+data\.npz" if only is None else re.escape(only))
    size = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for member in tar:
                # The name alone: nothing is written outside of the folder.
                name = member.name.split("/")[-1]
                size += member.size
                if size > _MOST:
                    raise ValueError(f"over {_MOST:,} bytes, once unpacked")
                if member.isreg() and wanted.fullmatch(name):
                    yield name, tar.extractfile(member).read()
    # What tarfile and its decompression raise has no common base but this.
    except Exception as error:
        raise ConnectionError(
            f"The archive of the benchmark sets arrived damaged ({error})."
        ) from error


def _remedies(file):
    return (
        "What helps: call load_benchmark_set() again with a network; or put "
        f"{file} into the subfolder 'zenodo' of a folder that you name with data_home "
        "or the environment variable IMBTUTOR_DATA; or pass fallback='digits' to work "
        "with the digits of scikit-learn."
    )
