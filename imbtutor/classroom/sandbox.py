"""A kernel for student code: it sees Python, the book's package and its own folder.

Bubblewrap (`bwrap`) gives it a file system that is read-only but for that folder, no
network, and process numbers of its own; `prlimit` bounds each process, and a watch
bounds all of them together. Sources, hidden tests, the grade book and the work of
others are not there to be read.
"""

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

import psutil
import zmq
from jupyter_client import BlockingKernelClient, write_connection_file

PACKAGE = Path(__file__).resolve().parent.parent
# Where the kernel finds its folder and the package.
INSIDE = "/sandbox"
LIBRARY = "/sandbox-library"
DATA = "/sandbox-data"
MEGABYTE = 2**20
# What prints more at once is cut off, and its kernel ended.
LARGEST_MESSAGE = 256 * MEGABYTE
SHOWN = {"text/plain", "image/png"}
"""What is kept of an output. HTML and scripts would run in the teacher's browser."""
PRELUDE = "get_ipython().ask_exit = lambda: print('exit() does nothing while grading.')"
_KERNELS = count()


@dataclass(frozen=True)
class Limits:
    """What one student's run may use.

    Parameters
    ----------
    cell_seconds, notebook_seconds : float
        For one cell or one hidden test, and for all of them.
    memory_mb : int
        For all processes together, and for each one's addresses.
    output_kb : int
        What is kept of a cell's output.
    tasks : int
        Processes and threads.
    disk_mb : int
        For the files that the code writes.
    """

    cell_seconds: float = 60
    notebook_seconds: float = 600
    memory_mb: int = 4000
    output_kb: int = 200
    tasks: int = 100
    disk_mb: int = 200


@dataclass
class Reply:
    """What came of one run.

    `ended` says why the kernel is gone, in words, or is None; `error` is the line of
    the error that the code raised, or None; `value` is what the expression gave.
    """

    outputs: list = field(default_factory=list)
    value: str | None = None
    error: str | None = None
    ended: str | None = None


@cache
def problem():
    """Return why there is no sandbox on this machine, or None where there is one."""
    if not sys.platform.startswith("linux"):
        return "the sandbox needs Linux"
    for program, package in {"bwrap": "bubblewrap", "prlimit": "util-linux"}.items():
        if shutil.which(program) is None:
            return f"{program} is not installed (apt-get install {package})"
    with tempfile.TemporaryDirectory() as folder:
        _make_folders(Path(folder))
        walled = [*_walls(Path(folder)), "true"]
        try:
            done = subprocess.run(walled, capture_output=True, text=True, timeout=30)
        except subprocess.TimeoutExpired:
            return "bwrap does not work here (it took more than 30 seconds)"
    if done.returncode:
        return f"bwrap does not work here ({done.stderr.strip()[:200]})"
    return None


def _walls(folder):
    """Return the command that runs another one with nothing in sight but `folder`."""
    command = ["bwrap", "--unshare-net", "--unshare-pid", "--unshare-ipc"]
    command += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"]
    command += ["--new-session", "--proc", "/proc", "--dev", "/dev"]
    # First: the environment may itself stand in a folder of /tmp.
    command += ["--bind", str(folder / "tmp"), "/tmp"]
    command += ["--bind", str(folder / "tmp"), "/dev/shm"]
    python = {
        sys.prefix,
        sys.base_prefix,
        str(Path(sys.executable).resolve().parents[1]),
    }
    for path in ["/usr", "/bin", "/sbin", "/lib", "/lib64"]:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in sorted(python | {os.path.realpath(path) for path in python}):
        if not Path(path).is_relative_to("/usr") and path != "/":
            command += [*_above(path), "--ro-bind", path, path]
    command += ["--dir", "/etc", "--dir", LIBRARY]
    for path in ["ld.so.cache", "alternatives", "fonts", "localtime"]:
        command += ["--ro-bind-try", f"/etc/{path}", f"/etc/{path}"]
    command += ["--ro-bind", str(PACKAGE), f"{LIBRARY}/{PACKAGE.name}"]
    data = os.environ.get("IMBTUTOR_DATA")
    if data and os.path.isdir(data):
        command += ["--ro-bind", os.path.realpath(data), DATA]
    command += ["--bind", str(folder), INSIDE]
    return [
        *command,
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
        "--chdir",
        f"{INSIDE}/home",
    ]


def _above(path):
    """Return how to make the folders above `path`, open to others than root."""
    return [
        each
        for above in reversed(Path(path).parents[:-1])
        for each in ["--dir", str(above)]
    ]


def _make_folders(folder):
    for name in ["home", "ipc", "tmp"]:
        (folder / name).mkdir()


def _tasks_of(user):
    """Return how many processes and threads the user with this number has."""
    count = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real == user:
                count += process.num_threads()
    return count


