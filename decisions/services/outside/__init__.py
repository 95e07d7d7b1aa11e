"""Approving outside the panel: by the officer the policy names, or put on record as agreed by telephone."""

from __future__ import annotations

from .approving import approve
from .telephone import answer_telephone, record_telephone
from .writing import AlreadyApprovedError, Consulted

__all__ = ["AlreadyApprovedError", "Consulted", "answer_telephone", "approve", "record_telephone"]
