"""Remittances that cannot be posted as they are: sums that fail, repeats, strangers' (REM-01, REM-02, REM-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hhs_sync.findings.asking import ask, days_later
from hhs_sync.findings.finding import Candidate, Finding, FindingState, Stake
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import counted, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.matching.acceptance import Standing

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.remittance import Imbalance, Remittance
    from hhs_sync.money import Money

# What a rule closed alone is shown for a month, so that a person can look at it and object.
CLEARED_SHOWN_DAYS = 31
SAME_CONTENT = "rule: the content is exactly the same"
REPLACED = "rule: a remittance that adds up took its place"
SAME_BYTES = "rule: the same file under another name"
LEVELS = ("payment", "claim", "line")


def does_not_add_up(at: Situation) -> Iterator[Finding]:
    """REM-01: an equation of the remittance fails. Its money is told in suspense and nobody plugs the difference."""
    for key, judged in at.books.judged.items():
        remittance = at.facts.remittances[key]
        if judged.standing is not Standing.HELD or not remittance.complete:
            continue  # one that was cut off is SRC-05
        amount = _difference(remittance.imbalances) or abs(remittance.amount_paid)
        yield ask(
            at,
            "REM-01",
            key,
            f"The remittance of {usd(remittance.amount_paid)} from {at.sender(remittance)} does not add up: "
            f"{_why(remittance)}.",
            amount=amount,
            since=at.remittance_known_on(key),
            payer=_payer(at, remittance),
            evidence=(Evidence(key), *(Evidence(key, f"segment {one.segment}") for one in remittance.imbalances)),
            numbers=(
                ("payment told", remittance.amount_paid),
                *((f"{one.level}, segment {one.segment}", one.difference) for one in remittance.imbalances),
            ),
            covers=(key,),
        )


def repeated(at: Situation) -> Iterator[Finding]:
    """REM-02: a remittance that we have. One of exactly the same content is closed at once; others are looked at."""
    for key, judged in at.books.judged.items():
        if judged.standing is not Standing.DUPLICATE or judged.repeats is None:
            continue
        remittance, first = at.facts.remittances[key], at.facts.remittances[judged.repeats]
        since = at.remittance_known_on(key)
        replaced = bool(remittance.imbalances or not remittance.complete) and first.balances and first.complete
        same = replaced or remittance.content_digest == first.content_digest
        if same and at.today > days_later(since, CLEARED_SHOWN_DAYS):
            continue
        agree = (
            "one that adds up took its place" if replaced
            else "its content is the same" if same
            else "trace, amount and day or its claim payments are the same"
        )  # fmt: skip
        yield ask(
            at,
            "REM-02",
            key,
            f"A remittance of {usd(remittance.amount_paid)} from {at.sender(remittance)} is here already: {agree}.",
            amount=remittance.amount_paid,
            at_stake=Stake.NOBODY if same else Stake.PAYER,
            since=since,
            payer=_payer(at, remittance),
            evidence=(Evidence(key), Evidence(first.key)),
            candidates=(
                Candidate(targets=(first.key,), amount=first.amount_paid, agrees=("content" if same else "payment",)),
            ),
            covers=(key,),
            state=FindingState.CLEARED if same else FindingState.OPEN,
            closed_by=REPLACED if replaced else SAME_CONTENT if same else "",
            closed_on=since if same else None,
        )


def copied(at: Situation) -> Iterator[Finding]:
    """REM-02, closed by rule: a file of remittances that came again, byte for byte, under another name."""
    names: dict[str, list[str]] = defaultdict(list)
    for copy in at.facts.copies:
        names[copy.document].append(copy.copy_name)
    if not names:
        return
    inside: dict[str, list[FactKey]] = defaultdict(list)
    for key in at.facts.remittances:
        source = at.facts.sources.get(key)
        if source is not None and source.document in names:
            inside[source.document].append(key)
    for digest, keys in inside.items():
        since = max(at.remittance_known_on(key) for key in keys)
        if at.today <= days_later(since, CLEARED_SHOWN_DAYS):
            amount = sum(at.facts.remittances[key].amount_paid for key in keys)
            yield ask(
                at,
                "REM-02",
                f"document/{digest[:16]}",
                f"{counted(len(keys), 'remittance')} of {usd(amount)} came again in a copy of the same file "
                f"({names[digest][0]}).",
                amount=amount,
                at_stake=Stake.NOBODY,
                since=since,
                count=len(keys),
                evidence=(Evidence(key) for key in keys),
                state=FindingState.CLEARED,
                closed_by=SAME_BYTES,
                closed_on=since,
            )


def not_ours(at: Situation) -> Iterator[Finding]:
    """REM-04: the payee's tax id and NPI are not this practice's."""
    for key, judged in at.books.judged.items():
        if judged.standing is Standing.NOT_OURS:
            remittance = at.facts.remittances[key]
            yield ask(
                at,
                "REM-04",
                key,
                f"A remittance of {usd(remittance.amount_paid)} from {at.sender(remittance)} names a payee that "
                f"is not this practice.",
                amount=remittance.amount_paid,
                at_stake=Stake.PAYER,
                since=at.remittance_known_on(key),
                payer=_payer(at, remittance),
                evidence=(Evidence(key),),
                covers=(key,),
            )


def _payer(at: Situation, remittance: Remittance) -> str | None:
    payer = at.payer_of(remittance)
    return payer.id if payer else None


def _difference(imbalances: tuple[Imbalance, ...]) -> Money:
    """What does not come out, in cents: a line that fails makes its claim fail too, so levels are not added up."""
    by_level: dict[str, Money] = defaultdict(int)
    for one in imbalances:
        by_level[one.level] += abs(one.difference)
    return max(by_level.values(), default=0)


def _why(remittance: Remittance) -> str:
    found = [
        f"{counted(len(told), level)} off by {usd(sum(abs(one.difference) for one in told))}"
        for level in LEVELS
        if (told := [one for one in remittance.imbalances if one.level == level])
    ]
    return ", ".join(found) or "the payment is negative"


CHECKS = (does_not_add_up, repeated, copied, not_ours)
