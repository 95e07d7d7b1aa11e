"""What may be uploaded: few kinds of file, each of which must be what its name says and hold nothing that runs."""

from __future__ import annotations

import struct
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

OFFICE = "application/vnd.openxmlformats-officedocument."
EXTENSIONS: dict[str, str] = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}
SAME = {"jpeg": "jpg"}
# The part without which an office file is something else that was renamed.
HEART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2_000
MOST_RATIO = 200  # an office file shrinks to a tenth; a bomb to a thousandth
MOST_PIXELS = 60_000_000
# Words of a PDF that make a reader run, launch or unpack something.
ACTIVE_PDF = (b"/JavaScript", b"/JS ", b"/JS(", b"/JS<", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
ACTIVE_PARTS = ("vbaproject.bin", "activex/", "embeddings/", "macrosheets/", "externallinks/")


class FileFault(ValueError):  # noqa: N818 - a sentence for the person who chose the file
    """Why a file is not taken, in a sentence for the person who chose it."""


def content_type_of(name: str, file: BinaryIO, *, most_bytes: int) -> tuple[str, str]:
    """Look at a file and say what it is: (extension, content type); the file is left at its beginning.

    Args:
        name: what the person called it; only its extension is read.
        file: the content, seekable.
        most_bytes: the largest size taken, included.

    Raises:
        FileFault: it is empty, too big, of another kind, not what its name says, encrypted, or holds what could run.
    """
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").lower()
    extension = SAME.get(extension, extension)
    if extension not in EXTENSIONS:
        raise FileFault("Choose a PDF, Word (docx), Excel (xlsx), JPG or PNG file")
    size = file.seek(0, 2)
    if size == 0:
        raise FileFault("The file is empty")
    if size > most_bytes:
        raise FileFault(f"The file must be no larger than {most_bytes // (1024 * 1024)} MB")
    file.seek(0)
    try:
        CHECKS[extension](file, extension, size)
    finally:
        file.seek(0)
    return extension, EXTENSIONS[extension]


def _not_what_it_says(extension: str) -> FileFault:
    return FileFault(f"The file is not a {extension.upper()} file, although its name says so")


def _pdf(file: BinaryIO, extension: str, _size: int) -> None:
    content = file.read()
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise _not_what_it_says(extension)
    if b"/Encrypt" in content:
        raise FileFault("The PDF is protected with a password; save it without one")
    if any(word in content for word in ACTIVE_PDF):
        raise FileFault("The PDF holds scripts or other files; print it to a new PDF and choose that")


def _image(file: BinaryIO, extension: str, _size: int) -> None:
    content = file.read()
    width, height = _png_size(content) if extension == "png" else _jpg_size(content)
    if not width or not height:
        raise _not_what_it_says(extension)
    if width * height > MOST_PIXELS:
        raise FileFault("The picture has too many pixels; save it smaller")


def _png_size(content: bytes) -> tuple[int, int]:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpg_size(content: bytes) -> tuple[int, int]:
    if not content.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in content[-64:]:
        return 0, 0
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + length
    return 0, 0


def _office(file: BinaryIO, extension: str, size: int) -> None:
    if file.read(4) != b"PK\x03\x04":
        raise _not_what_it_says(extension)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _parts(parts, extension, size)
            head = archive.read("[Content_Types].xml")[: 1024 * 1024].lower()
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        if isinstance(error, FileFault):
            raise
        raise FileFault("The file is damaged; open it, save it again and choose it once more") from None
    if b"macroenabled" in head or b"vbaproject" in head:
        raise FileFault("The file holds macros; save it without them")


def _parts(parts: list[zipfile.ZipInfo], extension: str, size: int) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileFault("The file is protected with a password; save it without one")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > size * MOST_RATIO:
        raise FileFault("The file unpacks to far more than it holds; it is not taken")
    names = [part.filename for part in parts]
    if HEART[extension] not in names or "[Content_Types].xml" not in names:
        raise _not_what_it_says(extension)
    for part in parts:
        low = part.filename.lower()
        is_link = (part.external_attr >> 16) & 0o170000 == 0o120000
        if is_link or low.startswith("/") or ".." in low.split("/") or low.endswith(".zip"):
            raise FileFault("The file is damaged; open it, save it again and choose it once more")
        if any(word in low for word in ACTIVE_PARTS):
            raise FileFault("The file holds macros or other files; save it without them")


CHECKS = {"pdf": _pdf, "png": _image, "jpg": _image, "docx": _office, "xlsx": _office}
