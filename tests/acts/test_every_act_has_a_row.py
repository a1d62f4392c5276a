"""Nothing on the site is without its row, and no row is of nothing: addresses by method, commands, tasks, steps."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import load_command_class

from tests.web.addresses import all_names
from tests.web.test_permissions import EVERYBODY, NOBODY, TABLE, WHO, World
from verification.access.roles import Role
from verification.audit.acts_of_machines import COMMANDS, OF_THE_FRAMEWORK, STEPS, TASKS
from verification.audit.events import ALLOWED, Event
from verification.reports.refusals import KINDS
from verification.reports.wording import EVENTS
from verification.sweeper import STEPS as SWEPT

from .site import ROWS, answered_methods, own_commands

ALL_ACTS = {**ROWS, **COMMANDS, **OF_THE_FRAMEWORK, **TASKS, **STEPS}


@pytest.mark.django_db
def test_every_address_has_a_row_for_each_method_that_it_answers() -> None:
    """Asked by somebody whom the address lets in: others are sent away before the method is looked at."""
    found: set[str] = set()
    for who in WHO:
        world = World(who)
        for name in [name for name, row in TABLE.items() if first_of(row.who) == who]:
            found |= {f"{method} {name}" for method in answered_methods(world, name)}
    assert {key.partition(" ")[2] for key in found} == all_names()
    assert found == set(ROWS)


def first_of(who: frozenset[str]) -> str:
    """Of those whom an address lets in, one: who opens to everybody is met by somebody who is not signed in."""
    if who == EVERYBODY:
        return NOBODY
    return next((one for one in WHO if one in who), Role.REVIEWER)


def test_every_command_has_a_row_for_each_thing_that_it_does() -> None:
    rows = {key.partition(" ")[0] for key in COMMANDS}
    assert rows == own_commands()
    for name in own_commands():
        actions = subcommands(name)
        if actions:
            assert {key.partition(" ")[2] for key in COMMANDS if key.startswith(f"{name} ")} | {
                "" for key in COMMANDS if key == name
            } in ({*actions}, {""}), name


def subcommands(name: str) -> set[str]:
    parser = load_command_class("verification", name).create_parser("manage.py", name)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return set(action.choices)
    return set()


def test_every_task_has_a_row() -> None:
    current_app.loader.import_default_modules()
    own = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert own == set(TASKS)


def test_every_step_of_the_sweeper_has_a_row() -> None:
    assert {name for name, _, _ in SWEPT} == set(STEPS)


@pytest.mark.parametrize("act", ALL_ACTS)
def test_a_row_names_events_or_says_why_there_are_none(act: str) -> None:
    row = ALL_ACTS[act]
    assert row.always or row.why, "neither an event that is always there nor a sentence"
    assert not row.why or row.why.endswith((".", "?"))
    assert not set(row.always) & set(row.often)


# A recording that is refused for what it is: no row's success, and no attempt at what one may not do.
RECORDINGS = {Event.CAPTURE_REFUSED, Event.INJECTION_SUSPECTED}


def test_every_event_is_left_by_an_act_or_is_the_refusal_of_one() -> None:
    left = set().union(*(act.events for act in ALL_ACTS.values()))
    refused = {act.refused for act in ALL_ACTS.values()} | RECORDINGS
    assert set(Event) - left - refused == set()


def test_every_event_has_its_facts_and_its_words_and_every_refusal_its_line_in_the_report() -> None:
    assert set(Event) == set(ALLOWED) == set(EVENTS)
    assert {act.refused for act in ALL_ACTS.values()} - RECORDINGS <= set(KINDS)


@pytest.mark.parametrize("event", Event)
def test_every_event_is_recorded_somewhere_in_the_source(event: Event) -> None:
    """The word alone: that an act leaves it is seen by doing it, wherever that can be done."""
    house = [Path(settings.BASE_DIR) / part for part in ("verification", "reviewconsole")]
    told = ("events.py", "wording.py", "acts.py", "acts_of_machines.py")
    sources = [file for part in house for file in part.rglob("*.py") if file.name not in told]
    assert any(f"Event.{event.name}" in file.read_text(encoding="utf-8") for file in sources)
