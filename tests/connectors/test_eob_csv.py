"""Typed-in explanations of benefits become remittances by the same equations as an 835."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from msgspec import structs

from connectors.eob_csv import COLUMNS, EobCsv
from hhs_sync.facts.remittance import (
    Adjustment,
    ClaimPayment,
    Imbalance,
    ProviderAdjustment,
    Remittance,
    ServiceLine,
)
from tests.connectors.known import CASES, facts, problems, read

HEADING = (
    "EOB ID,Payer,Payer ID,Payee ID,Payment Date,Payment Method,Trace Number,Payment Amount,Kind,Claim Number,"
    "Claim Status,Payer Claim Number,Client,Member ID,Service Date,Service Code,Modifiers,Units,Charge,Paid,Allowed,"
    "Adjustments,Remarks,Reference\n"
)


def remittance(content: str | bytes) -> Remittance:
    (found,) = facts(read("eob_csv", content))
    assert isinstance(found, Remittance)
    return found


def test_a_paper_eob_reads_like_the_835_it_stands_for() -> None:
    found = remittance((CASES / "eob.csv").read_bytes())

    assert found.balances
    assert found.complete
    assert (
        "remittance/src/E-1", "HPHC", 6128, "CHK", dt.date(2026, 12, 18), "100234",
    ) == (
        found.key, found.payer_name, found.amount_paid, found.payment_method, found.payment_date, found.eft_trace,
    )  # fmt: skip
    assert (("043",), ("1234567893",), "043") == (found.payer_ids, found.payee_ids, found.payer_trace_id)
    assert (
        ClaimPayment(
            claim_number="K13-1",
            claim_status="1",
            amount_charged=15000,
            amount_paid=6000,
            amount_patient=1000,
            payer_claim_number="ICN9",
            client_name="A. Client",
            member_id="M1",
            date_first=dt.date(2026, 12, 1),
            date_last=dt.date(2026, 12, 1),
            lines=(
                ServiceLine(
                    service_code="90837",
                    modifiers=("95",),
                    date_first=dt.date(2026, 12, 1),
                    date_last=dt.date(2026, 12, 1),
                    amount_charged=15000,
                    amount_paid=6000,
                    amount_allowed=7000,
                    adjustments=(Adjustment("CO", "45", 8000), Adjustment("PR", "3", 1000)),
                    remark_codes=("N130",),
                    segment=2,
                ),
            ),
            segment=2,
        ),
    ) == found.claim_payments
    assert (
        ProviderAdjustment(reason_code="L6", reference="late payment", amount=-128, segment=3),
    ) == found.provider_adjustments


def row(**cells: str) -> str:
    names = [name.strip() for name in HEADING.split(",")]
    given = {
        "EOB ID": "E-1", "Payer": "HPHC", "Payment Date": "2026-12-18", "Trace Number": "1", "Payment Amount": "60.00",
        "Claim Number": "K1", "Charge": "150.00", "Paid": "60.00", "Adjustments": "CO-45 80.00; PR-3 10.00",
    } | {name.replace("_", " "): value for name, value in cells.items()}  # fmt: skip
    assert given.keys() <= set(names)
    return ",".join(f'"{given.get(name, "")}"' for name in names) + "\n"


def test_several_claims_and_lines_are_told_apart_by_claim_number_and_status() -> None:
    content = (
        HEADING
        + row(
            Payment_Amount="75.00",
            Claim_Status="22",
            Charge="-150.00",
            Paid="-60.00",
            Adjustments="CO-45 -80.00; PR3 -10.00",
        )
        + row(Payment_Amount="", Charge="100.00", Paid="50.00", Adjustments="CO 45: 50.00")
        + row(Payment_Amount="", Charge="50.00", Paid="25.00", Adjustments="CO-45 25.00")
        + row(Payment_Amount="", Claim_Number="K2", Charge="100.00", Paid="60.00", Adjustments="CO-45 40.00")
    )

    found = remittance(content)

    assert found.balances
    assert [("K1", "22", -6000, 1), ("K1", "1", 7500, 2), ("K2", "1", 6000, 1)] == [
        (one.claim_number, one.claim_status, one.amount_paid, len(one.lines)) for one in found.claim_payments
    ]
    assert found.claim_payments[0].is_reversal


def test_a_claim_may_be_told_as_a_whole_with_or_without_its_lines() -> None:
    alone = remittance(HEADING + row(Kind="claim"))
    beside = remittance(
        HEADING
        + row(Kind="claim", Adjustments="PR-1 10.00")
        + row(Charge="150.00", Paid="70.00", Adjustments="CO-45 80.00")
    )

    assert (15000, 6000, ()) == (
        alone.claim_payments[0].amount_charged,
        alone.claim_payments[0].amount_paid,
        alone.claim_payments[0].lines,
    )
    assert alone.balances
    assert (Adjustment("PR", "1", 1000),) == beside.claim_payments[0].adjustments
    assert beside.balances


def test_a_sum_that_does_not_come_out_is_told_as_in_an_835() -> None:
    found = remittance(HEADING + row(Adjustments="CO-45 85.00; PR-3 10.00", Payment_Amount="61.00"))

    assert (
        Imbalance(level="line", segment=2, difference=500),
        Imbalance(level="claim", segment=2, difference=500),
        Imbalance(level="payment", segment=2, difference=100),
    ) == found.imbalances


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"Charge": ""}, "no charge or no paid amount that can be read"),
        ({"Paid": "sixty"}, "no charge or no paid amount that can be read"),
        ({"Adjustments": "CO45"}, 'adjustments that can\'t be read; write "CO-45 40.00; PR-3 25.00"'),
        ({"Adjustments": "XX-45 1.00"}, 'adjustments that can\'t be read; write "CO-45 40.00; PR-3 25.00"'),
        ({"Kind": "page"}, "a kind of row that is not known; there are: line, claim, provider"),
        ({"Kind": "provider"}, "a provider row needs its amount in Paid and its code in Reference"),
        ({"Service Date": "once"}, "no service date that can be read"),
    ],
)
def test_an_eob_with_a_row_that_can_not_be_read_is_incomplete_and_so_never_posted(
    cells: dict[str, str], problem: str
) -> None:
    reading = read("eob_csv", HEADING + row() + row(**cells))

    (found,) = facts(reading)
    assert isinstance(found, Remittance)
    assert not found.complete
    assert [("line 3", problem)] == problems(reading)


def test_a_second_row_for_a_claim_as_a_whole_is_refused() -> None:
    reading = read("eob_csv", HEADING + row(Kind="claim") + row(Kind="claim"))

    assert [("line 3", "a second row of kind claim for the same claim")] == problems(reading)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Payment Amount": "60.00"}, {"Payment Amount": "61.00"}),
        ({"Payment Amount": ""}, {"Payment Amount": ""}),
        ({"Payment Date": "2026-12-18"}, {"Payment Date": "2026-12-19"}),
        ({"Payer": ""}, {"Payer": ""}),
    ],
)
def test_an_eob_of_which_the_payment_is_not_known_is_told_and_not_made(
    first: dict[str, str], second: dict[str, str]
) -> None:
    reading = read("eob_csv", HEADING + row(**first) + row(**second))

    assert () == reading.facts
    assert ["line 2"] == [place for place, _ in problems(reading)]


def test_the_content_digest_follows_what_is_told_and_nothing_else() -> None:
    digest = remittance(HEADING + row()).content_digest

    assert digest == remittance("Typed by hand\n\n" + HEADING + row()).content_digest
    assert digest != remittance(HEADING + row(Remarks="N130")).content_digest


def test_a_row_without_an_eob_id_is_told() -> None:
    assert [("line 2", "no EOB ID")] == problems(read("eob_csv", HEADING + row(**{"EOB ID": ""})))


def as_workbook(text: str) -> bytes:
    """The same form as Excel keeps it: amounts as numbers, dates as dates, everything else as text."""
    book = openpyxl.Workbook()
    heading, *typed = csv.reader(io.StringIO(text))
    book.active.append(heading)
    numbers, days = {"Payment Amount", "Charge", "Paid", "Allowed"}, {"Payment Date", "Service Date"}
    for row in typed:
        book.active.append(
            [
                cell and (float(cell) if name in numbers else dt.date.fromisoformat(cell) if name in days else cell)
                for name, cell in zip(heading, row, strict=True)
            ]
        )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_form_as_a_workbook_tells_what_it_tells_as_csv() -> None:
    text = (CASES / "eob.csv").read_text()
    as_csv, as_xlsx = read("eob_csv", text), read("eob_csv", as_workbook(text), name="eob.xlsx")

    assert problems(as_csv) == problems(as_xlsx) == []
    assert [structs.replace(one, content_digest="") for one in facts(as_csv)] == [
        structs.replace(one, content_digest="") for one in facts(as_xlsx)
    ]


def test_a_workbook_that_does_not_add_up_is_told_with_place_and_difference() -> None:
    found = remittance(as_workbook(HEADING + row(Paid="60.01")))

    assert [("line", 2, 1), ("claim", 2, 1), ("payment", 2, -1)] == [
        (one.level, one.segment, one.difference) for one in found.imbalances
    ]


def test_a_trace_number_of_which_excel_kept_fifteen_digits_is_told_and_never_posted() -> None:
    reading = read("eob_csv", HEADING + row(**{"Trace Number": "1.23456789012346E+17"}))

    assert [("line 2", "Excel has cut off digits of Trace Number: make the cell a text and type the number again")] == (
        problems(reading)
    )
    assert not facts(reading)[0].complete


def test_the_empty_form_has_every_column_and_tells_nothing() -> None:
    form = EobCsv.empty_form()

    assert [] == facts(read("eob_csv", form)) + problems(read("eob_csv", form))
    book = openpyxl.load_workbook(io.BytesIO(form))
    assert [column.headings[0] for column in COLUMNS] == [cell.value for cell in book["EOB"][1]]
    explained = {row[0] for row in book["How to fill it in"].iter_rows(min_row=2, values_only=True)}
    assert {column.headings[0] for column in COLUMNS} <= explained


def test_the_empty_form_can_be_filled_in_with_its_own_examples() -> None:
    book = openpyxl.load_workbook(io.BytesIO(EobCsv.empty_form()))
    told = {name: example for name, _, example in book["How to fill it in"].iter_rows(min_row=2, values_only=True)}
    line = {name: example or "" for name, example in told.items() if name and name != "Reference"}
    provider = {
        "EOB ID": told["EOB ID"], "Kind": "provider", "Paid": "-1.28", "Reference": told["Reference"],
    }  # fmt: skip
    for number, cells in enumerate((line, provider), 2):
        for place, column in enumerate(COLUMNS, 1):
            book["EOB"].cell(number, place, cells.get(column.headings[0], ""))
    file = io.BytesIO()
    book.save(file)
    found = remittance(file.getvalue())

    assert found.complete
    assert found.balances
    assert 6128 == found.amount_paid
