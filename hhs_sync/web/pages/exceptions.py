"""The work list: one queue over all practices that one may see, filtered, sorted and summed by the store."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from hhs_sync.findings.catalogue import GROUPS, QUESTIONS
from hhs_sync.findings.finding import Severity
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route
from hhs_sync.web.selection import AGES, DUES, FIELDS, MINE, STATES, Selection

PATH = "/exceptions"
ROWS = 60
"""On one page: some 40 kB, so that a list is there at once on a slow line."""
SEVERITIES = tuple(one.value for one in Severity)
SIGNS = ("‼", "!", "•", "○")
"""A sign for each severity, so that nobody needs colours to tell them apart."""
VIEW_LENGTH_MAX = 40


def show_list(page: Page) -> Response:
    """The list, or for htmx the part of it that changes with the filter."""
    selection = Selection.of(page)
    today = today_of(page)
    wanted = selection.wanted(page, today)
    findings = page.store.findings
    offset = _number(page.text("from", most=9))
    rows = findings.rows(
        wanted, order=selection.sort, descending=bool(selection.down), limit=ROWS + 1, offset=offset
    )  # fmt: skip
    content: dict[str, Any] = {
        "selection": selection,
        "rows": rows[:ROWS],
        "more": offset + ROWS if len(rows) > ROWS else None,
        "today": today,
        "signs": SIGNS,
        "severities": SEVERITIES,
        "titles": QUESTIONS,
        "names": {one: page.config_of(one).name for one in page.practices},
        "states": STATES,
    }
    if page.is_fragment and offset:
        return page.render("exceptions_rows.html", **content)
    sums = findings.sums(wanted)
    content |= {"sums": sums, "count": sum(one.count for one in sums), "amount": sum(one.amount for one in sums)}
    if page.is_fragment:
        return page.render("exceptions_list.html", **content)
    views = page.store.saved_views.of(page.user.name)
    return page.render("exceptions.html", **content, choices=_choices(page, selection, today), views=views)


def _choices(page: Page, selection: Selection, today: dt.date) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """What can be chosen in the filter: field, label, what stands for all, and the values with their counts."""
    everything = Selection(practice=selection.practice, state=selection.state).wanted(page, today)
    counts = page.store.findings.counts(everything)
    payers = page.store.findings.payer_names(everything.practices)

    def counted(kind: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
        told = counts[kind]
        return [
            (value, f"{names.get(value, value)} ({told[value]:,})")
            for value in sorted(told, key=lambda one: names.get(one, one))
        ]

    practices = [(one, page.config_of(one).name) for one in page.practices]
    return [
        *([("practice", "Practice", f"All {len(practices)}", practices)] if len(practices) > 1 else []),
        ("state", "State", "", [(name, told) for name, (told, _) in STATES.items()]),
        ("owner", "Owner", "Anyone", [(MINE, "Mine"), *counted("owner", {})]),
        (
            "group",
            "Group",
            "All",
            [(one, f"{GROUPS[one]} ({counts['group'][one]:,})") for one in GROUPS if one in counts["group"]],
        ),
        ("payer", "Payer", "All", counted("payer", payers)),
        ("severity", "Severity", "Any", [(one, one) for one in SEVERITIES]),
        ("age", "Age", "Any", [(name, told[0]) for name, told in AGES.items()]),
        ("due", "Due", "Any day", [(name, told[0]) for name, told in DUES.items()]),
    ]


def save_view(page: Page) -> Response:
    """Keep the filter under a name, or forget a name."""
    name = page.text("name", most=VIEW_LENGTH_MAX)
    if not name:
        raise Refusal(422, "Give the view a name.")
    said = {key: value for key, value in parse_qsl(page.text("query", most=1000)) if key in FIELDS}
    forget = bool(page.text("forget"))
    page.store.saved_views.save(page.user.name, name, "" if forget else urlencode(said) or "state=open")
    page.note("forgot a view" if forget else "saved a view")
    return page.redirect(PATH if forget else f"{PATH}?{urlencode(said)}")


def today_of(page: Page) -> dt.date:
    """The present day where the page's first practice is."""
    zones = [page.config_of(one).time_zone for one in page.practices]
    return (page.now.astimezone(zoneinfo.ZoneInfo(zones[0])) if zones else page.now).date()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


ROUTES = (
    Route(path=PATH, show=show_list, right=Right.SEE, audit="saw the work list"),
    Route(path=f"{PATH}/view", show=save_view, right=Right.SEE, method="POST"),
)
