"""`manage.py trace_leak FILE`: which look a leaked picture came from. Exit code 0 found, 1 not found, 2 not read."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from verification.audit.events import OPERATOR
from verification.intake.containers import MAX_BYTES
from verification.leaks.trace import CannotTrace, Traced, TracedLook, trace
from verification.review.tracing.look import NoTraceKey

NO_MARK = "No mark found."
UNKNOWN = (
    "A mark of this installation's key, but no entry of the log fits it: the log was rewritten or set back, "
    "or another installation shares the key. Nobody is named."
)


class Command(BaseCommand):
    help = (
        "Say which look a leaked picture came from, and how clear its mark is. An earlier TRACE_KEY reads older marks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a JPEG, PNG or WebP picture of at most 10 MB; it is only read")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            traced = trace(_read(options["file"]), actor=OPERATOR)
        except (CannotTrace, NoTraceKey) as problem:
            raise CommandError(getattr(problem, "sentence", str(problem)), returncode=2) from None
        self.stdout.write(_as_json(traced) if options["json"] else _as_sentences(traced))
        if not traced.looks:
            raise SystemExit(1)


def _read(path: Path) -> bytes:
    """One byte more than a picture may have says that it is too large, however large it is."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from None


def _as_json(traced: Traced) -> str:
    looks = [
        {"entry": look.line.id, "clear_percent": look.clear_percent} | json.loads(look.line.body)
        for look in traced.looks
    ]
    return json.dumps({"result": traced.result.value, "looks": looks, "unknown": traced.unknown})


def _as_sentences(traced: Traced) -> str:
    said = [_sentence(look) for look in traced.looks] + [UNKNOWN] * bool(traced.unknown)
    return "\n".join(said) or NO_MARK


def _sentence(look: TracedLook) -> str:
    line = look.line
    facts = ", ".join(f"{name} {value}" for name, value in line.facts)
    return (
        f"FOUND: entry {line.id}, {line.at:%Y-%m-%d %H:%M:%S %Z}: {line.headline.lower()} by {line.actor.name} "
        f"({line.actor.what}, {line.actor_id}), case {line.case_id}, {facts}. "
        f"{look.clear_percent} % of the mark came through; its check holds and it fits the entry."
    )
