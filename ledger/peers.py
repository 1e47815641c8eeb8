"""Speaking to the witnesses of other schools over HTTP."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from email.message import Message

from ledger.witness import Answer

LARGEST_ANSWER_BYTES = 100_000


class Unreachable(Exception):
    """No answer; the message says why."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: an administrator wrote the address, nobody else chooses another."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


def post(url: str, data: bytes, *, timeout_seconds: float) -> Answer:
    """Send a request body and return the answer, whatever its status.

    Raises:
        Unreachable: no http(s) address, no connection, or no answer in time.
    """
    if not url.startswith(("http://", "https://")):
        raise Unreachable(f"{url} is no http address.")
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    try:
        request = urllib.request.Request(url, data=data, headers=headers, method="POST")  # noqa: S310 - checked above
        with urllib.request.build_opener(_Stay).open(request, timeout=timeout_seconds) as response:
            return _answer(response.status, response.read(LARGEST_ANSWER_BYTES), response.headers)
    except urllib.error.HTTPError as fault:
        with fault:
            return _answer(fault.code, fault.read(LARGEST_ANSWER_BYTES), fault.headers)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Unreachable(f"{url} does not answer: {fault}") from fault


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    return Answer(status, body.decode(errors="replace"), headers.get("Content-Type", ""))
