"""What goes wrong in the demo, on purpose: each mishap is one function that changes what normal life made.

They stand in the stage at which such a thing happens. Each says in the folder's README what it did, and which
exceptions ought to come of it; a test holds them to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from hhs_sync.demo.cast import ANTHEM, HARVARD_PILGRIM, MAINECARE, NO_SHOW_FEE, UNMAPPED, PayerHabit
from hhs_sync.demo.draft import Advice, BankLine, Bill, ClientMoney, Draft, Mishap, Visit
from hhs_sync.demo.life import payment_day
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ProviderAdjustment, ServiceLine

Change = Callable[[Draft], None]
T = TypeVar("T")
_WEEK = dt.timedelta(weeks=1)
_DENIED = "4"


def _tell(draft: Draft, title: str, where: str, *codes: str) -> None:
    draft.mishaps.append(Mishap(title, where, codes))


def _middle(found: Sequence[T]) -> T:
    """One that has some history before it and some time after it."""
    assert found, "the demo has nothing that this mishap could happen to"
    return found[len(found) // 2]


# --- to sessions, before they are billed


def nobody_mapped_this_payer(draft: Draft) -> None:
    """A client's insurer that the practice has no rule for."""
    member = next(one for one in draft.clients if one.payer is HARVARD_PILGRIM)
    changed = msgspec.structs.replace(member, payer=UNMAPPED, copay=0, deductible=0, coinsurance=0)
    for visit in draft.visits:
        if visit.client is member:
            visit.client = changed
            visit.payer = UNMAPPED if visit.payer else None
    draft.clients[draft.clients.index(member)] = changed
    _tell(draft, "A payer that nobody mapped", f"{UNMAPPED.name}: sessions, remittances and bank lines", "SRC-04")


def a_no_show_is_charged_to_a_mainecare_member(draft: Draft) -> None:
    """Somebody entered the usual fee for a missed appointment, which MaineCare forbids."""
    visits = [one for one in _past(draft, weeks=3) if one.client.payer is MAINECARE and one.state == "Completed"]
    visit = _middle(visits)
    visit.state, visit.code, visit.fee, visit.payer, visit.modifiers = "No Show", "NO SHOW", NO_SHOW_FEE, None, ()
    _tell(draft, "A missed appointment charged to a MaineCare member", f"session {visit.id}", "CMP-01")


def rows_nobody_can_read(draft: Draft) -> None:
    """The latest export of sessions has a letter for a digit, and a month 13."""
    visits = [one for one in draft.visits if one.date > draft.today - _WEEK and one.state == "Completed"]
    for visit in visits[:2]:
        visit.unreadable = True
    _tell(draft, "Two rows that nobody can read", "the latest sessions export", "SRC-05", "SRC-01")


# --- to claims, before they are answered


def a_session_is_never_billed(draft: Draft) -> None:
    """One session slipped through: it has no claim."""
    bill = _middle([one for one in _answered(draft, ANTHEM, weeks=4) if len(one.visits) == 1])
    bill.visits[0].bill = bill.visits[0].billed_on = None
    draft.bills.remove(bill)
    _tell(draft, "A session that was never billed", f"session {bill.visits[0].id}", "BIL-01")


