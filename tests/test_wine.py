"""The wine loader and its simulated stand-in. No test here uses the network.

Downloads come from a server on 127.0.0.1. What it serves is not the real file, which is
not in the project, but a file of the same form; `_SHA256` and `_SIZE` are set to match.
"""

import contextlib
import errno
import gzip
import hashlib
import importlib.util
import io
import json
import os
import socket
import subprocess
import sys
import threading
import tracemalloc
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbtutor import wine
from imbtutor._download import fetch
from imbtutor.wine import _FILE, _simulate_wine, load_wine_quality

GOOD = (
    _simulate_wine(random_state=1)
    .rename(columns=lambda name: name.replace("_", " "))
    .to_csv(sep=";", index=False, lineterminator="\n")
    .encode()
)
DAMAGED = GOOD[:1000]
N_FEATURES = 11


# Where the reader has the real file, read before `isolated` hides it.
REAL_HOME = os.environ.get("IMBTUTOR_DATA") or pooch.os_cache("imbtutor")


@pytest.fixture(scope="session")
def real():
    try:
        return load_wine_quality(data_home=REAL_HOME, download=False)
    except OSError:
        pytest.skip(
            "needs the real wine: run load_wine_quality() once with a network, or set "
            "IMBTUTOR_DATA to the folder of winequality-white.csv"
        )


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """No network, no proxy, no folder of the user's; returns the names looked up."""
    monkeypatch.delenv("IMBTUTOR_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    looked_up = []
    getaddrinfo = socket.getaddrinfo

    def local_only(host, *args, **kwargs):
        if host != "127.0.0.1":
            looked_up.append(host)
            raise socket.gaierror("no network in this test")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)
    return looked_up


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def expect_good(monkeypatch):
    monkeypatch.setattr(wine, "_SHA256", hashlib.sha256(GOOD).hexdigest())
    monkeypatch.setattr(wine, "_SIZE", len(GOOD))


def good(handler, body=GOOD):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    handler.wfile.write(body)


