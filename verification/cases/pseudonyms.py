"""Keyed digests in place of what a relying party sent: equal for equal input, and useless without the key."""

from __future__ import annotations

import hmac
from base64 import b64decode, urlsafe_b64encode
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from django.conf import settings


class Use(StrEnum):
    """What a digest is for. Digests of one use never equal those of another, whatever goes in."""

    SUBJECT = "subject"
    REQUEST = "request"
    CAPTURE_ADDRESS = "capture-address"
    CLIP = "clip"
    UPLOAD = "upload"


def keyed_digest(use: Use, programme_id: UUID, content: bytes) -> bytes:
    """HMAC-SHA-256 (32 bytes) under the pseudonym key, bound to its use and to one programme.

    The use holds no zero byte and the programme's id has 16 bytes, so no two inputs run into each other.
    """
    message = use.value.encode() + b"\0" + programme_id.bytes + content
    return hmac.new(b64decode(settings.PSEUDONYM_KEY), message, sha256).digest()


def subject_pseudonym(programme_id: UUID, subject_ref: str) -> str:
    """The relying party's opaque reference as 64 hexadecimal digits; two programmes' subjects cannot be linked."""
    return keyed_digest(Use.SUBJECT, programme_id, subject_ref.encode()).hex()


def text_of(digest: bytes) -> str:
    """A digest of 32 bytes as 43 characters that may stand in an address."""
    return urlsafe_b64encode(digest).decode().rstrip("=")
