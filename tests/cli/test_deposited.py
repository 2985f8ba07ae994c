"""A fact changes about money that lies in a deposit: what the bookkeeper is asked, and what the answer does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hhs_sync import cli
from tests.cli.test_working import Shell
from tests.stage import small, stage

CHECK = "P000079,Payment,2026-10-02,H4121,20.00,Check,70001,"
"""A check of 20.00; the bank shows it on October 6."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """All is in QuickBooks."""
    with stage(tmp_path, [small()]) as made:
        shell = Shell(made, capsys)
        shell("sync")
        yield shell


def tell(shell: Shell, row: str) -> None:
    """The practice system's next export tells the check otherwise."""
    export = shell.stage.folder / "inbox" / "harbor" / "payments" / "payments-2026-10.csv"
    export.with_name("payments-2026-10-again.csv").write_text(export.read_text().replace(CHECK, row))
    shell.stage.clock.advance(3600)
    shell("sync")


def asked(shell: Shell) -> dict[str, str]:
    """What is asked about QuickBooks, by code: its id."""
    return {one["code"]: one["id"] for one in shell.json("exceptions", "--all") if one["code"][:3] in ("SRC", "QBO")}


def in_quickbooks(shell: Shell) -> list[tuple[str, str, int]]:
    """The deposit that took the check to the bank, and what it links: kind, day, total."""
    held = {one["Id"]: one for one in shell.stage.documents() if one["kind"] in ("Payment", "SalesReceipt")}
    (deposit,) = [one for one in shell.stage.documents() if one["kind"] == "Deposit" and one["TxnDate"] == "2026-10-06"]
    linked = [held[link["TxnId"]] for line in deposit["Line"] for link in line.get("LinkedTxn", ())]
    return [(one["kind"], one["TxnDate"], one["TotalAmt"]) for one in (deposit, *linked)]


def test_another_day_of_a_check_in_the_bank_is_asked_about_and_written_when_ours_is_to_stand(shell: Shell) -> None:
    before = in_quickbooks(shell)
    tell(shell, CHECK.replace("2026-10-02", "2026-09-30"))
    number = asked(shell)["SRC-03"]
    shown = shell("exceptions", "show", number)[1]
    untouched = in_quickbooks(shell)

    decided = shell("exceptions", "resolve", number, "--restore-edit", "--by", "ada", "--yes")
    shell("sync")
    let_go = in_quickbooks(shell)
    shell("sync")

    assert "A sales receipt of 20.00 should be dated 2026-09-30, but a deposit holds it." in shown
    assert "--restore-edit" in shown
    assert "--approve-plan" not in shown
    assert [("Deposit", "2026-10-06", 20), ("SalesReceipt", "2026-10-04", 20)] == before == untouched
    assert 0 == decided[0]
    assert [("Deposit", "2026-10-06", 20)] == let_go
    assert [("Deposit", "2026-10-06", 20), ("SalesReceipt", "2026-09-30", 20)] == in_quickbooks(shell)
    assert {} == asked(shell)
    assert 0 == shell("tie-out")[0]


def test_another_amount_of_a_check_in_the_bank_frees_it_from_its_deposit_without_a_question(shell: Shell) -> None:
    """The bank's 20.00 are not its any more; QuickBooks refuses the change (6540) until the deposit is changed."""
    tell(shell, CHECK.replace("20.00", "25.00"))

    assert [("Deposit", "2026-10-06", 20)] == in_quickbooks(shell)
    assert 25 in [one["TotalAmt"] for one in shell.stage.documents() if one["kind"] == "SalesReceipt"]
    assert {} == asked(shell)
    assert cli.DONE == shell("tie-out")[0]
