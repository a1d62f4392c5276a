"""How often a moved threshold would have been wrong, as far as anybody can know: of cases whose answer somebody gave.

There are two kinds of labels and no others. *Known* cases were made from pairs with a known answer: the truth, but as
easy or hard as whoever chose the pairs made them. *Reviewed* cases have what people decided in the end: people err (see
`known/results.py`), and only cases that the machine did not close come to them at all. Cases that it closed have no
label, so nothing here says how often a pass was wrong. The two are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from verification.checks.liveness import LIVENESS
from verification.checks.match import MATCH
from verification.checks.pad import PAD
from verification.checks.results import Band
from verification.checks.same_face import SAME_FACE
from verification.checks.same_person import SAME_PERSON
from verification.policy.agreement import NOT_ENOUGH, Bounded, wilson
from verification.policy.decide import Verdict
from verification.review.answers import Alive, SamePerson, as_yes_or_no

from .query import rows
from .what_if import STORED, Dial, Stored, band_at, parameters, stored, verdict_at
from .window import Window


class Source(StrEnum):
    """Where a label comes from."""

    KNOWN = "known"
    REVIEWED = "reviewed"


class Wrong(StrEnum):
    """What can go wrong."""

    PASSED_BY_CHECK = "passed_by_check"
    """The check passes somebody it should not."""
    HELD_BY_CHECK = "held_by_check"
    """The check does not pass somebody it should."""
    CLOSED = "closed"
    """The machine closes the case of an impostor."""
    SENT_ON = "sent_on"
    """The machine does not close the case of somebody genuine."""


@dataclass(frozen=True, slots=True)
class Label:
    """`same` person, and `live`; None where nobody could tell."""

    source: Source
    same: bool | None
    live: bool | None

    @property
    def genuine(self) -> bool | None:
        """Whether the case should be verified."""
        if self.same is False or self.live is False:
            return False
        return True if self.same and self.live else None


@dataclass(frozen=True, slots=True)
class Rate:
    wrong: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether a rate may be spoken of."""
        return self.of >= NOT_ENOUGH

    @property
    def bounds(self) -> Bounded | None:
        """The share that is wrong with Wilson's 95 % bounds; None while there is not enough."""
        return wilson(self.wrong, self.of) if self.enough else None


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of error, at the threshold in force and at the one that is tried."""

    source: Source
    wrong: Wrong
    before: Rate
    after: Rate


_OF_SAME = frozenset({MATCH.name, SAME_FACE.name, SAME_PERSON.name})
_OF_LIVE = frozenset({LIVENESS.name, PAD.name})

_KNOWN = STORED.format(
    extra="answer.same::text, answer.live::text",
    joins="JOIN known_case AS answer ON answer.case_id = cases.id",
    which="cases.known",
    groups="1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
)
# The last word: a senior's where one was asked for. Where there was none, all votes said the same.
_REVIEWED = STORED.format(
    extra="answer.same_person, answer.alive",
    joins="""JOIN LATERAL (
        SELECT vote.same_person, vote.alive FROM review_vote AS vote
        WHERE vote.case_id = cases.id AND vote.state = 'counted'
        ORDER BY vote.adjudicates DESC, vote.decided_at DESC LIMIT 1
    ) AS answer ON true""",
    which="NOT cases.known AND cases.status = 'decided'",
    groups="1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
)

Labelled = Counter[tuple[Label, Stored]]


def errors(window: Window, of: Dial, tried: float) -> list[Compared]:
    """Every kind of error by every kind of label, in order."""
    asked = parameters(window, of, (of.stands, tried))
    known, reviewed = rows(_KNOWN, asked), rows(_REVIEWED, asked)
    labelled: Labelled = Counter()
    for same, live, *found, cases in known:
        labelled[Label(Source.KNOWN, same == "true", live == "true"), stored(asked["edges"], *found)] += cases
    for same, alive, *found, cases in reviewed:
        said = as_yes_or_no(SamePerson(same)), as_yes_or_no(Alive(alive))
        labelled[Label(Source.REVIEWED, *said), stored(asked["edges"], *found)] += cases
    return list(_compared(labelled, of, tried))


def _compared(labelled: Labelled, of: Dial, tried: float) -> Iterable[Compared]:
    for source in Source:
        for wrong in Wrong:
            yield Compared(
                source, wrong, _rate(labelled, source, wrong, of, of.stands), _rate(labelled, source, wrong, of, tried)
            )


def _rate(labelled: Labelled, source: Source, wrong: Wrong, of: Dial, tried: float) -> Rate:
    errors, trials = 0, 0
    for (label, case), cases in labelled.items():
        if label.source is source and _counts(label, case, wrong, of):
            trials += cases
            errors += cases if _is_wrong(case, wrong, of, tried) else 0
    return Rate(errors, trials)


def _counts(label: Label, case: Stored, wrong: Wrong, of: Dial) -> bool:
    """Whether this case could have gone wrong in this way."""
    if wrong in {Wrong.CLOSED, Wrong.SENT_ON}:
        return label.genuine is (wrong is Wrong.SENT_ON)
    return case.band is not None and _truth(label, of.name) is (wrong is Wrong.HELD_BY_CHECK)


def _truth(label: Label, check: str) -> bool | None:
    """Whether the check should pass: by the one of the two questions that it answers, or by the case as a whole."""
    if check in _OF_SAME:
        return label.same
    return label.live if check in _OF_LIVE else label.genuine


def _is_wrong(case: Stored, wrong: Wrong, of: Dial, tried: float) -> bool:
    match wrong:
        case Wrong.PASSED_BY_CHECK:
            return band_at(of, case, tried) is Band.PASS
        case Wrong.HELD_BY_CHECK:
            return band_at(of, case, tried) is not Band.PASS
        case Wrong.CLOSED:
            return verdict_at(of, case, tried) is Verdict.PASS
        case Wrong.SENT_ON:
            return verdict_at(of, case, tried) is not Verdict.PASS
