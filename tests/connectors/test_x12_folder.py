"""A folder of X12 files."""

import datetime as dt
from pathlib import Path

import pytest

from hhs_sync.facts.claim import Acknowledgement, Claim
from hhs_sync.facts.remittance import Remittance
from hhs_sync.x12.reading import READER_VERSION
from tests.connectors.known import LONG_AGO, Memory, facts, open_connector, put, read

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *{day}*{time}*^*00501*000000905*0*P*:~"
ERA = (
    ISA + "GS*HP*PAYER*PRACTICE*20260314*1015*1*X*005010X221A1~ST*835*0001~"
    "BPR*I*85*C*ACH*CCP*01*1*DA*2*1350000000**01*3*DA*4*20260316~TRN*1*EFT900*1350000000~N1*PR*ANTHEM~N1*PE*CASCO*XX*1234567893~LX*1~CLP*K1*1*150*85*25*12*ICN1~NM1*QC*1*DOE*JANE~"
    "SVC*HC:90837*150*85~DTM*472*20260302~CAS*CO*45*40~CAS*PR*3*25~SE*12*0001~GE*1*1~IEA*1*000000905~"
)


def era(day: str = "260314", time: str = "1015") -> str:
    return ERA.format(day=day, time=time)


def fetched(tmp_path: Path, content: str) -> dt.datetime:
    put(tmp_path / "in" / "a.835", content)
    (found,) = Memory().take(open_connector("x12_folder", base=tmp_path).fetch(Memory()))
    return found.as_of


@pytest.mark.parametrize(
    ("content", "as_of"),
    [
        # A quarter past ten in the morning in Portland, four hours behind Greenwich by mid-March.
        (era(), dt.datetime(2026, 3, 14, 14, 15, tzinfo=dt.UTC)),
        (era("260114", "101530"), dt.datetime(2026, 1, 14, 15, 15, tzinfo=dt.UTC)),
        (era("20260314"), dt.datetime(2026, 3, 14, 14, 15, tzinfo=dt.UTC)),
        (era("269914"), LONG_AGO),
        (era("270314"), LONG_AGO),
        ("no X12 at all", LONG_AGO),
        (era()[era().index("ST*835") :], LONG_AGO),
    ],
)
def test_a_file_tells_of_the_moment_of_its_interchange_else_of_its_own(
    tmp_path: Path, content: str, as_of: dt.datetime
) -> None:
    assert as_of == fetched(tmp_path, content)


def test_what_a_file_holds_is_seen_from_its_content() -> None:
    reading = read("x12_folder", era(), "anything.txt")

    (found,) = facts(reading)
    assert isinstance(found, Remittance)
    assert (8500, "EFT900", True) == (found.amount_paid, found.eft_trace, found.balances)
    assert found.key.startswith("remittance/src/")


def test_a_file_that_is_no_x12_is_told_whole() -> None:
    (problem,) = read("x12_folder", "Date,Amount\n").unreadable

    assert problem.whole_document


def test_the_readers_version_is_that_of_the_house() -> None:
    assert READER_VERSION == open_connector("x12_folder").reader_version


@pytest.mark.parametrize(
    ("folder", "kind"), [("835", Remittance), ("837p", Claim), ("277", Acknowledgement), ("999", Acknowledgement)]
)
def test_the_published_samples_of_each_kind_are_read(samples: Path, folder: str, kind: type) -> None:
    connector = open_connector("x12_folder", base=samples / "x12", path=folder, recursive=True)
    memory = Memory(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))  # Files of any age have come to rest by then.
    documents = memory.take(connector.fetch(memory))

    assert documents
    kinds = {type(one) for document in documents for one in facts(connector.read(document))}
    assert kind in kinds
    assert [] == memory.take(connector.fetch(memory))
