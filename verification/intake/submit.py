"""One submission becomes one case: checked, decoded, sealed and recorded, or refused without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

import rfc8785
from django.db import IntegrityError, transaction

from verification import tasks
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.lifecycle import begin
from verification.cases.models import ApiKey, Case, IdempotencyRecord
from verification.cases.pseudonyms import Use, keyed_digest, subject_pseudonym
from verification.vault import objects, store

from .consent import Consent, parse_consent
from .images import DecodersBusyError, NormalisedImage, RefusedImage, normalise_images
from .refused import NotNow, Refusal, RefusedIntake
from .repeats import case_made_before, wrong_key, wrong_kind_or_subject

MAX_LIVE_IMAGES = 10
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Submission:
    """What a relying party sent, as it was sent. `consent` is JSON text; images are files of unknown content."""

    kind: str
    subject_ref: str
    consent: str
    reference: bytes = field(repr=False)
    live: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The case, and whether an earlier request had made it already."""

    case: Case
    repeated: bool


def submit(api_key: ApiKey, idempotency_key: str, submission: Submission) -> Submitted:
    """Take a submission. When this returns, the case is durable, whatever becomes of the broker.

    Raises `RefusedIntake`, `IdempotencyConflict`, `NotNow`; after any of them nothing is stored and the idempotency
    key stays free.
    """
    consent = _read(idempotency_key, submission)
    digest = _request_digest(api_key, submission, consent)
    known = _answered_before(api_key, idempotency_key, digest)
    if known:
        return known
    images = _normalised(submission)
    try:
        return Submitted(_record(api_key, idempotency_key, digest, submission, consent, images), repeated=False)
    except objects.StorageFailed:
        raise NotNow("storage_unavailable", "The images could not be stored; try again in a moment.") from None
    except IntegrityError:
        # The same request at the same moment: the other one was first, and its case is the answer to both.
        known = _answered_before(api_key, idempotency_key, digest)
        if known is None:
            raise
        return known


def _read(idempotency_key: str, submission: Submission) -> Consent:
    """Everything that can be judged without decoding an image; all that is wrong is said at once."""
    refusals = [*wrong_key(idempotency_key), *_wrong_fields(submission)]
    try:
        consent = parse_consent(submission.consent)
    except RefusedIntake as refused:
        refusals += refused.refusals
    if refusals:
        raise RefusedIntake(tuple(refusals))
    return consent


def _wrong_fields(submission: Submission) -> Iterator[Refusal]:
    yield from wrong_kind_or_subject(submission.kind, submission.subject_ref)
    if not submission.live:
        yield Refusal("missing_field", "live", "Send at least one live image.")
    if len(submission.live) > MAX_LIVE_IMAGES:
        yield Refusal("too_many_live_images", "live", f"Send at most {MAX_LIVE_IMAGES} live images.")


def _request_digest(api_key: ApiKey, submission: Submission, consent: Consent) -> bytes:
    """Two requests are the same when every field means the same and every file is the same, byte for byte."""
    canonical = rfc8785.dumps(
        {
            "consent": {"notice_version": consent.notice_version, "scopes": list(consent.scopes)},
            "kind": submission.kind,
            "live": [sha256(image).hexdigest() for image in submission.live],
            "reference": sha256(submission.reference).hexdigest(),
            "subject_ref": submission.subject_ref,
        }
    )
    return keyed_digest(Use.REQUEST, api_key.programme_id, canonical)


def _answered_before(api_key: ApiKey, idempotency_key: str, digest: bytes) -> Submitted | None:
    """Raises `IdempotencyConflict`."""
    case = case_made_before(api_key, idempotency_key, digest)
    return Submitted(case, repeated=True) if case else None


def _normalised(submission: Submission) -> dict[str, bytes]:
    """The pictures by kind, decoded and encoded anew. Raises `RefusedIntake` naming those not taken, `NotNow`."""
    try:
        results = normalise_images([submission.reference, *submission.live])
    except DecodersBusyError:
        raise NotNow("decoders_busy", "Too many submissions arrive at once; try again in a moment.") from None
    places = [REFERENCE, *(f"live[{index}]" for index in range(len(submission.live)))]
    refusals = tuple(
        Refusal(result.code.value, place, result.sentence)
        for place, result in zip(places, results, strict=True)
        if isinstance(result, RefusedImage)
    )
    if refusals:
        raise RefusedIntake(refusals)
    kinds = [REFERENCE, *(f"live-{index}" for index in range(len(submission.live)))]
    return {
        kind: result.data for kind, result in zip(kinds, results, strict=True) if isinstance(result, NormalisedImage)
    }


@transaction.atomic
def _record(
    api_key: ApiKey, idempotency_key: str, digest: bytes, submission: Submission, consent: Consent,
    images: dict[str, bytes],
) -> Case:  # fmt: skip
    """Case, idempotency record, audit entry and sealed images, all or nothing; the bell is rung once it is durable.

    Raises `IntegrityError` when another request holds the idempotency key. Sealing comes last: until then nothing has
    been written outside the database, so a lost race leaves nothing behind. An object whose commit failed is an orphan
    that nobody can open, and the sweeper removes it by its age.
    """
    actor = Actor.relying_party(api_key.pk)
    case = begin(
        programme=api_key.programme,
        kind=submission.kind,
        subject=subject_pseudonym(api_key.programme_id, submission.subject_ref),
        notice_version=consent.notice_version,
        scopes=list(consent.scopes),
        live_images=len(submission.live),
    )
    IdempotencyRecord.objects.create(programme=api_key.programme, key=idempotency_key, request_digest=digest, case=case)
    log.record(
        Event.CASE_RECEIVED, actor=actor, case_id=case.pk, programme=str(api_key.programme_id), kind=case.kind,
        images=len(images), notice_version=consent.notice_version, scopes=list(consent.scopes),
    )  # fmt: skip
    store.seal_frames(case.pk, images, actor=actor)
    transaction.on_commit(partial(tasks.ring, str(case.pk)))
    return case
