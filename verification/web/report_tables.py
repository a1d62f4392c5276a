"""The report's figures as the words, numbers and rows that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verification.incidents.models import Incident
from verification.policy.agreement import Bounded
from verification.reports.actors import Directory, directory
from verification.reports.overview import Overview
from verification.reports.times import Spread
from verification.reports.wording import code_in_words, count, duration


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure and the table it leads to. `tone` is empty, or `stop` where something is to be done."""

    name: str
    value: str
    note: str
    to: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class DurationRow:
    what: str
    meaning: str
    count: int
    median: str
    p95: str
    longest: str


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    name: str
    short_id: str
    person: str
    looks: int
    cases: int
    decisions: int
    undecided: int
    hasty: int
    median: str


@dataclass(frozen=True, slots=True)
class UndecidedRow:
    name: str
    case: str
    case_id: str
    at: datetime
    looks: int
    end: str


@dataclass(frozen=True, slots=True)
class OverdueRow:
    case: str
    case_id: str
    status: str
    due: datetime
    images: int
    readable: bool


def tiles(report: Overview) -> list[Tile]:
    return [*_case_tiles(report), *_time_tiles(report), *_look_tiles(report), _media_tile(report)]


def _case_tiles(report: Overview) -> list[Tile]:
    ends, share = report.ends, report.ends.share_to_people
    checked = f"{ends.to_people:,} of {count(ends.checked, 'case', 'cases')} checked"
    return [
        Tile("Closed by machine", f"{ends.by_machine:,}", "no human look", "cases"),
        Tile("Closed by people", f"{ends.by_people:,}", f"{ends.unresolved:,} more without an answer", "cases"),
        Tile("Share sent to people", "–" if share is None else f"{share:.1%}", checked, "cases"),
    ]


def _time_tiles(report: Overview) -> list[Tile]:
    waits, now, handling = report.waits, report.waiting_now, report.handling
    oldest = "nothing waits" if now.oldest_seconds is None else f"oldest {duration(now.oldest_seconds)}"
    return [
        Tile("Wait for a person", duration(waits.median), f"median; 95 % within {duration(waits.p95)}", "times"),
        Tile("Waiting now", f"{now.cases:,}", oldest, "times"),
        Tile("Handling", duration(handling.median), f"median; 95 % within {duration(handling.p95)}", "times"),
    ]


def _look_tiles(report: Overview) -> list[Tile]:
    account = report.account
    explained = "all accounted for" if account else f"{account.unexplained + account.silent:,} without explanation"
    return [
        Tile("Looks", f"{account.looks:,}", explained, "looks", "" if account else "stop"),
        Tile(
            "Looked, not decided", f"{report.undecided_claims:,}", "claims that ended without a decision", "undecided"
        ),
        Tile("Refused attempts", f"{report.refused:,}", "looks, pages, decisions, sign-ins", "refused"),
    ]


def _media_tile(report: Overview) -> Tile:
    held = report.held
    late = f"{held.overdue:,} past due" if held.overdue else f"of {count(held.cases, 'case', 'cases')}; none past due"
    return Tile("Images still sealed", f"{held.images:,}", late, "media", "stop" if held.overdue else "")


def durations(report: Overview) -> list[DurationRow]:
    return [
        _duration_row("Answer by machine", "from the capture's arrival to the end of its checks", report.machine),
        _duration_row("Wait for a person", "from entering the queue to the first claim", report.waits),
        _duration_row("Handling", "from a claim to the decision under it", report.handling),
    ]


def _duration_row(what: str, meaning: str, spread: Spread) -> DurationRow:
    times = [duration(seconds) for seconds in (spread.median, spread.p95, spread.longest)]
    return DurationRow(what, meaning, spread.count, *times)


def reviewers(report: Overview) -> list[ReviewerRow]:
    known = directory(reviewer.person for reviewer in report.reviewers)
    return [
        ReviewerRow(
            name=_name(known, reviewer.person, report.window.end),
            short_id=reviewer.person[:8],
            person=reviewer.person,
            looks=reviewer.looks,
            cases=reviewer.cases,
            decisions=reviewer.decisions,
            undecided=reviewer.undecided,
            hasty=reviewer.hasty,
            median=duration(reviewer.median_seconds),
        )
        for reviewer in report.reviewers
    ]


def undecided(report: Overview) -> list[UndecidedRow]:
    known = directory(claim.person for claim in report.undecided)
    return [
        UndecidedRow(
            name=_name(known, claim.person, claim.at),
            case=_code(claim.case_id.hex),
            case_id=str(claim.case_id),
            at=claim.at,
            looks=claim.looks,
            end=code_in_words(claim.end) or "not known",
        )
        for claim in report.undecided
    ]


def standing(report: Overview) -> list[tuple[str, str, int, str]]:
    """Status and outcome in words, cases, and their share of all."""
    total = sum(row.cases for row in report.standing)
    return [
        (code_in_words(row.status), code_in_words(row.outcome) or "–", row.cases, f"{row.cases / total:.1%}")
        for row in report.standing
    ]


def agreed(report: Overview) -> list[tuple[str, str, str, str]]:
    """Each measure of agreement: its name, what it says, its value and its bounds in words."""
    found = report.judgement.agreement
    return [
        ("Gwet’s AC1", "beyond chance, also where nearly all answers are alike", *_bounded(found.ac1)),
        ("Cohen’s κ", "beyond chance; says little where nearly all answers are alike", *_bounded(found.kappa)),
    ]


def _bounded(value: Bounded | None) -> tuple[str, str]:
    if value is None:
        return "–", "cannot be told: one of the two always gave the same answer"
    return f"{value.value:.2f}", f"{value.low:.2f} to {value.high:.2f}"


def refusals(report: Overview) -> list[tuple[str, str, int, int, str]]:
    """What was tried, why not, how often, by how many members of staff, and the event to look for in the log."""
    return [(row.label, code_in_words(row.reason), row.times, row.people, row.event) for row in report.refusals]


def overdue(report: Overview) -> list[OverdueRow]:
    return [
        OverdueRow(
            _code(row.case_id.hex), str(row.case_id), code_in_words(row.status), row.due, row.images, row.readable
        )
        for row in report.overdue
    ]


def worries(report: Overview) -> list[tuple[str, str, int]]:
    """Kind and outcome in words, and how many."""
    return [
        (
            Incident.Kind(row.kind).label,
            Incident.Outcome(row.outcome).label if row.outcome else "Still open",
            row.count,
        )
        for row in report.worries
    ]


def _name(known: Directory, person: str, at: datetime) -> str:
    return known.named("person", person, at).name


def _code(hexadecimal: str) -> str:
    return hexadecimal[-4:].upper()
