"""The web process's entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewconsole.settings")
# Whatever server loads this is the web process, also where nobody said so: then it is held to what that may hold.
os.environ.setdefault("PROCESS_ROLE", "web")
# Reading a hidden mark multiplies matrices. A second thread for that would only take a processor from a reviewer.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

application = get_wsgi_application()
# Otherwise the first visitor of each worker would wait for every page to be loaded.
reverse("login")
# What was loaded so far stays for good. Searching it for garbage again and again would make single answers wait, and
# would give each forked worker a copy of the pages that hold it.
gc.collect()
gc.freeze()
