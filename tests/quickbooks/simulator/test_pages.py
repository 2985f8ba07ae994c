"""The first page: what a person sees of the company, its calls and its faults."""

import re

import pytest
import requests

from hhs_sync.quickbooks.simulator import Fault, Seed
from hhs_sync.quickbooks.simulator.overview import thousands


def page(caller, path="/", **params):
    answer = requests.get(caller.sim.base_url + path, params=params, timeout=60)
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)), answer.text


def test_a_company_shows_its_chart_receivables_documents_calls_and_faults(caller):
    customer = caller.customer("ANTH")
    invoice = caller.sales("Invoice", customer, "1234.50", DocNumber="A-1", PrivateNote="our mark")
    caller.payment(customer, 1000, ("Invoice", invoice, 1000))
    caller.preferences("AccountingInfoPrefs", BookCloseDate="2025-12-31")
    caller.sim.state.faults.plan(Fault(what="server_error", on="query"), Fault(what="reset", on="batch", times=3))
    caller.sim.state.faults.seed(Seed(seed=7, rate=0, on="none"))
    caller.call("POST", "query", body="SELECT * FROM Item")

    status, text, _ = page(caller)

    assert status == 200
    for expected in (
        "Accounts Receivable (A/R) Accounts Receivable 234.50",
        "Undeposited Funds Other Current Asset 1,000.00",
        "Books closed: 2025-12-31",
        "ANTH 234.50 Total 234.50",
        "2026-11-03 Invoice A-1 ANTH 1,234.50 234.50 our mark",
        "create:Invoice 1",
        "planned: reset on batch, 3 more",
        "server_error struck query before it was executed",
        "by chance: seed 7",
    ):
        assert expected in text, expected


def test_an_empty_company_and_a_seeded_one_can_be_looked_at(simulate):
    assert "None yet." in page(simulate())[1]
    assert "Ann's Bird Haven" in page(simulate(seed_company=True))[1].replace("&#39;", "'")


def test_what_clients_sent_is_shown_and_not_run(caller):
    caller.customer("<script>alert(1)</script>")
    caller.sales("Invoice", {"Id": "1"}, 1, PrivateNote='"><img src=x>')

    _, _, source = page(caller)

    assert "<script>" not in source
    assert "<img" not in source
    assert "&lt;script&gt;" in source


def test_several_companies_are_shown_one_at_a_time(simulate):
    caller = simulate(realms=("1", "2"))
    caller.customer("Only in one")
    caller.sales("Invoice", {"Id": "1"}, 5)

    assert "Only in one" in page(caller)[1]
    assert "Only in one" not in page(caller, realm="2")[1]
    assert page(caller, realm="3")[0] == 404


def test_looking_counts_for_nothing(caller):
    before = caller.sim.state.calls.summary()
    page(caller)

    assert (caller.sim.state.calls.summary(), caller.sim.state.received) == (before, [])


def test_an_invoice_is_seen_under_its_link(caller):
    invoice = caller.sales("Invoice", caller.customer("ANTH"), 85, DocNumber="A-1")
    link = caller.call("GET", f"invoice/{invoice['Id']}", include="invoiceLink").json()["Invoice"]["InvoiceLink"]

    answer = requests.get(link, timeout=60)

    assert answer.status_code == 200
    assert "Invoice A-1 for ANTH" in answer.text
    assert page(caller, "/simulator/invoice", realm="1", id="1")[0] == 404


@pytest.mark.parametrize(("cents", "shown"), [(0, "0.00"), (123456789, "1,234,567.89"), (-5, "(0.05)")])
def test_amounts_are_written_for_people(cents, shown):
    assert thousands(cents) == shown
