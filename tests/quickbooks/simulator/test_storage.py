"""A company in a file: another program that opens it finds everything, and the books again."""

from hhs_sync.quickbooks.simulator import Simulator, SimulatorSettings, running_simulator
from tests.quickbooks.simulator.caller import Caller, linked_line, payment, sales_form


def opened(path, clock, **chosen):
    return running_simulator(SimulatorSettings(state_file=path, **chosen), clock=clock)


def test_everything_is_there_when_the_file_is_opened_again(tmp_path, clock):
    path = tmp_path / "state.sqlite"
    with opened(path, clock, refresh_tokens="single-use") as sim:
        caller = Caller(sim)
        bank = caller.account("Checking", "Checking")
        customer = caller.customer("ANTH")
        invoice = caller.sales("Invoice", customer, 150, DocNumber="A1")
        caller.sales("CreditMemo", customer, 40)
        paid = caller.payment(customer, 100, ("Invoice", invoice, 100))
        body = {"DepositToAccountRef": {"value": bank["Id"]}, "Line": [linked_line("Payment", paid, 100)]}
        caller.save("Deposit", body)
        gone = caller.sales("Invoice", customer, 1)
        caller.delete("Invoice", gone)
        repeated = caller.save("Invoice", sales_form(customer, 7), requestid="r-1")
        note = caller.save("Attachable", {"Note": "kept"})
        before = caller.trial_balance(), caller.read("Customer", customer["Id"])
        token, refresh_token = caller.token, caller.refresh_token

    with opened(path, clock) as sim:
        caller = Caller(sim)
        caller.token, caller.refresh_token = token, refresh_token

        assert (caller.trial_balance(), caller.read("Customer", customer["Id"])) == before
        assert caller.read("Invoice", invoice["Id"])["Balance"] == 50
        assert caller.save("Invoice", sales_form(customer, 7), requestid="r-1") == repeated
        assert caller.fault("Invoice", sales_form(customer, 1, DocNumber="A1"))[0] == "6140"
        assert caller.fault("Payment", {**paid, "PrivateNote": "x"})[0] == "6540"
        assert caller.fault("Payment", payment(customer, 60, ("Invoice", invoice, 60)))[0] == "6000"
        assert caller.read("Attachable", note["Id"])["Note"] == "kept"
        (changed,) = caller.call("GET", "cdc", entities="Invoice", changedSince="2026-11-21").json()["CDCResponse"]
        assert {row["Id"]: row.get("status") for row in changed["QueryResponse"][0]["Invoice"]} == {
            invoice["Id"]: None,
            repeated["Id"]: None,
            gone["Id"]: "Deleted",
        }
        assert int(caller.sales("Invoice", customer, 1)["Id"]) > int(repeated["Id"])
        assert caller.refresh().status_code == 200


def test_files_and_other_companies_are_kept(tmp_path, clock, connect):
    from quickbooks.objects.attachable import Attachable

    path = tmp_path / "state.sqlite"
    with opened(path, clock, realms=("1", "2")) as sim:
        Caller(sim, "2").customer("Second")
        upload = Attachable()
        upload.FileName, upload.ContentType, upload._FileBytes = "a.txt", "text/plain", b"bytes"
        made = upload.save(qb=connect(sim))

    with opened(path, clock, realms=("1", "2", "3")) as sim:
        caller = Caller(sim)
        address = caller.call("GET", f"download/{made.Id}").text

        assert Caller(sim, "2").found("Customer")["Customer"][0]["DisplayName"] == "Second"
        assert list(sim.state.companies) == ["1", "2", "3"]
        assert (
            caller.session.get(address.replace(address.split("/simulator")[0], sim.base_url), timeout=60).content
            == b"bytes"
        )


def test_a_seeded_company_has_the_same_books_from_the_file(tmp_path, clock):
    settings = SimulatorSettings(state_file=tmp_path / "state.sqlite", seed_company=True)
    first = Simulator(settings, clock)
    balances = dict(first.companies[settings.realms[0]].ledger.balances)
    first.close()

    second = Simulator(settings, clock)
    found = second.companies[settings.realms[0]]
    second.close()

    assert {account: cents for account, cents in found.ledger.balances.items() if cents} == {
        account: cents for account, cents in balances.items() if cents
    }
    assert len(found.tables["Invoice"]) == 30


def test_a_persons_hand_is_kept_too(tmp_path, clock):
    import requests

    path = tmp_path / "state.sqlite"
    with opened(path, clock) as sim:
        caller = Caller(sim)
        invoice = caller.sales("Invoice", caller.customer("A"), 1)
        asked = {"kind": "Invoice", "id": invoice["Id"], "set": {"PrivateNote": "by hand"}}
        requests.post(f"{sim.base_url}/simulator/hand", json=asked, timeout=60)

    with opened(path, clock) as sim:
        assert Caller(sim).read("Invoice", invoice["Id"])["PrivateNote"] == "by hand"
