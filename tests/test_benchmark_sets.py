"""The loader of the benchmark sets. No test here uses the network."""

import io
import os
import socket
import tarfile

import numpy as np
import pooch
import pytest
import requests

from imbtutor import load_benchmark_set

REAL_HOME = os.environ.get("IMBTUTOR_DATA") or pooch.os_cache("imbtutor")
X = np.array([[1.0, 2], [3, 4], [1, 2], [1, 2], [5, 6]])
LABEL = np.array([-1, 1, -1, 1, -1])


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """No network and no folder of the user's."""
    monkeypatch.delenv("IMBTUTOR_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)

    def no_network(host, *args, **kwargs):
        raise socket.gaierror("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)


def npz():
    file = io.BytesIO()
    np.savez(file, data=X, label=LABEL)
    return file.getvalue()


def put(folder):
    """Put a set of five rows where ecoli, number 1, is looked for."""
    (folder / "zenodo").mkdir(parents=True)
    (folder / "zenodo" / "x1data.npz").write_bytes(npz())
    return folder


def archive(*files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(npz())
            tar.addfile(entry, io.BytesIO(npz()))
    return packed.getvalue()


@pytest.fixture
def serve(monkeypatch):
    """serve(answer): what the download gives, bytes or an error."""
    asked = []

    def serve(answer):
        def download(self, url, output_file, pooch):
            asked.append(url)
            if isinstance(answer, Exception):
                raise answer
            output_file.write(answer)

        monkeypatch.setattr(pooch.HTTPDownloader, "__call__", download)
        return asked

    return serve


@pytest.mark.parametrize("how", ["data_home", "env", "cache"])
def test_a_set_at_hand_is_used(how, tmp_path, monkeypatch):
    if how == "env":
        monkeypatch.setenv("IMBTUTOR_DATA", str(put(tmp_path / "env")))
    elif how == "cache":
        put(tmp_path / "cache" / "imbtutor")
    else:
        put(tmp_path / "named")
    home = tmp_path / "named" if how == "data_home" else None
    found = load_benchmark_set("ecoli", data_home=home)
    np.testing.assert_array_equal(found.data, X)
    assert found.target.tolist() == [0, 1, 0, 1, 0]
    assert found.name == "ecoli"


def test_copies_go_and_the_order_stays(tmp_path):
    home = put(tmp_path / "home")
    found = load_benchmark_set("ecoli", data_home=home, drop_duplicates=True)
    # Row 3 has the features of row 0 and another label: no copy.
    np.testing.assert_array_equal(found.data, X[[0, 1, 3, 4]])
    assert found.target.tolist() == [0, 1, 1, 0]


def test_the_archive_is_downloaded_once(tmp_path, serve):
    asked = serve(archive("x1data.npz", "x2data.npz"))
    for _ in range(2):
        assert load_benchmark_set("ecoli", data_home=tmp_path).name == "ecoli"
    assert load_benchmark_set("optical_digits", data_home=tmp_path).name
    assert len(asked) == 1 and asked[0].startswith("https://zenodo.org/")
    names = sorted(path.name for path in (tmp_path / "zenodo").iterdir())
    assert names == ["x1data.npz", "x2data.npz"]
    assert (tmp_path / "zenodo" / "x1data.npz").stat().st_mode & 0o444 == 0o444


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (requests.ConnectionError(), "could not be downloaded from zenodo.org"),
        (requests.HTTPError("404"), "could not be downloaded from zenodo.org"),
        (b"a page of a captive network", "arrived damaged"),
        (archive("x1data.npz")[:-40], "arrived damaged"),
        (archive("x2data.npz"), "nor in the archive"),
    ],
)
def test_a_failed_download_is_an_error_with_remedies(tmp_path, serve, answer, message):
    serve(answer)
    with pytest.raises(ConnectionError, match=f"{message}.*What helps:.*IMBTUTOR_DATA"):
        load_benchmark_set("ecoli", data_home=tmp_path)
    # Nothing half-written stays; what the archive did hold is kept.
    left = {path.name for path in (tmp_path / "zenodo").iterdir()}
    assert left <= {"x2data.npz"}


def test_without_download_nothing_is_made(tmp_path):
    with pytest.raises(FileNotFoundError, match="'ecoli'.*download is False"):
        load_benchmark_set("ecoli", data_home=tmp_path / "no", download=False)
    assert not (tmp_path / "no").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path, serve):
    serve(archive("x1data.npz"))
    (tmp_path / "zenodo").write_text("a file")
    with pytest.raises(OSError, match="cannot be written"):
        load_benchmark_set("ecoli", data_home=tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    path = put(tmp_path / "home") / "zenodo" / "x1data.npz"
    path.write_bytes(npz()[:100])
    with pytest.raises(OSError, match="x1data.npz in data_home.*delete it"):
        load_benchmark_set("ecoli", data_home=tmp_path / "home")


def test_the_digits_come_instead_and_say_so(tmp_path):
    with pytest.warns(UserWarning, match="digits of scikit-learn.*not ecoli.*reason"):
        found = load_benchmark_set(
            "ecoli", data_home=tmp_path, download=False, fallback="digits"
        )
    assert found.name == "digits"
    assert found.data.shape == (1797, 64) and found.target.sum() == 174


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": "wines"}, ValueError, "name='wines' is unknown; use one of 'ecoli'"),
        ({"data_home": 3}, TypeError, "data_home=3 is not a path"),
        ({"download": 1}, TypeError, "download=1 is not a bool"),
        ({"drop_duplicates": "no"}, TypeError, "drop_duplicates='no' is not a bool"),
        ({"fallback": "iris"}, ValueError, "fallback='iris'.*None, 'digits'"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        load_benchmark_set(**{"name": "ecoli"} | arguments)


@pytest.mark.parametrize(
    ("name", "shape", "positives", "distinct"),
    [
        ("ecoli", (336, 7), 35, 336),
        ("mammography", (11183, 6), 260, 7849),
        ("solar_flare_m0", (1389, 32), 68, 412),
    ],
)
def test_the_real_sets(name, shape, positives, distinct):
    try:
        found = load_benchmark_set(name, data_home=REAL_HOME, download=False)
    except OSError:
        pytest.skip("needs the benchmark sets: set IMBTUTOR_DATA to their folder")
    assert found.data.shape == shape
    assert found.target.sum() == positives
    kept = load_benchmark_set(
        name, data_home=REAL_HOME, download=False, drop_duplicates=True
    )
    assert len(kept.target) == distinct
