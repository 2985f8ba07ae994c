"""What a person should look at: the exceptions report.

A check is a function of the situation that yields findings; it stands in the module of its kind and in `CHECKS`. To
add one is to write a function, a row in the catalogue, and its name in its module's list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hhs_sync.findings import (
    billing,
    client,
    compliance,
    denial,
    deposit,
    matching,
    quickbooks,
    remittance,
    session,
    setup,
    source,
    takeback,
    variance,
)
from hhs_sync.findings.catalogue import QUESTIONS
from hhs_sync.findings.controls import sub_ledger
from hhs_sync.findings.states import LAW, reopened, with_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hhs_sync.findings.finding import Finding
    from hhs_sync.findings.situation import Control, Situation

CHECKS: tuple[Callable[[Situation], Iterable[Finding]], ...] = tuple(
    check
    for module in (
        session, setup, source, billing, remittance, matching, variance, takeback, denial, client, deposit,
        quickbooks, compliance,
    )
    for check in module.CHECKS
)  # fmt: skip

FOLLOW_UPS: tuple[Callable[[Situation, Sequence[Finding]], Iterable[Finding]], ...] = compliance.FOLLOW_UPS
"""Checks that follow from the findings of others."""

_ORDER = {code: place for place, code in enumerate(QUESTIONS)}


class Found(NamedTuple):
    """The questions of a moment, the most urgent first, and the control totals behind them."""

    findings: tuple[Finding, ...]
    controls: tuple[Control, ...]


def find(at: Situation) -> Found:
    """Every question of this moment; what people decided about them is on them.

    The earliest cause alone is asked about: a finding whose subject an earlier one covers is left out, but for
    matters of law. Two findings never have one key.
    """
    found = raised(at)
    controls = (*sub_ledger(at, found), *at.controls)
    found.extend(quickbooks.totals(at, controls))
    by_key = {one.key: one for one in reversed(found)}
    by_key.update({one.key: one for one in reopened(by_key, at.facts)})
    limit = at.rules.practice.thresholds.approval_limit
    return Found(tuple(sorted(with_states(by_key.values(), at.facts, limit, at.today), key=in_order)), controls)


def raised(at: Situation) -> list[Finding]:
    """What every check asks, and what follows from that; before the control totals, and before what people decided."""
    found = earliest_causes([one for check in CHECKS for one in check(at)])
    found.extend([one for follow_up in FOLLOW_UPS for one in follow_up(at, found)])
    return found


def earliest_causes(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what an earlier finding explains; matters of law explain what others ask, and are never left out."""
    covered: dict[str, int] = {}
    for one in findings:
        rank = -1 if one.group == LAW else _ORDER[one.code]
        for subject in one.covers:
            covered[subject] = min(rank, covered.get(subject, rank))
    return [
        one
        for one in findings
        if one.group == LAW or covered.get(one.subject, _ORDER[one.code]) >= _ORDER[one.code]
    ]  # fmt: skip


def in_order(finding: Finding) -> tuple[object, ...]:
    """The order of the work list: by due date, then by severity, then by money."""
    return (finding.due, finding.severity.order, -finding.amount, finding.key)
