"""What all reports have in common: the question (period, basis, filters), and the header, columns and rows of answers.

A row is a line of cells, {"ColData": [...]}, or a section: a header, rows within it, a summary that closes it. Cells
are strings, blank where there is nothing; the id of what a row is about stands in its first cell.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.refusal import invalid_choice
from hhs_sync.quickbooks.simulator.reports.basis import Counted, counted, posting_days
from hhs_sync.quickbooks.simulator.wire import Fields, day, money_text


class Asked(NamedTuple):
    """A report's question, with QuickBooks' defaults filled in."""

    start: date | None
    end: date
    report_date: date
    cash: bool
    query: dict[str, str]
    write: Write

    def choice(self, name: str) -> list[str]:
        """The ids in a filter such as customer=1,2; empty for all."""
        return [part.strip() for part in self.query.get(name, "").split(",") if part.strip()]

    def keeps(self, one: Counted) -> bool:
        """Whether a line passes the filters by customer, vendor, class and location."""
        filters = (
            ("customer", one.line.customer),
            ("vendor", one.line.vendor),
            ("class", one.line.class_id),
            ("department", one.line.department),
            ("account", one.line.account),
        )
        return all(not self.choice(name) or value in self.choice(name) for name, value in filters)


def asked_for(company: Company, query: dict[str, str], write: Write) -> Asked:
    """Reads the period, the day and the basis of a report; the default period is this year to date."""
    today = write.today
    start = day(query.get("start_date"), "start_date")
    end = day(query.get("end_date"), "end_date")
    macro = query.get("date_macro", "").casefold()
    if macro == "all":
        start, end = None, max([today, *posting_days(company).values()])
    elif start is None and end is None:
        start, end = _macro(macro, today)
    method = query.get("accounting_method") or company.preference("ReportPrefs", "ReportBasis") or "Accrual"
    if method.casefold() not in ("cash", "accrual"):
        raise invalid_choice("accounting_method", method)
    report_date = day(query.get("report_date"), "report_date") or end or today
    return Asked(start, end or today, report_date, method.casefold() == "cash", query, write)


def _macro(macro: str, today: date) -> tuple[date, date]:
    if macro == "today":
        return today, today
    if macro in ("this month", "this month-to-date"):
        return today.replace(day=1), today
    if macro == "last month":
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if macro in ("last fiscal year", "last calendar year"):
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return date(today.year, 1, 1), today


def lines(company: Company, asked: Asked) -> list[Counted]:
    """Every line up to the end of the period, under the basis and filters asked for.

    Ask this before the chart: cash basis may open an account of QuickBooks' own.
    """
    return [one for one in counted(company, cash=asked.cash) if one.day <= asked.end and asked.keeps(one)]


def header(
    name: str,
    asked: Asked,
    *,
    empty: bool,
    basis: bool = True,
    period: bool = True,
    summarized: bool = False,
    options: Iterable[tuple[str, str]] = (),
) -> Fields:
    """The Header of a report."""
    said: Fields = {"Time": stamp(asked.write.moment), "ReportName": name}
    if "date_macro" in asked.query:
        said["DateMacro"] = asked.query["date_macro"].lower()
    if basis:
        said["ReportBasis"] = "Cash" if asked.cash else "Accrual"
    if period and asked.start is not None:
        said["StartPeriod"] = asked.start.isoformat()
    if period:
        said["EndPeriod"] = asked.end.isoformat()
    if summarized:
        said["SummarizeColumnsBy"] = "Total"
    for name_of_filter in ("Customer", "Vendor", "Class", "Department"):
        if name_of_filter.lower() in asked.query:
            said[name_of_filter] = asked.query[name_of_filter.lower()]
    said["Currency"] = "USD"
    said["Option"] = [
        *({"Name": option, "Value": value} for option, value in options),
        {"Name": "NoReportData", "Value": "true" if empty else "false"},
    ]
    return said


def columns(*titled: tuple[str, str, str]) -> Fields:
    """The Columns of a report, from title, type and key."""
    return {
        "Column": [
            {"ColTitle": title, "ColType": sort, "MetaData": [{"Name": "ColKey", "Value": key}]}
            for title, sort, key in titled
        ]
    }


def money_columns(first: str, *titles: str) -> Fields:
    """The Columns of a report of names and amounts: `first` is the type of what is named."""
    named = ("", first, first.lower())
    return columns(named, *((title, "Money", title.lower().replace(" ", "")) for title in titles))


def cells(first: str, amounts: Iterable[int | None], object_id: str | None = None) -> list[Fields]:
    """A row's cells: a name, with the id of what it names, then amounts; what is nothing is blank."""
    named: Fields = {"value": first}
    if object_id is not None:
        named["id"] = object_id
    return [named, *({"value": "" if whole is None else money_text(whole)} for whole in amounts)]


