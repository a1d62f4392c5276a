"""The person's addresses. A secret stands in the first one only, which sends it on to nobody and opens once."""

from __future__ import annotations

from django.urls import path

from . import pages, rights, sending

urlpatterns = [
    path("c/<str:token>", pages.notice, name="capture-notice"),
    path("c/<str:token>/choose", pages.choose, name="capture-choose"),
    path("capture/consent", pages.consent, name="capture-consent"),
    path("capture/camera", pages.camera, name="capture-camera"),
    path("capture/challenge", sending.challenge, name="capture-challenge"),
    path("capture/upload", sending.upload, name="capture-upload"),
    path("capture/choose-other-way", pages.choose_other_way, name="capture-choose-other-way"),
    path("capture/other-way", pages.other_way, name="capture-other-way"),
    path("capture/status", rights.status, name="capture-status"),
    path("capture/status.json", rights.status_json, name="capture-status-json"),
    path("capture/mine", rights.mine, name="capture-mine"),
    path("capture/withdraw", rights.withdraw, name="capture-withdraw"),
    path("capture/erase", rights.erase, name="capture-erase"),
]
