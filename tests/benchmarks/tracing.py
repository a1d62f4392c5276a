"""How well the hidden mark is read, how seldom it accuses: `python -m tests.benchmarks.tracing [DIRECTORY] [COUNT]`.

Prints a row for each distortion (looks named rightly, wrongly, and not at all), the quality of marked crops, what the
mark costs, and how many of COUNT pictures (10,000) that were never marked give a payload. Faces are those in the
photographs of installed packages, and of DIRECTORY where one is given; its pictures are read and kept nowhere. Unmarked
pictures are the same faces, cut, scaled, turned and encoded anew each time, and textures drawn by a generator; the
seal is checked under a key of its own for each picture, so that no two tries are alike.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
import numpy as np
from PIL import Image

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
django.setup()

from tests.checks.heads import heads  # noqa: E402
from tests.review.tracing.distortions import BEYOND, PAIRS, SINGLE, cut_to, jpeg, scaled  # noqa: E402
from tests.review.tracing.pictures import KEY, NOON, opened, tile_of  # noqa: E402
from verification.checks.engines.bundle import engines_from_settings  # noqa: E402
from verification.checks.engines.outline import crop_of  # noqa: E402
from verification.review.marking import SIDE, mark  # noqa: E402
from verification.review.tracing.carrier import TILE  # noqa: E402
from verification.review.tracing.laying import laid  # noqa: E402
from verification.review.tracing.payload import payload_of  # noqa: E402
from verification.review.tracing.reading import detect  # noqa: E402

CROPS = int(os.environ.get("CROPS", "100"))
UNMARKED = 10_000
NOTHING = np.zeros((TILE, TILE), np.float32)


def crops(directory: Path | None) -> list[bytes]:
    """Redacted crops, as the worker seals them."""
    shipped = [head.crop() for head in heads().values()]
    found = itertools.islice(_crops_of(directory), CROPS) if directory else ()
    return [png for png in (*shipped, *found) if png is not None]


def _crops_of(directory: Path) -> Iterator[bytes]:
    engines = engines_from_settings()
    for path in sorted(directory.iterdir()):
        crop = crop_of(engines.examine("live-0", path.read_bytes()))
        if crop is not None:
            yield crop


def table(pngs: list[bytes]) -> None:
    random = np.random.default_rng(1)
    for name, distortion in (SINGLE | PAIRS | BEYOND).items():
        named = wrongly = 0
        for number, png in enumerate(pngs):
            look = payload_of(1 + int(random.integers(1 << 33)), f"entry {number}", KEY)
            seen = opened(mark(png, tile_of(look), viewer="Wilhelmina Okonkwo", at=NOON))
            said = [one.payload for one in detect(distortion(seen, float(random.random())), KEY)]
            named += look in said
            wrongly += any(one != look for one in said)
        print(f"| {name} | {named} of {len(pngs)} | {wrongly} |", flush=True)


def quality(pngs: list[bytes]) -> None:
    over_all, over_face = [], []
    for png in pngs:
        plain = np.asarray(opened(mark(png, NOTHING, viewer="W. Okonkwo", at=NOON)), np.float64)
        marked = np.asarray(
            opened(mark(png, tile_of(payload_of(7, "", KEY)), viewer="W. Okonkwo", at=NOON)), np.float64
        )
        face = (np.abs(plain[:SIDE] - 134) > 1).any(axis=2)
        over_all.append(_decibels(marked - plain))
        over_face.append(_decibels((marked - plain)[:SIDE][face]))
    for name, found in (("picture", over_all), ("face", over_face)):
        print(f"PSNR over the {name}: least {min(found):.1f} dB, median {np.median(found):.1f} dB")


def _decibels(difference: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return float(10 * np.log10(255**2 / max(float((difference**2).mean()), 1e-9)))


def cost(png: bytes, rounds: int = 60) -> None:
    """Processor milliseconds of a whole marked picture, and of what is hidden in it (its larger PNG comes on top)."""
    shown = opened(mark(png, NOTHING, viewer="Wilhelmina Okonkwo", at=NOON))
    whole, hidden = [], []
    for number in range(rounds):
        start = time.process_time()
        tile = tile_of(payload_of(number, "x" * 300, KEY))
        mark(png, tile, viewer="Wilhelmina Okonkwo", at=NOON)
        middle = time.process_time()
        laid(shown, tile_of(payload_of(number, "x" * 300, KEY)))
        whole.append(1000 * (middle - start))
        hidden.append(1000 * (time.process_time() - middle))
    print(f"a marked picture: median {np.median(whole):.1f} ms, of which to hide the entry {np.median(hidden):.1f} ms")


def never_marked(pngs: list[bytes]) -> Iterator[Image.Image]:
    """Without end: faces and textures, each time changed in another way. The visible words are on every other face."""
    random = np.random.default_rng(2)
    for number in itertools.count():
        if number % 4 == 3:
            yield _texture(random)
            continue
        png = pngs[number % len(pngs)]
        words = mark(png, NOTHING, viewer=f"Person {number}", at=NOON) if number % 2 else png
        picture = scaled(float(random.uniform(0.5, 2.0)))(opened(words), 0)
        picture = cut_to(float(random.uniform(0.6, 1.0)))(picture, float(random.random()))
        yield jpeg(int(random.integers(60, 96)))(picture, 0)


def _texture(random: np.random.Generator) -> Image.Image:
    """Noise of every grain, some of it repeating as a tile would."""
    grain = int(random.integers(2, 160))
    small = random.integers(0, 256, (grain, grain, 3)).astype(np.uint8)
    if random.random() < 0.5:
        return Image.fromarray(np.tile(small, (600 // grain + 1, 600 // grain + 1, 1))[:600, :600])
    return Image.fromarray(small).resize((512, 548), Image.Resampling.BICUBIC)


def accusations(pngs: list[bytes], count: int) -> None:
    seconds, found = [], 0
    for number, picture in enumerate(itertools.islice(never_marked(pngs), count)):
        key = hashlib.sha256(str(number).encode()).digest()
        start = time.process_time()
        found += bool(detect(picture, key))
        seconds.append(time.process_time() - start)
    print(f"payloads in {count:,} pictures that were never marked: {found}")
    print(f"detect(), processor seconds: median {np.median(seconds):.3f}, longest {max(seconds):.3f}")


def main(arguments: list[str]) -> None:
    pngs = crops(Path(arguments[0]) if arguments else None)
    print(f"{len(pngs)} crops")
    quality(pngs)
    cost(pngs[0])
    table(pngs)
    accusations(pngs, int(arguments[1]) if len(arguments) > 1 else UNMARKED)


if __name__ == "__main__":
    main(sys.argv[1:])
