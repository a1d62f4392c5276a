"""Read the mark of a picture: find the tile, weigh its waves, decode, and believe nothing without the seal.

`detect` takes plain pixels. Whoever has an encoded file of unknown origin decodes it in a cage first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .carrier import Carrier, Floats, carrier_of
from .code import CODED, Soft, decode
from .payload import SEAL_BITS, Payload, sealed, unsealed
from .places import Place, places, readings, without
from .search import Candidate, candidates

SIZES_TRIED, PLACES_TRIED = 3, 2
ATTEMPTS = (SIZES_TRIED + 2) * PLACES_TRIED
"""How many readings of an unmarked picture and its halves are put to the seal. By chance one picture in 2^34 over that
passes it."""
assert ATTEMPTS / 2**SEAL_BITS < 1e-9
SMALLEST = 64
"""Pixels of the shorter side: half a tile."""
SCREEN = 1.3
"""What is so many times as long as wide is looked through in halves too."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a picture says. `agreement`, 0.5 to 1, is the share of its waves that say so; the others were lost."""

    payload: Payload
    agreement: float


def detect(picture: Image.Image, key: bytes) -> list[Mark]:
    """The marks of a picture, clearest first; two where two looks are in one picture, none where none can be read."""
    carrier = carrier_of(key)
    found: dict[Payload, Mark] = {}
    for part, sizes in ((picture, SIZES_TRIED), *((half, 1) for half in _halves(picture))):
        for mark in _marks_in(part, sizes, carrier, key):
            found.setdefault(mark.payload, mark)
    return sorted(found.values(), key=lambda mark: -mark.agreement)


def _halves(picture: Image.Image) -> list[Image.Image]:
    """The two halves of what is as wide or tall as a screen: each of two looks on it is louder in one of them."""
    width, height = picture.size
    if max(width, height) < SCREEN * min(width, height):
        return []
    middle = (width // 2, height) if width > height else (width, height // 2)
    start = (width // 2, 0) if width > height else (0, height // 2)
    return [picture.crop((0, 0, *middle)), picture.crop((*start, width, height))]


def _marks_in(picture: Image.Image, sizes: int, carrier: Carrier, key: bytes) -> Iterator[Mark]:
    if min(picture.size) >= SMALLEST:
        for candidate in candidates(picture, carrier, sizes):
            yield from _marks_at(candidate, carrier, key)


def _marks_at(candidate: Candidate, carrier: Carrier, key: bytes) -> Iterator[Mark]:
    """The marks of one size. Each is taken out of the picture so that the next can be heard, until none is."""
    heard, said = readings(candidate, carrier), set[Payload]()
    while True:
        for place in places(heard, carrier, PLACES_TRIED):
            mark = _read(place, carrier, key)
            if mark is not None and mark.payload not in said:
                break
        else:
            return
        yield mark
        said.add(mark.payload)
        heard = without(heard, place, carrier.signs(sealed(mark.payload, key)), carrier)


def _read(place: Place, carrier: Carrier, key: bytes) -> Mark | None:
    payload = unsealed(decode(_softened(place.waves, carrier)), key)
    if payload is None:
        return None
    agrees = place.waves * carrier.signs(sealed(payload, key)) > 0
    return Mark(payload, float(agrees.mean()))


def _softened(waves: Floats, carrier: Carrier) -> Soft:
    """One reading for each coded bit: its waves together, each as much as waves of its length are to be trusted.

    They are trusted as far as beacons of that length came through: 1 all of them, 0 none or worse.
    """
    trust = np.maximum(carrier.mean_by_length(waves[carrier.beacons], carrier.beacons), 0)
    return np.bincount(carrier.bit, (waves * trust)[carrier.data], CODED).astype(np.float64)
