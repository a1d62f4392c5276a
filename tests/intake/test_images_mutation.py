"""Valid pictures, damaged at random: each ends as a picture or as a refusal with a known code, and the parent lives."""

from collections.abc import Callable
from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.intake import pictures
from verification.intake.images import NormalisedImage, RefusedImage, normalise_images
from verification.intake.refusals import SENTENCES

EXIF = Image.Exif()
EXIF[0x0112] = 6
SEEDS = [
    pictures.jpeg(exif=EXIF),
    pictures.jpeg(progressive=True),
    pictures.png(exif=EXIF),
    pictures.encoded(pictures.quarters().convert("P"), "PNG"),
    pictures.webp(exif=EXIF),
    pictures.webp(lossless=True),
    pictures.animation("WEBP"),
]


def _changed(data: bytes, edits: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for place, value in edits:
        changed[place % len(changed)] = value
    return bytes(changed)


def _cut_out(data: bytes, start: int, length: int) -> bytes:
    start %= len(data)
    return data[:start] + data[start + length :]


def _doubled(data: bytes, start: int, length: int) -> bytes:
    start %= len(data)
    return data[: start + length] + data[start:]


def _repaired(data: bytes) -> bytes:
    """A PNG with right checksums again, so that the damage reaches the decoder behind the walk."""
    if not data.startswith(b"\x89PNG"):
        return data
    position, parts = 8, []
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        parts.append((data[position + 4 : position + 8], data[position + 8 : position + 8 + length]))
        position += 12 + length
    return pictures.png_of(*parts)


places = st.integers(0, 1 << 16)
edits = st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=6)
mutations: st.SearchStrategy[Callable[[bytes], bytes]] = st.one_of(
    edits.map(lambda chosen: lambda data: _changed(data, chosen)),
    st.tuples(places, st.integers(1, 40)).map(lambda cut: lambda data: _cut_out(data, *cut)),
    st.tuples(places, st.integers(1, 40)).map(lambda cut: lambda data: _doubled(data, *cut)),
)
damaged = st.builds(
    lambda seed, mutate, repair: _repaired(mutate(seed)) if repair else mutate(seed),
    st.sampled_from(SEEDS),
    mutations,
    st.booleans(),
)


def _is_an_answer(result: NormalisedImage | RefusedImage) -> bool:
    if isinstance(result, RefusedImage):
        return result.sentence == SENTENCES[result.code]
    with Image.open(BytesIO(result.data)) as picture:
        picture.load()
        return picture.format == "JPEG" and picture.mode == "RGB" and picture.size == (result.width, result.height)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(damaged, min_size=10, max_size=10))
def test_every_damaged_picture_gets_an_answer(uploads: list[bytes]) -> None:
    results = normalise_images(uploads)

    assert len(results) == len(uploads)
    assert all(_is_an_answer(result) for result in results)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\x00\x00\x00WEBP"])
)
def test_arbitrary_bytes_get_an_answer(noise: bytes, start: bytes) -> None:
    (result,) = normalise_images([start + noise])

    assert _is_an_answer(result)
