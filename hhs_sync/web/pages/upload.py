"""Bringing files in: what a file holds is shown first, then it is stored like one from an inbox.

A file is read by the connector that would have taken it from its folder, so that what is shown is what will count. The
bytes wait in this process between the two steps; nothing is stored before somebody says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.responses import Response

from hhs_sync.facts.document import Document
from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.web.grid import Grid, columns, number, of_practice, text
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

if TYPE_CHECKING:
    from hhs_sync.connector import Connector
    from hhs_sync.facts.document import Reading
    from hhs_sync.web.jobs import Job

PATH = "/upload"
FILES_MAX = 20
BYTES_MAX = 64 << 20
"""All files of one form together. A year of one practice's sessions is some 8 MB."""
PROBLEMS_MAX = 50
WAIT_SECONDS = 10.0


def show_form(page: Page) -> Response:
    """Where files can go: each practice's sources."""
    sources = {one: [(source.name, source.use) for source in page.config_of(one).connectors] for one in page.practices}
    return page.render(
        "upload.html",
        practices=[(one, page.config_of(one).name, sources[one]) for one in page.practices],
        papers=[(one, page.config_of(one).name) for one in page.practices
                if any(use == "eob_csv" for _, use in sources[one])],
    )  # fmt: skip


def take(page: Page) -> Response:
    """Read the files in the background, and show what they hold."""
    source = connector_of(page, page.text("source"))
    files = [one for one in page.form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    if not files:
        raise Refusal(422, "Choose at least one file.")
    documents = tuple(_document(page, source, one) for one in files)
    named = hashlib.sha256("".join(one.digest for one in documents).encode()).hexdigest()[:16]
    what = f"upload {page.practice} {source.name} {named}"
    page.site.jobs.forget(page.user.name, what)
    job = page.site.jobs.begin(page.user.name, what, lambda job: _read(job, source, documents))
    page.note("looked into files", details={"source": source.name, "files": len(documents)})
    return page.redirect(of_practice(page.practice, "upload", job.number))


def _document(page: Page, source: Connector, file: UploadFile) -> Document:
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name[:200]
    content = file.file.read()
    return Document.of(source=source.name, name=name, content=content, received_at=page.now, as_of=page.now)


def _read(job: Job, source: Connector, documents: tuple[Document, ...]) -> list[tuple[Document, Reading]]:
    found = []
    for place, one in enumerate(documents):
        job.tell(f"reading {one.name}", place, len(documents))
        found.append((one, source.read(one)))
    return found


def connector_of(page: Page, name: str) -> Connector:
    """The practice's connector of a name. Raises Refusal when there is none that takes files."""
    for one in page.desk.connectors:
        if one.name == name and name != DECISIONS:
            return one
    raise Refusal(422, "Choose where the files come from.")


def show_read(page: Page) -> Response:
    """What the files hold, and whether they may be stored."""
    job = _job(page)
    job.is_over.wait(WAIT_SECONDS)
    if not job.is_over.is_set():
        return page.render("waiting.html", job=job, title="Reading", back=("Bring in", PATH))
    if job.failed:
        raise Refusal(422, f"The files could not be read: {job.failed}.")
    told: list[tuple[Document, Reading]] = job.answer
    return page.render(
        "upload_read.html",
        job=job,
        grids=[_grid(page, one, reading) for one, reading in told],
        new=sum(not page.store.documents.has(page.practice, one.digest) for one, _ in told),
        lost=sum(len(reading.unreadable) for _, reading in told),
    )


def _grid(page: Page, one: Document, reading: Reading) -> Grid:
    kinds = Counter(type(placed.fact).__name__ for placed in reading.facts)
    rows = [(text(_words(kind)), text(""), number(count)) for kind, count in sorted(kinds.items())]
    rows += [
        (text("not readable", look="off"), text(f"{lost.place}: {lost.problem}"), number(1))
        for lost in reading.unreadable[:PROBLEMS_MAX]
    ]
    known = page.store.documents.has(page.practice, one.digest)
    return Grid(
        title=f"{one.name}{': we have it already' if known else ''}",
        columns=columns("What", "Where", "Number", numbers=("Number",)),
        rows=tuple(rows),
        empty="Nothing that this source knows stands in it.",
        note=f"{len(reading.unreadable):,} rows could not be read." if reading.unreadable else "",
    )


def _words(kind: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()


def store(page: Page) -> Response:
    """Store the files; the next turn counts them."""
    job = _job(page)
    told: list[tuple[Document, Reading]] = job.answer or []
    if not job.is_over.is_set() or not told:
        raise Refusal(422, "There is nothing to store: choose the files again.")
    source = connector_of(page, told[0][0].source)
    stored = page.store.readings.store(page.practice, told, source.reader_version)
    page.site.jobs.forget(page.user.name, job.what)
    page.note("brought files in", details={"source": source.name, "files": len(told), "new": stored.documents})
    return page.redirect(f"/documents?practice={page.practice}")


def _job(page: Page) -> Job:
    found = page.site.jobs.of(page.user.name, str(page.parts["job"]))
    if found is None or found.what.split()[:2] != ["upload", page.practice]:
        page.missing("upload")
    return found


_OF = "/practice/{practice}/upload"

ROUTES = (
    Route(path=PATH, show=show_form, right=Right.UPLOAD, audit="saw where files go"),
    Route(path=_OF, show=take, right=Right.UPLOAD, method="POST", files_max=FILES_MAX, body_max=BYTES_MAX),
    Route(path=f"{_OF}/{{job}}", show=show_read, right=Right.UPLOAD, audit="saw what files hold"),
    Route(path=f"{_OF}/{{job}}", show=store, right=Right.UPLOAD, method="POST"),
)
