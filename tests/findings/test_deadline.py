"""Filing deadlines, each with the clause that sets it."""

from __future__ import annotations

import pytest

from hhs_sync.findings.deadline import filing_deadline
from tests.builders import ANTHEM, MAINECARE, MEDICARE, day


@pytest.mark.parametrize(
    ("payer", "service", "more", "last"),
    [
        (ANTHEM, "2025-09-18", {}, "2025-12-17"),  # 90 days by contract
        (MEDICARE, "2024-11-04", {}, "2025-11-04"),
        (MEDICARE, "2024-11-08", {}, "2025-11-10"),  # a Saturday moves on to Monday
        (MEDICARE, "2024-11-09", {}, "2025-11-10"),  # and a Sunday
        (MEDICARE, "2024-02-29", {}, "2025-02-28"),
        (MEDICARE, "2024-11-04", {"explained": "2025-06-01"}, "2025-11-04"),  # another insurer changes nothing
        (MAINECARE, "2024-11-09", {}, "2025-11-09"),
        (MAINECARE, "2024-11-09", {"granted": "2025-02-01"}, "2026-02-01"),
        (MAINECARE, "2024-11-09", {"granted": "2025-02-01", "explained": "2025-06-01"}, "2026-06-01"),
    ],
)
def test_the_last_day_on_which_a_claim_may_be_filed(payer, service, more, last) -> None:
    told = {name: day(text) for name, text in more.items()}

    assert day(last) == filing_deadline(payer, day(service), **told).date
