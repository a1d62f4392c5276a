"""A leaked picture. One that is too large is read to its end and dropped as it comes, so that the browser hears why."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpRequest

from verification.intake.containers import MAX_BYTES

from .one_upload import OneUploadHandler, TooLarge

FIELD = "picture"
READ_AND_DROP = 10 * MAX_BYTES


class PictureUploadHandler(OneUploadHandler):
    field = FIELD
    most_announced = READ_AND_DROP

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            self._too_large, self.kept = True, BytesIO()
        if not self._too_large:
            self.kept.write(raw_data)

    def upload_complete(self) -> None:
        if self._too_large:
            raise TooLarge
