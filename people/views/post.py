"""Pages about messages: what waits, what failed, what nobody can know; and the demo's post box."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people.access import SignedInRequest, requires
from people.forms.filters import MessageFilter
from people.models import Message, User
from people.models.message import MessageState
from people.permissions import Permission
from people.queries import letters_in
from people.services import send_again
from people.views.people import page_of


@requires(Permission.BUILD_AGENDA)
@require_safe
def post(request: SignedInRequest) -> HttpResponse:
    """Messages of the council; those that need somebody's eye first."""
    everything = Message.objects.for_user(request.user)
    counts = dict(everything.order_by().values_list("state").annotate(n=Count("pk")))
    found = MessageFilter(request.GET, everything.select_related("recipient"), request=request)
    tiles = [(state.label.capitalize(), counts.get(state.value, 0), state.value) for state in MessageState]
    context = {"filter": found, "page": page_of(request, found.qs), "tiles": tiles}
    return render(request, "people/post.html", context)


@requires(Permission.BUILD_AGENDA)
@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a message again that failed or may not have arrived."""
    message = get_object_or_404(Message.objects.for_user(request.user).select_related("council"), pk=pk)
    if send_again(message=message, by=request.user, at=timezone.now()):
        messages.success(request, f"Message {message.reference} will be sent again.")
    else:
        messages.warning(request, f"Message {message.reference} is {message.get_state_display()} by now.")
    return redirect("people:post")


@requires(Permission.SEE_MAILBOX)
@require_safe
def mailbox(request: SignedInRequest) -> HttpResponse:
    """The demo's post box: what was sent to anybody of the reader's council. Exists only in the demo."""
    if not settings.DEMO:
        raise Http404
    addresses = set(User.objects.for_user(request.user).values_list("email", flat=True))
    page = page_of(request, letters_in(settings.MAILBOX_DIR, to=addresses), per_page=25)
    return render(request, "people/mailbox.html", {"page": page})
