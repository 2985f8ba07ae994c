"""Teaching: a rule written to a practice's mappings from an answer, seen in its effects first, and taken out again."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hhs_sync.config import load_rules
from hhs_sync.errors import ConfigError
from hhs_sync.mapping.rules import PayerFamily, Treatment
from hhs_sync.mapping.writer import (
    DECIDED,
    clinician_rule,
    payer_name_rule,
    payer_rule,
    reason_rule,
    service_rule,
    with_rule,
    without_rule,
)

if TYPE_CHECKING:
    from hhs_sync.facts.resolution import Resolution
    from hhs_sync.findings.finding import Finding
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.office import Desk

NEW_PAYER = "new payer"
SERVICE_KINDS = ("session", "no_show", "other")
_CODE = re.compile(r"^(CO|PR|OA|PI|CR)-(\w+)$")


def teachable(finding: Finding) -> str:
    """What a finding can teach: payer, clinician, service, reason; "" where it takes more than one answer (rates)."""
    if finding.code == "SRC-04":
        kind = finding.subject.partition("/")[0]
        return kind if kind in {"payer", "clinician", "service"} else ""
    return "reason" if codes_of(finding) and finding.payer else ""


def codes_of(finding: Finding) -> list[tuple[str, str]]:
    """The groups and reason codes of the adjustments that a finding is about."""
    return [(found[1], found[2]) for name, _ in finding.numbers if (found := _CODE.match(name))]


def rule_for(finding: Finding, choice: str, more: str, rules: Rules) -> str:
    """The rule as text. `choice` is a payer's id (or NEW_PAYER, `more` its family), a class, a kind, a treatment.

    Raises ValueError, with what to do, when they make none.
    """
    kind, name = teachable(finding), finding.subject.partition("/")[2]
    if not choice:
        raise ValueError("choose what it is")
    if kind == "payer" and choice == NEW_PAYER:
        return payer_rule(name, PayerFamily(more or "commercial"), (one.id for one in rules.payers))
    if kind == "payer" and rules.payer_by_id(choice) is not None:
        return payer_name_rule(choice, name)
    if kind == "clinician":
        return clinician_rule(name, choice)
    if kind == "service" and choice in SERVICE_KINDS:
        return service_rule(name, choice)
    if kind == "reason" and choice in {one.value for one in Treatment}:
        says = f"Taught from an exception {finding.code}."
        return reason_rule(codes_of(finding), Treatment(choice), finding.payer or "", says)
    raise ValueError(f"{choice!r} is not among what can be chosen here")


def rules_with(desk: Desk, decision: Resolution) -> Rules:
    """The practice's rules with a taught one more. Raises MappingError when it contradicts another."""
    return load_rules(desk.config, decided=_added(desk, decision))


def teach(desk: Desk, decision: Resolution) -> Path:
    """Write the rule of a decision to the mappings, and tell the file. Raises MappingError; nothing is written then."""
    text = _added(desk, decision)
    load_rules(desk.config, decided=text)
    return _write(desk, text)


def rules_without(desk: Desk, key: str) -> Rules:
    """The practice's rules without the one that a decision taught. Raises MappingError when others need it."""
    return load_rules(desk.config, decided=without_rule(taught_text(desk), key))


def unteach(desk: Desk, key: str) -> None:
    """Take the rule of a decision out of the mappings again."""
    text = taught_text(desk)
    left = without_rule(text, key)
    if left != text:
        load_rules(desk.config, decided=left)
        _write(desk, left)


def taught_text(desk: Desk) -> str:
    """The practice's taught rules, as they stand; empty where nobody taught any."""
    file = decided_file(desk)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def decided_file(desk: Desk) -> Path:
    """Where the practice's taught rules stand."""
    return desk.config.mappings[-1] / DECIDED


def shared_with(desk: Desk) -> tuple[str, ...]:
    """The other practices that read the same folder: what one teaches there holds for all of them."""
    folder = desk.config.mappings[-1]
    return tuple(one.id for one in desk.office.config.practices if one.id != desk.practice and folder in one.mappings)


def _added(desk: Desk, decision: Resolution) -> str:
    return with_rule(taught_text(desk), decision.rule, key=decision.key, by=decision.by, on=decision.at.date())


def _write(desk: Desk, text: str) -> Path:
    """Put the file in its place whole: a reader sees the old one or the new one."""
    file = decided_file(desk)
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".decided", suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o640)
        Path(name).replace(file)
    except OSError as error:
        raise ConfigError(
            (f"{file}: the rule can't be written here: {error.strerror}. Nothing was decided.",)
        ) from None
    return file
