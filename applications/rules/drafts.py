"""What may be sent in as the draft of a policy: a zipped folder of YAML files, read without trusting it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MOST_FILES = 60
MOST_BYTES = 2 * 1024 * 1024  # of the archive, and of all its files unpacked
MOST_OF_ONE = 512 * 1024
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.yaml")
MOST_PARTS = 100_000  # values, lists and mappings of one file with every alias unfolded; the largest today has 3,000
DEEPEST = 40  # levels; the deepest today is 9


class DraftFault(ValueError):  # noqa: N818 - it names what is wrong with the file
    """A file that cannot be a draft, with the reason a page shows."""


def draft_files(data: bytes) -> dict[str, str]:
    """The YAML files of a zipped policy folder by their names; everything else in it is left aside.

    Raises:
        DraftFault: it is no zip, too large, has no `council.yaml`, or holds what no policy needs.
    """
    if len(data) > MOST_BYTES:
        raise DraftFault("The file is larger than 2 MB. A policy folder is much smaller")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _members(archive)
            texts = {PurePosixPath(info.filename).name: _text(archive, info) for info in found}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as fault:
        if isinstance(fault, DraftFault):
            raise
        raise DraftFault("The file cannot be read as a zip. Zip the policy’s folder and choose it again") from None
    if "council.yaml" not in texts:
        raise DraftFault("There is no council.yaml in the zip. Zip the whole folder of the policy")
    return texts


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The YAML files of one folder of the archive: that of `council.yaml`."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    home = next((PurePosixPath(i.filename).parent for i in infos if i.filename.endswith("council.yaml")), None)
    found = [i for i in infos if PurePosixPath(i.filename).parent == home and i.filename.endswith(".yaml")]
    if len(found) > MOST_FILES:
        raise DraftFault(f"The folder has {len(found)} files; {MOST_FILES} are allowed")
    names = [PurePosixPath(info.filename).name for info in found]
    for name in names:
        if not NAME.fullmatch(name):
            raise DraftFault("A file of a policy has a name of small letters, such as remit.yaml")
    if len(set(names)) != len(names):
        raise DraftFault("A file stands in the zip twice")
    if sum(info.file_size for info in found) > MOST_BYTES:
        raise DraftFault("The files are larger than 2 MB together. A policy is much smaller")
    return found


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    name = PurePosixPath(info.filename).name
    with archive.open(info) as file:
        data = file.read(MOST_OF_ONE + 1)  # what the archive says of a size is not believed
    if len(data) > MOST_OF_ONE:
        raise DraftFault(f"{name} is larger than 512 KB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise DraftFault(f"{name} is not UTF-8 text") from None
    _measure(name, text)
    return text


def _measure(name: str, text: str) -> None:
    """Refuse what unfolds beyond all measure: a few lines of aliases of aliases are gigabytes once they are read.

    What is no YAML at all is left to the loader, which says on which line.
    """
    sizes: dict[str, int] = {}
    open_parts: list[tuple[str | None, int]] = [(None, 0)]
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, AliasEvent):
                open_parts[-1] = (open_parts[-1][0], open_parts[-1][1] + sizes.get(event.anchor, 1))
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                open_parts.append((event.anchor, 1))
            elif isinstance(event, ScalarEvent):
                open_parts[-1] = (open_parts[-1][0], open_parts[-1][1] + 1)
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                anchor, size = open_parts.pop()
                sizes |= {anchor: size} if anchor else {}
                open_parts[-1] = (open_parts[-1][0], open_parts[-1][1] + size)
            if len(open_parts) > DEEPEST or open_parts[-1][1] > MOST_PARTS:
                line = event.start_mark.line + 1
                raise DraftFault(f"{name}, line {line}: it is larger or nested deeper than any policy")
    except (YAMLError, RecursionError):
        return
