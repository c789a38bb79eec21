"""One question to a web address that the user named, and its whole answer, within safe bounds of time and size."""

import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import Future
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from tensorbrain.errors import GraphError

LARGEST = 256 << 20
"""An answer may have so many bytes and no more."""

_BLOCK = 1 << 16
_SECRETS = frozenset("@?#")  # before the first stands a user with a password, after the others stand keys


def address_of(text: str) -> str:
    """The web address ``text``, checked: http or https, a host, and nothing that could be a secret.

    What is named is kept with the graph and printed, so that user, password and parameters are refused, by an error
    that does not repeat them. Raises GraphError.

    >>> address_of("http://localhost:7878/query")
    'http://localhost:7878/query'
    >>> address_of("http://ada:secret@localhost/query")
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: the address given holds a user, a password or parameters, which would be kept ...
    """
    if set(text) & _SECRETS:
        raise GraphError(
            "the address given holds a user, a password or parameters, which would be kept with the graph: leave out "
            "what stands before @ and what follows ? or #"
        )
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if not whole or not text.isascii() or not text.isprintable() or " " in text:
        raise GraphError(f"{text[:80]!r} is no web address: write it as http://host:port/path or https://host/path")
    return text


def posted(address: str, form: dict[str, str], *, accept: str, seconds: float) -> tuple[bytes, str]:
    """The answer to a POST of ``form`` to ``address``, with its media type, all within so many ``seconds``.

    No redirection is followed: nothing is asked but what the user named. Raises GraphError where there is no server,
    where it refuses, and where it answers too slowly or too much.

    >>> posted("http://127.0.0.1:1/query", {"query": "ASK {}"}, accept="application/json", seconds=5.0)
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: no answer from http://127.0.0.1:1/query (Connection refused): ...
    """
    request = urllib.request.Request(address, urlencode(form).encode(), {"Accept": accept})
    answer: Future[tuple[bytes, str]] = Future()
    # In a thread of its own, since neither looking up a name nor a server that sends byte by byte knows a deadline.
    threading.Thread(target=_exchange, args=(request, seconds, answer), daemon=True).start()
    try:
        return answer.result(timeout=seconds)
    except TimeoutError as error:
        raise GraphError(
            f"{address} did not answer within {seconds:g} seconds: try again later, or export its graph to a file"
        ) from error
    except urllib.error.HTTPError as error:
        raise GraphError(_refused(address, error)) from error
    except (HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        words = str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
        raise GraphError(f"no answer from {address} ({words[:120]}): start the server, or check the address") from error


def _exchange(request: urllib.request.Request, seconds: float, answer: "Future[tuple[bytes, str]]") -> None:
    try:
        end = time.monotonic() + seconds
        with urllib.request.build_opener(_NoRedirection).open(request, timeout=seconds) as response:
            data = _read(request.full_url, response, end)
            answer.set_result((data, response.headers.get_content_type()))
    except BaseException as error:  # whatever it is, the thread that waits shall have it
        answer.set_exception(TimeoutError() if _is_timeout(error) else error)


def _is_timeout(error: BaseException) -> bool:
    return isinstance(getattr(error, "reason", error), TimeoutError)


def _read(address: str, response: HTTPResponse, end: float) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while block := response.read1(_BLOCK):
        blocks.append(block)
        size += len(block)
        if size > LARGEST:
            raise GraphError(f"{address} answers with more than {LARGEST >> 20} MB at once: export its graph to a file")
        if time.monotonic() > end:
            raise TimeoutError
    return b"".join(blocks)


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


def _refused(address: str, error: urllib.error.HTTPError) -> str:
    """Why a server gave no answer, and what to do."""
    if error.code in (401, 403, 407):
        return f"{address} asks for a password (HTTP status {error.code}): export its graph to a file, and read that"
    if 300 <= error.code < 400:
        to = str(error.headers.get("Location", "another address"))[:120]
        return f"{address} sends on to {to}, which is not followed: name that address itself, if it is the one you mean"
    reason = f"HTTP status {error.code}, {str(error.reason)[:60]}"
    return f"{address} refuses ({reason}): check that it is the address at which queries are asked, and its log"
