"""Hand-made entries as the documents they come to; whatever is rendered here is also checked to be legal."""

from __future__ import annotations

from hhs_sync.ledger.entry import Entry, EntryKind
from hhs_sync.mapping.rules import Shape
from hhs_sync.plan.accrual import render_accrual
from hhs_sync.plan.desired import Desired
from hhs_sync.plan.references import References
from tests.plan.entries import SECRET, HandBooks, is_application, rules, told
from tests.plan.legal import illegalities
from tests.plan.worked_example import REVENUE, session

CODES = {f"c-K{n}": f"K{n}" for n in range(1, 14)}


def render(*entries: Entry, shape: Shape = Shape.CODED, codes: dict[str, str] = CODES) -> Desired:
    order = {kind: place for place, kind in enumerate(EntryKind)}
    made = render_accrual(
        HandBooks(
            entries=tuple(sorted(entries, key=lambda one: (one.date, order[one.kind], one.key))),
            session_revenue=REVENUE,
            session_clients={session(f"K{n}"): f"c-K{n}" for n in range(1, 14)},
            client_codes=codes,
        ),
        rules(shape),
        References(SECRET),
    )

    assert [] == list(illegalities(made))
    return made


def documents(*entries: Entry, **how: object) -> list[str]:
    """What entries come to, without payments of nothing, sorted."""
    return sorted(told(one) for one in render(*entries, **how).entries if not is_application(one))


def links(made: Desired, ending: str) -> dict[str, int]:
    """What the one document whose key ends so links."""
    (found,) = [one for one in made.entries if one.key.endswith(ending)]
    return {link.entry: link.amount for link in found.links}
