"""What laws and standards ask, and which figure or page of ours answers: each line filled from data, or not measured.

The wording of each line is in the tables of `sentences`. Whether a law applies to an installation is for its lawyers:
the EU AI Act, for one, leaves one-to-one verification out of its list of high-risk biometrics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings

from verification.audit.models import Entry
from verification.incidents.models import Incident
from verification.policy.fusion import APCER, BPCER, FMR, FNMR

from . import agreements, assessments, cases, destroyed, filing, log_state, media, processing, worries
from .assessments import Standing
from .models import Counted
from .values import Value
from .window import Window

FMR_AT_MOST, FNMR_AT_MOST, IAPAR_BELOW = 1e-4, 1e-2, 0.07
SESSION_HOURS, IDLE_MINUTES = 12, 15


class State(StrEnum):
    ANSWERED = "answered"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"
    """Nothing here knows it; it says so rather than nothing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a line is filled from, read once."""

    records: list[processing.Record]
    given: list[agreements.Given]
    invited: agreements.Invitations
    promises: list[destroyed.Promise]
    held: media.Held
    assessments: list[assessments.Registered]
    filing: filing.Filing
    ends: cases.Ends
    verified: log_state.Verified | None
    entries: int
    oldest: datetime | None
    under_age: int
    erased: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Line:
    """`key` names the line's words; `values` go into its figure. `where` is the report that tells more, by its key."""

    law: str
    key: str
    state: State
    where: str
    values: dict[str, Value]


def facts(window: Window, erased: int, withdrawn: int) -> Facts:
    oldest = Entry.objects.order_by("id").first()
    counted = Counted.objects.first()
    return Facts(
        records=processing.records(window),
        given=agreements.given(window),
        invited=agreements.invitations(window),
        promises=destroyed.promises(window),
        held=media.held(window),
        assessments=assessments.register(window.programme),
        filing=filing.filing(),
        ends=cases.ends(cases.moves(window)),
        verified=log_state.last_verified(),
        entries=counted.size if counted else 0,
        oldest=oldest.at if oldest else None,
        under_age=sum(one.count for one in worries.worries(window) if one.kind == Incident.Kind.UNDER_AGE),
        erased=erased,
        withdrawn=withdrawn,
    )


def lines(known: Facts) -> list[Line]:
    """In the order of the laws, and of their articles."""
    return [line for told in _LAWS for line in told(known)]


def _line(law: str, key: str, where: str, *, met: bool | None = True, **values: Value) -> Line:
    """`met` is None for what nobody measured."""
    state = State.NOT_MEASURED if met is None else State.ANSWERED if met else State.NOT_MET
    return Line(law, key, state, where, values)


def _measures(known: Facts) -> Iterator[Line]:
    """China: measures for the security management of face recognition, 1 June 2025."""
    law, total = "cn_measures", len(known.records)
    with_purpose = sum(bool(one.purpose) for one in known.records)
    asking = [one for one in known.records if one.region]
    ready = sum(one.other_way and one.contact for one in asking)
    yield _line(law, "art4", "compliance", met=with_purpose == total, n=with_purpose, total=total)
    yield _line(law, "art5", "compliance", met=ready == len(asking), n=ready, total=len(asking))
    yield _line(law, "art6", "promises", n=known.withdrawn)
    yield _line(law, "art7", "overview", met=None, n=known.under_age)
    yield _line(law, "art8", "promises", met=not known.held.overdue, n=known.held.images, late=known.held.overdue)
    yield _assessed(known, law, "art9")
    ways = sum(one.other_way for one in asking)
    yield _line(law, "art10", "promises", met=ways == len(asking), n=known.invited.other_way, ways=ways,
                total=len(asking))  # fmt: skip
    yield _verified(known, law, "art14")
    yield _line(law, "art15", "compliance", met=(known.filing.days_left or 0) >= 0, n=known.filing.people,
                limit=filing.LIMIT)  # fmt: skip


