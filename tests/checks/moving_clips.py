"""Synthetic clips: a shipped photograph made to move, and what attackers make of a recording. No measure of people."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from verification.checks.challenge_facts import ChallengeFacts, Step, StepKind
from verification.checks.clips import Clip
from verification.checks.engines.bundle import Engines
from verification.checks.engines.clips import clip_from
from verification.checks.engines.moving_head import MovingHead, performance
from verification.checks.engines.shapes import Pixels

from .photographs import astronaut

FRAMES = 105
KINDS = (StepKind.TURN_LEFT, StepKind.BLINK_TWICE, StepKind.LOOK_UP)


def windows(kinds: Iterable[StepKind], total_ms: int = 7000) -> tuple[Step, ...]:
    asked = tuple(kinds)
    length = total_ms // len(asked)
    return tuple(
        Step(kind, place * length, (place + 1) * length, "4071" if kind is StepKind.SAY_DIGITS else "")
        for place, kind in enumerate(asked)
    )


def asked(*kinds: StepKind) -> ChallengeFacts:
    return ChallengeFacts(windows(kinds or KINDS))


def close_up() -> Pixels:
    """640 × 480, one woman facing the camera."""
    return np.asarray(cv2.resize(astronaut()[0:240, 60:380], (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def pictures(engines: Engines, *kinds: StepKind, still: bool = False) -> list[Pixels]:
    """Seven seconds of a head that answers these steps in turn."""
    photograph = close_up()
    landmarks = engines.examine_pixels("close-up", photograph).landmarks
    assert landmarks is not None
    head, move = MovingHead(photograph, landmarks), performance(windows(kinds or KINDS), still=still)
    return [head.bent(move(round(number * 1000 / 15))) for number in range(FRAMES)]


def answering(engines: Engines, *kinds: StepKind) -> Clip:
    return clip_from(pictures(engines, *kinds))
