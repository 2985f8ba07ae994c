"""The files that pages need, from the folder `static`: read once, kept by browsers at an address with their hash."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@cache
def files() -> dict[str, tuple[bytes, str]]:
    """Every file by its name: bytes and media type."""
    folder = resources.files("hhs_sync.web") / "static"
    return {
        one.name: (one.read_bytes(), KINDS[suffix])
        for one in folder.iterdir()
        if (suffix := "." + one.name.rpartition(".")[2]) in KINDS
    }


def address_of(name: str) -> str:
    """Where a file is, as templates write it: the hash in it makes browsers fetch a changed file anew."""
    content, _ = files()[name]
    return f"/static/{name}?{hashlib.sha256(content).hexdigest()[:12]}"
