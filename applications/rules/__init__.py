"""Pure rules of requests: what a file may be. No framework, no clock, no database."""

from __future__ import annotations

from .uploads import EXTENSIONS, FileFault, content_type_of

__all__ = ["EXTENSIONS", "FileFault", "content_type_of"]
