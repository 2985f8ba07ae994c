"""What is written reads back as it was: both directions from one table."""

import datetime as dt

import msgspec
import pytest

from hhs_sync.facts.claim import Acknowledgement, ClaimState
from hhs_sync.facts.remittance import Remittance
from hhs_sync.x12.reading import read_x12
from hhs_sync.x12.write import Envelope, write_277ca, write_claims, write_remittances
from tests.x12.made import BILLER, CLAIMS, REMITTANCES, WRITTEN_AT


def as_told(one: Remittance) -> Remittance:
    """Without what only a reader can know."""
    return msgspec.structs.replace(
        one,
        key="",
        content_digest="",
        segment=0,
        version="",
        control_number="",
        interchange_control_number="",
        claim_payments=tuple(
            msgspec.structs.replace(
                claim, segment=0, lines=tuple(msgspec.structs.replace(line, segment=0) for line in claim.lines)
            )
            for claim in one.claim_payments
        ),
        provider_adjustments=tuple(msgspec.structs.replace(plb, segment=0) for plb in one.provider_adjustments),
    )


@pytest.mark.parametrize("told", REMITTANCES.values(), ids=REMITTANCES)
@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(sender="MEDME", receiver="PINETREE", written_at=WRITTEN_AT),
        Envelope(
            sender="MEDME", receiver="PINETREE", written_at=WRITTEN_AT, element="|", component=">", line_end="\r\n"
        ),
        Envelope(sender="MEDME", receiver="PINETREE", written_at=WRITTEN_AT, terminator="\n", line_end=""),
        Envelope(sender="MEDME", receiver="PINETREE", written_at=WRITTEN_AT, element="\x1d", terminator="\x1e"),
    ],
    ids=["usual", "pipes", "lines", "control characters"],
)
def test_a_remittance_reads_back_as_it_was_written(told: Remittance, envelope: Envelope) -> None:
    reading = read_x12(write_remittances([told], envelope), "era")

    assert () == reading.unreadable
    assert [told] == [as_told(placed.fact) for placed in reading.facts]


def test_all_remittances_of_a_file_read_back_in_order_and_whole() -> None:
    told = list(REMITTANCES.values())
    content = write_remittances(told, Envelope(sender="A", receiver="B", written_at=WRITTEN_AT, test=True))

    read = [placed.fact for placed in read_x12(content, "era").facts]

    assert told == [msgspec.structs.replace(as_told(one), test=False) for one in read]
    assert {True} == {one.test for one in read}
    assert {()} == {one.envelope_problems for one in read}
    assert {()} == {one.imbalances for one in read}


def test_claims_read_back_as_they_were_written() -> None:
    envelope = Envelope(sender="PINETREE", receiver="CLEARING", written_at=WRITTEN_AT)

    reading = read_x12(write_claims(CLAIMS.values(), envelope, BILLER), "claims")

    assert () == reading.unreadable
    assert list(CLAIMS.values()) == [msgspec.structs.replace(placed.fact, key="") for placed in reading.facts]
    assert len(CLAIMS) == len({placed.fact.key for placed in reading.facts})


def test_answers_to_claims_read_back_as_they_were_written() -> None:
    told = [
        Acknowledgement(
            key="",
            kind="277CA",
            claim_number=number,
            state=state,
            codes=codes,
            date=dt.date(2026, 1, 9),
            payer_claim_number=payer_number,
            amount_charged=31280,
            batch_control_number="17",
        )
        for number, state, codes, payer_number in [
            (None, ClaimState.RECEIVED, ("A1:19:PR",), None),
            ("S1", ClaimState.ACCEPTED, ("A2:20",), "2600900000001"),
            ("S2", ClaimState.REJECTED, ("A3:21:82", "A3:562:82"), None),
        ]
    ]

    reading = read_x12(write_277ca(told, Envelope(sender="MEDME", receiver="P", written_at=WRITTEN_AT)), "answers")

    assert () == reading.unreadable
    assert told == [msgspec.structs.replace(placed.fact, key="", reason="") for placed in reading.facts]
