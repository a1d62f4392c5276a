"""Whether a clip was seen before, told by keyed digests of its pictures; nothing of a picture can be had from them.

Each different 64-bit difference hash of the clip is kept under a key. Measured on the five labelled clips (3 bona fide,
2 replays, up to 7 s each): recorded once as VP8 and encoded again three ways (H.264, VP8 at a third of the rate, VP8 at
three quarters of the size), each kept 43 to 92 % of its hashes; any two different clips shared none. Two halves of one
take shared 0 to 5 %, but 80 % where the person kept quite still, so a calm person in the same place may be taken for a
replay. The price of that mistake is a look by a person. Five clips are far too few for a rate. Mirroring, or another
cut of the picture, gets past this; so does a clip without movement, which is caught elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from verification.cases.pseudonyms import Use, keyed_digest

from .models import ClipDigest

REMEMBER_FOR = timedelta(days=90)
# Below the least that an encoded-again clip kept, far above what different clips share.
SEEN_SHARE = 0.35
# A clip of fewer different pictures than this (a dark one, a frozen one) resembles too many others to be told apart.
TELLING = 8
# Bound to no programme: a clip stolen from one must be known at the other. It names a clip, never a person.
_EVERY_PROGRAMME = UUID(int=0)


def seen_before(hashes: Sequence[int]) -> bool:
    """Whether so many of the clip's pictures are remembered that it must be an earlier one."""
    pictures = _digests(hashes)
    since = timezone.now() - REMEMBER_FOR
    known = ClipDigest.objects.filter(digest__in=pictures, seen_at__gt=since).count()
    return bool(pictures) and known >= SEEN_SHARE * len(pictures)


def remember(hashes: Sequence[int]) -> None:
    """Keep the digests of a clip that was taken, in the caller's transaction."""
    # In order, so that two clips which share some never wait for each other in a circle.
    ClipDigest.objects.bulk_create(
        (ClipDigest(digest=digest) for digest in sorted(_digests(hashes))),
        update_conflicts=True, unique_fields=["digest"], update_fields=["seen_at"],
    )  # fmt: skip


def forget() -> int:
    """Let go of what was remembered long enough."""
    return ClipDigest.objects.filter(seen_at__lt=timezone.now() - REMEMBER_FOR).delete()[0]


def _digests(hashes: Sequence[int]) -> set[bytes]:
    different = set(hashes)
    if len(different) < TELLING:
        return set()
    return {keyed_digest(Use.CLIP, _EVERY_PROGRAMME, each.to_bytes(8, "big")) for each in different}
