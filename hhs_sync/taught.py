"""The rules that people taught: each with what it has been good for, and switched off and on again.

A taught rule is a decision like any other, and its text stands in the mappings. To switch it off is to take the
decision back, and its text out; to switch it on again, to take that back, and to write the text again.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hhs_sync.deciding import new_batch, take_back
from hhs_sync.errors import HhsSyncError
from hhs_sync.facts.resolution import Resolution, ResolutionKind, counting
from hhs_sync.facts.resolution_text import DECISIONS, decision_key
from hhs_sync.findings.decide import taking_back
from hhs_sync.intake import decide
from hhs_sync.mapping.writer import has_rule
from hhs_sync.review.uses import CLINICIAN, PAYER, REASON, SERVICE, Use, name_of, read_uses
from hhs_sync.standing import USES
from hhs_sync.teaching import rules_with, rules_without, taught_text, teach, unteach

if TYPE_CHECKING:
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.office import Desk


class TaughtRule(Struct, frozen=True, kw_only=True):
    """One rule: the decision that taught it, what it says, how often that came in as of the last turn, and its state.

    `off` is the decision that switched it off; a rule whose text somebody took out of the file by hand is off without.
    """

    decision: Resolution
    says: str
    use: Use
    is_on: bool
    off: Resolution | None = None

    @property
    def name(self) -> str:
        """How people call it: the end of the decision's key."""
        return self.decision.key.rpartition("/")[2]


def taught_rules(desk: Desk) -> list[TaughtRule]:
    """Every rule that was ever taught, the newest first."""
    told = desk.store.readings.starting_with(desk.practice, DECISIONS, decision_key("resolution", ""))
    decisions = [one for one in told if isinstance(one, Resolution)]
    standing = {one.key for one in counting(decisions)}
    off = {one.subject: one for one in decisions if one.kind is ResolutionKind.TAKE_BACK and one.key in standing}
    text, rules = taught_text(desk), desk.rules
    uses = read_uses(desk.store.reviews.part(desk.practice, USES))
    return [
        TaughtRule(
            decision=one,
            says="; ".join(says for says, _ in _told(one.rule, rules)),
            use=uses.of(*(name for _, names in _told(one.rule, rules) for name in names)),
            is_on=one.key in standing and has_rule(text, one.key),
            off=off.get(one.key),
        )
        for one in sorted(decisions, key=lambda one: (one.at, one.key), reverse=True)
        if one.kind is ResolutionKind.MAP and one.rule
    ]


def taught_rule(desk: Desk, name: str) -> TaughtRule:
    """The one of this name; a part of it is enough. Raises HhsSyncError for none, or several."""
    found = [one for one in taught_rules(desk) if name and name in one.decision.key]
    if len(found) != 1:
        what = f"{len(found)} taught rules go by" if found else "there is no taught rule"
        raise HhsSyncError(f"{what} {name!r}: hhs-sync mappings taught lists them")
    return found[0]


def switching(desk: Desk, rule: TaughtRule, *, by: str, at: dt.datetime, reason: str) -> tuple[Resolution, Rules]:
    """The decision that switches a rule off, or on again, and the rules that hold then; nothing is stored.

    Raises MappingError when the rules would not be sound.
    """
    against = rule.decision if rule.is_on else rule.off or rule.decision
    made = taking_back(against, key=decision_key("resolution", f"{new_batch(at)}-0"), by=by, at=at, reason=reason)
    rules = rules_without(desk, rule.decision.key) if rule.is_on else rules_with(desk, rule.decision)
    return made, rules


def switch(desk: Desk, rule: TaughtRule, *, by: str, at: dt.datetime, reason: str) -> None:
    """Switch a rule off, or on again: in the mappings, as a decision, and in the activity. On disk when it returns.

    Raises MappingError when the rules would not be sound; nothing is done then.
    """
    word = "switched a rule off" if rule.is_on else "switched a rule on"
    if rule.is_on:
        unteach(desk, rule.decision.key)
        take_back(desk, [rule.decision], by=by, at=at, reason=reason)
    else:
        made, _ = switching(desk, rule, by=by, at=at, reason=reason)
        teach(desk, rule.decision)
        if rule.off is not None:
            decide(desk, [made], name=f"rule switched on by {by}")
    desk.store.activity.note(
        desk.practice, at=at, by=by, what=word, subject=rule.decision.key, details={"reason": reason} if reason else {}
    )


def _told(rule: str, rules: Rules) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each row of a rule says in words, and the names of what it is about in the uses."""
    content: Mapping[str, list[dict[str, Any]]] = tomllib.loads(rule)
    for row in content.get("payer_names", ()):
        yield f"{_listed(row['names'])} is {_payer(row['payer'], rules)}", _names(PAYER, row["names"])
    for row in content.get("payers", ()):
        yield f"{_listed(row['names'])} is a payer of its own, {row['family']}", _names(PAYER, row["names"])
    for row in content.get("clinicians", ()):
        yield f"clinician {_listed([row['id']])} has the class {row['class_name']}", _names(CLINICIAN, [row["id"]])
    for row in content.get("services", ()):
        yield f"service {row['code']} is {row['kind'].replace('_', '-')}", _names(SERVICE, [row["code"]])
    for row in content.get("reasons", ()):
        pairs = [(group, code) for group in row["groups"] for code in row["codes"]]
        words = ", ".join(f"{group}-{code}" for group, code in pairs)
        names = tuple(name_of(REASON, row["payer"], *pair) for pair in pairs)
        yield f"always {row['treatment']}: {words} of {_payer(row['payer'], rules)}", names


def _names(kind: str, spelled: list[str]) -> tuple[str, ...]:
    return tuple(name_of(kind, one) for one in spelled)


def _listed(spelled: list[str]) -> str:
    return ", ".join(f"“{one}”" for one in spelled)


def _payer(payer: str, rules: Rules) -> str:
    found = rules.payer_by_id(payer)
    return found.name if found else payer
