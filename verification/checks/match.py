"""Is the person in the live images the person in the reference?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bands import Bands
from .evidence import Evidence
from .reasons import Reason
from .results import CheckResult
from .scales import Scale

if TYPE_CHECKING:
    from .engines.shapes import Embedding, Examined

MATCH = Scale("match", "cosine", -1, 1, Reason.DIFFERENT_PERSON, unclear=Reason.MATCH_UNCLEAR)


def match(evidence: Evidence, bands: Bands) -> CheckResult:
    """The cosine between the reference and the best live image.

    The best is the most frontal, chosen without looking at the reference: choosing the most similar one would give an
    impostor as many tries as there are images.
    """
    best = min(evidence.live, key=turned_away)
    score = cosine(evidence.embedding(evidence.reference), evidence.embedding(best))
    return MATCH.worst([score], bands, evidence.model("embedder"))


def turned_away(image: Examined) -> float:
    """How far the face is from looking straight at the camera, in degrees; a face without a pose comes last."""
    return abs(image.pose.yaw) + abs(image.pose.roll) if image.pose else 1000.0


def cosine(one: Embedding | None, other: Embedding | None) -> float | None:
    """The cosine of two unit embeddings, -1..1, or None where there is nothing to compare."""
    if one is None or other is None:
        return None
    return min(1.0, max(-1.0, float(one @ other)))