def _pipl(known: Facts) -> Iterator[Line]:
    yield _line("pipl", "art24", "decisions", n=known.ends.to_people, total=known.ends.checked)
    yield _consents(known, "pipl", "art29")
    yield _line("pipl", "art47", "promises", n=known.erased)
    yield _assessed(known, "pipl", "art55")


def _gdpr(known: Facts) -> Iterator[Line]:
    yield _line("gdpr", "art5", "promises", met=not _late(known), n=_late(known))
    yield _consents(known, "gdpr", "art9")
    yield _line("gdpr", "art15", "who-looked")
    yield _line("gdpr", "art17", "promises", n=known.erased)
    yield _line("gdpr", "art22", "decisions", n=known.ends.to_people, total=known.ends.checked)
    yield _line("gdpr", "art30", "compliance", n=len(known.records))
    yield _assessed(known, "gdpr", "art35")


def _ai_act(known: Facts) -> Iterator[Line]:
    yield _line("ai_act", "art12", "who-looked", met=True if known.entries else None, n=known.entries)
    yield _line("ai_act", "art14", "decisions", n=known.ends.by_people, total=known.ends.by_machine)
    yield _line("ai_act", "art15", "checks", fmr=f"{FMR:.3%}", fnmr=f"{FNMR:.1%}")
    yield _line("ai_act", "art26_5", "checks")
    yield _line("ai_act", "art26_6", "overview", since=known.oldest.date() if known.oldest else None)
    yield _assessed(known, "ai_act", "art27")


def _bipa(known: Facts) -> Iterator[Line]:
    yield _line("bipa", "s15a", "promises", met=not _late(known), n=_late(known))
    yield _consents(known, "bipa", "s15b")


def _nist(_: Facts) -> Iterator[Line]:
    """Rates are what the policy's own evaluation measured, with one-sided 95 % bounds: the bound has to keep the limit.

    The attacks were too few: 42 without an error, of each species, would show 7 %.
    """
    yield _line("nist", "fmr", "checks", met=FMR <= FMR_AT_MOST, upper=f"{FMR:.3%}")
    yield _line("nist", "fnmr", "checks", met=FNMR <= FNMR_AT_MOST, upper=f"{FNMR:.1%}")
    yield _line("nist", "groups", "checks", met=None)
    yield _line("nist", "iapar", "checks", met=APCER < IAPAR_BELOW, upper=f"{APCER:.1%}")
    yield _line("nist", "bpcer", "checks", met=None, upper=f"{BPCER:.1%}")
    hours, minutes = settings.SESSION_COOKIE_AGE // 3600, settings.SESSION_IDLE_SECONDS // 60
    yield _line("nist", "session", "overview", met=hours <= SESSION_HOURS and minutes <= IDLE_MINUTES,
                hours=hours, minutes=minutes)  # fmt: skip


def _assessed(known: Facts, law: str, key: str) -> Line:
    newest = [one for one in known.assessments if one.standing is not Standing.SUPERSEDED]
    overdue = sum(one.standing is Standing.OVERDUE for one in newest)
    due = min((one.review_due for one in newest), default=None)
    return _line(law, key, "compliance", met=bool(newest) and not overdue, n=len(newest), overdue=overdue, due=due)


def _verified(known: Facts, law: str, key: str) -> Line:
    seen = known.verified
    held = None if seen is None else seen.result == log_state.HOLDS
    return _line(law, key, "overview", met=held, at=seen.at if seen else None, entries=seen.entries if seen else None)


def _consents(known: Facts, law: str, key: str) -> Line:
    asked = sum(one.cases for one in known.given if one.scope == "human_view")
    given = sum(one.given for one in known.given if one.scope == "human_view")
    return _line(law, key, "promises", n=given, total=asked, withdrawn=known.withdrawn)


def _late(known: Facts) -> int:
    return sum(one.late + one.overdue for one in known.promises)


_LAWS: tuple[Callable[[Facts], Iterator[Line]], ...] = (_measures, _pipl, _gdpr, _ai_act, _bipa, _nist)
