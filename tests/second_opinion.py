"""A second opinion on the books: the trial balance of a case, worked out anew from what its documents tell.

It shares no code with the program but the reading of documents, and it is made otherwise: no entries and no matching
tables, only balances by QuickBooks' account number that each event moves, in order of days. It knows as much as the
cases need: claim numbers that are echoed, traces that stand in the bank's text, senders by name and amount, and the
rules of the accounting design (sections 4 and 7). Money in cents, debits positive.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from itertools import combinations
from typing import Any, NamedTuple

FAMILY = {"MEDA": "medicare", "MCARE": "mainecare"}
INCOME = {"commercial": "4010", "mainecare": "4020", "medicare": "4030"}
CONTRACT = {"commercial": "4910", "mainecare": "4911", "medicare": "4912"}
PROCESSOR = {"stripe": "1210", "ivy": "1211", "square": "1212"}
PAYERS = {"ANTH": "ANTHEM", "HPHC": "HPHC", "MEDA": "NGS MEDICARE", "SECO": "SECOND PLAN", "MCARE": "STATE TREASURER"}
KEPT = {"WO", "FB", "72"}
CARD = "card"


def trial_balance(facts, today: dt.date, practice) -> dict[str, int]:
    """Every account that is not zero. Allowances come back the day after, so none stands on a day like these."""
    opinion = _Opinion(facts, today, practice)
    opinion.work()
    return {number: amount for number, amount in sorted(opinion.total.items()) if amount}


class _Opinion:
    def __init__(self, facts, today, practice) -> None:
        self.facts, self.today, self.practice = facts, today, practice
        self.patience = practice.thresholds.money_without_remittance_business_days
        self.total: Counter[str] = Counter()
        self.owed: Counter[tuple[str, str]] = Counter()  # (session, who)
        self.order: dict[str, list[str]] = defaultdict(list)  # sessions as a client came to owe on them
        self.credit: dict[str, list[list]] = defaultdict(list)  # client: [payment, session or None, cents left]
        self.closed: Counter[tuple[str, str]] = Counter()  # what a client payment closed, by payment and session
        self.lost: Counter[str] = Counter()  # written off, by session
        self.told: dict[str, list[dict]] = defaultdict(list)  # payments of a session, for reversals
        self.copays: Counter[tuple] = Counter()
        decided = sorted(facts.resolutions.values(), key=lambda one: (one.at, one.key))
        self.decided = {}
        for one in decided:
            if one.kind.value == "reopen":
                self.decided = {place: kept for place, kept in self.decided.items() if place[0] != one.subject}
            self.decided[one.subject, one.kind.value] = one
        self.by_claim: dict[str, list] = defaultdict(list)
        for one in facts.sessions.values():
            self.by_claim[one.claim_number or ""].append(one)
        self.billed = {one.key: self._billed(one) for one in facts.sessions.values()}
        self.accepted, self.held = self._accepted()
        self.further: set[str] = set()
        self.bank = self._bank()
        self.late = {
            part: line
            for line, parts in self.bank.items()
            if all(part in facts.remittances for part in parts)
            and all(self._known(part) > _waited(facts.bank_deposits[line].date, self.patience) for part in parts)
            for part in parts
        }

    def work(self) -> None:
        """All events in order, then the bank."""
        events = [(one.date, 0, one.key, self._charge, one) for one in self.facts.sessions.values()]
        for one in self.accepted:
            day = self._known(one.key) if one.key in self.late else one.payment_date
            events.append((day, 1, one.key, self._remittance, one))
        for (subject, _), one in self.decided.items():
            about = self.facts.sessions.get(subject) or self.facts.client_payments.get(subject)
            if about is not None:
                day = max(one.date or one.at.date(), about.date)
                events.append((day, 2, f"{one.at.isoformat()} {one.key}", self._decision, one))
        events += [(one.date, 3, one.key, self._payment, one) for one in self.facts.client_payments.values()]
        events += [(one.date, 4, one.key, self._refund, one) for one in self.facts.refunds.values()]
        events += [(one.date, 4, one.key, self._dispute, one) for one in self.facts.disputes.values()]
        for _, _, _, post, about in sorted(events, key=lambda event: event[:3]):
            post(about)
        self._at_the_bank()

    def _post(self, **amounts: int) -> None:
        """Accounts as keywords ("a1000"); what is posted together comes to zero."""
        assert sum(amounts.values()) == 0
        for number, amount in amounts.items():
            self.total[number[1:]] += amount

    def _owe(self, session: str, who: str, amount: int) -> None:
        self.total["1100"] += amount
        self.owed[session, who] += amount
        if session not in self.order[who]:
            self.order[who].append(session)

    # ------------------------------------------------------------------ sessions

    def _billed(self, one) -> str | None:
        """Who owes first: a payer, the client, or nobody (None)."""
        if one.state.value not in {"completed", "no_show"} or (one.key, "do_not_bill") in self.decided:
            return None
        covered = {
            each.payer
            for each in self.facts.coverages.values()
            if each.client == one.client and each.first <= one.date and (each.last is None or one.date <= each.last)
        }
        if one.state.value == "no_show" or one.payer is None:
            return None if "MCARE" in covered | {one.payer} else one.client
        return one.payer if one.payer in PAYERS else None

    def _charge(self, one) -> None:
        who = self.billed[one.key]
        if who is None:
            return
        income = "4050" if one.state.value == "no_show" else "4040"
        self.total[INCOME[FAMILY.get(who, "commercial")] if who in PAYERS else income] -= one.fee
        self.total["4920"] += one.discount
        self._owe(one.key, who, one.fee - one.discount)
        if who not in PAYERS:
            self._use_credit(one)

    def _second(self, one) -> str | None:
        found = [
            each.payer
            for each in self.facts.coverages.values()
            if each.client == one.client and each.order == 2 and each.first <= one.date
        ]
        return one.secondary_payer or (found[0] if len(found) == 1 else None)

    # ------------------------------------------------------------------ remittances

    def _accepted(self):
        good, held, seen = [], [], set()
        told = [one for one in self.facts.remittances.values() if (one.key, "old_system") not in self.decided]
        for one in sorted(told, key=lambda each: (self._known(each.key), each.key)):
            claims = sum(each.amount_paid for each in one.claim_payments)
            paid = claims - sum(each.amount for each in one.provider_adjustments)
            trace = (one.payer_name, one.eft_trace, one.amount_paid, one.payment_date)
            if one.eft_trace and trace in seen:
                continue
            seen.add(trace)
            sums = all(
                each.amount_charged - sum(why.amount for why in (*each.adjustments, *_of_lines(each)))
                == each.amount_paid
                for each in one.claim_payments
            )
            (good if sums and paid == one.amount_paid else held).append(one)
        return good, held

    def _known(self, remittance: str) -> dt.date:
        return max(self.facts.as_of[remittance], self.facts.remittances[remittance].payment_date)

    def _money(self, remittance) -> str:
        """Where its money waits."""
        if (remittance.key, "virtual_card") in self.decided:
            return PROCESSOR[self.decided[remittance.key, "virtual_card"].account]
        return "2400" if remittance.key in self.late else "1200"

    def _remittance(self, remittance) -> None:
        now, back = [], []
        for claim in remittance.claim_payments:
            for part in self._parts(claim):
                (back if part.amount_paid < 0 or part.claim_status == "22" else now).append(part)
        for claim in back:
            self._reverse(claim)
        for claim in now:
            self._claim(remittance, claim)
        if self._money(remittance) != "1200":
            self._outside_claims(remittance, self._money(remittance))

    def _parts(self, claim):
        """A claim as one part for each session that it answers: line by line where there are several."""
        sessions = self.by_claim.get(claim.claim_number, [])
        if len(sessions) < 2:
            yield _part(claim, sessions[0] if sessions else None, claim, (*claim.adjustments, *_of_lines(claim)))
            return
        for line, one in zip(claim.lines, sessions, strict=True):
            yield _part(claim, one, line, line.adjustments)

    def _claim(self, remittance, claim) -> None:
        paid = f"{remittance.key}#{claim.segment}"
        chosen = self.decided.get((paid, "choose_match"))
        one = self.facts.sessions[chosen.targets[0]] if chosen else claim.session
        where = self._money(remittance)
        if one is None or self.billed[one.key] not in PAYERS:
            old = self.decided.get((paid, "old_system"))
            self.total[where] += claim.amount_paid
            self.total[old.account if old and old.account else "2400"] -= claim.amount_paid
            return
        first, second = self.billed[one.key], self._second(one)
        later = claim.claim_status in {"2", "3", "20", "21"}
        who = remittance.payer_name if later or remittance.payer_name == second else first
        family = FAMILY.get(who, "commercial")
        later = later or who != first
        taken: Counter[str] = Counter()
        patient = 0
        differs = claim.amount_charged != one.fee and not later
        reason = self.decided.get((paid, "set_reason"))
        for each in claim.adjustments:
            known = {"CO-45": CONTRACT[family], "CO-253": "4913"}.get(f"{each.group}-{each.reason_code}")
            share = each.group == "PR" and each.reason_code in {"1", "2", "3"}
            if share and family == "mainecare" and not differs:
                month = (one.client, one.date.year, one.date.month)
                share = each.reason_code == "3" and each.amount <= 200 and self.copays[month] + each.amount <= 2000
                self.copays[month] += each.amount * share
            if reason is not None and not known and not share:
                taken[CONTRACT[family]] += each.amount
            elif share and not differs:
                patient += each.amount
            elif known and not differs:
                taken[known] += each.amount
        if not later and reason is None and taken[CONTRACT[family]] * 100 > 70 * claim.amount_charged:
            del taken[CONTRACT[family]]
        opened = max(self.owed[one.key, who], 0)
        settled = min(claim.amount_paid, opened)
        room = opened - settled
        patient = min(patient, room)
        room -= patient
        for number in taken:
            taken[number] = min(taken[number], room)
            room -= taken[number]
        self.total[where] += claim.amount_paid
        self.total["2300"] -= claim.amount_paid - settled
        self.total.update(taken)
        lowered = settled + patient + sum(taken.values())
        self._owe(one.key, who, -lowered)
        target = second if second and who != second else one.client
        if patient:
            self._owe(one.key, target, patient)
        self.told[one.key].append(
            {"claim": claim, "who": who, "settled": settled, "taken": taken, "patient": patient, "target": target}
        )
        if target == one.client:
            self._use_credit(one)

    def _reverse(self, claim) -> None:
        one = claim.session
        for told in reversed(self.told[one.key] if one else []):
            if told["claim"].amount_paid == -claim.amount_paid:
                self.told[one.key].remove(told)
                self.total["2300"] -= told["settled"]
                self.total.subtract(told["taken"])
                self._owe(one.key, told["who"], told["settled"] + told["patient"] + sum(told["taken"].values()))
                if told["patient"]:
                    self._owe(one.key, told["target"], -told["patient"])
                return

    def _outside_claims(self, remittance, where: str) -> None:
        """What the payer kept, took back or added; it lowers or raises what waits at `where`."""
        for claim in remittance.claim_payments:
            if claim.amount_paid < 0:
                self._post(a2300=-claim.amount_paid, **{f"a{where}": claim.amount_paid})
        for each in remittance.provider_adjustments:
            code = each.reason_code
            number = "2300" if code in KEPT else {"L6": "7100", "IR": "1250"}.get(code, "2400")
            self.total[number] += each.amount
            self.total[where] -= each.amount

    # ------------------------------------------------------------------ client money

    def _whose(self, one):
        """The client of a payment, and the session it names."""
        chosen = self.decided.get((one.key, "choose_match"))
        named = chosen.targets[0] if chosen else None
        for session in self.facts.sessions.values():
            if session.key == named or (
                one.session and one.session in {session.key.split("/", 2)[2], session.claim_number}
            ):
                return session.client, session.key
        known = {session.client for session in self.facts.sessions.values()}
        return (one.client if one.client in known else None), None

    def _payment(self, one) -> None:
        client, session = self._whose(one)
        self.total[self._hand(one)] += one.amount
        if client is None:
            self.total["2400"] -= one.amount
            return
        if session and self.lost[session]:
            back = min(self.lost[session], max(one.amount - max(self.owed[session, client], 0), 0))
            self.total["6200"] -= back
            self._owe(session, client, back)
        left = one.amount
        for item in [session] if session else list(self.order[client]) if self.practice.oldest_first else []:
            closed = min(left, max(self.owed[item, client], 0))
            self._owe(item, client, -closed)
            self.closed[one.key, item] += closed
            left -= closed
        self.total["2200"] -= left
        self.credit[client].append([one.key, session, left])

    def _use_credit(self, session) -> None:
        for kept in self.credit[session.client]:
            if kept[1] == session.key or (kept[1] is None and self.practice.oldest_first):
                used = min(kept[2], max(self.owed[session.key, session.client], 0))
                kept[2] -= used
                self.closed[kept[0], session.key] += used
                self._post(a2200=used, a1100=-used)
                self.owed[session.key, session.client] -= used

    def _given_back(self, one):
        """Client and session of what is given back or contested."""
        for paid in self.facts.client_payments.values():
            if one.payment and one.payment in {paid.reference, paid.key.split("/", 2)[2]}:
                client, session = self._whose(paid)
                return one.client or client, session
        return one.client, None

    def _refund(self, one) -> None:
        client, session = self._given_back(one)
        self.total["2200" if client else "2400"] += one.amount
        self.total[self._hand(one) if one.method.value == CARD else "1000"] -= one.amount
        left = one.amount
        for kept in self.credit[client] if client else ():
            if session in (None, kept[1]):
                used = min(kept[2], left)
                kept[2] -= used
                left -= used

    def _dispute(self, one) -> None:
        client, _ = self._given_back(one)
        amount = 0 if one.won else one.amount
        self.total[self._hand(one) if one.method.value == CARD else "1000"] -= amount + one.fee
        self.total["6110"] += one.fee
        for (payment, item), closed in self.closed.items():
            if client and one.payment in {payment.split("/", 2)[2], self.facts.client_payments[payment].reference}:
                again = min(closed, amount)
                amount -= again
                self._owe(item, client, again)
        self.total["2200" if client else "2400"] += amount

    @staticmethod
    def _hand(one) -> str:
        return PROCESSOR[one.processor or "stripe"] if one.method.value == CARD else "1200"

    # ------------------------------------------------------------------ decisions

    def _decision(self, one) -> None:
        kind = one.kind.value
        if kind == "unclaimed":
            for kept in (each for credits_left in self.credit.values() for each in credits_left):
                if kept[0] == one.subject:
                    self._post(a2200=kept[2], a2500=-kept[2])
                    kept[2] = 0
        if self.billed.get(one.subject) is None:
            return
        session, first = self.facts.sessions[one.subject], self.billed[one.subject]
        approved = any(
            each.kind.value == "approve" and each.subject == one.key and each.by != one.by
            for each in self.facts.resolutions.values()
        )
        if kind == "cancel_charge":
            income = INCOME[FAMILY.get(first, "commercial")] if first in PAYERS else "4040"
            self.total[income] += session.fee
            self.total["4920"] -= session.discount
            self._owe(session.key, first, session.discount - session.fee)
        elif kind == "pay_payer_back":
            self._post(a2300=one.amount, a1000=-one.amount)
        elif kind == "bill_client":
            payers = [who for who in (first, self._second(session)) if who in PAYERS]
            moved = {who: max(self.owed[session.key, who], 0) for who in payers}
            given = min(one.amount or 0, sum(moved.values()))
            for who, amount in moved.items():
                self._owe(session.key, who, -amount)
            self.total["4920"] += given
            self._owe(session.key, session.client, sum(moved.values()) - given)
            self._use_credit(session)
        elif kind in {"write_off", "adjust"}:
            of_client = kind == "write_off" or self.owed[session.key, session.client] > 0 or first not in PAYERS
            who = session.client if of_client else first
            opened = max(self.owed[session.key, who], 0)
            amount = opened if one.amount is None else min(one.amount, opened)
            limit = self.practice.thresholds.approval_limit
            if max(one.amount or 0, amount) > limit and not approved:
                return
            self.lost[session.key] += amount if kind == "write_off" else 0
            self.total["6200" if kind == "write_off" else "4920" if one.account == "courtesy" else "4930"] += amount
            self._owe(session.key, who, -amount)

    # ------------------------------------------------------------------ the bank

    def _bank(self) -> dict[str, list[str]]:
        """What each line of the bank brings: by trace, by sender and amount, or as a deposit of one or two checks."""
        left = self._on_its_way()
        found: dict[str, list[str]] = {}
        lines = list(self.facts.bank_deposits.values())
        for line in lines:
            text = line.description.upper()
            named = [key for key, one in left.items() if len(one[2]) > 3 and one[2].upper() in text]
            _take(left, found, line, named)
        for line in lines:
            text = line.description.upper().replace("COUNTER CREDIT", "DEPOSIT")
            sent = [
                key
                for key, (_, day, _, sender, days) in left.items()
                if sender in text and -3 <= (line.date - day).days <= days
            ]
            if line.key not in found:
                _take(left, found, line, sent)
        for key in list(left):
            self._brought_by_several(key, left, found)
        return found

    def _brought_by_several(self, key: str, left: dict, found: dict[str, list[str]]) -> None:
        """What two or three lines that nothing else explains bring together counts as brought by the first of them."""
        amount, day, trace, sender, days = left[key]
        open_lines = [
            line
            for line in self.facts.bank_deposits.values()
            if line.key not in found and line.key not in self.further and line.amount > 0
            and ((trace and trace in line.description)
                 or (sender in line.description.upper() and -3 <= (line.date - day).days <= days))
        ]  # fmt: skip
        ways = [
            sorted(some, key=lambda line: line.date)
            for count in (2, 3)
            for some in combinations(open_lines, count)
            if sum(line.amount for line in some) == amount
        ]
        if len(ways) == 1:
            found[ways[0][0].key] = [key]
            self.further.update(line.key for line in ways[0][1:])
            del left[key]

    def _on_its_way(self) -> dict[str, tuple[int, dt.date, str, str, int]]:
        """What should show at the bank: cents, day, trace, what names its sender, and for how many days."""
        facts, left = self.facts, {}
        for one in [*self.accepted, *self.held]:
            if one.amount_paid and (one.key, "virtual_card") not in self.decided:
                left[one.key] = (one.amount_paid, one.payment_date, one.eft_trace, PAYERS.get(one.payer_name, "?"), 7)
        for one in facts.payouts.values():
            left[one.key] = (one.amount, one.date, one.payout_id.replace("_", ""), one.processor.upper(), 7)
        by_hand = [(one, one.amount, one.reference, "DEPOSIT") for one in facts.client_payments.values()]
        by_hand += [(one, -one.amount, one.reference, "?") for one in facts.refunds.values()]
        by_hand += [(one, -one.amount - one.fee, one.payment, "?") for one in facts.disputes.values()]
        for one, amount, trace, sender in by_hand:
            if one.method.value != CARD:
                left[one.key] = (amount, one.date, trace or "", sender, 15)
        return left

    def _at_the_bank(self) -> None:
        facts = self.facts
        for key, line in facts.bank_deposits.items():
            parts = self.bank.get(key, [])
            if key in self.further:
                continue
            if not parts and line.amount > 0 and _waited(line.date, self.patience) <= self.today:
                old = self.decided.get((key, "old_system"))
                self._post(a1000=line.amount, **{f"a{old.account if old and old.account else '2400'}": -line.amount})
            for part in parts:
                self._arrived(part)
        for one in facts.payouts.values():
            fees = sum(item.fee for item in one.items)
            self._post(a6100=fees, **{f"a{PROCESSOR[one.processor]}": -fees})
        banked = {part for parts in self.bank.values() for part in parts}
        for one in self.held:
            if one.key not in banked:
                self._post(a1200=one.amount_paid, a2400=-one.amount_paid)
        for one in self.accepted:
            pays = any(each.amount_paid > 0 for each in one.claim_payments)
            if self._money(one) == "1200" and not one.amount_paid and pays:
                self._outside_claims(one, "1200")

    def _arrived(self, part: str) -> None:
        """Something that was on its way is at the bank; a refund and a returned check told of that themselves."""
        facts = self.facts
        if part in facts.remittances:
            one = facts.remittances[part]
            waited_at = "2400" if part in self.late or one in self.held else "1200"
            self._post(a1000=one.amount_paid, **{f"a{waited_at}": -one.amount_paid})
            if waited_at == "1200":
                self._outside_claims(one, "1200")
        elif part in facts.payouts:
            one = facts.payouts[part]
            right = sum(item.amount - item.fee for item in one.items)
            self._post(a1000=one.amount, a2400=right - one.amount, **{f"a{PROCESSOR[one.processor]}": -right})
        elif part in facts.client_payments:
            amount = facts.client_payments[part].amount
            self._post(a1000=amount, a1200=-amount)


class _Part(NamedTuple):
    """What a payer says of one session."""

    claim_status: str
    segment: int
    session: Any
    amount_charged: int
    amount_paid: int
    adjustments: tuple


def _part(claim, session, told, adjustments) -> _Part:
    return _Part(claim.claim_status, claim.segment, session, told.amount_charged, told.amount_paid, adjustments)


def _of_lines(claim):
    return (each for line in claim.lines for each in line.adjustments)


def _take(left: dict, found: dict, line, near: list[str]) -> None:
    """The one, or the one pair, that comes to the line."""
    alone = [[key] for key in near if left[key][0] == line.amount]
    pairs = [[one, two] for one in near for two in near if one < two and left[one][0] + left[two][0] == line.amount]
    fits = alone or pairs
    if len(fits) == 1:
        found[line.key] = fits[0]
        for key in fits[0]:
            del left[key]


def _waited(day: dt.date, left: int) -> dt.date:
    """So many business days later."""
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    return day
