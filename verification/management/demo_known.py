"""The demo's pairs with known answers, made from photographs that installed packages ship, as its captures are.

What is said there holds here: a matching live image is derived from its reference, so these pairs show the way and
measure nobody. The attack is a photograph seen through the lines of a screen.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from verification.intake.known_list import COLUMNS, LIST

from .demo_captures import ASTRONAUT, GROUP, MAN_IN_FRONT, Box, again, cut, jpeg, photograph

SET = "demo"
PERMISSION = "Photographs that the packages scikit-image and insightface ship, for this demonstration alone"

# One head each, as in `demo_captures`.
MAN_LAUGHING: Box = (700, 245, 940, 485)
WOMAN_LEFT: Box = (5, 205, 235, 435)
WOMAN_STANDING: Box = (225, 75, 455, 305)
WOMAN_RIGHT: Box = (1070, 215, 1280, 425)


def write_set(directory: Path) -> None:
    """A set as `known_cases import` takes it: three pairs to be answered with yes, three with no."""
    heads = {box: cut(photograph(*GROUP), box, 2.4) for box in _HEADS}
    astronaut = photograph(*ASTRONAUT)
    pairs = [
        (jpeg(heads[MAN_LAUGHING], 95), again(heads[MAN_LAUGHING], exposure=0.94, scale=1.1), "yes", "yes"),
        (jpeg(heads[WOMAN_RIGHT], 95), again(heads[WOMAN_RIGHT], scale=0.9), "yes", "yes"),
        (jpeg(astronaut, 95), again(astronaut, exposure=0.9, scale=1.2), "yes", "yes"),
        (jpeg(heads[WOMAN_LEFT]), jpeg(heads[WOMAN_RIGHT]), "no", "yes"),
        (jpeg(heads[MAN_IN_FRONT]), jpeg(heads[MAN_LAUGHING]), "no", "yes"),
        (jpeg(heads[WOMAN_STANDING], 95), jpeg(_on_a_screen(heads[WOMAN_STANDING])), "yes", "no"),
    ]
    rows = [_written(directory, number, *pair) for number, pair in enumerate(pairs, start=1)]
    with (directory / LIST).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])


_HEADS = (MAN_IN_FRONT, MAN_LAUGHING, WOMAN_LEFT, WOMAN_STANDING, WOMAN_RIGHT)


def _written(directory: Path, number: int, reference: bytes, live: bytes, same: str, alive: str) -> tuple[str, ...]:
    names = f"{number}-reference.jpg", f"{number}-live.jpg"
    for name, image in zip(names, (reference, live), strict=True):
        (directory / name).write_bytes(image)
    return (*names, same, alive)


def _on_a_screen(picture: Image.Image) -> Image.Image:
    """Dimmer and bluer, with the bands that appear where the lines of a screen meet those of a camera."""
    values = np.asarray(picture, dtype=np.float32) * np.array([0.78, 0.84, 0.98], dtype=np.float32)
    down, across = np.indices(values.shape[:2])
    bands = 1 + 0.16 * np.sin(2 * np.pi * (down / 5.3 + across / 61)) * np.sin(2 * np.pi * across / 4.1)
    return Image.fromarray(np.clip(values * bands[..., None], 0, 255).astype(np.uint8))
