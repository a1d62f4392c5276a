"""What machines and whoever sits at the machine leave in the log: commands, Celery tasks, and the sweeper's steps.

The second half of the table that `acts.py` begins.
"""

from __future__ import annotations

from .acts import Act, leaves, may_leave, nothing
from .events import Event

# `manage.py NAME`, or `NAME ACTION` where a command does several things.
COMMANDS: dict[str, Act] = {
    "audit_export": leaves(Event.LOG_EXPORTED),
    "audit_proof": leaves(Event.LOG_EXPORTED),
    "audit_resume": leaves(Event.LOG_RESUMED),
    "audit_verify": leaves(Event.LOG_VERIFIED),
    "changepassword": leaves(Event.PASSWORD_RESET),
    "evaluate": nothing("Measures the checks on labelled files that lie beside the site; no case and no person of it."),
    "known_cases import": leaves(Event.KNOWN_IMPORTED),
    "known_cases list": nothing("Counts the stock of pairs by set. No picture is opened."),
    "known_cases retire": leaves(
        Event.KNOWN_RETIRED,
        often=(
            Event.CASE_ADVANCED,
            Event.CASE_ERASED,
            Event.CLAIM_ENDED,
            Event.MEDIA_KEYS_DESTROYED,
            Event.MEDIA_BYTES_DELETED,
        ),
    ),
    "models": nothing("Fetches, lists or verifies model files. Each check’s result names its model and SHA-256."),
    "prepare": may_leave(
        Event.PERSON_ADDED,
        Event.ROLE_GIVEN,
        Event.PROGRAMME_CREATED,
        Event.PROGRAMME_CHANGED,
        Event.KEY_CREATED,
        Event.KNOWN_IMPORTED,
        when="At the first start of an installation: its first administrator; with --demo the people, programme and "
        "pairs of the demonstration.",
    ),
    "reports_rebuild": nothing("Counts the published log again for the reports; the log itself is only read."),
    "sweep": nothing("Runs the sweeper’s steps, which have rows of their own."),
    "trace_leak": leaves(Event.LEAK_TRACED),
}

_SHOWS = "Prints something about the site or its source, and changes nothing."
_SOURCE = "Works on source files, for developers."

# What Django and the packages bring along. Those that reach past the rooms to rows of the database are put on record
# before they run, by `reviewconsole/by_hand.py`, and do not run where that cannot be done.
OF_THE_FRAMEWORK: dict[str, Act] = {
    **dict.fromkeys(
        (
            "axes_list_attempts",
            "axes_reset",
            "axes_reset_failure_logs",
            "axes_reset_ip",
            "axes_reset_ip_username",
            "axes_reset_logs",
            "axes_reset_username",
            "createsuperuser",
            "dbshell",
            "dumpdata",
            "flush",
            "loaddata",
            "remove_stale_contenttypes",
            "shell",
        ),
        leaves(Event.COMMAND_RUN),
    ),
    **dict.fromkeys(
        (
            "check",
            "diffsettings",
            "findstatic",
            "generateschema",
            "inspectdb",
            "showmigrations",
            "spectacular",
            "sqlflush",
            "sqlmigrate",
            "sqlsequencereset",
        ),
        nothing(_SHOWS),
    ),
    **dict.fromkeys(
        (
            "compilemessages",
            "makemessages",
            "makemigrations",
            "optimizemigration",
            "squashmigrations",
            "startapp",
            "startproject",
        ),
        nothing(_SOURCE),
    ),
    "clearsessions": nothing("Deletes sessions that have ended, as the sweeper does."),
    "collectstatic": nothing("Copies style sheets and scripts to where they are served from."),
    "createcachetable": nothing("There is no cache in the database, so there is nothing to make."),
    "migrate": nothing("Changes tables, the log’s own among them; Django’s table keeps what was done, and when."),
    "runserver": nothing("Serves the site on a developer’s machine; what is done there has rows of its own."),
    "sendtestemail": nothing("Sends a message that says nothing."),
    "test": nothing("`manage.py test` is the site’s own suite, in databases of its own."),
    "testserver": nothing("Serves a database of its own, which ends with it."),
}

