"""The demo practice's files, in the forms in which a practice's own would come in.

Every file bears the time at which it would have come in, in the past, because a folder connector waits for files that
are still being written.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from hhs_sync.demo.cast import DemoClient, DemoPractice
from hhs_sync.demo.draft import BankLine, ClientMoney, Draft, PayoutDraft, Visit
from hhs_sync.money import plain_money

EXPORT_EVERY, EXPORT_BACK, EXPORT_AHEAD = dt.timedelta(days=14), dt.timedelta(days=42), dt.timedelta(days=6)

SESSIONS = (
    "Session ID", "Date", "Start Time", "Client ID", "Clinician", "Service Code", "Modifiers", "Units", "Fee",
    "Discount", "Payer", "Secondary Payer", "Claim Number", "Line Key", "Status", "Billed On",
)  # fmt: skip
CLIENT_PAYMENTS = (
    "Payment ID", "Type", "Date", "Client ID", "Amount", "Method", "Session ID", "Reference", "Processor", "Fee",
    "Of Payment",
)  # fmt: skip
BALANCES = ("Processor", "Date", "Balance", "Pending Fees")
PAYOUTS = ("Payout ID", "Processor", "Payout Date", "Payout Amount", "Kind", "Reference", "Amount", "Fee")
BANK = ("Date", "Amount", "Description", "Bank Reference", "Trace", "Check Number", "Account")
Row = TypeVar("Row")
COVERAGE = ("Coverage ID", "Client ID", "Payer", "Order", "First Day", "Last Day", "Granted On", "Member ID")


def put(path: Path, content: bytes, came_in: dt.datetime) -> None:
    """Write a file as if it had come in then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    seconds = came_in.timestamp()
    os.utime(path, (seconds, seconds))


def evening(day: dt.date) -> dt.datetime:
    """When a day's export is made: 22:00 UTC, the evening of the same day in Maine."""
    return dt.datetime.combine(day, dt.time(22), dt.UTC)


def write_exports(draft: Draft, inbox: Path) -> None:
    """Everything but X12."""
    _write_sessions(draft, inbox / "sessions")
    _write_coverage(draft, inbox / "coverage")
    by_month = _by_month(draft.payments, draft.today, lambda one: one.date)
    for last, payments in by_month:
        rows = [_payment_row(one, draft.practice) for one in payments]
        put(inbox / "payments" / f"payments-{last:%Y-%m}.csv", table(CLIENT_PAYMENTS, rows), evening(last))
    for last, payouts in _by_month(draft.payouts, draft.today, lambda one: one.date):
        rows = [row for one in payouts for row in _payout_rows(one, draft.practice)]
        put(inbox / "payouts" / f"payouts-{last:%Y-%m}.csv", table(PAYOUTS, rows), evening(last))
    if draft.with_processor is not None:
        held, day = draft.with_processor, draft.today
        fees = plain_money(sum(fee for _, fee in held.items))
        row = (draft.practice.processor, day.isoformat(), plain_money(held.amount), fees)
        put(inbox / "balances" / f"balance-{day}.csv", table(BALANCES, [row]), evening(day))
    write_bank = _ofx if draft.practice.bank_form == "ofx" else _bank_csv
    for last, lines in _by_month(draft.bank_lines, draft.today, lambda one: one.date):
        name = f"account-{draft.practice.deposit_account}-{last:%Y-%m}.{draft.practice.bank_form}"
        put(inbox / "bank" / name, write_bank(lines, draft.practice, last), evening(last))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _write_sessions(draft: Draft, folder: Path) -> None:
    """An export every second week of the six weeks before it and the week to come, as it stood on its day."""
    day = draft.today
    while day > draft.first_day:
        first = draft.first_day if draft.practice.comes_over else max(draft.first_day, day - EXPORT_BACK)
        shown = [one for one in draft.visits if first <= one.date <= day + EXPORT_AHEAD]
        rows = [_session_row(one, day, spoiled=one.unreadable and day == draft.today) for one in shown]
        put(folder / f"sessions-{day:%Y-%m-%d}.csv", table(SESSIONS, rows), evening(day))
        if draft.practice.comes_over:
            return
        day -= EXPORT_EVERY


def _session_row(visit: Visit, day: dt.date, *, spoiled: bool) -> Sequence[str]:
    """One row, as the practice system knew it in the evening of `day`."""
    held = visit.date <= day
    billed = visit.billed_on is not None and visit.billed_on <= day
    bill = visit.bill if billed else None
    date, fee = visit.date.isoformat(), plain_money(visit.fee)
    if spoiled:
        date, fee = (date, fee.replace("0", "O")) if int(visit.id) % 2 else (f"{visit.date.year}-13-45", fee)
    line = bill.visits.index(visit) + 1 if bill else 0
    return (
        visit.id,
        date,
        f"{visit.client.hour:02d}:00",
        visit.client.id,
        visit.client.clinician.id,
        visit.code if held else visit.client.code,
        " ".join(visit.modifiers),
        "1",
        fee,
        plain_money(visit.discount) if visit.discount else "",
        visit.payer.name if visit.payer else "",
        visit.client.secondary.name if visit.client.secondary and visit.payer else "",
        bill.number if bill else "",
        f"{bill.number}L{line}" if bill else "",
        visit.state if held else "Scheduled",
        visit.billed_on.isoformat() if billed and visit.billed_on else "",
    )


