"""The whole report of one window, and the sentences that stand at its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from . import cases, judgement, log_state, looks, media, refusals, times, wider, worries
from .document import Record
from .recording import record_of_counts
from .troubles import Trouble, troubles
from .window import Window
from .wording import count


@dataclass(frozen=True, slots=True)
class Overview:
    """Every figure of the report page, read once."""

    window: Window
    ends: cases.Ends
    days: list[cases.Day]
    standing: list[cases.Standing]
    machine: times.Spread
    waits: times.Spread
    wait_steps: list[times.Step]
    waiting_now: times.WaitingNow
    handling: times.Spread
    reviewers: list[looks.Reviewer]
    undecided: list[looks.Undecided]
    account: looks.Account
    wider: wider.Wider
    judgement: judgement.Judgement
    refusals: list[refusals.Refusal]
    held: media.Held
    overdue: list[media.Overdue]
    holds: worries.Holds
    worries: list[worries.Worries]
    verified: log_state.Verified | None
    troubles: tuple[Trouble, ...]
    record: Record | None

    @property
    def undecided_claims(self) -> int:
        return sum(reviewer.undecided for reviewer in self.reviewers)

    @property
    def refused(self) -> int:
        return sum(refusal.times for refusal in self.refusals)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        looked = (_accounted(self.account), *_agreed(self.wider))
        happened = (_closed(self), *looked, _kept(self.held), _verified(self.verified))
        return (*happened, *map(_troubled, self.troubles))


@dataclass(frozen=True, slots=True)
class Sentence:
    """`tone` is `plain`, `good`, `doubt` or `stop`; a `stop` one leads to the section `to`, which says what to do."""

    text: str
    tone: str = "plain"
    to: str = ""


def overview(window: Window) -> Overview:
    happened, people = cases.moves(window), looks.by_reviewer(window)
    return Overview(
        window=window,
        ends=cases.ends(happened),
        days=cases.ends_by_day(window, happened),
        standing=cases.standing(window),
        machine=times.machine(window),
        waits=times.waits(window),
        wait_steps=times.wait_steps(window),
        waiting_now=times.waiting_now(window),
        handling=times.handling(window),
        reviewers=people,
        undecided=looks.undecided(window),
        account=looks.account(window, people),
        wider=wider.wider(window),
        judgement=judgement.judgement(window),
        refusals=refusals.refusals(window),
        held=media.held(window),
        overdue=media.overdue(window),
        holds=worries.legal_holds(window),
        worries=worries.worries(window),
        verified=log_state.last_verified(),
        troubles=troubles(),
        record=record_of_counts(),
    )


def _closed(report: Overview) -> Sentence:
    ends = report.ends
    machine = count(ends.by_machine, "case was", "cases were")
    left = f", {ends.unresolved:,} ended without an answer" if ends.unresolved else ""
    return Sentence(f"{report.window.words} {machine} closed by machine and {ends.by_people:,} by people{left}.")


def _accounted(account: looks.Account) -> Sentence:
    if not account:
        wrong = count(account.unexplained + account.silent, "look has", "looks have")
        return Sentence(f"{wrong} no explanation in the log.", "stop", "looks")
    if account.looks == 0:
        return Sentence("Nobody looked at a face.", "good")
    said = "The one look is" if account.looks == 1 else f"All {account.looks:,} looks are"
    return Sentence(f"{said} accounted for.", "good")


def _agreed(seen: wider.Wider) -> tuple[Sentence, ...]:
    """Nothing where there was no wider view, as on most days."""
    if not seen:
        wrong = count(seen.without_leave, "wider view was", "wider views were")
        return (Sentence(f"{wrong} seen without the leave of others.", "stop", "wider"),)
    if seen.seen == 0:
        return ()
    said = "One wider view was" if seen.seen == 1 else f"{seen.seen:,} wider views were"
    return (Sentence(f"{said} seen, each by the leave of others.", "good"),)


def _kept(held: media.Held) -> Sentence:
    if held.overdue:
        return Sentence(f"Media of {count(held.overdue, 'case', 'cases')} should be gone and is not.", "stop", "media")
    if held.by_hold:
        kept = count(held.by_hold, "case is", "cases are")
        return Sentence(f"No media is kept past its time; {kept} under a legal hold.", "good")
    return Sentence("No media is kept past its time.", "good")


def _verified(verified: log_state.Verified | None) -> Sentence:
    if verified is None:
        return Sentence("The log has not been verified yet.", "doubt", "log")
    when = _moment(verified.at)
    if verified.result == log_state.BROKEN:
        return Sentence(f"The log did not hold when it was verified {when}.", "stop", "log")
    if verified.result == log_state.PARTLY:
        return Sentence(f"The first {verified.entries:,} entries of the log held {when}.", "doubt", "log")
    return Sentence(f"The log was verified {when}.", "good")


def _troubled(trouble: Trouble) -> Sentence:
    return Sentence(f"The log, {_moment(trouble.since)} and since then: {trouble.title.lower()}.", trouble.tone, "log")


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return (
        f"today at {local:%H:%M}" if local.date() == timezone.localdate() else f"on {local:%Y-%m-%d} at {local:%H:%M}"
    )
