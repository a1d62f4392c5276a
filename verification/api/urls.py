"""The addresses under /api/v1/. All need a key, save the schema, which says what they are."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from .capture_sessions import CaptureSessionsView, CaptureSessionView
from .cases import CasesView, CaseView, NowhereView

app_name = "api"
urlpatterns = [
    path("cases", CasesView.as_view(), name="cases"),
    path("cases/<uuid:case_id>", CaseView.as_view(), name="case"),
    path("capture-sessions", CaptureSessionsView.as_view(), name="capture-sessions"),
    path("capture-sessions/<uuid:session_id>", CaptureSessionView.as_view(), name="capture-session"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    re_path("", NowhereView.as_view(), name="nowhere"),
]
