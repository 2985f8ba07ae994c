"""What QuickBooks should hold, and the difference from what is there."""

from __future__ import annotations

from hhs_sync.mapping.rules import Policy, Rules
from hhs_sync.plan.accrual import render_accrual
from hhs_sync.plan.cash import render_cash
from hhs_sync.plan.compare import make_plan
from hhs_sync.plan.desired import Desired, Told
from hhs_sync.plan.references import References
from hhs_sync.plan.tie_out import tie_out

__all__ = ["desired_entries", "make_plan", "tie_out"]


def desired_entries(books: Told, rules: Rules, secret: bytes) -> Desired:
    """All that QuickBooks should hold under the practice's policy.

    `secret` is the practice's own key for references (16 bytes at least, else ValueError), drawn once and kept: under
    another one every entry would bear another mark, and none of ours would be known again.
    """
    render = render_accrual if rules.practice.policy is Policy.ACCRUAL else render_cash
    return render(books, rules, References(secret))
