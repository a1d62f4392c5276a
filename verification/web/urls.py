"""The addresses of the console. Secrets never stand in an address: tickets travel in bodies."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from . import (
    accounts,
    case,
    home,
    live,
    look,
    notices,
    people,
    programme_settings,
    programmes,
    queue,
    reports,
    viewing,
)

urlpatterns = [
    path("", include("verification.web.capture.urls")),
    path("", home.home, name="home"),
    path("login", login_not_required(accounts.SignIn.as_view()), name="login"),
    path("logout", accounts.sign_out, name="logout"),
    path("account/password", accounts.change_password, name="password"),
    path("account/email", accounts.email, name="account-email"),
    path("live", live.live, name="live"),
    path("notices", notices.notices, name="notices"),
    path("notices/read", notices.read_all, name="notices-read"),
    path("notices/<uuid:notice_id>", notices.open_, name="notice-open"),
    path("review", queue.review, name="review"),
    path("review/take", queue.take, name="review-take"),
    path("review/look", look.look, name="review-look"),
    path("review/viewing", viewing.viewing, name="review-viewing"),
    path("review/cases/<uuid:claim_id>", case.show, name="case"),
    path("review/cases/<uuid:claim_id>/tickets", look.tickets, name="case-tickets"),
    path("review/cases/<uuid:claim_id>/pulse", case.pulse, name="case-pulse"),
    path("review/cases/<uuid:claim_id>/extend", case.extend, name="case-extend"),
    path("review/cases/<uuid:claim_id>/release", case.release, name="case-release"),
    path("review/cases/<uuid:claim_id>/decide", case.decide, name="case-decide"),
    path("review/cases/<uuid:claim_id>/undo", case.undo, name="case-undo"),
    path("review/cases/<uuid:claim_id>/vote", case.vote, name="case-vote"),
    path("review/cases/<uuid:claim_id>/findings", case.findings, name="case-findings"),
    path("people", people.people, name="people"),
    path("people/<uuid:person_id>", people.person, name="person"),
    path("people/<uuid:person_id>/give", people.give, name="person-give"),
    path("people/<uuid:person_id>/take", people.take, name="person-take"),
    path("people/<uuid:person_id>/deactivate", people.deactivate, name="person-deactivate"),
    path("people/<uuid:person_id>/reactivate", people.reactivate, name="person-reactivate"),
    path("people/<uuid:person_id>/password", people.reset_password, name="person-password"),
    path("programmes", programmes.programmes, name="programmes"),
    path("programmes/<uuid:programme_id>/settings", programme_settings.settings, name="programme-settings"),
    path("programmes/<uuid:programme_id>/keys", programmes.issue_key, name="programme-key"),
    path("programmes/keys/<uuid:key_id>/revoke", programmes.revoke_key, name="programme-key-revoke"),
    path("reports", reports.reports, name="reports"),
    path("reports/log", reports.log, name="reports-log"),
    path("reports/log.csv", reports.log_csv, name="reports-log-csv"),
    path("reports/log/verify", reports.log_verify, name="reports-log-verify"),
]
