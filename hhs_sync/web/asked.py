"""The question that a page is about: as it stands now, and what of it the address says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import FindingState
from hhs_sync.web.acts import ACTS, Act
from hhs_sync.web.rights import Right
from hhs_sync.web.route import OF_PRACTICE
from hhs_sync.worklist import as_decided

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding
    from hhs_sync.review.trail import Trail
    from hhs_sync.store.findings import Kept
    from hhs_sync.web.page import Page

PATH = OF_PRACTICE + "/exception/{finding}"


class Asked(NamedTuple):
    """A question as it stands now: as it is kept, with what was decided since, and the way behind it."""

    kept: Kept
    finding: Finding
    trail: Trail


def asked_of(page: Page) -> Asked:
    """The question of the page's address."""
    kept = page.store.findings.one(page.practice, str(page.parts["finding"]))
    if kept is None:
        page.missing("exception")
    return Asked(kept, *as_decided(kept, page.today))


def is_asked(asked: Asked) -> bool:
    """Whether it is open now: of a question that is gone only once a person has asked it again."""
    open_now = asked.finding.state in (FindingState.OPEN, FindingState.WAITING)
    return open_now and asked.kept.row.state != "closed"


def suggestion_of(page: Page, finding: Finding) -> int:
    """Which suggestion is shown; after the last comes the first again."""
    asked_for = page.text("suggestion", most=3)
    number = int(asked_for) if asked_for.isdecimal() and int(asked_for) else 1
    return (number - 1) % max(len(finding.candidates), 1) + 1


def act_of(page: Page, name: str) -> Act:
    """The decision of this name."""
    act = ACTS.get(name)
    if act is None:
        if name == ResolutionKind.CHOOSE_MATCH.value:
            return Act(kind=ResolutionKind.CHOOSE_MATCH, says="Accept the match", does="")
        page.missing("decision")
    return act


def may_choose(page: Page, finding: Finding) -> bool:
    """Whether the user may say what the money belongs to."""
    return ResolutionKind.CHOOSE_MATCH in finding.answers and page.may(Right.DECIDE)
