"""What all requests share: the office, the headings as last read, and which page needs which right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio

from hhs_sync.web.heading import Headings
from hhs_sync.web.jobs import Jobs

if TYPE_CHECKING:
    from hhs_sync.office import Office
    from hhs_sync.web.rights import Right
    from hhs_sync.web.route import Route

THREADS = 12
"""Requests answered at once: fewer than the 15 connections that SQLAlchemy's pool has."""


class Site:
    """One application over one open office."""

    def __init__(self, office: Office, routes: Sequence[Route]) -> None:
        """Nothing is read yet."""
        self.office = office
        self.headings = Headings(office)
        self.threads = anyio.CapacityLimiter(THREADS)
        self.jobs = Jobs()
        self.rights: dict[str, Right] = {one.path: one.right for one in routes if one.method == "GET"}
