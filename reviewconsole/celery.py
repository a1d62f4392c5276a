"""The Celery application. Tasks live in `verification.tasks`; each takes an id and makes one call."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")

app = Celery("reviewconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["verification"])
