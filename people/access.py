"""The one door of every page: which permission it asks for, said beside the view and read by the house tests."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from people.permissions import Permission

if TYPE_CHECKING:
    from people.models import Council, User

SEEN, BEGAN = "last_seen", "signed_in"  # keys of a session: seconds since 1970
TO_CHANGE_PASSWORD = frozenset({"people:password", "people:stay"})
"""What stays open to somebody whose password was made by somebody else."""

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


class SignedInRequest(HttpRequest):
    """A request behind the door: somebody with an account and a council. Views annotate their argument with it."""

    user: User
    council: Council  # of who is signed in; set at the door
    htmx: Any


class Accounts(ModelBackend):
    """Accounts as Django keeps them, each read together with its council and offices, which every page needs."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, or None where the account is closed."""
        found: User | None = get_user_model().objects.at_the_door(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None


def requires(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[Concatenate[Any, P], R]]:
    """Let a view be reached only by those who hold a permission over something.

    Strangers are sent to the sign-in page by `LoginRequiredMiddleware` before they come here. Who lacks the
    permission is refused (403) before anything is looked up, so the answer says nothing about what exists; which
    records somebody may see is the query's business (`for_user`), and what they may not see is not found (404).
    Whose password was made by somebody else is sent to change it first, from every page.
    Sets `view.permission`.
    """

    def at_the_door(view: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> R:
            if not request.user.is_authenticated or not request.user.may(permission):
                logger.warning("refused: user %s lacks %s", request.user.pk, permission.value)
                raise PermissionDenied
            if request.user.must_change_password and request.resolver_match.view_name not in TO_CHANGE_PASSWORD:
                return cast("R", redirect("people:password"))
            request.council = request.user.council
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[Any, P], R]", guarded)

    return at_the_door


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Mark one of the few pages a stranger may see. Sets `view.permission` to None and `view.open_to_all`."""
    view.permission = None  # type: ignore[attr-defined]
    view.open_to_all = True  # type: ignore[attr-defined]
    return login_not_required(view)
