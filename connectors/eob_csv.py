"""Explanations of benefits typed in from paper or a payer's portal, as CSV or XLSX: remittances like those of an 835.

    EOB ID,Payer,Payer ID,Payee ID,Payment Date,Payment Method,Trace Number,Payment Amount,Kind,Claim Number,
        Claim Status,Payer Claim Number,Client,Member ID,Service Date,Service Code,Modifiers,Units,Charge,Paid,
        Allowed,Adjustments,Remarks,Reference                      (one heading line; each line is wrapped here)
    E-1,HPHC,,,2026-12-18,CHK,100234,61.28,line,K13-1,
        1,,,,2026-12-01,90837,,1,150.00,60.00,
        70.00,CO-45 80.00; PR-3 10.00,,
    E-1,,,,,,,,provider,,,,,,,,,,,-1.28,,,,L6:late payment

Rows of one EOB ID are one payment; what concerns the payment may stand on the first alone. `Kind` is

    line       one service (also when empty): its claim's number, charge, paid amount and adjustments
    claim      the claim as a whole: its charge, paid amount and the adjustments that no line has
    provider   money outside any claim: `Reference` is the code, a colon and the payer's reference; `Paid` its amount,
               above zero where it takes money away, as a PLB does

The sums must come out as in an 835: charge - adjustments = paid for each line and claim, claims - provider rows =
payment. Only `EOB ID` and the columns from `Charge` on that a row needs must be filled in on every row.
An EOB with a row that can't be read is kept as incomplete: it is never posted.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from connectors.csv_folder import CsvFolder, reading
from connectors.eob_form import eob_form
from connectors.options import Options
from connectors.table import Column
from hhs_sync.facts.document import Document, Placed, Reading, Unreadable
from hhs_sync.facts.remittance import (
    Adjustment,
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    ServiceLine,
    imbalances,
)

if TYPE_CHECKING:
    from connectors.table import Table
    from connectors.values import Amounts, Days
    from hhs_sync.connector import Settings
    from hhs_sync.money import Money

COLUMNS = (
    Column("eob", ("EOB ID",), required=True),
    Column("payer", ("Payer",), required=True),
    Column("payer_id", ("Payer ID",)),
    Column("payee_id", ("Payee ID",)),
    Column("date", ("Payment Date",), required=True),
    Column("method", ("Payment Method",)),
    Column("trace", ("Trace Number", "Check Number"), required=True),
    Column("total", ("Payment Amount",), required=True),
    Column("kind", ("Kind",)),
    Column("claim_number", ("Claim Number",), required=True),
    Column("status", ("Claim Status",)),
    Column("payer_claim", ("Payer Claim Number",)),
    Column("client", ("Client", "Patient")),
    Column("member_id", ("Member ID",)),
    Column("service_date", ("Service Date",)),
    Column("code", ("Service Code",)),
    Column("modifiers", ("Modifiers",)),
    Column("units", ("Units",)),
    Column("charge", ("Charge",), required=True),
    Column("paid", ("Paid",), required=True),
    Column("allowed", ("Allowed",)),
    Column("adjustments", ("Adjustments",), required=True),
    Column("remarks", ("Remarks",)),
    Column("reference", ("Reference",)),
)

_NUMBERS = ("trace", "claim_number", "payer_claim", "member_id", "payer_id", "payee_id")
_CUT_NUMBER = re.compile(r"\d\.\d+E\+?\d+$")
"""What Excel makes of a number of more than 15 digits: 1.23456789012346E+17. The rest of its digits is gone."""

_OF_PAYMENT = ("payer", "payer_id", "payee_id", "date", "method", "trace", "total")
_ADJUSTMENT = re.compile(r"^(CO|PR|OA|PI|CR)[\s-]*([A-Z]?\d{1,3})[\s:=]+(\S+)$")
_WORD = re.compile(r"[A-Z0-9]+")


class EobCsv(CsvFolder):
    """A folder of typed-in explanations of benefits."""

    def __init__(self, settings: Settings) -> None:
        """Read the keys."""
        options = Options(settings)
        super().__init__(options, COLUMNS, "1")
        options.done()

    @staticmethod
    def empty_form() -> bytes:
        """An XLSX with the headings, to type into, and a sheet that says what belongs where."""
        return eob_form(COLUMNS)

    def read_rows(self, table: Table, document: Document) -> Reading:
        """The remittances of a file."""
        eobs: dict[str, list[tuple[int, dict[str, str]]]] = {}
        for line, row in self.rows(table):
            told = {field: row[place].strip() for field, place in table.index.items()}
            if told["eob"]:
                eobs.setdefault(told["eob"], []).append((line, told))
            elif not table.is_nothing(row):
                table.unreadable.append(Unreadable(place=f"line {line}", problem="no EOB ID"))
        facts: list[Placed] = []
        for eob, rows in eobs.items():
            draft = _Eob(rows, self.days(), self.amounts(), table)
            remittance = draft.remittance(f"remittance/{self.name}/{eob}")
            if remittance is not None:
                facts.append(Placed(fact=remittance, place=f"line {rows[0][0]}"))
        return reading(facts, table.unreadable)


class _Eob:
    """One EOB's rows on the way to a remittance."""

    def __init__(self, rows: list[tuple[int, dict[str, str]]], days: Days, amounts: Amounts, table: Table) -> None:
        self.rows, self.days, self.amounts, self.table = rows, days, amounts, table
        self.complete = True
        self.claims: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.provider: list[ProviderAdjustment] = []

    def remittance(self, key: str) -> Remittance | None:
        """The remittance, or None when it is not even known who paid what and when."""
        first = self.rows[0][0]
        payment = self._payment()
        when, total = self.days[payment["date"]], self.amounts[payment["total"]]
        if when is None or total is None or not payment["payer"]:
            problem = "the rows of this EOB do not say, or disagree about, its payer, payment date or payment amount"
            self.table.unreadable.append(Unreadable(place=f"line {first}", problem=problem, amount=total))
            return None
        for line, told in self.rows:
            problem = _cut_number(told) or self._take(line, told)
            if problem:
                self.complete = False
                amount = self.amounts[told["paid"]]
                self.table.unreadable.append(Unreadable(place=f"line {line}", problem=problem, amount=amount))
        claims = tuple(_claim_payment(claim) for claim in self.claims.values())
        provider = tuple(self.provider)
        return Remittance(
            key=key,
            payer_name=payment["payer"],
            payer_ids=tuple(filter(None, (payment["payer_id"],))),
            payee_ids=tuple(filter(None, (payment["payee_id"],))),
            amount_paid=total,
            payment_method=payment["method"].upper() or "CHK",
            payment_date=when[0],
            eft_trace=payment["trace"],
            payer_trace_id=payment["payer_id"],
            claim_payments=claims,
            provider_adjustments=provider,
            imbalances=imbalances(total, claims, provider, first),
            content_digest=hashlib.sha256(repr([sorted(told.items()) for _, told in self.rows]).encode()).hexdigest(),
            version="EOB",
            complete=self.complete,
            segment=first,
        )

    def _payment(self) -> dict[str, str]:
        """What the rows say of the payment; a field about which they disagree is left empty."""
        payment: dict[str, str] = {}
        for field in _OF_PAYMENT:
            said = {told[field] for _, told in self.rows if told[field]}
            payment[field] = said.pop() if len(said) == 1 else ""
        return payment

    def _take(self, line: int, told: dict[str, str]) -> str:
        """Put a row where it belongs, or say why it has no place."""
        paid, charge = self.amounts[told["paid"]], self.amounts[told["charge"]]
        if told["kind"].lower() == "provider":
            code, _, reference = told["reference"].partition(":")
            if paid is None or not code.strip():
                return "a provider row needs its amount in Paid and its code in Reference"
            self.provider.append(
                ProviderAdjustment(
                    reason_code=code.strip().upper(), reference=reference.strip() or None, amount=paid, segment=line
                )
            )
            return ""
        adjustments = self._adjustments(told["adjustments"])
        if paid is None or charge is None:
            return "no charge or no paid amount that can be read"
        if adjustments is None:
            return 'adjustments that can\'t be read; write "CO-45 40.00; PR-3 25.00"'
        if told["kind"].lower() not in {"", "line", "claim"}:
            return "a kind of row that is not known; there are: line, claim, provider"
        claim = self.claims.setdefault(
            (told["claim_number"], told["payer_claim"], told["status"] or "1"),
            {"told": told, "line": line, "lines": []},
        )
        remarks = tuple(_WORD.findall(told["remarks"].upper()))
        if told["kind"].lower() == "claim":
            if "whole" in claim:
                return "a second row of kind claim for the same claim"
            claim["whole"] = (charge, paid, adjustments, remarks)
            return ""
        return self._take_line(line, told, claim, (charge, paid, adjustments, remarks))

    def _take_line(self, line: int, told: dict[str, str], claim: dict[str, Any], sums: tuple[Any, ...]) -> str:
        when = self.days[told["service_date"]] if told["service_date"] else None
        if told["service_date"] and when is None:
            return "no service date that can be read"
        charge, paid, adjustments, remarks = sums
        claim["lines"].append(
            ServiceLine(
                service_code=told["code"].upper(),
                modifiers=tuple(_WORD.findall(told["modifiers"].upper())),
                units=told["units"] or "1",
                date_first=when[0] if when else None,
                date_last=when[0] if when else None,
                amount_charged=charge,
                amount_paid=paid,
                amount_allowed=self.amounts[told["allowed"]],
                adjustments=adjustments,
                remark_codes=remarks,
                segment=line,
            )
        )
        return ""

    def _adjustments(self, text: str) -> tuple[Adjustment, ...] | None:
        found: list[Adjustment] = []
        for part in re.split(r"[;\n]", text.upper()):
            if not part.strip():
                continue
            match = _ADJUSTMENT.match(part.strip())
            amount: Money | None = self.amounts[match[3]] if match else None
            if match is None or amount is None:
                return None
            found.append(Adjustment(match[1], match[2], amount))
        return tuple(found)


