"""What the segments of an 835 say, one by one; and what happens to a payment when one of them cannot be read."""

import datetime as dt

import pytest

from hhs_sync.facts.fact import read_fact, write_fact
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, Imbalance, ProviderAdjustment, Remittance, ServiceLine
from hhs_sync.x12.reading import read_x12
from hhs_sync.x12.remittance import read_remittances
from hhs_sync.x12.remittance_segments import FAULTS_MAX
from tests.x12.made import remittances, unreadable

PAID = "BPR*I*{}*C*ACH*CCP*01*011000015*DA*998877*1010203040**01*211274450*DA*554433*20260109"


def file(*segments: str, bpr: str = PAID.format("100")) -> bytes:
    """An 835 with these segments behind the payer and the payee; they begin at segment 8."""
    body = [bpr, "TRN*1*EFT1*1010203040", "N1*PR*PAYER*XV*12345", "REF*2U*98765", "N1*PE*PRACTICE*XX*1234567893"]
    lines = [
        "ISA*00*          *00*          *ZZ*MEDME          *ZZ*PINETREE       *260109*0730*^*00501*000000001*0*P*:",
        "GS*HP*MEDME*PINETREE*20260109*0730*1*X*005010X221A1",
        "ST*835*0001",
        *body,
        *segments,
        f"SE*{len(body) + len(segments) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{line}~" for line in lines).encode()


def one(content: bytes) -> Remittance:
    found = remittances(content)
    assert len(found) == 1
    assert found[0] == read_fact(write_fact(found[0]))
    return found[0]


def claim(*segments: str) -> ClaimPayment:
    return one(file(*segments)).claim_payments[0]


def line(*segments: str) -> ServiceLine:
    return claim("CLP*S1*1*100*100", "SVC*HC:90837*100*100", *segments).lines[0]


# --- the payment


def test_the_payment_and_its_parties_are_read() -> None:
    read = one(file("REF*TJ*010203040", "DTM*405*20260108", "CLP*S1*1*100*100"))

    assert 10000 == read.amount_paid
    assert ("I", "ACH", dt.date(2026, 1, 9)) == (read.handling, read.payment_method, read.payment_date)
    assert ("EFT1", "1010203040") == (read.eft_trace, read.payer_trace_id)
    assert ("PAYER", ("12345", "98765", "1010203040")) == (read.payer_name, read.payer_ids)
    assert ("PRACTICE", ("1234567893", "010203040")) == (read.payee_name, read.payee_ids)
    assert dt.date(2026, 1, 8) == read.production_date
    assert ("005010X221A1", "0001", "000000001") == (
        read.version,
        read.control_number,
        read.interchange_control_number,
    )
    assert read.complete
    assert read.balances


@pytest.mark.parametrize(
    ("bpr", "amount"),
    [
        ("BPR*I*100*C*ACH", 10000),
        ("BPR*I*100*D*ACH", -10000),
        ("BPR*I*-61.5*C*NON", -6150),
        ("BPR*I*-61.5*D*NON", -6150),
        ("BPR*H*0*C*NON", 0),
        ("BPR*I*.5*C*CHK", 50),
    ],
)
def test_bpr03_d_turns_the_sign(bpr: str, amount: int) -> None:
    assert amount == one(file(bpr=bpr)).amount_paid


def test_a_payment_of_unclear_direction_is_told_and_never_complete() -> None:
    content = file(bpr="BPR*I*100*X*ACH")

    assert (10000, False) == (one(content).amount_paid, one(content).complete)
    assert ["BPR03 says neither that money comes (C) nor that it goes (D)"] == [
        row.problem for row in unreadable(content)
    ]


def test_a_payer_named_by_nm1_is_the_payer() -> None:
    content = file("CLP*S1*1*100*100").replace(b"N1*PR*PAYER*XV*12345~", b"NM1*PR*2*OTHER PAYER*****PI*PAYER001~")

    assert ("OTHER PAYER", ("PAYER001", "98765", "1010203040")) == (one(content).payer_name, one(content).payer_ids)


def test_a_corrected_payer_within_a_claim_is_not_the_payer() -> None:
    assert "PAYER" == one(file("CLP*S1*1*100*100", "NM1*PR*2*NEXT*****PI*1", "N1*PR*NEXT")).payer_name


# --- claims and lines


