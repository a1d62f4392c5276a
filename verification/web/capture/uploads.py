"""One clip. What grows over the bound while it arrives is dropped at that moment; a camera has no patience for more."""

from __future__ import annotations

from verification.intake.clip_containers import MAX_BYTES
from verification.web.one_upload import OneUploadHandler, TooLarge

FIELD = "clip"
# The fields and boundaries around the clip.
MAX_BODY = MAX_BYTES + 64 * 1024


class ClipUploadHandler(OneUploadHandler):
    field = FIELD
    most_announced = MAX_BODY

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            raise TooLarge
        self.kept.write(raw_data)
