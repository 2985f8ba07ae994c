"""What people are to a practice. What each may do there is told in hhs_sync/web/rights.py."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A user's role, for one practice or for all."""

    BOOKKEEPER = "bookkeeper"
    BILLER = "biller"
    CLINICIAN = "clinician"
    APPROVER = "approver"
    OPERATOR = "operator"
    READ_ONLY = "read-only"