def test_a_claim_payment_is_read() -> None:
    read = claim(
        "CLP*S1*19*100*85*15*MC*ICN1*11*7",
        "CAS*PR*3*15",
        "NM1*QC*1*ALDER*ADA*B***MI*M1",
        "NM1*74*1*ALDER*ADA****C*M2",
        "NM1*82*1*ELM*EVA****XX*1900010004",
        "NM1*TT*2*MAINECARE*****PI*MEDME",
        "MOA***MA01*N520",
        "REF*F8*ICN0",
        "REF*EA*IGNORED",
        "DTM*232*20260102",
        "DTM*233*20260105",
        "DTM*050*20260107",
        "AMT*AU*100",
    )

    assert read == ClaimPayment(
        claim_number="S1",
        claim_status="19",
        amount_charged=10000,
        amount_paid=8500,
        amount_patient=1500,
        filing_indicator="MC",
        payer_claim_number="ICN1",
        original_payer_claim_number="ICN0",
        frequency="7",
        client_name="ALDER, ADA",
        member_id="M1",
        corrected_member_id="M2",
        clinician_npi="1900010004",
        crossover_payer="MAINECARE",
        date_first=dt.date(2026, 1, 2),
        date_last=dt.date(2026, 1, 5),
        adjustments=(Adjustment("PR", "3", 1500),),
        remark_codes=("MA01", "N520"),
        segment=9,
    )


def test_a_service_line_is_read() -> None:
    read = line(
        "DTM*472*20260102",
        "CAS*CO*45*20**253*1",
        "CAS*PR*3*15",
        "REF*6R*S1L1",
        "REF*LU*11",
        "AMT*B6*80",
        "AMT*KH*1",
        "LQ*HE*N130",
        "LQ*HE*M15",
    )

    assert read == ServiceLine(
        service_code="90837",
        date_first=dt.date(2026, 1, 2),
        amount_charged=10000,
        amount_paid=10000,
        amount_allowed=8000,
        line_key="S1L1",
        adjustments=(Adjustment("CO", "45", 2000), Adjustment("CO", "253", 100), Adjustment("PR", "3", 1500)),
        remark_codes=("N130", "M15"),
        segment=10,
    )


def test_paid_and_billed_procedure_are_kept_apart() -> None:
    read = claim("CLP*S1*1*100*100", "SVC*HC:90834:95*100*100**1.00*HC:90837:95:HE*2").lines[0]

    assert ("90834", ("95",), "1") == (read.service_code, read.modifiers, read.units)
    assert ("90837", ("95", "HE"), "2") == (read.billed_code, read.billed_modifiers, read.units_billed)


def test_a_line_may_cover_several_days() -> None:
    read = line("DTM*150*20260102", "DTM*151*20260105")

    assert (dt.date(2026, 1, 2), dt.date(2026, 1, 5)) == (read.date_first, read.date_last)


def test_the_member_number_of_the_insured_goes_before_that_of_the_client() -> None:
    assert "I1" == claim("CLP*S1*1*100*100", "NM1*QC*1*A*B****MI*C1", "NM1*IL*1*A*C****MI*I1").member_id
    assert "I1" == claim("CLP*S1*1*100*100", "NM1*IL*1*A*C****MI*I1", "NM1*QC*1*A*B****MI*C1").member_id
    assert "I1" == claim("CLP*S1*1*100*100", "NM1*QC*1*A*B", "NM1*IL*1*A*C****MI*I1").member_id


def test_amounts_and_status_that_are_left_out_are_nothing() -> None:
    """Seen in published samples: a CLP of two elements, one with an empty status and payment."""
    read = one(file("CLP*S1*22", "CLP*S2**55.55", bpr=PAID.format("0")))

    assert [("22", 0, 0), ("", 5555, 0)] == [
        (one.claim_status, one.amount_charged, one.amount_paid) for one in read.claim_payments
    ]
    assert (Imbalance(level="claim", segment=10, difference=-5555),) == read.imbalances
    assert read.complete


def test_a_predetermination_is_told_as_such() -> None:
    assert claim("CLP*S1*25*100*100").is_predetermination


def test_unknown_segments_say_nothing() -> None:
    plain = claim("CLP*S1*1*100*100", "SVC*HC:90837*100*100")
    noisy = claim("CLP*S1*1*100*100", "SVC*HC:90837*100*100", "NTE*ADD*FREE TEXT", "ZZZ", "QTY*NE*53", "")

    assert plain == noisy


def test_inner_blanks_of_a_claim_number_are_kept() -> None:
    assert " 00 17" == claim("CLP* 00 17*1*100*100").claim_number


