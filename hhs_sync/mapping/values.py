"""Values of the mapping files: each function turns what TOML gave into a value, or says what it should have been.

They raise WrongError, whose text follows the name of the key: "must be a text in quotation marks".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from hhs_sync.errors import MoneyError
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.lines import KeyPath
from hhs_sync.money import parse_money

EnumT = TypeVar("EnumT", bound=Enum)


class WrongError(Exception):
    """What a value should have been; `at` leads to it where it lies within the value of a key."""

    def __init__(self, said: str, at: KeyPath = ()) -> None:
        super().__init__(said)
        self.at = at


def text(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise WrongError("must be a text in quotation marks")
    return value.strip()


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, or one."""
    if isinstance(value, str):
        return (text(value),)
    if not isinstance(value, list):
        raise WrongError('must be a list of texts: ["...", "..."]')
    return tuple(text(one) for one in value)


def number(value: object) -> int:
    """A whole number, zero or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongError("must be a whole number, zero or more")
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise WrongError("must be true or false")
    return value


def day(value: object) -> dt.date:
    """A day."""
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise WrongError("must be a day, without quotation marks: 2026-01-31")
    return value


def amount(value: object) -> int:
    """Cents. A TOML number would be a float, so an amount stands in quotation marks."""
    try:
        return parse_money(value) if isinstance(value, str) else _no_amount()
    except MoneyError:
        return _no_amount()


def _no_amount() -> int:
    raise WrongError('must be an amount in quotation marks: "125.00"')


def words(kind: type[EnumT]) -> Callable[[object], EnumT]:
    """One of an enumeration's words."""

    def read(value: object) -> EnumT:
        for member in kind:
            if value == member.value:
                return member
        raise WrongError("must be one of: " + ", ".join(str(member.value) for member in kind))

    return read


def account(value: object) -> Account:
    """An account of the sub-ledger, by its name."""
    if isinstance(value, str) and value in Account.__members__:
        return Account[value]
    raise WrongError("is no account of the sub-ledger; there are: " + ", ".join(Account.__members__))


def one_of(*choices: str) -> Callable[[object], str]:
    """One of these words."""

    def read(value: object) -> str:
        if value in choices:
            return str(value)
        raise WrongError("must be one of: " + ", ".join(choices))

    return read


def amounts(value: object) -> dict[str, int]:
    """A table of codes and amounts."""
    if not isinstance(value, dict) or not value:
        raise WrongError('must be a table of code = "amount"')
    found: dict[str, int] = {}
    for code, told in value.items():
        try:
            found[code] = amount(told)
        except WrongError as error:
            raise WrongError(f"{code} {error}", (code,)) from None
    return found
