"""Commands of the framework that reach past the rooms: on the record before they run, or not run at all.

`verification/audit/acts_of_machines.py` says which. Somebody with the database's password needs none of them; this is
about what is done through the site's own command, and an honest operator then leaves a trace without thinking of it.
"""

from __future__ import annotations

from collections.abc import Sequence


class NotOnRecord(RuntimeError):
    """The log cannot be written, so the command does not run. The message is a sentence for whoever typed it."""


def put_on_record(argv: Sequence[str]) -> bool:
    """Whether the command line's command was put on record. Nothing is where only its help is asked for.

    Raises `NotOnRecord`.
    """
    name = argv[1] if len(argv) > 1 else ""
    if not _reaches_past_the_rooms(name) or {"-h", "--help"} & set(argv):
        return False
    import django

    django.setup()
    from django.db import DatabaseError, transaction

    from verification.audit import log
    from verification.audit.events import OPERATOR, Event

    try:
        with transaction.atomic():
            log.record(Event.COMMAND_RUN, actor=OPERATOR, command=name)
    except DatabaseError as problem:
        raise NotOnRecord(
            f"`{name}` reaches rows of the database by hand, so it is put on the record first, and the log cannot be "
            f"written ({type(problem).__name__}). Nothing was run. See that the database is there and migrated."
        ) from None
    return True


def _reaches_past_the_rooms(name: str) -> bool:
    from verification.audit.acts_of_machines import OF_THE_FRAMEWORK

    return name in OF_THE_FRAMEWORK and bool(OF_THE_FRAMEWORK[name].always)
