"""Why a submission was not taken. Nothing of it is kept, and its idempotency key stays free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stable code, the field it is about (`live[3]` for the fourth live image), and a sentence for people."""

    code: str
    field: str
    sentence: str


class RefusedIntake(Exception):
    """One refusal or several; `code`, `field` and `sentence` are those of the first. Never holds what was sent."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(", ".join(f"{refusal.field}: {refusal.code}" for refusal in refusals))
        self.refusals = refusals

    @classmethod
    def one(cls, code: str, field: str, sentence: str) -> Self:
        return cls((Refusal(code, field, sentence),))

    @property
    def code(self) -> str:
        return self.refusals[0].code

    @property
    def field(self) -> str:
        return self.refusals[0].field

    @property
    def sentence(self) -> str:
        return self.refusals[0].sentence


class IdempotencyConflict(Exception):
    """The key was used before for another request."""


class NotNow(Exception):
    """Nothing is wrong with the submission; this machine cannot take it at the moment. Trying again is safe."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
