"""Walk a WebM or Matroska file (RFC 8794, RFC 9559) as browsers record it, before anything decodes it.

A recorder writes as it goes, so segments and clusters may be of unknown length; such a file that was cut between two
blocks looks like a shorter recording and is taken as one. Nesting is not followed but named: segment, tracks, track,
video; segment, cluster, block.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from verification.intake.clip_refusals import ClipRefusal, ClipRefused
from verification.intake.clip_tracks import MAX_ELEMENTS, Track, Walked

HEADER, SEGMENT = 0x1A45DFA3, 0x18538067
DOC_TYPE, DOC_TYPES = 0x4282, {b"webm", b"matroska"}
INFO, TRACKS, CLUSTER, TAGS = 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1254C367
SEEK_HEAD, CUES, VOID, CRC = 0x114D9B74, 0x1C53BB6B, 0xEC, 0xBF
ATTACHMENTS, CHAPTERS = 0x1941A469, 0x1043A770
IN_SEGMENT = {INFO, TRACKS, CLUSTER, TAGS, SEEK_HEAD, CUES, VOID, CRC}
# Time, simple block, block group, position, size of the one before.
IN_CLUSTER = {0xE7, 0xA3, 0xA0, 0xA7, 0xAB, VOID, CRC}

SCALE, DURATION, MUXING_APP, WRITING_APP = 0x2AD7B1, 0x4489, 0x4D80, 0x5741
OTHER_FILES = {0x3C83AB, 0x3CB923, 0x3E83BB, 0x3EB923}  # previous and next file, by name and by id
TRACK, TRACK_TYPE, CODEC, VIDEO, WIDTH, HEIGHT = 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA
CONTENT_ENCODINGS = 0x6D80  # compression and encryption of blocks; recorders use neither
KINDS = {b"\x01": "video", b"\x02": "audio"}
MAX_TAG_BYTES = 4096


@dataclass(frozen=True)
class Element:
    """An element's id and where its body lies; `end` is None where the length is unknown."""

    id: int
    start: int
    end: int | None


