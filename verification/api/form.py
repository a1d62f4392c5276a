"""Reading a submission from multipart/form-data, strictly: each field once, of its kind, and no other field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rest_framework.request import Request

from verification.intake.refused import Refusal, RefusedIntake
from verification.intake.sessions import Wanted
from verification.intake.submit import Submission

from .problems import ApiError, Problem


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one kind of request. Every one is required, save those that may be missing; `many` may repeat."""

    texts: tuple[str, ...]
    files: tuple[str, ...]
    many: frozenset[str] = frozenset()
    may_miss: frozenset[str] = frozenset()


CASE = Form(("kind", "subject_ref", "consent"), ("reference", "live"), many=frozenset({"live"}))
SESSION = Form(("kind", "subject_ref", "locale", "return_url"), ("reference",), may_miss=frozenset({"return_url"}))
# What the decoder puts in place of bytes that are not UTF-8.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNREADABLE_NAME = "?"


def read_submission(request: Request) -> Submission:
    """Raises `RefusedIntake` naming every field that is wrong; oversized bodies and media types raise on the way."""
    _insist(request, CASE)
    return Submission(
        kind=request.POST["kind"],
        subject_ref=request.POST["subject_ref"],
        consent=request.POST["consent"],
        reference=request.FILES["reference"].read(),
        live=tuple(upload.read() for upload in request.FILES.getlist("live")),
    )


def read_session_request(request: Request) -> Wanted:
    """Raises as `read_submission` does."""
    _insist(request, SESSION)
    return Wanted(
        kind=request.POST["kind"],
        subject_ref=request.POST["subject_ref"],
        locale=request.POST["locale"],
        return_url=request.POST.get("return_url", ""),
        reference=request.FILES["reference"].read(),
    )


def _insist(request: Request, form: Form) -> None:
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        detail = "Send the length of the body; chunked transfer is not read."
        raise ApiError(Problem(411, "length_required", "Length required", detail))
    refusals = tuple(_refusals(request, form))
    if refusals:
        raise RefusedIntake(refusals)


def _refusals(request: Request, form: Form) -> Iterator[Refusal]:
    fields = (*form.texts, *form.files)
    for name in sorted({*request.POST, *request.FILES}.difference(fields)):
        yield Refusal("unknown_field", _printable(name), "This field is not part of a submission.")
    for name in form.texts:
        yield from _wrong_text(request, name, form)
    for name in form.files:
        yield from _wrong_file(request, name)
    for name in fields:
        if name in form.many:
            continue
        if len(request.POST.getlist(name)) > 1 or len(request.FILES.getlist(name)) > 1:
            yield Refusal("repeated_field", name, f"{name} is sent more than once.")


def _wrong_text(request: Request, name: str, form: Form) -> Iterator[Refusal]:
    if name in request.FILES:
        yield Refusal("text_expected", name, f"Send {name} as text, not as a file.")
    elif name not in request.POST:
        if name not in form.may_miss:
            yield Refusal("missing_field", name, f"{name} is missing.")
    elif REPLACEMENT in request.POST[name]:
        yield Refusal("text_not_utf8", name, f"{name} is not UTF-8 text.")


def _wrong_file(request: Request, name: str) -> Iterator[Refusal]:
    if name in request.POST:
        yield Refusal("file_expected", name, f"Send {name} as a file, with a file name.")
    elif name not in request.FILES:
        yield Refusal("missing_field", name, f"{name} is missing.")


def _printable(name: str) -> str:
    """A field's name as it may stand in an answer: short and plain, or not at all."""
    return name if name.isascii() and name.isprintable() and len(name) <= 40 else _UNREADABLE_NAME
