"""The benchmark sets of imbalanced-learn, with the manners of the wine loader."""

import gzip
import io
import os
import tarfile
import tempfile
import warnings
import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.utils import Bunch

from imbtutor._checks import check_choice
from imbtutor.wine import check_data_arguments, data_folder

_TIMEOUT = (3, 10)  # seconds: to connect, and between two pieces of the answer


def load_benchmark_set(
    name, *, data_home=None, download=True, drop_duplicates=False, fallback=None
):
    """Load one of imbalanced-learn's 27 benchmark sets; the rare class is 1.

    `imblearn.datasets.fetch_datasets` reads it. One folder is looked at:
    `data_home`, else the folder that the environment variable ``IMBTUTOR_DATA``
    names, else the user's cache; the files stand in its subfolder ``zenodo``. If
    the set is not there, the archive of all 27 sets (some tens of megabytes) is
    downloaded into that folder once, with a progress bar: there is no smaller piece.

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
        If the folder cannot be read, or would have to be written and cannot be.
        With ``fallback="digits"`` this and the two errors above become the reason
        that the warning gives.

    Warns
    -----
    UserWarning
        If the digits came instead.

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
    from imblearn.datasets import fetch_datasets
    from imblearn.datasets._zenodo import MAP_NAME_ID

    check_choice(name, "name", tuple(MAP_NAME_ID))
    check_data_arguments(data_home, download=download, drop_duplicates=drop_duplicates)
    check_choice(fallback, "fallback", (None, "digits"))
    folder, place = data_folder(data_home)
    path = folder / "zenodo" / f"x{MAP_NAME_ID[name]}data.npz"
    try:
        _provide(path, f"The set {name!r} is not in {place}", download)
        try:
            found = fetch_datasets(
                data_home=str(folder), filter_data=(name,), download_if_missing=False
            )[name]
        # What numpy says of a file that is no array file, or is cut off.
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise OSError(
                f"{path.name} in {place} cannot be read ({error}); delete it."
            ) from error
    except OSError as error:
        if fallback is None:
            raise type(error)(f"{error} {_remedies(path.name)}") from error
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
        X, y = found.data.astype(float), (found.target == 1).astype(int)
    if drop_duplicates:
        first = np.unique(np.column_stack([X, y]), axis=0, return_index=True)[1]
        X, y = X[np.sort(first)], y[np.sort(first)]
    return Bunch(data=X, target=y, name=name)


def _provide(path, missing, download):
    """See to it that the file is there, with the others of its archive."""
    if path.exists():
        return
    if not download:
        raise FileNotFoundError(f"{missing}, and download is False.")
    folder = path.parent
    try:
        # First of all, so that a folder that cannot be written costs no download.
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as part:
            _unpack(_download(missing), part)
            # Each name in use is taken only by a complete file, in one step.
            for file in Path(part).rglob("x*data.npz"):
                file.chmod(0o644)
                os.replace(file, folder / file.name)
    except ConnectionError:
        raise
    except OSError as error:
        raise OSError(
            f"{missing}, and the folder cannot be written: {error.strerror}."
        ) from error
    if not path.exists():
        raise ConnectionError(f"{missing}, nor in the archive that came.")


def _download(missing):
    """Return the bytes of the archive.

    `fetch_datasets` would do this itself, but in silence, without a limit of time,
    and straight into the folder.
    """
    import pooch
    import requests
    from imblearn.datasets._zenodo import URL

    answer = io.BytesIO()
    try:
        pooch.HTTPDownloader(progressbar=True, timeout=_TIMEOUT)(URL, answer, None)
    except (requests.RequestException, ValueError) as error:
        raise ConnectionError(
            f"{missing} and could not be downloaded from {URL.split('/')[2]} "
            f"({type(error).__name__})."
        ) from error
    answer.seek(0)
    return answer


def _unpack(archive, folder):
    try:
        with tarfile.open(fileobj=archive, mode="r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
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
