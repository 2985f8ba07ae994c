"""Batches, and requestid with its disputed variants."""

import pytest

from tests.quickbooks.simulator.caller import payment, sales_form


@pytest.fixture
def customer(caller):
    return caller.customer("ANTH")


def create(customer, amount=10, **more):
    return {"operation": "create", "Invoice": sales_form(customer, amount, **more)}


def invoices(caller):
    return caller.query("SELECT count(*) FROM Invoice")["totalCount"]


def code(answer):
    return answer["Fault"]["Error"][0]["code"]


class TestBatch:
    def test_items_are_executed_in_turn_and_answered_under_their_ids(self, caller, customer):
        held = caller.sales("Invoice", customer, 5)
        key = {"Id": held["Id"], "SyncToken": "0"}

        made, changed, found, voided = caller.batch(
            create(customer),
            {"operation": "update", "Invoice": {**key, "sparse": True, "DocNumber": "B-1"}},
            {"Query": "SELECT * FROM Invoice WHERE DocNumber = 'B-1'"},
            {"operation": "void", "Invoice": {**key, "SyncToken": "1"}},
        )

        assert [one["bId"] for one in (made, changed, found, voided)] == ["b0", "b1", "b2", "b3"]
        assert (made["Invoice"]["TotalAmt"], changed["Invoice"]["DocNumber"]) == (10, "B-1")
        assert found["QueryResponse"]["Invoice"][0]["Id"] == held["Id"]
        assert voided["Invoice"]["TotalAmt"] == 0

    def test_a_bad_item_leaves_the_others_standing(self, caller, customer):
        good, bad, also = caller.batch(create(customer), create({"Id": "99"}), create(customer))

        assert ("Invoice" in good, code(bad), "Invoice" in also) == (True, "2500", True)
        assert bad["Fault"]["type"] == "ValidationFault"
        assert invoices(caller) == 2

    def test_an_item_cannot_use_what_the_same_batch_made(self, caller):
        _, second = caller.batch({"operation": "create", "Customer": {"DisplayName": "New"}}, create({"Id": "1"}))

        assert code(second) == "2500"
        assert caller.sales("Invoice", {"Id": "1"}, 1)["CustomerRef"]["name"] == "New"

    def test_deletes_and_voids_by_option(self, caller, customer):
        held = caller.payment(customer, 10)
        receipt = caller.sales("SalesReceipt", customer, 10)

        voided, deleted = caller.batch(
            {
                "operation": "update",
                "optionsData": "void",
                "Payment": {"Id": held["Id"], "SyncToken": "0", "sparse": True},
            },
            {"operation": "delete", "SalesReceipt": {"Id": receipt["Id"], "SyncToken": "0"}},
        )

        assert voided["Payment"]["TotalAmt"] == 0
        assert deleted["SalesReceipt"] == {"domain": "QBO", "status": "Deleted", "Id": receipt["Id"]}

    def test_duplicate_numbers_can_be_allowed_for_one_item(self, caller, customer):
        twice = caller.batch(
            create(customer, DocNumber="D"), {**create(customer, DocNumber="D"), "optionsData": "allowduplicatedocnum"}
        )

        assert all("Invoice" in one for one in twice)

    def test_thirty_is_the_most(self, caller, customer):
        assert len(caller.batch(*[create(customer)] * 30)) == 30
        answer = caller.call("POST", "batch", body={"BatchItemRequest": [create(customer)] * 31})

        assert (answer.status_code, code(answer.json())) == (400, "1040")
        assert invoices(caller) == 30

    @pytest.mark.parametrize(
        ("item", "refused"),
        [({"operation": "create"}, "2020"), ({"operation": "bless", "Invoice": {}}, "2170"), ({"Query": "x"}, "4000")],
    )
    def test_an_item_that_makes_no_sense_is_refused_alone(self, caller, item, refused):
        assert code(caller.batch(item)[0]) == refused

    def test_an_empty_batch_is_refused(self, caller):
        assert code(caller.call("POST", "batch", body={"BatchItemRequest": []}).json()) == "2020"

    def test_python_quickbooks_gets_successes_and_faults(self, caller, connect, customer):
        from quickbooks.batch import batch_create
        from quickbooks.objects import Customer

        people = []
        for name in ("One", "ANTH", "Two"):
            person = Customer()
            person.DisplayName = name
            people.append(person)

        result = batch_create(people, qb=connect(caller.sim))

        assert [one.DisplayName for one in result.successes] == ["One", "Two"]
        assert [fault.Error[0].code for fault in result.faults] == ["6240"]


