"""Why an uploaded image was refused: one stable code per cause, one plain sentence per code."""

from enum import StrEnum


class ImageRefusal(StrEnum):
    """Codes that relying parties may rely on; a code is never reused for another cause."""

    EMPTY = "image_empty"
    TOO_LARGE = "image_too_large"
    TYPE_NOT_ACCEPTED = "image_type_not_accepted"
    TRUNCATED = "image_truncated"
    CORRUPT = "image_corrupt"
    TOO_MANY_PIXELS = "image_too_many_pixels"
    TOO_SMALL = "image_too_small"
    ANIMATED = "image_animated"
    TRAILING_DATA = "image_has_trailing_data"
    EMBEDDED_FILE = "image_has_embedded_file"
    DECODING_TIMED_OUT = "image_decoding_timed_out"
    DECODER_FAILED = "image_decoder_failed"


SENTENCES: dict[ImageRefusal, str] = {
    ImageRefusal.EMPTY: "The image has no bytes.",
    ImageRefusal.TOO_LARGE: "The image file is larger than 10 MB.",
    ImageRefusal.TYPE_NOT_ACCEPTED: "The file is not an ordinary JPEG, PNG or WebP picture.",
    ImageRefusal.TRUNCATED: "The image file ends too early; send it again.",
    ImageRefusal.CORRUPT: "The image file is damaged and cannot be read.",
    ImageRefusal.TOO_MANY_PIXELS: "The image has more than 25 million pixels.",
    ImageRefusal.TOO_SMALL: "The image is smaller than 64 pixels on one side.",
    ImageRefusal.ANIMATED: "The file holds more than one picture; send a single still picture.",
    ImageRefusal.TRAILING_DATA: "The file goes on after the picture ends; save the picture again without additions.",
    ImageRefusal.EMBEDDED_FILE: "The file carries a document or program inside the picture's notes.",
    ImageRefusal.DECODING_TIMED_OUT: "Reading the image took too long.",
    ImageRefusal.DECODER_FAILED: "The image could not be read within the limits set for one picture.",
}


class Refused(Exception):
    """One image is refused. Carries the code alone: no bytes, no names, no paths."""

    def __init__(self, code: ImageRefusal) -> None:
        super().__init__(code.value)
        self.code = code
