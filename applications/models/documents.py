"""Documents put with a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from people.permissions import Permission

from .application import Application

if TYPE_CHECKING:
    from people.models import User


class DocumentQuerySet(models.QuerySet["Document"]):
    """Questions about documents."""

    def for_user(self, user: User) -> DocumentQuerySet:
        """Documents of the requests whose documents somebody may open."""
        opened = Application.objects.for_user(user, Permission.OPEN_DOCUMENT)
        return self.filter(models.Exists(opened.filter(pk=models.OuterRef("application"))))


class Document(models.Model):
    """An uploaded file, stored under a random name; the worker's name for it is data, never a path."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    reference = models.SlugField(max_length=24, unique=True)
    kind = models.SlugField(help_text="A document code of the rules' interface, or 'other'.")
    name = models.CharField(max_length=160, help_text="What the worker called it.")
    file = models.FileField(upload_to="documents/%Y/%m")
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["uploaded_at"]

    def __str__(self) -> str:
        return self.reference
