"""Documents: pure drawing from stored JSON, the seal, and the check of a seal."""

from .drawing import draw_pack, draw_sheet
from .seal import SealedState, Verdict, inspect, seal

__all__ = ["SealedState", "Verdict", "draw_pack", "draw_sheet", "inspect", "seal"]
