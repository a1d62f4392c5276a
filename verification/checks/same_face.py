"""Do all live images show one person?"""

from __future__ import annotations

from itertools import combinations

from .bands import Bands
from .evidence import Evidence
from .match import cosine
from .reasons import Reason
from .results import Band, CheckResult
from .scales import Scale

SAME_FACE = Scale("same_face", "cosine", -1, 1, Reason.FACES_DIFFER_BETWEEN_IMAGES)


def same_face(evidence: Evidence, bands: Bands) -> CheckResult:
    """The lowest cosine between any two live images. A single one agrees with itself: it passes without a score."""
    model = evidence.model("embedder")
    if len(evidence.live) == 1 and evidence.live[0].face:
        return SAME_FACE.result(Band.PASS, None, None, model)
    embeddings = [evidence.embedding(image) for image in evidence.live]
    return SAME_FACE.worst([cosine(one, other) for one, other in combinations(embeddings, 2)], bands, model)
