"""The entry point of gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.safety import refuse_unsafe_start  # noqa: E402 (only when Django is ready)

refuse_unsafe_start()