class Kernel:
    """One kernel, from its start to `close`.

    Parameters
    ----------
    limits : Limits
        What it may use.
    files : iterable of Path
        What is copied into its working folder.
    sandboxed : bool
        Without, the code has the rights and the files of whoever calls this, and its
        network; only the limits hold.
    """

    def __init__(self, limits, files=(), sandboxed=True):
        self.limits, self.sandboxed = limits, sandboxed
        self.ended = None
        # In /tmp, since the path of a socket is at most 107 letters long.
        self.folder = Path(
            tempfile.mkdtemp(prefix=f"kernel-{os.getpid()}-", dir="/tmp")
        )
        # The limit on processes does not hold for root. So the code of a teacher who
        # is root runs as a user that nobody else is, nor the kernel before this one:
        # what that one has left, after a fork bomb say, counts for its user.
        root = sandboxed and os.getuid() == 0
        place = os.getpid() % 1_000_000 * 1000 + next(_KERNELS) % 1000
        user = 1_000_000_000 + place if root else None
        _make_folders(self.folder)
        for file in files:
            shutil.copy(file, self.folder / "home" / file.name)
        inside = INSIDE if sandboxed else str(self.folder)
        _, info = write_connection_file(
            str(self.folder / "kernel.json"), transport="ipc", ip=f"{inside}/ipc/s"
        )
        if root:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, user, user)
        with (self.folder / "stderr").open("wb") as words:
            self.process = subprocess.Popen(
                self._command(inside, user),
                env=self._environment(inside),
                cwd=self.folder / "home",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                start_new_session=True,
            )
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        context.setsockopt(zmq.LINGER, 0)
        self.client = BlockingKernelClient(context=context)
        self.client.load_connection_info({**info, "ip": str(self.folder / "ipc/s")})
        self.client.start_channels(stdin=False, hb=False)
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        # What the kernel says before our subscription has arrived is lost, an "idle"
        # too, for which `run` would wait in vain. So make it speak until it is heard.
        deadline = time.monotonic() + 300
        while self.process.poll() is None:
            self.client.kernel_info()
            if _next(self.client.get_iopub_msg, 1):
                break
            if time.monotonic() > deadline:
                self.kill("said nothing for 300 seconds")
        reply = self.run(PRELUDE, seconds=300)
        if reply.ended or reply.error:
            words = (self.folder / "stderr").read_text("utf-8", "replace").split()
            self.close()
            raise RuntimeError(
                f"the kernel did not start: {reply.ended or reply.error}. "
                f"{' '.join(words)[-300:]}".strip()
            )

    def _command(self, inside, user):
        limits = self.limits
        size = limits.memory_mb * MEGABYTE
        tasks = limits.tasks + (_tasks_of(os.getuid()) if user is None else 0)
        command = _walls(self.folder) if self.sandboxed else []
        if user is not None:
            command += ["setpriv", f"--reuid={user}", f"--regid={user}"]
            command += ["--clear-groups", "--no-new-privs", "--bounding-set=-all"]
        command += ["prlimit", f"--as={size}", f"--nproc={tasks}", "--core=0"]
        command += [f"--fsize={limits.disk_mb * MEGABYTE}"]
        command += [f"--cpu={int(limits.notebook_seconds) + 60}"]
        command += [sys.executable, "-m", "ipykernel_launcher"]
        command += ["-f", f"{inside}/kernel.json", "--HistoryManager.enabled=False"]
        return command

    def _environment(self, inside):
        found = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": f"{inside}/home",
            "TMPDIR": f"{inside}/tmp",
            "USER": "student",
            "LANG": "C.UTF-8",
            "PYTHONPATH": LIBRARY if self.sandboxed else str(PACKAGE.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            # One thread and one process: others are graded at the same time.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "LOKY_MAX_CPU_COUNT": "1",
        }
        if "IMBTUTOR_DATA" in os.environ:
            data = os.environ["IMBTUTOR_DATA"]
            found["IMBTUTOR_DATA"] = DATA if self.sandboxed else data
        return found

    def _look(self):
        """End the kernel where all its processes or its files take too much."""
        while self.process.poll() is None:
            with suppress(psutil.Error, OSError):
                family = psutil.Process(self.process.pid).children(recursive=True)
                used = 0
                for process in family:
                    with suppress(psutil.Error):
                        used += process.memory_info().rss
                if used > self.limits.memory_mb * MEGABYTE:
                    self.kill(f"used more than {self.limits.memory_mb} MB of memory")
                written = 0
                for top, _, names in os.walk(self.folder):
                    for name in names:
                        with suppress(OSError):  # gone in the meantime
                            written += os.lstat(os.path.join(top, name)).st_size
                if written > self.limits.disk_mb * MEGABYTE:
                    self.kill(f"wrote more than {self.limits.disk_mb} MB of files")
            time.sleep(0.2)

    def kill(self, why):
        """End all processes of the kernel; `why` is the first reason given."""
        self.ended = self.ended or why
        if not self.sandboxed:
            with suppress(OSError):
                os.killpg(self.process.pid, 9)
        # The kernel's processes die with bwrap.
        self.process.kill()
        self.process.wait()

    def close(self):
        """End the kernel and remove its folder."""
        self.kill("was closed")
        self._watch.join()
        self.client.stop_channels()
        _remove(self.folder)

    def run(self, code, expression=None, seconds=None, history=True):
        """Run `code`, then compute `expression`; return a `Reply`.

        Where the time is over, or the kernel ends, it is gone for good.
        """
        limit = self.limits.cell_seconds if seconds is None else seconds
        reply, outputs = Reply(), _Outputs(self.limits.output_kb * 1000)
        number = self.client.execute(
            code,
            store_history=history,
            allow_stdin=False,
            stop_on_error=False,
            user_expressions={} if expression is None else {"value": expression},
        )
        deadline, answer, idle = time.monotonic() + limit, None, False
        while not (answer and idle):
            # For a while more messages may come than can be read: look up at times.
            for _ in range(100):
                message = _next(self.client.get_iopub_msg, 0)
                if message is None:
                    break
                if message["parent_header"].get("msg_id") == number:
                    idle |= outputs.add(message)
            if answer is None:
                message = _next(self.client.get_shell_msg, 0.02)
                if message and message["parent_header"].get("msg_id") == number:
                    answer = message["content"]
                    # What was printed is on its way, if it was not too much.
                    deadline = max(deadline, time.monotonic() + 10)
            else:
                time.sleep(0.002)
            if time.monotonic() > deadline:
                why = f"took more than {limit:g} seconds"
                self.kill("printed more than can be received" if answer else why)
            if self.process.poll() is not None:
                self.ended = self.ended or "ended the kernel"
                break
        reply.outputs = outputs.found()
        if self.ended:
            reply.ended = self.ended
        else:
            reply.error, reply.value = _said(answer)
        return reply


