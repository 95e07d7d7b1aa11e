"""What is asked for a child: the child, the request and its parts, sign-offs, documents, drafts."""

from .application import NAME, Application, SignOff
from .child import Child
from .documents import Document
from .drafts import DraftText
from .parts import Alternative, OtherFunding, PlanAction, ResourceLine, View

__all__ = [
    "NAME",
    "Alternative",
    "Application",
    "Child",
    "Document",
    "DraftText",
    "OtherFunding",
    "PlanAction",
    "ResourceLine",
    "SignOff",
    "View",
]
