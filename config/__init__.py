"""Settings, addresses, workers: how the apps are put together."""

from .celery import app as celery_app

__all__ = ["celery_app"]
