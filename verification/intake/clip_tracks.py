"""What a walk of a clip's container found, and what of it is accepted."""

import hashlib
import re
from dataclasses import dataclass, field

from verification.checks.clips import MAX_SIDE, Writer
from verification.intake.clip_refusals import ClipRefusal, ClipRefused

MIN_SIDE = 64
# Elements or boxes of one container. Fifteen seconds need about two thousand; walking them costs us, not the sender.
MAX_ELEMENTS = 20_000

VIDEO_CODECS = {
    *(b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG4/ISO/AVC"),
    *(b"vp08", b"vp09", b"av01", b"avc1", b"avc3"),
}
AUDIO_CODECS = {b"A_OPUS", b"A_VORBIS", b"A_AAC", b"Opus", b"mp4a"}

# The first that matches decides. FFmpeg stands first: a file that says both "Chrome" and "Lavf" was rewritten.
WRITERS = (
    (Writer.FFMPEG, re.compile(rb"Lavf|Lavc")),
    (Writer.GSTREAMER, re.compile(rb"GStreamer")),
    (Writer.FIREFOX, re.compile(rb"Firefox|QTmuxingApp")),
    (Writer.CHROMIUM, re.compile(rb"Chrome|Chromium|(VPC|AOM) Coding")),
    (Writer.WEBKIT, re.compile(rb"WebKit|Core Media|AVFoundation")),
)
DEVICE_TAGS = re.compile(
    rb"com\.apple\.quicktime\.|com\.android\.|\xa9mak|\xa9mod|\xa9xyz|ISO6709|MANUFACTURER", re.IGNORECASE
)
ENCODER_IN_STREAM = b"x264 - core"
ENCODER_IN_TAGS = b"Lavc"


@dataclass
class Track:
    """One track as its container describes it; size in pixels, 0 where none is stated."""

    kind: str = "other"  # video | audio | other
    codec: bytes = b""
    width: int = 0
    height: int = 0


@dataclass
class Walked:
    """Everything a walk collects: the tracks, the duration the container states, and what it says of its makers."""

    container: str  # webm | mp4
    tracks: list[Track] = field(default_factory=list)
    stated_ms: int = 0
    makers: list[bytes] = field(default_factory=list)

    @property
    def tags(self) -> bytes:
        """All that the container says of its makers, in order."""
        return b"\0".join(self.makers)

    @property
    def written_by(self) -> Writer:
        """The first known name in the tags."""
        if not self.tags:
            return Writer.UNKNOWN
        return next((writer for writer, name in WRITERS if name.search(self.tags)), Writer.OTHER)

    @property
    def has_device_tags(self) -> bool:
        """Whether a camera application left its maker, model or place."""
        return bool(DEVICE_TAGS.search(self.tags))

    @property
    def encoder_tag_digest(self) -> str:
        """16 hex digits, equal for equal tags; empty without any."""
        return hashlib.sha256(self.tags).hexdigest()[:16] if self.tags else ""

    def has_encoder_mark(self, data: bytes) -> bool:
        """Whether a desktop encoder signed the stream (x264) or its tags (libavcodec)."""
        return ENCODER_IN_TAGS in self.tags or ENCODER_IN_STREAM in data


def check_tracks(tracks: list[Track]) -> None:
    """Refuse any set of tracks but one accepted video, with or without one accepted sound."""
    kinds = [track.kind for track in tracks]
    if "other" in kinds:
        raise ClipRefused(ClipRefusal.OTHER_STREAMS)
    if "video" not in kinds:
        raise ClipRefused(ClipRefusal.NO_VIDEO)
    if kinds.count("video") > 1:
        raise ClipRefused(ClipRefusal.MORE_THAN_ONE_VIDEO)
    if kinds.count("audio") > 1:
        raise ClipRefused(ClipRefusal.MORE_THAN_ONE_SOUND)
    for track in tracks:
        _check_track(track)


def _check_track(track: Track) -> None:
    if track.codec not in (VIDEO_CODECS if track.kind == "video" else AUDIO_CODECS):
        raise ClipRefused(ClipRefusal.CODEC_NOT_ACCEPTED)
    if track.kind == "video":
        check_side(track.width, track.height)


def check_side(width: int, height: int) -> None:
    """Refuse a stated or decoded size (pixels) beyond the limits."""
    if max(width, height) > MAX_SIDE:
        raise ClipRefused(ClipRefusal.TOO_WIDE)
    if min(width, height) < MIN_SIDE:
        raise ClipRefused(ClipRefusal.TOO_SMALL)
