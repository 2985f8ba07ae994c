"""Nothing about a client leaves: every text on its way out is looked at once more.

What we write is made of payers' names, random codes, batch names and fixed words, so that nothing should ever be found
here. The guard is for the day on which something is: a payer column that held a client's name, a memo that a person
changed, a mistake of ours. It knows the practice's own clients (the roster) and the forms that dates, procedure and
diagnosis codes, member and social security numbers take. It says which field and what kind of leak, never what stood
there.

A mark of ours, in its exact form, is taken out before looking; a code of ours may look like a procedure code and is
held against the roster only. Each distinct text is looked at once: there are few.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.plan.references import is_reference, without_marks

if TYPE_CHECKING:
    from hhs_sync.facts.current import Facts
    from hhs_sync.mapping.rules import Rules
    from hhs_sync.plan.desired import CustomerName, DesiredEntry

NUMBER_LENGTH_MIN = 5
"""Shorter numbers of members and clients occur in any text by chance."""


class Leak(Enum):
    """What would leave. The value completes "holds ..."."""

    NAME = "a client's name"
    NUMBER = "a member's or client's number"
    DATE = "a date"
    SOCIAL_SECURITY = "what looks like a social security number"
    PROCEDURE = "what looks like a procedure code"
    DIAGNOSIS = "what looks like a diagnosis code"
    CONTACT = "an e-mail address or a telephone number"
    REFERENCE = "a reference that is not of our making"


class Violation(Struct, frozen=True, gc=False):
    """Which field of an entry holds what kind of leak."""

    field: str
    leak: Leak

    @property
    def says(self) -> str:
        """The sentence for the bookkeeper, without the text itself."""
        return f"{self.field} holds {self.leak.value}"


class Roster(Struct, frozen=True):
    """What is known of the practice's clients, in the forms it is looked up by.

    `pairs` are a family name and a given name in the order of the alphabet, `words` names of one word and both names
    written together, `numbers` member and client numbers as capitals and digits.
    """

    pairs: frozenset[tuple[str, str]] = frozenset()
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @staticmethod
    def of(names: Iterable[str], numbers: Iterable[str]) -> Roster:
        """From names as sources spell them ("Doe, Jane", "Jane Doe") and numbers of members and clients."""
        pairs: set[tuple[str, str]] = set()
        words: set[str] = set()
        for name in set(names):
            family, given = _name_parts(name)
            for one in family:
                for other in given:
                    pairs.add((min(one, other), max(one, other)))
                    words.update((one + other, other + one))
            if family and not given:
                words.update(one for one in family if len(one) > 2)
        plain = {_plain_number(number) for number in set(numbers)}
        long = frozenset(one for one in plain if len(one) >= NUMBER_LENGTH_MIN and any(map(str.isdigit, one)))
        return Roster(frozenset(pairs), frozenset(words), long)


def roster_of(facts: Facts) -> Roster:
    """Everyone whom the facts name: clients of sessions and payments, patients and members of claims and remittances.

    A source without numbers calls its clients by name, so a client's id counts as both.
    """
    clients = {one.client for one in facts.sessions.values()}
    clients.update(one.client for one in facts.coverages.values())
    clients.update(one.client for one in facts.client_payments.values() if one.client)
    told: set[tuple[str | None, str | None]] = {(one.client_name, one.member_id) for one in facts.claims.values()}
    told.update((None, one.member_id) for one in facts.coverages.values())
    for remittance in facts.remittances.values():
        told.update((one.client_name, one.member_id) for one in remittance.claim_payments)
        told.update((None, one.corrected_member_id) for one in remittance.claim_payments)
    names = {name for name, _ in told if name} | {one for one in clients if len(_WORD.findall(_letters(one))) > 1}
    return Roster.of(names, {number for _, number in told if number} | clients)


class Guard:
    """Looks at every text on its way out. Call it with a text, or let it look through a whole entry."""

    def __init__(self, roster: Roster, rules: Rules, codes: Iterable[str] = ()) -> None:
        """`codes` are the clients' own random codes. Clinicians may be named: they are the practice's staff."""
        self._roster = roster
        self._lengths = sorted({len(number) for number in roster.numbers})
        self._codes = frozenset(codes)
        self._payers = frozenset(one.name for one in rules.payers)
        self._staff = frozenset(one.class_name for one in rules.clinicians)
        self._looked: dict[str, Leak | None] = {"": None}
        self._harmless: set[CustomerName] = set()

    def __call__(self, text: str) -> str:
        """Why a text may not leave ("holds a date"); "" when it may."""
        leak = self.leak_in(text)
        return f"holds {leak.value}" if leak else ""

    def leak_in(self, text: str) -> Leak | None:
        """What kind of leak a text holds; None when it may leave."""
        if text not in self._looked:
            bare = without_marks(text)
            if bare != text:
                return self.leak_in(bare)  # Texts with a mark are all different: only what is around it is kept.
            self._looked[text] = next(self._leaks(text), None)
        return self._looked[text]

    def check(self, desired: DesiredEntry) -> tuple[Violation, ...]:
        """Every field of an entry that may not leave as it is."""
        found: list[Violation] = []
        if desired.reference and not is_reference(desired.reference):
            found.append(Violation("reference", Leak.REFERENCE))
        self._look_at(found, "memo", desired.memo)
        self._look_at(found, "payee", desired.payee)
        for line in desired.lines:
            if line.description:
                self._look_at(found, "description", line.description)
        self._look_at_customer(found, desired.customer)
        for line in desired.lines:
            if line.customer is not None:
                self._look_at_customer(found, line.customer)
        return tuple(dict.fromkeys(found)) if found else ()

    def _look_at(self, found: list[Violation], field: str, text: str) -> None:
        leak = self._looked[text] if text in self._looked else self.leak_in(text)
        if leak is not None:
            found.append(Violation(field, leak))

    def _look_at_customer(self, found: list[Violation], customer: CustomerName | None) -> None:
        if customer is None or customer in self._harmless:
            return
        leak = self.leak_in(customer.display)
        if leak is None:
            self._harmless.add(customer)
        else:
            found.append(Violation("customer", leak))

    def _leaks(self, text: str) -> Iterator[Leak]:
        if text in self._staff:
            return
        letters = _letters(text)
        tokens = _WORD.findall(letters)
        if not self._roster.words.isdisjoint(tokens) or self._names_somebody(tokens):
            yield Leak.NAME
        if self._numbers_somebody(text):
            yield Leak.NUMBER
        head, _, tail = text.partition(" ")
        if head in self._codes:
            text = tail
        if text not in self._payers:
            yield from (leak for leak, pattern in PATTERNS if pattern.search(text))

    def _names_somebody(self, tokens: list[str]) -> bool:
        """Whether a family name and a given name of one client stand anywhere in the text, in any order."""
        return not self._roster.pairs.isdisjoint(combinations(sorted(set(tokens)), 2))

    def _numbers_somebody(self, text: str) -> bool:
        """Whether a number of the roster stands in the text, however it is broken up by blanks and hyphens."""
        plain = _plain_number(text)
        return any(
            plain[start : start + length] in self._roster.numbers
            for length in self._lengths
            for start in range(len(plain) - length + 1)
        )


_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_2, _DAY_2 = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"


def _alone(*forms: str) -> re.Pattern[str]:
    """Any of these forms, standing by itself: no letter or digit before or after."""
    return re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(forms)})(?![0-9A-Za-z])", re.IGNORECASE)


# What a leak looks like, whoever it is about. A batch ("2025-W46") and a month ("2025-11") are no dates.
PATTERNS: tuple[tuple[Leak, re.Pattern[str]], ...] = (
    (
        Leak.DATE,
        _alone(
            rf"{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}",
            rf"{_MONTH}[-/.]{_DAY}[-/.](?:{_YEAR}|\d\d)",
            rf"{_MONTH}/{_DAY}",
            rf"{_YEAR}{_MONTH_2}{_DAY_2}",
            rf"{_MONTH_2}{_DAY_2}{_YEAR}",
            rf"(?:{_MONTHS})[a-z]*\.?\s+{_DAY}(?:st|nd|rd|th)?",
            rf"{_DAY}(?:st|nd|rd|th)?\s+(?:{_MONTHS})[a-z]*",
        ),
    ),
    (Leak.SOCIAL_SECURITY, _alone(r"\d{3}-\d\d-\d{4}", r"\d{3} \d\d \d{4}", r"\d{9}")),
    # CPT: five digits, or four and a letter (categories II and III); HCPCS level II: a letter A to V and four digits.
    (Leak.PROCEDURE, _alone(r"\d{5}", r"\d{4}[FTUM]", r"[A-V]\d{4}")),
    # ICD-10-CM: a letter, a digit, a digit or letter, a point and up to four more; F and Z codes without the point too.
    (Leak.DIAGNOSIS, _alone(r"[A-TV-Z]\d[0-9AB]\.[0-9A-Z]{1,4}", r"[FZ]\d\d[0-9]{1,4}")),
    (Leak.CONTACT, re.compile(r"\S@\S|(?<!\d)\(?\d{3}\)?[-. ]\s?\d{3}[-. ]\d{4}(?!\d)")),
)
_WORD = re.compile(r"[a-z]{2,}")
_POSSESSIVE = re.compile(r"'s\b")
_SUFFIX = re.compile(r"\b(?:jr|sr|ii|iii|iv)\b\.?")


def _letters(text: str) -> str:
    """A text for comparing names: small letters without accents, apostrophes gone (and the s that they own)."""
    if not text.isascii():
        text = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    text = text.lower().replace("\u2019", "'")
    return _POSSESSIVE.sub("", text).replace("'", "")


def _name_parts(name: str) -> tuple[list[str], list[str]]:
    """The family and the given names in "Doe, Jane Ann" or "Jane Ann Doe"; initials and suffixes are left out."""
    family, comma, given = _letters(name).partition(",")
    if not comma:
        given, _, family = _SUFFIX.sub("", family).strip().rpartition(" ")
    return _WORD.findall(_SUFFIX.sub("", family)), _WORD.findall(given)


def _plain_number(text: str) -> str:
    """Capitals and digits alone: "xyz-123 456" is XYZ123456."""
    return "".join(filter(str.isalnum, text)).upper()
