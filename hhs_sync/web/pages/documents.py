"""Documents: what came in, from where, what each told; the bytes themselves only while names are unlocked."""

from __future__ import annotations

import re
from collections import Counter

from starlette.responses import Response

from hhs_sync.errors import StoreError
from hhs_sync.facts.resolution_text import DECISIONS
from hhs_sync.web.grid import Grid, columns, number, of_practice, text
from hhs_sync.web.listing import Listing
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.pages.tie_out import fact_cell
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

PATH = "/documents"
FACTS_MAX = 300
_NAME = re.compile(r"[^A-Za-z0-9._ -]")


def show_list(page: Page) -> Response:
    """Every document of the practices, the newest first."""
    listing = Listing.of(page)
    found = [
        (one, info)
        for one in listing.practices
        for info in page.store.documents.catalog(one)
        if listing.find in f"{info.name} {info.source}".lower()
    ]
    found.sort(key=lambda each: (each[1].received_at, each[1].digest), reverse=True)
    several = len(page.practices) > 1
    rows = tuple(
        (
            *((text(page.config_of(one).name),) if several else ()),
            text(f"{page.local(info.received_at):%Y-%m-%d %H:%M}", look="date"), text(info.source),
            text(info.name, of_practice(one, "document", info.digest)), number(info.size),
            text("read" if info.reader_version else "not read yet"),
        )
        for one, info in listing.shown(found)
    )  # fmt: skip
    names = (*(("Practice",) if several else ()), "Came in", "Source", "Name", "Bytes", "State")
    undo = [one for one in listing.practices if page.may(Right.UNDO, one)]
    return page.render(
        "list.html", title="Documents", says=f"{len(found):,} documents", **listing.filter(page),
        ways=[(f"Take back: {page.config_of(one).name}", of_practice(one, "undo")) for one in undo],
        grid=Grid(
            title="", columns=columns(*names, numbers=("Bytes",)), rows=rows,
            empty="No document fits. Files are taken from the inbox folders, or brought in under “Bring in”.",
            more=listing.more(len(found)),
        ),
    )  # fmt: skip


def show_one(page: Page) -> Response:
    """One document: what it told first, and what nobody could read in it."""
    digest = str(page.parts["digest"])
    info = next((one for one in page.store.documents.catalog(page.practice) if one.digest == digest), None)
    if info is None:
        page.missing("document")
    told = page.store.readings.first_told_by(page.practice, digest, FACTS_MAX + 1)
    lost = page.store.readings.not_read_in(page.practice, digest, FACTS_MAX)
    kinds = Counter(kind for kind, _, _ in told)
    counted = ", ".join(f"{count} × {kind.replace('_', ' ')}" for kind, count in sorted(kinds.items()))
    bytes_at = of_practice(page.practice, "document", digest, "bytes")
    return page.render(
        "grids.html",
        title=info.name,
        says=f"from {info.source}, came in {page.local(info.received_at):%Y-%m-%d %H:%M}",
        back=("Documents", PATH),
        facts=[("Bytes", f"{info.size:,}"), ("Tells as of", f"{page.local(info.as_of):%Y-%m-%d %H:%M}"),
               ("Read by", info.reader_version or "nobody yet")],
        warning=f"{len(lost)} rows could not be read: mend them at their source, never by hand." if lost else "",
        grids=(
            *([Grid(title="Not read", columns=columns("Place", "Why"),
                    rows=tuple((text(place), text(problem)) for place, problem in lost))] if lost else []),
            Grid(title="What it was the first to tell", columns=columns("Fact", "Place"),
                 rows=tuple((fact_cell(page.practice, key), text(place)) for _, key, place in told[:FACTS_MAX]),
                 note=f"{counted}." + (" Only the first are shown." if len(told) > FACTS_MAX else ""),
                 empty="Nothing that was not known before."),
            Grid(title="As it came", columns=columns("Bytes"), rows=(
                (text("Download", bytes_at) if page.unlocked else text("hidden until names are unlocked"),),)),
            *(_undo(page, digest) if page.may(Right.UNDO) and info.source != DECISIONS else ()),
        ),
    )  # fmt: skip


def _undo(page: Page, digest: str) -> tuple[Grid, ...]:
    """Where what the document posted is taken back."""
    way = f"{of_practice(page.practice, 'undo')}?source={digest}"
    row = (text("Take back what it posted", way),)
    return (Grid(title="Taking back", columns=columns("What"), rows=(row,)),)


def show_bytes(page: Page) -> Response:
    """The bytes as they came. They may name clients anywhere."""
    if not page.unlocked:
        raise Refusal(403, "A document may name clients: unlock names first.")
    try:
        document = page.store.documents.read(page.practice, str(page.parts["digest"]))
    except StoreError:
        page.missing("document")
    name = _NAME.sub("_", document.name) or "document"
    return Response(
        document.content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


_ONE = "/practice/{practice}/document/{digest}"

ROUTES = (
    Route(path=PATH, show=show_list, right=Right.SEE, audit="saw the documents"),
    Route(path=_ONE, show=show_one, right=Right.SEE, audit="saw a document", subject="digest"),
    Route(path=f"{_ONE}/bytes", show=show_bytes, right=Right.UNLOCK, audit="took a document", subject="digest"),
)
