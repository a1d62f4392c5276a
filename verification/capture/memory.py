"""Whether a clip was seen before, told by keyed digests of its moments; nothing of a picture can be had from them.

A moment is two successive, different pictures of the clip by their 64-bit difference hashes. One hash alone does not
tell one calm face from another; how one picture changes into the next hardly ever comes twice, and survives another
container or encoding. About one moment in four is kept, chosen by its own digest, so that a replay chooses the same.
A clip without movement has no moments and is caught elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby, pairwise
from uuid import UUID

from django.utils import timezone

from verification.cases.pseudonyms import Use, keyed_digest

from .models import ClipDigest

REMEMBER_FOR = timedelta(days=90)
# A replay repeats nearly all moments it kept; two honest clips of one person share next to none.
SEEN_SHARE = 0.25
SEEN_LEAST = 2
# Bound to no programme: a clip stolen from one must be known at the other. It names a clip, never a person.
_EVERY_PROGRAMME = UUID(int=0)
_KEPT_BELOW = 64


def seen_before(hashes: Sequence[int]) -> bool:
    """Whether so many of the clip's moments are remembered that it must be an earlier one."""
    moments = _moments(hashes)
    since = timezone.now() - REMEMBER_FOR
    known = ClipDigest.objects.filter(digest__in=moments, seen_at__gt=since).count()
    return known >= SEEN_LEAST and known >= SEEN_SHARE * len(moments)


def remember(hashes: Sequence[int]) -> None:
    """Keep the moments of a clip that was taken, in the caller's transaction."""
    ClipDigest.objects.bulk_create(
        (ClipDigest(digest=moment) for moment in sorted(_moments(hashes))),
        update_conflicts=True, unique_fields=["digest"], update_fields=["seen_at"],
    )  # fmt: skip


def forget() -> int:
    """Let go of what was remembered long enough."""
    return ClipDigest.objects.filter(seen_at__lt=timezone.now() - REMEMBER_FOR).delete()[0]


def _moments(hashes: Sequence[int]) -> set[bytes]:
    changing = [value for value, _ in groupby(hashes)]
    pairs = {one.to_bytes(8, "big") + other.to_bytes(8, "big") for one, other in pairwise(changing)}
    digests = (keyed_digest(Use.CLIP, _EVERY_PROGRAMME, pair) for pair in pairs)
    return {digest for digest in digests if digest[0] < _KEPT_BELOW}
