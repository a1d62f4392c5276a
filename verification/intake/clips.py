"""A person's clip comes in: judged against its challenge, decoded in the cage, sealed; or refused without a trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.utils import timezone

from verification import tasks
from verification.audit import attempts
from verification.audit.events import SUBJECT, Event
from verification.capture import doors, endings, judging, memory
from verification.capture.consents import agreed
from verification.capture.models import CaptureSession, Challenge
from verification.cases.lifecycle import LostRace, advance
from verification.cases.pseudonyms import Use, keyed_digest
from verification.cases.states import CaseStatus
from verification.checks.clips import Clip, pack
from verification.vault import objects, store

from .images import DecodersBusyError
from .refused import NotNow
from .video import RefusedClip, normalise_clip


@dataclass(frozen=True, slots=True)
class Upload:
    """What the page sent, as it was sent: the nonce, the clip's file, and the page's own times as JSON text."""

    nonce: str
    clip: bytes = field(repr=False)
    timings: str = "{}"


class ClipNotTaken(Exception):
    """The clip itself was refused. The same challenge may be answered again while its time lasts."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


def receive(session: CaptureSession, upload: Upload) -> bool:
    """Take the answer to a challenge. False when this very answer was taken before, which is no fault.

    Raises `doors.Closed`, `judging.AnswerRefused`, `ClipNotTaken`, `NotNow`; after any of them nothing is stored of it.
    """
    digest = keyed_digest(Use.UPLOAD, session.case.programme_id, session.pk.bytes + upload.clip)
    if _taken_before(session, upload.nonce, digest):
        return False
    if not agreed(session):
        _insist_not_ended(session)
        raise doors.Closed("no_consent")
    challenge = judging.challenge_for(session, upload.nonce)
    timings = judging.Timings.of_text(upload.timings)
    judging.insist_answer_fits(session, challenge, timings, timezone.now())
    _insist_not_ended(session)
    clip = _normalised(session, upload.clip)
    facts = challenge.facts | {"timings": timings.as_facts(), "seen_before": memory.seen_before(clip.digests)}
    try:
        _record(session, challenge, digest, facts, clip)
    except objects.StorageFailed:
        raise NotNow("storage_unavailable", "The recording could not be stored; try again in a moment.") from None
    except LostRace:
        # Another tab sent the same answer a moment before, or the person ended the session meanwhile.
        if _taken_before(session, upload.nonce, digest):
            return False
        raise doors.Closed("ended") from None
    return True


def _insist_not_ended(session: CaptureSession) -> None:
    """The session's time ends its drawing; an answer is held to its challenge's time instead. Raises `Closed`."""
    doors.insist_open(session, now=session.created_at)


def _taken_before(session: CaptureSession, nonce: str, digest: bytes) -> bool:
    """Whether a lost answer is asked for again: the same bytes under the same nonce of the same session."""
    return session.challenges.filter(nonce_digest=doors.digest_of(nonce), answer_digest=digest).exists()


def _normalised(session: CaptureSession, data: bytes) -> Clip:
    try:
        result = normalise_clip(data)
    except DecodersBusyError:
        raise NotNow("decoders_busy", "Too many recordings arrive at once; try again in a moment.") from None
    if isinstance(result, RefusedClip):
        refuse(session, result.code.value)
        raise ClipNotTaken(result.code.value, result.sentence)
    return result


@transaction.atomic
def refuse(session: CaptureSession, code: str) -> None:
    """Say on the record, and to the relying party, that a clip was not taken."""
    CaptureSession.objects.filter(pk=session.pk).update(refusal=code)
    attempts.refused(Event.CAPTURE_REFUSED, actor=SUBJECT, case_id=session.case_id, reason=code)


@transaction.atomic
def _record(session: CaptureSession, challenge: Challenge, digest: bytes, facts: dict[str, object], clip: Clip) -> None:
    """Challenge, case, session, memory and the sealed clip, all or nothing; the bell is rung once it is durable.

    Raises `LostRace` when the challenge was used or the case moved meanwhile. Sealing comes last.
    """
    now = timezone.now()
    unused = Challenge.objects.filter(pk=challenge.pk, used_at__isnull=True)
    if not unused.update(used_at=now, answer_digest=digest, facts=facts):
        raise LostRace("The challenge was answered.")
    advance(session.case, CaseStatus.RECEIVED, actor=SUBJECT, captured_at=now)
    endings.end(session.case_id, CaptureSession.End.CAPTURED, actor=SUBJECT)
    memory.remember(clip.digests)
    store.seal_capture(session.case_id, pack(clip), actor=SUBJECT)
    transaction.on_commit(partial(tasks.ring, str(session.case_id)))
