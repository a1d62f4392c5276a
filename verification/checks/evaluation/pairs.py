"""FMR, FNMR and FTA of the match check on labelled pairs of images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verification.checks.bands import Bands
from verification.checks.evidence import Evidence
from verification.checks.match import cosine
from verification.checks.reasons import Reason

from .acquire import has_bystander, refusals
from .rates import Rate
from .tables import BadList, Pair

if TYPE_CHECKING:
    from verification.checks.engines.bundle import Engines
    from verification.checks.engines.shapes import Embedding

FMR_TARGET, FNMR_TARGET = 1e-4, 0.03


@dataclass(frozen=True, slots=True)
class Sample:
    """What is kept of one image: its embedding where there is a face, and why it would be refused."""

    embedding: Embedding | None
    refused: tuple[Reason, ...]
    bystander: bool


@dataclass(frozen=True, slots=True)
class MatchReport:
    """Rates at the threshold from which a match passes. FMR and FNMR leave out pairs with a refused image."""

    threshold: float
    false_match: Rate
    false_non_match: Rate
    failure_to_acquire: Rate
    refused: Mapping[Reason, int]
    bystanders: Rate
    mated_not_passed: Rate
    """Mated pairs that a machine would not pass, by refusal or by score: what people would have to look at."""

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "threshold": self.threshold,
            "mated": self.false_non_match.trials,
            "non_mated": self.false_match.trials,
            "fmr": self.false_match.value,
            "fmr_upper95": self.false_match.upper95,
            "fmr_enough_data": self.false_match.can_show(FMR_TARGET),
            "fnmr": self.false_non_match.value,
            "fnmr_upper95": self.false_non_match.upper95,
            "fnmr_enough_data": self.false_non_match.can_show(FNMR_TARGET),
            "fta": self.failure_to_acquire.value,
            "images": self.failure_to_acquire.trials,
            "refused": {reason.value: count for reason, count in sorted(self.refused.items())},
            "more_than_one_face": self.bystanders.value,
            "mated_not_passed": self.mated_not_passed.value,
        }


def evaluate_pairs(
    pairs: Sequence[Pair],
    images: Path,
    engines: Engines,
    bands: Mapping[str, Bands],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> MatchReport:
    """Every image is examined once, every pair compared once. Raises BadList for an image that is not there."""
    names = sorted({name for pair in pairs for name in (pair.reference, pair.probe)})
    samples = {}
    for done, name in enumerate(names, 1):
        samples[name] = _sample(images / name, engines, bands)
        progress(done, len(names))
    return _report(pairs, samples, bands["match"].pass_from)


def _sample(file: Path, engines: Engines, bands: Mapping[str, Bands]) -> Sample:
    if not file.is_file():
        raise BadList(f"the image {file.name} is not in {file.parent}")
    try:
        image = engines.examine("reference", file.read_bytes())
    except ValueError:
        return Sample(None, (Reason.CHECK_ERROR,), bystander=False)
    evidence = Evidence(image, (), engines)
    return Sample(evidence.embedding(image), refusals(evidence, bands), has_bystander(evidence, bands))


def _report(pairs: Sequence[Pair], samples: Mapping[str, Sample], threshold: float) -> MatchReport:
    compared = [(pair.mated, _passes(pair, samples, threshold)) for pair in pairs if _acquired(pair, samples)]
    mated = [passed for is_mated, passed in compared if is_mated]
    non_mated = [passed for is_mated, passed in compared if not is_mated]
    all_mated = sum(pair.mated for pair in pairs)
    return MatchReport(
        threshold,
        Rate(sum(non_mated), len(non_mated)),
        Rate(len(mated) - sum(mated), len(mated)),
        Rate(sum(bool(sample.refused) for sample in samples.values()), len(samples)),
        Counter(reason for sample in samples.values() for reason in sample.refused),
        Rate(sum(sample.bystander for sample in samples.values()), len(samples)),
        Rate(all_mated - sum(mated), all_mated),
    )


def _acquired(pair: Pair, samples: Mapping[str, Sample]) -> bool:
    return not samples[pair.reference].refused and not samples[pair.probe].refused


def _passes(pair: Pair, samples: Mapping[str, Sample], threshold: float) -> bool:
    score = cosine(samples[pair.reference].embedding, samples[pair.probe].embedding)
    return score is not None and score >= threshold
