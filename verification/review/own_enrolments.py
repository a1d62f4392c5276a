"""Members of staff are subjects too. A case of one's own never comes to oneself."""

from __future__ import annotations

from verification.access.models import User
from verification.cases.models import Case

from .models import OwnEnrolment


def is_own(case: Case, person: User) -> bool:
    """Whether an administrator noted that this person is the subject of that case."""
    if not case.subject:
        return False
    noted = OwnEnrolment.objects.filter(person=person, programme_id=case.programme_id, subject=case.subject)
    return noted.exists()