def _cut_number(told: dict[str, str]) -> str:
    """Which number of a row has lost digits to Excel; "" when none has."""
    cut = [one.headings[0] for one in COLUMNS if one.field in _NUMBERS and _CUT_NUMBER.match(told[one.field])]
    return f"Excel has cut off digits of {cut[0]}: make the cell a text and type the number again" if cut else ""


def _claim_payment(claim: dict[str, Any]) -> ClaimPayment:
    told, lines = claim["told"], tuple(claim["lines"])
    charge, paid, adjustments, remarks = claim.get(
        "whole", (sum(one.amount_charged for one in lines), sum(one.amount_paid for one in lines), (), ())
    )
    dates = sorted(one.date_first for one in lines if one.date_first)
    everything = [*adjustments, *(one for line in lines for one in line.adjustments)]
    return ClaimPayment(
        claim_number=told["claim_number"],
        claim_status=told["status"] or "1",
        amount_charged=charge,
        amount_paid=paid,
        amount_patient=sum(one.amount for one in everything if one.group == "PR"),
        payer_claim_number=told["payer_claim"] or None,
        client_name=told["client"] or None,
        member_id=told["member_id"] or None,
        date_first=dates[0] if dates else None,
        date_last=dates[-1] if dates else None,
        adjustments=adjustments,
        remark_codes=remarks,
        lines=lines,
        segment=claim["line"],
    )
