"""`manage.py known_cases import | list | retire`: the stock of pairs from which known cases are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from verification.audit.events import OPERATOR
from verification.intake import known_list, known_pairs
from verification.known import sets, stock
from verification.reports.wording import count
from verification.retention.erase import erase_case
from verification.vault.store import VaultLocked


class Command(BaseCommand):
    """See the module."""

    help = "Import, list or retire sets of pairs with known answers."

    def add_arguments(self, parser: CommandParser) -> None:
        """`import DIR --set NAME --permitted-by TEXT`, `list`, `retire --set NAME`."""
        actions = parser.add_subparsers(dest="action", required=True)
        bring = actions.add_parser("import", help="take in a labelled set", description=known_list.__doc__)
        bring.add_argument("directory", type=Path, help=f"holds {known_list.LIST} and the files it names")
        bring.add_argument("--set", required=True, help="the set's name: small letters, digits, hyphens")
        bring.add_argument("--permitted-by", required=True, help="who permits this use of the pictures, and by what")
        actions.add_parser("list", help="what is in stock, by set")
        retire = actions.add_parser("retire", help="empty a set for good, and erase what was made from it and is open")
        retire.add_argument("--set", required=True, help="the set's name")

    def handle(self, *, action: str, **options: Any) -> None:
        {"import": self.bring, "list": self.list, "retire": self.retire}[action](**options)

    def bring(self, *, directory: Path, set: str, permitted_by: str, **_: Any) -> None:  # noqa: A002 - the option's name
        """Exit code 1 when a line was not taken; the others are in stock all the same."""
        try:
            done = known_pairs.import_set(directory, set, permitted_by, actor=OPERATOR)
        except (known_list.BadSet, VaultLocked) as bad:
            raise CommandError(str(bad)) from None
        for problem in done.problems:
            self.stderr.write(f"{known_list.LIST}, line {problem.line}: {problem.sentence}")
        before = f"; {done.there_before} were there before" if done.there_before else ""
        self.stdout.write(
            f"{count(done.pairs, 'pair', 'pairs')} imported, {done.impostors} of them to be answered with no{before}."
        )
        if done.problems:
            lines = count(len(done.problems), "line was", "lines were")
            raise CommandError(f"{lines} not taken; nothing of such a pair is kept.")

    def list(self, **_: Any) -> None:
        """One line for each set and permission."""
        found = sets.sets()
        for one in found:
            gone = f", {one.retired} retired" if one.retired else ""
            self.stdout.write(f"{one.name}: {one.genuine} genuine, {one.impostors} impostors, {one.ready} ready{gone}")
            self.stdout.write(f"    permitted by {one.permitted_by}")
        if not found:
            self.stdout.write("The stock is empty: no known case can be made.")

    def retire(self, *, set: str, **_: Any) -> None:  # noqa: A002 - the option's name
        """The stock first: from then on no case is made from it, and those that are open can be found."""
        emptied = stock.retire(set, actor=OPERATOR)
        opened = sets.open_cases_of(set)
        for case_id in opened:
            erase_case(case_id, actor=OPERATOR, reason="known_retired")
        if not emptied and not opened:
            raise CommandError("There is nothing to retire under this name. `known_cases list` shows the sets.")
        cases = count(len(opened), "open case", "open cases")
        self.stdout.write(f"{count(emptied, 'pair', 'pairs')} emptied, {cases} erased.")
