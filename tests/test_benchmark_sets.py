"""The loader of the benchmark sets. Downloads come from a server on 127.0.0.1."""

import errno
import io
import os
import socket
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest
from imblearn.datasets import _zenodo

from imbtutor import benchmark_sets, load_benchmark_set

REAL_HOME = os.environ.get("IMBTUTOR_DATA") or pooch.os_cache("imbtutor")
X = np.array([[1.0, 2], [3, 4], [1, 2], [1, 2], [5, 6]])
LABEL = np.array([-1, 1, -1, 1, -1])


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """No network and no folder of the user's."""
    monkeypatch.delenv("IMBTUTOR_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)

    monkeypatch.setenv("NO_PROXY", "*")
    getaddrinfo = socket.getaddrinfo

    def local_only(host, *args, **kwargs):
        if host != "127.0.0.1":
            raise socket.gaierror("no network in this test")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)


def npz():
    file = io.BytesIO()
    np.savez(file, data=X, label=LABEL)
    return file.getvalue()


def put(folder):
    """Put a set of five rows where ecoli, number 1, is looked for."""
    (folder / "zenodo").mkdir(parents=True)
    (folder / "zenodo" / "x1data.npz").write_bytes(npz())
    return folder


def archive(*files, content=None):
    content = npz() if content is None else content
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def serve(monkeypatch):
    """serve(body, status): what the server gives; returns the list of requests."""
    answer, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(answer["status"])
            for header in answer["headers"].items():
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(body=b"", status=200, **headers):
        answer.update(body=body, status=status, headers=headers)
        url = f"http://127.0.0.1:{server.server_port}/sets.tar.gz"
        monkeypatch.setattr(_zenodo, "URL", url)
        return asked

    yield serve
    server.shutdown()
    server.server_close()


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
    assert len(asked) == 1
    names = sorted(path.name for path in (tmp_path / "zenodo").iterdir())
    assert names == ["x1data.npz", "x2data.npz"]
    assert (tmp_path / "zenodo" / "x1data.npz").stat().st_mode & 0o444 == 0o444


def test_it_is_asked_for_at_zenodo(tmp_path):
    with pytest.raises(ConnectionError, match="from zenodo.org .no answer.*What helps"):
        load_benchmark_set("ecoli", data_home=tmp_path)


