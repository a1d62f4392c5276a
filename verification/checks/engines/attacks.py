"""Attacks made of a recording, for evaluation and tests only. All of them are synthetic and have to be labelled so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from verification.checks.clips import SAMPLES_PER_SECOND, Clip

from .clips import clip_from
from .decoding import decode
from .shapes import Pixels

SECONDS, LOOP_SECONDS = 7, 3
STRIPE, SMALLER = 5.3, 0.55
"""Pixels from stripe to stripe, and how much of the detail a screen filmed again leaves."""


def frozen(clip: Clip) -> Clip:
    """One frame, held for seven seconds."""
    return clip_from([decode(clip.frames[len(clip.frames) // 2])] * (SECONDS * SAMPLES_PER_SECOND))


def looped(clip: Clip) -> Clip:
    """The first three seconds again and again, each time with other noise, as encoding again leaves it."""
    start = [decode(data) for data in clip.frames[: LOOP_SECONDS * SAMPLES_PER_SECOND]]
    noise = np.random.default_rng(0)
    count = SECONDS * SAMPLES_PER_SECOND
    made = clip_from(_noisy(start[number % len(start)], noise) for number in range(count))
    return replace(made, facts=replace(made.facts, repeated_frames=0))


def filmed_from_a_screen(clip: Clip) -> Clip:
    """Softer, brighter in the middle, with stripes: what a screen before a camera looks like, roughly."""
    return clip_from([_screen(decode(data)) for data in clip.frames], clip.times_ms)


ATTACKS: dict[str, Callable[[Clip], Clip]] = {
    "frozen": frozen,
    "looped": looped,
    "screen_like": filmed_from_a_screen,
}


def _noisy(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    return np.asarray(np.clip(pixels + noise.normal(0, 3, pixels.shape), 0, 255), np.uint8)


def _screen(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, None, fx=SMALLER, fy=SMALLER, interpolation=cv2.INTER_AREA)
    soft = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    stripes = 1 + 0.07 * np.sin(2 * np.pi * (x + 0.13 * y) / STRIPE) + 0.04 * np.sin(2 * np.pi * y / STRIPE)
    light = 1.15 - 0.35 * np.hypot((x - width / 2) / width, (y - height / 2) / height)
    blue = np.array([1.12, 1.0, 0.93], np.float32)
    shown = 30 + 0.85 * soft * (stripes * light)[..., None] * blue
    _, data = cv2.imencode(".jpg", np.clip(shown, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 55])
    return decode(data.tobytes())
