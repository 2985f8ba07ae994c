"""Change data: what changed since a moment, thirty days back, a thousand objects, stubs for what is gone."""

import pytest

DAY = 86400


def changed(caller, entities, since, **more):
    answer = caller.call("GET", "cdc", entities=entities, changedSince=since, **more).json()
    assert "CDCResponse" in answer, answer
    return answer["CDCResponse"][0]["QueryResponse"]


def stamp(clock):
    return clock.now().isoformat()


def test_what_changed_comes_by_kind_in_the_order_asked(caller, clock):
    old = caller.customer("Old")
    clock.advance(60)
    since = stamp(clock)
    new = caller.customer("New")
    invoice = caller.sales("Invoice", old, 10)

    invoices, payments, customers = changed(caller, "Invoice,Payment,Customer", since)

    assert [row["Id"] for row in invoices["Invoice"]] == [invoice["Id"]]
    assert payments == {}
    assert ([row["Id"] for row in customers["Customer"]], customers["maxResults"]) == ([new["Id"]], 1)


def test_an_invoice_that_was_paid_and_a_list_member_made_inactive_have_changed(caller, clock):
    customer = caller.customer("A")
    invoice = caller.sales("Invoice", customer, 10)
    other = caller.customer("B")
    clock.advance(60)
    since = stamp(clock)
    caller.payment(customer, 10, ("Invoice", invoice, 10))
    caller.save("Customer", {**other, "Active": False})

    invoices, customers = changed(caller, "invoice,customer", since)

    assert invoices["Invoice"][0]["Balance"] == 0
    assert customers["Customer"][0]["Active"] is False


def test_what_was_deleted_is_a_stub(caller, clock):
    invoice = caller.sales("Invoice", caller.customer("A"), 10)
    since = stamp(clock)
    caller.delete("Invoice", invoice)

    (invoices,) = changed(caller, "Invoice", since)

    assert invoices["Invoice"] == [
        {
            "domain": "QBO",
            "status": "Deleted",
            "Id": invoice["Id"],
            "MetaData": {"LastUpdatedTime": "2026-11-21T09:00:00-08:00"},
        }
    ]


def test_a_moment_without_its_offset_is_pacific(caller, clock):
    caller.customer("A")

    assert changed(caller, "Customer", "2026-11-21T09:00:00")[0]["maxResults"] == 1
    assert changed(caller, "Customer", "2026-11-21T09:00:01") == [{}]


def test_the_library_reads_it_and_takes_a_deleted_invoice_for_one_without_balance(caller, connect, clock):
    """This is the trap the fact sheet warns of: only `status` tells."""
    from quickbooks.cdc import change_data_capture
    from quickbooks.objects import Customer, Invoice

    customer = caller.customer("A")
    since = stamp(clock)
    caller.delete("Invoice", caller.sales("Invoice", customer, 10))

    found = change_data_capture([Invoice, Customer], since, qb=connect(caller.sim))

    assert [(one.status, one.Balance) for one in found.Invoice] == [("Deleted", 0)]
    assert not hasattr(found, "Customer") or len(found.Customer) == 1


def test_a_window_of_more_than_thirty_days_is_refused(caller, clock):
    caller.customer("A")
    since = stamp(clock)
    clock.advance(30 * DAY)
    caller.refresh()
    assert changed(caller, "Customer", since)[0]["maxResults"] == 1
    clock.advance(1)

    answer = caller.call("GET", "cdc", entities="Customer", changedSince=since)

    assert answer.status_code == 400


def test_an_answer_holds_the_latest_thousand_objects(caller, clock):
    customer = caller.customer("A")
    since = stamp(clock)
    names = [f"C{place}" for place in range(1010)]
    for start in range(0, len(names), 30):
        clock.advance(1)
        part = names[start : start + 30]
        caller.batch(*[{"operation": "create", "Customer": {"DisplayName": name}} for name in part])
    caller.refresh()
    clock.advance(1)
    invoice = caller.sales("Invoice", customer, 10)

    invoices, customers = changed(caller, "Invoice,Customer", since)

    assert [row["Id"] for row in invoices["Invoice"]] == [invoice["Id"]]
    assert len(customers["Customer"]) == 999
    assert customers["Customer"][-1]["DisplayName"] == "C1009"


@pytest.mark.parametrize(
    ("entities", "since"), [("", "2026-11-21"), ("Customer", ""), ("Unicorn", "2026-11-21"), ("Customer", "soon")]
)
def test_a_question_that_makes_no_sense_is_refused(caller, entities, since):
    assert caller.call("GET", "cdc", entities=entities, changedSince=since).status_code == 400
