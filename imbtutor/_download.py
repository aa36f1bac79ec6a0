"""A download that ends, and fails in one way only, whatever the server does."""

import contextlib
import threading
from urllib.parse import urljoin

# requests and tqdm are imported where they are used, so that importing stays fast.

_TIMEOUT = (3, 10)  # seconds: to connect, and between two pieces of the answer
_REDIRECTS = 5


class NoAnswer(ConnectionError):
    """The server did not answer, or not in time: asking it again would cost time."""


def fetch(url, *, most, seconds, timeout=_TIMEOUT):
    """Return the bytes at an address, with a progress bar.

    Parameters
    ----------
    url : str
        The address, http or https.
    most : int
        Number of bytes that the answer may have.
    seconds : float
        How long all of it may take, from the look-up of the host to the last byte.
    timeout : tuple of float
        Seconds to connect, and between two pieces of the answer.

    Raises
    ------
    NoAnswer
        If there is no answer, or it is not complete within `seconds`.
    ConnectionError
        If anything else goes wrong. The message is a reason of a few words.
    """
    import requests

    outcome, given_up = [], threading.Event()

    def work():
        try:
            outcome.append(_answer(url, most, timeout, given_up))
        # A broken server makes a library raise almost anything: see the tests.
        except Exception as error:
            outcome.append(error)

    # In a thread of its own, since no timeout of a library ends a look-up of the host,
    # or headers that come byte by byte.
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        worker.join(seconds)
    finally:
        given_up.set()
    result = outcome[0] if outcome else NoAnswer(f"not complete after {seconds:g} s")
    if isinstance(result, bytes):
        return result
    if isinstance(result, (requests.ConnectionError, requests.Timeout)):
        raise NoAnswer("no answer") from result
    if isinstance(result, ConnectionError):
        raise result
    reason = f"the download broke off ({type(result).__name__})"
    raise ConnectionError(reason) from result


def _answer(url, most, timeout, given_up):
    import requests
    from tqdm import tqdm

    class Session(requests.Session):
        def get_redirect_target(self, response):
            return None  # requests would read the whole page that redirects

    # The bytes as they are stored: a compressed answer could grow a thousandfold.
    options = {
        "headers": {"Accept-Encoding": "identity"},
        "stream": True,
        "timeout": timeout,
    }
    with contextlib.ExitStack() as opened:
        session = opened.enter_context(Session())
        for _ in range(_REDIRECTS + 1):
            response = opened.enter_context(session.get(url, **options))
            if not response.is_redirect:
                break
            url = urljoin(url, response.headers["location"])
        else:
            raise ConnectionError("redirected too often")
        if response.status_code != 200:
            raise ConnectionError(f"HTTP status {response.status_code}")
        length = response.headers.get("content-length", "")
        length = int(length) if length.isdecimal() and len(length) < 20 else None
        content = bytearray()
        bar = opened.enter_context(tqdm(total=length, unit="B", unit_scale=True))
        while piece := response.raw.read(2**16, decode_content=False):
            content += piece
            if len(content) > most:
                raise ConnectionError(f"another file came (over {most:,} bytes)")
            if given_up.is_set():
                raise ConnectionError("given up")
            bar.update(len(piece))
        return bytes(content)