def words(*said: str | tuple[str, str] | int | None) -> list[Fields]:
    """A row's cells of any sort: text, text with an id, cents, or nothing."""
    made: list[Fields] = []
    for one in said:
        if isinstance(one, tuple):
            made.append({"value": one[0], "id": one[1]})
        elif isinstance(one, int):
            made.append({"value": money_text(one)})
        else:
            made.append({"value": one or ""})
    return made


def row(data: list[Fields]) -> Fields:
    """A line of cells within a section."""
    return {"ColData": data, "type": "Data"}


def section(
    head: list[Fields] | None, inside: Sequence[Fields], summary: list[Fields] | None, group: str | None = None
) -> Fields:
    """A section: header, rows, summary."""
    made: Fields = {}
    if head is not None:
        made["Header"] = {"ColData": head}
        made["Rows"] = {"Row": list(inside)}
    if summary is not None:
        made["Summary"] = {"ColData": summary}
    made["type"] = "Section"
    if group is not None:
        made["group"] = group
    return made


def grand_total(amounts: Iterable[int | None]) -> Fields:
    """The section that closes a flat report."""
    return section(None, (), cells("TOTAL", amounts), "GrandTotal")


def report(head: Fields, cols: Fields, inside: Sequence[Fields]) -> Fields:
    """The whole answer."""
    return {"Header": head, "Columns": cols, "Rows": {"Row": list(inside)} if inside else {}}


def sorted_accounts(company: Company) -> list[Fields]:
    """The chart in its order: by type, then by full name."""
    order = {name: place for place, name in enumerate(chart.TYPES)}
    return sorted(
        company.tables["Account"].values(),
        key=lambda account: (order[account["AccountType"]], account["FullyQualifiedName"].casefold()),
    )


def tree(
    company: Company,
    kind: str,
    roots: Iterable[str],
    figures: Callable[[str], list[int]],
    *,
    blank_zero: bool = False,
    name: str = "Name",
) -> tuple[list[Fields], list[int] | None]:
    """Rows for members of a nested list, children within parents, and the sum of their figures.

    A parent with children that have figures becomes a section: its own figures in the header, the total in the summary.
    A member without any figures is left out.
    """
    found: list[Fields] = []
    sums: list[int] | None = None
    for object_id in sorted(roots, key=lambda one: str(company.tables[kind][one][name]).casefold()):
        own = figures(object_id)
        children = company.children.get((kind, object_id), set())
        inside, below = tree(company, kind, children, figures, blank_zero=blank_zero, name=name)
        title = str(company.tables[kind][object_id][name])
        total = own if below is None else [mine + theirs for mine, theirs in zip(own, below, strict=True)]
        if inside:
            head = cells(title, (whole or None for whole in own), object_id)
            found.append(section(head, inside, cells(f"Total {title}", total)))
        elif any(own):
            shown: list[int | None] = [whole or None if blank_zero else whole for whole in own[:-1]]
            shown.append(own[-1])
            found.append({"ColData": cells(title, shown, object_id), "type": "Data"})
        else:
            continue
        sums = total if sums is None else [one + other for one, other in zip(sums, total, strict=True)]
    return found, sums
