"""What happens while a clip is being decoded: the case's row decides, and nothing is kept of what came second."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.capture.answers import a_clip, an_upload, drawn_for, reread, send, suspicions
from tests.factories import a_consenting_session
from verification.audit.events import OPERATOR
from verification.capture import doors
from verification.capture.models import Challenge
from verification.cases.models import Case
from verification.intake import clips
from verification.intake.sessions import take_other_way
from verification.intake.video import NormalisedClip, RefusedClip, normalise_clip
from verification.retention.erase import erase_case
from verification.vault.models import SealedMedia

pytestmark = pytest.mark.django_db


def while_decoding(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once, after the answer was judged and before it is recorded."""
    todo = [act]

    def slow(data: bytes) -> NormalisedClip | RefusedClip:
        decoded = normalise_clip(data)
        while todo:
            todo.pop()()
        return decoded

    monkeypatch.setattr(clips, "normalise_clip", slow)


@pytest.mark.parametrize("left", ["other_way", "erased"])
def test_a_person_who_leaves_meanwhile_has_left(monkeypatch: pytest.MonkeyPatch, left: str) -> None:
    invited = a_consenting_session()
    upload = an_upload(drawn_for(invited))
    leave = {
        "other_way": lambda: take_other_way(reread(invited)),
        "erased": lambda: erase_case(invited.session.case_id, actor=OPERATOR),
    }
    while_decoding(monkeypatch, leave[left])
    with pytest.raises(doors.Closed):
        send(invited, upload)
    assert Case.objects.get().status == left
    assert not SealedMedia.objects.filter(kind="clip").exists()
    assert not Challenge.objects.filter(answer_digest__isnull=False).exists()


def test_the_same_answer_from_two_tabs_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    invited = a_consenting_session()
    upload = an_upload(drawn_for(invited))
    while_decoding(monkeypatch, lambda: send(invited, upload, after_ms=0))
    assert not send(invited, upload)
    assert SealedMedia.objects.filter(kind="clip").count() == 1
    assert suspicions() == []


def test_of_two_answers_to_one_challenge_the_first_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    while_decoding(monkeypatch, lambda: send(invited, an_upload(drawn, data=a_clip(9)), after_ms=0))
    with pytest.raises(doors.Closed):
        send(invited, an_upload(drawn))
    assert SealedMedia.objects.filter(kind="clip").count() == 1
