"""The chapters of a practice's books, as the last turn kept them, for pages to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from hhs_sync.review.chapter import (
    ACCOUNTS,
    OPEN_ITEMS,
    REMITTANCES,
    Accounts,
    Booked,
    ClientStory,
    OpenLine,
    RemittanceLine,
    SessionStory,
    clients_of,
    entries_of,
    read_chapter,
    sessions_of,
)

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.document import FactKey
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.store import Store
    from hhs_sync.web.page import Page

Chapter = TypeVar("Chapter")


class BooksOf:
    """One practice's chapters; each is read when it is asked for."""

    def __init__(self, store: Store, practice: str) -> None:
        """Nothing is read yet."""
        self._store = store
        self._practice = practice

    def accounts(self) -> Accounts:
        """Every figure of the tie-out; none before the first turn."""
        return self._read(ACCOUNTS, Accounts) or Accounts()

    def entries(self, month: str) -> tuple[Booked, ...]:
        """The entries of a month."""
        return self._read(entries_of(month), tuple[Booked, ...]) or ()

    def entry(self, month: str, key: EntryKey) -> Booked | None:
        """One entry."""
        return next((one for one in self.entries(month) if one.key == key), None)

    def session(self, key: FactKey, day: dt.date) -> SessionStory | None:
        """A session's story; `day` is its date."""
        return (self._read(sessions_of(day), dict[str, SessionStory]) or {}).get(key)

    def client(self, code: str) -> ClientStory | None:
        """A client's story."""
        return (self._read(clients_of(code), dict[str, ClientStory]) or {}).get(code)

    def open_items(self) -> tuple[OpenLine, ...]:
        """Who owes what on which session."""
        return self._read(OPEN_ITEMS, tuple[OpenLine, ...]) or ()

    def remittances(self) -> tuple[RemittanceLine, ...]:
        """The remittances, the newest first."""
        return self._read(REMITTANCES, tuple[RemittanceLine, ...]) or ()

    def _read(self, name: str, kind: Any) -> Any:  # noqa: ANN401  What the chapter's name says.
        return read_chapter(self._store.chapters.read(self._practice, name), kind)


def books_of(page: Page, practice: str = "") -> BooksOf:
    """The books of the page's practice, or of another one that it may show."""
    assert not practice or practice in page.practices, "only what the user may see"
    return BooksOf(page.store, practice or page.practice)
