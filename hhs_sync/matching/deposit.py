"""Match bank lines to what was told to be on its way: remittances, card payouts, checks and cash, refunds.

Evidence in this order, and the money must be equal to the cent each time:

1. what a person chose;
2. the trace (TRN02, a check number, a payout's id) standing in the bank's text or in its own field; several
   remittances may share one EFT, then their sum is the line;
3. the payer's or processor's bank text + amount + a date in the window, pointing to one of each;
4. the same, for one combination of several that alone gives the sum;
5. for checks and cash: a deposit of that amount, or of one combination of payments that alone gives the sum.

Where two answers fit, nobody chooses: the line becomes a doubt with its combinations. So do several lines that together
are one payment.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from hhs_sync.days import add_business_days
from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.matching.match import BankDoubt, BankMatch, BankMatches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.deposit import BankDeposit
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Remittance
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.money import Money

# An 835 may come three business days before its money or three after (CORE 370); banks take another day or two.
DAYS_BEFORE = -3
DAYS_AFTER = 5
# A check in hand is banked within two weeks or so, and never before it was written.
CHECK_DAYS_AFTER = 15
# Sixteen things of at most six make 14,892 combinations: a few milliseconds, and more than a deposit slip shows.
COMBINATION_FROM_MAX = 16
COMBINATION_OF_MAX = 6
# Shorter numbers stand in too many bank texts by chance.
TRACE_LENGTH_MIN = 4
# A number this long does not stand in a bank's text by chance: if its amount differs, that is a question (DEP-03).
TRACE_LENGTH_SURE = 7

_TOKEN = re.compile(r"[A-Z0-9]+")


class _Expected(Struct, frozen=True, gc=False):
    """Money told to be on its way. `texts` are the bank texts that would name its sender."""

    key: FactKey
    amount: Money
    day: dt.date
    traces: tuple[str, ...]
    texts: tuple[str, ...]
    check: bool


def match_bank_deposits(facts: Facts, rules: Rules, remittances: Iterable[Remittance]) -> BankMatches:
    """Pair bank lines with what makes them up, or say what stands against it."""
    return _Matcher(facts, rules, remittances).run()


class _Matcher:
    def __init__(self, facts: Facts, rules: Rules, remittances: Iterable[Remittance]) -> None:
        self.facts = facts
        self.rules = rules
        self.matched: dict[FactKey, BankMatch] = {}
        self.doubts: dict[FactKey, BankDoubt] = {}
        self.banked: dict[FactKey, FactKey] = {}
        self.expected = {one.key: one for one in _all_expected(facts, rules, remittances)}
        self.by_trace: dict[str, list[_Expected]] = defaultdict(list)
        self.by_amount: dict[Money, list[_Expected]] = defaultdict(list)
        for one in self.expected.values():
            self.by_amount[one.amount].append(one)
            for trace in one.traces:
                self.by_trace[trace].append(one)
        self.by_day = sorted(self.expected.values(), key=_day_of)
        self.lines_by_day = sorted(self._lines(), key=_date_of)
        self.checks_by_day = [one for one in self.by_day if one.check and one.amount > 0]
        self.texts = {line.key: " ".join(_TOKEN.findall(line.description.upper())) for line in self._lines()}
        self.by_line_amount: dict[Money, list[BankDeposit]] = defaultdict(list)
        for line in self._lines():
            self.by_line_amount[line.amount].append(line)

    def run(self) -> BankMatches:
        """Surest evidence first over all lines, so that a weak match never takes what a strong one needs."""
        self._chosen()
        for evidence in (self._by_trace, self._by_sender, self._by_sender_combined, self._by_slip):
            for line in self._lines():
                if line.key not in self.matched:
                    evidence(line)
        for one in self.by_day:
            if one.key not in self.banked and one.amount > 0 and one.texts:
                self._in_several_lines(one)
        doubts = {key: doubt for key, doubt in self.doubts.items() if key not in self.matched}
        return BankMatches(matched=self.matched, doubts=doubts, banked=self.banked)

    def _lines(self) -> Iterable[BankDeposit]:
        return self.facts.bank_deposits.values()

    def _take(self, line: BankDeposit, parts: Sequence[_Expected], rule: str) -> None:
        self.matched[line.key] = BankMatch(line.key, tuple(sorted(one.key for one in parts)), rule)
        for one in parts:
            self.banked[one.key] = line.key

    def _free(self, parts: Iterable[_Expected]) -> list[_Expected]:
        return [one for one in parts if one.key not in self.banked]

    def _chosen(self) -> None:
        for one in standing(self.facts.resolutions.values()).values():
            line = self.facts.bank_deposits.get(one.subject)
            if one.kind is not ResolutionKind.CHOOSE_MATCH or line is None:
                continue
            parts = [self.expected[key] for key in one.targets if key in self.expected]
            if parts and sum(part.amount for part in parts) == line.amount:
                self._take(line, parts, "chosen by a person")
            else:
                self.doubts[line.key] = BankDoubt(line.key, "the chosen parts do not add up to the bank line")

    def _by_trace(self, line: BankDeposit) -> None:
        words = dict.fromkeys(self.texts[line.key].split())
        for own in (line.trace, line.check_number):
            if own:
                words[_bare(own)] = None
        named: dict[FactKey, _Expected] = {}
        for word in words:
            for one in self.by_trace.get(word.lstrip("0"), ()):
                named[one.key] = one
        free = self._free(named.values())
        if not free:
            return
        equal = [one for one in free if one.amount == line.amount]
        if len(equal) == 1:
            self._take(line, equal, "trace and amount")
        elif sum(one.amount for one in free) == line.amount:
            self._take(line, free, "trace and sum")
        elif len(equal) > 1:
            self.doubts[line.key] = BankDoubt(
                line.key, "several with this trace and amount", tuple((one.key,) for one in equal)
            )
        elif sure := [one for one in free if any(len(trace) >= TRACE_LENGTH_SURE for trace in one.traces)]:
            difference = line.amount - sum(one.amount for one in sure)
            self.doubts[line.key] = BankDoubt(
                line.key, "the trace agrees, the amount does not", (tuple(one.key for one in sure),), difference
            )

    def _by_sender(self, line: BankDeposit) -> None:
        if line.key in self.doubts:
            return
        fits = [one for one in self._free(self.by_amount[line.amount]) if self._sent_by(line, one)]
        if len(fits) > 1:
            self.doubts.setdefault(
                line.key, BankDoubt(line.key, "several of this sender and amount", tuple((one.key,) for one in fits))
            )
        elif fits:
            rivals = [
                other
                for other in self.by_line_amount[line.amount]
                if other.key != line.key and other.key not in self.matched and self._sent_by(other, fits[0])
            ]
            if rivals:
                self.doubts.setdefault(
                    line.key, BankDoubt(line.key, "another bank line fits as well", ((fits[0].key,),))
                )
            else:
                self._take(line, fits, "sender, amount and date")

    def _by_sender_combined(self, line: BankDeposit) -> None:
        if line.key in self.doubts or line.amount <= 0:
            return
        around = self._around(
            self.by_day, add_business_days(line.date, -DAYS_AFTER), add_business_days(line.date, -DAYS_BEFORE)
        )
        near = [one for one in self._free(around) if 0 < one.amount < line.amount and self._sent_by(line, one)]
        self._by_combination(line, near, "sender, sum and date")

    def _by_slip(self, line: BankDeposit) -> None:
        """Checks and cash put in at the counter, by one slip."""
        if line.key in self.doubts or line.amount <= 0 or not self._is_slip(line):
            return
        around = self._around(self.checks_by_day, line.date - dt.timedelta(days=CHECK_DAYS_AFTER), line.date)
        near = [one for one in self._free(around) if one.amount <= line.amount]
        equal = [one for one in near if one.amount == line.amount]
        rivals = [
            other
            for other in self.by_line_amount[line.amount]
            if other.key != line.key and other.key not in self.matched and self._is_slip(other)
            and any(_check_window(one, other) for one in equal)
        ]  # fmt: skip
        if len(equal) == 1 and not rivals:
            self._take(line, equal, "deposit of this amount")
        elif equal:
            self.doubts[line.key] = BankDoubt(
                line.key, "several deposits or payments of this amount", tuple((one.key,) for one in equal)
            )
        else:
            self._by_combination(line, near, "deposit of this sum")

    def _in_several_lines(self, one: _Expected) -> None:
        """One payment in several bank lines: told when one combination alone gives its sum, and left to a person.

        QuickBooks can't put a part of a payment into a deposit, so somebody must say what each line is.
        """
        first, last = add_business_days(one.day, DAYS_BEFORE), add_business_days(one.day, DAYS_AFTER)
        start, end = (
            bisect_left(self.lines_by_day, first, key=_date_of),
            bisect_right(self.lines_by_day, last, key=_date_of),
        )
        near = [
            line
            for line in self.lines_by_day[start:end]
            if 0 < line.amount < one.amount and line.key not in self.matched and self._sent_by(line, one)
        ]
        found = _combinations(near, one.amount)
        for line in found[0] if len(found) == 1 else ():
            self.doubts[line.key] = BankDoubt(
                line.key, "several bank lines together make up one payment", ((one.key,),), line.amount - one.amount
            )

    def _by_combination(self, line: BankDeposit, near: list[_Expected], rule: str) -> None:
        found = _combinations(near, line.amount)
        if len(found) == 1:
            self._take(line, found[0], rule)
        elif found:
            self.doubts[line.key] = BankDoubt(
                line.key,
                "several combinations give this sum",
                tuple(tuple(one.key for one in parts) for parts in found[:5]),
            )

    @staticmethod
    def _around(by_day: list[_Expected], first: dt.date, last: dt.date) -> list[_Expected]:
        return by_day[bisect_left(by_day, first, key=_day_of) : bisect_right(by_day, last, key=_day_of)]

    def _is_slip(self, line: BankDeposit) -> bool:
        return any(text.upper() in self.texts[line.key] for text in self.rules.client_deposit_texts)

    def _sent_by(self, line: BankDeposit, one: _Expected) -> bool:
        first, last = add_business_days(one.day, DAYS_BEFORE), add_business_days(one.day, DAYS_AFTER)
        return first <= line.date <= last and any(text in self.texts[line.key] for text in one.texts)


Part = TypeVar("Part", _Expected, "BankDeposit")


def _combinations(near: Sequence[Part], amount: Money) -> list[tuple[Part, ...]]:
    """All combinations that give this amount, of so few things that the search is bounded; of more, none."""
    if not 1 < len(near) <= COMBINATION_FROM_MAX:
        return []
    return [
        parts
        for size in range(2, min(len(near), COMBINATION_OF_MAX) + 1)
        for parts in combinations(near, size)
        if sum(one.amount for one in parts) == amount
    ]


def _date_of(line: BankDeposit) -> dt.date:
    return line.date


def _day_of(one: _Expected) -> dt.date:
    return one.day


def _check_window(one: _Expected, line: BankDeposit) -> bool:
    return dt.timedelta() <= line.date - one.day <= dt.timedelta(days=CHECK_DAYS_AFTER)


def _bare(text: str) -> str:
    return "".join(_TOKEN.findall(text.upper())).lstrip("0")


def _all_expected(facts: Facts, rules: Rules, remittances: Iterable[Remittance]) -> Iterable[_Expected]:
    """Everything that should show at the bank, with the traces and texts that would tell it."""
    for remittance in remittances:
        payer = rules.payer(remittance.payer_name, remittance.payer_ids)
        day = remittance.payment_date or remittance.production_date
        if remittance.amount_paid > 0 and day is not None:
            texts = payer.bank_texts if payer else (remittance.payer_name,) if remittance.payer_name else ()
            yield _Expected(
                remittance.key, remittance.amount_paid, day, _traces(remittance.eft_trace), _clean(texts),
                check=remittance.payment_method == "CHK",
            )  # fmt: skip
    for payout in facts.payouts.values():
        names = [text for text, processor in rules.processor_texts if processor == payout.processor]
        if payout.amount:
            yield _Expected(
                payout.key, payout.amount, payout.date, _traces(payout.payout_id), _clean(names), check=False
            )
    for payment in facts.client_payments.values():
        if payment.method is not PaymentMethod.CARD:
            yield _Expected(payment.key, payment.amount, payment.date, _traces(payment.reference or ""), (), check=True)
    for refund in facts.refunds.values():
        if refund.method is not PaymentMethod.CARD:
            yield _Expected(refund.key, -refund.amount, refund.date, _traces(refund.reference or ""), (), check=True)
    for dispute in facts.disputes.values():
        if dispute.method is not PaymentMethod.CARD:
            yield _Expected(
                dispute.key,
                -(dispute.amount + dispute.fee),
                dispute.date,
                _traces(dispute.payment or ""),
                (),
                check=True,
            )


def _traces(text: str) -> tuple[str, ...]:
    bare = _bare(text)
    return (bare,) if len(bare) >= TRACE_LENGTH_MIN else ()


def _clean(texts: Iterable[str]) -> tuple[str, ...]:
    cleaned: Callable[[str], str] = lambda text: " ".join(_TOKEN.findall(text.upper()))  # noqa: E731
    return tuple(text for text in map(cleaned, texts) if text)
