"""Every row of the accounting design's event table (section 4): facts in, and just the documents of the row out.

A row names what happened before, and the event. What the event adds is held against the table under full receivables
by client and under the cash policy; with the clients merged (`payer-batch`) every account must come to the same. A
payment of 0.00, which only applies a credit memo, does nothing to the books and is not listed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable

import msgspec
import pytest
from msgspec import Struct

from hhs_sync.books import Books, keep_books
from hhs_sync.facts.current import Facts
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.resolution import ClientCode, ClosedPeriod, ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.takeback import CHECKS as TAKEBACKS
from hhs_sync.ledger.period_close import clients_of, journal_digest, write_journal
from hhs_sync.mapping.rules import Policy, Rate, Rules, Shape, Thresholds
from hhs_sync.plan import desired_entries
from hhs_sync.plan.changes import Plan
from hhs_sync.plan.desired import Desired
from tests.builders import (
    bank,
    claim,
    client_payment,
    day,
    decide,
    dispute,
    money,
    payout,
    refund,
    remittance,
    remittance_key,
    sent,
    session,
    session_key,
)
from tests.plan.entries import NUMBERS, SECRET, is_application, rules, told

TODAY = dt.date(2026, 1, 31)
CLIENTS = ("A", "B", "C")
CODES: list[Fact] = [
    ClientCode(key=f"client_code/decisions/c-{one}", client=f"c-{one}", code=one) for one in CLIENTS
]  # fmt: skip


class Row(Struct, frozen=True, kw_only=True):
    """A row of the table: what came before, the event, and what it adds."""

    before: tuple[Fact, ...] = ()
    event: tuple[Fact, ...]
    accrual: str = ""
    cash: str = ""
    options: dict[str, object] = {}
    asks: str = ""


def billed(name: str = "A", payer: str | None = "ANTH", fee: str = "150.00", **more: object) -> Fact:
    return session(name, "2025-12-01", fee, payer, **more)


def era(
    name: str, paid: str, *claims: object, when: str = "2025-12-12", banked: bool = False, **more: object
) -> list[Fact]:
    """A remittance, and its bank line where it is banked."""
    found: list[Fact] = [remittance(name, when, paid, *claims, **more)]
    text = {"ANTH": "ACH ANTHEM", "MEDA": "NGS MEDICARE", "SECO": "SECOND PLAN", "MCARE": "STATE TREASURER"}
    if banked:
        found.append(bank(name, when, paid, f"{text[str(more.get('payer', 'ANTH'))]} TRACE{name}"))
    return found


STATE = "MCARE"
PAID = claim("A", "150", "85", "CO-45 40, PR-3 25")
BACK = claim("A", "-150", "-85", "CO-45 -40, PR-3 -25", status="22")
LESS = claim("A", "150", "75", "CO-45 50, PR-3 25")
PAID_B = claim("B", "150", "85", "CO-45 40, PR-3 25")
BANKED = (billed(), *era("1", "85.00", PAID, banked=True))
PRIVATE = session("B", "2025-12-01", "100.00", None)
IN_ADVANCE = client_payment("ch1", "2025-12-01", "25.00", "card", client="c-A", session="A")

ROWS: dict[str, Row] = {
    "Session billed to a payer": Row(
        event=(billed(),), accrual="Invoice ANTH:A: Cr 4010 150.00, Dr 1100 150.00"
    ),
    "Private-pay session": Row(event=(PRIVATE,), accrual="Invoice B: Cr 4040 100.00, Dr 1100 100.00"),
    "Sliding scale": Row(
        event=(session("B", "2025-12-01", "100.00", None, discount=3000),),
        accrual="Invoice B: Cr 4040 100.00, Dr 1100 70.00, Dr 4920 30.00",
    ),
    "Client pays for a billed private session": Row(
        before=(PRIVATE,),
        event=(
            client_payment("7", "2025-12-03", "100.00", "check", client="c-B", session="B"),
            bank("slip", "2025-12-04", "100.00", "DEPOSIT"),
        ),
        accrual="Payment B: Cr 1100 100.00, Dr 1200 100.00; Deposit: Cr 1200 100.00, Dr 1000 100.00",
        cash="Deposit: Cr 4040 100.00, Dr 1000 100.00",
    ),
    "Client pays copay before adjudication": Row(
        before=(billed(),), event=(IN_ADVANCE,), accrual="SalesReceipt A: Cr 2200 25.00, Dr 1210 25.00"
    ),
    "Payer pays claim": Row(
        before=(billed(),),
        event=tuple(era("1", "85.00", PAID)),
        accrual="""CreditMemo ANTH:A: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Payment ANTH:A: Cr 1100 85.00, Dr 1200 85.00; Invoice A: Cr 1190 25.00, Dr 1100 25.00""",
    ),
    "EFT or check reaches the bank": Row(
        before=(billed(), *era("1", "85.00", PAID)),
        event=(bank("1", "2025-12-12", "85.00", "ACH ANTHEM TRACE1"),),
        accrual="Deposit: Cr 1200 85.00, Dr 1000 85.00",
        cash="Deposit: Cr 4010 85.00, Dr 1000 85.00",
    ),
    "Client owes copay, coinsurance or deductible": Row(
        before=(billed(),),
        event=tuple(era("1", "90.00", claim("A", "150", "90", "CO-45 40, PR-2 20"))),
        accrual="""CreditMemo ANTH:A: Cr 1100 60.00, Dr 1190 20.00, Dr 4910 40.00
            Payment ANTH:A: Cr 1100 90.00, Dr 1200 90.00; Invoice A: Cr 1190 20.00, Dr 1100 20.00""",
    ),
    "Prepayment meets the amount owed": Row(
        before=(billed(), IN_ADVANCE),
        event=tuple(era("1", "85.00", PAID)),
        accrual="""CreditMemo ANTH:A: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Payment ANTH:A: Cr 1100 85.00, Dr 1200 85.00; Invoice A: Cr 1190 25.00, Dr 1100 25.00
            CreditMemo A: Cr 1100 25.00, Dr 2200 25.00""",
    ),
    "Deductible takes the whole allowed amount": Row(
        before=(billed(),),
        event=tuple(era("1", "0.00", claim("A", "150", "0", "CO-45 40, PR-1 110"))),
        accrual="""CreditMemo ANTH:A: Cr 1100 150.00, Dr 1190 110.00, Dr 4910 40.00
            Invoice A: Cr 1190 110.00, Dr 1100 110.00""",
    ),
    "Denial": Row(
        before=(billed(),), event=tuple(era("1", "0.00", claim("A", "150", "0", "CO-16 150", status="4")))
    ),
    "Rebill, corrected claim or appeal": Row(
        before=(billed(), *era("1", "0.00", claim("A", "150", "0", "CO-16 150", status="4"))),
        event=(sent("A", "2025-12-15", frequency="7"),),
    ),
    "Reversal (CLP02 = 22)": Row(
        before=BANKED,
        event=tuple(era("2", "0.00", BACK, when="2025-12-19", plb="FB -85.00")),
        accrual="""Invoice ANTH:A: Cr 1190 25.00, Cr 2300 85.00, Cr 4910 40.00, Dr 1100 150.00
            CreditMemo A: Cr 1100 25.00, Dr 1190 25.00""",
    ),
    "... client part of the reversal, paid before": Row(
        before=(*BANKED, client_payment("8", "2025-12-15", "25.00", "card", client="c-A", session="A")),
        event=tuple(era("2", "0.00", BACK, when="2025-12-19", plb="FB -85.00")),
        accrual="""Invoice ANTH:A: Cr 1190 25.00, Cr 2300 85.00, Cr 4910 40.00, Dr 1100 150.00
            CreditMemo A: Cr 1100 25.00, Dr 1190 25.00""",
    ),
    "Correction in the same remittance": Row(
        before=(*BANKED, billed("B")),
        event=tuple(
            era("2", "75.00", BACK, LESS, PAID_B, when="2025-12-19", banked=True)
        ),
        accrual="""Invoice ANTH:A: Cr 2300 85.00, Cr 4910 40.00, Dr 1100 125.00
            CreditMemo ANTH:A: Cr 1100 50.00, Dr 4910 50.00; Payment ANTH:A: Cr 1100 75.00, Dr 1200 75.00
            CreditMemo ANTH:B: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Invoice B: Cr 1190 25.00, Dr 1100 25.00; Payment ANTH:B: Cr 1100 85.00, Dr 1200 85.00
            Deposit: Cr 1200 160.00, Dr 1000 75.00, Dr 2300 85.00""",
        cash="Deposit: Cr 4010 160.00, Dr 1000 75.00, Dr 4950 85.00",
    ),
    "Recoupment deferred (WO negative)": Row(
        before=(*BANKED, billed("B")),
        event=tuple(era("2", "85.00", BACK, PAID_B, when="2025-12-19", banked=True, plb="WO -85.00")),
        accrual="""Invoice ANTH:A: Cr 1190 25.00, Cr 2300 85.00, Cr 4910 40.00, Dr 1100 150.00
            CreditMemo A: Cr 1100 25.00, Dr 1190 25.00
            CreditMemo ANTH:B: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Invoice B: Cr 1190 25.00, Dr 1100 25.00; Payment ANTH:B: Cr 1100 85.00, Dr 1200 85.00
            Deposit: Cr 1200 85.00, Dr 1000 85.00""",
        cash="Deposit: Cr 4010 85.00, Dr 1000 85.00",
    ),
    "Recoupment taken later (WO positive)": Row(
        before=(*BANKED, billed("B"), *era("2", "0.00", BACK, when="2025-12-19", plb="WO -85.00")),
        event=tuple(
            era("3", "15.00", claim("B", "150", "100", "CO-45 50"), when="2025-12-26", banked=True, plb="WO 85.00")
        ),
        accrual="""CreditMemo ANTH:B: Cr 1100 50.00, Dr 4910 50.00; Payment ANTH:B: Cr 1100 100.00, Dr 1200 100.00
            Deposit: Cr 1200 100.00, Dr 1000 15.00, Dr 2300 85.00""",
        cash="Deposit: Cr 4010 100.00, Dr 1000 15.00, Dr 4950 85.00",
    ),
    "Forwarding balance created (FB negative, EFT 0)": Row(
        before=BANKED,
        event=tuple(era("2", "0.00", BACK, when="2025-12-19", plb="FB -85.00")),
        accrual="""Invoice ANTH:A: Cr 1190 25.00, Cr 2300 85.00, Cr 4910 40.00, Dr 1100 150.00
            CreditMemo A: Cr 1100 25.00, Dr 1190 25.00""",
    ),
    "Forwarding balance consumed (FB positive)": Row(
        before=(*BANKED, billed("B"), *era("2", "0.00", BACK, when="2025-12-19", plb="FB -85.00")),
        event=tuple(
            era("3", "15.00", claim("B", "150", "100", "CO-45 50"), when="2025-12-26", banked=True, plb="FB 85.00")
        ),
        accrual="""CreditMemo ANTH:B: Cr 1100 50.00, Dr 4910 50.00; Payment ANTH:B: Cr 1100 100.00, Dr 1200 100.00
            Deposit: Cr 1200 100.00, Dr 1000 15.00, Dr 2300 85.00""",
        cash="Deposit: Cr 4010 100.00, Dr 1000 15.00, Dr 4950 85.00",
    ),
    "... a balance forwarded again and consumed in parts": Row(
        before=(*BANKED, billed("B"), *era("2", "0.00", BACK, when="2025-12-19", plb="FB -85.00")),
        event=(
            *era("3", "0.00", claim("B", "150", "60", "CO-45 90"), when="2025-12-22", plb="FB 85.00, FB -25.00"),
            billed("C"),
            *era("4", "60.00", claim("C", "150", "85", "CO-45 65"), when="2025-12-29", banked=True, plb="FB 25.00"),
        ),
        accrual="""Invoice ANTH:C: Cr 4010 150.00, Dr 1100 150.00
            CreditMemo ANTH:B: Cr 1100 90.00, Dr 4910 90.00; Payment ANTH:B: Cr 1100 60.00, Dr 1200 60.00
            Deposit: Cr 1200 60.00, Dr 2300 60.00
            CreditMemo ANTH:C: Cr 1100 65.00, Dr 4910 65.00; Payment ANTH:C: Cr 1100 85.00, Dr 1200 85.00
            Deposit: Cr 1200 85.00, Dr 1000 60.00, Dr 2300 25.00""",
        cash="JournalEntry: Cr 4010 60.00, Dr 4950 60.00; Deposit: Cr 4010 85.00, Dr 1000 60.00, Dr 4950 25.00",
    ),
    "Takeback with no reversal on file": Row(
        before=(billed("B"),),
        event=tuple(
            era("3", "15.00", claim("B", "150", "100", "CO-45 50"), banked=True, plb="WO 85.00 UNKNOWN")
        ),
        accrual="""CreditMemo ANTH:B: Cr 1100 50.00, Dr 4910 50.00; Payment ANTH:B: Cr 1100 100.00, Dr 1200 100.00
            Deposit: Cr 1200 100.00, Dr 1000 15.00, Dr 2300 85.00""",
        cash="Deposit: Cr 4010 100.00, Dr 1000 15.00, Dr 4950 85.00",
        asks="REM-03",  # The design says PAY-03; what nobody can name is told apart from what names its claim.
    ),
    "Interest (L6 negative)": Row(
        before=(billed(),),
        event=tuple(era("1", "86.28", PAID, banked=True, plb="L6 -1.28")),
        accrual="""CreditMemo ANTH:A: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Payment ANTH:A: Cr 1100 85.00, Dr 1200 85.00; Invoice A: Cr 1190 25.00, Dr 1100 25.00
            Deposit: Cr 1200 85.00, Cr 7100 1.28, Dr 1000 86.28""",
        cash="Deposit: Cr 4010 85.00, Cr 7100 1.28, Dr 1000 86.28",
    ),
    "Tax withheld (IR)": Row(
        before=(billed(),),
        event=tuple(era("1", "61.00", PAID, banked=True, plb="IR 24.00")),
        accrual="""CreditMemo ANTH:A: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Payment ANTH:A: Cr 1100 85.00, Dr 1200 85.00; Invoice A: Cr 1190 25.00, Dr 1100 25.00
            Deposit: Cr 1200 85.00, Dr 1000 61.00, Dr 1250 24.00""",
        cash="Deposit: Cr 4010 85.00, Dr 1000 61.00, Dr 1250 24.00",
    ),
    "Voluntary refund to a payer by check": Row(
        before=(*BANKED, *era("2", "0.00", BACK, when="2025-12-19", plb="WO -85.00")),
        event=(
            decide("b", ResolutionKind.PAY_PAYER_BACK, session_key("A"), "2025-12-22", amount=8500, account="ANTH"),
        ),
        accrual="Purchase: Cr 1000 85.00, Dr 2300 85.00",
        cash="Purchase: Cr 1000 85.00, Dr 4950 85.00",
    ),
    "Payer acknowledges that check (WO and 72 in equal amounts)": Row(
        before=(billed("B"),),
        event=tuple(era("3", "85.00", PAID_B, banked=True, plb="WO 50.00, 72 -50.00")),
        accrual="""CreditMemo ANTH:B: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Payment ANTH:B: Cr 1100 85.00, Dr 1200 85.00; Invoice B: Cr 1190 25.00, Dr 1100 25.00
            Deposit: Cr 1200 85.00, Dr 1000 85.00""",
        cash="Deposit: Cr 4010 85.00, Dr 1000 85.00",
    ),
    "Payer pays twice": Row(
        before=BANKED,
        event=tuple(era("2", "85.00", PAID, when="2025-12-19", banked=True)),
        accrual="SalesReceipt ANTH: Cr 2300 85.00, Dr 1200 85.00; Deposit: Cr 1200 85.00, Dr 1000 85.00",
        cash="Deposit: Cr 2400 85.00, Dr 1000 85.00",
    ),
    "Primary paid, secondary owes": Row(
        before=(billed("A", "MEDA", secondary_payer="SECO"),),
        event=tuple(
            era("1", "94.08", claim("A", "150", "94.08", "CO-45 30, CO-253 1.92, PR-2 24"), payer="MEDA", banked=True)
        ),
        accrual="""CreditMemo MEDA:A: Cr 1100 55.92, Dr 1190 24.00, Dr 4912 30.00, Dr 4913 1.92
            Invoice SECO:A: Cr 1190 24.00, Dr 1100 24.00; Payment MEDA:A: Cr 1100 94.08, Dr 1200 94.08
            Deposit: Cr 1200 94.08, Dr 1000 94.08""",
        cash="Deposit: Cr 4030 94.08, Dr 1000 94.08",
    ),
    "MaineCare zero-pay as secondary": Row(
        before=(billed(secondary_payer="MCARE"), *era("1", "85.00", PAID, banked=True)),
        event=tuple(
            era("2", "0.00", claim("A", "150", "0", "OA-23 125, CO-45 25", status="2"), when="2025-12-24", payer=STATE)
        ),
        accrual="CreditMemo MAINECARE:A: Cr 1100 25.00, Dr 4911 25.00",
    ),
    "MaineCare copay (PR-3, small, capped)": Row(
        before=(billed("A", "MCARE", "100.00"),),
        event=(
            *era("1", "78.00", claim("A", "100", "78", "CO-45 20, PR-3 2"), payer="MCARE", banked=True),
            client_payment("9", "2025-12-15", "2.00", "check", client="c-A", session="A"),
            bank("slip", "2025-12-16", "2.00", "DEPOSIT"),
        ),
        accrual="""CreditMemo MAINECARE:A: Cr 1100 22.00, Dr 1190 2.00, Dr 4911 20.00
            Invoice A: Cr 1190 2.00, Dr 1100 2.00; Payment MAINECARE:A: Cr 1100 78.00, Dr 1200 78.00
            Deposit: Cr 1200 78.00, Dr 1000 78.00; Payment A: Cr 1100 2.00, Dr 1200 2.00
            Deposit: Cr 1200 2.00, Dr 1000 2.00""",
        cash="Deposit: Cr 4020 78.00, Dr 1000 78.00; Deposit: Cr 4040 2.00, Dr 1000 2.00",
    ),
    "No-show fee (not MaineCare)": Row(
        event=(
            session("B", "2025-12-09", "75.00", None, state=SessionState.NO_SHOW, service_code="NOSHOW"),
            client_payment("9", "2025-12-10", "75.00", "check", client="c-B", session="B"),
            bank("slip", "2025-12-11", "75.00", "DEPOSIT"),
        ),
        accrual="""Invoice B: Cr 4050 75.00, Dr 1100 75.00; Payment B: Cr 1100 75.00, Dr 1200 75.00
            Deposit: Cr 1200 75.00, Dr 1000 75.00""",
        cash="Deposit: Cr 4050 75.00, Dr 1000 75.00",
    ),
    "Card payout": Row(
        before=(PRIVATE, client_payment("ch2", "2025-12-02", "100.00", "card", client="c-B", session="B")),
        event=(
            payout("po1", "2025-12-04", "96.80", ("charge", "ch2", "100", "3.20")),
            bank("po1", "2025-12-04", "96.80", "STRIPE TRANSFER"),
        ),
        accrual="Purchase: Cr 1210 3.20, Dr 6100 3.20; Transfer: Cr 1210 96.80, Dr 1000 96.80",
        cash="Deposit: Cr 4040 100.00, Dr 1000 96.80, Dr 6100 3.20",
    ),
    "Negative payout (refunds exceed charges)": Row(
        before=(
            PRIVATE,
            client_payment("ch2", "2025-12-02", "130.00", "card", client="c-B", session="B"),
            payout("po1", "2025-12-04", "130.00", ("charge", "ch2", "130", "0")),
            bank("po1", "2025-12-04", "130.00", "STRIPE TRANSFER"),
            refund("r1", "2025-12-10", "30.00", "card", client="c-B"),
        ),
        event=(
            payout("po2", "2025-12-12", "-30.00", ("refund", "r1", "-30", "0")),
            bank("po2", "2025-12-12", "-30.00", "STRIPE TRANSFER"),
        ),
        accrual="Transfer: Cr 1000 30.00, Dr 1210 30.00",
        cash="Purchase: Cr 1000 30.00, Dr 4960 30.00",
    ),
    "Chargeback": Row(
        before=(PRIVATE, client_payment("ch2", "2025-12-02", "100.00", "card", client="c-B", session="B")),
        event=(dispute("d1", "2025-12-10", "100.00", "15.00", client="c-B", payment="ch2"),),
        accrual="Purchase: Cr 1210 15.00, Dr 6110 15.00; JournalEntry: Cr 1210 100.00, Dr 1100 100.00",
    ),
    "... at the bank": Row(
        before=(
            PRIVATE,
            client_payment("ch2", "2025-12-02", "100.00", "card", client="c-B", session="B"),
            payout("po1", "2025-12-04", "100.00", ("charge", "ch2", "100", "0")),
            bank("po1", "2025-12-04", "100.00", "STRIPE TRANSFER"),
            dispute("d1", "2025-12-10", "100.00", "15.00", client="c-B", payment="ch2"),
        ),
        event=(
            payout("po2", "2025-12-12", "-115.00", ("dispute", "d1", "-115", "0")),
            bank("po2", "2025-12-12", "-115.00", "STRIPE TRANSFER"),
        ),
        accrual="Transfer: Cr 1000 115.00, Dr 1210 115.00",
        cash="Purchase: Cr 1000 115.00, Dr 4040 100.00, Dr 6110 15.00",
    ),
    "Payer pays by virtual card": Row(
        before=(billed(),),
        event=(
            remittance("vc", "2025-12-12", "85.00", PAID, payment_method="NON", eft_trace="VC1"),
            decide("vc", ResolutionKind.VIRTUAL_CARD, remittance_key("vc"), "2025-12-12", account="stripe"),
            payout("po1", "2025-12-14", "82.50", ("charge", "VC1", "85", "2.50")),
            bank("po1", "2025-12-14", "82.50", "STRIPE TRANSFER"),
        ),
        accrual="""CreditMemo ANTH:A: Cr 1100 65.00, Dr 1190 25.00, Dr 4910 40.00
            Invoice A: Cr 1190 25.00, Dr 1100 25.00; Payment ANTH:A: Cr 1100 85.00, Dr 1210 85.00
            Purchase: Cr 1210 2.50, Dr 6100 2.50; Transfer: Cr 1210 82.50, Dr 1000 82.50""",
        cash="Deposit: Cr 4010 85.00, Dr 1000 82.50, Dr 6100 2.50",
    ),
    "Bounced check": Row(
        before=(
            PRIVATE,
            client_payment("7", "2025-12-03", "100.00", "check", client="c-B", session="B"),
            bank("slip", "2025-12-04", "100.00", "DEPOSIT"),
        ),
        event=(
            dispute("d1", "2025-12-08", "100.00", method="check", client="c-B", payment="7"),
            bank("back", "2025-12-08", "-100.00", "RETURNED ITEM"),
        ),
        accrual="JournalEntry: Cr 1000 100.00, Dr 1100 100.00",
        cash="Purchase: Cr 1000 100.00, Dr 4040 100.00",
    ),
    "Refund of a client credit": Row(
        before=(
            PRIVATE,
            client_payment("7", "2025-12-03", "120.00", "check", client="c-B", session="B"),
            bank("slip", "2025-12-04", "120.00", "DEPOSIT"),
        ),
        event=(refund("r1", "2025-12-10", "20.00", client="c-B"), bank("r1", "2025-12-11", "-20.00", "CHECK r1")),
        accrual="Purchase: Cr 1000 20.00, Dr 2200 20.00",
        cash="Purchase: Cr 1000 20.00, Dr 4960 20.00",
    ),
    "Small-balance or administrative write-off": Row(
        before=(PRIVATE,),
        event=(
            decide("a", ResolutionKind.ADJUST, session_key("B"), "2025-12-20", amount=100, account="administrative"),
        ),
        accrual="CreditMemo B: Cr 1100 1.00, Dr 4930 1.00",
    ),
    "... waits while nobody else has approved it": Row(
        before=(PRIVATE,),
        event=(decide("w", ResolutionKind.WRITE_OFF, session_key("B"), "2025-12-20", amount=10000),),
    ),
    "Client bad debt, approved": Row(
        before=(PRIVATE,),
        event=(
            decide("w", ResolutionKind.WRITE_OFF, session_key("B"), "2025-12-20", amount=10000),
            decide("w2", ResolutionKind.APPROVE, "resolution/decisions/w", "2025-12-21", by="owner"),
        ),
        accrual="CreditMemo B: Cr 1100 100.00, Dr 6200 100.00",
    ),
    "Later recovery of a written-off balance": Row(
        before=(
            PRIVATE,
            decide("w", ResolutionKind.WRITE_OFF, session_key("B"), "2025-12-10", amount=10000),
            decide("w2", ResolutionKind.APPROVE, "resolution/decisions/w", "2025-12-10", by="owner"),
        ),
        event=(
            client_payment("7", "2025-12-20", "100.00", "check", client="c-B", session="B"),
            bank("slip", "2025-12-21", "100.00", "DEPOSIT"),
        ),
        accrual="""Invoice B: Cr 6200 100.00, Dr 1100 100.00; Payment B: Cr 1100 100.00, Dr 1200 100.00
            Deposit: Cr 1200 100.00, Dr 1000 100.00""",
        cash="Deposit: Cr 4040 100.00, Dr 1000 100.00",
    ),
    "Money at the bank, no remittance": Row(
        event=(bank("h", "2025-12-11", "60.00", "ACH ANTHEM"),),
        accrual="Deposit: Cr 2400 60.00, Dr 1000 60.00",
        cash="Deposit: Cr 2400 60.00, Dr 1000 60.00",
    ),
    "... remittance arrives": Row(
        before=(bank("h", "2025-12-11", "60.00", "ACH ANTHEM"),),
        event=(
            billed("C"),
            remittance(
                "late", "2025-12-10", "60.00", claim("C", "150", "60", "CO-45 80, PR-3 10"), payment_method="CHK",
                eft_trace="",
            ),
        ),
        accrual="""Invoice ANTH:C: Cr 4010 150.00, Dr 1100 150.00
            CreditMemo ANTH:C: Cr 1100 150.00, Dr 1190 10.00, Dr 2400 60.00, Dr 4910 80.00
            Invoice C: Cr 1190 10.00, Dr 1100 10.00""",
        cash="JournalEntry: Cr 4010 60.00, Dr 2400 60.00",
    ),
    "Month-end expected adjustments": Row(
        event=(billed(),),
        accrual="""Invoice ANTH:A: Cr 4010 150.00, Dr 1100 150.00
            JournalEntry: Cr 1150 40.00, Dr 4910 40.00; JournalEntry: Cr 4910 40.00, Dr 1150 40.00""",
        options={"month_end_allowance": True},
    ),
    "Error found after close": Row(
        before=(billed(), ClosedPeriod(key="closed_period/decisions/1", through=dt.date(2025, 12, 31), by="dana",
                                       at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))),
        event=(session("A", "2025-12-01", "150.00", state=SessionState.CANCELLED),),
        accrual="CreditMemo ANTH:A: Cr 1100 150.00, Dr 4010 150.00",
    ),
    "Unclaimed credit": Row(
        before=(
            PRIVATE,
            client_payment("7", "2025-12-03", "120.00", "check", client="c-B", session="B"),
            bank("slip", "2025-12-04", "120.00", "DEPOSIT"),
        ),
        event=(decide("u", ResolutionKind.UNCLAIMED, "client_payment/pay/7", "2025-12-30"),),
        accrual="JournalEntry: Cr 2500 20.00, Dr 2200 20.00",
        cash="JournalEntry: Cr 2500 20.00, Dr 4960 20.00",
    ),
}  # fmt: skip


# Section 4 as printed; a row that begins with three dots says more about the one before it.
PRINTED = """
Session billed to a payer | Private-pay session | Sliding scale | Client pays for a billed private session
Client pays copay before adjudication | Payer pays claim | EFT or check reaches the bank
Client owes copay, coinsurance or deductible | Prepayment meets the amount owed
Deductible takes the whole allowed amount | Denial | Rebill, corrected claim or appeal | Reversal (CLP02 = 22)
... client part of the reversal, paid before | Correction in the same remittance
Recoupment deferred (WO negative) | Recoupment taken later (WO positive)
Forwarding balance created (FB negative, EFT 0) | Forwarding balance consumed (FB positive)
Takeback with no reversal on file | Interest (L6 negative) | Voluntary refund to a payer by check
Payer acknowledges that check (WO and 72 in equal amounts) | Payer pays twice | Primary paid, secondary owes
MaineCare zero-pay as secondary | MaineCare copay (PR-3, small, capped) | No-show fee (not MaineCare) | Card payout
Negative payout (refunds exceed charges) | Chargeback | Payer pays by virtual card | Bounced check
Refund of a client credit | Small-balance or administrative write-off | Client bad debt, approved
Later recovery of a written-off balance | Money at the bank, no remittance | ... remittance arrives
Month-end expected adjustments | Error found after close | Unclaimed credit
"""


def test_every_row_of_the_table_has_its_case() -> None:
    printed = [one.strip() for line in PRINTED.strip().splitlines() for one in line.split("|")]

    assert 42 == len(printed)
    assert [] == [row for row in printed if row not in ROWS]


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("way", ["accrual", "cash"])
def test_the_event_adds_just_the_documents_of_its_row(name: str, way: str) -> None:
    row = ROWS[name]
    shape = (Shape.CODED, Policy.ACCRUAL) if way == "accrual" else (Shape.PAYER_BATCH, Policy.CASH)
    before, after = (documents(facts, row, *shape) for facts in (row.before, (*row.before, *row.event)))

    assert Counter(listed(getattr(row, way))) == after - before
    assert Counter() == before - after


@pytest.mark.parametrize("name", ROWS)
def test_with_the_clients_merged_every_account_comes_to_the_same(name: str) -> None:
    facts = (*ROWS[name].before, *ROWS[name].event)
    coded, merged = (
        sums(desired(facts, ROWS[name], shape, Policy.ACCRUAL)) for shape in (Shape.CODED, Shape.PAYER_BATCH)
    )

    assert coded == merged
    assert 0 == merged["1190"]


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.asks])
def test_what_nobody_can_tell_is_asked(name: str) -> None:
    row = ROWS[name]
    facts, kept = books((*row.before, *row.event), row, rules_of(row, Shape.CODED, Policy.ACCRUAL))
    at = Situation(
        facts=facts, books=kept, rules=rules_of(row, Shape.CODED, Policy.ACCRUAL), today=TODAY, desired=Desired(),
        plan=Plan(), posted=(), controls=(), troubles=(), first_seen={},
    )  # fmt: skip

    assert row.asks in {finding.code for check in TAKEBACKS for finding in check(at)}


# --- a row's documents

NOTHING = re.compile(r"[CD]r \d+ 0\.00, ")
"""What a deposit of 0.00 does to the bank."""


def listed(text: str) -> list[str]:
    """The documents of a row: one a line, or with a semicolon between."""
    return [one.strip() for line in text.splitlines() for one in line.split(";") if one.strip()]


def documents(facts: Iterable[Fact], row: Row, shape: Shape, policy: Policy) -> Counter[str]:
    """What QuickBooks is told, each as the design prints it."""
    made = desired(facts, row, shape, policy).entries
    return Counter(NOTHING.sub("", told(one)) for one in made if not is_application(one))


def desired(facts: Iterable[Fact], row: Row, shape: Shape, policy: Policy) -> Desired:
    practice = rules_of(row, shape, policy)
    return desired_entries(books(facts, row, practice)[1], practice, SECRET)


def books(facts: Iterable[Fact], row: Row, practice: Rules) -> tuple[Facts, Books]:
    """The books as of the end of January; a close among the facts signs what stood in it before the event."""
    known = {remittance_key("late"): day("2025-12-18")}
    signed = [_signed(one, row, practice) if isinstance(one, ClosedPeriod) else one for one in facts]
    kept = Facts.of([*CODES, *signed], as_of=known)
    return kept, keep_books(kept, practice, TODAY)


def _signed(close: ClosedPeriod, row: Row, practice: Rules) -> ClosedPeriod:
    open_facts = [one for one in row.before if not isinstance(one, ClosedPeriod)]
    kept = keep_books(Facts.of([*CODES, *open_facts]), practice, TODAY)
    entries = [one for one in kept.entries if one.date <= close.through]
    journal = write_journal(entries)
    return msgspec.structs.replace(
        close,
        journal=journal,
        journal_digest=journal_digest(journal),
        clients=clients_of(entries, kept.session_clients),
    )


def rules_of(row: Row, shape: Shape, policy: Policy) -> Rules:
    limits = Thresholds(money_without_remittance_business_days=0)
    made = rules(shape, policy, thresholds=limits, **row.options)
    rates = (Rate(payer="ANTH", code="90837", amount=money("110.00")),) if row.options else ()
    return msgspec.structs.replace(made, rates=rates)


def sums(made: Desired) -> Counter[str]:
    """What all documents do to each account, by number."""
    found: Counter[str] = Counter()
    for one in made.entries:
        for account, amount in one.effects:
            found[NUMBERS[account]] += amount
    return found
