"""A folder that others put files into: each file is taken once, whole, and left where it is.

A file is taken when it has come to rest: last changed some seconds ago, or the same in size and time on two looks a
second apart. What was taken is known by path, size and time, so that it is not read again, and by its bytes, so that a
renamed copy is not a second document. Files that programs keep for themselves (hidden, half downloaded) are not
looked at. A file that can't be read doesn't stop the others: it is told when all have been seen.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fnmatch
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectors.options import Options
    from hhs_sync.connector import Known

SIZE_MAX = 256 * 1024 * 1024
"""Bytes. Seven years of twenty clinicians are 175,000 sessions of some 300 bytes: 53 MB. A day's 835s are far less."""

LOOK_AGAIN_SECONDS = 1.0

UNFINISHED = (".*", "~*", "*~", "*.tmp", "*.temp", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.download",
              "*.swp", "*.lock", "thumbs.db", "desktop.ini")  # fmt: skip
"""Names of files that are not anybody's documents, or not yet."""

# A day, and behind it a time of day unless what follows is rather another day.
_MOMENT_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])"
    r"(?:[T_ -]?([01]\d|2[0-3])[:.-]?([0-5]\d)(?:[:.]?\d\d)?(?!\d|-\d))?(?!\d)"
)


class _File(NamedTuple):
    path: Path
    size: int
    modified_ns: int


class Folder:
    """The folder of one connector."""

    pause: Callable[[float], None] = staticmethod(time.sleep)

    def __init__(self, options: Options) -> None:
        """Read the keys that all connectors of folders take."""
        self.source = options.settings.name
        self.path = options.path("path")
        self.pattern = options.text("files", "*")
        self.recursive = options.flag("recursive", default=False)
        self.settle_seconds = options.number("settle_seconds", 5)
        self.as_of_name = options.choice("as_of", ("file time", "file name")) == "file name"

    def fetch(
        self,
        known: Known,
        clean: Callable[[bytes], bytes] = bytes,
        as_of: Callable[[bytes], dt.datetime | None] = lambda _: None,
    ) -> Iterator[Document]:
        """The documents that were not taken before, in the order of their paths.

        `clean` takes out of the bytes what must not be kept at all; `as_of` finds in them the moment that they tell
        of, where they say so. Raises OSError when the folder is not there, and HhsSyncError at the end when single
        files could not be taken.
        """
        refused: list[str] = []
        for file in self._at_rest(known):
            name = file.path.relative_to(self.path).as_posix()
            if file.size > SIZE_MAX:
                refused.append(f"{name} is larger than {SIZE_MAX // 1024 // 1024} MB")
                continue
            try:
                content = clean(file.path.read_bytes())
            except FileNotFoundError:
                continue
            except OSError as error:
                refused.append(f"{name} can't be read: {type(error).__name__}")
                continue
            document = Document.of(
                source=self.source,
                name=name,
                content=content,
                received_at=known.now,
                as_of=self._as_of(file, as_of(content), known.now),
            )
            if not known.has_document(document.digest):
                yield document
            # Only now: had the store failed on the document, the file would be taken again.
            known.remember_file(str(file.path), file.size, file.modified_ns, document.digest)
        if refused:
            raise HhsSyncError(f"connector {self.source}: {'; '.join(refused)}")

    def _at_rest(self, known: Known) -> list[_File]:
        files = [file for file in self._files() if not known.has_file(str(file.path), file.size, file.modified_ns)]
        settled_ns = int(known.now.timestamp() * 1e9) - self.settle_seconds * 1_000_000_000
        young = [file for file in files if file.modified_ns > settled_ns]
        if not young:
            return files
        self.pause(LOOK_AGAIN_SECONDS)
        again = set(self._files())
        return [file for file in files if file.modified_ns <= settled_ns or file in again]

    def _files(self) -> list[_File]:
        """Every file that may be somebody's document, by path; an empty file is one that is still to be written."""
        found: list[_File] = []
        folders = [self.path]
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    name = entry.name.lower()
                    if any(fnmatch.fnmatchcase(name, pattern) for pattern in UNFINISHED):
                        continue
                    try:
                        if entry.is_dir():
                            folders += [Path(entry.path)] if self.recursive else []
                        elif fnmatch.fnmatchcase(name, self.pattern.lower()) and (stat := entry.stat()).st_size:
                            found.append(_File(Path(entry.path), stat.st_size, stat.st_mtime_ns))
                    except FileNotFoundError:
                        continue
        return sorted(found)

    def _as_of(self, file: _File, told: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        """The moment told in the content, else in the name, else the file's time; never one that is still to come."""
        moments = _MOMENT_IN_NAME.findall(file.path.name) if self.as_of_name and told is None else []
        if moments:
            year, month, day, hour, minute = (int(part or 0) for part in moments[-1])
            with contextlib.suppress(ValueError):
                told = dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)
        if told is not None and told <= now:
            return told
        return min(dt.datetime.fromtimestamp(file.modified_ns / 1e9, tz=dt.UTC), now)
