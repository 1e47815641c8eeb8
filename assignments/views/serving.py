"""Files over HTTP: single ranges, validators, headers that keep a stranger's bytes from acting as a page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from assignments.domain.ranges import ByteRange, Unsatisfiable, parse_range

BLOCK_BYTES = 256 * 1024
ALWAYS = {
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}


def serve_file(
    request: HttpRequest, path: Path, *, content_type: str, etag: str, download_as: str = ""
) -> HttpResponseBase:
    """Answer GET and HEAD for a stored file (RFC 9110 §13, §14).

    Args:
        etag: Quoted strong validator.
        download_as: Name the browser saves under; without it the file is shown in place.
    """
    size = path.stat().st_size
    headers = {**ALWAYS, "ETag": etag}
    if download_as:
        headers["Content-Disposition"] = content_disposition_header(True, download_as) or "attachment"
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _with(unchanged, headers)
    try:
        wanted = _wanted(request, etag=etag, size=size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    return _content(request, path, wanted, size=size, headers={**headers, "Content-Type": content_type})


def _wanted(request: HttpRequest, *, etag: str, size: int) -> ByteRange | None:
    """Return the range to send, None for everything; a failed If-Range (RFC 9110 §13.1.5) asks for all."""
    header = request.headers.get("Range", "")
    if request.method != "GET" or not header or request.headers.get("If-Range", etag).strip() != etag:
        return None
    return parse_range(header, size=size)


def _content(
    request: HttpRequest, path: Path, wanted: ByteRange | None, *, size: int, headers: dict[str, str]
) -> HttpResponseBase:
    part = wanted or ByteRange(0, size)
    headers = {**headers, "Content-Length": str(part.length)}
    if wanted:
        headers["Content-Range"] = wanted.content_range(size)
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    # A synchronous iterator under ASGI would be read whole before the first byte is sent.
    stream = _blocks_async(path, part) if isinstance(request, ASGIRequest) else _blocks(path, part)
    return StreamingHttpResponse(stream, status=status, headers=headers)


def _blocks(path: Path, part: ByteRange) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(part.start)
        left = part.length
        while left and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block


async def _blocks_async(path: Path, part: ByteRange) -> AsyncIterator[bytes]:
    read = sync_to_async(_read, thread_sensitive=False)
    with path.open("rb") as file:
        file.seek(part.start)
        left = part.length
        while left and (block := await read(file, min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block


def _read(file: BinaryIO, size: int) -> bytes:
    return file.read(size)


def _with(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response
