"""The one Django application of the house."""

from importlib import import_module

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Face verification"

    def ready(self) -> None:
        # Tasks bind to the configured Celery application, and the deploy checks register themselves, on import.
        import_module("reviewconsole.celery")
        import_module("reviewconsole.deploy_checks").refuse_unsafe_start()
