"""A film for Chromium's fake camera: a real face that moves, inside a border of a colour that no face has.

The border is the canary. Nothing outside the circle may leave the device, so not one magenta pixel may arrive.
"""

from __future__ import annotations

import importlib.util
import io
import wave
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

WIDTH, HEIGHT, RATE = 640, 480, 30
SECONDS = 4
MAGENTA = (255, 0, 255)
# Everything farther than this from the middle, in pixels, is border. The head and the room around it fit inside.
BORDER_FROM = 236


# The films by name: how bright, and how many people.
FILMS: dict[str, tuple[float, int]] = {"one": (1.0, 1), "two": (1.0, 2), "dark": (0.12, 1)}


def camera(name: str | None, directory: Path) -> list[str]:
    """Chromium's arguments for a fake camera that shows the named film and a microphone with a tone; [] for none."""
    if name is None:
        return []
    exposure, people = FILMS[name]
    picture = film(directory / f"{name}.y4m", exposure=exposure, people=people)
    tone = sound(directory / f"{name}.wav")
    return [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={picture}",
        f"--use-file-for-fake-audio-capture={tone}",
    ]


def film(path: Path, *, exposure: float = 1.0, people: int = 1) -> Path:
    """Write a y4m of `SECONDS` s that plays in a circle: the head sways by some pixels and tilts by some degrees."""
    frames = RATE * SECONDS
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(frames):
            picture = _frame(2 * np.pi * number / frames, exposure, people)
            file.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


def sound(path: Path) -> Path:
    """Write a WAV of one second of a tone, for the fake microphone."""
    rate = 16_000
    samples = 8_000 * np.sin(2 * np.pi * 220 * np.arange(rate) / rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def is_canary(picture: Picture) -> npt.NDArray[np.bool_]:
    """Which pixels of an RGB picture are the border's, also after a lossy codec has passed over them."""
    red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
    return np.asarray((red > 90) & (blue > 90) & (red - green > 70) & (blue - green > 70), np.bool_)


def pictures_of(clip: bytes) -> list[Picture]:
    """Every picture of a recording, in RGB."""
    with av.open(io.BytesIO(clip), "r") as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def _frame(phase: float, exposure: float, people: int) -> Picture:
    head = _astronaut()
    sway = np.array([14 * np.sin(phase), 6 * np.sin(2 * phase)])
    scene = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    places = [(WIDTH / 2, 1.65)] if people == 1 else [(WIDTH * 0.4, 1.0), (WIDTH * 0.6, 1.0)]
    for middle, scale in places:
        _place(scene, head, np.array([middle, HEIGHT / 2]) + sway, scale, 5 * np.sin(phase))
    scene = np.clip(scene * exposure, 0, 255).astype(np.uint8)
    down, across = np.ogrid[:HEIGHT, :WIDTH]
    scene[np.hypot(across - WIDTH / 2, down - HEIGHT / 2) > BORDER_FROM] = MAGENTA
    return np.asarray(scene, np.uint8)


def _place(scene: Picture, head: Picture, at: npt.NDArray[np.float64], scale: float, degrees: float) -> None:
    """Draw the head with the middle of its face at `at`."""
    turn = cv2.getRotationMatrix2D((223.0, 130.0), degrees, scale)
    turn[:, 2] += at - np.array([223.0, 130.0])
    half = (slice(None), slice(0, WIDTH // 2) if at[0] < WIDTH * 0.45 else slice(WIDTH // 2, WIDTH))
    drawn = cv2.warpAffine(head, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    where = half if abs(at[0] - WIDTH / 2) > 60 else (slice(None), slice(None))
    scene[where] = drawn[where]


def _astronaut() -> Picture:
    """The photograph that scikit-image ships, without importing the package. RGB, 512×512; the face is at 223, 130."""
    found = importlib.util.find_spec("skimage")
    assert found is not None
    assert found.origin is not None
    stored = cv2.imread(str(Path(found.origin).parent / "data/astronaut.png"), cv2.IMREAD_COLOR_RGB)
    assert stored is not None
    return np.asarray(stored, np.uint8)
