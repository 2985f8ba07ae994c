"""Records for reports: a practice with a bit of everything, and one with nothing to do."""

from __future__ import annotations

import datetime as dt

from hhs_sync.facts.current import Facts
from hhs_sync.facts.resolution import ClientCode, ResolutionKind
from hhs_sync.mapping.rules import Shape
from hhs_sync.reports import write_report
from hhs_sync.review import Record, review
from tests.builders import bank, claim, client_payment, coverage, day, decide, remittance, session, session_key
from tests.plan.entries import SECRET, rules
from tests.plan.mirror import taken

MADE_AT = dt.datetime(2025, 11, 24, 6, 10, tzinfo=dt.UTC)
TODAY = day("2025-11-24")


def written(name: str, form: str, *records: Record, made_at: dt.datetime = MADE_AT) -> bytes:
    """A report as one file."""
    return b"".join(write_report(name, form, records, made_at=made_at))


def busy(name: str = "Casco Counseling", practice: str = "casco") -> Record:
    """Unbilled, denied, unmatched, overpaid twice, in suspense, waiting; money on its way; nothing written yet."""
    facts = [
        ClientCode(key="client_code/decisions/1", client="Jane Doe", code="K7F3Q"),
        session("K1", "2025-11-03", client="Jane Doe", claim_number=None),
        session("K2", "2025-11-04", client="John Roe"),
        session("K3", "2025-10-01", "130.00", payer=None, client="Jane Doe"),
        session("K4", "2025-11-05", payer="MCARE", client="Ann Poe"),
        session("K5", "2025-11-05", payer="<script>alert(1)</script>", client="Ann Poe"),
        coverage("Ann Poe", "MCARE"),
        remittance("1", "2025-11-12", "0.00", claim("K2", "150", "0", "CO-16 150", status="4")),
        remittance("2", "2025-11-13", "85.00", claim("NOBODY", "150", "85", "CO-45 65")),
        remittance("3", "2025-11-14", "108.00", claim("K4", "150", "108", "CO-45 42"), payer="MCARE"),
        remittance("4", "2025-11-20", "108.00", claim("K4", "150", "108", "CO-45 42"), payer="MCARE"),
        bank("1", "2025-11-13", "85.00", "ACH ANTHEM TRACE2"),
        bank("2", "2025-11-13", "60.00", "ZELLE FROM JANE DOE"),
        client_payment("ch", "2025-11-20", "12.00", "cash", client="Jane Doe"),
    ]
    waits = decide(
        "w", ResolutionKind.WAIT_UNTIL, f"{practice}:BIL-01:{session_key('K1')}", "2025-11-20", until=day("2025-12-01")
    )
    return review(
        Facts.of([*facts, waits]), rules(Shape.PAYER_BATCH, id=practice, name=name), {}, {}, TODAY, SECRET
    ).record  # fmt: skip


def idle() -> Record:
    """Everything is paid, banked, written and tied; the payer pays every week."""
    facts = [
        fact
        for n, when in enumerate(("2025-11-05", "2025-11-12", "2025-11-19"))
        for fact in (
            session(f"K{n}", "2025-11-03", clinician="mk"),
            remittance(str(n), when, "110.00", claim(f"K{n}", "150", "110", "CO-45 40"), payer="ANTH"),
            bank(str(n), when, "110.00", f"ACH ANTHEM TRACE{n}"),
        )
    ]
    from hhs_sync.mapping.rules import Rate

    plain = rules(Shape.PAYER_BATCH)
    practice = type(plain)(
        **{name: getattr(plain, name) for name in plain.__struct_fields__ if name != "rates"},
        rates=(Rate(payer="ANTH", code="90837", amount=11000),),
    )
    first = review(Facts.of(facts), practice, {}, {}, TODAY, SECRET)
    pushed, posted = taken(first.desired.entries)
    return review(Facts.of(facts), practice, pushed, posted, TODAY, SECRET).record
