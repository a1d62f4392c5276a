"""Uploaded files: in memory only, bounded each and together, and only for the view that asks for them by name.

Nothing a browser or a relying party sends is ever written to disk in the clear. What goes over a bound is read and
dropped chunk by chunk, so that the sender hears why; a body announced as far larger than that is not read at all.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from verification.intake.containers import MAX_BYTES
from verification.intake.refusals import SENTENCES, ImageRefusal
from verification.intake.refused import RefusedIntake

from .problems import BODY_TOO_LARGE, ApiError

# Reading what will be refused costs time and nothing else, but only so much of it is a courtesy.
READ_AND_DROP = 4


class BoundedMemoryUploadHandler(FileUploadHandler):
    """Django calls it for every multipart body of the site."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._kept = BytesIO()
        self._file_bytes = 0
        self._total_bytes = 0
        self._too_large: str | None = None

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > READ_AND_DROP * settings.UPLOAD_TOTAL_BYTES:
            # Known to both edges: the API answers 413 to it, a page 400.
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not _is_wanted(self.request):
            raise SkipFile
        self._kept = BytesIO()
        self._file_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._file_bytes += len(raw_data)
        self._total_bytes += len(raw_data)
        if self._file_bytes > MAX_BYTES and self._too_large is None:
            self._too_large = self.field_name or ""
        if self._is_refused():
            self._kept = BytesIO()
        else:
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        # The sender's name and type of the file are not believed, so they are not kept either.
        self._kept.seek(0)
        return InMemoryUploadedFile(self._kept, self.field_name, "upload", "application/octet-stream", file_size, None)

    def upload_complete(self) -> None:
        if self._total_bytes > settings.UPLOAD_TOTAL_BYTES:
            raise ApiError(BODY_TOO_LARGE)
        if self._too_large is not None:
            raise RefusedIntake.one(ImageRefusal.TOO_LARGE.value, self._too_large, SENTENCES[ImageRefusal.TOO_LARGE])

    def _is_refused(self) -> bool:
        return self._too_large is not None or self._total_bytes > settings.UPLOAD_TOTAL_BYTES


def _is_wanted(request: HttpRequest | None) -> bool:
    """A view takes files when its class says `accepts_uploads`; to every other address files are dropped unread."""
    match = getattr(request, "resolver_match", None)
    view = getattr(getattr(match, "func", None), "cls", None)
    return bool(getattr(view, "accepts_uploads", False))
