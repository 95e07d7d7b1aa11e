"""Documents of a request: put there, opened through this door only, taken off."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import services
from applications.forms import DocumentForm
from applications.models import Application, Document
from applications.queries import standing_of, with_parts
from applications.rules import FileFault
from panels.policy.said import label
from people.access import SignedInRequest, requires
from people.permissions import Permission
from people.services import note_read

from .showing import mark_read, side

SANDBOX = "default-src 'none'; sandbox"


@requires(Permission.WRITE_REQUEST)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put a document with a request: while it is written, and late papers until it is heard."""
    found = with_parts(Application.objects.for_user(request.user, Permission.WRITE_REQUEST))
    application = get_object_or_404(found, reference=reference)
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.add_document(
                application=application,
                kind=form.cleaned_data["kind"],
                name=file.name,
                file=file,
                by=request.user,
                at=timezone.now(),
            )
        except (services.NotAllowedError, FileFault) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "The document is with the request.")
            return redirect("applications:documents", reference)
    mark_read(request, application)
    at = timezone.now()
    held = [(document, label(document.kind)) for document in application.documents.all() if document.removed_at is None]
    context = {
        "application": application,
        "form": form,
        "documents": held,
        "side": side(standing_of(application, at=at), at=at),
    }
    return render(request, "applications/documents.html", context, status=422 if form.errors else 200)


@requires(Permission.OPEN_DOCUMENT)
@require_safe
def open_document(request: SignedInRequest, reference: str, document: str) -> HttpResponse | FileResponse:
    """Hand out a document: as a download only, never shown by the browser in our name, and on record."""
    found = Document.objects.for_user(request.user).filter(application__reference=reference, removed_at__isnull=True)
    held = get_object_or_404(found, reference=document)
    note_read(
        by=request.user, at=timezone.now(), subject="document", subject_ref=held.reference, facts={"request": reference}
    )
    response = FileResponse(
        held.file.open("rb"), as_attachment=True, filename=held.name, content_type=held.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store, private"
    return response


@requires(Permission.WRITE_REQUEST)
@require_POST
def remove(request: SignedInRequest, reference: str, document: str) -> HttpResponse:
    """Take a document off a request that is being written."""
    application = get_object_or_404(
        Application.objects.for_user(request.user, Permission.WRITE_REQUEST), reference=reference
    )
    found = Document.objects.for_user(request.user).filter(application=application)
    held = get_object_or_404(found, reference=document)
    try:
        services.remove_document(document=held, by=request.user, at=timezone.now())
        messages.success(request, "The document is taken off the request.")
    except services.NotAllowedError as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:documents", reference)
