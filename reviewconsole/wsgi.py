"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
# Whatever server loads this is the web process, also where nobody said so: then it is held to what that may hold.
os.environ.setdefault("PROCESS_ROLE", "web")

application = get_wsgi_application()