class WebmWalk:
    """One walk over one file; the number of elements it will look at is limited."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MAX_ELEMENTS
        self._found = Walked("webm")

    def walk(self) -> Walked:
        """What the file holds; ``ClipRefused`` for whatever a recorder would not write."""
        header = self._element(0, len(self._data))
        if header.id != HEADER or header.end is None:
            raise ClipRefused(ClipRefusal.CORRUPT)
        if not any(child.id == DOC_TYPE and self._body(child) in DOC_TYPES for child in self._children(header)):
            raise ClipRefused(ClipRefusal.TYPE_NOT_ACCEPTED)
        segment = self._element(header.end, len(self._data))
        if segment.id != SEGMENT:
            raise ClipRefused(ClipRefusal.CORRUPT)
        self._segment(segment)
        if not self._found.tracks:
            raise ClipRefused(ClipRefusal.TRUNCATED)
        return self._found

    def _segment(self, segment: Element) -> None:
        end = len(self._data) if segment.end is None else segment.end
        position = segment.start
        while position < end:
            element = self._element(position, end)
            if element.id in {ATTACHMENTS, CHAPTERS}:
                raise ClipRefused(ClipRefusal.OTHER_STREAMS)
            if element.id not in IN_SEGMENT:
                raise ClipRefused(ClipRefusal.CORRUPT)
            position = self._cluster(element, end) if element.id == CLUSTER else self._level_one(element)
        if end != len(self._data):
            raise ClipRefused(ClipRefusal.TRAILING_DATA)

    def _cluster(self, cluster: Element, outer_end: int) -> int:
        """The position after the cluster. One of unknown length ends where an element of the segment begins."""
        end = outer_end if cluster.end is None else cluster.end
        position = cluster.start
        while position < end:
            element = self._element(position, end)
            if cluster.end is None and element.id in IN_SEGMENT - {VOID, CRC}:
                return position
            if element.id not in IN_CLUSTER or element.end is None:
                raise ClipRefused(ClipRefusal.CORRUPT)
            position = element.end
        return position

    def _level_one(self, element: Element) -> int:
        if element.end is None:
            raise ClipRefused(ClipRefusal.CORRUPT)
        if element.id == INFO:
            self._info(element)
        elif element.id == TRACKS:
            self._found.tracks += [self._track(child) for child in self._children(element) if child.id == TRACK]
        elif element.id == TAGS:
            self._found.makers.append(self._body(element)[:MAX_TAG_BYTES])
        return element.end

    def _info(self, info: Element) -> None:
        scale, duration = 1_000_000, 0.0  # nanoseconds a tick, ticks
        for child in self._children(info):
            if child.id in OTHER_FILES:
                raise ClipRefused(ClipRefusal.REFERENCES)
            if child.id == SCALE:
                scale = int.from_bytes(self._body(child)[:8], "big")
            elif child.id == DURATION:
                duration = _float(self._body(child))
            elif child.id in {MUXING_APP, WRITING_APP}:
                self._found.makers.append(self._body(child)[:MAX_TAG_BYTES])
        stated = duration * scale / 1e6
        self._found.stated_ms = 0 if math.isnan(stated) else round(min(max(stated, 0.0), 1e9))

    def _track(self, entry: Element) -> Track:
        track = Track()
        for child in self._children(entry):
            if child.id == CONTENT_ENCODINGS:
                raise ClipRefused(ClipRefusal.CODEC_NOT_ACCEPTED)
            if child.id == TRACK_TYPE:
                track.kind = KINDS.get(self._body(child), "other")
            elif child.id == CODEC:
                track.codec = self._body(child)
            elif child.id == VIDEO:
                sizes = {size.id: int.from_bytes(self._body(size)[:8], "big") for size in self._children(child)}
                track.width, track.height = sizes.get(WIDTH, 0), sizes.get(HEIGHT, 0)
        return track

    def _children(self, parent: Element) -> Iterator[Element]:
        if parent.end is None:
            raise ClipRefused(ClipRefusal.CORRUPT)
        position = parent.start
        while position < parent.end:
            child = self._element(position, parent.end)
            if child.end is None:
                raise ClipRefused(ClipRefusal.CORRUPT)
            yield child
            position = child.end

    def _body(self, element: Element) -> bytes:
        return self._data[element.start : element.end]

    def _element(self, position: int, outer_end: int) -> Element:
        self._left -= 1
        if self._left < 0:
            raise ClipRefused(ClipRefusal.CORRUPT)
        identity, position, _ = self._number(position, 4, marked=True)
        size, position, unknown = self._number(position, 8, marked=False)
        if unknown:
            return Element(identity, position, None)
        if position + size > len(self._data):
            raise ClipRefused(ClipRefusal.TRUNCATED)
        if position + size > outer_end:
            raise ClipRefused(ClipRefusal.CORRUPT)
        return Element(identity, position, position + size)

    def _number(self, position: int, longest: int, *, marked: bool) -> tuple[int, int, bool]:
        """A variable-length number, the position after it, and whether all its bits are ones (unknown length)."""
        if position >= len(self._data):
            raise ClipRefused(ClipRefusal.TRUNCATED)
        length = 9 - self._data[position].bit_length()
        if length > longest:
            raise ClipRefused(ClipRefusal.CORRUPT)
        if position + length > len(self._data):
            raise ClipRefused(ClipRefusal.TRUNCATED)
        value = int.from_bytes(self._data[position : position + length], "big")
        plain = value & ((1 << 7 * length) - 1)
        return value if marked else plain, position + length, plain == (1 << 7 * length) - 1


def _float(body: bytes) -> float:
    """A float of four or eight bytes; any other length counts as zero."""
    if len(body) not in {4, 8}:
        return 0.0
    (value,) = struct.unpack(">f" if len(body) == 4 else ">d", body)
    return float(value)
