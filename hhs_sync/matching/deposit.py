"""Match bank lines to what was told to be on its way: remittances, card payouts, checks and cash, refunds.

Evidence in this order, and the money must be equal to the cent each time:

1. what a person chose;
2. the trace (TRN02, a check number, a payout's id) standing in the bank's text or in its own field; several
   remittances may share one EFT, then their sum is the line;
3. the payer's or processor's bank text + amount + a date in the window, pointing to one of each;
4. the same, for one combination of several that alone gives the sum;
5. for checks and cash: a deposit of that amount, or of one combination of payments that alone gives the sum.

The other way round, one payment that the bank shows in several lines: those that bear its trace and add up to it, or
one combination of its sender's lines that alone gives its sum. While one of them is missing nothing is matched.

Where two answers fit, nobody chooses: the line becomes a doubt with its combinations.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from hhs_sync.days import add_business_days
from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.matching.combination import combinations_of
from hhs_sync.matching.expected import Expected, all_expected, bare, words_of
from hhs_sync.matching.match import BankDoubt, BankMatch, BankMatches
from hhs_sync.matching.several_lines import WAYS_SHOWN, by_combination, by_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
# A number this long does not stand in a bank's text by chance: if its amount differs, that is a question (DEP-03).
TRACE_LENGTH_SURE = 7


_NOT_THE_LINE = "the chosen parts do not add up to the bank line"
_NOT_THE_PAYMENT = "the chosen bank lines do not add up to the payment"


def match_bank_deposits(facts: Facts, rules: Rules, remittances: Iterable[Remittance]) -> BankMatches:
    """Pair bank lines with what makes them up, or say what stands against it."""
    return _Matcher(facts, rules, remittances).run()


class _Matcher:
    def __init__(self, facts: Facts, rules: Rules, remittances: Iterable[Remittance]) -> None:
        self.facts = facts
        self.rules = rules
        self.matched: dict[FactKey, BankMatch] = {}
        self.doubts: dict[FactKey, BankDoubt] = {}
        self.banked: dict[FactKey, tuple[FactKey, ...]] = {}
        self.expected = {one.key: one for one in all_expected(facts, rules, remittances)}
        self.by_trace: dict[str, list[Expected]] = defaultdict(list)
        self.by_amount: dict[Money, list[Expected]] = defaultdict(list)
        for one in self.expected.values():
            self.by_amount[one.amount].append(one)
            for trace in one.traces:
                self.by_trace[trace].append(one)
        self.by_day = sorted(self.expected.values(), key=_day_of)
        self.lines_by_day = sorted(facts.bank_deposits.values(), key=_date_and_key_of)
        self.checks_by_day = [one for one in self.by_day if one.check and one.amount > 0]
        self.texts = {line.key: words_of(line.description) for line in self.lines_by_day}
        self.traced: dict[FactKey, list[BankDeposit]] = defaultdict(list)
        self.by_line_amount: dict[Money, list[BankDeposit]] = defaultdict(list)
        for line in self.lines_by_day:
            self.by_line_amount[line.amount].append(line)

    def run(self) -> BankMatches:
        """Surest evidence first over all lines, so that a weak match never takes what a strong one needs."""
        self._chosen()
        self._over_lines(self._by_trace)
        for one, lines in by_trace(self._traced()):
            self._take(lines, [one], "trace and sum of several lines")
        for evidence in (self._by_sender, self._by_sender_combined, self._by_slip):
            self._over_lines(evidence)
        taken, doubts_left = by_combination(self._near())
        for one, lines in taken:
            self._take(lines, [one], "sender, date and sum of several lines")
        for doubt in doubts_left:
            self.doubts[doubt.bank] = doubt
        doubts = {key: doubt for key, doubt in self.doubts.items() if key not in self.matched}
        return BankMatches(matched=self.matched, doubts=doubts, banked=self.banked)

    def _over_lines(self, evidence: Callable[[BankDeposit], None]) -> None:
        """The earlier line first: where a later one says the same, what was told of the first stays."""
        for line in self.lines_by_day:
            if line.key not in self.matched:
                evidence(line)

    def _take(self, lines: Sequence[BankDeposit], parts: Sequence[Expected], rule: str) -> None:
        """Several parts in one line, or one part in several lines."""
        keys = tuple([line.key for line in sorted(lines, key=_date_and_key_of)])
        for key in keys:
            self.matched[key] = BankMatch(key, tuple(sorted([one.key for one in parts])), rule)
        for one in parts:
            self.banked[one.key] = keys

    def _free(self, parts: Iterable[Expected]) -> list[Expected]:
        return [one for one in parts if one.key not in self.banked]

    def _chosen(self) -> None:
        """What a person chose; of one payment in several lines each may be said by itself, or one names the others."""
        in_lines: dict[FactKey, dict[FactKey, BankDeposit]] = defaultdict(dict)
        for one in standing(self.facts.resolutions.values()).values():
            line = self.facts.bank_deposits.get(one.subject)
            if one.kind is not ResolutionKind.CHOOSE_MATCH or line is None:
                continue
            parts = [self.expected[key] for key in one.targets if key in self.expected]
            others = [self.facts.bank_deposits[key] for key in one.targets if key in self.facts.bank_deposits]
            if len(parts) == 1:
                in_lines[parts[0].key].update({each.key: each for each in (line, *others)})
            elif parts and not others and sum(part.amount for part in parts) == line.amount:
                self._take([line], parts, "chosen by a person")
            else:
                self.doubts[line.key] = BankDoubt(line.key, _NOT_THE_LINE)
        for key, lines in in_lines.items():
            self._chosen_lines(self.expected[key], [*lines.values()])

    def _chosen_lines(self, part: Expected, lines: list[BankDeposit]) -> None:
        difference = sum(line.amount for line in lines) - part.amount
        taken = part.key in self.banked or any(line.key in self.matched for line in lines)
        if not taken and not difference:
            self._take(lines, [part], "chosen by a person")
            return
        reason = _NOT_THE_PAYMENT if len(lines) > 1 else _NOT_THE_LINE
        for line in lines:
            self.doubts[line.key] = BankDoubt(line.key, reason, difference=difference)

    def _by_trace(self, line: BankDeposit) -> None:
        words = dict.fromkeys(self.texts[line.key].split())
        for own in (line.trace, line.check_number):
            if own:
                words[bare(own)] = None
        named: dict[FactKey, Expected] = {}
        for word in words:
            for one in self.by_trace.get(word.lstrip("0"), ()):
                named[one.key] = one
        free = self._free(named.values())
        for one in free:
            self.traced[one.key].append(line)
        if not free:
            return
        equal = [one for one in free if one.amount == line.amount]
        if len(equal) == 1:
            self._take([line], equal, "trace and amount")
        elif sum(one.amount for one in free) == line.amount:
            self._take([line], free, "trace and sum")
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
                self._take([line], fits, "sender, amount and date")

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
            self._take([line], equal, "deposit of this amount")
        elif equal:
            self.doubts[line.key] = BankDoubt(
                line.key, "several deposits or payments of this amount", tuple((one.key,) for one in equal)
            )
        else:
            self._by_combination(line, near, "deposit of this sum")

    def _traced(self) -> list[tuple[Expected, list[BankDeposit]]]:
        """What may come in several lines, with the open lines that bear its trace."""
        return [
            (self.expected[key], [line for line in lines if line.key not in self.matched and line.amount > 0])
            for key, lines in self.traced.items()
            if self.expected[key].divisible and key not in self.banked
        ]

    def _near(self) -> Iterator[tuple[Expected, list[BankDeposit]]]:
        """What may come in several lines, with the open lines of its days that name its sender or its trace."""
        for one in self.by_day:
            if not one.divisible or one.key in self.banked:
                continue
            first = bisect_left(self.lines_by_day, add_business_days(one.day, DAYS_BEFORE), key=_date_of)
            last = bisect_right(self.lines_by_day, add_business_days(one.day, DAYS_AFTER), key=_date_of)
            yield one, [line for line in self.lines_by_day[first:last] if self._may_be_a_part(line, one)]

    def _may_be_a_part(self, line: BankDeposit, one: Expected) -> bool:
        if not 0 < line.amount < one.amount or line.key in self.matched:
            return False
        doubt = self.doubts.get(line.key)
        if doubt is not None and doubt.combinations != ((one.key,),):
            return False
        return self._sent_by(line, one) or line in self.traced.get(one.key, ())

    def _by_combination(self, line: BankDeposit, near: list[Expected], rule: str) -> None:
        found = combinations_of(near, line.amount)
        if len(found) == 1:
            self._take([line], found[0], rule)
        elif found:
            self.doubts[line.key] = BankDoubt(
                line.key,
                "several combinations give this sum",
                tuple(tuple(one.key for one in parts) for parts in found[:WAYS_SHOWN]),
            )

    @staticmethod
    def _around(by_day: list[Expected], first: dt.date, last: dt.date) -> list[Expected]:
        return by_day[bisect_left(by_day, first, key=_day_of) : bisect_right(by_day, last, key=_day_of)]

    def _is_slip(self, line: BankDeposit) -> bool:
        return any(text.upper() in self.texts[line.key] for text in self.rules.client_deposit_texts)

    def _sent_by(self, line: BankDeposit, one: Expected) -> bool:
        first, last = add_business_days(one.day, DAYS_BEFORE), add_business_days(one.day, DAYS_AFTER)
        return first <= line.date <= last and any(text in self.texts[line.key] for text in one.texts)


def _date_of(line: BankDeposit) -> dt.date:
    return line.date


def _date_and_key_of(line: BankDeposit) -> tuple[dt.date, FactKey]:
    return line.date, line.key


def _day_of(one: Expected) -> dt.date:
    return one.day


def _check_window(one: Expected, line: BankDeposit) -> bool:
    return dt.timedelta() <= line.date - one.day <= dt.timedelta(days=CHECK_DAYS_AFTER)
