"""The tile of one look, from the entry of the log that was committed before the picture is given."""

from __future__ import annotations

from base64 import b64decode

from django.conf import settings

from verification.audit.models import Entry

from .carrier import Floats, carrier_of
from .payload import Payload, payload_of, sealed


class NoTraceKey(RuntimeError):
    """This process was not given TRACE_KEY, so it can neither mark a look nor trace one."""


def trace_key() -> bytes:
    """32 bytes. Asked for before a picture is opened: what cannot be marked is not shown. Raises `NoTraceKey`."""
    if not settings.TRACE_KEY:
        raise NoTraceKey("TRACE_KEY is not configured in this process.")
    return b64decode(settings.TRACE_KEY)


def tile_of(entry: Entry, key: bytes) -> Floats:
    """What is laid over the picture that this entry is about."""
    return carrier_of(key).tile(sealed(payload_of_entry(entry, key), key))


def payload_of_entry(entry: Entry, key: bytes) -> Payload:
    return payload_of(entry.pk, entry.body, key)
