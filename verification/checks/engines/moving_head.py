"""A photograph made to turn, nod, blink and open its mouth by bending it. For evaluation and tests only.

Whatever is made here is synthetic and has to be labelled so: it shows that the wiring works and what a check makes of
a known movement. It is no measure of how people fare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from verification.checks.challenge_facts import Step, StepKind

from .shapes import Landmarks, Pixels

TURN, NOD, GAPE = 42.0, 30.0, 0.55
BLINK_MS = 240
EYES = (slice(36, 42), slice(42, 48))


@dataclass(frozen=True, slots=True)
class Bend:
    """How the head is held: degrees of yaw (negative: own left) and pitch (negative: up), shut 0..1, mouth 0..1."""

    yaw: float = 0.0
    pitch: float = 0.0
    shut: float = 0.0
    mouth: float = 0.0
    across: float = 0.0
    """Pixels by which the whole picture is moved to the right."""


class MovingHead:
    """One photograph of one face that looks into the camera, ready to be bent."""

    def __init__(self, photograph: Pixels, landmarks: Landmarks) -> None:
        self._picture = photograph
        self._points = landmarks.points.astype(np.float32)
        height, width = photograph.shape[:2]
        grid = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        self._x, self._y = grid

    def bent(self, bend: Bend) -> Pixels:
        """The picture with the head held so."""
        picture = self._shut(self._picture, bend.shut) if bend.shut > 0 else self._picture
        picture = self._gaping(picture, bend.mouth) if bend.mouth > 0 else picture
        return self._turned(picture, bend)

    def _turned(self, picture: Pixels, bend: Bend) -> Pixels:
        """The face as the near half of an ellipsoid that is turned; its rim stays where it is."""
        points = self._points
        nose, wide = points[30], float(np.linalg.norm(points[0] - points[16])) * 0.62
        high = float(points[8, 1] - points[27, 1]) * 0.95
        x = self._x - bend.across
        depth = np.clip(1 - ((x - nose[0]) / wide) ** 2 - ((self._y - nose[1]) / high) ** 2, 0, 1)
        across = sin(np.radians(bend.yaw)) * 0.9 * wide * depth
        down = -sin(np.radians(bend.pitch)) * 0.9 * high * depth
        return _moved(picture, x + across, self._y + down)

    def _shut(self, picture: Pixels, amount: float) -> Pixels:
        """Skin from above drawn over each eye, with a dark line where the lids meet."""
        result = picture.astype(np.float32)
        for eye in EYES:
            x, y = (float(value) for value in self._points[eye].mean(axis=0))
            width, height = float(np.ptp(self._points[eye, 0])), max(float(np.ptp(self._points[eye, 1])), 4.0)
            near = 1 - ((self._x - x) / (width * 0.85)) ** 2 - ((self._y - y) / (height * 1.6)) ** 2
            share = np.clip(1.6 * near, 0, 1)[..., None] * amount
            skin = _moved(picture, self._x, y - height * 1.25 + (self._y - y) * 0.25)
            lid = cv2.GaussianBlur(skin, (0, 0), 2).astype(np.float32)
            line = np.exp(-(((self._y - y - height * 0.35) / 1.6) ** 2)) * (np.abs(self._x - x) < width * 0.5)
            result = result * (1 - share) + lid * (1 - 0.55 * line[..., None]) * share
        return result.astype(np.uint8)

    def _gaping(self, picture: Pixels, amount: float) -> Pixels:
        """Everything below the line of the lips moved down, and darkness between."""
        right, left = self._points[48], self._points[54]
        (x, y), width = (right + left) / 2, float(left[0] - right[0])
        gap = amount * width
        near = np.clip(1 - ((self._x - x) / (width * 1.1)) ** 2, 0, 1) * (self._y > y)
        fading = np.clip(1 - (self._y - y - gap) / (1.6 * width), 0, 1)
        source = np.where((self._y > y) & (self._y < y + gap * near), y, self._y - gap * near * fading)
        hole = ((self._x - x) / (width * 0.42)) ** 2 + ((self._y - y - gap / 2) / (gap / 2 + 1)) ** 2 < 1
        dark = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), 1.5)[..., None]
        moved = _moved(picture, self._x, source).astype(np.float32)
        return np.asarray(moved * (1 - dark) + np.array([25, 15, 45]) * dark, np.uint8)


def _moved(picture: Pixels, x: NDArray[np.floating], y: NDArray[np.floating]) -> Pixels:
    moved = cv2.remap(
        picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(moved, np.uint8)


def performance(steps: tuple[Step, ...], *, still: bool = False) -> Callable[[int], Bend]:
    """How the head is held at each millisecond when it answers these steps in their windows.

    Unless it is `still`, it sways a little all the time, as living heads do.
    """

    def at(moment: int) -> Bend:
        sway = 0.0 if still else 2.5 * sin(moment / 700) + 1.5 * sin(moment / 270)
        nod = 0.0 if still else 1.5 * sin(moment / 510)
        for step in steps:
            if step.from_ms <= moment < step.to_ms:
                return _answer(step, moment, sway, nod)
        return Bend(yaw=sway, pitch=nod, across=sway)

    return at


def _answer(step: Step, moment: int, sway: float, nod: float) -> Bend:
    part = (moment - step.from_ms) / (step.to_ms - step.from_ms)
    # A quarter of the window to read the prompt, and back at rest when it ends.
    rise = max(0.0, (1 - cos(2 * pi * (part - 0.25) / 0.75)) / 2) if part > 0.25 else 0.0
    match step.kind:
        case StepKind.TURN_LEFT:
            return Bend(yaw=sway - TURN * rise, pitch=nod, across=sway)
        case StepKind.TURN_RIGHT:
            return Bend(yaw=sway + TURN * rise, pitch=nod, across=sway)
        case StepKind.LOOK_UP:
            return Bend(yaw=sway, pitch=nod - NOD * rise, across=sway)
        case StepKind.OPEN_MOUTH:
            return Bend(yaw=sway, pitch=nod, mouth=GAPE * rise, across=sway)
        case StepKind.BLINK_TWICE:
            begins = [step.from_ms + share * (step.to_ms - step.from_ms) for share in (0.35, 0.7)]
            shut = any(begin <= moment < begin + BLINK_MS for begin in begins)
            return Bend(yaw=sway, pitch=nod, shut=float(shut), across=sway)
        case StepKind.SAY_DIGITS:
            return Bend(yaw=sway, pitch=nod, mouth=0.35 * abs(sin(moment / 90)) * (rise > 0), across=sway)
