"""What of the work list is wanted: from the address of a page to the question to the store, and back to words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from hhs_sync.findings.catalogue import GROUPS
from hhs_sync.findings.finding import Severity
from hhs_sync.store.findings import CLOSED, DECIDED, OPEN, ORDERS, WAITING, Wanted
from hhs_sync.web.rights import Right

if TYPE_CHECKING:
    from hhs_sync.web.page import Page

MINE = "mine"
AGES = {"30": ("0–30 days", 0, 30), "60": ("31–60 days", 31, 60), "90": ("61–90 days", 61, 90),
        "120": ("91–120 days", 91, 120), "old": ("over 120 days", 121, 36500)}  # fmt: skip
DUES = {"late": ("overdue", -1), "today": ("due by today", 0), "week": ("due this week", 7)}
STATES = {
    "open": ("Open", (OPEN,)),
    "waiting": ("Waiting", (WAITING,)),
    "decided": ("Decided", (DECIDED,)),
    "closed": ("Closed lately", (CLOSED,)),
    "all": ("All", (OPEN, WAITING, DECIDED, CLOSED)),
}
FIELDS = ("practice", "owner", "group", "payer", "severity", "age", "due", "state", "exact", "q", "sort", "down")
TEXT_MAX = 100


class Selection(Struct, frozen=True, kw_only=True):
    """The filter of a list, as its address says it; a field that says nothing is empty."""

    practice: str = ""
    owner: str = ""
    group: str = ""
    payer: str = ""
    severity: str = ""
    age: str = ""
    due: str = ""
    state: str = "open"
    exact: str = ""
    q: str = ""
    sort: str = "due"
    down: str = ""

    @staticmethod
    def of(page: Page) -> Selection:
        """What the page's address says."""
        return Selection.of_query({name: page.text(name, most=TEXT_MAX) for name in FIELDS})

    @staticmethod
    def of_query(query: Mapping[str, str]) -> Selection:
        """What a query says; a value that means nothing counts as none."""
        said = {name: query.get(name, "")[:TEXT_MAX] for name in FIELDS}
        allowed: dict[str, Mapping[str, object]] = {
            "group": GROUPS, "age": AGES, "due": DUES, "state": STATES,
            "severity": {one.value: one for one in Severity}, "sort": dict.fromkeys(ORDERS),
        }  # fmt: skip
        for name, values in allowed.items():
            if said[name] not in values:
                said[name] = ""
        return Selection(**{**said, "state": said["state"] or "open", "sort": said["sort"] or "due"})

    def wanted(self, page: Page, today: dt.date, right: Right = Right.SEE) -> Wanted:
        """The question to the store: only ever over practices in which the user has the right."""
        practices = page.practices_where(right)
        if self.practice:
            practices = tuple(one for one in practices if one == self.practice)
        _, youngest, oldest = AGES.get(self.age, ("", 0, 0))
        due = DUES.get(self.due)
        return Wanted(
            practices=practices,
            states=STATES[self.state][1],
            owners=owners_of(page) if self.owner == MINE else (self.owner,) if self.owner else (),
            code=self.group,
            payer=self.payer,
            severity=Severity(self.severity).order if self.severity else None,
            before=today - dt.timedelta(days=youngest) if self.age else None,
            after=today - dt.timedelta(days=oldest) if self.age else None,
            due=today + dt.timedelta(days=due[1]) if due else None,
            exact=True if self.exact else None,
            text=self.q,
        )

    def query(self, **changed: str) -> str:
        """The query of the address of this selection, with some fields changed."""
        said = {name: changed.get(name, getattr(self, name)) for name in FIELDS}
        default = {"state": "open", "sort": "due"}
        return urlencode({name: value for name, value in said.items() if value and value != default.get(name)})

    @property
    def is_narrowed(self) -> bool:
        """Whether it is anything but the whole list."""
        return any(getattr(self, name) for name in FIELDS[:-2] if name not in {"state", "sort"})


def owners_of(page: Page) -> tuple[str, ...]:
    """Under what a user's questions stand: the name, and the roles that findings are given to."""
    roles = {role.value for practice in page.practices for role in page.user.roles(practice)}
    return (page.user.name, page.user.display_name, *sorted(roles))
