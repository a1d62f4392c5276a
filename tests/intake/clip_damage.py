"""Valid clips, damaged at random but repeatably: the same number always gives the same damaged clip."""

from __future__ import annotations

from functools import cache
from random import Random

from tests.intake.clip_files import clip

TIMES = tuple(range(0, 400, 40))
HEADERS = 600  # bytes at the start of a WebM in which nearly everything is structure


@cache
def seeds() -> tuple[bytes, ...]:
    """One small clip of each accepted kind."""
    small = {"times_ms": TIMES, "width": 96, "height": 64}
    return (
        clip(**small),
        clip(**small, live=False),
        clip(**small, video="libvpx-vp9"),
        clip(**small, video="libsvtav1"),
        clip(**small, container="matroska", video="libx264"),
        clip(**small, container="mp4", video="libx264", audio="aac"),
        clip(**small, container="mp4", video="libx264", movflags="frag_keyframe+empty_moov"),
        clip(**small, container="mp4", video="libvpx-vp9"),
    )


def damaged(number: int) -> bytes:
    """The damaged clip of that number."""
    # Not for secrets: the damage must be the same every time.
    chance = Random(number)  # noqa: S311
    data = chance.choice(seeds())
    for _ in range(chance.randint(1, 3)):
        data = chance.choice((_edited, _edited, _edited, _cut_out, _doubled, _spliced, _zeroed))(data, chance)
    return data


def _place(data: bytes, chance: Random) -> int:
    """Half of all damage falls into the headers, at either end of the file; the rest anywhere."""
    if chance.random() < 0.5 and len(data) > 2 * HEADERS:
        start = chance.randrange(HEADERS)
        return start if chance.random() < 0.5 else len(data) - HEADERS + start
    return chance.randrange(len(data))


def _edited(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[_place(data, chance)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(changed)


def _cut_out(data: bytes, chance: Random) -> bytes:
    start = _place(data, chance)
    return data[:start] + data[start + chance.randint(1, 60) :] or data


def _doubled(data: bytes, chance: Random) -> bytes:
    start = _place(data, chance)
    return data[: start + chance.randint(1, 400)] + data[start:]


def _spliced(data: bytes, chance: Random) -> bytes:
    """Bytes of one kind of clip over bytes of another; the length stays."""
    other, length = chance.choice(seeds()), chance.randint(1, 300)
    start, place = _place(other, chance), _place(data, chance)
    return (data[:place] + other[start : start + length] + data[place + length :])[: len(data)]


def _zeroed(data: bytes, chance: Random) -> bytes:
    start, length = _place(data, chance), chance.randint(1, 200)
    return (data[:start] + bytes(length) + data[start + length :])[: len(data)]
