"""Stored bytes become pixels, once per image."""

from __future__ import annotations

import cv2
import numpy as np

from .shapes import Pixels


class NotAnImage(ValueError):
    """The bytes could not be decoded. The message never contains any of them."""


def decode(data: bytes) -> Pixels:
    """height × width × 3, blue-green-red, 0..255, from JPEG or PNG bytes that intake has already re-encoded.

    Orientation marks are honoured although intake leaves none. Raises NotAnImage.
    """
    if not data:
        raise NotAnImage("no bytes to decode")
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise NotAnImage("the bytes are not an image that can be decoded")
    return np.asarray(pixels, np.uint8)
