"""The entry point of an asynchronous server."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_asgi_application()

from config.safety import refuse_unsafe_start  # noqa: E402 (only when Django is ready)

refuse_unsafe_start()
