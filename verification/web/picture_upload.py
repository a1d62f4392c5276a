"""One leaked picture, in memory, bounded: it may show a face, so no clear byte of it touches a disk.

A file that is too large is read to its end and dropped as it comes, so that the browser hears why; one announced as
larger still is not read at all.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from verification.intake.containers import MAX_BYTES

FIELD = "picture"
READ_AND_DROP = 10 * MAX_BYTES


class PictureTooLarge(Exception):
    """The file is larger than a picture may be. It was not kept."""


class PictureUploadHandler(FileUploadHandler):
    """Takes the field `picture` once; every other file is dropped unread."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._kept = BytesIO()
        self._taken = self._too_large = False

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > READ_AND_DROP:
            raise PictureTooLarge

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self._taken:
            raise SkipFile
        self._taken = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            self._too_large, self._kept = True, BytesIO()
        if not self._too_large:
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        # The sender's name and type of the file are not believed, so they are not kept either.
        self._kept.seek(0)
        return InMemoryUploadedFile(self._kept, FIELD, "upload", "application/octet-stream", file_size, None)

    def upload_complete(self) -> None:
        if self._too_large:
            raise PictureTooLarge
