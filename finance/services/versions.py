"""Reading a commitment's versions as the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from finance.models import Commitment, Funder, RateVersion, SplitVersion
from finance.rules import Rate, Share, ShareMode, ShareState, Span, Split, Suspended, Terms, Unit


def terms_of(
    commitment: Commitment, *, rates: Mapping[date, RateVersion], splits: Mapping[date, SplitVersion]
) -> Terms:
    """Return what a commitment's cost follows from, all versions taken together."""
    suspensions = commitment.suspensions.all()
    return Terms(
        start=commitment.start,
        expected_end=commitment.expected_end,
        horizon=commitment.horizon,
        rates=tuple(
            Rate(version.effective_from, version.rate_pence, version.quantity, Unit(version.unit))
            for version in rates.values()
        ),
        splits=tuple(Split(version.effective_from, shares_of(version)) for version in splits.values()),
        suspensions=tuple(Suspended(Span(s.first_day, s.last_day), s.percent_retained) for s in suspensions),
        own=Funder.OWN,
        count_last_day=commitment.count_last_day,
    )


def shares_of(version: SplitVersion) -> tuple[Share, ...]:
    """Return a stored split as the rules read it."""
    return tuple(
        Share(
            share.funder.code, ShareMode(share.mode), share.value, ShareState(share.state), share.reference,
            share.expires,
        )
        for share in version.shares.all()
    )  # fmt: skip


__all__ = ["shares_of", "terms_of"]
