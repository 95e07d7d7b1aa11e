"""Decision sheets: the page of one, its file, and the check whether a file is genuine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decisions import documents
from decisions.documents import SealedState
from decisions.models import AgendaVersion, Sheet
from decisions.services import sheets as services
from decisions.states import DecisionState, SheetState
from people import services as people_services
from people.access import SignedInRequest, requires
from people.models.record import Verb
from people.permissions import Permission

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 20 * 1024 * 1024


class VerifyForm(forms.Form):
    """The file somebody wants checked."""

    file = forms.FileField(
        label="Decision sheet (PDF)",
        help_text="The file is checked and not kept.",
        error_messages={
            "required": "Choose the PDF of a decision sheet.",
            "empty": "The file is empty: choose the PDF of a decision sheet.",
        },
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what cannot be a decision sheet by its size."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            found = (file.size or 0) / 1024 / 1024
            raise forms.ValidationError(f"The file has {found:.0f} MB; a decision sheet has 20 MB at the most.")
        return file


@requires(Permission.SEE_NARRATIVE)
@require_safe
def sheet(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show one sheet: whether it is drawn, what its seal and fingerprint are, and the way to the file."""
    found = get_object_or_404(
        Sheet.objects.for_user(request.user).select_related(
            "decision__application", "decision__superseded_by", "decision__item__meeting__panel"
        ),
        reference=reference,
    )
    context = {
        "sheet": found,
        "decision": found.decision,
        "may_draw_again": request.user.may(Permission.BUILD_AGENDA),
    }
    return render(request, "decisions/sheet/page.html", context)


@requires(Permission.SEE_NARRATIVE)
@require_safe
def sheet_file(request: SignedInRequest, reference: str) -> HttpResponse | FileResponse:
    """Hand out the sealed file; the disclosure is on record before the first byte leaves."""
    found = get_object_or_404(
        Sheet.objects.for_user(request.user).select_related("decision__council"),
        reference=reference,
        state=SheetState.SEALED,
    )
    people_services.record(
        council=found.decision.council,
        by=request.user,
        at=timezone.now(),
        verb=Verb.DISCLOSURE,
        action="sheet.opened",
        subject="decision",
        subject_ref=found.decision.reference,
        facts={"sheet": found.reference, "file_sha256": found.file_sha256},
    )
    name = f"decision-{found.decision.application.reference}-v{found.decision.version}.pdf"
    return _guarded(
        FileResponse(found.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    )


@requires(Permission.BUILD_AGENDA)
@require_POST
def draw_again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask for a sheet that could not be drawn once more."""
    found = get_object_or_404(
        Sheet.objects.for_user(request.user).select_related("decision__council"), reference=reference
    )
    services.draw_again(sheet=found, by=request.user, at=timezone.now())
    messages.success(request, "The sheet is to be drawn again.")
    return redirect("decisions:sheet", reference=reference)


@requires(Permission.SEE_MEETING)
@require_safe
def pack_file(request: SignedInRequest, reference: str, number: int) -> HttpResponse | FileResponse:
    """Hand out an agenda pack; the disclosure is on record before the first byte leaves."""
    version = get_object_or_404(
        AgendaVersion.objects.for_user(request.user).select_related("meeting__panel__council"),
        meeting__reference=reference,
        number=number,
    )
    if not version.pack_sha256 or not version.pack:
        raise Http404("The pack is still being drawn.")
    people_services.record(
        council=version.meeting.panel.council,
        by=request.user,
        at=timezone.now(),
        verb=Verb.DISCLOSURE,
        action="pack.opened",
        subject="meeting",
        subject_ref=version.meeting.reference,
        facts={"agenda": number, "file_sha256": version.pack_sha256},
    )
    name = f"agenda-{version.meeting.reference}-v{number}.pdf"
    return _guarded(
        FileResponse(version.pack.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    )


@requires(Permission.VERIFY_SHEET)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: SignedInRequest) -> HttpResponse:
    """Take a PDF and say: valid, changed, superseded, or not a sheet of this council. The file is not kept."""
    is_sent = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if is_sent else VerifyForm()
    verdict = None
    if is_sent and form.is_valid():
        verdict = _verdict(request, form.cleaned_data["file"].read())
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "decisions/verify.html", {"form": form, "verdict": verdict}, status=status)


def _verdict(request: SignedInRequest, pdf: bytes) -> dict[str, object]:
    """Compare a file with the record first (every byte), then look at its seal."""
    known = services.find_by_fingerprint(council=request.council, sha256=hashlib.sha256(pdf).hexdigest())
    seal = documents.inspect(pdf)
    if known is None:
        # A sound seal alone proves nothing: its own padding can be changed, and other councils have seals too.
        code = "elsewhere" if seal.state == SealedState.VALID else str(seal.state)
        return {"code": code, "signer": seal.signer}
    decision = known.decision
    if decision.state == DecisionState.SUPERSEDED:
        newer = getattr(decision, "superseded_by", None)
        return {"code": "superseded", "sheet": known, "decision": decision, "newer": newer, "signer": seal.signer}
    if seal.state != SealedState.VALID:
        # The bytes are those on record, so it is the seal's certificate that cannot be trusted any more.
        return {"code": "seal", "sheet": known, "decision": decision, "signer": seal.signer}
    return {"code": "valid", "sheet": known, "decision": decision, "signer": seal.signer}


def _guarded(response: FileResponse) -> FileResponse:
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response
