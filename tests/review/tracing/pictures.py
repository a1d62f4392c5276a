"""Crops of heads in photographs that installed packages ship, marked as the product marks them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache

from PIL import Image

from tests.checks.heads import heads
from verification.review.marking import mark
from verification.review.tracing.carrier import Floats, carrier_of
from verification.review.tracing.payload import Payload, payload_of, sealed

KEY = bytes(range(32))
ANOTHER_KEY = bytes(range(1, 33))
NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
LOOK = payload_of(8_123_456_789, '{"event":"crop:viewed"}', KEY)
ANOTHER_LOOK = payload_of(8_123_456_790, '{"event":"crop:viewed"}', KEY)
NAMES = ("astronaut-0", "actor-0", "group-0")


def tile_of(look: Payload, key: bytes = KEY) -> Floats:
    return carrier_of(key).tile(sealed(look, key))


@cache
def crop(name: str) -> bytes:
    png = heads()[name].crop()
    assert png is not None
    return png


@cache
def seen(name: str = NAMES[0], look: Payload = LOOK) -> Image.Image:
    """What a reviewer's screen shows, of 512 × 548 pixels."""
    return opened(mark(crop(name), tile_of(look), viewer="Wilhelmina Okonkwo", at=NOON))


def opened(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as picture:
        return picture.convert("RGB")
