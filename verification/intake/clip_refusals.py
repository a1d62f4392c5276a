"""Why a captured clip was refused: one stable code per cause, one plain sentence per code."""

from enum import StrEnum


class ClipRefusal(StrEnum):
    """Codes that the capture page translates for the person; a code is never reused for another cause."""

    EMPTY = "clip_empty"
    TOO_LARGE = "clip_too_large"
    TYPE_NOT_ACCEPTED = "clip_type_not_accepted"
    TRUNCATED = "clip_truncated"
    CORRUPT = "clip_corrupt"
    TRAILING_DATA = "clip_has_trailing_data"
    REFERENCES = "clip_has_references"
    NO_VIDEO = "clip_no_video"
    NO_FRAMES = "clip_no_frames"
    MORE_THAN_ONE_VIDEO = "clip_more_than_one_video"
    MORE_THAN_ONE_SOUND = "clip_more_than_one_sound"
    OTHER_STREAMS = "clip_has_other_streams"
    CODEC_NOT_ACCEPTED = "clip_codec_not_accepted"
    TOO_LONG = "clip_too_long"
    TOO_WIDE = "clip_too_wide"
    TOO_SMALL = "clip_too_small"
    TOO_MANY_FRAMES = "clip_too_many_frames"
    TOO_DETAILED = "clip_too_detailed"
    DECODING_TIMED_OUT = "clip_decoding_timed_out"
    DECODER_FAILED = "clip_decoder_failed"


SENTENCES: dict[ClipRefusal, str] = {
    ClipRefusal.EMPTY: "The clip has no bytes.",
    ClipRefusal.TOO_LARGE: "The clip is larger than 20 MB.",
    ClipRefusal.TYPE_NOT_ACCEPTED: "The file is not a WebM or MP4 clip.",
    ClipRefusal.TRUNCATED: "The clip ends too early; record it again.",
    ClipRefusal.CORRUPT: "The clip is damaged and cannot be read.",
    ClipRefusal.TRAILING_DATA: "The file goes on after the clip ends.",
    ClipRefusal.REFERENCES: "The clip refers to other files.",
    ClipRefusal.NO_VIDEO: "The clip has no picture track.",
    ClipRefusal.NO_FRAMES: "The clip has a picture track without a single picture.",
    ClipRefusal.MORE_THAN_ONE_VIDEO: "The clip has more than one picture track.",
    ClipRefusal.MORE_THAN_ONE_SOUND: "The clip has more than one sound track.",
    ClipRefusal.OTHER_STREAMS: "The clip carries something besides picture and sound.",
    ClipRefusal.CODEC_NOT_ACCEPTED: "The clip is encoded in a way that is not accepted.",
    ClipRefusal.TOO_LONG: "The clip is longer than 15 seconds.",
    ClipRefusal.TOO_WIDE: "The clip is larger than 1280 pixels on one side.",
    ClipRefusal.TOO_SMALL: "The clip is smaller than 64 pixels on one side.",
    ClipRefusal.TOO_MANY_FRAMES: "The clip has more than 600 pictures.",
    ClipRefusal.TOO_DETAILED: "The pictures of the clip take more room than is kept for them.",
    ClipRefusal.DECODING_TIMED_OUT: "Reading the clip took too long.",
    ClipRefusal.DECODER_FAILED: "The clip could not be read within the limits set for one clip.",
}


class ClipRefused(Exception):
    """One clip is refused. Carries the code alone: no bytes, no names, no paths."""

    def __init__(self, code: ClipRefusal) -> None:
        super().__init__(code.value)
        self.code = code
