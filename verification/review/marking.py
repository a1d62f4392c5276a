"""Burn who looks, and when, into the pixels they are shown.

A strip below the face says it plainly. The same words lie faintly across the whole picture, so that cutting the strip
off leaves them. This deters and traces a screenshot or a photograph of the screen; it does not survive somebody who
repaints the picture. Over both lies a third mark that nobody sees, the tile of the look's own entry (see `tracing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw

from .lettering import CARRIED, Font, Lettering, font_of, lettering_of
from .tracing.carrier import Floats
from .tracing.laying import laid

SIDE = 512
"""Crops come at 512, 256 or 128 pixels a side in one layout. All are shown at this size, hence at one scale and with
letters of one height; a small one looks as blurred as it is."""
TALLEST = 1280
"""How tall a narrow picture may become by being widened, in pixels."""
STRIP = 36
MARGIN = 14
STRIP_PAPER, STRIP_INK, STRIP_FAINT = (36, 40, 47), (240, 242, 245), (174, 181, 191)
SIZES = (16, 14, 12)
TURN, LETTERS = 24, 17
ACROSS, DOWN = 250, 112
"""How far apart the words lie across the face, in pixels: at least one falls on every face."""
STRENGTH = 0.15
"""How much of the letters' light and shadow shows over the face."""


def mark(png: bytes, tile: Floats, *, viewer: str, at: datetime, account: str = "") -> bytes:
    """The crop with `viewer` and `at` (to the second, in UTC) in its pixels, and the `tile` of its look hidden there.

    A WebP of 512 × 548 without loss and without metadata. `account` is written instead where no font here has the
    letters of `viewer`. Raises ValueError for a time without a zone or for names with nothing to write; OSError where
    `png` is not a PNG.
    """
    name, when = lettering_of(viewer, account), _written(at)
    face = _opened(png)
    if face.size != (SIDE, SIDE):
        face = face.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    # Every look pays for this, and as a PNG it would be a quarter larger and take twice the time.
    return _saved(laid(_marked(face, name, (when,)), tile), "WEBP", lossless=True, quality=0, method=0)


def mark_wider(png: bytes, tile: Floats, word: str, *, viewer: str, at: datetime, account: str = "") -> bytes:
    """A picture of any shape, marked as a crop is, with `word` for how much it shows beside the time: a PNG, which
    may be of any size. Never squeezed.

    At least 512 pixels wide, so that the strip has room, and 36 taller than the picture. Raises as `mark` does.
    """
    name, when = lettering_of(viewer, account), _written(at)
    return _saved(laid(_marked(_wide_enough(_opened(png)), name, (when, word)), tile), "PNG", compress_level=1)


def _opened(png: bytes) -> Image.Image:
    with Image.open(BytesIO(png), formats=("PNG",)) as opened:
        return opened.convert("RGB")


def _written(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("the time of a look needs a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _wide_enough(picture: Image.Image) -> Image.Image:
    """Enlarged to the width of a crop, as far as its height allows; what is still narrower stands in the middle."""
    scale = min(SIDE / picture.width, max(1.0, TALLEST / picture.height))
    if scale > 1:
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    if picture.width >= SIDE:
        return picture
    sheet = Image.new("RGB", (SIDE, picture.height), STRIP_PAPER)
    sheet.paste(picture, ((SIDE - picture.width) // 2, 0))
    return sheet


def _marked(picture: Image.Image, name: Lettering, said: Sequence[str]) -> Image.Image:
    """`said` is the time and what else stands beside the name, the time first."""
    shown = Image.new("RGB", (picture.width, picture.height + STRIP), STRIP_PAPER)
    shown.paste(_crossed(picture, name, said))
    _write_strip(shown, name, ", ".join(reversed(said)))
    return shown


def _saved(shown: Image.Image, kind: str, **how: int) -> bytes:
    out = BytesIO()
    shown.save(out, kind, **how)
    return out.getvalue()


def _write_strip(shown: Image.Image, name: Lettering, beside: str) -> None:
    draw = ImageDraw.Draw(shown)
    middle = shown.height - STRIP // 2
    small = font_of(CARRIED, 13)
    draw.text((shown.width - MARGIN, middle), beside, STRIP_FAINT, small, anchor="rm")
    room = shown.width - 3 * MARGIN - small.getlength(beside)
    size = next((size for size in SIZES if name.at(size).getlength(name.text) <= room), SIZES[-1])
    draw.text((MARGIN, middle), shortened(name.text, name.at(size), room), STRIP_INK, name.at(size), anchor="lm")


def shortened(text: str, font: Font, room: float) -> str:
    """As much of `text` as fits in `room` pixels; dots say that there was more."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "...") > room:
        text = text[:-1]
    return text.rstrip() + "..."


def _crossed(face: Image.Image, name: Lettering, said: Sequence[str]) -> Image.Image:
    """The face under faint slanting words: light letters with a dark edge, so that they show on any skin."""
    words = _pattern(_slanted(name, said), face.size)
    face = Image.composite(Image.new("RGB", face.size, "black"), face, ImageChops.offset(words, 1, 1))
    return Image.composite(Image.new("RGB", face.size, "white"), face, words)


def _slanted(name: Lettering, said: Sequence[str]) -> Image.Image:
    """One small picture of the lines, as bright as they are to show."""
    font, small = name.at(LETTERS), font_of(CARRIED, LETTERS - 3)
    text = shortened(name.text, font, ACROSS)
    width = int(max(font.getlength(text), *(small.getlength(line) for line in said))) + 4
    words = Image.new("L", (width, (LETTERS + 6) * len(said) + LETTERS + 6), 0)
    draw = ImageDraw.Draw(words)
    ink = round(255 * STRENGTH)
    draw.text((width / 2, 2), text, ink, font, anchor="ma")
    for row, line in enumerate(said, 1):
        draw.text((width / 2, (LETTERS + 6) * row + 2), line, ink, small, anchor="ma")
    return words.rotate(TURN, Image.Resampling.BICUBIC, expand=True)


def _pattern(words: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The words repeated over the whole picture, every other row shifted by half."""
    sheet = Image.new("L", size, 0)
    for row, y in enumerate(range(-DOWN // 2, size[1], DOWN)):
        for x in range(-ACROSS // 2 * (row % 2) - ACROSS // 4, size[0], ACROSS):
            sheet.paste(words, (x, y), words.point(lambda level: 255 if level else 0))
    return sheet
