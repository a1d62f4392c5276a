"""The same request twice makes one case: what an idempotency key may be, and what it was answered with before."""

from __future__ import annotations

from collections.abc import Iterator

from verification.cases.models import ApiKey, Case, IdempotencyRecord
from verification.cases.states import CaseKind

from .refused import IdempotencyConflict, Refusal

MAX_IDEMPOTENCY_KEY = 128
MAX_SUBJECT_REF = 128


def wrong_key(key: str) -> Iterator[Refusal]:
    where = "Idempotency-Key"
    if not key:
        sentence = "Send an Idempotency-Key, so that a repeat makes no second case."
        yield Refusal("idempotency_key_missing", where, sentence)
    elif len(key) > MAX_IDEMPOTENCY_KEY or not (key.isascii() and key.isprintable()):
        sentence = f"The Idempotency-Key must be at most {MAX_IDEMPOTENCY_KEY} printable ASCII characters."
        yield Refusal("idempotency_key_invalid", where, sentence)


def wrong_kind_or_subject(kind: str, subject_ref: str) -> Iterator[Refusal]:
    if kind not in set(CaseKind):
        yield Refusal("unknown_kind", "kind", f"The kinds of case are: {', '.join(CaseKind)}.")
    if not 1 <= len(subject_ref) <= MAX_SUBJECT_REF or not subject_ref.isprintable():
        sentence = f"subject_ref must be 1 to {MAX_SUBJECT_REF} printable characters that only you can read."
        yield Refusal("subject_ref_invalid", "subject_ref", sentence)


def case_made_before(api_key: ApiKey, idempotency_key: str, digest: bytes) -> Case | None:
    """Raises `IdempotencyConflict`. An erased case is still the answer: a repeat must not bring a person back."""
    records = IdempotencyRecord.objects.filter(programme_id=api_key.programme_id, key=idempotency_key)
    known = records.select_related("case__programme").first()
    if known is None:
        return None
    if bytes(known.request_digest) != digest:
        raise IdempotencyConflict
    return known.case
