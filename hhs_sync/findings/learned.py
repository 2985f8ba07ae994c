"""Contract rates that nobody put on file, learned from what the payer allowed before. They are told as learned, and
only compared with: nothing is ever posted by them.

    payer + code + modifiers + units + whose (the clinician's level, else the clinician)
        allowed  110.00 110.00 110.00  95.00 110.00 110.00 | 104.00 104.00 104.00 104.00 104.00
        learned  110.00, 5 of 6 payments, from March on    | 104.00, 5 of 5 payments, from January on

An amount is a rate when enough payments agree in it to the cent, and nearly all of those between the first and the last
of them. So two amounts that alternate (two plans of one payer) teach nothing. A rate on file goes before a learned one:
that is how somebody confirms it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from hhs_sync.facts.session import Session
from hhs_sync.findings.situation import Answer, Situation
from hhs_sync.mapping.rules import PayerId, Rules, Treatment
from hhs_sync.money import Money

# A chance agreement of five payments to the cent is not to be expected; a practice has as many in a few weeks.
PAYMENTS_MIN = 5
# Of the payments between the first and the last that agree, so many in a hundred must: one underpayment in six may be.
AGREEING_PERCENT = 80
# An older answer says little about today's contract, and nobody takes up an older underpayment.
LEARNED_DAYS = 365

LEVEL = "level "
"""What stands before a level where a clinician could stand as well."""

ALLOWED = frozenset({Treatment.PATIENT, Treatment.SEQUESTRATION})
"""What a session may cost beside what the payer pays: the client's share, and the sequester."""


class Priced(Struct, frozen=True, kw_only=True, gc=False, order=True):
    """What has one price: a payer's procedure with its modifiers and units, and whose rate it is.

    `whose` is a level ("level LCSW") or, where none is on file, the clinician as the sessions name him.
    """

    payer: PayerId
    code: str
    modifiers: tuple[str, ...]
    units: int
    whose: str

    @property
    def procedure(self) -> str:
        """The code with its modifiers: "90837 95"."""
        return " ".join((self.code, *self.modifiers))


class LearnedRate(Struct, frozen=True, kw_only=True, gc=False):
    """An amount in cents that a payer allowed, and what supports it.

    `payments` of `among` agree to the cent, for sessions from `first` to `last`. `before` is the amount learned for
    the time before, where there is one.
    """

    priced: Priced
    amount: Money
    payments: int
    among: int
    first: dt.date
    last: dt.date
    before: Money | None = None

    @property
    def support(self) -> str:
        """What it rests on, as a sentence has it."""
        return f"learned from {self.payments} of {self.among} payments for {self.first} to {self.last}"


class Price(Struct, frozen=True, gc=False):
    """One standing answer of a session's first payer, and what it allowed in cents for what."""

    answer: Answer
    session: Session
    priced: Priced
    allowed: Money


def prices(at: Situation) -> Iterator[Price]:
    """What first payers allowed in the last year: answers that stand, are paid, and wait for nobody's decision."""
    excess_asked = {(one.paid, one.session) for one in at.books.unplaced}
    first = at.today - dt.timedelta(days=LEARNED_DAYS)
    whose = _Whose(at.rules)
    for key, answers in at.answers.items():
        if answers[-1].day < first:
            continue
        answer = at.latest_answer(key, answers[0].payer.id)
        if answer is None or answer.later or answer.day < first:
            continue
        asked = (answer.match.paid, key)
        if at.held_by_share.get(asked) or asked in excess_asked:
            continue  # denials and what waits for a decision are asked about as such
        allowed = allowed_by(answer, at.rules)
        if allowed > 0:
            session = at.facts.sessions[key]
            priced = Priced(
                payer=answer.payer.id,
                code=session.service_code,
                modifiers=session.modifiers,
                units=max(session.units, 1),
                whose=whose[session.clinician],
            )
            yield Price(answer, session, priced, allowed)


class _Whose(dict[str, str]):
    """Whose rate a clinician is paid by, remembered: a few are asked for a hundred thousand times."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, clinician: str) -> str:
        known = self._rules.clinician(clinician)
        self[clinician] = f"{LEVEL}{known.level}" if known and known.level else clinician
        return self[clinician]


def allowed_by(answer: Answer, rules: Rules) -> Money:
    """Paid + the patient's share + sequestration, in cents."""
    allowed = answer.share.paid
    for one in answer.share.adjustments:
        rule = rules.reason(one.group, one.reason_code, answer.payer.id, answer.day)
        if rule is not None and rule.treatment in ALLOWED:
            allowed += one.amount
    return allowed


class Learned(Struct, frozen=True):
    """What was learned, for each thing that has a price the rates in the order of their first days."""

    rates: Mapping[Priced, Sequence[LearnedRate]]

    def rate(self, priced: Priced, day: dt.date) -> LearnedRate | None:
        """The rate of a day, None where nothing was learned by then."""
        found = None
        for one in self.rates.get(priced, ()):
            if one.first <= day:
                found = one
        return found


def not_on_file(at: Situation) -> list[LearnedRate]:
    """The newest learned rate of everything that no rate on file is known for, by payer and procedure."""
    told = list(prices(at))
    last = {one.priced: one.session for one in told}
    return sorted(
        (
            steps[-1]
            for priced, steps in learn(told).rates.items()
            if at.rules.rate(priced.payer, priced.code, priced.modifiers, last[priced].clinician, steps[-1].last)
            is None
        ),
        key=lambda one: one.priced,
    )


def learn(told: Iterable[Price]) -> Learned:
    """The rates that prices agree in."""
    known: dict[Priced, list[tuple[dt.date, Money]]] = defaultdict(list)
    for one in told:
        known[one.priced].append((one.session.date, one.allowed))
    return Learned({priced: rates for priced, paid in known.items() if (rates := _steps(priced, sorted(paid)))})


def _steps(priced: Priced, paid: list[tuple[dt.date, Money]]) -> tuple[LearnedRate, ...]:
    """The amounts that enough payments agree in, by day; each holds until the next one's first day."""
    if len(paid) < PAYMENTS_MIN:
        return ()
    days = [day for day, _ in paid]
    agreeing: dict[Money, list[dt.date]] = defaultdict(list)
    for day, amount in paid:
        agreeing[amount].append(day)
    found: list[LearnedRate] = []
    for amount, on in sorted(agreeing.items(), key=lambda one: (one[1][0], one[0])):
        among = bisect_right(days, on[-1]) - bisect_left(days, on[0])
        if len(on) >= PAYMENTS_MIN and 100 * len(on) >= AGREEING_PERCENT * among:
            before = found[-1].amount if found else None
            found.append(
                LearnedRate(
                    priced=priced, amount=amount, payments=len(on), among=among, first=on[0], last=on[-1], before=before
                )
            )
    return tuple(found)
