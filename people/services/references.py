"""References that say nothing: random, readable aloud, good in an address."""

from __future__ import annotations

import secrets

# Digits and capitals without those that are mistaken for one another (0 O, 1 I L, U V): twenty-nine signs.
SIGNS = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def new_reference(prefix: str) -> str:
    """Make a random reference such as `R-7K2M9QTX`: eight signs out of twenty-nine, about 39 bits.

    It is not derived from anything and not counted up, so it tells neither order nor number. Two can meet by chance;
    the unique column then refuses the second.
    """
    return f"{prefix}-" + "".join(secrets.choice(SIGNS) for _ in range(8))