def test_a_4010_reversal_in_group_cr_is_read() -> None:
    read = claim("CLP*S1*22*-42.58*-42.58", "CAS*CR*141*0*0*42*0*0*22*0*0")

    assert read.is_reversal
    assert ["141", "42", "22"] == [one.reason_code for one in read.adjustments]
    assert {"CR"} == {one.group for one in read.adjustments}


def test_all_pairs_of_a_provider_adjustment_are_read() -> None:
    read = one(
        file(
            "PLB*1234567893*20261231*WO:ICN 1:X*60*L6*-1.23*72*.5*FB:TRACE*-27.9*CS*5*90*3.95",
            "PLB*2*20261231*IR*1",
            bpr=PAID.format("-41.32"),
        )
    )

    assert [
        ("WO", "ICN 1:X", 6000),
        ("L6", None, -123),
        ("72", None, 50),
        ("FB", "TRACE", -2790),
        ("CS", None, 500),
        ("90", None, 395),
        ("IR", None, 100),
    ] == [(plb.reason_code, plb.reference, plb.amount) for plb in read.provider_adjustments]
    assert (
        ProviderAdjustment(reason_code="IR", amount=100, provider_id="2", fiscal_year_end="20261231", segment=10)
        == read.provider_adjustments[-1]
    )
    assert read.balances


# --- the three equations


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (["CLP*S1*1*100*100"], ()),
        (["CLP*S1*1*100*99"], (("claim", 9, -100), ("payment", 3, 100))),
        (["CLP*S1*1*120*100", "CAS*CO*45*20"], ()),
        (["CLP*S1*1*120*100", "SVC*HC:1*120*100", "CAS*CO*45*19.99"], (("line", 10, -1), ("claim", 9, -1))),
        (["CLP*S1*1*120*100", "SVC*HC:1*120*100", "CAS*CO*45*10*1*42*10"], ()),
        (["CLP*S1*1*130*100", "CAS*CO*94*-20", "SVC*HC:1*130*80", "CAS*PR*1*50"], ()),
        (["CLP*S1*1*130*130", "PLB*1*20261231*WO*30"], ()),
        (["CLP*S1*1*130*130", "PLB*1*20261231*WO*-30"], (("payment", 3, -6000),)),
    ],
    ids=str,
)
def test_each_equation_that_fails_is_told_with_its_place_and_its_cents(
    segments: list[str], expected: tuple[tuple[str, int, int], ...]
) -> None:
    read = one(file(*segments))

    assert expected == tuple((wrong.level, wrong.segment, wrong.difference) for wrong in read.imbalances)


# --- keys


def test_the_same_payment_has_the_same_key_in_whatever_file_it_comes() -> None:
    content = file("CLP*S1*1*100*100")
    resent = content.replace(b"000000001", b"000000002").replace(b"*0001", b"*0777").replace(b"~", b"~\r\n")

    assert one(content).key == one(resent).key
    assert one(content).content_digest == one(resent).content_digest
    assert one(content).key.startswith("remittance/era/1010203040.EFT1/")


@pytest.mark.parametrize(
    "changes",
    [
        (b"EFT1", b"EFT2"),
        (b"*100*C", b"*101*C"),
        (b"20260109~", b"20260110~"),
        (b"1234567893", b"1234567894"),
        (b"CLP*S1", b"CLP*S2"),
    ],
)
def test_another_payment_has_another_key(changes: tuple[bytes, bytes]) -> None:
    content = file("CLP*S1*1*100*100")

    assert one(content).key != one(content.replace(*changes)).key


def test_a_payment_that_is_not_whole_is_never_the_same_fact_as_the_whole_one() -> None:
    content = file("CLP*S1*1*100*100")
    cut = content[: content.index(b"SE*")]

    assert not one(cut).complete
    assert one(content).key != one(cut).key
    assert one(content).content_digest != one(cut).content_digest


def test_each_source_has_keys_of_its_own() -> None:
    keys = {row.fact.key for source in ("a", "b") for row in read_remittances(file("CLP*S1*1*100*100"), source)}

    assert 2 == len(keys)


# --- what cannot be read


