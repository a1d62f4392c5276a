"""What a set of results means for a case. Pure and total; there is no automatic rejection.

Every expected check is there exactly once and passed: the case passes. Anything else goes to a person, or, where the
person in the picture did not agree that anybody may look, stays unresolved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult

from .thresholds import POLICY, Policy


class Verdict(StrEnum):
    """What the machine may conclude."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    TO_PERSON = "to_person"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and why: no reasons for a pass, at least one for anything else, each once and in the order found."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


def decide(results: Sequence[CheckResult], *, human_view: bool, policy: Policy = POLICY) -> Decision:
    """The decision for any results whatever. `human_view` is whether a person may ever look."""
    if _all_passed(results, policy):
        return Decision(Verdict.PASS)
    return Decision(Verdict.TO_PERSON if human_view else Verdict.UNRESOLVED, _reasons(results, policy))


def _all_passed(results: Sequence[CheckResult], policy: Policy) -> bool:
    complete = Counter(result.name for result in results) == Counter(policy.bands.keys())
    return complete and all(result.band is Band.PASS for result in results)


def _reasons(results: Sequence[CheckResult], policy: Policy) -> tuple[Reason, ...]:
    found = [reason for result in results if result.band is not Band.PASS for reason in result.reasons]
    if set(policy.bands) - {result.name for result in results}:
        found.append(Reason.CHECK_MISSING)
    # A result that is not a pass and gives no reason, or comes twice, is a fault of ours.
    return tuple(dict.fromkeys(found)) or (Reason.CHECK_ERROR,)
