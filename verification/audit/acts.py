"""What each act leaves in the log: every address of the console, of the person's pages and of the API, by its method.

This is the table that an auditor asks for. `acts_of_machines.py` goes on with commands, tasks and the sweeper's steps.
The suite walks the site and fails for what has no row, and for a row of nothing; and it performs the acts and looks
that the log holds what is written here, and nothing else.

HEAD leaves what GET leaves. An act that is refused changes nothing and leaves its own event: `access:denied`, where the
row names no other (`web/denials.py` writes it, `attempts.py` says how many times a minute). One that comes with a
mistake in its form, or a second time, changes nothing and leaves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from .events import Event


@dataclass(frozen=True, slots=True)
class Act:
    """`always` is in the log after every success, `often` where there was occasion for it; `why` says why there is
    nothing, or when there is. `refused` is the event of an attempt that was not allowed."""

    always: tuple[Event, ...] = ()
    often: tuple[Event, ...] = ()
    why: str = ""
    refused: Event = Event.ACCESS_DENIED

    @property
    def events(self) -> frozenset[Event]:
        """All that it may leave when it succeeds."""
        return frozenset(self.always + self.often)


def leaves(*always: Event, often: tuple[Event, ...] = (), refused: Event = Event.ACCESS_DENIED) -> Act:
    return Act(always, often, refused=refused)


def may_leave(*often: Event, when: str) -> Act:
    """Leaves them only on occasion, which `when` names in a sentence."""
    return Act((), often, when)


def nothing(why: str) -> Act:
    return Act(why=why)


# What the end of a case may bring with it.
_BYTES = (Event.MEDIA_BYTES_DELETED,)
_ENDING = (Event.CLAIM_ENDED, Event.DECISION_VOIDED, Event.MEDIA_KEYS_DESTROYED, Event.MEDIA_HELD, *_BYTES)

_A_FORM = "Shows a form, or what may be changed. The change has an entry, its form has none."
_A_STEP = "Shows the person their next step. What they answer is an entry."
_OWN = "Shows people what is their own: no picture and nobody else’s data."
_NO_PICTURE = "Shows counts, times or words about work that waits. No picture, and nothing is changed."
_PROGRAMME = "Tells a programme what it sent itself and what became of it. No picture, nothing measured of a face."

THE_PERSON: dict[str, Act] = {
    "GET capture-notice": nothing("Opening the link changes nothing: whoever previews it must not use it up."),
    "POST capture-choose": leaves(
        Event.CAPTURE_CHOSEN, often=(Event.CASE_ADVANCED, Event.CAPTURE_ENDED, Event.MEDIA_KEYS_DESTROYED, *_BYTES)
    ),
    "GET capture-consent": nothing(_A_STEP),
    "POST capture-consent": leaves(
        Event.CONSENT_GIVEN,
        often=(Event.CAPTURE_CHOSEN, Event.CASE_ADVANCED, Event.CAPTURE_ENDED, Event.MEDIA_KEYS_DESTROYED, *_BYTES),
    ),
    "GET capture-camera": nothing(_A_STEP),
    "POST capture-challenge": leaves(Event.CHALLENGE_DRAWN),
    "POST capture-upload": leaves(
        Event.CASE_ADVANCED, Event.CAPTURE_ENDED, Event.MEDIA_SEALED, refused=Event.CAPTURE_REFUSED
    ),
    "POST capture-choose-other-way": leaves(
        Event.CAPTURE_CHOSEN, Event.CASE_ADVANCED, Event.CAPTURE_ENDED, Event.MEDIA_KEYS_DESTROYED, often=_BYTES
    ),
    "GET capture-other-way": nothing(_A_STEP),
    "GET capture-status": nothing("The person looks how far their own case is."),
    "GET capture-status-json": nothing("The same for the page’s script, which asks again and again."),
    "GET capture-mine": nothing("The person reads who looked at them. That they did is nobody’s business."),
    "POST capture-withdraw": leaves(
        Event.CONSENT_WITHDRAWN,
        Event.CASE_ADVANCED,
        often=(Event.CAPTURE_ENDED, Event.CASE_ERASED, *_ENDING),
    ),
    "POST capture-erase": leaves(
        Event.CASE_ADVANCED,
        Event.CASE_ERASED,
        often=_ENDING,
    ),
}

THE_ACCOUNT: dict[str, Act] = {
    "GET home": nothing("Leads everybody to their own first page."),
    "GET login": nothing(_A_FORM),
    "POST login": Act((Event.SESSION_STARTED,), refused=Event.SESSION_REFUSED),
    "POST logout": leaves(Event.SESSION_ENDED),
    "GET password": nothing(_A_FORM),
    "POST password": leaves(Event.PASSWORD_CHANGED),
    "GET account-email": nothing(_A_FORM),
    "POST account-email": nothing("Where one has notices sent is one’s own wish; a notice names nobody."),
    "POST live": nothing("An open page asks every two seconds whether anything changed. It is told yes or no."),
    "GET notices": nothing(_OWN),
    "POST notices-read": nothing("Marks one’s own notices as read."),
    "POST notice-open": nothing("Marks one’s own notice as read, and leads to where it is handled."),
}

REVIEW: dict[str, Act] = {
    "GET review": nothing(_NO_PICTURE),
    "GET queue-health": nothing(_NO_PICTURE),
    "POST review-take": leaves(Event.CLAIM_TAKEN, often=(Event.CLAIM_ENDED, Event.BUDGET_SPENT)),
    "GET review-next": nothing("Tells the kind of the next case, never its id, and takes nothing."),
    "POST review-fetch-back": may_leave(
        Event.CASE_BACK, when="An entry for each case that was put aside and comes back."
    ),
    "GET review-mine": nothing(_OWN),
    "POST review-look": leaves(Event.CROP_VIEWED, refused=Event.CROP_REFUSED),
    "POST review-viewing": nothing("Keeps how one likes to look: zoom, greyscale, blur."),
    "GET case": nothing("The frame of a page without a picture; each picture that it asks for is an entry of its own."),
    "POST case-tickets": nothing("A right to a look for seconds. Using it is the entry, before the picture leaves."),
    "POST case-pulse": nothing("A sign of life of an open page, every few seconds."),
    "POST case-extend": leaves(Event.CLAIM_EXTENDED),
    "POST case-release": leaves(Event.CLAIM_ENDED),
    "POST case-hold": leaves(Event.CASE_HELD, Event.CLAIM_ENDED),
    "POST case-hand-over": leaves(Event.CASE_HANDED_OVER, Event.CLAIM_ENDED),
    "POST case-skip": leaves(Event.CLAIM_ENDED),
    "POST case-decide": Act(
        (Event.DECISION_RECORDED, Event.CLAIM_ENDED),
        (Event.CLAIM_TAKEN, Event.BUDGET_SPENT),
        refused=Event.DECISION_REFUSED,
    ),
    "POST case-undo": leaves(Event.DECISION_UNDONE, Event.CLAIM_TAKEN, often=(Event.CLAIM_ENDED,)),
    "POST case-vote": may_leave(
        Event.DECISION_COUNTED,
        Event.DECISION_VOIDED,
        Event.VOTES_FUSED,
        Event.ADJUDICATION_ASKED,
        Event.CASE_ADVANCED,
        when="Tells how long a vote can be taken back; once that is over, it counts from then on.",
    ),
    "GET case-findings": nothing("What the machine found on a case that the reader has answered. No picture."),
    "POST case-worry": leaves(Event.INCIDENT_RAISED, often=(Event.INCIDENT_NOTED, Event.HOLD_ASKED)),
}

WIDER_VIEWS: dict[str, Act] = {
    "POST case-wider-ask": leaves(
        Event.WIDER_ASKED, often=(Event.WIDER_ENDED, Event.MEDIA_KEYS_DESTROYED), refused=Event.WIDER_REFUSED
    ),
    "POST case-wider-withdraw": leaves(Event.WIDER_ENDED, often=(Event.MEDIA_KEYS_DESTROYED, *_BYTES)),
    "POST case-wider-ticket": Act(
        why="A right to the one look, for seconds. Using it is the entry.", refused=Event.WIDER_REFUSED
    ),
    "POST wider-look": leaves(
        Event.WIDER_VIEWED, often=(Event.MEDIA_KEYS_DESTROYED, *_BYTES), refused=Event.WIDER_REFUSED
    ),
    "GET wider": nothing("Shows who asks for more than a face and why. No picture."),
    "POST wider-answer": leaves(
        Event.WIDER_ANSWERED, often=(Event.WIDER_ENDED, Event.MEDIA_KEYS_DESTROYED), refused=Event.WIDER_REFUSED
    ),
}

WORRIES: dict[str, Act] = {
    "GET incidents": nothing(_NO_PICTURE),
    "POST duty": may_leave(Event.DUTY_STARTED, Event.DUTY_ENDED, when="The one or the other, unless nothing changed."),
    "GET incident": leaves(Event.INCIDENT_READ),
    "POST incident-take": leaves(Event.INCIDENT_TAKEN),
    "POST incident-note": leaves(Event.INCIDENT_NOTED),
    "POST incident-hold": leaves(Event.HOLD_ASKED),
    "POST incident-close": leaves(Event.INCIDENT_CLOSED, often=(Event.INCIDENT_NOTED, Event.HOLD_ENDED)),
    "GET holds": nothing("Shows legal holds and who asked for them. No picture."),
    "POST hold-answer": leaves(Event.HOLD_ANSWERED, often=(Event.HOLD_ENDED,)),
    "POST hold-release": leaves(Event.HOLD_ENDED),
}

ADMINISTRATION: dict[str, Act] = {
    "GET people": nothing("Shows who works here and with which roles."),
    "POST people": leaves(Event.PERSON_ADDED),
    "GET person": nothing("Shows one member of staff and the history of their roles."),
    "POST person-give": leaves(Event.ROLE_GIVEN),
    "POST person-take": leaves(Event.ROLE_TAKEN),
    "POST person-deactivate": leaves(Event.PERSON_DEACTIVATED),
    "POST person-reactivate": leaves(Event.PERSON_REACTIVATED),
    "POST person-own-enrolment": leaves(Event.OWN_ENROLMENT_NOTED, often=(Event.CLAIM_ENDED,)),
    "POST person-own-enrolment-remove": leaves(Event.OWN_ENROLMENT_REMOVED),
    "POST person-password": leaves(Event.PASSWORD_RESET),
    "GET programmes": nothing("Shows programmes and the labels of their keys. A key itself is shown once, when made."),
    "POST programmes": leaves(Event.PROGRAMME_CREATED),
    "GET programme-settings": nothing(_A_FORM),
    "POST programme-settings": leaves(Event.PROGRAMME_CHANGED),
    "GET programme-review": nothing(_A_FORM),
    "POST programme-review": leaves(Event.PROGRAMME_CHANGED),
    "POST programme-key": leaves(Event.KEY_CREATED),
    "POST programme-key-revoke": leaves(Event.KEY_REVOKED),
}

REPORTS: dict[str, Act] = {
    "GET reports": leaves(Event.REPORT_READ),
    "GET assessments": leaves(Event.REPORT_READ),
    "POST assessments": leaves(Event.ASSESSMENT_RECORDED),
    "GET report-what-if": leaves(Event.REPORT_READ),
    "GET report-what-if-csv": leaves(Event.REPORT_MADE),
    "GET reports-monthly": leaves(Event.REPORT_READ),
    "GET reports-monthly-file": leaves(Event.REPORT_READ),
    "GET reports-log": leaves(Event.REPORT_READ),
    "GET reports-log-acts": leaves(Event.REPORT_READ),
    "GET reports-log-csv": leaves(Event.LOG_EXPORTED),
    "POST reports-log-verify": leaves(Event.LOG_VERIFIED),
    "GET reports-log-proof": leaves(Event.LOG_EXPORTED),
    "GET reports-trace": nothing("Asks for a leaked picture. Tracing it is the entry, whatever comes of it."),
    "POST reports-trace": leaves(Event.LEAK_TRACED),
    "GET report": leaves(Event.REPORT_READ),
    "GET report-csv": leaves(Event.REPORT_MADE),
    "GET report-pdf": leaves(Event.REPORT_MADE),
}

RELYING_PARTIES: dict[str, Act] = {
    "GET api:cases": nothing(_PROGRAMME),
    "POST api:cases": leaves(Event.CASE_RECEIVED, Event.MEDIA_SEALED),
    "GET api:case": nothing(_PROGRAMME),
    "DELETE api:case": leaves(
        Event.CASE_ADVANCED,
        Event.CASE_ERASED,
        often=_ENDING,
    ),
    "POST api:capture-sessions": leaves(Event.CASE_RECEIVED, Event.CAPTURE_REQUESTED, Event.MEDIA_SEALED),
    "GET api:capture-session": nothing(_PROGRAMME),
    "GET api:schema": nothing("The public description of the API."),
    **{f"{method} api:nowhere": leaves(Event.ACCESS_DENIED) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")},
}

# Heading → rows, each under its method and the name of its address.
ROUTES: dict[str, dict[str, Act]] = {
    "The person in the picture": THE_PERSON,
    "A member of staff’s own account": THE_ACCOUNT,
    "Review": REVIEW,
    "Wider views": WIDER_VIEWS,
    "Worries and legal holds": WORRIES,
    "Administration": ADMINISTRATION,
    "Reports and the log": REPORTS,
    "Relying parties (API)": RELYING_PARTIES,
}
