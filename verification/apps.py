"""The one Django application of the house."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Face verification"

    def ready(self) -> None:
        # Tasks bind to the configured Celery application, and the deploy checks register themselves, on import.
        import_module("reviewconsole.celery")
        import_module("reviewconsole.deploy_checks").refuse_unsafe_start()
        if settings.PROCESS_ROLE == "worker":
            import_module("verification.checks.engines.lock").verify_installed(settings.MODELS_DIR, settings.MODEL_SET)
