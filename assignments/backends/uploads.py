"""Django upload handler that streams a multipart body straight into the store: no temporary file, one copy.

Django's guide "Modifying upload handlers on the fly" explains why the view that installs it is exempt from
the CSRF middleware (which would read the body first) and protected inside.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from assignments.backends import store
from assignments.backends.store import Receiving, Stored


class ArrivedFile(UploadedFile[bytes]):
    """An uploaded file that waits in staging: `keep` moves it into the store, closing it without drops it."""

    def __init__(self, arriving: Receiving, *, name: str, content_type: str, size: int) -> None:
        self._arriving = arriving
        super().__init__(file=None, name=name, content_type=content_type, size=size)

    def keep(self) -> Stored:
        return self._arriving.finish()

    def close(self) -> None:
        self._arriving.discard()


class StoreUploadHandler(FileUploadHandler):
    """Hashes and writes each chunk as it comes; files over the limit and lost connections leave nothing."""

    chunk_size = store.CHUNK_BYTES

    def __init__(self, request: HttpRequest | None = None, *, max_bytes: int | None = None) -> None:
        super().__init__(request)
        self._max_bytes = settings.UPLOAD_MAX_BYTES if max_bytes is None else max_bytes
        self._arriving: Receiving | None = None

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any) -> None:  # noqa: N803
        """Refuse what says it is too large before any of it is read."""
        if content_length > self._max_bytes + 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise store.TooLarge(self._max_bytes)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._arriving = Receiving(max_bytes=self._max_bytes)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._arriving:
            self._arriving.write(raw_data)

    def file_complete(self, file_size: int) -> ArrivedFile | None:
        arrived, self._arriving = self._arriving, None
        if arrived is None:
            return None
        return ArrivedFile(
            arrived, name=self.file_name or "", content_type=self.content_type or "", size=file_size
        )

    def upload_interrupted(self) -> None:
        self.drop()

    def drop(self) -> None:
        """Remove what has arrived of an unfinished file."""
        if self._arriving:
            self._arriving.discard()
            self._arriving = None