class TestReplay:
    def test_a_repeated_id_gets_the_first_answer_and_no_second_execution(self, caller, customer):
        first = caller.save("Invoice", sales_form(customer, 10), requestid="r-1")
        again = caller.save("Invoice", sales_form(customer, 99), requestid="r-1")
        other = caller.save("Invoice", sales_form(customer, 10), requestid="r-2")

        assert (again, other["Id"] != first["Id"], invoices(caller)) == (first, True, 2)

    def test_updates_voids_and_deletes_are_remembered_too(self, caller, customer):
        held = caller.sales("Invoice", customer, 10)
        key = {"Id": held["Id"], "SyncToken": "0"}

        changed = [caller.save("Invoice", {**key, "sparse": True, "DocNumber": "A"}, requestid="u") for _ in "ab"]
        voided = [caller.save("Invoice", {**key, "SyncToken": "1"}, operation="void", requestid="v") for _ in "ab"]
        deleted = [
            caller.call("POST", "invoice", body={**key, "SyncToken": "2"}, operation="delete", requestid="d").json()
            for _ in "ab"
        ]

        assert (changed[0], voided[0]) == (changed[1], voided[1])
        assert (
            deleted[0]["Invoice"] == deleted[1]["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": held["Id"]}
        )

    def test_in_a_batch_each_item_is_remembered_under_both_ids_joined(self, caller, customer):
        first = caller.batch(create(customer), create(customer), requestid="w-1")
        again = caller.batch(create(customer), create(customer), create(customer), requestid="w-1")

        assert (again[:2], invoices(caller)) == (first, 3)

    def test_both_ids_together_are_fifty_characters_at_most(self, caller, customer):
        fits = {**create(customer), "bId": "b" * 10}
        fails = {**create(customer), "bId": "b" * 11}

        good, bad = caller.batch(fits, fails, requestid="r" * 40)

        assert ("Invoice" in good, code(bad)) == (True, "6000")
        assert "more than 50 characters in the request_id" in bad["Fault"]["Error"][0]["Detail"]
        assert caller.fault("Invoice", sales_form(customer, 1), requestid="r" * 51)[0] == "6000"

    def test_a_refused_request_is_executed_anew(self, caller, customer):
        assert caller.fault("Invoice", sales_form({"Id": "2"}, 10), requestid="r-1")[0] == "2500"
        caller.customer("B")

        assert caller.save("Invoice", sales_form({"Id": "2"}, 10), requestid="r-1")["TotalAmt"] == 10

    def test_or_refused_again_by_a_switch(self, simulate):
        caller = simulate(replay_refusals=True)
        caller.customer("A")
        assert caller.fault("Invoice", sales_form({"Id": "2"}, 10), requestid="r-1")[0] == "2500"
        caller.customer("B")

        assert caller.fault("Invoice", sales_form({"Id": "2"}, 10), requestid="r-1")[0] == "2500"
        refused = caller.batch(create({"Id": "77"}), requestid="q")
        assert caller.batch(create({"Id": "77"}), requestid="q") == refused

    def test_an_ignored_id_executes_twice(self, simulate):
        caller = simulate(request_ids="ignored")
        customer = caller.customer("A")

        ids = {caller.save("Invoice", sales_form(customer, 10), requestid="r-1")["Id"] for _ in "ab"}

        assert len(ids) == 2

    def test_a_repeated_id_may_be_refused(self, simulate):
        caller = simulate(request_ids="error")
        customer = caller.customer("A")
        caller.save("Payment", payment(customer, 10), requestid="r-1")

        assert caller.fault("Payment", payment(customer, 10), requestid="r-1")[0] == "600"

    def test_ids_of_one_company_mean_nothing_to_another(self, simulate):
        from tests.quickbooks.simulator.caller import Caller

        first = simulate(realms=("1", "2"))
        second = Caller(first.sim, "2")

        made = [
            one.save("Customer", {"DisplayName": name}, requestid="r") for one, name in ((first, "A"), (second, "B"))
        ]

        assert [one["DisplayName"] for one in made] == ["A", "B"]
