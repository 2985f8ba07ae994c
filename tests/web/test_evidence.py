"""Evidence side by side: what is alike is quiet, what differs is marked and on top."""

from hhs_sync.web.evidence import Column, compare
from hhs_sync.web.told import CHARGE, CLAIM, DATE, STATE


def column(step: str, **told) -> Column:
    return Column(step=step, title=step, told=told)


def rows(*columns: Column) -> list[tuple[str, str, list[bool]]]:
    return [(one.name, one.state, [cell.differs for cell in one.cells]) for one in compare(columns)]


def test_what_differs_stands_on_top_and_only_its_own_cell_is_marked() -> None:
    session = column("Session", **{DATE: "2026-09-28", CHARGE: 16500, CLAIM: "B200033"})
    paid = column("Remittance", **{DATE: "2026-09-28", CHARGE: 16500, CLAIM: "OLD-55871"})

    assert [
        (CLAIM, "differs", [False, True]),
        (DATE, "equal", [False, False]),
        (CHARGE, "equal", [False, False]),
    ] == rows(session, paid)


def test_what_one_source_alone_says_and_what_none_says_is_no_difference() -> None:
    assert [(CHARGE, "alone", [False, False])] == rows(column("Session", **{CHARGE: 0}), column("Bank"))


def test_words_that_may_differ_are_not_compared() -> None:
    one, other = column("Session", **{STATE: "completed"}), column("Claim", **{STATE: "sent"})

    assert [(STATE, "alone", [False, False])] == rows(one, other)


def test_amounts_are_written_to_the_cent_and_zero_is_no_blank() -> None:
    (row,) = compare([column("Session", **{CHARGE: 0}), column("Claim", **{CHARGE: 123456})])

    assert ["0.00", "1,234.56"] == [cell.text for cell in row.cells]