# What is asked for is intact, what follows is not: neither is kept.
TWO = archive("x1data.npz", "x2data.npz")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"status": 404}, "could not be downloaded from 127.0.0.1:.*HTTP status 404"),
        ({"status": 302, "Location": "http://[::1"}, "could not be down.*broke off"),
        ({"body": TWO, "Content-Length": "9999999"}, "could not be down.*broke off"),
        ({"body": b"a page of a captive network"}, "arrived damaged"),
        ({"body": archive("x1data.npz")[:-40]}, "arrived damaged"),
        ({"body": TWO[: len(TWO) * 9 // 10]}, "arrived damaged"),
        ({"body": archive("x1data.npz", content=b"no array")}, "arrived damaged"),
        ({"body": archive("x2data.npz")}, "nor in the archive"),
    ],
)
def test_a_failed_download_is_an_error_with_remedies(tmp_path, serve, answer, message):
    serve(**answer)
    with pytest.raises(ConnectionError, match=f"{message}.*What helps:.*IMBTUTOR_DATA"):
        load_benchmark_set("ecoli", data_home=tmp_path)
    assert list((tmp_path / "zenodo").iterdir()) == []
    with pytest.warns(UserWarning, match="digits"):
        load_benchmark_set("ecoli", data_home=tmp_path, fallback="digits")


@pytest.mark.parametrize("limit", ["_MOST_PACKED", "_MOST"])
def test_too_much_is_no_archive(tmp_path, serve, monkeypatch, limit):
    serve(archive("x1data.npz", content=bytes(10**6)))
    monkeypatch.setattr(benchmark_sets, limit, 500)
    with pytest.raises(ConnectionError, match="over 500 bytes"):
        load_benchmark_set("ecoli", data_home=tmp_path)


def test_a_set_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    path = put(tmp_path) / "zenodo" / "x1data.npz"
    np.savez_compressed(path, data=np.zeros((10_000, 10)), label=np.zeros(10_000))
    monkeypatch.setattr(benchmark_sets, "_MOST", 10_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(OSError, match="over 10,000 bytes"):
        load_benchmark_set("ecoli", data_home=tmp_path)


def test_only_the_sets_are_taken_from_an_archive(tmp_path, serve):
    serve(archive("x1data.npz", "../x2data.npz", "/x3data.npz", "../evil.py"))
    load_benchmark_set("ecoli", data_home=tmp_path / "home")
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {"x1data.npz", "x2data.npz", "x3data.npz"}
    assert all(path.parent.name == "zenodo" for path in tmp_path.rglob("*.npz"))


def test_a_slow_download_is_given_up(tmp_path, monkeypatch):
    # The host is looked up for longer than the whole download may take.
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(60))
    monkeypatch.setattr(benchmark_sets, "_DEADLINE", 0.2)
    try:
        with pytest.raises(ConnectionError, match="not complete after 0.2 s"):
            load_benchmark_set("ecoli", data_home=tmp_path)
    finally:
        over.set()


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("owner", "name"), [(Path, "write_bytes"), (tempfile, "TemporaryDirectory")]
)
def test_on_a_full_disk_the_set_is_used_and_not_kept(
    tmp_path, serve, monkeypatch, owner, name
):
    serve(archive("x1data.npz", "x2data.npz"))
    monkeypatch.setattr(owner, name, full)
    with pytest.warns(UserWarning, match="not be kept.*No space left") as caught:
        found = load_benchmark_set("ecoli", data_home=tmp_path)
    assert len(caught) == 1 and caught[0].filename == __file__
    np.testing.assert_array_equal(found.data, X)
    assert list((tmp_path / "zenodo").iterdir()) == []


def test_what_a_killed_download_left_is_removed(tmp_path, serve):
    serve(archive("x1data.npz"))
    for name in ["old", "new"]:
        left = tmp_path / "zenodo" / f".download-{name}"
        left.mkdir(parents=True)
        (left / "x2data.npz").write_bytes(b"half")
    os.utime(tmp_path / "zenodo" / ".download-old", (0, 0))
    load_benchmark_set("ecoli", data_home=tmp_path)
    names = {path.name for path in (tmp_path / "zenodo").iterdir()}
    assert names == {"x1data.npz", ".download-new"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_file_is_not_read(tmp_path, serve, kind):
    asked = serve(archive("x1data.npz"))
    path = tmp_path / "zenodo" / "x1data.npz"
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(OSError, match="x1data.npz in data_home.*pipe or a device"):
        load_benchmark_set("ecoli", data_home=tmp_path)
    assert asked == []


def test_a_home_folder_that_nobody_knows(serve):
    with pytest.raises(FileNotFoundError, match="of data_home '~nosuchuser/"):
        load_benchmark_set("ecoli", data_home="~nosuchuser/sets")
    with pytest.warns(UserWarning, match="digits.*home folder"):
        load_benchmark_set("ecoli", data_home="~nosuchuser/sets", fallback="digits")


def test_without_download_nothing_is_made(tmp_path):
    with pytest.raises(FileNotFoundError, match="'ecoli'.*download is False"):
        load_benchmark_set("ecoli", data_home=tmp_path / "no", download=False)
    assert not (tmp_path / "no").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path, serve):
    serve(archive("x1data.npz"))
    (tmp_path / "zenodo").write_text("a file")
    with pytest.raises(OSError, match="cannot be read: Not a directory"):
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
        ({"name": ["ecoli"]}, ValueError, r"name=\['ecoli'\] is unknown"),
        ({"name": np.array([1, 2])}, ValueError, "name=array.* is unknown"),
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
