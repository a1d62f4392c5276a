"""Burn who looks, and when, into the pixels they are shown.

A strip below the face says it plainly. The same words lie faintly across the whole picture, so that cutting the strip
off leaves them. This deters and traces a screenshot or a photograph of the screen; it does not survive somebody who
repaints the picture.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw

from .lettering import CARRIED, Font, Lettering, font_of, lettering_of

SIDE = 512
"""Crops come at 512, 256 or 128 pixels a side in one layout. All are shown at this size, hence at one scale and with
letters of one height; a small one looks as blurred as it is."""
STRIP = 36
MARGIN = 14
STRIP_PAPER, STRIP_INK, STRIP_FAINT = (36, 40, 47), (240, 242, 245), (174, 181, 191)
SIZES = (16, 14, 12)
TURN, LETTERS = 24, 17
ACROSS, DOWN = 250, 112
"""How far apart the words lie across the face, in pixels: at least one falls on every face."""
STRENGTH = 0.15
"""How much of the letters' light and shadow shows over the face."""


def mark(png: bytes, *, viewer: str, at: datetime, account: str = "") -> bytes:
    """The crop with `viewer` and `at` (to the second, in UTC) in its pixels: a PNG of 512 × 548 without metadata.

    `account` is written instead where no font here has the letters of `viewer`. Raises ValueError for a time without a
    zone or for names with nothing to write; OSError where `png` is not a PNG.
    """
    if at.tzinfo is None:
        raise ValueError("the time of a look needs a zone")
    name = lettering_of(viewer, account)
    when = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    with Image.open(BytesIO(png), formats=("PNG",)) as opened:
        face = opened.convert("RGB")
    if face.size != (SIDE, SIDE):
        face = face.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    shown = Image.new("RGB", (SIDE, SIDE + STRIP), STRIP_PAPER)
    shown.paste(_crossed(face, name, when))
    _write_strip(shown, name, when)
    out = BytesIO()
    # Run lengths alone (zlib strategy 3) take a third less time than a search for repeats, and grey is all runs.
    shown.save(out, "PNG", compress_level=1, compress_type=3)
    return out.getvalue()


def _write_strip(shown: Image.Image, name: Lettering, when: str) -> None:
    draw = ImageDraw.Draw(shown)
    middle = SIDE + STRIP // 2
    small = font_of(CARRIED, 13)
    draw.text((SIDE - MARGIN, middle), when, STRIP_FAINT, small, anchor="rm")
    room = SIDE - 3 * MARGIN - small.getlength(when)
    size = next((size for size in SIZES if name.at(size).getlength(name.text) <= room), SIZES[-1])
    draw.text((MARGIN, middle), shortened(name.text, name.at(size), room), STRIP_INK, name.at(size), anchor="lm")


def shortened(text: str, font: Font, room: float) -> str:
    """As much of `text` as fits in `room` pixels; dots say that there was more."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "...") > room:
        text = text[:-1]
    return text.rstrip() + "..."


def _crossed(face: Image.Image, name: Lettering, when: str) -> Image.Image:
    """The face under faint slanting words: light letters with a dark edge, so that they show on any skin."""
    words = _pattern(_slanted(name, when))
    face = Image.composite(Image.new("RGB", face.size, "black"), face, ImageChops.offset(words, 1, 1))
    return Image.composite(Image.new("RGB", face.size, "white"), face, words)


def _slanted(name: Lettering, when: str) -> Image.Image:
    """One small picture of the two lines, as bright as they are to show."""
    font, small = name.at(LETTERS), font_of(CARRIED, LETTERS - 3)
    text = shortened(name.text, font, ACROSS)
    width = int(max(font.getlength(text), small.getlength(when))) + 4
    words = Image.new("L", (width, 2 * LETTERS + 12), 0)
    draw = ImageDraw.Draw(words)
    ink = round(255 * STRENGTH)
    draw.text((width / 2, 2), text, ink, font, anchor="ma")
    draw.text((width / 2, LETTERS + 8), when, ink, small, anchor="ma")
    return words.rotate(TURN, Image.Resampling.BICUBIC, expand=True)


def _pattern(words: Image.Image) -> Image.Image:
    """The words repeated over the whole picture, every other row shifted by half."""
    sheet = Image.new("L", (SIDE, SIDE), 0)
    for row, y in enumerate(range(-DOWN // 2, SIDE, DOWN)):
        for x in range(-ACROSS // 2 * (row % 2) - ACROSS // 4, SIDE, ACROSS):
            sheet.paste(words, (x, y), words.point(lambda level: 255 if level else 0))
    return sheet
