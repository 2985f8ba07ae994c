"""Ten thousand documents through batches of thirty: the simulator must not be what a backfill waits for."""

import time

import msgspec
import pytest

from hhs_sync.quickbooks.simulator import Simulator, SimulatorSettings
from hhs_sync.quickbooks.simulator.calls import Call
from tests.quickbooks.simulator.caller import linked_line, payment, sales_form

CPU_SECONDS_MAX = 30


class InProcess:
    """Calls without a wire, so that only the simulator's own work is measured."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.realm = simulator.settings.realms[0]
        form = b"grant_type=refresh_token&refresh_token=sim-refresh-token&client_id=sim-client-id&client_secret="
        answer = self.call("POST", "/oauth2/v1/tokens/bearer", form + b"sim-client-secret")
        self.token = answer["access_token"]

    def call(self, method, path, body=b"", **query):
        headers = {"authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        reply = self.simulator.handle(Call(method, path, path, query, headers, body, "http://sim"))
        assert reply.status == 200, reply.body[:300]
        return msgspec.json.decode(reply.body)

    def create(self, kind, bodies, wave):
        """All of them in batches of thirty, each with a requestid; what was made, in order."""
        made = []
        for start in range(0, len(bodies), 30):
            part = bodies[start : start + 30]
            items = [{"bId": str(place), "operation": "create", kind: one} for place, one in enumerate(part)]
            body = msgspec.json.encode({"BatchItemRequest": items})
            path = f"/v3/company/{self.realm}/batch"
            answers = self.call("POST", path, body, requestid=f"{wave}-{start}")["BatchItemResponse"]
            made += [one[kind] for one in answers]
        return made


@pytest.mark.parametrize(("in_a_file", "chains"), [(False, 2000), (True, 300)])
def test_thousands_of_documents_take_seconds(tmp_path, in_a_file, chains):
    path = tmp_path / "state.sqlite" if in_a_file else None
    simulator = Simulator(SimulatorSettings(state_file=path))
    begun = time.process_time()
    company = InProcess(simulator)
    bank = company.call(
        "POST", f"/v3/company/{company.realm}/account", b'{"Name": "Bank", "AccountSubType": "Checking"}'
    )["Account"]
    names = [{"DisplayName": f"C{place}"} for place in range(100)]
    customers = company.create("Customer", names, "customers")
    whose = [customers[place % 100] for place in range(chains)]
    day = {"TxnDate": "2026-11-03"}
    invoices = company.create(
        "Invoice", [sales_form(one, 150, DocNumber=f"I{place}") for place, one in enumerate(whose)], "i"
    )
    credits_ = company.create(
        "CreditMemo", [sales_form(one, 65, DocNumber=f"C{place}") for place, one in enumerate(whose)], "c"
    )
    links = zip(whose, invoices, credits_, strict=True)
    payments = company.create(
        "Payment",
        [payment(one, 85, ("Invoice", invoice, 150), ("CreditMemo", memo, 65)) for one, invoice, memo in links],
        "p",
    )
    into = {"DepositToAccountRef": {"value": bank["Id"]}, **day}
    company.create("Deposit", [{**into, "Line": [linked_line("Payment", one, 85)]} for one in payments], "d")
    moved = {"FromAccountRef": {"value": bank["Id"]}, "ToAccountRef": {"value": "2"}, "Amount": 1, **day}
    company.create("Transfer", [moved] * chains, "t")
    statement = b"SELECT * FROM Invoice WHERE CustomerRef = '5' AND TxnDate = '2026-11-03'"
    for _ in range(100):
        company.call("POST", f"/v3/company/{company.realm}/query", statement)
    report = company.call("GET", f"/v3/company/{company.realm}/reports/TrialBalance", date_macro="All")
    taken = time.process_time() - begun

    simulator.close()
    amounts = [[cell["value"] for cell in row["ColData"]] for row in report["Rows"]["Row"] if "ColData" in row]
    assert amounts == [
        ["Bank", f"{84 * chains}.00", ""],
        ["Undeposited Funds", f"{chains}.00", ""],
        ["Services", "", f"{85 * chains}.00"],
    ]
    assert taken < CPU_SECONDS_MAX
    print(f"{5 * chains} documents in {taken:.1f} s of CPU{' into a file' if in_a_file else ''}")  # noqa: T201
