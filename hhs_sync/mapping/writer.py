"""Rules as text: what a person teaches the program while answering a question, in the words of the mapping files.

Taught rules stand in a file of their own (`decided.toml`) in the last of a practice's mapping folders, each between two
marks that name the decision, who made it and when. So a rule can be found, read, and taken out again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from hhs_sync.mapping.rules import PayerFamily, PayerId, Treatment
from hhs_sync.money import Money, format_money

DECIDED = "decided.toml"

_HEADING = """\
# Rules that people taught the program while answering exceptions, on the page or on the command line. Each stands
# between two marks; to take one out, take the decision back, or delete it with its marks.
"""
_SLUG = re.compile(r"[^a-z0-9]+")


def payer_name_rule(payer: PayerId, name: str) -> str:
    """Another spelling of a payer that is known."""
    return f"[[payer_names]]\npayer = {_quoted(payer)}\nnames = [{_quoted(name)}]\n"


def payer_rule(name: str, family: PayerFamily, taken: Iterable[PayerId]) -> str:
    """A payer that nobody knew, under the name that came in."""
    number, base = 1, _SLUG.sub("-", name.lower()).strip("-") or "payer"
    used = set(taken)
    own = base
    while own in used:
        number += 1
        own = f"{base}-{number}"
    shown = name.title() if name.isupper() else name
    return (
        f"[[payers]]\nid = {_quoted(own)}\nname = {_quoted(shown)}\nfamily = {_quoted(family.value)}\n"
        f"names = [{_quoted(name)}]\n"
    )


def clinician_rule(name: str, class_name: str) -> str:
    """A clinician, as exports write the name, and the class in QuickBooks."""
    return f"[[clinicians]]\nid = {_quoted(name)}\nclass_name = {_quoted(class_name)}\n"


def service_rule(code: str, kind: str) -> str:
    """A service code, and what kind of work it is."""
    return f"[[services]]\ncode = {_quoted(code)}\nkind = {_quoted(kind)}\n"


def reason_rule(codes: Sequence[tuple[str, str]], treatment: Treatment, payer: PayerId, says: str) -> str:
    """Always for this payer: what the adjustments of these groups and codes are."""
    return "\n".join(
        f"[[reasons]]\ngroups = [{_quoted(group)}]\ncodes = [{_quoted(code)}]\npayer = {_quoted(payer)}\n"
        f"treatment = {_quoted(treatment.value)}\nsays = {_quoted(says)}\n"
        for group, code in codes
    )


def rate_rule(
    payer: PayerId,
    procedure: str,
    amount: Money,
    *,
    first: dt.date,
    level: str = "",
    clinician: str = "",
    says: str = "",
) -> str:
    """What a payer allows for a code and its modifiers ("90837 95"), in cents for one unit, from a day on."""
    told = {"level": level, "clinician": clinician}
    whose = "".join(f"{key} = {_quoted(value)}\n" for key, value in told.items() if value)
    return (
        f"{f'# {says}' if says else ''}\n[[rates]]\npayer = {_quoted(payer)}\n{whose}first = {first}\n"
        f"[rates.amounts]\n{_quoted(procedure)} = {_quoted(format_money(amount))}\n"
    ).lstrip()


def with_rule(text: str, rule: str, *, key: str, by: str, on: dt.date) -> str:
    """The file with one taught rule more."""
    begin = (text.rstrip() or _HEADING.rstrip()) + "\n"
    return f"{begin}\n# --- {key}: {' '.join(by.split())}, {on}\n{rule.rstrip()}\n# --- end of {key}\n"


def has_rule(text: str, key: str) -> bool:
    """Whether the rule of a decision stands in the file."""
    return f"\n# --- {key}: " in text


def without_rule(text: str, key: str) -> str:
    """The file without the rule of a decision; as it was where there is none."""
    own = re.compile(rf"\n?# --- {re.escape(key)}:[^\n]*\n.*?# --- end of {re.escape(key)}\n", re.DOTALL)
    return own.sub("", text, count=1)


def _quoted(text: str) -> str:
    """A TOML text; what TOML does not allow in one line becomes a space."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
