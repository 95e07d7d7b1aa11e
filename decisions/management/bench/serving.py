"""What gunicorn serves while followers are measured: the product, and beside it the bare pages."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()  # the settings' name is inherited from the process that measures
settings.ROOT_URLCONF = "decisions.management.bench.pages"
