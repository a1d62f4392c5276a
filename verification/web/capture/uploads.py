"""One clip, in memory, bounded before it is read: no clear byte of a face touches a disk.

What is announced as larger than a clip may be is not read at all; what grows over the bound is dropped as it arrives.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from verification.intake.clip_containers import MAX_BYTES

FIELD = "clip"
# The fields and boundaries around the clip.
MAX_BODY = MAX_BYTES + 64 * 1024


class TooLarge(Exception):
    """The body is larger than a clip may be. It was not kept."""


class ClipUploadHandler(FileUploadHandler):
    """Takes the field `clip` once; every other file is dropped unread."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._kept = BytesIO()
        self._taken = False

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_BODY:
            raise TooLarge

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self._taken:
            raise SkipFile
        self._taken = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            raise TooLarge
        self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        # The sender's name and type of the file are not believed, so they are not kept either.
        self._kept.seek(0)
        return InMemoryUploadedFile(self._kept, FIELD, "upload", "application/octet-stream", file_size, None)
