"""Normal life of a demo practice: sessions are held, billed, answered, paid and banked.

    hold_sessions    appointments, some missed
    send_claims      Monday, Wednesday and Friday: what was held since
    answer_claims    each payer on its own days; what a primary leaves goes to the secondary
    collect          copays and private pay at the visit, the rest after the answer
    pay_out          the card processor, twice a week
    bank             what reaches the account, and the rent that leaves it

Between these stages the mishaps change what they find (`mishaps.py`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from hhs_sync.demo.cast import FEES, NO_SHOW_FEE, PayerHabit
from hhs_sync.demo.draft import Advice, BankLine, Bill, ClientMoney, Draft, PayoutDraft, Visit
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ServiceLine
from hhs_sync.money import Money

_MONDAY, _TUESDAY, _WEDNESDAY, _FRIDAY = 0, 1, 2, 4
_ONE_DAY = dt.timedelta(days=1)
HOLIDAYS_FROM, HOLIDAYS_TO = (12, 24), (12, 26)


def hold_sessions(draft: Draft) -> None:
    """Every client's appointments from the first day to today; some do not take place."""
    slots = []
    for client in draft.clients:
        day = draft.first_day + dt.timedelta(days=client.weekday, weeks=client.first_week)
        first = True
        stays = draft.practice.stays_weeks
        last = min(draft.today, day + dt.timedelta(weeks=stays - 1)) if stays else draft.today
        while day <= last:
            if not HOLIDAYS_FROM <= (day.month, day.day) <= HOLIDAYS_TO:
                slots.append((day, client, first))
            first = False
            day += dt.timedelta(weeks=client.every_weeks)
    slots.sort(key=lambda one: (one[0], one[1].hour, one[1].id))
    for day, client, first in slots:
        state = draft.random.choices(
            ("Completed", "Cancelled", "No Show", "Late Cancel"), weights=(90, 5, 3, 2) if not first else (1, 0, 0, 0)
        )[0]
        held = state == "Completed"
        missed_fee = NO_SHOW_FEE if client.payer is None or client.payer.id not in ("mainecare", "medicare") else 0
        code = "90791" if first and client.first_week else client.code
        draft.visits.append(
            Visit(
                id=str(70000 + len(draft.visits)),
                date=day,
                client=client,
                code=code if held else state.upper(),
                modifiers=("95",) if held and client.telehealth else (),
                fee=FEES[code] if held else (missed_fee if state in ("No Show", "Late Cancel") else 0),
                discount=client.discount if held else 0,
                state=state,
                payer=client.payer if held else None,
            )
        )


def send_claims(draft: Draft) -> None:
    """Bill what was held: one claim per client and billing day, so that one day's services share a claim."""
    waiting: dict[tuple[dt.date, str], list[Visit]] = defaultdict(list)
    for visit in draft.visits:
        if visit.state != "Completed":
            continue
        if visit.payer is None:
            visit.billed_on = visit.date
            continue
        day = _billing_day(visit.date)
        if day <= draft.today:
            waiting[day, visit.client.id].append(visit)
    for (day, _), visits in sorted(waiting.items()):
        payer = visits[0].payer
        assert payer is not None, "only insured visits wait for a claim"
        number = f"{draft.practice.id[0].upper()}{200000 + draft.number()}"
        bill = Bill(number=number, payer=payer, client=visits[0].client, visits=visits, submitted=day)
        draft.bills.append(bill)
        for visit in visits:
            visit.bill, visit.billed_on = bill, day


def _billing_day(day: dt.date) -> dt.date:
    """Monday, Wednesday or Friday after the session."""
    while True:
        day += _ONE_DAY
        if day.weekday() in (_MONDAY, _WEDNESDAY, _FRIDAY):
            return day


def answer_claims(draft: Draft) -> None:
    """Every payer's remittances up to today, oldest first, secondary claims when the primary has answered."""
    deductibles = {client.id: client.deductible for client in draft.clients}
    waiting: dict[dt.date, list[Bill]] = defaultdict(list)
    for bill in draft.bills:
        if not bill.rejected:
            waiting[payment_day(bill.payer, bill.submitted, draft.first_day)].append(bill)
    day = draft.first_day
    while day <= draft.today:
        by_payer: dict[str, list[Bill]] = defaultdict(list)
        for bill in waiting.pop(day, ()):
            by_payer[bill.payer.name].append(bill)
        for bills in by_payer.values():
            payer = bills[0].payer
            advice = Advice(payer=payer, date=day, trace=f"{payer.payer_id[-2:]}{day:%y%m%d}{draft.number():06d}")
            for bill in bills:
                bill.payment = _answer(bill, deductibles, len(advice.claims) + 1)
                bill.paid_in = advice
                advice.claims.append(bill.payment)
                crossed = _crossed_over(bill, day)
                if crossed is not None:
                    waiting[payment_day(crossed.payer, crossed.submitted, draft.first_day)].append(crossed)
                    draft.bills.append(crossed)
            draft.advices.append(advice)
        day += _ONE_DAY


