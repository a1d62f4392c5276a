"""Walk an MP4 file (ISO/IEC 14496-12), whole or in fragments, before anything decodes it.

Only the boxes on the way to a track's kind, codec and size are opened, five deep at most. A box that keeps its media in
another file, or its index compressed, is refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verification.intake.clip_refusals import ClipRefusal, ClipRefused
from verification.intake.clip_tracks import MAX_ELEMENTS, Track, Walked

TOP = {b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"free", b"skip", b"wide", b"uuid", b"prft"}
OPENED = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}
# Compressed index; lists of other movies.
COMPRESSED, OTHER_MOVIES = b"cmov", {b"rmra", b"rmda", b"rdrf"}
KINDS = {b"vide": "video", b"soun": "audio"}
QUICKTIME = b"qt  "
MAX_TAG_BYTES = 4096


@dataclass(frozen=True)
class Box:
    """A box's kind and where its body lies."""

    kind: bytes
    start: int
    end: int


class Mp4Walk:
    """One walk over one file; the number of boxes it will look at is limited."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_ELEMENTS
        self._found = Walked("mp4")
        self._leaves: dict[tuple[bytes, bytes], Callable[[bytes], None]] = {
            (b"moov", b"mvhd"): self._duration,
            (b"moov", b"udta"): self._maker,
            (b"moov", b"meta"): self._maker,
            (b"trak", b"udta"): self._maker,
            (b"trak", b"meta"): self._maker,
            (b"mdia", b"hdlr"): self._kind,
            (b"dinf", b"dref"): self._references,
            (b"stbl", b"stsd"): self._entries,
        }

    def walk(self) -> Walked:
        """What the file holds; ``ClipRefused`` for whatever a recorder would not write."""
        seen: list[bytes] = []
        for box in self._boxes(0, len(self._data), top=True):
            if box.kind not in TOP:
                raise ClipRefused(ClipRefusal.CORRUPT)
            if box.kind == b"ftyp" and self._data[box.start : box.start + 4] == QUICKTIME:
                raise ClipRefused(ClipRefusal.TYPE_NOT_ACCEPTED)
            if box.kind == b"moov":
                self._open(box)
            seen.append(box.kind)
        if seen.count(b"moov") > 1:
            raise ClipRefused(ClipRefusal.CORRUPT)
        if b"moov" not in seen:
            raise ClipRefused(ClipRefusal.TRUNCATED)
        return self._found

    def _open(self, parent: Box) -> None:
        # A box within one of its own kind is met by no rule, so the depth is that of OPENED.
        for box in self._boxes(parent.start, parent.end):
            if box.kind == COMPRESSED:
                raise ClipRefused(ClipRefusal.CORRUPT)
            if box.kind in OTHER_MOVIES:
                raise ClipRefused(ClipRefusal.REFERENCES)
            if box.kind == b"trak":
                self._found.tracks.append(Track())
            if box.kind in OPENED:
                self._check_place(parent.kind, box.kind)
                self._open(box)
            elif leaf := self._leaves.get((parent.kind, box.kind)):
                leaf(self._data[box.start : box.end])

    def _check_place(self, parent: bytes, kind: bytes) -> None:
        places = {b"trak": b"moov", b"mdia": b"trak", b"minf": b"mdia", b"dinf": b"minf", b"stbl": b"minf"}
        if places.get(kind) != parent:
            raise ClipRefused(ClipRefusal.CORRUPT)

    def _boxes(self, position: int, end: int, *, top: bool = False) -> Iterator[Box]:
        while position < end:
            box = self._box(position, end, top=top)
            yield box
            position = box.end

    def _box(self, position: int, end: int, *, top: bool) -> Box:
        self._left -= 1
        if self._left < 0:
            raise ClipRefused(ClipRefusal.CORRUPT)
        size, kind, start = self._head(position, end)
        if size == 0 and top:
            size = end - position
        if position + size > len(self._data):
            raise ClipRefused(ClipRefusal.TRUNCATED)
        if size < start - position or position + size > end:
            raise ClipRefused(ClipRefusal.CORRUPT)
        return Box(kind, start, position + size)

    def _head(self, position: int, end: int) -> tuple[int, bytes, int]:
        """Size, kind and where the body starts. A box that no longer has room for its head was cut off."""
        length = 16 if self._data[position : position + 4] == b"\0\0\0\1" else 8
        if position + length > end:
            raise ClipRefused(ClipRefusal.TRUNCATED if end == len(self._data) else ClipRefusal.CORRUPT)
        size = self._data[position + 8 : position + 16] if length == 16 else self._data[position : position + 4]
        return int.from_bytes(size, "big"), self._data[position + 4 : position + 8], position + length

    def _maker(self, body: bytes) -> None:
        if body:
            self._found.makers.append(body[:MAX_TAG_BYTES])

    def _duration(self, body: bytes) -> None:
        wide = body[:1] == b"\1"
        scale, duration = (body[20:24], body[24:32]) if wide else (body[12:16], body[16:20])
        ticks = int.from_bytes(scale, "big")
        if ticks and not set(duration) <= {0xFF}:  # All ones: not stated.
            self._found.stated_ms = min(int.from_bytes(duration, "big") * 1000 // ticks, 1_000_000_000)

    def _kind(self, body: bytes) -> None:
        self._found.tracks[-1].kind = KINDS.get(body[8:12], "other")

    def _references(self, body: bytes) -> None:
        """Media in this very file says so with the lowest flag; anything else names another place."""
        position = 8
        while position + 12 <= len(body):
            if not body[position + 11] & 1:
                raise ClipRefused(ClipRefusal.REFERENCES)
            position += max(int.from_bytes(body[position : position + 4], "big"), 12)

    def _entries(self, body: bytes) -> None:
        """The one sample entry of a track: its codec and, for video, its size."""
        if int.from_bytes(body[4:8], "big") != 1 or len(body) < 44:
            raise ClipRefused(ClipRefusal.CORRUPT)
        track = self._found.tracks[-1]
        track.codec = body[12:16]
        if track.kind == "video":
            self._maker(body[59:90].rstrip(b"\0"))  # The name of the encoder, after a byte of length.
        track.width, track.height = (int.from_bytes(body[place : place + 2], "big") for place in (40, 42))
