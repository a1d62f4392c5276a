"""Roles and what each may do: a table in code, so that a change is a reviewed commit and not a click."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    CASE_REVIEW = "case:review"
    CROP_LOOK = "crop:look"
    CASE_ADJUDICATE = "case:adjudicate"
    QUEUE_HEALTH = "queue:health"
    QUEUE_OVERSEE = "queue:oversee"
    WIDER_ASK = "wider:ask"
    WIDER_ASK_FRAME = "wider:ask-frame"
    WIDER_APPROVE = "wider:approve"
    INCIDENT_RAISE = "incident:raise"
    INCIDENT_HANDLE = "incident:handle"
    HOLD_APPROVE = "hold:approve"
    REPORT_READ = "report:read"
    ASSESSMENT_RECORD = "assessment:record"
    LOG_READ = "log:read"
    LOG_EXPORT = "log:export"
    LEAK_TRACE = "leak:trace"
    PERSON_MANAGE = "person:manage"
    ROLE_GRANT = "role:grant"
    PROGRAMME_MANAGE = "programme:manage"


class Role(StrEnum):
    REVIEWER = "reviewer"
    SENIOR_REVIEWER = "senior_reviewer"
    RISK_OFFICER = "risk_officer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


_LOOKS = frozenset(
    {
        Permission.CASE_REVIEW,
        Permission.CROP_LOOK,
        Permission.QUEUE_HEALTH,
        Permission.WIDER_ASK,
        Permission.INCIDENT_RAISE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.REVIEWER: _LOOKS,
    Role.SENIOR_REVIEWER: _LOOKS
    | {
        Permission.CASE_ADJUDICATE,
        Permission.QUEUE_OVERSEE,
        Permission.WIDER_ASK_FRAME,
        Permission.WIDER_APPROVE,
        Permission.INCIDENT_HANDLE,
        Permission.HOLD_APPROVE,
    },
    Role.RISK_OFFICER: frozenset(
        {
            Permission.REPORT_READ,
            Permission.ASSESSMENT_RECORD,
            Permission.LOG_READ,
            Permission.LOG_EXPORT,
            Permission.LEAK_TRACE,
            Permission.WIDER_APPROVE,
            Permission.HOLD_APPROVE,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.PERSON_MANAGE, Permission.ROLE_GRANT, Permission.PROGRAMME_MANAGE}),
}

# In words, for the person who gives the role.
MEANING: dict[Role, str] = {
    Role.REVIEWER: "Takes the next case, sees a redacted face for minutes, and decides. Every look is logged.",
    Role.SENIOR_REVIEWER: "All that a reviewer may do. Settles cases on which votes differ, approves wider views that "
    "others ask for, and handles worries about a person.",
    Role.RISK_OFFICER: "Reads reports and the audit log, verifies and exports them, traces leaked pictures, records "
    "impact assessments, and approves wider views and legal holds that others ask for. Never sees a face.",
    Role.ADMINISTRATOR: "Adds people, gives and takes roles, manages programmes and their keys. Never sees a face.",
}

# Whoever looks at faces neither audits the looking nor hands out the right to look, and the auditor hands out nothing.
LOOKING = frozenset({Role.REVIEWER, Role.SENIOR_REVIEWER})
INCOMPATIBLE: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (LOOKING, frozenset({Role.RISK_OFFICER, Role.ADMINISTRATOR})),
    (frozenset({Role.RISK_OFFICER}), frozenset({Role.ADMINISTRATOR})),
)


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that a set of roles allows together."""
    return frozenset().union(*(GRANTS[role] for role in roles))
