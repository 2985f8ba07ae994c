"""X12 facts as text for a person: what was paid, why not more, and whether it adds up.

    Payment 140.00 by ACH on 2025-03-21, trace EFT0004
      from  MAINECARE SERVICES (1010203040)
      ...
      Claim S6: processed as primary                               charged 300.00   paid 200.00
        2025-02-10  H2019 HN                                               300.00        200.00
            CO 45   100.00  contract: above the fee schedule
            ✓ 300.00 - 100.00 = 200.00
      Outside any claim
        WO   60.00  overpayment taken back (2507300000044)
      ✓ payment: 200.00 - 60.00 = 140.00

Names and member numbers are shown only when asked for. Pure: what words stand for a reason comes in as an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from hhs_sync.facts.claim import Acknowledgement, Claim
from hhs_sync.facts.document import Unreadable
from hhs_sync.facts.fact import Fact
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ProviderAdjustment, Remittance, ServiceLine
from hhs_sync.money import Money, format_money
from hhs_sync.x12.reasons import CLAIM_STATUS, GROUPS, PROVIDER_ADJUSTMENTS, REMARKS, reason_in_words

Words = Callable[[str, str], str]
"""From group and reason code to what they mean."""

_WIDTH = 60

_METHODS = {"CHK": " by check", "FWT": " by wire", "NON": " (no money moves)"}

_ORDERS = {"P": "the first payer", "S": "the second payer", "T": "the third payer"}


def show_fact(fact: Fact, *, words: Words = reason_in_words, names: bool = False) -> str:
    """A remittance, claim or acknowledgement as lines of text."""
    if isinstance(fact, Remittance):
        return "\n".join(_remittance(fact, words, names=names))
    if isinstance(fact, Claim):
        return "\n".join(_claim(fact, names=names))
    if isinstance(fact, Acknowledgement):
        return "\n".join(_acknowledgement(fact))
    return f"{type(fact).__name__} {fact.key}"


def show_unreadable(row: Unreadable) -> str:
    """A row that could not be understood, and where."""
    amount = "" if row.amount is None else f" ({format_money(row.amount)})"
    return f"✗ {row.place}: {row.problem}{amount}"


# --- 835


def _remittance(one: Remittance, words: Words, *, names: bool) -> Iterator[str]:
    method = _METHODS.get(one.payment_method, f" by {one.payment_method}" if one.payment_method else "")
    yield f"Payment {format_money(one.amount_paid)}{method}{_on(one.payment_date)}, trace {one.eft_trace or 'not told'}"
    yield f"  from  {_named(one.payer_name, one.payer_ids)}"
    yield f"  to    {_named(one.payee_name, one.payee_ids)}"
    if one.test:
        yield "  ! a test, not to be posted (ISA15 T)"
    if not one.complete:
        yield "  ✗ not whole: part of it was cut off or could not be read"
    for problem in one.envelope_problems:
        yield f"  ! {problem}"
    for claim in one.claim_payments:
        yield ""
        yield from (f"  {line}" for line in _claim_payment(claim, words, names=names))
    yield ""
    if one.provider_adjustments:
        yield "  Outside any claim (positive takes money away)"
        yield from (f"    {_provider_adjustment(adjustment)}" for adjustment in one.provider_adjustments)
    paid = sum(claim.amount_paid for claim in one.claim_payments)
    taken = sum(adjustment.amount for adjustment in one.provider_adjustments)
    yield f"  {_equation('payment', paid, taken, one.amount_paid)}"


def _claim_payment(claim: ClaimPayment, words: Words, *, names: bool) -> Iterator[str]:
    status = CLAIM_STATUS.get(claim.claim_status, f"status {claim.claim_status or 'not told'}")
    heading = f"Claim {claim.claim_number or 'without a number'}: {status}"
    charged, paid = format_money(claim.amount_charged), format_money(claim.amount_paid)
    yield f"{heading:{_WIDTH}} charged {charged:>10}   paid {paid:>10}"
    if names and (claim.client_name or claim.member_id):
        yield f"  client {claim.client_name or 'not named'}, member {claim.member_id or 'not told'}"
    told = [
        f"client's share {format_money(claim.amount_patient)}" if claim.amount_patient else "",
        f"payer's number {claim.payer_claim_number}" if claim.payer_claim_number else "",
        f"corrects {claim.original_payer_claim_number}" if claim.original_payer_claim_number else "",
        f"sent on to {claim.crossover_payer}" if claim.crossover_payer else "",
    ]
    if any(told):
        yield f"  {', '.join(filter(None, told))}"
    yield from (f"    {line}" for line in (*_adjustments(claim.adjustments, words), *_remarks(claim.remark_codes)))
    for line in claim.lines:
        yield from (f"  {text}" for text in _service_line(line, words))
    adjusted = sum(one.amount for one in claim.all_adjustments())
    yield f"  {_equation('claim', claim.amount_charged, adjusted, claim.amount_paid)}"


def _service_line(line: ServiceLine, words: Words) -> Iterator[str]:
    day = f"{line.date_first:%Y-%m-%d}" if line.date_first else "no date   "
    until = f" to {line.date_last:%Y-%m-%d}" if line.date_last and line.date_last != line.date_first else ""
    procedure = " ".join([line.service_code, *line.modifiers])
    units = f", {line.units} units" if line.units != "1" else ""
    billed = f", billed as {' '.join([line.billed_code, *line.billed_modifiers])}" if line.billed_code else ""
    heading = f"{day}{until}  {procedure}{units}{billed}"
    yield f"{heading:{_WIDTH}} {format_money(line.amount_charged):>16}   {format_money(line.amount_paid):>13}"
    yield from (f"    {text}" for text in _adjustments(line.adjustments, words))
    yield from (f"    {text}" for text in _remarks(line.remark_codes))
    adjusted = sum(one.amount for one in line.adjustments)
    yield f"    {_equation('line', line.amount_charged, adjusted, line.amount_paid)}"


def _adjustments(adjustments: Iterable[Adjustment], words: Words) -> Iterator[str]:
    for one in adjustments:
        code = f"{one.group} {one.reason_code}"
        group = GROUPS.get(one.group, one.group or "no group")
        yield f"{code:7} {format_money(one.amount):>10}  {group}: {words(one.group, one.reason_code)}"


def _remarks(codes: Iterable[str]) -> Iterator[str]:
    """Each remark code that we have words for on a line of its own, the others together."""
    yield from (f"{code:7} {REMARKS[code]}" for code in codes if code in REMARKS)
    if others := [code for code in codes if code not in REMARKS]:
        yield f"remarks {' '.join(others)}"


def _provider_adjustment(one: ProviderAdjustment) -> str:
    meaning = PROVIDER_ADJUSTMENTS.get(one.reason_code, f"code {one.reason_code}")
    return (
        f"{one.reason_code:7} {format_money(one.amount):>10}  {meaning}{f' ({one.reference})' if one.reference else ''}"
    )


def _equation(what: str, first: Money, less: Money, told: Money) -> str:
    """Ticked when it holds; else crossed, with the difference."""
    computed = first - less
    sign = "+" if less < 0 else "-"
    sum_ = f"{format_money(first)} {sign} {format_money(abs(less))} = {format_money(computed)}"
    if computed == told:
        return f"✓ {what}: {sum_}"
    return f"✗ {what}: {sum_}, but {format_money(told)} is told, which is {difference_in_words(told - computed)}"


def difference_in_words(difference: Money) -> str:
    """How told and computed differ: "5.00 too much", "5.00 too little"."""
    return f"{format_money(abs(difference))} too {'much' if difference > 0 else 'little'}"


# --- 837P, 999, 277CA, 277


def _claim(claim: Claim, *, names: bool) -> Iterator[str]:
    kinds = {"1": "", "7": ", replacement", "8": ", void"}
    frequency = kinds.get(claim.frequency, f", frequency {claim.frequency}")
    test = ", a test" if claim.test else ""
    charged = format_money(claim.amount_charged)
    yield f"Claim {claim.claim_number}{frequency}: {charged}{_on(claim.date_submitted)}{test}"
    yield f"  to    {_named(claim.payer_name, (claim.payer_id,) if claim.payer_id else ())}"
    yield f"  as    {_ORDERS.get(claim.payer_order, f'payer {claim.payer_order}')}"
    if names and (claim.client_name or claim.member_id):
        yield f"  client {claim.client_name or 'not named'}, member {claim.member_id or 'not told'}"
    for prior in claim.prior_payments:
        paid = "not told" if prior.amount_paid is None else format_money(prior.amount_paid)
        yield f"  before: {prior.payer_name or 'a payer not named'} paid {paid}"
    for line in claim.lines:
        day = f"{line.date_first:%Y-%m-%d}" if line.date_first else "no date   "
        heading = f"{day}  {' '.join([line.service_code, *line.modifiers])}"
        units = f", {line.units} units" if line.units != "1" else ""
        yield f"    {heading + units:{_WIDTH}} {format_money(line.amount_charged):>10}"


def _acknowledgement(one: Acknowledgement) -> Iterator[str]:
    about = f"claim {one.claim_number}" if one.claim_number else f"batch {one.batch_control_number or 'not named'}"
    amount = "" if one.amount_charged is None else f", {format_money(one.amount_charged)}"
    yield f"{one.kind} {about}: {one.state.value}{amount}{_on(one.date)}"
    if one.reason:
        yield f"  {one.reason}"


def _named(name: str, ids: Iterable[str]) -> str:
    numbers = ", ".join(ids)
    return f"{name or 'not named'}{f' ({numbers})' if numbers else ''}"


def _on(date: dt.date | None) -> str:
    return f" on {date:%Y-%m-%d}" if date else ""
