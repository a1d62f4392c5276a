"""A capture session begins at the request of a relying party, and ends here when the person takes another way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4

import rfc8785
from django.db import IntegrityError, transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SUBJECT, Actor, Event
from verification.capture import doors, endings
from verification.capture.consents import notice_version
from verification.capture.models import CaptureSession, Locale
from verification.cases.lifecycle import LostRace, advance, begin
from verification.cases.models import ApiKey, Case, IdempotencyRecord
from verification.cases.programme_settings import ready_for_captures
from verification.cases.pseudonyms import Use, keyed_digest, subject_pseudonym
from verification.cases.states import CapturedBy, CaseStatus, Outcome
from verification.retention.erase import destroy_media
from verification.vault import objects, store

from .images import DecodersBusyError, RefusedImage, normalise_images
from .refused import NotNow, Refusal, RefusedIntake
from .repeats import case_made_before, wrong_key, wrong_kind_or_subject

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a relying party asks for, as it was sent. `reference` is a file of unknown content."""

    kind: str
    subject_ref: str
    locale: str
    return_url: str
    reference: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Started:
    """The session, and whether an earlier request had made it already; or until when the subject is left alone."""

    session: CaptureSession | None
    repeated: bool = False
    other_way_until: str | None = None


def start(api_key: ApiKey, idempotency_key: str, wanted: Wanted) -> Started:
    """Make a session whose case waits for its capture, with the reference sealed.

    Raises `RefusedIntake`, `IdempotencyConflict`, `NotNow`; after any of them nothing is stored.
    """
    refusals = (*wrong_key(idempotency_key), *_wrong_fields(api_key, wanted))
    if refusals:
        raise RefusedIntake(refusals)
    digest = _request_digest(api_key, wanted)
    known = case_made_before(api_key, idempotency_key, digest)
    if known:
        return Started(known.capture, repeated=True)
    subject = subject_pseudonym(api_key.programme_id, wanted.subject_ref)
    until = endings.other_way_until(subject, api_key.programme_id)
    if until:
        return Started(None, other_way_until=until)
    reference = _normalised(wanted.reference)
    try:
        return Started(_record(api_key, idempotency_key, digest, subject, wanted, reference))
    except objects.StorageFailed:
        raise NotNow("storage_unavailable", "The image could not be stored; try again in a moment.") from None
    except IntegrityError:
        # The same request at the same moment: the other one was first, and its case is the answer to both.
        known = case_made_before(api_key, idempotency_key, digest)
        if known is None:
            raise
        return Started(known.capture, repeated=True)


def choose(session: CaptureSession, choice: str, *, cookie: str, embedded: bool = False) -> str | None:
    """The person's first answer. Binds the session to their browser; returns its cookie when that is new.

    Raises `doors.Closed`: why the session does not go on, or `unknown_choice`.
    """
    if choice not in CaptureSession.Choice.values:
        raise doors.Closed("unknown_choice")
    fresh = doors.bind(session, cookie=cookie, embedded=embedded)
    if choice == CaptureSession.Choice.OTHER_WAY:
        take_other_way(session)
    else:
        choose_camera(session)
    return fresh


@transaction.atomic
def choose_camera(session: CaptureSession) -> None:
    """Raises `doors.Closed`."""
    doors.insist_open(session)
    if session.chosen != CaptureSession.Choice.CAMERA:
        _note_choice(session, CaptureSession.Choice.CAMERA)


def take_other_way(session: CaptureSession) -> None:
    """End the session without a face byte: the reference is destroyed, the relying party reads `other_way`.

    Safe to repeat. Raises `doors.Closed` when the session ended otherwise before.
    """
    if session.end == CaptureSession.End.OTHER_WAY:
        return
    doors.insist_open(session)
    try:
        with transaction.atomic():
            advance(session.case, CaseStatus.OTHER_WAY, actor=SUBJECT, outcome=Outcome.OTHER_WAY)
            _note_choice(session, CaptureSession.Choice.OTHER_WAY)
            endings.end(session.case_id, CaptureSession.End.OTHER_WAY, actor=SUBJECT)
            destroy_media(session.case_id, actor=SUBJECT, reason="other_way")
    except LostRace:
        raise doors.Closed("ended") from None
    session.refresh_from_db()


