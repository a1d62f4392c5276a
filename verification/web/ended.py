"""Why a claim is over, in words for the reviewer who held it."""

from __future__ import annotations

from verification.review.models import Claim

_SENTENCES = {
    Claim.End.DECIDED: "You have answered this case.",
    Claim.End.RELEASED: "You gave this case back. It waits for the next reviewer.",
    Claim.End.SKIPPED: "You skipped this case. It waits for the next reviewer, and not for you for a while.",
    Claim.End.HELD: "You put this case aside. It comes back to you before anybody else.",
    Claim.End.HANDED_OVER: "You handed this case over. It waits for whom you chose.",
    Claim.End.EXPIRED: "Your time with this case is over. It waits for the next reviewer.",
    Claim.End.ABANDONED: "This page was not heard of for a minute, so the case went back to the queue.",
    Claim.End.ROLE_TAKEN: "Your role no longer includes reviewing.",
    Claim.End.OWN_ENROLMENT: "This case is no longer yours: it may be about yourself, as an administrator noted.",
    Claim.End.CASE_CLOSED: "This case was closed while you had it: erased on request, or out of time.",
}


def sentence_for(reason: str) -> str:
    return _SENTENCES[Claim.End(reason)]
