"""SRC-05: files that are late, missing, cut off or unreadable."""

from __future__ import annotations

from hhs_sync.facts.document import Unreadable
from hhs_sync.findings.finding import Severity
from hhs_sync.findings.situation import Trouble
from tests.builders import bank, claim, day, remittance, session
from tests.findings.looking import asked, look, only


def test_many_bad_rows_of_a_file_are_one_question_with_their_money() -> None:
    rows = [
        Unreadable(place="line 4", problem="no fee that can be read"),
        Unreadable(place="line 9", problem="no day that can be read", amount=15000),
    ]

    one = only(look(today="2025-11-04", told={"unreadable": rows, "as_of": day("2025-11-03")}), "SRC-05")

    assert (2, 15000, day("2025-11-03")) == (one.count, one.amount, one.since)
    assert one.says.startswith(
        "document holds 2 places that could not be read: line 4: no fee that can be read, line 9"
    )
    assert ["line 4", "line 9"] == [source.place for source in one.sources]


def test_a_remittance_that_was_cut_off_asks_for_the_file_and_for_nothing_else() -> None:
    cut = remittance("1", "2025-11-14", "85.00", claim("K1", "150", "85", "CO-45 65"), complete=False)

    found = look(
        session("K1", "2025-11-03"), cut, bank("1", "2025-11-14", "85.00", "ACH ANTHEM TRACE1"), today="2025-12-01"
    )

    assert ["SRC-05 85.00"] == [one for one in asked(found) if not one.startswith("BIL")]


def test_a_remittance_marked_as_a_test_is_not_passed_over_in_silence() -> None:
    found = look(remittance("1", "2025-11-14", "85.00", claim("K1", "85", "85"), test=True), today="2025-12-01")

    assert (["SRC-05 85.00"], Severity.MEDIUM) == (asked(found), only(found, "SRC-05").severity)


def test_a_source_that_does_not_answer_is_asked_about_since_it_was_first_met() -> None:
    trouble = Trouble(code="SRC-05", subject="source/bank", says="bank does not answer", since=day("2025-11-03"))

    assert day("2025-11-03") == only(look(today="2025-11-10", troubles=(trouble,)), "SRC-05").since
    assert [] == asked(look(today="2025-11-10"))
