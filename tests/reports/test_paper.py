"""The PDF: that it compiles, is tagged, bears its moment and is the same each time; and what stands in it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess

import pytest

from hhs_sync.reports import REPORTS
from hhs_sync.reports.exceptions import exceptions_page
from tests.reports.made import busy, idle, written


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_a_tagged_pdf_with_a_title_and_the_moment(name) -> None:
    for records in ([busy()], [idle()], [busy(), busy("Birch Hollow", "birch")]):
        content = written(name, "pdf", *records)

        assert content.startswith(b"%PDF-1.7")
        assert b"/StructTreeRoot" in content
        assert b"/Marked true" in content
        assert b"/Lang(en)" in content
        assert b"CreationDate(D:20251124061000" in content
        assert re.search(rb"/Count [1-9]", content)


def test_only_fonts_of_its_own_are_used() -> None:
    fonts = {
        name.split(b"+")[1] for name in re.findall(rb"/BaseFont/([A-Za-z+-]+)", written("exceptions", "pdf", busy()))
    }

    assert fonts
    assert all(name.startswith((b"Libertinus", b"NewCM", b"DejaVu")) for name in fonts)


def test_the_same_data_and_moment_make_the_same_bytes_and_another_moment_others() -> None:
    later = dt.datetime(2025, 11, 25, 6, 10, tzinfo=dt.UTC)

    assert written("exceptions", "pdf", busy()) == written("exceptions", "pdf", busy())
    assert written("exceptions", "pdf", busy()) != written("exceptions", "pdf", busy(), made_at=later)


def test_a_second_reader_finds_every_sentence_amount_and_part_and_no_client() -> None:
    page = exceptions_page([busy()])
    told = text_of(written("exceptions", "pdf", busy()))
    lines = [line for section in page.sections for line in section.lines]

    assert [] == [one.finding.says for one in lines if squeezed(one.finding.says) not in squeezed(told)]
    assert [] == [one.amount for one in lines if one.amount not in told]
    assert [] == [one.finding.short_id for one in lines if one.finding.short_id not in told]
    for heading in ("By payer and age", "By clinician and age", "Cleared in the last week", "Control totals"):
        assert heading in told
    assert page.amount in told
    assert [] == [name for name in ("Jane", "Doe", "John", "Roe", "Ann Poe") if name in told]


def test_nothing_that_a_source_says_is_read_as_markup() -> None:
    assert squeezed("<script>alert(1)</script>") in squeezed(text_of(written("exceptions", "pdf", busy())))


def text_of(content: bytes) -> str:
    """The texts of a PDF as poppler, a program that is not ours, reads them."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    return subprocess.run(
        [reader, "-raw", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()  # fmt: skip


def squeezed(text: str) -> str:
    """Without spaces and line ends: where a line breaks is the paper's business."""
    return "".join(text.split()).replace("“", '"').replace("”", '"').replace("’", "'")
