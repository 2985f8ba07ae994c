"""One folder takes all X12: a file may hold any of it, mixed."""

import pytest

from hhs_sync.facts.claim import Acknowledgement, ClaimState
from hhs_sync.facts.fact import kind_of
from hhs_sync.x12.reading import kind_of_x12, read_rows, read_x12
from hhs_sync.x12.write import write_277ca, write_claims, write_remittances
from tests.x12.made import BILLER, CLAIMS, ENVELOPE, REMITTANCES

REMITTANCE = write_remittances([REMITTANCES["a claim with a line"]], ENVELOPE)
BILLS = write_claims(CLAIMS.values(), ENVELOPE, BILLER)
ANSWERS = write_277ca(
    [Acknowledgement(key="", kind="277CA", claim_number="S1", state=ClaimState.ACCEPTED, codes=("A2:20",))], ENVELOPE
)
OTHER = REMITTANCE.replace(b"ST*835*", b"ST*820*").replace(b"GS*HP", b"GS*RA")


def test_a_mixed_file_tells_all_that_is_in_it() -> None:
    reading = read_x12(REMITTANCE + BILLS + ANSWERS, "inbox")

    assert {"835", "837", "277"} == kind_of_x12(REMITTANCE + BILLS + ANSWERS)
    assert ["remittance", "claim", "claim", "claim", "acknowledgement"] == [kind_of(one.fact) for one in reading.facts]
    assert () == reading.unreadable
    assert list(reading.facts) == list(read_rows(REMITTANCE + BILLS + ANSWERS, "inbox"))


def test_sets_of_several_kinds_may_stand_in_one_group() -> None:
    one_set = BILLS[BILLS.index(b"ST*837") : BILLS.index(b"GE*")]
    mixed = REMITTANCE.replace(b"GE*1*", one_set + b"GE*2*")

    assert {"835", "837"} == kind_of_x12(mixed)
    assert 4 == len(read_x12(mixed, "inbox").facts)


def test_a_kind_that_is_not_read_is_a_row_and_its_neighbours_are_read() -> None:
    reading = read_x12(OTHER + REMITTANCE, "inbox")

    assert ["remittance"] == [kind_of(one.fact) for one in reading.facts]
    assert ["this kind of transaction set is not read here: 835, 837, 999, 997, 277 and TA1 are"] == [
        row.problem for row in reading.unreadable
    ]


@pytest.mark.parametrize("content", [b"", b"  \n", b"name,amount\nx,1\n", b"%PDF-1.7 ...", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_x12_has_no_kind(content: bytes) -> None:
    assert set() == kind_of_x12(content)


def test_the_source_is_part_of_every_key() -> None:
    assert all(one.fact.key.split("/")[1] == "inbox" for one in read_x12(REMITTANCE + BILLS + ANSWERS, "inbox").facts)
