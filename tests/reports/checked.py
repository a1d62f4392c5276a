"""Cases whose checks found what a test wants them to have found, settled by the pipeline itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.factories import a_programme, a_received_case
from verification import pipeline
from verification.cases.models import Case, Programme
from verification.checks.models import StoredResult
from verification.checks.origin import ORIGIN
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import ORDER
from verification.policy.thresholds import RELYING_PARTY, Policy

SCALES = {scale.name: scale for scale, _ in ORDER} | {ORIGIN.name: ORIGIN}
GOOD: dict[str, float] = {
    "one_face": 1, "size": 90, "sharpness": 200, "exposure": 120, "pose": 5, "detection": 0.95, "liveness": 0.9,
    "match": 0.7, "same_face": 0.8, "origin": 1,
}  # fmt: skip


def results(*, broken: Iterable[str] = (), late: Iterable[str] = (), **scores: float) -> tuple[CheckResult, ...]:
    """What the checks of a relying party's images say of these scores; every score not given is a good one."""
    return tuple(_result(name, score, {*broken}, {*late}) for name, score in (GOOD | scores).items())


def _result(name: str, score: float, broken: set[str], late: set[str]) -> CheckResult:
    scale, bands = SCALES[name], RELYING_PARTY.bands[name]
    if name in broken | late:
        return scale.result(Band.ERROR, None, Reason.CHECK_TIMED_OUT if name in late else Reason.CHECK_ERROR)
    return scale.worst([score], bands, (bands.model, "ab" * 32 if bands.model else ""))


def a_checked_case(
    found: tuple[CheckResult, ...] = (), *, case: Case | None = None, programme: Programme | None = None,
    policy: Policy = RELYING_PARTY, at: datetime | None = None,
) -> Case:  # fmt: skip
    """A case as the worker leaves it that found this; settled `at` that time, or now."""
    case = case or a_received_case(programme or a_programme())
    examine = pipeline._examine
    pipeline._examine = lambda case: pipeline.Findings(found or results(), policy)
    try:
        pipeline.process_case(case.pk)
    finally:
        pipeline._examine = examine
    if at is not None:
        Case.objects.filter(pk=case.pk).update(settled_at=at)
    return Case.objects.get(pk=case.pk)


def copies(of: Case, number: int, **changes: object) -> list[Case]:
    """So many more cases with the same results, written in bulk."""
    found = list(StoredResult.objects.filter(case=of).values())
    kept = {field.attname: getattr(of, field.attname) for field in Case._meta.concrete_fields if field.name != "id"}
    made = Case.objects.bulk_create(Case(**(kept | changes)) for _ in range(number))
    StoredResult.objects.bulk_create(
        StoredResult(**{name: value for name, value in one.items() if name not in {"id", "case_id"}}, case=case)
        for case in made
        for one in found
    )
    return made
