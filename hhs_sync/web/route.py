"""A route as data: where it is, who may use it, and what stands in the activity when somebody does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from hhs_sync.web.rights import Right

if TYPE_CHECKING:
    from starlette.responses import Response

    from hhs_sync.web.page import Page

    Handler: TypeAlias = Callable[[Page], Response]

OF_PRACTICE = "/practice/{practice}"
"""How the paths begin that are about one practice: the guard lets in who has the right there."""
FORM_BYTES_MAX = 256 * 1024
"""A bulk decision names some thousand findings by keys of 60 characters; nothing that is typed comes near it."""


class Route(Struct, frozen=True, kw_only=True):
    """One address and method. `show` is called in a thread of its own with the page's context.

    `audit` says what is seen there; the guard writes it down, with the path parameter `subject`, before it is shown. A
    route whose right opens data of clients must say it, or note by itself what was done (`Page.note`).
    `files_max` files may come with a form, of `body_max` bytes in all. `polled` does not count as being there: a page
    that asks by itself keeps nobody signed in. `signed` messages prove by themselves who sent them, without a session.
    """

    path: str
    show: Handler
    right: Right
    method: str = "GET"
    audit: str = ""
    subject: str = ""
    body_max: int = FORM_BYTES_MAX
    files_max: int = 0
    polled: bool = False
    signed: bool = False

    def __post_init__(self) -> None:
        """Refuse a route that nobody guards."""
        assert isinstance(self.right, Right), f"{self.path}: a route says which right it needs"
        assert self.method in {"GET", "POST"}, f"{self.path}: pages are looked at (GET) or something is done (POST)"
        assert not self.subject or f"{{{self.subject}" in self.path, f"{self.path}: there is no {self.subject} in it"
        assert not self.is_of_practice or self.right.of_practice, f"{self.path}: a practice's page needs a right there"
        assert not self.signed or (self.right is Right.ANYONE and self.method == "POST")
        if self.method == "GET" and self.right not in UNSEEN:
            assert self.audit, f"{self.path}: what is seen there must be noted: audit="
        assert not inspect.iscoroutinefunction(self.show), f"{self.path}: handlers are plain functions"

    @property
    def is_of_practice(self) -> bool:
        """Whether it is about one practice."""
        return self.path == OF_PRACTICE or self.path.startswith(f"{OF_PRACTICE}/")


UNSEEN = frozenset(
    {
        Right.ANYONE, Right.HALF_SIGNED_IN, Right.SIGNED_IN, Right.STANDING, Right.UNLOCK, Right.OPERATE, Right.AUDIT,
    }
)  # fmt: skip
"""The rights whose own pages hold nothing about clients."""
