"""The child process that decodes hostile pictures. Run as a program by ``decoder_process``; never imported to decode.

Started as ``python -I -S -B decoder.py PILLOW_DIRECTORY ADDRESS_SPACE CPU_SECONDS MAX_PIXELS MAX_SIDE`` with an empty
environment and one socket as standard input. It loads Pillow, then locks itself in, and only then reads the first
byte. Behind the lock it cannot gain privileges, start a core dump, grow a file, use more memory or processor time than
it was given, or open any file at all, even for reading (no descriptor is left to open one with).

Conversation on the socket, numbers big-endian: eight bytes of length and that many bytes of picture come in; one status
byte, width and height (four bytes each, 0 on failure) and, for status ``k``, width x height x 3 bytes of RGB go out.
Raw pixels, not a re-encoded file: should a picture take this process over, all that it can hand to the parent, and
through it to the worker that holds the keys, is a rectangle of colours.

The colour profile is dropped, not applied: a colour engine is one more parser of hostile bytes, and without one the
models, the reviewer and the person all look at the same numbers. A wide-gamut picture becomes a little paler.
Transparency is laid on white. Sixteen-bit samples keep their upper eight bits. CMYK is converted without a profile.

Limits of this protection: no system-call filter and no separate user, so a picture that takes the process over may
still use the system calls that need no new descriptor. One process serves the pictures of one submission, so such a
picture could also falsify its neighbours, which come from the same sender.
"""

from __future__ import annotations

import io
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

DONE, TRUNCATED, CORRUPT, TOO_MANY_PIXELS, FAILED = b"k", b"t", b"c", b"p", b"f"
FORMATS = ("JPEG", "PNG", "WEBP")
ORIENTATION_TAG = 0x0112
# linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38


def load_pillow(directory: str) -> None:
    """Import every module that decoding may need: after the lock nothing more can be imported."""
    sys.path.append(directory)
    import warnings

    from PIL import Image, ImagePalette, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    warnings.simplefilter("ignore")
    Image.preinit()
    assert ImagePalette
    assert JpegImagePlugin
    assert PngImagePlugin
    assert TiffImagePlugin
    assert WebPImagePlugin


def lock_in(address_space: int, cpu_seconds: int) -> None:
    """Give up, for good, whatever decoding does not need. ``address_space`` is in bytes."""
    import ctypes
    import resource
    import signal

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for option, value in ((PR_SET_NO_NEW_PRIVS, 1), (PR_SET_DUMPABLE, 0), (PR_SET_PDEATHSIG, int(signal.SIGKILL))):
        if prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl refused")
    limits = {
        resource.RLIMIT_AS: address_space,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def decode(data: bytes, max_pixels: int, max_side: int) -> Image.Image:
    """An upright 8-bit RGB picture, its longer side at most ``max_side`` pixels, from one encoded picture."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = max_pixels
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > max_pixels:
            raise Image.DecompressionBombError
        # Asks the JPEG decoder for a half, quarter or eighth where that is still at least twice what is wanted.
        picture.draft(None, (2 * max_side, 2 * max_side))
        picture.load()
        turn = _turn(picture)
        colours = _as_rgb(picture)
    colours.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return colours if turn is None else colours.transpose(turn)


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """What brings the picture upright by its EXIF orientation; an unreadable orientation counts as none."""
    from PIL.Image import Transpose

    try:
        orientation = picture.getexif().get(ORIENTATION_TAG)
    except Exception:  # noqa: BLE001 - Pillow's EXIF reader raises whatever a hostile block makes it raise.
        return None
    turns: dict[object, Transpose] = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return turns.get(orientation)


def _as_rgb(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode.startswith("I;16"):
        # convert() would clip everything above 255 to white; the upper eight bits are wanted.
        return picture.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    return picture.convert("RGB")


def answer(data: bytes, max_pixels: int, max_side: int) -> bytes:
    """The reply to one picture: a status, and the pixels when there are any."""
    from PIL import Image

    try:
        picture = decode(data, max_pixels, max_side)
    except MemoryError:
        return _reply(FAILED)
    except Image.DecompressionBombError:
        return _reply(TOO_MANY_PIXELS)
    except Exception as problem:  # noqa: BLE001 - whatever a hostile file provokes is an answer, not a crash.
        return _reply(TRUNCATED if "truncated" in str(problem) else CORRUPT)
    return _reply(DONE, picture.width, picture.height, picture.tobytes())


def _reply(status: bytes, width: int = 0, height: int = 0, pixels: bytes = b"") -> bytes:
    return status + width.to_bytes(4, "big") + height.to_bytes(4, "big") + pixels


def read_exactly(channel: socket.socket, count: int) -> bytes:
    """``count`` bytes from the socket; ``EOFError`` when the other side has gone."""
    parts: list[bytes] = []
    while count:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def serve(channel: socket.socket, respond: Callable[[bytes], bytes]) -> None:
    """Answer pictures, one after the other, until the parent closes the socket."""
    while True:
        try:
            length = int.from_bytes(read_exactly(channel, 8), "big")
            channel.sendall(respond(read_exactly(channel, length)))
        except (EOFError, OSError):
            return


def main(arguments: list[str]) -> None:
    directory = arguments[0]
    address_space, cpu_seconds, max_pixels, max_side = (int(number) for number in arguments[1:])
    channel = socket.socket(fileno=0)
    load_pillow(directory)
    lock_in(address_space, cpu_seconds)
    serve(channel, lambda data: answer(data, max_pixels, max_side))


if __name__ == "__main__":
    main(sys.argv[1:])
