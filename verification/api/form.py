"""Reading a submission from multipart/form-data, strictly: each field once, of its kind, and no other field."""

from __future__ import annotations

from collections.abc import Iterator

from rest_framework.request import Request

from verification.intake.refused import Refusal, RefusedIntake
from verification.intake.submit import Submission

from .problems import ApiError, Problem

TEXTS = ("kind", "subject_ref", "consent")
FILES = ("reference", "live")
ONCE = ("kind", "subject_ref", "consent", "reference")
# What the decoder puts in place of bytes that are not UTF-8.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNREADABLE_NAME = "?"


def read_submission(request: Request) -> Submission:
    """Raises `RefusedIntake` naming every field that is wrong; oversized bodies and media types raise on the way."""
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        detail = "Send the length of the body; chunked transfer is not read."
        raise ApiError(Problem(411, "length_required", "Length required", detail))
    refusals = tuple(_refusals(request))
    if refusals:
        raise RefusedIntake(refusals)
    return Submission(
        kind=request.POST["kind"],
        subject_ref=request.POST["subject_ref"],
        consent=request.POST["consent"],
        reference=request.FILES["reference"].read(),
        live=tuple(upload.read() for upload in request.FILES.getlist("live")),
    )


def _refusals(request: Request) -> Iterator[Refusal]:
    for name in sorted({*request.POST, *request.FILES} - {*TEXTS, *FILES}):
        yield Refusal("unknown_field", _printable(name), "This field is not part of a submission.")
    for name in TEXTS:
        yield from _wrong_text(request, name)
    for name in FILES:
        yield from _wrong_file(request, name)
    for name in ONCE:
        if len(request.POST.getlist(name)) > 1 or len(request.FILES.getlist(name)) > 1:
            yield Refusal("repeated_field", name, f"{name} is sent more than once.")


def _wrong_text(request: Request, name: str) -> Iterator[Refusal]:
    if name in request.FILES:
        yield Refusal("text_expected", name, f"Send {name} as text, not as a file.")
    elif name not in request.POST:
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
