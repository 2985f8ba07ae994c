"""The work list: one queue over all practices that one may see, filtered, sorted and summed by the store."""

from __future__ import annotations

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
ROWS = 45
"""On one page: some 40 kB, so that a list is there at once on a slow line."""
SEVERITIES = tuple(one.value for one in Severity)
SIGNS = ("‼", "!", "•", "○")
"""A sign for each severity, so that nobody needs colours to tell them apart."""
VIEW_LENGTH_MAX = 40


def show_list(page: Page) -> Response:
    """The list, or for htmx the part of it that changes with the filter."""
    selection = Selection.of(page)
    today = page.today
    findings = page.store.findings
    wanted = findings.narrowed(selection.wanted(page, today))
    offset = _number(page.text("from", most=9))
    rows = findings.rows(
        wanted, order=selection.sort, descending=bool(selection.down), limit=ROWS + 1, offset=offset
    )  # fmt: skip
    mine = set(page.practices)
    names = {one.id: one.name for one in page.office.config.practices if one.id in mine}
    content: dict[str, Any] = {
        "selection": selection,
        "rows": rows[:ROWS],
        "more": offset + ROWS if len(rows) > ROWS else None,
        "today": today,
        "signs": SIGNS,
        "severities": SEVERITIES,
        "titles": QUESTIONS,
        "names": names,
        "states": STATES,
    }
    if page.is_fragment and offset:
        return page.render("exceptions_rows.html", **content)
    sums = findings.sums(wanted)
    content |= {"sums": sums, "count": sum(one.count for one in sums), "amount": sum(one.amount for one in sums)}
    if page.is_fragment:
        return page.render("exceptions_list.html", **content)
    views = page.store.saved_views.of(page.user.name)
    return page.render("exceptions.html", **content, choices=_choices(page, names), views=views)


def _choices(page: Page, names: Mapping[str, str]) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """What can be chosen in the filter: field, label, what stands for all, and the values in words."""
    offered = page.store.findings.choices(page.practices)
    owners, payers = (sorted(offered[kind].items(), key=lambda one: one[1].lower()) for kind in ("owner", "payer"))
    return [
        *([("practice", "Practice", f"All {len(names)}", list(names.items()))] if len(names) > 1 else []),
        ("state", "State", "", [(name, told) for name, (told, _) in STATES.items()]),
        ("owner", "Owner", "Anyone", [(MINE, "Mine"), *owners]),
        ("group", "Group", "All", list(GROUPS.items())),
        ("payer", "Payer", "All", payers),
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


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


ROUTES = (
    Route(path=PATH, show=show_list, right=Right.SEE, audit="saw the work list"),
    Route(path=f"{PATH}/view", show=save_view, right=Right.SEE, method="POST"),
)
