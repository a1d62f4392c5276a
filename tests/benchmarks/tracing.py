"""How well the hidden mark is read, how seldom it accuses, and what it costs:

    python -m tests.benchmarks.tracing table DIRECTORY [COUNT]      a row for each distortion, of COUNT crops (60)
    python -m tests.benchmarks.tracing unmarked DIRECTORY [COUNT]   payloads in COUNT pictures without a mark (10,000)
    python -m tests.benchmarks.tracing quality DIRECTORY [COUNT]    decibels, and milliseconds a look

DIRECTORY holds photographs of faces, which go through the worker's own redaction and are kept nowhere. With KEPT=FILE
each finished row is written down as a line of JSON, and a run that was broken off goes on after the last one.

Pictures without a mark are redacted faces, each cut, scaled and encoded anew, half of them under the visible words; the
seal is asked under a key of its own for each, so that no two tries are alike. Beside them, in a tenth of their number
each: faces that carry another key's mark, and textures drawn by a generator.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
# As the web process has it; two threads for one small product wait for each other on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import numpy as np
from PIL import Image

django.setup()

from tests.checks.heads import heads  # noqa: E402
from tests.review.tracing.distortions import BEYOND, PAIRS, SINGLE, Distortion, cut_to, jpeg, scaled  # noqa: E402
from tests.review.tracing.pictures import KEY, NOON, opened, tile_of  # noqa: E402
from verification.checks.engines.bundle import engines_from_settings  # noqa: E402
from verification.checks.engines.outline import crop_of  # noqa: E402
from verification.review.marking import SIDE, mark  # noqa: E402
from verification.review.tracing.carrier import TILE, Floats, carrier_of  # noqa: E402
from verification.review.tracing.laying import laid  # noqa: E402
from verification.review.tracing.payload import payload_of, sealed  # noqa: E402
from verification.review.tracing.reading import detect  # noqa: E402

CROPS, UNMARKED, OF_ONE_FACE = 60, 10_000, 20
NOTHING = np.zeros((TILE, TILE), np.float32)
VIEWER = "Wilhelmina Okonkwo"
Row = dict[str, Any]


class Kept:
    """Rows that were finished, by name, in the file that KEPT names; nowhere without it."""

    def __init__(self) -> None:
        self._path = Path(os.environ["KEPT"]) if "KEPT" in os.environ else None
        lines = self._path.read_text().splitlines() if self._path and self._path.exists() else []
        self._rows: dict[str, Row] = {row["name"]: row for row in map(json.loads, lines)}

    def row(self, name: str, measure: Callable[[], Row]) -> Row:
        if name not in self._rows:
            self._rows[name] = {"name": name, **measure()}
            if self._path:
                with self._path.open("a") as file:
                    file.write(json.dumps(self._rows[name]) + "\n")
        return self._rows[name]


def crops(directory: Path, most: int) -> list[bytes]:
    """Redacted crops, as the worker seals them: heads of installed packages first, then of the directory."""
    shipped = [head.crop() for head in heads().values()]
    found = itertools.chain((png for png in shipped if png), (png for _, png in crops_of(directory, step=21)))
    return list(itertools.islice(found, most))


def crops_of(directory: Path, step: int = 1) -> Iterator[tuple[str, bytes]]:
    """The photographs in which one face can be outlined, every `step`-th: name and crop."""
    engines = engines_from_settings()
    for path in sorted(directory.iterdir())[::step]:
        crop = crop_of(engines.examine("live-0", path.read_bytes()))
        if crop is not None:
            yield path.name, crop


def table(directory: Path, most: int = CROPS) -> None:
    kept, pngs = Kept(), crops(directory, most)
    print(f"{len(pngs)} crops\n| distortion | named | named wrongly |\n|---|---|---|")
    for name, distortion in (SINGLE | PAIRS | BEYOND).items():
        row = kept.row(name, partial(_named, pngs, distortion))
        print(f"| {name} | {row['named']} of {row['of']} | {row['wrongly']} |", flush=True)


def _named(pngs: list[bytes], distortion: Distortion) -> Row:
    random = np.random.default_rng(1)
    named = wrongly = 0
    for number, png in enumerate(pngs):
        look = payload_of(1 + int(random.integers(1 << 33)), f"entry {number}", KEY)
        seen = opened(mark(png, tile_of(look), viewer=VIEWER, at=NOON))
        said = [one.payload for one in detect(distortion(seen, float(random.random())), KEY)]
        named += look in said
        wrongly += any(one != look for one in said)
    return {"named": named, "wrongly": wrongly, "of": len(pngs)}


def unmarked(directory: Path, most: int = UNMARKED) -> None:
    """A row for each face: `OF_ONE_FACE` pictures of it without a mark, two under another key, two textures."""
    kept, rows = Kept(), list[Row]()
    for name, png in crops_of(directory):
        rows.append(kept.row(name, partial(_asked, name, png)))
        if sum(row["faces"] for row in rows) >= most:
            break
    said = {of: sum(row[of] for row in rows) for of in rows[0] if of not in ("name", "seconds")}
    seconds = [one for row in rows for one in row["seconds"]]
    print(f"faces without a mark: {said['faces']:,}, of {len(rows)} photographs; payloads: {said['said']}")
    print(f"faces under another key's mark: {said['others']:,}; payloads: {said['others_said']}")
    print(f"textures: {said['textures']:,}; payloads: {said['textures_said']}")
    print(f"detect(), processor seconds: median {np.median(seconds):.3f}, longest {max(seconds):.3f}")


def _asked(name: str, png: bytes) -> Row:
    random = np.random.default_rng(list(name.encode()))
    bare = opened(png).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    worded = opened(mark(png, NOTHING, viewer=VIEWER, at=NOON))
    foreign = opened(mark(png, _foreign(random), viewer=VIEWER, at=NOON))
    row: Row = {"seconds": []}
    for kind, pictures in (
        ("", (_changed((bare, worded)[number % 2], random) for number in range(OF_ONE_FACE))),
        ("others_", (_changed(foreign, random) for _ in range(OF_ONE_FACE // 10))),
        ("textures_", (_texture(random) for _ in range(OF_ONE_FACE // 10))),
    ):
        said = [_says_something(picture, random, row["seconds"]) for picture in pictures]
        row[kind.rstrip("_") or "faces"], row[f"{kind}said"] = len(said), sum(said)
    return row


def _says_something(picture: Image.Image, random: np.random.Generator, seconds: list[float]) -> bool:
    start = time.process_time()
    said = bool(detect(picture, hashlib.sha256(random.bytes(32)).digest()))
    seconds.append(round(time.process_time() - start, 4))
    return said


def _foreign(random: np.random.Generator) -> Floats:
    key = random.bytes(32)
    return carrier_of(key).tile(sealed(payload_of(int(random.integers(1 << 33)), "", key), key))


def _changed(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    picture = scaled(float(random.uniform(0.4, 1.3)))(picture, 0)
    picture = cut_to(float(random.uniform(0.6, 1.0)))(picture, float(random.random()))
    return jpeg(int(random.integers(60, 96)))(picture, 0)


def _texture(random: np.random.Generator) -> Image.Image:
    """Noise of every grain, some of it repeating as a tile would."""
    grain = int(random.integers(2, 160))
    small = random.integers(0, 256, (grain, grain, 3)).astype(np.uint8)
    if random.random() < 0.5:
        return Image.fromarray(np.tile(small, (600 // grain + 1, 600 // grain + 1, 1))[:400, :400])
    return Image.fromarray(small).resize((400, 428), Image.Resampling.BICUBIC)


def quality(directory: Path, most: int = CROPS) -> None:
    pngs = crops(directory, most)
    over_all, over_face = [], []
    for png in pngs:
        plain = np.asarray(opened(mark(png, NOTHING, viewer=VIEWER, at=NOON)), np.float64)
        marked = np.asarray(opened(mark(png, tile_of(payload_of(7, "", KEY)), viewer=VIEWER, at=NOON)), np.float64)
        face = (np.abs(plain[:SIDE] - 134) > 1).any(axis=2)
        over_all.append(_decibels(marked - plain))
        over_face.append(_decibels((marked - plain)[:SIDE][face]))
    for name, found in (("picture", over_all), ("face", over_face)):
        print(f"PSNR over the {name} of {len(pngs)}: least {min(found):.1f} dB, median {np.median(found):.1f} dB")
    _cost(pngs[0])


def _decibels(difference: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    return float(10 * np.log10(255**2 / max(float((difference**2).mean()), 1e-9)))


def _cost(png: bytes) -> None:
    """Processor milliseconds of a look's picture with and without the mark; its larger file counts too."""
    shown = opened(mark(png, NOTHING, viewer=VIEWER, at=NOON))
    tile = tile_of(payload_of(1, "x" * 300, KEY))
    for name, act in (
        ("hide the entry in a picture", lambda: laid(shown, tile_of(payload_of(1, "x" * 300, KEY)))),
        ("the whole picture, marked", lambda: mark(png, tile, viewer=VIEWER, at=NOON)),
        ("the whole picture, with a tile of nothing", lambda: mark(png, NOTHING, viewer=VIEWER, at=NOON)),
    ):
        print(f"{name}: median {np.median([_milliseconds(act) for _ in range(60)]):.1f} ms")


def _milliseconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return 1000 * (time.process_time() - start)


def main(part: str, directory: str, *count: str) -> None:
    {"table": table, "unmarked": unmarked, "quality": quality}[part](Path(directory), *map(int, count))


if __name__ == "__main__":
    main(*sys.argv[1:])