def _write_coverage(draft: Draft, folder: Path) -> None:
    rows = [
        row
        for number, client in enumerate(draft.clients)
        for row in _coverage_rows(f"COV{1000 + number}", client, draft.first_day)
    ]
    put(folder / "coverage.csv", table(COVERAGE, rows), evening(draft.today))


def _coverage_rows(own_id: str, client: DemoClient, first_day: dt.date) -> Iterable[Sequence[str]]:
    since = first_day.replace(month=1, day=1).isoformat()
    if client.payer:
        yield f"{own_id}-1", client.id, client.payer.name, "1", since, "", "", client.member_id
    if client.secondary:
        yield f"{own_id}-2", client.id, client.secondary.name, "2", since, "", "", client.secondary_member_id


def _payment_row(one: ClientMoney, practice: DemoPractice) -> Sequence[str]:
    return (
        one.id,
        one.kind,
        one.date.isoformat(),
        one.client.id if one.client else "",
        plain_money(one.amount),
        one.method,
        one.visit.id if one.visit else "",
        one.reference,
        practice.processor if one.method == "Card" else "",
        "",
        one.of_payment,
    )


def _payout_rows(payout: PayoutDraft, practice: DemoPractice) -> Iterable[Sequence[str]]:
    for one, fee in payout.items:
        refund = one.kind == "Refund"
        yield (
            payout.id,
            practice.processor,
            payout.date.isoformat(),
            plain_money(payout.amount),
            "refund" if refund else "charge",
            one.reference,
            plain_money(-one.amount if refund else one.amount),
            plain_money(fee),
        )


def _by_month(rows: Iterable[Row], today: dt.date, day_of: Callable[[Row], dt.date]) -> list[tuple[dt.date, list[Row]]]:
    """Rows by month, each with the day on which the month's file was made: its last day, or today."""
    months: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        months[day_of(row).year, day_of(row).month].append(row)
    found = []
    for (year, month), of_month in sorted(months.items()):
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        found.append((min(today, following - dt.timedelta(days=1)), of_month))
    return found


def _references(lines: Sequence[BankLine]) -> Iterable[tuple[str, BankLine]]:
    """Each line with the bank's own reference of it: its day and a number."""
    of_day: dict[dt.date, int] = defaultdict(int)
    for line in lines:
        of_day[line.date] += 1
        yield f"{line.date:%Y%m%d}{of_day[line.date]:04d}", line


def _bank_csv(lines: Sequence[BankLine], practice: DemoPractice, _last: dt.date) -> bytes:
    rows = [
        (
            one.date.isoformat(), plain_money(one.amount), one.description, reference, "", one.check_number,
            practice.deposit_account,
        )
        for reference, one in _references(lines)
    ]  # fmt: skip
    return table(BANK, rows)


_OFX_HEAD = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""


def _ofx(lines: Sequence[BankLine], practice: DemoPractice, last: dt.date) -> bytes:
    """An OFX 1.02 statement, as banks offer for download. A name holds 32 characters; the memo holds the rest."""
    found = []
    for reference, one in _references(lines):
        kind = "DEBIT" if one.amount < 0 else "CREDIT"
        check = f"<CHECKNUM>{one.check_number}\n" if one.check_number else ""
        found.append(
            f"<STMTTRN>\n<TRNTYPE>{kind}\n<DTPOSTED>{one.date:%Y%m%d}120000[-5:EST]\n<TRNAMT>{plain_money(one.amount)}\n"
            f"<FITID>{reference}\n{check}<NAME>{one.description[:32].strip()}\n<MEMO>{one.description}\n</STMTTRN>\n"
        )
    balance = plain_money(sum(one.amount for one in lines))
    return (
        f"{_OFX_HEAD}<OFX>\n<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<DTSERVER>{last:%Y%m%d}220000<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>\n"
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>\n"
        "<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>211274450"
        f"<ACCTID>00012345{practice.deposit_account}<ACCTTYPE>CHECKING</BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>{last:%Y%m}01<DTEND>{last:%Y%m%d}\n{''.join(found)}</BANKTRANLIST>\n"
        f"<LEDGERBAL><BALAMT>{balance}<DTASOF>{last:%Y%m%d}</LEDGERBAL>\n"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n</OFX>\n"
    ).encode()
