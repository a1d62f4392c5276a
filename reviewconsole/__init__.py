"""How the site is assembled and served: settings, URLs, Celery, logs, deploy checks, the launcher."""
