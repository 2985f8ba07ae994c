"""Sessions that are not as they should be: incomplete, twice, or changed after they were billed (SRC-01 to SRC-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hhs_sync.facts.session import Session, SessionState
from hhs_sync.findings.asking import ask
from hhs_sync.findings.finding import Candidate, Effect, Finding
from hhs_sync.findings.situation import Situation
from hhs_sync.findings.words import listed, usd
from hhs_sync.ledger.entry import Evidence
from hhs_sync.ledger.session import WhyUncharged
from hhs_sync.plan.changes import Void

if TYPE_CHECKING:
    from hhs_sync.facts.claim import Claim, ClaimLine
    from hhs_sync.facts.document import FactKey
    from hhs_sync.money import Money

# CLM05-3: this claim takes back the one that it names.
VOID = "8"


def incomplete(at: Situation) -> Iterator[Finding]:
    """SRC-01: a completed session lacks what a bill needs. At stake is its fee, else what sessions usually cost."""
    waiting = [key for key, why in at.books.uncharged.items() if why is WhyUncharged.INCOMPLETE]
    usual = _usual_fee(at) if waiting else 0
    for key in waiting:
        session = at.facts.sessions[key]
        amount = session.fee if session.fee > 0 else usual
        missing = listed(one.replace("_", " ") for one in session.missing)
        yield ask(
            at,
            "SRC-01",
            key,
            f"A completed session lacks {missing}; it cannot be billed.",
            amount=amount,
            since=at.known_on(key, session.date),
            session=session,
            payer=_payer(at, session),
            evidence=(Evidence(key),),
            covers=(key,),
            numbers=(("fee", session.fee), ("usual fee", usual)),
        )


def same_twice(at: Situation) -> Iterator[Finding]:
    """SRC-02: clinician, client, day, start and code agree on two sessions under different numbers."""
    alike: dict[tuple[object, ...], list[Session]] = defaultdict(list)
    for key in at.books.charged:
        session = at.facts.sessions[key]
        if session.state is SessionState.COMPLETED:
            alike[
                session.client, session.date, session.service_code, session.clinician, session.starts_at,
                session.modifiers,
            ].append(session)  # fmt: skip
    for sessions in alike.values():
        if len(sessions) > 1:
            first, *others = sorted(sessions, key=lambda one: (at.known_on(one.key, one.date), one.key))
            for other in others:
                yield _twice(at, first, other)


def _twice(at: Situation, first: Session, other: Session) -> Finding:
    start = "start time" if other.starts_at else "no start time"
    return ask(
        at,
        "SRC-02",
        other.key,
        f"Two sessions of {usd(other.fee)} agree in client, clinician, day, code and {start}.",
        amount=other.fee,
        # Both are charged until somebody decides: two sessions on one day may well be right where no start is told.
        effect=Effect.NONE,
        since=at.known_on(other.key, other.date),
        session=other,
        payer=_payer(at, other),
        evidence=(Evidence(other.key), Evidence(first.key)),
        covers=(other.key,),
        candidates=(Candidate(targets=(first.key,), amount=first.fee, agrees=("client", "day", "code", "clinician")),),
    )


def vanished(at: Situation) -> Iterator[Finding]:
    """SRC-03: a full export leaves out a session that was billed or stands in QuickBooks."""
    # "charge:session/ehr/8841|invoice" is one of the documents that tell the charge.
    voided = {change.pushed.key.partition("|")[0] for change in at.plan.changes if isinstance(change, Void)}
    paid = _unmatched_by_number(at)
    for key, session in at.facts.withdrawn.items():
        if not isinstance(session, Session):
            continue
        claims = at.claims_of(session)
        if claims and claims[-1].frequency == VOID:
            continue  # the claim was taken back as well: nothing is left to undo
        answers = paid.get((session.claim_number or "").strip().upper(), [])
        where = [
            word
            for word, told in (
                ("billed", bool(claims) or session.billed_on is not None),
                ("answered by the payer", bool(answers)),
                ("posted to QuickBooks", f"charge:{key}" in voided),
            )
            if told
        ]
        if where:
            yield ask(
                at,
                "SRC-03",
                key,
                f"A session of {usd(session.fee)} that was {' and '.join(where)} is no longer in the export.",
                amount=session.fee - session.discount,
                since=min(at.facts.as_of.get(key, session.date), at.today),
                session=session,
                payer=_payer(at, session),
                evidence=(Evidence(key), *(Evidence(claim.key) for claim in claims), *answers),
                covers=(key, *(f"{one.fact}#{one.place.removeprefix('segment ')}" for one in answers)),
            )


def changed_after_billing(at: Situation) -> Iterator[Finding]:
    """SRC-03: the claim that went out says other than the session says now."""
    if not at.facts.claims:
        return
    by_number: dict[str, list[Session]] = defaultdict(list)
    for key, charge in at.books.charged.items():
        session = at.facts.sessions[key]
        if charge.payer is not None and session.claim_number:
            by_number[session.claim_number.strip().upper()].append(session)
    for number, sessions in by_number.items():
        sent = [one for one in at.claims_by_number.get(number, ()) if one.payer_order == "P"]
        if sent and sent[-1].frequency != VOID:
            for session, line in _pairs(sent[-1], sessions):
                differs = _differences(session, line)
                if differs:
                    yield _changed(at, session, sent[-1], line, differs)


def _changed(at: Situation, session: Session, claim: Claim, line: ClaimLine, differs: list[str]) -> Finding:
    difference = session.fee - line.amount_charged
    known = at.known_on(session.key, session.date)
    return ask(
        at,
        "SRC-03",
        session.key,
        f"The claim charged {usd(line.amount_charged)}; the session now costs {usd(session.fee)} and differs in "
        f"{listed(differs)}.",
        amount=difference or session.fee,
        since=max(known, at.known_on(claim.key, claim.date_submitted or known)),
        session=session,
        payer=_payer(at, session),
        evidence=(Evidence(session.key), Evidence(claim.key)),
        covers=tuple(answer.match.paid for answer in at.answers.get(session.key, ()) if answer.match.charge_differs),
        numbers=(("billed", line.amount_charged), ("now", session.fee), ("difference", difference)),
    )


def _pairs(claim: Claim, sessions: list[Session]) -> Iterable[tuple[Session, ClaimLine]]:
    """The line of each session: by line key, else the only one of its claim."""
    by_key = {line.line_key: line for line in claim.lines if line.line_key}
    for session in sessions:
        line = by_key.get(session.line_key) if session.line_key else None
        if line is None and len(sessions) == len(claim.lines) == 1:
            line = claim.lines[0]
        if line is not None:
            yield session, line


def _differences(session: Session, line: ClaimLine) -> list[str]:
    found = []
    if line.amount_charged != session.fee:
        found.append("charge")
    if line.service_code != session.service_code:
        found.append("code")
    if line.date_first is not None and line.date_first != session.date:
        found.append("day")
    return found


def _unmatched_by_number(at: Situation) -> dict[str, list[Evidence]]:
    """Claim payments without a session, by the claim number that they name."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    if at.facts.withdrawn:
        for one in at.books.claims.unmatched.values():
            evidence = Evidence(one.remittance, f"segment {one.claim.segment}")
            found[one.claim.claim_number.strip().upper()].append(evidence)
    return found


def _usual_fee(at: Situation) -> Money:
    """The average fee of the sessions in the books, in cents."""
    fees = [at.facts.sessions[key].fee for key in at.books.charged]
    return sum(fees) // len(fees) if fees else 0


def _payer(at: Situation, session: Session) -> FactKey | None:
    payer = at.rules.payer(session.payer)
    return payer.id if payer else None


CHECKS = (incomplete, same_twice, vanished, changed_after_billing)
