"""The mark across the face hides nothing that a comparison needs, for a network no less than for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings

from tests.review.tracing.pictures import LOOK, tile_of
from verification.checks.engines.bundle import engines_from_settings
from verification.checks.engines.embedder import SFace
from verification.checks.engines.lock import lock, verified
from verification.checks.engines.shapes import Embedding, Pixels
from verification.review.marking import SIDE, mark
from verification.review.tracing.carrier import TILE, Floats

from .heads import decoded, heads


@pytest.fixture(scope="module")
def sface() -> SFace:
    model = lock().model("embedder")
    return SFace(verified(Path(settings.MODELS_DIR) / model.file, model.sha256))


@pytest.mark.parametrize("name", ["astronaut-0", "actor-0", "group-0", "group-4", "group-5"])
def test_a_marked_face_still_matches_itself(name: str, sface: SFace) -> None:
    png = heads()[name].crop()
    assert png is not None
    bare = np.asarray(cv2.resize(decoded(png), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert float(embedding(bare, sface) @ embedding(seen(png, tile_of(LOOK)), sface)) > 0.88


@pytest.mark.parametrize("name", ["astronaut-0", "actor-0", "group-0", "group-4", "group-5"])
def test_what_is_hidden_in_it_changes_nothing_more(name: str, sface: SFace) -> None:
    png = heads()[name].crop()
    assert png is not None
    plain = seen(png, np.zeros((TILE, TILE), np.float32))
    assert float(embedding(plain, sface) @ embedding(seen(png, tile_of(LOOK)), sface)) > 0.96


def seen(png: bytes, tile: Floats) -> Pixels:
    """The crop as a reviewer sees it, without the strip."""
    at = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
    return decoded(mark(png, tile, viewer="Wilhelmina Okonkwo", at=at))[:SIDE]


def embedding(pixels: Pixels, sface: SFace) -> Embedding:
    (face,) = engines_from_settings().detector.find(pixels)
    return sface.embed(pixels, face)