def _note_choice(session: CaptureSession, choice: CaptureSession.Choice) -> None:
    session.chosen = choice
    session.save(update_fields=["chosen"])
    log.record(Event.CAPTURE_CHOSEN, actor=SUBJECT, case_id=session.case_id, choice=choice.value)


def _wrong_fields(api_key: ApiKey, wanted: Wanted) -> Iterator[Refusal]:
    programme = api_key.programme
    if not ready_for_captures(programme):
        sentence = "An administrator must first write this programme's other way and who may look at a picture."
        yield Refusal("programme_not_ready", "programme", sentence)
    yield from wrong_kind_or_subject(wanted.kind, wanted.subject_ref)
    if wanted.locale not in Locale.values:
        yield Refusal("unknown_locale", "locale", f"The locales are: {', '.join(Locale.values)}.")
    if wanted.return_url and wanted.return_url not in programme.return_urls:
        sentence = "return_url must be one of the programme's addresses, character for character."
        yield Refusal("return_url_not_listed", "return_url", sentence)


def _request_digest(api_key: ApiKey, wanted: Wanted) -> bytes:
    canonical = rfc8785.dumps(
        {
            "capture_session": True,
            "kind": wanted.kind,
            "locale": wanted.locale,
            "reference": sha256(wanted.reference).hexdigest(),
            "return_url": wanted.return_url,
            "subject_ref": wanted.subject_ref,
        }
    )
    return keyed_digest(Use.REQUEST, api_key.programme_id, canonical)


def _normalised(reference: bytes) -> bytes:
    """The reference, decoded and encoded anew. Raises `RefusedIntake`, `NotNow`."""
    try:
        (result,) = normalise_images([reference])
    except DecodersBusyError:
        raise NotNow("decoders_busy", "Too many submissions arrive at once; try again in a moment.") from None
    if isinstance(result, RefusedImage):
        raise RefusedIntake.one(result.code.value, REFERENCE, result.sentence)
    return result.data


@transaction.atomic
def _record(
    api_key: ApiKey, idempotency_key: str, digest: bytes, subject: str, wanted: Wanted, reference: bytes
) -> CaptureSession:
    """Case, session, idempotency record, audit entries and the sealed reference, all or nothing; sealing comes last."""
    actor = Actor.relying_party(api_key.pk)
    programme = api_key.programme
    case = begin(
        programme=programme, kind=wanted.kind, status=CaseStatus.AWAITING_CAPTURE, captured_by=CapturedBy.CAPTURE_PAGE,
        subject=subject, notice_version=notice_version(programme), scopes=[], live_images=0,
    )  # fmt: skip
    IdempotencyRecord.objects.create(programme=programme, key=idempotency_key, request_digest=digest, case=case)
    session = _session(case, wanted)
    log.record(
        Event.CASE_RECEIVED, actor=actor, case_id=case.pk, programme=str(programme.pk), kind=case.kind,
        images=1, notice_version=case.notice_version, scopes=[],
    )  # fmt: skip
    log.record(
        Event.CAPTURE_REQUESTED, actor=actor, case_id=case.pk, programme=str(programme.pk), locale=session.locale
    )
    store.seal_frames(case.pk, {REFERENCE: reference}, actor=actor)
    return session


def _session(case: Case, wanted: Wanted) -> CaptureSession:
    session_id, now = uuid4(), timezone.now()
    token = doors.token_of(case.programme_id, session_id)
    return CaptureSession.objects.create(
        id=session_id, case=case, token_digest=doors.digest_of(token), locale=wanted.locale,
        return_url=wanted.return_url, created_at=now, expires_at=now + doors.OPEN_FOR,
    )  # fmt: skip
