"""What happens to a picture on its way out, one step at a time and in pairs. Shared with the benchmark.

Each takes a picture and a number from 0 to 1, which says where a cut is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageFilter

Distortion = Callable[[Image.Image, float], Image.Image]


def cut_to(share: float) -> Distortion:
    """A window of `share` of each side; it moves along both diagonals as the number grows."""

    def distorted(picture: Image.Image, where: float) -> Image.Image:
        width, height = round(picture.width * share), round(picture.height * share)
        left = round((picture.width - width) * where)
        top = round((picture.height - height) * (where * 7 % 1))
        return picture.crop((left, top, left + width, top + height))

    return distorted


def jpeg(quality: int) -> Distortion:
    """With the usual halving of colour."""

    def distorted(picture: Image.Image, _where: float) -> Image.Image:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        with Image.open(io.BytesIO(out.getvalue())) as again:
            return again.convert("RGB")

    return distorted


def scaled(times: float, how: Image.Resampling = Image.Resampling.BICUBIC) -> Distortion:
    def distorted(picture: Image.Image, _where: float) -> Image.Image:
        return picture.resize((round(picture.width * times), round(picture.height * times)), how)

    return distorted


def screenshot(ratio: float, quality: int = 80) -> Distortion:
    """Drawn by a screen of this many device pixels a pixel, on its page, and sent on as a JPEG."""

    def distorted(picture: Image.Image, where: float) -> Image.Image:
        drawn = scaled(ratio, Image.Resampling.BILINEAR)(picture, where)
        page = Image.new("RGB", (round(drawn.width * 1.6), round(drawn.height * 1.3)), (250, 250, 252))
        page.paste(drawn, (page.width // 7, page.height // 9))
        return jpeg(quality)(page, where)

    return distorted


def blurred(sigma: float) -> Distortion:
    return lambda picture, _where: picture.filter(ImageFilter.GaussianBlur(sigma))


def brighter(times: float) -> Distortion:
    return lambda picture, _where: ImageEnhance.Brightness(picture).enhance(times)


def contrasted(times: float) -> Distortion:
    return lambda picture, _where: ImageEnhance.Contrast(picture).enhance(times)


def mirrored(picture: Image.Image, _where: float) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def negative(picture: Image.Image, _where: float) -> Image.Image:
    return picture.point(lambda level: 255 - level)


def grey(picture: Image.Image, _where: float) -> Image.Image:
    return picture.convert("L").convert("RGB")


def untouched(picture: Image.Image, _where: float) -> Image.Image:
    return picture


def then(*steps: Distortion) -> Distortion:
    def distorted(picture: Image.Image, where: float) -> Image.Image:
        for step in steps:
            picture = step(picture, where)
        return picture

    return distorted


CUT_SIDE, CUT_AREA = cut_to(0.6), cut_to(0.6**0.5)

SINGLE: dict[str, Distortion] = {
    "untouched": untouched,
    "cut to 60 % of its area": CUT_AREA,
    "cut to 60 % of each side": CUT_SIDE,
    "JPEG, quality 70": jpeg(70),
    "scaled to 50 %": scaled(0.5),
    "scaled to 75 %": scaled(0.75),
    "scaled to 133 %": scaled(1.33),
    "scaled to 200 %": scaled(2.0),
    "screenshot at 1.25, JPEG 80": screenshot(1.25),
    "screenshot at 2, JPEG 80": screenshot(2.0),
    "blurred, sigma 1": blurred(1.0),
    "brighter by 20 %": brighter(1.2),
    "darker by 20 %": brighter(0.8),
    "contrast + 20 %": contrasted(1.2),
    "contrast − 20 %": contrasted(0.8),
    "mirrored": mirrored,
    "light and dark exchanged": negative,
    "without colour": grey,
}

PAIRS: dict[str, Distortion] = {
    f"{first}, then {second}": then(SINGLE[first], SINGLE[second])
    for first, second in (
        ("cut to 60 % of each side", "JPEG, quality 70"),
        ("cut to 60 % of each side", "scaled to 50 %"),
        ("cut to 60 % of each side", "scaled to 200 %"),
        ("cut to 60 % of each side", "screenshot at 1.25, JPEG 80"),
        ("cut to 60 % of each side", "blurred, sigma 1"),
        ("cut to 60 % of each side", "darker by 20 %"),
        ("cut to 60 % of each side", "contrast + 20 %"),
        ("scaled to 50 %", "JPEG, quality 70"),
        ("scaled to 50 %", "blurred, sigma 1"),
        ("scaled to 50 %", "screenshot at 1.25, JPEG 80"),
        ("scaled to 50 %", "darker by 20 %"),
        ("scaled to 50 %", "contrast − 20 %"),
        ("scaled to 200 %", "JPEG, quality 70"),
        ("scaled to 200 %", "blurred, sigma 1"),
        ("screenshot at 1.25, JPEG 80", "JPEG, quality 70"),
        ("screenshot at 1.25, JPEG 80", "blurred, sigma 1"),
        ("screenshot at 1.25, JPEG 80", "darker by 20 %"),
        ("screenshot at 1.25, JPEG 80", "contrast + 20 %"),
        ("blurred, sigma 1", "JPEG, quality 70"),
        ("brighter by 20 %", "JPEG, quality 70"),
        ("darker by 20 %", "JPEG, quality 70"),
        ("contrast + 20 %", "JPEG, quality 70"),
        ("contrast − 20 %", "JPEG, quality 70"),
        ("blurred, sigma 1", "darker by 20 %"),
        ("blurred, sigma 1", "contrast − 20 %"),
        ("darker by 20 %", "contrast − 20 %"),
    )
}

BEYOND: dict[str, Distortion] = {
    "cut to 60 % of each side, scaled to 50 %, JPEG 70": then(CUT_SIDE, scaled(0.5), jpeg(70)),
    "cut to 60 % of each side, scaled to 50 %, blurred, JPEG 70": then(CUT_SIDE, scaled(0.5), blurred(1.0), jpeg(70)),
    "cut to 40 % of each side": cut_to(0.4),
    "cut to 40 % of each side, JPEG 70": then(cut_to(0.4), jpeg(70)),
    "JPEG, quality 30": jpeg(30),
    "scaled to 300 %": scaled(3.0),
    "blurred, sigma 2": blurred(2.0),
    "turned by 1 degree": lambda picture, _where: picture.rotate(1.0, Image.Resampling.BICUBIC),
    "turned by 3 degrees": lambda picture, _where: picture.rotate(3.0, Image.Resampling.BICUBIC),
}
