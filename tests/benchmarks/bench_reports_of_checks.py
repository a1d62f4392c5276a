"""The reports that rest on stored results, over 100,000 cases and a million results of a year:
`python3 manage.py test tests/benchmarks/bench_reports_of_checks.py -n 0 -s`.

Prints what it measured. Rows are written in bulk, for 100,000 real captures are not what is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import a_person, a_programme
from tests.reports.checked import a_checked_case
from verification.access.roles import Role
from verification.cases.models import Programme
from verification.reports import agreements, check_tallies, checks, destroyed, filing, versions, what_if, what_if_errors
from verification.reports.registry import REPORTS, made
from verification.reports.window import Span, Window, midnight
from verification.reports.words import Words

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 100_000
DAYS = 366
ROUNDS = 5

# A year of cases of three programmes: one in eight sent to people, one in fifty known, one in a hundred erased.
_CASES = """
INSERT INTO cases_case (id, programme_id, kind, status, outcome, reasons, captured_by, subject, notice_version, scopes,
    live_images, policy, known, received_at, settled_at, closed_at, media_destroyed_at, attempts, fence)
SELECT gen_random_uuid(), (%(programmes)s::uuid[])[1 + n %% 3], 'enrolment',
    CASE WHEN n %% 100 = 1 THEN 'erased' WHEN n %% 8 = 0 THEN 'decided' ELSE 'passed' END, 'verified', '[]'::jsonb,
    'relying_party', CASE WHEN n %% 100 = 1 THEN '' ELSE md5((n %% 70000)::text) || md5('s') END, '1',
    '["compare", "transmit", "human_view"]', 1, %(policy)s, n %% 50 = 0,
    at, at + interval '2 seconds', at + interval '1 hour', at + interval '1 hour', 1, 1
FROM (SELECT n, %(end)s::timestamptz - n * interval '1 second' * %(step)s AS at
      FROM generate_series(1, %(cases)s) AS n) AS made
"""
_RESULTS = """
INSERT INTO checks_result (case_id, position, name, band, score, unit, low, high, reasons, model, model_sha256,
    milliseconds)
SELECT cases.id, result.position, result.name,
    CASE WHEN result.name = 'match' THEN CASE WHEN score.match < 0.28 THEN 'fail' WHEN score.match < 0.4
         THEN 'ambiguous' ELSE 'pass' END ELSE 'pass' END,
    CASE WHEN result.name = 'match' THEN score.match WHEN result.name IN ('one_face', 'origin') THEN result.score
         ELSE result.score * (0.95 + random() * 0.1) END,
    result.unit, result.low, result.high,
    CASE WHEN result.name = 'match' AND score.match < 0.4 THEN '["match_unclear"]'::jsonb ELSE '[]' END,
    result.model, result.model_sha256, 5
FROM cases_case AS cases
CROSS JOIN LATERAL (SELECT 0.25 + random() * 0.6 + 0 * cases.live_images AS match) AS score
CROSS JOIN (SELECT * FROM checks_result WHERE case_id = %(pattern)s) AS result
WHERE cases.id <> %(pattern)s AND cases.status <> 'erased'
"""
_KNOWN = """
INSERT INTO known_pair (id, set_name, permitted_by, digest, same, live, wrapped, imported_at, used)
VALUES (%(pair)s, 'made', 'nobody', 'x', true, true, 'x', now(), 1);
INSERT INTO known_case (case_id, pair_id, same, live, seeded_at)
SELECT id, %(pair)s, random() < 0.7, true, now() FROM cases_case WHERE known
"""


_KEYS = """
INSERT INTO vault_case_key (case_id, purpose, version, wrapped, created_at, destroyed_at)
SELECT id, purpose, 1, NULL, received_at, closed_at + (random() * 61) * interval '1 second'
FROM cases_case CROSS JOIN (VALUES ('frame'), ('crop')) AS kinds (purpose)
WHERE closed_at IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO vault_sealed_media (case_id, purpose, kind, object_name, size, sealed_at, deleted_at)
SELECT id, purpose, of, id::text || of, 1000, received_at, closed_at + interval '5 seconds'
FROM cases_case
CROSS JOIN (VALUES ('frame', 'reference'), ('frame', 'live-0'), ('crop', 'crop-live')) AS kinds (purpose, of)
WHERE closed_at IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO capture_session (id, case_id, token_digest, locale, return_url, embedded, created_at, expires_at,
    notice_version, consents, chosen, attempts, suspicions, refusal, "end")
SELECT gen_random_uuid(), id, sha256(id::text::bytea), 'en', '', false, received_at, received_at, '1', '{}',
    CASE WHEN random() < 0.1 THEN 'other_way' ELSE 'camera' END, 1, 0, '', 'captured'
FROM cases_case WHERE NOT known
"""


def fill() -> None:
    pattern = a_checked_case()
    programmes = [str(a_programme().pk) for _ in range(3)]
    step = DAYS * 86_400 / CASES
    run(_CASES, programmes=programmes, policy=pattern.policy, end=timezone.now(), step=step, cases=CASES)
    run(_RESULTS, pattern=pattern.pk)
    run(_KNOWN, pair="6f1c9a52-58a7-4a86-8f0e-2f6a4f0f3f11")
    run(_KEYS)
    run("VACUUM ANALYZE")


def run(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        for one in sql.split(";"):
            cursor.execute(one, values)


def timed(what: str, act: Callable[[], object]) -> None:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    print(f"{what:50} median {sorted(seconds)[ROUNDS // 2] * 1000:7.0f} ms   longest {max(seconds) * 1000:7.0f} ms")


def a_year(programme: Programme | None = None) -> Window:
    end = midnight(timezone.localdate() + timedelta(days=1))
    return Window(Span.CUSTOM, end - timedelta(days=DAYS), end, programme.pk if programme else None)


def test_reports_over_a_year_of_results() -> None:
    began = time.perf_counter()
    fill()
    print(f"\nfilled in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    days = 0
    while tallied := check_tallies.tally_days():
        days += tallied
    print(f"tallied {days} days in {time.perf_counter() - began:.1f} s")
    run("VACUUM ANALYZE")
    window = a_year()
    timed("results by band and reason, a year", lambda: checks.by_check(checks.counted(window)))
    timed("scores over the weeks, a year", lambda: checks.moved(check_tallies.scores(window)))
    timed("versions, of all time", versions.versions)
    match = what_if.dial("match")
    timed("what if, a year", lambda: what_if.what_if(window, match, 0.36))
    timed("errors of a what if, a year", lambda: what_if_errors.errors(window, match, 0.36))
    timed("media in time and late, a year", lambda: destroyed.promises(window))
    timed("the longest late, a year", lambda: destroyed.late(window))
    timed("consents and sessions, a year", lambda: (agreements.given(window), agreements.invitations(window)))
    timed("people against the filing limit", filing.filing)
    for key in ("checks", "promises", "compliance"):
        timed(f"the whole report {key}, a year", partial(made, REPORTS[key], window, Words()))
    client = Client()
    client.force_login(a_person(Role.RISK_OFFICER))
    asked = {"from": str(window.first_day), "to": str(window.last_day)}
    for address in ("/reports/checks", "/reports/checks/what-if", "/reports/promises", "/reports/compliance"):
        timed(f"the page {address}, a year", partial(client.get, address, asked))