def denied(answer: str, code: str, payer: PayerHabit, why: str, *, of_ten: int) -> Change:
    """A claim that its payer denies for a reason; `of_ten` says how far along in time, from 0 to 9."""

    def change(draft: Draft) -> None:
        found = [one for one in _answered(draft, payer, weeks=2) if one.answer == "pay" and _plain(one)]
        bill = found[len(found) * of_ten // 10]
        bill.answer = answer
        _tell(draft, f"A denial: {why} ({answer})", f"claim {bill.number}, {payer.name}", code)

    return change


def the_clearinghouse_rejects(draft: Draft) -> None:
    """A claim that never reached its payer."""
    bill = _middle([one for one in _answered(draft, ANTHEM, weeks=1) if one.answer == "pay" and _plain(one)])
    bill.rejected = True
    _tell(draft, "A claim that the clearinghouse rejected", f"claim {bill.number}", "BIL-02")


def denied_then_sent_again(draft: Draft) -> None:
    """A denial that somebody worked: the corrected claim is paid, and no question is left."""
    early = [one for one in _answered(draft, ANTHEM, weeks=6) if one.answer == "pay" and _plain(one)]
    bill = early[0]
    bill.answer = "CO-16"
    answered = payment_day(bill.payer, bill.submitted, draft.first_day)
    draft.bills.append(
        Bill(
            number=bill.number,
            payer=bill.payer,
            client=bill.client,
            visits=bill.visits,
            submitted=answered + dt.timedelta(days=2),
            frequency="7",
        )
    )
    _tell(draft, "A denial that was corrected, sent again and paid: no exception is left", f"claim {bill.number}")


# --- to remittances, before their money moves


def a_remittance_does_not_add_up(draft: Draft) -> None:
    """One line's adjustment is 5.00 too large; the payment itself is right, and reaches the bank."""
    paid = _paid(draft, ANTHEM, weeks=2)
    advice = _middle([one for one in paid if all(claim.claim_status != _DENIED for claim in one.claims)])
    claim = next(one for one in advice.claims if one.amount_paid)
    line = claim.lines[0]
    wrong = Adjustment("CO", "45", line.adjustments[0].amount + 500)
    broken = msgspec.structs.replace(line, adjustments=(wrong, *line.adjustments[1:]))
    _replace_claim(advice, claim, msgspec.structs.replace(claim, lines=(broken, *claim.lines[1:])))
    _tell(draft, "A remittance that does not add up", f"{advice.payer.name}, {advice.trace}", "REM-01")


def remittances_come_twice(draft: Draft) -> None:
    """The same file under another name, and the same claim payments under another number."""
    same, again = _paid(draft, MAINECARE, weeks=3)[-2:]
    draft.copies.append((same, "same file"))
    draft.copies.append((again, "sent again"))
    _tell(
        draft, "The same remittance file under another name, and one sent again under another number",
        f"MaineCare, {same.trace} and {again.trace}", "REM-02",
    )  # fmt: skip


def money_is_taken_back(draft: Draft) -> None:
    """A payer reverses a claim that it paid, announces the recovery, and keeps the money a week later."""
    advices = _paid(draft, ANTHEM, weeks=0)
    paid, reversing, keeping = advices[1], advices[-3], advices[-2]
    claim = next(one for one in paid.claims if 0 < one.amount_paid < keeping.amount)
    reversing.claims.append(_reversed(claim, len(reversing.claims) + 1))
    _provider_adjustment(reversing, "WO", claim.payer_claim_number or "", -claim.amount_paid)
    _provider_adjustment(keeping, "WO", claim.payer_claim_number or "", claim.amount_paid)
    _tell(
        draft, "A payer takes its money back: reversed, announced, and kept from a later payment",
        f"claim {claim.claim_number}, {reversing.trace} and {keeping.trace}", "PAY-03",
    )  # fmt: skip


def interest_is_paid(draft: Draft) -> None:
    """A late claim earns interest (PLB L6), which is no session revenue."""
    advice = _middle(_paid(draft, ANTHEM, weeks=4))
    _provider_adjustment(advice, "L6", "", -221)
    _tell(draft, "Interest on a late claim: posted as interest, no exception", f"Anthem, {advice.trace}")


def money_is_kept_without_a_word(draft: Draft) -> None:
    """A takeback with no reversal on file and a reference that nobody knows."""
    advice = _middle([one for one in _paid(draft, MAINECARE, weeks=2) if one.amount > 20000])
    _provider_adjustment(advice, "WO", "UNKNOWN REF 7731", 9425)
    _tell(draft, "Money kept for a claim that nobody finds", f"MaineCare, {advice.trace}", "REM-03")


def a_claim_payment_matches_no_session(draft: Draft) -> None:
    """The payer pays a claim that the practice system does not know."""
    advice = _middle([one for one in _paid(draft, MAINECARE, weeks=2) if one.amount > 0])
    claim = _first_plain(advice)
    line = claim.lines[0]
    strange = msgspec.structs.replace(
        claim,
        claim_number="OLD-55871",
        payer_claim_number=f"{claim.payer_claim_number}X",
        client_name="Undercliffe, Morwenna",
        member_id="W700000001",
        lines=(msgspec.structs.replace(line, line_key=None, date_first=line.date_first),),
        amount_charged=line.amount_charged,
        amount_paid=line.amount_paid,
        amount_patient=0,
    )
    advice.claims.append(strange)
    _tell(draft, "A paid claim that matches no session", f"MaineCare, {advice.trace}, claim OLD-55871", "MAT-01")


def a_mainecare_member_is_told_to_pay(draft: Draft) -> None:
    """A MaineCare remittance leaves a deductible to the member, who may owe a copay at most."""
    advice = _middle([one for one in _paid(draft, MAINECARE, weeks=2) if one.amount > 0])
    claim = _first_plain(advice)
    line = claim.lines[0]
    moved = (*line.adjustments, Adjustment("PR", "1", 4000))
    changed = msgspec.structs.replace(line, adjustments=moved, amount_paid=line.amount_paid - 4000)
    _replace_claim(
        advice,
        claim,
        msgspec.structs.replace(
            claim, lines=(changed,), amount_paid=claim.amount_paid - 4000, amount_patient=claim.amount_patient + 4000
        ),
    )
    _tell(
        draft, "A MaineCare remittance that leaves a deductible to the member",
        f"claim {claim.claim_number}, {advice.trace}", "CMP-01",
    )  # fmt: skip


def a_remittance_never_came(draft: Draft) -> None:
    """The money is at the bank; its remittance is still in the portal."""
    advice = _middle(_paid(draft, HARVARD_PILGRIM, weeks=3))
    advice.received = False
    _tell(draft, "Money at the bank without a remittance", f"{advice.payer.name}, {advice.trace}", "DEP-02")


def the_money_never_came(draft: Draft) -> None:
    """A remittance whose money has not reached the bank."""
    advice = _middle(_paid(draft, MAINECARE, weeks=3))
    advice.banked = False
    _tell(draft, "A remittance without its money", f"{advice.payer.name}, {advice.trace}", "DEP-01")


# --- to clients' money, before it is paid out


def a_payment_without_a_client(draft: Draft) -> None:
    """A card was charged at the desk, and nobody wrote down for whom."""
    payment = _middle([one for one in draft.payments if one.method == "Card"])
    payment.client = payment.visit = None
    _tell(draft, "A card payment without a client", f"payment {payment.id}", "MAT-03")


def a_card_is_charged_twice(draft: Draft) -> None:
    """Charged twice, noticed, and given back two days later: nothing is left to ask."""
    paid = _middle([one for one in draft.payments if one.method == "Card" and one.client and one.client.payer is None])
    again = ClientMoney(
        id=f"{paid.id}B", kind="Payment", date=paid.date, amount=paid.amount, method="Card", client=paid.client,
        visit=paid.visit, reference=f"{paid.reference}b",
    )  # fmt: skip
    back = ClientMoney(
        id=f"{paid.id}R", kind="Refund", date=paid.date + dt.timedelta(days=2), amount=paid.amount, method="Card",
        client=paid.client, visit=None, reference=f"re_{paid.reference[3:]}", of_payment=again.reference,
    )  # fmt: skip
    draft.payments.extend((again, back))
    draft.payments.sort(key=lambda one: (one.date, one.id))
    _tell(draft, "A card charged twice and given back: no exception is left", f"payments {paid.id} and {again.id}")


# --- to the bank


def money_from_nobody(draft: Draft) -> None:
    """An electronic credit that names no payer."""
    day = draft.bank_day(draft.today - 4 * _WEEK)
    draft.bank_lines.append(BankLine(day, 6000, "ACH CREDIT CCD 8841-22 MISC PAYMENT"))
    draft.bank_lines.sort(key=lambda one: (one.date, one.description, one.amount))
    _tell(draft, "Money at the bank from nobody knows whom", f"60.00 on {day}", "DEP-02")


MISHAPS: dict[str, dict[str, tuple[Change, ...]]] = {
    "harbor": {
        "sessions": (nobody_mapped_this_payer, a_no_show_is_charged_to_a_mainecare_member),
        "claims": (
            denied_then_sent_again,
            a_session_is_never_billed,
            denied("CO-16", "DEN-01", ANTHEM, "something is missing", of_ten=3),
            denied("CO-27", "DEN-02", ANTHEM, "coverage had ended", of_ten=6),
            denied("CO-197", "DEN-03", ANTHEM, "no authorisation", of_ten=9),
        ),
        "remittances": (
            a_remittance_does_not_add_up,
            remittances_come_twice,
            money_is_taken_back,
            interest_is_paid,
            a_mainecare_member_is_told_to_pay,
            the_money_never_came,
        ),
        "payments": (a_payment_without_a_client, a_card_is_charged_twice),
        "bank": (),
    },
    "birch": {
        "sessions": (rows_nobody_can_read,),
        "claims": (denied("CO-29", "DEN-04", ANTHEM, "filed too late", of_ten=3), the_clearinghouse_rejects),
        "remittances": (
            money_is_kept_without_a_word,
            a_claim_payment_matches_no_session,
            a_remittance_never_came,
        ),
        "payments": (),
        "bank": (money_from_nobody,),
    },
}


def happen(draft: Draft, stage: str) -> None:
    """All mishaps of a practice at one stage."""
    for change in MISHAPS.get(draft.practice.id, {}).get(stage, ()):
        change(draft)


# --- finding something to spoil


def _past(draft: Draft, *, weeks: int) -> list[Visit]:
    return [one for one in draft.visits if one.date <= draft.today - weeks * _WEEK]


def _answered(draft: Draft, payer: PayerHabit, *, weeks: int) -> list[Bill]:
    """Claims whose answer comes at least so many weeks before today."""
    last = draft.today - weeks * _WEEK
    return [
        one for one in draft.bills
        if one.payer is payer and payment_day(payer, one.submitted, draft.first_day) <= last
    ]  # fmt: skip


def _plain(bill: Bill) -> bool:
    return len(bill.visits) == 1 and bill.frequency == "1" and not bill.client.copay


def _paid(draft: Draft, payer: PayerHabit, *, weeks: int) -> list[Advice]:
    """A payer's remittances with money, at least so many weeks old, that nothing has happened to yet."""
    last = draft.today - weeks * _WEEK
    return [
        one for one in draft.advices
        if one.payer is payer and one.amount > 0 and one.date <= last and one.received and one.banked
        and not one.provider_adjustments and one not in [advice for advice, _ in draft.copies]
        and all(claim.amount_paid == claim.amount_charged - _adjusted(claim) for claim in one.claims)
    ]  # fmt: skip


def _adjusted(claim: ClaimPayment) -> int:
    return sum(one.amount for one in claim.all_adjustments())


def _first_plain(advice: Advice) -> ClaimPayment:
    return next(one for one in advice.claims if len(one.lines) == 1 and one.amount_paid > 0)


def _replace_claim(advice: Advice, old: ClaimPayment, new: ClaimPayment) -> None:
    advice.claims[advice.claims.index(old)] = new


def _provider_adjustment(advice: Advice, code: str, reference: str, amount: int) -> None:
    advice.provider_adjustments.append(
        ProviderAdjustment(reason_code=code, reference=reference or None, amount=amount, segment=0)
    )


def _reversed(claim: ClaimPayment, place: int) -> ClaimPayment:
    """The claim payment with every sign turned, as CLP02 22."""
    return msgspec.structs.replace(
        claim,
        claim_status="22",
        amount_charged=-claim.amount_charged,
        amount_paid=-claim.amount_paid,
        amount_patient=0,
        lines=tuple(_turned(claim.lines)),
        segment=place,
    )


def _turned(lines: Sequence[ServiceLine]) -> Iterator[ServiceLine]:
    for line in lines:
        yield msgspec.structs.replace(
            line,
            amount_charged=-line.amount_charged,
            amount_paid=-line.amount_paid,
            amount_allowed=None,
            adjustments=tuple(Adjustment(one.group, one.reason_code, -one.amount) for one in line.adjustments),
        )
