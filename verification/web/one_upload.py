"""One uploaded file, in memory, bounded: it may show a face, so no clear byte of it touches a disk."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any, ClassVar

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


class TooLarge(Exception):
    """The file is larger than it may be. It was not kept."""


class OneUploadHandler(FileUploadHandler):
    """Takes one field once; every other file is dropped unread.

    A body announced as larger than `most_announced` bytes is not read at all. What becomes of a file that grows over
    its bound as it arrives is said by `receive_data_chunk`, which each kind of file has of its own. Raises `TooLarge`.
    """

    field: ClassVar[str]
    most_announced: ClassVar[int]

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.kept = BytesIO()
        self._taken = False

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > self.most_announced:
            raise TooLarge

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != self.field or self._taken:
            raise SkipFile
        self._taken = True

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        # The sender's name and type of the file are not believed, so they are not kept either.
        self.kept.seek(0)
        return InMemoryUploadedFile(self.kept, self.field, "upload", "application/octet-stream", file_size, None)
