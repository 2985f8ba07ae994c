"""What became of a claim before any remittance: 999, 997, TA1, 277CA and 277."""

import datetime as dt

import pytest

from hhs_sync.facts.claim import Acknowledgement, ClaimState
from hhs_sync.facts.document import Placed, Unreadable
from hhs_sync.x12.acknowledgement import read_acknowledgements
from hhs_sync.x12.claim_status import CATEGORIES, state_of, words_for


def file(kind: str, version: str, *body: str) -> bytes:
    lines = [
        "ISA*00*          *00*          *ZZ*CLEARING       *ZZ*PINETREE       *260109*0730*^*00501*000000001*0*P*:",
        f"GS*FA*CLEARING*PINETREE*20260109*0730*1*X*{version}",
        f"ST*{kind}*0001*{version}",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{line}~\n" for line in lines).encode()


def answers(content: bytes) -> list[Acknowledgement]:
    return [row.fact for row in read_acknowledgements(content, "answers") if isinstance(row, Placed)]


def status(*body: str, purpose: str = "TH", version: str = "005010X214") -> bytes:
    return file("277", version, f"BHT*0085*08*1*20260109*0730*{purpose}", *body)


CLAIM = ["HL*4*3*PT", "NM1*QC*1*ALDER*ADA****MI*M1", "TRN*2*S1"]


# --- 999, 997, TA1


@pytest.mark.parametrize(
    ("letter", "state"),
    [("A", ClaimState.RECEIVED), ("E", ClaimState.RECEIVED), ("R", ClaimState.REJECTED), ("M", ClaimState.REJECTED)],
)
@pytest.mark.parametrize(("kind", "tag"), [("999", "IK5"), ("997", "AK5")])
def test_the_syntax_of_a_set_is_accepted_or_rejected(letter: str, state: ClaimState, kind: str, tag: str) -> None:
    content = file(kind, "005010X231A1", "AK1*HC*17", "AK2*837*0001", f"{tag}*{letter}", f"AK9*{letter}*1*1*0")

    [of_set, of_group] = answers(content)

    assert (kind, state, "17", None) == (of_set.kind, of_set.state, of_set.batch_control_number, of_set.claim_number)
    assert (state, (f"AK9:{letter}:1:1:0",)) == (of_group.state, of_group.codes)


def test_a_claim_named_in_a_rejected_set_was_rejected_and_one_is_told_where() -> None:
    content = file(
        "999", "005010X231A1", "AK1*HC*17", "AK2*837*0001", "IK3*CLM*22**8", "CTX*CLM01:S1", "IK4*2*782*1*ALDER",
        "IK3*REF*57**3", "CTX*SITUATIONAL TRIGGER*CLM*43**5:3*C023:1325", "CTX*CLM01:S2", "IK5*R*5", "AK9*R*1*1*0",
    )  # fmt: skip

    read = answers(content)

    assert [None, "S1", "S2", None] == [one.claim_number for one in read]
    assert {ClaimState.REJECTED} == {one.state for one in read}
    assert (
        "rejected; segments in it are wrong (5); segment CLM at place 22: something in it is wrong (8); "
        "element 2: it is required and missing (1); segment REF at place 57: it is required and missing (3)"
    ) == read[1].reason
    assert not any("ALDER" in one.reason for one in read)


def test_a_claim_named_in_an_accepted_set_is_not_rejected() -> None:
    content = file("999", "005010X231A1", "AK1*HC*17", "AK2*837*0001", "IK3*CLM*22**8", "CTX*CLM01:S1", "IK5*E*5")

    assert [(None, ClaimState.RECEIVED)] == [(one.claim_number, one.state) for one in answers(content)]


@pytest.mark.parametrize(("letter", "state"), [("A", ClaimState.RECEIVED), ("R", ClaimState.REJECTED)])
def test_an_interchange_may_be_answered_as_a_whole(letter: str, state: ClaimState) -> None:
    content = (
        b"ISA*00*          *00*          *ZZ*CLEARING       *ZZ*PINETREE       *260109*0730*^*00501*000000001*0*P*:~"
        b"TA1*000000905*260109*0730*" + letter.encode() + b"*000~IEA*0*000000001~"
    )

    assert [("TA1", state, "000000905", (f"TA1:{letter}:000",))] == [
        (one.kind, one.state, one.batch_control_number, one.codes) for one in answers(content)
    ]


# --- 277CA, 277


def test_a_claim_accepted_into_adjudication_is_read() -> None:
    content = status(
        "HL*1**20*1", "NM1*PR*2*MAINECARE*****PI*MEDME", "TRN*1*0091", "HL*2*1*21*1", "NM1*41*2*PINE*****46*P",
        "TRN*2*BATCH17", "STC*A1:19:PR*20260109*WQ*150", "QTY*90*1", "AMT*YU*150", "HL*3*2*19*1", *CLAIM,
        "STC*A2:20*20260110*WQ*150", "REF*1K*ICN1", "REF*D9*CH1", "DTP*472*D8*20260102",
    )  # fmt: skip

    [batch, claim] = answers(content)

    assert (None, ClaimState.RECEIVED, "BATCH17") == (batch.claim_number, batch.state, batch.batch_control_number)
    assert (
        Acknowledgement(
            key=claim.key,
            kind="277CA",
            claim_number="S1",
            state=ClaimState.ACCEPTED,
            codes=("A2:20",),
            reason="accepted into adjudication (A2): accepted for processing (20)",
            date=dt.date(2026, 1, 10),
            payer_claim_number="ICN1",
            amount_charged=15000,
            batch_control_number="BATCH17",
        )
        == claim
    )


def test_a_rejection_of_a_line_rejects_the_claim_and_all_codes_are_kept() -> None:
    content = status(
        *CLAIM,
        "STC*A1:19*20260109*WQ*150",
        "SVC*HC:90837*150*****1",
        "STC*A3:122**U*******A3:562:82*A7:500",
        "REF*1K*X",
    )

    [read] = answers(content)

    assert ClaimState.REJECTED is read.state
    assert ("A1:19", "A3:122", "A3:562:82", "A7:500") == read.codes
    assert "NPI (562), rendering clinician" in read.reason
    assert read.payer_claim_number is None


def test_several_claims_of_one_client_are_several_answers() -> None:
    content = status(*CLAIM, "STC*A2:20*20260109*WQ*1", "TRN*2*S2", "STC*A3:21*20260109*U*2")

    assert [("S1", ClaimState.ACCEPTED), ("S2", ClaimState.REJECTED)] == [
        (one.claim_number, one.state) for one in answers(content)
    ]


def test_a_whole_batch_may_be_rejected() -> None:
    [read] = answers(status("HL*2*1*21*1", "TRN*2*BATCH17", "STC*A3:24:41*20260109*U*150"))

    assert (None, "BATCH17", ClaimState.REJECTED) == (read.claim_number, read.batch_control_number, read.state)


def test_the_answer_to_a_question_is_a_277_and_no_277ca() -> None:
    content = status(
        "HL*4*3*22*0", "NM1*IL*1*ALDER", "TRN*2*S1", "STC*F0:3*20260109**150*100", purpose="DG", version="005010X212"
    )

    assert [("277", ClaimState.FINALIZED)] == [(one.kind, one.state) for one in answers(content)]


def test_an_unreadable_date_is_a_row_and_the_answer_stands() -> None:
    content = status(*CLAIM, "STC*A2:20*20261332*WQ*1")

    assert [ClaimState.ACCEPTED] == [one.state for one in answers(content)]
    assert ["STC02 is not a date, or STC04 not an amount of money"] == [
        row.problem for row in read_acknowledgements(content, "answers") if isinstance(row, Unreadable)
    ]


def test_a_set_that_was_cut_off_is_told() -> None:
    content = status(*CLAIM, "STC*A2:20*20260109*WQ*1", "REF*1K*ICN1")
    cut = content[: content.index(b"SE*")]

    assert ["S1"] == [one.claim_number for one in answers(cut)]
    assert [True] == [
        "cut off" in row.problem for row in read_acknowledgements(cut, "answers") if isinstance(row, Unreadable)
    ]


def test_each_answer_has_its_own_key_and_the_same_answer_the_same() -> None:
    one = status(*CLAIM, "STC*A2:20*20260109*WQ*1")
    again = one.replace(b"000000001", b"000000002")
    other = one.replace(b"20260109*WQ", b"20260110*WQ")

    assert [read.key for read in answers(one)] == [read.key for read in answers(again)]
    assert [read.key for read in answers(one)] != [read.key for read in answers(other)]
    assert answers(one)[0].key.startswith("acknowledgement/answers/277CA/S1/")


# --- the words


def test_an_unknown_code_is_shown_as_its_number() -> None:
    assert "returned, cannot be processed (A3): status code (9999), ZZ" == words_for(("A3", "9999", "ZZ"))
    assert "X9" == words_for(("X9",))


def test_a_state_is_found_for_any_codes() -> None:
    assert ClaimState.REJECTED is state_of([("A2",), ("A7",)], [])
    assert ClaimState.REJECTED is state_of([("ZZ",)], ["U"])
    assert ClaimState.PENDING is state_of([("ZZ",)], ["WQ"])
    assert ClaimState.PENDING is state_of([], [])
    assert all(state is state_of([(category,)], []) for category, (state, _) in CATEGORIES.items())
