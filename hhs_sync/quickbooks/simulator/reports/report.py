"""What all reports have in common: the question (period, basis), the header, columns and rows of the answer."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.clock import answer_stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.refusal import invalid_choice
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
        said = self.query.get(name, "")
        return [part.strip() for part in said.split(",") if part.strip()]


def asked_for(company: Company, query: dict[str, str], write: Write) -> Asked:
    """Reads the period, the day and the basis of a report; the default period is this year to date."""
    today = write.today
    start = day(query.get("start_date"), "start_date")
    end = day(query.get("end_date"), "end_date")
    macro = query.get("date_macro", "").casefold()
    if macro == "all":
        start, end = None, max([today, *posting_dates(company).values()])
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
    if macro == "last fiscal year":
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return date(today.year, 1, 1), today


def header(name: str, asked: Asked, *, empty: bool, basis: bool = True, options: Iterable[Fields] = ()) -> Fields:
    """The Header of a report."""
    said: Fields = {"Time": answer_stamp(asked.write.moment), "ReportName": name}
    if basis:
        said["ReportBasis"] = "Cash" if asked.cash else "Accrual"
    if asked.start is not None:
        said["StartPeriod"] = asked.start.isoformat()
    said["EndPeriod"] = asked.end.isoformat()
    said["Currency"] = "USD"
    said["Option"] = [*options, {"Name": "NoReportData", "Value": "true" if empty else "false"}]
    return said


def columns(*titled: tuple[str, str]) -> Fields:
    """The Columns of a report, from title and type; the key in MetaData is made from the title."""
    return {
        "Column": [
            {
                "ColTitle": title,
                "ColType": sort,
                "MetaData": [{"Name": "ColKey", "Value": title.lower().replace(" ", "_") or sort.lower()}],
            }
            for title, sort in titled
        ]
    }


def cells(first: str, amounts: Iterable[int | None], object_id: str | None = None) -> list[Fields]:
    """A row's cells: a name, with the id of what it names, then amounts; what is nothing is blank."""
    named: Fields = {"value": first}
    if object_id is not None:
        named["id"] = object_id
    return [named, *({"value": "" if whole is None else money_text(whole)} for whole in amounts)]


def grand_total(amounts: Iterable[int | None], title: str = "TOTAL", group: str = "GrandTotal") -> Fields:
    """The row that closes a flat report."""
    return {"Summary": {"ColData": cells(title, amounts)}, "type": "Section", "group": group}


def dated_postings(company: Company, asked: Asked) -> list[tuple[date, str, Posting]]:
    """Every posting with its date and document, in the basis that was asked for, up to the end of the period."""
    found = []
    dates = posting_dates(company)
    for key, lines in company.ledger.postings.items():
        when = dates[key]
        if when > asked.end:
            continue
        found += [(when, key, line) for line in lines]
    return found


def posting_dates(company: Company) -> dict[str, date]:
    """The date under which each ledger key counts: the document's, or an inventory item's starting date."""
    dates: dict[str, date] = {}
    for kind, table in company.tables.items():
        for object_id, fields in table.items():
            if kind == "Item":
                if fields.get("InvStartDate"):
                    dates[f"Item {object_id}"] = date.fromisoformat(fields["InvStartDate"][:10])
            elif object_id in company.ledger.postings and "TxnDate" in fields:
                dates[object_id] = date.fromisoformat(fields["TxnDate"])
    return dates


def sorted_accounts(company: Company) -> list[Fields]:
    """The chart in its order: by type, then by full name."""
    order = {name: place for place, name in enumerate(chart.TYPES)}
    return sorted(
        company.tables["Account"].values(),
        key=lambda account: (order[account["AccountType"]], account["FullyQualifiedName"].casefold()),
    )


def account_title(company: Company, account: Fields) -> str:
    """An account's name in a report, with its number in front where the company uses numbers."""
    del company
    return str(account["FullyQualifiedName"])


def rows(*parts: Any) -> Fields:
    """The Rows of a report or a section."""
    return {"Row": list(parts)}
