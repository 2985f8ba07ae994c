"""What a payer's answer left open: denials by what can be done about them (DEN-01 to DEN-04), and adjustments that
wait for a decision (PAY-04).

Both are adjustments that the ledger told and did not post. Only the answer that stands is looked at, and only while
something is still open with that payer: a later payment or a decision closes the question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hhs_sync.findings.asking import ask
from hhs_sync.findings.deadline import filing_deadline
from hhs_sync.findings.finding import Finding, Owner, Severity
from hhs_sync.findings.situation import Answer, Situation
from hhs_sync.findings.words import usd
from hhs_sync.mapping.rules import DENIALS, PayerFamily, Treatment

if TYPE_CHECKING:
    from hhs_sync.ledger.adjustment import HeldAdjustment
    from hhs_sync.mapping.rules import Payer
    from hhs_sync.money import Money

CODES = {
    Treatment.DENIED_FIX: "DEN-01",
    Treatment.DENIED_COVERAGE: "DEN-02",
    Treatment.DENIED_AUTHORISATION: "DEN-03",
    Treatment.DENIED_LATE: "DEN-04",
}
# CARC 18: the same claim was processed before.
DUPLICATE = "18"
UNUSUAL_SHARE = "contractual share above"
CHARGE_CHANGED = "the payer changed the charge"
MAINECARE_SHARE = ("a MaineCare member", "the MaineCare copays")


def answered_and_open(at: Situation) -> Iterator[Finding]:
    """DEN and PAY-04: one question per claim payment and session."""
    for (paid, session), held in at.held_by_share.items():
        payer = held[0].payer
        answer = at.latest_answer(session, payer)
        item = at.open_by_payer.get((session, payer))
        if answer is None or answer.match.paid != paid or item is None or item.amount <= 0:
            continue
        denied = [one for one in held if one.treatment in DENIALS and one.why != CHARGE_CHANGED]
        waiting = [
            one
            for one in held
            if one not in denied and one.why != CHARGE_CHANGED and not one.why.startswith(MAINECARE_SHARE)
        ]
        if denied:
            yield _denied(at, answer, denied, item.amount)
        elif waiting:
            yield _undecided(at, answer, waiting, item.amount)


def _denied(at: Situation, answer: Answer, held: Sequence[HeldAdjustment], still_open: Money) -> Finding:
    worst = max(held, key=lambda one: (one.amount, one.reason_code))
    code = CODES[worst.treatment]
    session = at.facts.sessions[worst.session]
    expected = min(at.expected(session, answer.payer.id), still_open)
    deadline = filing_deadline(answer.payer, session.date)
    told = sum(one.amount for one in held)
    return ask(
        at,
        code,
        subject_of(answer),
        f"{answer.payer.name} denied {usd(told)}: {_reasons(at, held)}. "
        f"{_hint(code, answer.payer, worst, deadline.date)}",
        amount=expected,
        since=min(answer.day, at.today),
        deadline=deadline.date if code == "DEN-01" else None,
        session=session,
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(
            *((f"{one.group}-{one.reason_code}", one.amount) for one in held),
            ("still open", still_open),
            ("expected", expected),
        ),
    )


def _hint(code: str, payer: Payer, one: HeldAdjustment, deadline: dt.date) -> str:
    """What the bookkeeper should know besides the reason."""
    if code == "DEN-01":
        return f"A corrected claim may be filed until {deadline}."
    if code == "DEN-03":
        return "An appeal needs the clinician's notes."
    if code == "DEN-04" and one.reason_code == DUPLICATE:
        return "Find the payer's first answer."
    if code == "DEN-04" and payer.family is PayerFamily.MAINECARE:
        return "A MaineCare member may never be billed for it."
    if code == "DEN-04":
        return "It is usually not the client's to pay."
    return "Look at the client's coverage on that day."


def _undecided(at: Situation, answer: Answer, held: Sequence[HeldAdjustment], still_open: Money) -> Finding:
    amount = sum(one.amount for one in held)
    unusual = any(one.why.startswith(UNUSUAL_SHARE) for one in held)
    whole = unusual and amount >= abs(answer.share.charged)
    reasons = ", ".join(dict.fromkeys(one.why for one in held))
    return ask(
        at,
        "PAY-04",
        subject_of(answer),
        f"{answer.payer.name} adjusted {usd(amount)} of {usd(answer.share.charged)} ({_reasons(at, held)}): {reasons}.",
        amount=amount,
        since=min(answer.day, at.today),
        severity=Severity.HIGH if whole else None,
        owner=Owner.APPROVER if unusual else None,
        session=at.facts.sessions[answer.share.session],
        payer=answer.payer.id,
        evidence=answer.evidence,
        numbers=(*((f"{one.group}-{one.reason_code}", one.amount) for one in held), ("still open", still_open)),
    )


def _reasons(at: Situation, held: Sequence[HeldAdjustment]) -> str:
    """The reasons with their meaning, each once: "CO-16 something needed is missing"."""
    told: dict[str, None] = {}
    for one in held:
        rule = at.rules.reason(one.group, one.reason_code, one.payer, one.date) if one.reason_code else None
        meaning = rule.says.rstrip(".") if rule and rule.says and rule.code != "*" else ""
        name = f"{one.group}-{one.reason_code}" if one.reason_code else one.group
        told[f"{name} {meaning[:1].lower()}{meaning[1:]}".strip()] = None
    return ", ".join(told)


def subject_of(answer: Answer) -> str:
    """The claim payment; with the session where it pays several, for each is a question of its own."""
    paid = answer.match.paid
    return paid if len(answer.match.shares) == 1 else f"{paid}>{answer.share.session}"


CHECKS = (answered_and_open,)