@pytest.mark.parametrize(
    ("segments", "problem", "segment"),
    [
        (["CLP*S1*1*1OO*100"], "CLP03 is not an amount of money", 9),
        (["CLP*S1*1*100*1,00"], "CLP04 is not an amount of money", 9),
        (["CLP*S1*1*100*100", "SVC*HC:1*x*100"], "SVC02 is not an amount of money", 10),
        (["CLP*S1*1*100*100", "SVC*HC:1*100*1.001"], "SVC03 is not an amount of money", 10),
        (["CLP*S1*1*100*100", "CAS*CO*45*?"], "an adjustment (CAS) whose amount is not an amount of money", 10),
        (["CAS*CO*45*1"], "an adjustment (CAS) outside any claim", 9),
        (["SVC*HC:1*1*1"], "a service line (SVC) outside any claim", 9),
        (["PLB*1*20261231*WO*seven"], "PLB04 is not an amount of money", 9),
        (["PLB*1*20261231*WO*1*FB*x"], "PLB06 is not an amount of money", 9),
        (["CUR*PR*CAD", "CLP*S1*1*100*100"], "CUR02 says that the amounts are not US dollars", 9),
    ],
    ids=str,
)
def test_an_amount_that_cannot_be_read_is_told_and_holds_the_payment_back(
    segments: list[str], problem: str, segment: int
) -> None:
    content = file(*segments)
    read = one(content)

    assert 10000 == read.amount_paid, "the cash is known all the same"
    assert not read.complete
    assert [(f"segment {segment}, position", problem)] == [
        (row.place.rsplit(" ", 1)[0], row.problem) for row in unreadable(content)
    ]


@pytest.mark.parametrize(
    ("segments", "problem"),
    [
        (["CLP*S1*1*100*100*CCN"], "CLP05 is not an amount of money"),
        (["CLP*S1*1*100*100", "DTM*232*20261332"], "DTM02 is not a date"),
        (["CLP*S1*1*100*100", "SVC*HC:1*100*100", "AMT*B6*x"], "AMT02 is not an amount of money"),
    ],
    ids=str,
)
def test_what_takes_no_part_in_a_sum_is_told_and_holds_nothing_back(segments: list[str], problem: str) -> None:
    content = file(*segments)

    assert one(content).complete
    assert one(content).balances
    assert [problem] == [row.problem for row in unreadable(content)]


@pytest.mark.parametrize("bpr", ["BPR*DATA*NOT*VALID*RANDOM*TEXT", "BPR*I**C*ACH", "BPR", "XPR*I*100*C*ACH"])
def test_a_payment_whose_amount_cannot_be_read_is_kept_and_never_complete(bpr: str) -> None:
    content = file("CLP*S1*1*100*100", bpr=bpr)

    assert 0 == one(content).amount_paid
    assert not one(content).complete
    assert [] != unreadable(content)


def test_a_damaged_payment_leaves_the_others_of_its_file_alone() -> None:
    content = file("CLP*S1*1*100*100")
    damaged = file("CLP*S1*1*x*100")

    assert [True, False, True] == [one.complete for one in remittances(content + damaged + content)]


def test_no_problem_repeats_what_stands_in_the_file() -> None:
    content = file("CLP*SECRET*1*ALDER*ADA*SECRET", "CAS*CO*45*SECRET", "DTM*232*SECRET", "PLB*1*1*WO*SECRET")

    assert 6 == len(unreadable(content))
    assert not any(word in row.problem for row in unreadable(content) for word in ("SECRET", "ALDER", "ADA"))


def test_many_faults_of_one_payment_are_not_told_one_by_one() -> None:
    content = file(*["CLP*S1*1*x*1"] * 500)

    assert FAULTS_MAX + 1 == len(unreadable(content))


def test_sums_that_no_database_can_hold_keep_only_the_payment() -> None:
    huge = ["CLP*S1*1*0*-9999999999999999"] * 20
    read = one(file(*huge))

    assert (10000, (), False) == (read.amount_paid, read.claim_payments, read.complete)


def test_a_set_that_tells_nothing_is_a_row() -> None:
    content = b"ISA*00*" + file()[7:106] + b"GS*HP*A*B*20260109*0730*1*X*005010X221A1~ST*835*0001~SE*2*0001~"

    assert [] == remittances(content)
    assert [
        "no BPR tells what was paid",
        "a remittance that tells neither an amount paid (BPR02) nor a claim (CLP)",
    ] == [row.problem for row in unreadable(content)]


def test_a_second_payment_that_was_cut_off_leaves_the_first_alone() -> None:
    content = file()
    cut = content[: content.index(b"TRN*")] + b"BPR*I"

    assert [10000] == [read.amount_paid for read in remittances(cut)]


def test_cash_in_rubble_of_other_delimiters_is_told_with_its_row() -> None:
    content = file("CLP*S1*1*100*100") + b"BPR|I|83.7|C|ACH~GS*~" + file("CLP*S1*1*100*100")

    rows = [row for row in read_x12(content, "era").unreadable if row.amount]

    assert [8370] == [row.amount for row in rows]
    assert [10000, 10000] == [read.amount_paid for read in remittances(content)]