TASKS: dict[str, Act] = {
    "verification.process_case": leaves(
        Event.CHECKS_STARTED,
        often=(
            Event.FRAME_OPENED,
            Event.CHECKS_FAILED,
            Event.CASE_ADVANCED,
            Event.CROP_SEALED,
            Event.KNOWN_SEEDED,
            Event.MEDIA_SEALED,
            Event.MEDIA_KEYS_DESTROYED,
            Event.MEDIA_HELD,
            Event.MEDIA_BYTES_DELETED,
        ),
    ),
    "verification.render_wider": leaves(
        Event.FRAME_OPENED,
        often=(Event.WIDER_SEALED, Event.WIDER_ENDED, Event.MEDIA_KEYS_DESTROYED, Event.MEDIA_BYTES_DELETED),
    ),
    "verification.send_notice": nothing("Mails that something waits, naming nobody and no case, to who wished for it."),
    "verification.make_monthly_report": leaves(Event.REPORT_MADE),
    "verification.mail_checkpoint": nothing("Mails a checkpoint of the log itself, which a mailbox then proves."),
}

_ENDING = (
    Event.CLAIM_ENDED,
    Event.DECISION_VOIDED,
    Event.MEDIA_KEYS_DESTROYED,
    Event.MEDIA_HELD,
    Event.MEDIA_BYTES_DELETED,
)
_BELL = "Tells a worker of work that waits in the database. What the worker does is entries."

# What each step leaves when it finds something to do; a turn that finds nothing leaves nothing.
STEPS: dict[str, Act] = {
    "claims_ended": leaves(Event.CLAIM_ENDED),
    "cases_back": leaves(Event.CASE_BACK),
    "kept_notices_settled": nothing("Takes down notices of cases that are kept for nobody any more."),
    "votes_settled": Act(
        (),
        (
            Event.DECISION_COUNTED,
            Event.DECISION_VOIDED,
            Event.VOTES_FUSED,
            Event.ADJUDICATION_ASKED,
            Event.CASE_ADVANCED,
        ),
        "Each vote counts or falls away; the last one moves its case.",
    ),
    "wider_views_ended": leaves(Event.WIDER_ENDED, often=(Event.MEDIA_KEYS_DESTROYED, Event.MEDIA_BYTES_DELETED)),
    "cases_rung": nothing(_BELL),
    "wider_views_rung": nothing(_BELL),
    "holds_ended": leaves(Event.HOLD_ENDED),
    "media_destroyed": leaves(Event.MEDIA_KEYS_DESTROYED, often=(Event.MEDIA_HELD, Event.MEDIA_BYTES_DELETED)),
    "bytes_deleted": leaves(Event.MEDIA_BYTES_DELETED),
    "refusals_summed": may_leave(
        Event.ACCESS_DENIED,
        Event.SESSION_REFUSED,
        Event.CROP_REFUSED,
        Event.DECISION_REFUSED,
        Event.WIDER_REFUSED,
        Event.CAPTURE_REFUSED,
        when="One entry for all attempts of a kind beyond the first five of a minute, in the name of who made them.",
    ),
    "entries_placed": nothing("Gives entries their places in the tree: it is the log’s own keeping."),
    "checkpoints_published": nothing("Signs and publishes the tree: a checkpoint is its own record."),
    "entries_counted": nothing("Counts the published log for the reports; the log itself is only read."),
    "monthly_reports_rung": nothing("Tells a worker that the reports of a month are to be made."),
    "checkpoints_mailed": nothing("Tells a worker that the day’s checkpoint is to be mailed."),
    "incidents_forgotten": leaves(Event.INCIDENT_FORGOTTEN),
    "erased_cases_cut": nothing(
        "Shreds the key by which an erased case’s entries are found; its erasure is on record."
    ),
    "duties_ended": leaves(Event.DUTY_ENDED),
    "holds_warned_of": nothing("Puts up a notice that a hold is about to end."),
    "captures_expired": leaves(Event.CAPTURE_ENDED, often=(Event.CASE_ADVANCED, *_ENDING)),
    "cases_expired": leaves(Event.CASE_ADVANCED, often=_ENDING),
    "records_erased": leaves(Event.CASE_ADVANCED, Event.CASE_ERASED, often=_ENDING),
    "overdue_told": nothing("Puts up a notice that cases are past their time."),
    "notices_mailed": nothing(_BELL),
    "notices_forgotten": nothing("Deletes notices after 30 days. They hold opaque ids."),
    "small_things_forgotten": nothing(
        "Deletes used tickets, idempotency keys, counts, ended sessions and the like: no evidence, no case, no picture."
    ),
    "filing_watched": leaves(Event.FILING_LIMIT_REACHED),
    "days_tallied": nothing("Counts check results of a day that is over. Nobody is among the counts."),
    "orphans_deleted": leaves(Event.ORPHANS_DELETED),
}
