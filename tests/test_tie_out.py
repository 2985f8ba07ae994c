"""What people do to our entries in QuickBooks is named by the tie-out: the document, the amount, and what happened."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hhs_sync import cli
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.plan.tie_out import TieOut
from hhs_sync.proof import tie_out_of
from hhs_sync.quickbooks.simulator.hand import hand_create, hand_delete, hand_edit
from tests.stage import Stage, small, stage

REALM = PRACTICES[0].realm


class Spoilt:
    """A practice after its first turn, and what people did then: one document for each control that they can break."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.broken: dict[int, str] = {}
        with stage.simulator.state.lock:
            self.company = stage.simulator.state.companies[REALM]
            self.write = stage.simulator.state.write()
            self._spoil()

    def _find(self, kind: str, fits: Any) -> dict[str, Any]:
        return next(fields for fields in self.company.tables[kind].values() if fits(fields))

    def _waiting(self, kind: str) -> dict[str, Any]:
        """A document whose money waits for its deposit."""
        held = {link["TxnId"] for one in self.company.tables["Deposit"].values() for line in one["Line"]
                for link in line.get("LinkedTxn", ())}  # fmt: skip
        return self._find(kind, lambda one: one["Id"] not in held and one["TotalAmt"] and not self._by_card(one))

    def _by_card(self, fields: dict[str, Any]) -> bool:
        account = self.company.tables["Account"][fields["DepositToAccountRef"]["value"]]
        return account.get("AcctNum", "").startswith("121")

    def _spoil(self) -> None:
        """Each edit is one that QuickBooks takes: nothing that a deposit or a payment holds."""
        unpaid = [one for one in self.company.tables["Invoice"].values() if one["Balance"] == one["TotalAmt"]]
        charged, moved = [one for one in unpaid if "Batch" in one["PrivateNote"]][:2]
        line = charged["Line"][0]
        detail = {**line["SalesItemLineDetail"], "UnitPrice": line["Amount"] + 1}
        self._edit(10, "Invoice", charged, Line=[{**line, "Amount": line["Amount"] + 1, "SalesItemLineDetail": detail}])
        other = next(one["CustomerRef"] for one in unpaid if one["CustomerRef"] != moved["CustomerRef"])
        self._edit(2, "Invoice", moved, CustomerRef={"value": other["value"]})
        fee = self._find("Purchase", lambda _: True)
        line = fee["Line"][0]
        self._edit(4, "Purchase", fee, Line=[{**line, "Amount": line["Amount"] + 1}])
        waiting = self._waiting("Payment")
        self.broken[3] = self._named("Payment", waiting)
        hand_delete(self.company, "Payment", waiting["Id"], self.write)
        bank = self._find("Account", lambda one: one.get("AcctNum") == "1000")
        income = self._find("Account", lambda one: one.get("AcctNum") == "4060")
        detail = {"AccountRef": {"value": income["Id"]}}
        body = {
            "DepositToAccountRef": {"value": bank["Id"]},
            "TxnDate": "2026-11-20",
            "Line": [{"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}],
        }
        self.broken[8] = f"Deposit {hand_create(self.company, 'Deposit', body, self.write)['Id']}"
        transfer = self._find("Transfer", lambda _: True)
        self.broken[13] = self._named("Transfer", transfer)
        hand_delete(self.company, "Transfer", transfer["Id"], self.write)

    def _edit(self, number: int, kind: str, fields: dict[str, Any], **edits: Any) -> None:
        self.broken[number] = self._named(kind, fields)
        hand_edit(self.company, kind, fields["Id"], edits, self.write)

    def _named(self, kind: str, fields: dict[str, Any]) -> str:
        mark = fields["PrivateNote"].rpartition("[")[2].rstrip("]")
        return f"{kind} {mark} of {fields['TxnDate']}"


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoilt]:
    with stage(tmp_path_factory.mktemp("spoilt"), [small()]) as made:
        made.turn()
        found = Spoilt(made)
        made.turn()
        yield found


@pytest.fixture(scope="module")
def told(spoilt: Spoilt) -> tuple[TieOut, dict[str, str]]:
    with spoilt.stage.desk() as desk:
        return tie_out_of(desk)


@pytest.mark.parametrize("number", [2, 3, 4, 8, 10, 13])
def test_what_a_person_did_is_named_with_its_document(
    spoilt: Spoilt, told: tuple[TieOut, dict[str, str]], number: int
) -> None:
    tied, names = told
    control = next(one for one in tied.controls if one.number == number)
    accounts = [item for one in tied.accounts for item in one.items]
    named = {names.get(item.about, item.about) for item in (*control.items, *accounts)}

    assert not control.holds
    assert any(name.startswith(spoilt.broken[number]) for name in named) or number == 2
    if number == 2:
        assert {1, -1} == {(item.amount > 0) - (item.amount < 0) for item in control.items}


def test_the_command_names_them_and_asks_for_a_person(
    spoilt: Spoilt, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del tmp_path
    monkeypatch.setattr("hhs_sync.office.present", spoilt.stage.clock.now)
    code = cli.run(["tie-out", "--config", str(spoilt.stage.config)])
    out = capsys.readouterr().out

    assert 3 == code
    assert "tied to the cent" not in out
    assert "Control 10: income and cost" in out
    assert spoilt.broken[13].split()[1] in out
    assert dt.date(2026, 11, 21).isoformat() in out