def payment_day(payer: PayerHabit, submitted: dt.date, first_day: dt.date) -> dt.date:
    """The day on which a payer pays what it got on a day."""
    day = submitted + dt.timedelta(days=payer.answers_after)
    while day.weekday() != payer.weekday or ((day - first_day).days // 7) % payer.every_weeks:
        day += _ONE_DAY
    return day


def _crossed_over(bill: Bill, day: dt.date) -> Bill | None:
    """The claim that a primary sends on to the client's second payer."""
    second = bill.client.secondary
    left = tuple(_patient(line) for line in bill.payment.lines) if bill.payment else ()
    if second is None or bill.payer is second or not sum(left):
        return None
    return Bill(
        number=bill.number, payer=second, client=bill.client, visits=bill.visits, submitted=day, order="S",
        left_by_primary=left,
    )  # fmt: skip


def _answer(bill: Bill, deductibles: dict[str, Money], place: int) -> ClaimPayment:
    """What a payer says to one claim."""
    lines = []
    for index, visit in enumerate(bill.visits):
        if bill.answer != "pay":
            group, code = bill.answer.split("-")
            adjustments: tuple[Adjustment, ...] = (Adjustment(group, code, visit.fee),)
        elif bill.order == "S":
            adjustments = (Adjustment("OA", "23", visit.fee - bill.left_by_primary[index]),)
        else:
            adjustments = _adjudicate(bill, visit, deductibles)
        paid = visit.fee - sum(one.amount for one in adjustments)
        lines.append(
            ServiceLine(
                service_code=visit.code,
                modifiers=visit.modifiers,
                date_first=visit.date,
                amount_charged=visit.fee,
                amount_paid=paid,
                amount_allowed=bill.payer.allowed[visit.code] if paid and bill.order == "P" else None,
                line_key=f"{bill.number}L{index + 1}",
                adjustments=adjustments,
                remark_codes=("N382",) if bill.answer == "CO-16" else (),
                segment=0,
            )
        )
    client = bill.client
    return ClaimPayment(
        claim_number=bill.number,
        claim_status="4" if bill.answer != "pay" else {"P": "1", "S": "2"}[bill.order],
        amount_charged=sum(line.amount_charged for line in lines),
        amount_paid=sum(line.amount_paid for line in lines),
        amount_patient=sum(_patient(line) for line in lines),
        filing_indicator=bill.payer.filing_indicator,
        payer_claim_number=f"{bill.payer.payer_id[:2]}{bill.submitted:%y%j}{bill.number[1:]}{bill.order}{bill.frequency}",
        client_name=f"{client.last_name}, {client.first_name}",
        member_id=client.member_id if bill.order == "P" else client.secondary_member_id,
        clinician_npi=client.clinician.npi,
        crossover_payer=client.secondary.remits_as if client.secondary and bill.order == "P" else None,
        date_first=min(visit.date for visit in bill.visits),
        date_last=max(visit.date for visit in bill.visits),
        lines=tuple(lines),
        segment=place,
    )


def _adjudicate(bill: Bill, visit: Visit, deductibles: dict[str, Money]) -> tuple[Adjustment, ...]:
    """Down to the fee schedule, then the client's share, then what Medicare keeps by law."""
    client, payer = bill.client, bill.payer
    allowed = min(payer.allowed[visit.code], visit.fee)
    found = [Adjustment("CO", "45", visit.fee - allowed)] if visit.fee > allowed else []
    rest = allowed
    deductible = min(deductibles[client.id], rest)
    if deductible:
        deductibles[client.id] -= deductible
        rest -= deductible
        found.append(Adjustment("PR", "1", deductible))
    if client.copay and rest:
        copay = min(client.copay, rest)
        rest -= copay
        found.append(Adjustment("PR", "3", copay))
    if client.coinsurance and rest:
        share = (rest * client.coinsurance + 50) // 100
        rest -= share
        found.append(Adjustment("PR", "2", share))
    if payer.sequestration and rest:
        found.append(Adjustment("CO", "253", (rest * 2 + 50) // 100))
    return tuple(found)


def _patient(line: ServiceLine) -> Money:
    return sum(one.amount for one in line.adjustments if one.group == "PR")


def collect(draft: Draft) -> None:
    """What clients pay: at the visit, or when the last payer has answered."""
    prepaid: dict[str, Money] = defaultdict(int)
    for visit in draft.visits:
        client = visit.client
        if visit.state == "Completed" and visit.payer is None:
            _pay(draft, visit, visit.fee - visit.discount, visit.date)
        elif visit.state == "Completed" and client.copay:
            _pay(draft, visit, client.copay, visit.date)
            prepaid[visit.id] = client.copay
        elif visit.fee and visit.state != "Completed":
            _pay(draft, visit, visit.fee, visit.date + dt.timedelta(days=9))
    for bill in draft.bills:
        answered = bill.payment
        if answered is None or bill.paid_in is None or (bill.order == "P" and bill.client.secondary):
            continue
        for visit, line in zip(bill.visits, answered.lines, strict=True):
            owed = _patient(line) - prepaid[visit.id]
            if owed > 0:
                _pay(draft, visit, owed, bill.paid_in.date + dt.timedelta(days=draft.random.randrange(5, 15)))
    draft.payments.sort(key=lambda one: (one.date, one.id))


def _pay(draft: Draft, visit: Visit, amount: Money, day: dt.date) -> None:
    """One payment, unless the client does not pay yet or the day is still to come."""
    client = visit.client
    if client.pays == "late" or day > draft.today or amount <= 0:
        return
    number = draft.number()
    card = client.pays == "card"
    reference = f"ch_{number:06d}{draft.random.randrange(16**8):08x}" if card else str(1100 + number)
    draft.payments.append(
        ClientMoney(
            id=f"P{number:06d}",
            kind="Payment",
            date=day,
            amount=amount,
            method="Card" if card else "Check",
            client=client,
            visit=visit,
            reference=reference,
        )
    )


def pay_out(draft: Draft) -> None:
    """Two payouts a week of what was charged since the last; the processor keeps 2.9 % and 30 cents of each charge."""
    cards = [one for one in draft.payments if one.method == "Card"]
    day, place = draft.first_day, 0
    while day <= draft.today:
        if day.weekday() in (_TUESDAY, _FRIDAY):
            items = []
            while place < len(cards) and cards[place].date < day:
                one = cards[place]
                items.append((one, _fee(one)))
                place += 1
            if items:
                draft.payouts.append(PayoutDraft(id=f"po_{day:%y%m%d}{draft.number():05d}", date=day, items=items))
        day += _ONE_DAY
    left = [(one, _fee(one)) for one in cards[place:] if one.date <= draft.today]
    draft.with_processor = PayoutDraft(id="", date=draft.today, items=left)


def _fee(one: ClientMoney) -> Money:
    return 0 if one.kind == "Refund" else (one.amount * 29 + 500) // 1000 + 30


_PROCESSOR_TEXTS = {"stripe": "STRIPE TRANSFER ST-", "square": "SQUARE INC SQ", "ivy": "IVY PAY PAYOUT "}


def bank(draft: Draft) -> None:
    """Everything that moves the account, in order of its days."""
    lines = draft.bank_lines
    for advice in draft.advices:
        if advice.amount > 0 and advice.banked:
            trace = f" TRN*1*{advice.trace}*1{advice.payer.tax_id}" if advice.payer.tells_trace else ""
            lines.append(BankLine(draft.bank_day(advice.date), advice.amount, f"{advice.payer.bank_text}{trace}"))
    for number, payout in enumerate(draft.payouts):
        text = f"{_PROCESSOR_TEXTS[draft.practice.processor]}{number:04d}"
        lines.append(BankLine(draft.bank_day(payout.date), payout.amount, text))
    for one in draft.payments:
        if one.method == "Check" and one.kind == "Payment":
            day = draft.bank_day(one.date, 2)
            lines.append(BankLine(day, one.amount, "MOBILE CHECK DEPOSIT", one.reference))
    lines.extend(BankLine(day, -185000, "ACH DEBIT OFFICE RENT") for day in _firsts(draft.first_day, draft.today))
    draft.bank_lines = sorted(
        (one for one in lines if one.date <= draft.today), key=lambda one: (one.date, one.description, one.amount)
    )


def _firsts(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    day = first
    while day <= last:
        if day.day == 1:
            yield day
        day += _ONE_DAY