def remove_left(process):
    """Remove what the kernels of a process have left that was ended itself."""
    for folder in Path("/tmp").glob(f"kernel-{process}-*"):
        _remove(folder)


def _remove(folder):
    # The kernel's last processes may still be dying, and writing.
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


def _next(get, seconds):
    try:
        return get(timeout=seconds)
    except queue.Empty:
        return None
    except Exception:  # student code can send what is no message, or a forged one
        return None


def _said(answer):
    """Return the error and the value of a reply, which student code may have forged."""
    if answer.get("status") == "error":
        return f"{answer.get('ename')}: {answer.get('evalue')}"[:300], None
    value = answer.get("user_expressions", {}).get("value")
    if not isinstance(value, dict):
        return None, None
    if value.get("status") != "ok":
        return f"{value.get('ename')}: {value.get('evalue')}"[:300], None
    text = value.get("data", {}).get("text/plain")
    return None, text if isinstance(text, str) else None


class _Outputs:
    """The outputs of one cell, of known kinds and up to a size."""

    def __init__(self, most):
        self.left, self.kept = most, []

    def add(self, message):
        """Take a message in; return whether it is the last one."""
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            return content.get("execution_state") == "idle"
        if self.left <= 0:
            return False
        if kind == "stream":
            self._add_text(content.get("name"), f"{content.get('text')}")
        elif kind in ("execute_result", "display_data"):
            data = content.get("data")
            data = data if isinstance(data, dict) else {}
            data = {
                kind: text
                for kind, text in data.items()
                if kind in SHOWN and isinstance(text, str)
            }
            # A picture is letters and digits, or it is none.
            picture = data.get("image/png", "").replace("\n", "")
            if picture.translate(_NO_BASE64):
                del data["image/png"]
            if sum(map(len, data.values())) > 2 * MEGABYTE:
                data = {"text/plain": "[an output too large to be kept]"}
            self.left -= len(data.get("text/plain", ""))
            if data:
                self.kept.append(
                    {"output_type": "display_data", "data": data, "metadata": {}}
                )
        elif kind == "error":
            lines = content.get("traceback")
            lines = [f"{line}"[:5000] for line in lines[-30:]] if lines else []
            self.left -= sum(map(len, lines))
            self.kept.append(
                {
                    "output_type": "error",
                    "ename": f"{content.get('ename')}"[:200],
                    "evalue": f"{content.get('evalue')}"[:1000],
                    "traceback": lines,
                }
            )
        return False

    def _add_text(self, name, text):
        name = "stderr" if name == "stderr" else "stdout"
        cut = text[: self.left]
        self.left -= len(text)
        if self.left <= 0:
            cut += "\n[the rest of this cell's output is left out]\n"
        last = self.kept[-1] if self.kept else {}
        if last.get("name") == name:
            last["text"] += cut
        else:
            self.kept.append({"output_type": "stream", "name": name, "text": cut})

    def found(self):
        return self.kept[:200]


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NO_BASE64 = str.maketrans("", "", _LETTERS)
