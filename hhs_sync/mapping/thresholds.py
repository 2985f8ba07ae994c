"""Thresholds as people write them: days as numbers, money as "1.00", warning steps as a list of days.

They may stand in two places: what concerns collections in `mappings/collections.toml`, for all practices that share
the folder; anything in a practice's own section of the config, which outranks it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hhs_sync.errors import MoneyError
from hhs_sync.mapping.rules import Thresholds
from hhs_sync.money import parse_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MONEY = frozenset(
    {
        "underpaid_amount",
        "client_tolerance",
        "approval_limit",
        "closed_period_report",
        "mainecare_copay",
        "mainecare_copay_month",
    }
)
PERCENT = frozenset({"underpaid_percent", "contractual_share_percent", "plan_changes_percent"})
LISTS = frozenset({"filing_warning_days"})
ALL = Thresholds.__struct_fields__

COLLECTIONS = (
    "reminder_days",
    "call_days",
    "decision_days",
    "credit_days",
    "client_tolerance",
    "approval_limit",
    "mainecare_copay",
    "mainecare_copay_month",
)
"""What `[collections]` may set."""


def read_thresholds(
    given: Mapping[str, Any], allowed: Iterable[str] = ALL
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The thresholds that a table names, and what is wrong with it as pairs of key and sentence."""
    allowed = tuple(allowed)
    limits: dict[str, Any] = {}
    mistakes: list[tuple[str, str]] = []
    for key, value in given.items():
        if key not in allowed:
            mistakes.append((key, "is no threshold here; there are: " + ", ".join(allowed)))
            continue
        read, problem = _read(key, value)
        if problem:
            mistakes.append((key, problem))
        else:
            limits[key] = read
    return limits, mistakes


def _read(key: str, value: object) -> tuple[object, str]:
    if key in MONEY:
        try:
            cents = parse_money(value) if isinstance(value, str) else -1
        except MoneyError:
            cents = -1
        return cents, "" if cents >= 0 else 'must be an amount in quotation marks: "1.00"'
    if key in LISTS:
        right = isinstance(value, list) and all(_is_count(one) for one in value)
        return tuple(sorted(value, reverse=True)) if right else (), "" if right else "must be a list of days: [60, 30]"  # type: ignore[call-overload]
    if not _is_count(value):
        return 0, "must be a whole number, zero or more"
    if key in PERCENT and value > 100:  # type: ignore[operator]
        return 0, "must be a share in percent, 0 to 100"
    return value, ""


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
