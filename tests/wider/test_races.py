"""What happens at the same moment: two answers, two requests, a look and an erasure. One outcome, and no deadlock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest

from tests.factories import (
    a_claim,
    a_person,
    a_programme_with_wider_views,
    a_ready_view,
    an_asked_view,
    approve,
    ask_wider,
)
from tests.vault.test_races import Aside
from verification.access.assignment import Refused
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.retention.erase import erase_case
from verification.review import claims
from verification.vault.models import CaseKey, Purpose
from verification.wider import endings, leases, rendering
from verification.wider.answers import answer, withdraw
from verification.wider.looks import WiderRefused, mint_ticket, redeem
from verification.wider.models import Tier, WiderAnswer, WiderView

from .told import facts_of

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = range(3)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What came of each act, an exception in the place of an answer."""
    gate = Barrier(len(acts))

    def waiting(act: Callable[[], object]) -> object:
        gate.wait(10)
        return act()

    begun = [Aside(partial(waiting, act)) for act in acts]
    return [each.result() for each in begun]


def living() -> bool:
    return CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).exists()


def saying(view: WiderView, approver: User, rung: list[UUID], *, approves: bool = True) -> Callable[[], object]:
    return lambda: answer(view.pk, approver, approves=approves, ring=rung.append)


@pytest.mark.parametrize("_time", TIMES)
def test_two_who_agree_at_once_have_it_drawn_once(_time: int, monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_asked_view()
    rung: list[UUID] = []
    outcomes = at_once(*(saying(view, a_person(Role.RISK_OFFICER), rung) for _ in range(2)))
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    assert rung == [view.pk]
    assert WiderAnswer.objects.count() == 1
    drawn: list[WiderView] = []

    def draw(leased: WiderView) -> bytes:
        drawn.append(leased)
        return b"\x89PNG a picture"

    monkeypatch.setattr(rendering, "drawn", draw)
    at_once(*(lambda: leases.render(view.pk) for _ in range(3)))
    assert len(drawn) == 1
    assert len(facts_of(Event.WIDER_SEALED)) == 1


@pytest.mark.parametrize("_time", TIMES)
def test_two_who_must_agree_may_do_so_at_once(_time: int) -> None:
    view = an_asked_view(Tier.FRAME)
    rung: list[UUID] = []
    at_once(*(saying(view, a_person(role), rung) for role in (Role.RISK_OFFICER, Role.SENIOR_REVIEWER)))
    view.refresh_from_db()
    assert (view.state, rung) == (WiderView.State.APPROVED, [view.pk])


@pytest.mark.parametrize("_time", TIMES)
def test_a_double_click_is_one_answer(_time: int) -> None:
    view = an_asked_view(Tier.FRAME)
    rung: list[UUID] = []
    officer = a_person(Role.RISK_OFFICER)
    at_once(saying(view, officer, rung), saying(view, officer, rung))
    assert WiderAnswer.objects.count() == 1
    assert rung == []


@pytest.mark.parametrize("_time", TIMES)
def test_a_yes_and_a_no_at_once_end_in_one_of_them(_time: int) -> None:
    view = an_asked_view()
    rung: list[UUID] = []
    yes, no = (saying(view, a_person(Role.RISK_OFFICER), rung, approves=approves) for approves in (True, False))
    at_once(yes, no)
    view.refresh_from_db()
    assert (view.state, bool(rung)) in {("approved", True), ("ended", False)}
    assert WiderAnswer.objects.count() == 1


@pytest.mark.parametrize("_time", TIMES)
def test_a_withdrawal_and_a_yes_at_once_leave_nothing_to_see(_time: int) -> None:
    view = an_asked_view()
    rung: list[UUID] = []
    at_once(saying(view, a_person(Role.RISK_OFFICER), rung), lambda: withdraw(view.pk, view.asked_by))
    view.refresh_from_db()
    assert view.end == WiderView.End.WITHDRAWN


@pytest.mark.parametrize("_time", TIMES)
def test_two_tabs_ask_once(_time: int) -> None:
    claim = a_claim(a_person(Role.SENIOR_REVIEWER), a_programme_with_wider_views())
    outcomes = at_once(lambda: ask_wider(claim), lambda: ask_wider(claim, Tier.FRAME))
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    assert WiderView.objects.count() == 1


@pytest.mark.parametrize("_time", TIMES)
def test_two_tabs_see_it_once(_time: int) -> None:
    view = a_ready_view()

    def look() -> bytes:
        token = mint_ticket(view.pk, view.asked_by, "session")
        return redeem(token, session_key="session", asker=view.asked_by).png

    outcomes = at_once(look, look, look)
    assert sum(isinstance(outcome, bytes) for outcome in outcomes) <= 1
    assert all(isinstance(outcome, bytes | WiderRefused) for outcome in outcomes)
    assert len(facts_of(Event.WIDER_VIEWED)) == sum(isinstance(outcome, bytes) for outcome in outcomes)


@pytest.mark.parametrize("_time", TIMES)
def test_one_ticket_used_twice_at_once_shows_once(_time: int) -> None:
    view = a_ready_view()
    token = mint_ticket(view.pk, view.asked_by, "session")
    outcomes = at_once(*(lambda: redeem(token, session_key="session", asker=view.asked_by) for _ in range(3)))
    assert sorted(isinstance(outcome, WiderRefused) for outcome in outcomes) == [False, True, True]
    assert len(facts_of(Event.WIDER_VIEWED)) == 1


@pytest.mark.parametrize("_time", TIMES)
@pytest.mark.parametrize("rival", ["sweeping", "erasing", "releasing"])
def test_a_look_and_an_end_at_once_leave_nothing_behind(_time: int, rival: str) -> None:
    view = a_ready_view()
    token = mint_ticket(view.pk, view.asked_by, "session")
    rivals: dict[str, Callable[[], object]] = {
        "sweeping": endings.end_overdue,
        "erasing": lambda: erase_case(view.claim.item_id, actor=OPERATOR),
        "releasing": lambda: claims.release(view.claim_id, view.asked_by),
    }
    if rival == "sweeping":
        claims.release(view.claim_id, view.asked_by)
    outcomes = at_once(lambda: redeem(token, session_key="session", asker=view.asked_by), rivals[rival])
    assert not isinstance(outcomes[1], Exception)
    endings.end_overdue()
    assert not living()


@pytest.mark.parametrize("_time", TIMES)
def test_drawing_and_erasing_at_once_leave_nothing_behind(_time: int, monkeypatch: pytest.MonkeyPatch) -> None:
    view = approve(an_asked_view())
    monkeypatch.setattr(rendering, "drawn", lambda _view: b"\x89PNG a picture")
    outcomes = at_once(lambda: leases.render(view.pk), lambda: erase_case(view.claim.item_id, actor=OPERATOR))
    assert outcomes == [None, True]
    assert not living()
