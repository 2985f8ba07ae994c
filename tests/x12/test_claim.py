"""What the segments of an 837P say, and what becomes of a claim that cannot be read."""

import datetime as dt

import msgspec
import pytest

from hhs_sync.facts.claim import Claim, ClaimLine, PriorPayment
from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.x12.claim import read_claims
from hhs_sync.x12.write import write_claims
from tests.x12.made import BILLER, CLAIM, ENVELOPE

BEFORE = ["BHT*0019*00*1*20260109*0730*CH", "HL*1**20*1", "NM1*85*2*PINE TREE*****XX*1234567893"]
SUBSCRIBER = ["HL*2*1*22*0", "SBR*P*18*******MC", "NM1*IL*1*ALDER*ADA****MI*M1", "NM1*PR*2*MAINECARE*****PI*MEDME"]


def file(*segments: str) -> bytes:
    body = [*BEFORE, *segments]
    lines = [
        "ISA*00*          *00*          *ZZ*PINETREE       *ZZ*CLEARING       *260109*0730*^*00501*000000001*0*P*:",
        "GS*HC*PINETREE*CLEARING*20260109*0730*1*X*005010X222A1",
        "ST*837*0001*005010X222A1",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{line}~\n" for line in lines).encode()


def claims(content: bytes) -> list[Claim]:
    return [row.fact for row in read_claims(content, "claims") if isinstance(row, Placed)]


def rows(content: bytes) -> list[tuple[str, str]]:
    return [
        (row.place.split(",")[0], row.problem) for row in read_claims(content, "claims") if isinstance(row, Unreadable)
    ]


def test_a_claim_is_read_with_what_stands_above_it() -> None:
    [read] = claims(
        file(
            *SUBSCRIBER,
            "CLM*S1*312.8***11:B:1*Y*A*Y*Y",
            "HI*ABK:F411",
            "NM1*DN*1*REFERRER*R****XX*1900099999",
            "NM1*82*1*ELM*EVA****XX*1900010004",
            "LX*1",
            "SV1*HC:90846:95*150*UN*1***1",
            "DTP*472*D8*20260102",
            "REF*6R*S1L1",
            "LX*2",
            "SV1*HC:H2017:HQ*162.8*UN*8.00***1",
            "DTP*472*RD8*20260102-20260105",
            "NM1*82*1*OAK*OLA****XX*1900010005",
        )
    )

    assert read.key.startswith("claim/claims/S1/")
    assert msgspec.structs.replace(read, key="") == Claim(
        key="",
        claim_number="S1",
        date_submitted=dt.date(2026, 1, 9),
        payer_name="MAINECARE",
        payer_id="MEDME",
        filing_indicator="MC",
        client_name="ALDER, ADA",
        member_id="M1",
        billing_npi="1234567893",
        clinician_npi="1900010004",
        amount_charged=31280,
        lines=(
            ClaimLine(
                line_key="S1L1",
                service_code="90846",
                modifiers=("95",),
                amount_charged=15000,
                date_first=dt.date(2026, 1, 2),
            ),
            ClaimLine(
                service_code="H2017",
                modifiers=("HQ",),
                units="8",
                amount_charged=16280,
                date_first=dt.date(2026, 1, 2),
                date_last=dt.date(2026, 1, 5),
                clinician_npi="1900010005",
            ),
        ),
    )


def test_the_client_may_be_another_than_the_subscriber() -> None:
    content = file(
        *SUBSCRIBER, "HL*3*2*23*0", "PAT*19", "NM1*QC*1*ALDER*BEN", "CLM*S1*1***11:B:1", *SUBSCRIBER, "CLM*S2*1"
    )

    assert [("ALDER, BEN", "M1"), ("ALDER, ADA", "M1")] == [(one.client_name, one.member_id) for one in claims(content)]


def test_what_stood_above_one_claim_does_not_stand_above_the_next() -> None:
    content = file(*SUBSCRIBER, "CLM*S1*1", "HL*3*1*22*0", "SBR*S", "NM1*IL*1*BIRCH", "NM1*PR*2*OTHER", "CLM*S2*1")

    [_, second] = claims(content)

    assert ("S", "OTHER", None, None, "BIRCH", None) == (
        second.payer_order,
        second.payer_name,
        second.payer_id,
        second.filing_indicator,
        second.client_name,
        second.member_id,
    )


@pytest.mark.parametrize(
    ("composite", "frequency"), [("11:B:1", "1"), ("11:B:7", "7"), ("11:B:8", "8"), ("11:B", "1"), ("", "1")]
)
def test_the_frequency_tells_a_replacement_and_a_void(composite: str, frequency: str) -> None:
    [read] = claims(file(*SUBSCRIBER, f"CLM*S1*1***{composite}", "REF*F8*ICN0"))

    assert (frequency, "ICN0") == (read.frequency, read.original_payer_claim_number)


def test_a_secondary_claim_tells_what_the_primary_paid() -> None:
    [read] = claims(
        file(
            "HL*2*1*22*0",
            "SBR*S*18*******MC",
            "NM1*IL*1*ALDER*ADA****MI*M1",
            "NM1*PR*2*MAINECARE*****PI*MEDME",
            "CLM*S1*150***11:B:1",
            "SBR*P*18*******MB",
            "CAS*PR*1*10",
            "AMT*D*90",
            "AMT*EAF*60",
            "OI***Y***Y",
            "NM1*IL*1*ALDER*ADA****MI*M9",
            "NM1*PR*2*MEDICARE*****PI*14112",
            "REF*F8*NOT OURS",
            "LX*1",
            "SV1*HC:90837*150*UN*1***1",
            "SVD*14112*90*HC:90837**1",
            "CAS*CO*45*50",
            "DTP*573*D8*20260103",
        )
    )

    assert (PriorPayment(payer_name="MEDICARE", payer_id="14112", amount_paid=9000),) == read.prior_payments
    assert ("MAINECARE", "M1", "S", None) == (
        read.payer_name,
        read.member_id,
        read.payer_order,
        read.original_payer_claim_number,
    )
    assert 15000 == read.lines[0].amount_charged


def test_a_later_payer_that_has_paid_nothing_is_no_prior_payment() -> None:
    [read] = claims(file(*SUBSCRIBER, "CLM*S1*150", "SBR*S*18", "NM1*PR*2*LATER*****PI*1"))

    assert () == read.prior_payments


def test_the_same_bill_has_the_same_key_and_another_bill_another() -> None:
    def keys(claim: Claim, number: int = 1) -> set[str]:
        envelope = msgspec.structs.replace(ENVELOPE, control_number=number)
        return {one.key for one in claims(write_claims([claim], envelope, BILLER))}

    assert keys(CLAIM) == keys(CLAIM, number=2)
    assert keys(CLAIM).isdisjoint(keys(msgspec.structs.replace(CLAIM, frequency="7")))
    assert keys(CLAIM).isdisjoint(keys(msgspec.structs.replace(CLAIM, payer_order="S")))
    assert keys(CLAIM).isdisjoint(keys(msgspec.structs.replace(CLAIM, client_name="ALDER, BEN")))


def test_a_claim_without_a_readable_charge_is_a_row_and_its_neighbours_are_read() -> None:
    content = file(*SUBSCRIBER, "CLM*S1*1", "CLM*S2*x", "SV1*HC:1*1", "CLM*S3*3")

    assert ["S1", "S3"] == [one.claim_number for one in claims(content)]
    assert [("segment 12", "CLM02 is not an amount of money")] == rows(content)


def test_an_unreadable_line_or_date_is_a_row_and_the_claim_stands() -> None:
    content = file(*SUBSCRIBER, "CLM*S1*1", "LX*1", "SV1*HC:1*x", "LX*2", "SV1*HC:2*1", "DTP*472*D8*20261332")

    [read] = claims(content)

    assert [("2", None)] == [(line.service_code, line.date_first) for line in read.lines]
    assert [("segment 13", "SV102 is not an amount of money"), ("segment 16", "DTP03 is not a date")] == rows(content)


def test_the_last_claim_of_a_set_that_was_cut_off_is_left_out() -> None:
    content = file(*SUBSCRIBER, "CLM*S1*1", "CLM*S2*2", "LX*1", "SV1*HC:1*1")
    cut = content[: content.index(b"SV1")]

    assert ["S1"] == [one.claim_number for one in claims(cut)]
    assert [("segment 12", "the transaction set was cut off here; what followed is missing")] == rows(cut)


def test_dental_and_institutional_claims_are_known_by_their_charge() -> None:
    [read] = claims(file(*SUBSCRIBER, "CLM*S1*150", "LX*1", "SV2*0900*HC:90837*150*UN*1"))

    assert (15000, ()) == (read.amount_charged, read.lines)


def test_a_claim_of_a_test_interchange_is_marked_and_has_a_key_of_its_own() -> None:
    content = file(*SUBSCRIBER, "CLM*S1*150")

    [real], [test] = claims(content), claims(content.replace(b"*P*:~", b"*T*:~"))

    assert (False, True) == (real.test, test.test)
    assert real.key != test.key
