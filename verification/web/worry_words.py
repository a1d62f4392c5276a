"""What the screens say about worries and holds: in words for people, and never a word of a picture."""

from __future__ import annotations

from verification.incidents.limits import PROVISIONAL
from verification.incidents.models import Incident, LegalHold
from verification.incidents.raising import Raised
from verification.incidents.telling import Told, Who
from verification.reports.wording import count

Kind, Outcome, State = Incident.Kind, Incident.Outcome, LegalHold.State

# What belongs to each kind, for somebody who has seconds to choose.
SIGNS: dict[str, str] = {
    Kind.NO_RESPONSE: "Eyes closed throughout, no answer to any prompt",
    Kind.SIGNS_OF_HARM: "Marks, blood, an injury",
    Kind.COERCION: "Somebody directs, holds or threatens them",
    Kind.UNDER_AGE: "A child or a youth",
    Kind.OTHER: "Say it in the sentence",
}

# Why nothing came of an answer to a hold, or of its release.
OVER: dict[str, str] = {
    State.IN_FORCE: "Somebody else has approved this hold already.",
    State.REFUSED: "Somebody else has refused this hold already.",
    State.RENEWED: "This hold was renewed; the renewal stands in its place.",
    State.RELEASED: "This hold was released already.",
    State.EXPIRED: "This hold has run out, so it can neither be approved nor released any more.",
}

ENDED: dict[str, str] = {
    State.REFUSED: "Refused",
    State.RENEWED: "Renewed",
    State.RELEASED: "Released",
    State.EXPIRED: "Ran out",
}

GONE = (
    "This case is not here any more, so nothing was raised: it was erased, or it was never yours. "
    "Tell a senior reviewer yourself what you saw."
)
TOO_LATE = (
    "Your time with this case ended more than ten minutes ago, so nothing was raised from here. "
    "Tell a senior reviewer yourself, with the case's short name."
)
NOTHING_LEFT = "The pictures are destroyed, or about to be. There is nothing left to hold."
ASKED_ALREADY = "A hold is asked for already and waits for a second person."
CLOSED_ALREADY = "This worry was closed meanwhile. Nothing was changed."
HOURS = int(PROVISIONAL.total_seconds() // 3600)


def said(raised: Raised) -> str:
    """What the reviewer reads after raising it, beside the time."""
    kept = "The pictures are kept." if raised.kept else "The pictures were destroyed before, so none could be kept."
    return f"{told(raised.told)} {kept}"


def told(told: Told) -> str:
    if told.who is Who.NOBODY:
        return "There is no senior reviewer to be told. Tell whoever is in charge yourself, now."
    if told.who is Who.RAISER_ALONE:
        return "You are the only senior reviewer, so it waits for you under Worries."
    if told.who is Who.ON_DUTY:
        if told.people == 1:
            return "The duty senior has been told."
        return f"The {told.people} seniors on duty have been told."
    seniors = count(told.people, "senior reviewer has", "senior reviewers have")
    return f"Nobody on duty could be told, so {'the' if told.people == 1 else 'all'} {_without_one(seniors)} been told."


def _without_one(seniors: str) -> str:
    return seniors.removeprefix("1 ")