truncated = partial(good, body=GOOD[: len(GOOD) // 2])
# A page of a captive network, say: complete, but not the file.
wrong = partial(good, body=GOOD.replace(b";6\n", b";5\n"))


def unavailable(handler):
    handler.send_error(503)


def answer(*lines, body=b"", endless=False):
    """An answer of any form; an endless one repeats its body until nobody listens."""

    def answer(handler):
        handler.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        handler.wfile.write(b"\r\n" + body)
        with contextlib.suppress(OSError):
            while endless:
                handler.wfile.write(body)

    return answer


def redirect(location, **kwargs):
    return answer("HTTP/1.0 302 Found", f"Location: {location}", **kwargs)


OK = "HTTP/1.0 200 OK"
BROKEN = {
    "a length that is no number": answer(OK, "Content-Length: abc"),
    "a length beyond all numbers": answer(OK, f"Content-Length: {'9' * 5000}"),
    "a negative length": answer(OK, "Content-Length: -5", body=GOOD[:-1]),
    "two lengths": answer(OK, "Content-Length: 5, 6", body=GOOD),
    "a redirect to no address": redirect("http://[::1"),
    "a redirect to no host": redirect("http://a..b/"),
    "a redirect to a file": redirect("file:///etc/hostname"),
    "a redirect to itself": redirect("/0"),
    "a redirect with an endless page": redirect("http://[::1", body=GOOD, endless=True),
    "a compressed page": answer(
        OK, "Content-Encoding: gzip", body=gzip.compress(bytes(10**8))
    ),
    "what is not compressed": answer(OK, "Content-Encoding: gzip", body=DAMAGED),
    "chunks without end": answer(
        "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", body=b"zz\r\n"
    ),
    "an endless page": answer(OK, body=GOOD, endless=True),
    "one byte too many": answer(OK, body=GOOD + b" "),
    "nothing to say": answer("HTTP/1.0 204 No Content"),
    "no HTTP": answer("Hello"),
    "a status that is no number": answer("HTTP/1.0 fine"),
    "hundreds of headers": answer(OK, *["X: y"] * 500),
}


class Server:
    """Answers each request for /0, /1, ... with the next answer of that source."""

    def __init__(self):
        self.answers, self.requests = (), []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                source = int(self.path[1:])
                with outer.lock:
                    n = outer.requests.count(source)
                    outer.requests.append(source)
                answers = outer.answers[source]
                answers[min(n, len(answers) - 1)](self)

            def log_message(self, *args):
                pass

        self.lock = threading.Lock()
        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}/"
        threading.Thread(
            target=self.httpd.serve_forever, args=(0.02,), daemon=True
        ).start()


@pytest.fixture
def serve(monkeypatch):
    """serve([good], [wrong, good]): two sources; the last answer of each repeats."""
    server = Server()
    expect_good(monkeypatch)

    def serve(*sources):
        server.answers = sources
        urls = tuple(f"{server.url}{number}" for number in range(len(sources)))
        monkeypatch.setattr(wine, "_SOURCES", urls)
        return server

    yield serve
    server.httpd.shutdown()
    server.httpd.server_close()


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def set_aside(folder):
    """The bytes of the damaged files in the folder, by name."""
    return {k: v for k, v in content(folder).items() if k.endswith(".damaged")}


@pytest.fixture
def read_only(monkeypatch):
    """Folders in which nothing can be made; the mode of a folder does not stop root."""

    def refuse(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    monkeypatch.setattr(wine.os, "replace", lambda source, target: refuse(target))


# --- where it is looked for


@pytest.mark.parametrize("how", ["data_home", "path", "env", "cache", "empty env"])
def test_file_at_hand_is_used_without_network(how, tmp_path, monkeypatch, isolated):
    expect_good(monkeypatch)
    folder = tmp_path / "cache" / "imbtutor"
    folder.mkdir(parents=True)
    (folder / _FILE).write_bytes(GOOD)
    data_home = {"data_home": str(folder), "path": folder}.get(how)
    if how == "env":
        monkeypatch.setenv("IMBTUTOR_DATA", str(folder))
        monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "unused")
    if how == "empty env":
        monkeypatch.setenv("IMBTUTOR_DATA", "")
    loaded = load_wine_quality(data_home=data_home)
    expected = pd.read_csv(io.BytesIO(GOOD), sep=";")
    np.testing.assert_array_equal(loaded.data, expected.iloc[:, :-1])
    np.testing.assert_array_equal(loaded.quality, expected["quality"])
    assert loaded.source == "uci"
    assert isolated == []


def test_data_home_goes_before_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("IMBTUTOR_DATA", str(tmp_path / "env"))
    with pytest.raises(FileNotFoundError) as caught:
        load_wine_quality(data_home=tmp_path / "argument", download=False)
    assert str(tmp_path / "argument") in str(caught.value)
    assert str(tmp_path / "env") not in str(caught.value)


def test_home_folder_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with pytest.raises(FileNotFoundError) as caught:
        load_wine_quality(data_home="~/wines", download=False)
    assert str(tmp_path / "wines") in str(caught.value)


@pytest.mark.parametrize("env", [False, True])
def test_without_copy_and_download_the_error_names_the_remedies(
    env, folder, monkeypatch, isolated
):
    if env:
        monkeypatch.setenv("IMBTUTOR_DATA", str(folder))
    with pytest.raises(FileNotFoundError) as caught:
        load_wine_quality(data_home=None if env else folder, download=False)
    message = str(caught.value)
    for word in (str(folder), "not there", "data_home", "IMBTUTOR_DATA", "simulated"):
        assert word in message
    assert isolated == [] and content(folder) == {}


def test_download_false_makes_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_wine_quality(data_home=tmp_path / "new", download=False)
    assert list(tmp_path.iterdir()) == []


# --- the download


def test_download_is_stored_once(folder, serve, capsys):
    server = serve([good])
    loaded = load_wine_quality(data_home=folder / "new" / "deeper")
    assert loaded.source == "uci" and loaded.data.shape == (4898, N_FEATURES)
    assert content(folder / "new" / "deeper") == {_FILE: GOOD}
    assert "100%" in capsys.readouterr().err  # the progress bar
    load_wine_quality(data_home=folder / "new" / "deeper")
    assert server.requests == [0]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are a POSIX matter")
def test_downloaded_file_can_be_shared(folder, serve):
    serve([good])
    umask = os.umask(0o022)
    try:
        load_wine_quality(data_home=folder)
    finally:
        os.umask(umask)
    assert (folder / _FILE).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("bad", [truncated, wrong, unavailable])
def test_second_source_is_used_when_the_first_fails(bad, folder, serve):
    server = serve([bad], [good])
    assert load_wine_quality(data_home=folder).source == "uci"
    assert server.requests == [0, 1]
    assert content(folder) == {_FILE: GOOD}


@pytest.mark.parametrize("bad", BROKEN.values(), ids=BROKEN)
def test_second_source_is_used_when_the_first_is_broken(bad, folder, serve):
    serve([bad], [good])
    tracemalloc.start()
    try:
        assert load_wine_quality(data_home=folder).source == "uci"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The page of a hundred million zeros is never unpacked. What remains is the
    # table and requests itself, where it is first imported here.
    assert peak < 5e7
    assert content(folder) == {_FILE: GOOD}


@pytest.mark.parametrize("bad", BROKEN.values(), ids=BROKEN)
def test_any_broken_server_is_a_reason_for_the_fallback(bad, folder, serve):
    serve([bad])
    with pytest.warns(UserWarning, match="could not be downloaded .127.0.0.1:"):
        loaded = load_wine_quality(data_home=folder, fallback="simulated")
    assert loaded.source == "simulated"
    assert content(folder) == {}


@pytest.mark.parametrize("start", [b"", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_a_slow_source_is_given_up(start, folder, serve, monkeypatch):
    over = threading.Event()

    def drip(handler):  # no silence is longer than a tenth of a second
        handler.wfile.write(start)
        with contextlib.suppress(OSError):
            while not over.wait(0.1):
                handler.wfile.write(b"H")

    server = serve([drip], [drip])
    # The good file comes at once, so that this is time enough for it.
    monkeypatch.setattr(wine, "_DEADLINE", 2)
    try:
        with pytest.raises(ConnectionError, match="not complete after 2 s"):
            load_wine_quality(data_home=folder)
        assert server.requests == [0, 1]  # another try would take as long
    finally:
        over.set()
    assert content(folder) == {}


def test_second_source_is_used_when_the_first_is_not_there(folder, serve, monkeypatch):
    server = serve([good])
    with socket.socket() as closed:  # bound, but it does not listen
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/0"
        monkeypatch.setattr(wine, "_SOURCES", (nobody, server.url + "0"))
        assert load_wine_quality(data_home=folder).source == "uci"
    assert content(folder) == {_FILE: GOOD}


@pytest.mark.parametrize("bad", [truncated, wrong, unavailable])
def test_passing_trouble_is_retried(bad, folder, serve):
    server = serve([bad, good])
    assert load_wine_quality(data_home=folder).source == "uci"
    assert server.requests == [0, 0]
    assert content(folder) == {_FILE: GOOD}


@pytest.mark.parametrize(
    "bad, reason",
    [(truncated, "broke off"), (wrong, "SHA-256"), (unavailable, "HTTP status 503")],
)
def test_lasting_trouble_is_an_error_and_leaves_nothing(bad, reason, folder, serve):
    server = serve([bad], [bad])
    with pytest.raises(ConnectionError, match=reason) as caught:
        load_wine_quality(data_home=folder)
    assert str(folder) in str(caught.value) and "What helps" in str(caught.value)
    assert server.requests == [0, 1, 0, 1]
    assert content(folder) == {}


def test_silent_server_is_given_up(folder, serve, monkeypatch):
    release = threading.Event()

    def late(handler):
        release.wait(5)  # pooch itself would wait for 30 s, and get the file
        good(handler)

    server = serve([late])
    monkeypatch.setattr(wine, "fetch", partial(fetch, timeout=(1, 0.2)))
    try:
        with pytest.raises(ConnectionError, match="no answer"):
            load_wine_quality(data_home=folder)
    finally:
        release.set()
    assert server.requests == [0]  # waiting again would only cost time
    assert content(folder) == {}


def test_without_network_each_source_is_asked_once(folder, isolated):
    with pytest.raises(ConnectionError) as caught:
        load_wine_quality(data_home=folder)
    hosts = ["archive.ics.uci.edu", "raw.githubusercontent.com"]
    assert isolated == hosts  # a second look-up may cost seconds
    for word in (*hosts, "no answer", str(folder), "data_home", "simulated"):
        assert word in str(caught.value)
    assert content(folder) == {}


def test_interrupted_download_leaves_nothing(folder, serve, monkeypatch):
    serve([good])

    def interrupted(self, seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_wine_quality(data_home=folder)
    assert content(folder) == {}


def full(self, data):
    with self.open("wb") as file:
        file.write(data[:1000])
    raise OSError(errno.ENOSPC, "No space left on device", str(self))


def full_from_the_start(self, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device", str(self))


@pytest.mark.parametrize(
    ("name", "fails"),
    [("write_bytes", full), ("touch", full_from_the_start)],
)
def test_on_a_full_disk_the_file_is_used_and_not_kept(
    name, fails, folder, serve, monkeypatch
):
    serve([good])
    monkeypatch.setattr(Path, name, fails)
    with pytest.warns(UserWarning, match="could not be kept.*No space left") as caught:
        loaded = load_wine_quality(data_home=folder)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert str(folder) in str(caught[0].message)
    assert loaded.source == "uci"
    assert content(folder) == {}


KILLED = """
import os, sys
from imbtutor import wine
wine.fetch = lambda *args, **kwargs: os._exit(9)
wine.load_wine_quality(data_home=sys.argv[1])
"""


def test_a_killed_download_leaves_nothing(folder):
    command = [sys.executable, "-c", KILLED, str(folder)]
    assert subprocess.run(command).returncode == 9
    assert content(folder) == {}


def test_what_earlier_processes_left_is_removed(folder, serve):
    serve([good])
    old, new = (folder / f"{_FILE}.{name}.part" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    load_wine_quality(data_home=folder)
    # The new one may belong to a process that is at work.
    assert content(folder) == {_FILE: GOOD, new.name: b""}


# The package is imported once, and then there are two processes.
TWO_PROCESSES = """
import os, sys
from functools import partial
from imbtutor import wine
folder, wine._SHA256, size, url = sys.argv[1:]
wine._SOURCES, wine._SIZE, wine._DEADLINE = (url,), int(size), 120
wine.fetch = partial(wine.fetch, timeout=60)
child = os.fork()
assert wine.load_wine_quality(data_home=folder).data.shape == (4898, 11)
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
@pytest.mark.parametrize("before", [None, DAMAGED])
def test_two_processes_may_download_at_once(before, folder, serve):
    both = threading.Barrier(2, timeout=120)

    def together(handler):
        both.wait()  # no answer before the second process has asked as well
        good(handler)

    server = serve([together])
    if before is not None:
        (folder / _FILE).write_bytes(before)
    command = [sys.executable, "-c", TWO_PROCESSES, str(folder), wine._SHA256]
    result = subprocess.run(
        [*command, str(len(GOOD)), server.url + "0"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert result.returncode == 0, result.stderr
    assert server.requests == [0, 0]
    aside = set_aside(folder)
    assert content(folder) == {_FILE: GOOD} | aside
    assert list(aside.values()) == ([] if before is None else [before])


# --- damaged files


def test_damaged_file_is_set_aside_and_fetched_again(folder, serve):
    serve([good])
    for n, damaged in enumerate([DAMAGED, b"", b"<html>"], start=1):
        (folder / _FILE).write_bytes(damaged)
        with pytest.warns(UserWarning, match="damaged.*renamed") as caught:
            assert load_wine_quality(data_home=folder).source == "uci"
        assert len(caught) == 1 and caught[0].filename == __file__
        assert content(folder)[_FILE] == GOOD
        # The earlier ones are still there.
        assert len(content(folder)) == 1 + n
        assert damaged in set_aside(folder).values()


def test_damaged_file_is_not_used_when_the_download_fails(folder):
    (folder / _FILE).write_bytes(DAMAGED)
    with pytest.warns(UserWarning, match="damaged.*renamed"):
        with pytest.raises(ConnectionError):
            load_wine_quality(data_home=folder)
    assert list(content(folder).values()) == [DAMAGED]
    assert len(set_aside(folder)) == 1


def test_damaged_file_without_download_is_an_error(folder):
    (folder / _FILE).write_bytes(DAMAGED)
    with pytest.raises(FileNotFoundError, match="damaged") as caught:
        load_wine_quality(data_home=folder, download=False)
    assert str(folder) in str(caught.value)
    assert content(folder) == {_FILE: DAMAGED}


def test_file_repaired_or_moved_by_another_process_is_left_alone(folder, serve):
    serve([good])
    (folder / _FILE).write_bytes(GOOD)
    wine._set_aside(folder / _FILE)
    assert content(folder) == {_FILE: GOOD}
    (folder / _FILE).unlink()
    wine._set_aside(folder / _FILE)
    assert content(folder) == {}


# --- read-only folders


def test_read_only_folder_with_the_file_will_do(folder, serve, request):
    server = serve([good])
    (folder / _FILE).write_bytes(GOOD)
    request.getfixturevalue("read_only")
    assert load_wine_quality(data_home=folder).source == "uci"
    assert server.requests == []


@pytest.mark.parametrize("before", [{}, {_FILE: DAMAGED}])
def test_read_only_folder_is_named_before_any_download(before, folder, serve, request):
    server = serve([good])
    for name, raw in before.items():
        (folder / name).write_bytes(raw)
    request.getfixturevalue("read_only")
    with pytest.raises(OSError, match="cannot be written") as caught:
        load_wine_quality(data_home=folder)
    message = str(caught.value)
    assert str(folder) in message and "Permission denied" in message
    assert ("damaged" if before else "not there") in message
    assert server.requests == []
    assert content(folder) == before


@pytest.mark.parametrize("env", [False, True])
def test_file_in_place_of_the_folder_is_an_error(env, tmp_path, serve, monkeypatch):
    server = serve([good])
    place = tmp_path / "file"
    place.write_bytes(b"mine")
    if env:
        monkeypatch.setenv("IMBTUTOR_DATA", str(place))
    for target in (place, place / "below"):
        if env:
            monkeypatch.setenv("IMBTUTOR_DATA", str(target))
        with pytest.raises(OSError, match="cannot be") as caught:
            load_wine_quality(data_home=None if env else target)
        name = "$IMBTUTOR_DATA" if env else "data_home"
        assert f"{name} ({target})" in str(caught.value)
    assert server.requests == []
    assert content(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("download", [False, True])
def test_what_is_no_file_is_not_read(kind, download, folder, serve):
    server = serve([good])
    if kind == "pipe":
        os.mkfifo(folder / _FILE)
    else:
        (folder / _FILE).symlink_to("/dev/zero")
    with pytest.raises(OSError, match="cannot be read: it is a folder, a pipe"):
        load_wine_quality(data_home=folder, download=download)
    with pytest.warns(UserWarning, match="simulated.*a pipe"):
        load_wine_quality(data_home=folder, download=download, fallback="simulated")
    assert server.requests == []


def test_of_a_huge_file_only_the_start_is_read(folder, serve):
    serve([good])
    with (folder / _FILE).open("wb") as file:
        file.truncate(2**40)  # a terabyte, none of it on the disk
    with pytest.raises(FileNotFoundError, match="damaged"):
        load_wine_quality(data_home=folder, download=False)
    with pytest.warns(UserWarning, match="damaged.*renamed"):
        assert load_wine_quality(data_home=folder).source == "uci"


def no_home(name):
    raise RuntimeError("what platformdirs says without HOME and without a user's name")


@pytest.mark.parametrize("how", ["data_home", "env", "cache", "old cache"])
def test_a_home_folder_that_nobody_knows(how, monkeypatch, isolated):
    home = "~nosuchuser/wines"
    monkeypatch.setenv("IMBTUTOR_DATA", home if how == "env" else "")
    # Older versions of platformdirs give the path as it is.
    cache = no_home if how == "cache" else lambda name: Path("~nosuchuser", name)
    monkeypatch.setattr(pooch, "os_cache", cache)
    data_home = home if how == "data_home" else None
    with pytest.raises(FileNotFoundError, match="home folder of.*HOME.*What helps"):
        load_wine_quality(data_home=data_home)
    with pytest.warns(UserWarning, match="simulated.*home folder of") as caught:
        loaded = load_wine_quality(data_home=data_home, fallback="simulated")
    assert ("'~nosuchuser/" in str(caught[0].message)) == (how != "cache")
    assert loaded.source == "simulated"
    assert isolated == []


def test_folder_in_place_of_the_file_is_an_error(folder):
    (folder / _FILE).mkdir()
    with pytest.raises(OSError, match="cannot be read") as caught:
        load_wine_quality(data_home=folder)
    assert str(folder) in str(caught.value)


# --- the fallback


def unreachable(folder, serve, request):
    return {}


def not_allowed(folder, serve, request):
    return {"download": False}


def spoiled(folder, serve, request):
    serve([wrong])
    return {}


def locked(folder, serve, request):
    request.getfixturevalue("read_only")
    return {}


@pytest.mark.parametrize(
    "trouble, reason",
    [
        (unreachable, "no answer"),
        (not_allowed, "download is False"),
        (spoiled, "SHA-256"),
        (locked, "cannot be written"),
    ],
)
def test_fallback_warns_once_and_gives_the_reason(
    trouble, reason, folder, serve, request
):
    arguments = trouble(folder, serve, request)
    with pytest.warns(UserWarning) as caught:
        loaded = load_wine_quality(data_home=folder, fallback="simulated", **arguments)
    assert len(caught) == 1
    message = str(caught[0].message)
    assert "simulated" in message and reason in message and str(folder) in message
    assert caught[0].filename == __file__
    assert loaded.source == "simulated" and "Simulated" in loaded.DESCR
    expected = _simulate_wine()
    pd.testing.assert_frame_equal(loaded.data, expected.drop(columns="quality"))
    pd.testing.assert_series_equal(loaded.quality, expected["quality"])
    assert content(folder) == {}


def test_fallback_is_not_used_when_the_file_can_be_had(folder, serve, recwarn):
    serve([good])
    loaded = load_wine_quality(data_home=folder, fallback="simulated")
    assert loaded.source == "uci"
    assert [w for w in recwarn if issubclass(w.category, UserWarning)] == []


# --- bad arguments


@pytest.mark.parametrize(
    "name, value, error, remedy",
    [
        ("data_home", 3, TypeError, "folder"),
        ("data_home", b"data", TypeError, "str"),
        ("data_home", True, TypeError, "folder"),
        ("data_home", "", ValueError, "None"),
        ("data_home", "a\0b", ValueError, "None"),
        ("data_home", "\ud800", ValueError, "None"),
        ("download", "yes", TypeError, "True or False"),
        ("download", None, TypeError, "True or False"),
        ("drop_duplicates", 1, TypeError, "True or False"),
        ("drop_duplicates", "drop", TypeError, "True or False"),
        ("fallback", "simulate", ValueError, "'simulated'"),
        ("fallback", True, ValueError, "None"),
    ],
)
def test_bad_argument(name, value, error, remedy, tmp_path, isolated):
    with pytest.raises(error) as caught:
        load_wine_quality(**{"data_home": tmp_path / "new"} | {name: value})
    message = str(caught.value)
    assert f"{name}={value!r}" in message
    assert remedy in message.replace(f"{name}={value!r}", "")
    assert isolated == [] and list(tmp_path.iterdir()) == []


def test_arguments_are_keyword_only(tmp_path):
    with pytest.raises(TypeError, match="positional"):
        load_wine_quality(tmp_path)


# --- the data, real and simulated

NAMES = [
    "fixed_acidity",
    "volatile_acidity",
    "citric_acid",
    "residual_sugar",
    "chlorides",
    "free_sulfur_dioxide",
    "total_sulfur_dioxide",
    "density",
    "pH",
    "sulphates",
    "alcohol",
]
COUNTS = {3: 20, 4: 163, 5: 1457, 6: 2198, 7: 880, 8: 175, 9: 5}
DISTINCT = {3: 20, 4: 153, 5: 1175, 6: 1788, 7: 689, 8: 131, 9: 5}


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    with pytest.warns(UserWarning, match="simulated"):
        return load_wine_quality(
            data_home=tmp_path_factory.mktemp("empty"),
            download=False,
            fallback="simulated",
        )


@pytest.fixture(params=["real", "simulated"])
def loaded(request):
    return request.getfixturevalue(request.param)


def as_frame(loaded):
    return loaded.data.assign(quality=loaded.quality)


def test_form(loaded):
    assert loaded.data.shape == (4898, N_FEATURES)
    assert list(loaded.data) == loaded.feature_names == NAMES
    assert set(loaded.data.dtypes) == {np.dtype(float)}
    assert loaded.data.notna().all(axis=None)
    assert loaded.quality.value_counts().sort_index().to_dict() == COUNTS
    assert loaded.target.dtype.kind == loaded.quality.dtype.kind == "i"
    assert loaded.target.sum() == 183
    np.testing.assert_array_equal(loaded.target, loaded.quality <= 4)
    for part in (loaded.data, loaded.target, loaded.quality):
        assert list(part.index) == list(range(4898))
    assert "Cortez" in loaded.DESCR


def test_copies(loaded):
    assert as_frame(loaded).duplicated().sum() == 937
    # Equal measurements always have equal grades, so that the notebooks' one-liner
    # keeps copies together.
    groups = loaded.data.groupby(list(loaded.data)).ngroup()
    assert groups.nunique() == 3961
    assert loaded.quality.groupby(groups).nunique().max() == 1


def test_drop_duplicates(folder, monkeypatch):
    expect_good(monkeypatch)
    (folder / _FILE).write_bytes(GOOD)
    small = load_wine_quality(data_home=folder, drop_duplicates=True)
    whole = load_wine_quality(data_home=folder)
    expected = as_frame(whole).drop_duplicates().reset_index(drop=True)
    pd.testing.assert_frame_equal(as_frame(small), expected)
    assert small.data.shape == (3961, N_FEATURES)
    assert list(small.target.index) == list(range(3961))
    assert small.quality.value_counts().sort_index().to_dict() == DISTINCT


def test_real_counts_without_copies(real):
    distinct = as_frame(real).drop_duplicates()["quality"].value_counts()
    assert distinct.sort_index().to_dict() == DISTINCT
    assert real.source == "uci"


def test_simulation_is_the_same_each_time():
    pd.testing.assert_frame_equal(_simulate_wine(), _simulate_wine())
    assert not _simulate_wine().equals(_simulate_wine(random_state=1))


@pytest.mark.parametrize("seed", range(3))
def test_simulation_has_the_exact_counts_for_any_seed(seed):
    wines = _simulate_wine(random_state=seed)
    assert wines["quality"].value_counts().sort_index().to_dict() == COUNTS
    # Two wines drawn apart are never equal in 11 measurements, so these are exact too.
    distinct = wines.drop_duplicates()["quality"].value_counts()
    assert distinct.sort_index().to_dict() == DISTINCT


def test_a_tenth_of_the_grades_is_moved_by_one(monkeypatch):
    moved = _simulate_wine().drop_duplicates()
    monkeypatch.setattr(wine, "_MOVED", 0)
    drawn = _simulate_wine().drop_duplicates()
    both = drawn.merge(moved, on=NAMES, suffixes=("_drawn", "_moved"))
    assert len(both) == 3961
    steps = (both["quality_drawn"] - both["quality_moved"]).abs()
    assert set(steps) == {0, 1}
    # A tenth of the rarer grade of each pair, and as many of the other.
    pairs = [(4, 5), (5, 6), (6, 7), (7, 8)]
    expected = sum(2 * round(0.1 * min(DISTINCT[a], DISTINCT[b])) for a, b in pairs)
    assert steps.sum() == expected


# Usual decimals, decimals of the finest values, and the share of values that need
# more than the usual ones, counted in the real file.
DECIMALS = {
    "fixed_acidity": (1, 2, 0.001),
    "volatile_acidity": (2, 3, 0.032),
    "citric_acid": (2, 2, 0),
    "residual_sugar": (1, 2, 0.051),
    "chlorides": (3, 3, 0),
    "free_sulfur_dioxide": (0, 1, 0.011),
    "total_sulfur_dioxide": (0, 1, 0.006),
    "density": (4, 5, 0.467),
    "pH": (2, 2, 0),
    "sulphates": (2, 2, 0),
    "alcohol": (1, 2, 0.014),
}


@pytest.mark.parametrize("name", NAMES)
def test_rounding(name, simulated):
    usual, finest, share = DECIMALS[name]
    values = simulated.data[name]
    # Equal to the number as one would type it, with no binary dust.
    assert (values == [float(f"{value:.{finest}f}") for value in values]).all()
    off = np.mean(values != values.round(usual))
    # Half or nine tenths of the values drawn for the finer step are off the usual one:
    # less than the share, by at most half of it, give or take 0.02 for the draw.
    assert 0.5 * share - 0.02 < off < share + 0.02


def test_rounding_table_is_that_of_the_real_file(real):
    for name, (usual, _, share) in DECIMALS.items():
        off = np.mean(np.abs(real.data[name] - real.data[name].round(usual)) > 1e-9)
        assert off == pytest.approx(share, abs=0.001)


def test_simulated_marginals_follow_the_real_ones(real, simulated):
    for grades in ([3, 4], [5], [6], [7], [8, 9]):
        a, b = (w.data[w.quality.isin(grades)] for w in (real, simulated))
        # The standard error of a mean of 180 rows is 0.075 standard deviations, that
        # of a difference 0.11; 0.4 is over three of these and still rules out that
        # one grade has the numbers of another or a feature those of its neighbor.
        assert ((a.mean() - b.mean()).abs() / real.data.std()).max() < 0.4
    assert (real.data.corr() - simulated.data.corr()).abs().max(axis=None) < 0.15
    assert (simulated.data.min() >= real.data.min()).all()
    assert (simulated.data.max() <= real.data.max()).all()


# --- the statistics


@pytest.fixture(scope="session")
def maker():
    """The script beside the table; it is no module of the package."""
    path = Path(wine.__file__).parent / "data" / "make_wine_statistics.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_table():
    path = Path(wine.__file__).parent / "data" / "wine_statistics.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_table_is_what_the_script_makes(real, maker):
    made, stored = maker.make_statistics(real), read_table()
    assert made.keys() == stored.keys()
    for key in ("about", "grades", "steps", "z"):
        assert made[key] == stored[key]
    for a, b in zip(made["groups"], stored["groups"], strict=True):
        assert a["grades"] == b["grades"]
        assert list(a["quantiles"]) == list(b["quantiles"]) == NAMES
        for name in NAMES:
            # Another version of numpy may round the last digit the other way.
            digit = 1.01 * 10.0 ** -(DECIMALS[name][1] + 1)
            np.testing.assert_allclose(
                a["quantiles"][name], b["quantiles"][name], rtol=0, atol=digit
            )
        for row, stored_row in zip(a["correlation"], b["correlation"], strict=True):
            np.testing.assert_allclose(row, stored_row, rtol=0, atol=0.00101)


def test_no_real_wine_is_in_the_project(real, simulated):
    rows = set(real.data.itertuples(index=False, name=None))
    assert rows.isdisjoint(simulated.data.itertuples(index=False, name=None))
    for group in read_table()["groups"]:
        columns = zip(*group["quantiles"].values(), strict=True)
        assert rows.isdisjoint(columns)


MODELS = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "random forest": RandomForestClassifier(60, random_state=0),
    "boosting": HistGradientBoostingClassifier(random_state=0),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("copies", [True, False])
def test_simulated_wine_is_as_hard_as_the_real_one(name, copies, real, simulated):
    scores = []
    for loaded in (real, simulated):
        keep = slice(None) if copies else ~as_frame(loaded).duplicated()
        folds = cross_validate(
            MODELS[name],
            loaded.data[keep],
            loaded.target[keep],
            cv=StratifiedKFold(5, shuffle=True, random_state=0),
            scoring=["roc_auc", "average_precision"],
        )
        scores.append(
            [folds["test_roc_auc"].mean(), folds["test_average_precision"].mean()]
        )
    auc, ap = np.abs(np.subtract(*scores))
    # Another real sample of 183 positives would differ by about as much: the standard
    # error of the AUC is near 0.02, that of the average precision near 0.035.
    assert auc < 0.05
    assert ap < 0.08
