"""The words of the messages: constants, but for a reference, a date and a link. Nothing personal can be put in.

A subject varies in nothing at all, so that a list of mails or a locked telephone's screen tells no story.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NewType

Ref = NewType("Ref", str)
Url = NewType("Url", str)

CLOSING: Final = (
    "Sign in to read it. This message holds no case details; please do not reply with any.\n\n"
    "You get it because of your part in the panel's work."
)


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message. `says` and `subject` are the same for everybody; `version` grows when they change."""

    code: str
    subject: str
    says: str
    date_means: str = ""
    version: int = 1

    def body(self, *, ref: Ref, url: Url, on: date | None) -> str:
        """The text of one message: what it is about, its reference, the one date, the link."""
        lines = [self.says, "", f"Reference: {ref}"]
        if on is not None:
            lines.append(f"{self.date_means or 'Date'}: {on.day} {on:%B %Y}")
        return "\n".join([*lines, f"Link: {url}", "", CLOSING, ""])


_ALL = (
    Template("request_waits", "Panel: a request waits for you", "A request waits for your signature.", "Sign by"),
    Template("request_returned", "Panel: a request was returned", "A request was returned to you with reasons."),
    Template(
        "request_submitted", "Panel: a request has come in", "A request has been submitted and waits to be checked."
    ),
    Template("request_accepted", "Panel: a request is ready", "A request was checked and is ready for an agenda."),
    Template("request_withdrawn", "Panel: a request was withdrawn", "A request was withdrawn."),
    Template(
        "request_listed", "Panel: a request is on an agenda", "A request is on the agenda of a meeting.", "Meeting"
    ),
    Template("request_deferred", "Panel: a request was deferred", "A request was deferred."),
    Template("approval_waits", "Panel: an approval waits for you", "An approval waits for you.", "Approve by"),
    Template("deadline_near", "Panel: a deadline is near", "A deadline is near.", "Deadline"),
    Template("agenda_published", "Panel: an agenda is published", "The agenda of a meeting is published.", "Meeting"),
    Template("agenda_changed", "Panel: an agenda has changed", "The agenda of a meeting has changed.", "Meeting"),
    Template("meeting_planned", "Panel: a meeting is planned", "A meeting is planned.", "Meeting"),
    Template("meeting_changed", "Panel: a meeting was moved", "A meeting was moved. The new date is below.", "Meeting"),
    Template("meeting_cancelled", "Panel: a meeting was cancelled", "A meeting was cancelled.", "It was to be on"),
    Template(
        "meeting_closed", "Panel: a meeting has ended", "A meeting has ended; its minutes can be read.", "Meeting"
    ),
    Template(
        "papers_missing",
        "Panel: papers have not come",
        "Papers for a meeting have closed, and requests that were expected have not come.",
        "Meeting",
    ),
    Template("next_up", "Panel: your case is next", "The panel will come to your case next."),
    Template("decision_issued", "Panel: a decision is issued", "A decision is issued."),
    Template("decision_superseded", "Panel: a decision was corrected", "A decision was corrected by a new version."),
    Template("on_file", "Panel: a decision is on file", "A decision was put on the child’s file."),
    Template("signature_waits", "Panel: a decision waits for you", "A decision waits for your signature."),
    Template("cost_waits", "Panel: a cost part waits for you", "A decision waits for its cost part."),
    Template("action_given", "Panel: an action for you", "An action was given to you.", "Due"),
    Template("action_due", "Panel: an action is due", "An action of yours is due.", "Due"),
    Template("review_due", "Panel: a review is due", "A review is due.", "Due"),
    Template(
        "ratification_due", "Panel: a ratification is due", "A decision made outside the panel waits to be ratified."
    ),
    Template(
        "approved_outside",
        "Panel: a request was approved",
        "A request was approved outside the panel.",
        "Lasts until",
    ),
    Template(
        "agreed_by_telephone",
        "Panel: an agreement waits for you",
        "An agreement by telephone was recorded in your name and waits for your word.",
    ),
    Template("outside_answered", "Panel: an agreement was answered", "An agreement you recorded was answered."),
    Template("outside_seen", "Panel: the panel has decided", "The panel decided on what was approved outside it."),
    Template(
        "outside_lapsed",
        "Panel: an approval has lapsed",
        "An approval given outside the panel has lapsed before the panel saw it.",
        "Lasted until",
    ),
    Template(
        "dispute_raised",
        "Panel: a disagreement was raised",
        "A disagreement was raised and waits for you.",
        "Answer by",
    ),
    Template("cover_arranged", "Panel: cover was arranged", "Cover was arranged in which you are named.", "From"),
    Template("cover_ended", "Panel: cover has ended", "Cover in which you are named has ended."),
    Template("account_made", "Panel: you have an account", "An account was made for you, or opened again."),
    Template(
        "password_given",
        "Panel: your password was replaced",
        "An administrator replaced your password. If you did not ask for it, tell your head of service.",
    ),
    Template("office_proposed", "Panel: an office waits for you", "An office waits for your approval.", "From"),
    Template("office_given", "Panel: an office was given", "An office was approved and given.", "From"),
    Template("office_refused", "Panel: an office was refused", "An office you proposed was refused."),
    Template("office_ended", "Panel: an office has ended", "An office was ended.", "Last day"),
    Template(
        "policy_adopted", "Panel: a policy was adopted", "A new version of the panel's policy was adopted.", "From"
    ),
)
TEMPLATES: Final[dict[str, Template]] = {template.code: template for template in _ALL}
