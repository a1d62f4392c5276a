"""Wider views in words: what each tier shows and who must agree, how a request stands, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass

from verification.access.rules import Denied, Ruling
from verification.wider.models import Tier, WiderView
from verification.wider.waiting import OwnView

from .words import duration

SHOWS = {
    Tier.FACE_AND_NECK: "The face with the neck below it, on grey. Nothing beside or behind it.",
    Tier.FRAME: "Everything the camera stored, uncut: clothes, the room, other people.",
}
AGREES = {
    Tier.FACE_AND_NECK: "One other person must agree: a senior reviewer or a risk officer.",
    Tier.FRAME: "Two other people must agree, one of them a risk officer.",
}

_ENDED = {
    WiderView.End.REFUSED: "Refused. Decide without it, or ask again and say more about why.",
    WiderView.End.UNANSWERED: "Nobody answered within five minutes. You can ask again.",
    WiderView.End.WITHDRAWN: "You withdrew the request. Nothing was shown.",
    WiderView.End.CLAIM_ENDED: "It ended with your time on this case.",
    WiderView.End.MINUTE_OVER: "Its minute is over, and the picture is destroyed.",
    WiderView.End.NOT_RENDERED: "It could not be drawn, so nothing was shown: the capture has no face that could be "
    "outlined, or cannot be read.",
    WiderView.End.NOTHING_WIDER: "This capture holds nothing wider, so nothing was shown.",
    WiderView.End.NOT_ALLOWED: "It is not allowed any more: the programme or your role has changed. Nothing is kept.",
}
_OUTCOMES = {
    WiderView.End.REFUSED: "Refused",
    WiderView.End.UNANSWERED: "Not answered in time",
    WiderView.End.WITHDRAWN: "Withdrawn by the asker",
    WiderView.End.CLAIM_ENDED: "Ended with the asker’s claim",
    WiderView.End.MINUTE_OVER: "Its minute passed",
    WiderView.End.NOT_RENDERED: "Could not be drawn",
    WiderView.End.NOTHING_WIDER: "The capture holds nothing wider",
    WiderView.End.NOT_ALLOWED: "No longer allowed",
}


@dataclass(frozen=True, slots=True)
class TierChoice:
    """One tier in the dialogue: `closed` is why it cannot be asked for, or empty."""

    value: int
    label: str
    shows: str
    agrees: str
    closed: str


def tier_choices(rulings: dict[Tier, Ruling]) -> list[TierChoice]:
    return [TierChoice(tier.value, tier.label, SHOWS[tier], AGREES[tier], _why(rulings[tier])) for tier in Tier]


def nothing_to_ask(rulings: dict[Tier, Ruling]) -> str:
    """Why no tier can be asked for, in the words of the narrowest; empty where one can."""
    return "" if any(rulings.values()) else _why(rulings[Tier.FACE_AND_NECK])


def _why(ruling: Ruling) -> str:
    return ruling.sentence if isinstance(ruling, Denied) else ""


def how_it_stands(own: OwnView) -> str:
    """One sentence for the asker's page, written anew each second."""
    state = WiderView.State(own.state)
    if state is WiderView.State.ASKED:
        return _asked(own)
    if state is WiderView.State.APPROVED:
        return "Agreed. The picture is being drawn."
    if state is WiderView.State.READY:
        return f"Ready for {duration(own.seconds_left)}, for one look."
    if state is WiderView.State.SEEN:
        return f"Seen. It may stay open for {duration(own.seconds_left)}."
    if own.end == WiderView.End.MINUTE_OVER and own.view.seen_at is None:
        return "Nobody opened it in its minute, and it is destroyed. You can ask again."
    return _ENDED[WiderView.End(own.end)]


def _asked(own: OwnView) -> str:
    left = own.needed - own.agreed
    others = "one other person" if left == 1 else f"{left} other people"
    so_far = f", {own.agreed} of {own.needed} have agreed" if own.agreed else ""
    return (
        f"Asked {duration(own.seconds_since)} ago{so_far}; waiting for {others}, {duration(own.seconds_left)} at most."
    )


def outcome(view: WiderView) -> str:
    """What became of a request, for those who answer them."""
    if view.state != WiderView.State.ENDED:
        return {"approved": "Being drawn", "ready": "Ready to be seen", "seen": "Seen"}.get(view.state, "Over")
    if view.seen_at is not None:
        return "Seen, and destroyed"
    if view.end == WiderView.End.MINUTE_OVER:
        return "Never opened, and destroyed"
    return _OUTCOMES[WiderView.End(view.end)]
