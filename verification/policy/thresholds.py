"""The policy: which scores pass, frozen and versioned. A change of any number is a new version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from verification.checks.bands import Bands

EMBEDDER = "sface-2021dec+fr-feature"


@dataclass(frozen=True, slots=True)
class Policy:
    """Bands for every check that a case must pass; a check without bands here is not part of the judgement."""

    id: str
    version: int
    bands: Mapping[str, Bands]

    @property
    def digest(self) -> str:
        """SHA-256 of the policy's content, so that a name can never stand for two sets of numbers."""
        content = {name: asdict(bands) for name, bands in sorted(self.bands.items())}
        text = json.dumps({"id": self.id, "version": self.version, "bands": content}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def name(self) -> str:
        """Id, version and the start of the digest, as it is stored with each case."""
        return f"{self.id}-{self.version}-{self.digest[:12]}"


POLICY = Policy(
    id="enrolment",
    version=1,
    bands=MappingProxyType(
        {
            "one_face": Bands(fail_below=1, pass_from=1, pass_to=1, fail_above=1),
            "size": Bands(fail_below=12, pass_from=24),
            "sharpness": Bands(fail_below=15, pass_from=40),
            "exposure": Bands(fail_below=35, pass_from=55, pass_to=195, fail_above=225),
            "pose": Bands(pass_to=45, fail_above=60),
            "detection": Bands(fail_below=0.6, pass_from=0.85, model="yunet-2023mar"),
            "liveness": Bands(fail_below=0.15, pass_from=0.6, model="fr-liveness"),
            "match": Bands(fail_below=0.28, pass_from=0.415, model=EMBEDDER),
            "same_face": Bands(fail_below=0.28, pass_from=0.415, model=EMBEDDER),
        }
    ),
)
"""The policy in force."""
