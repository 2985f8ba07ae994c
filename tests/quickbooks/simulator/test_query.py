"""The query language, as clients write it."""

import pytest


@pytest.fixture
def people(caller):
    for name in ("Alpha", "Beta", "O'Brien\\", "Gamma 100%"):
        caller.customer(name)
    return caller


def names(caller, statement):
    return [row["DisplayName"] for row in caller.query(statement).get("Customer", [])]


def fault(caller, statement):
    answer = caller.call("POST", "query", body=statement).json()
    return answer["Fault"]["Error"][0]["code"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DisplayName = 'Beta'", ["Beta"]),
        ("displayname = 'beta'", ["Beta"]),
        ("DisplayName != 'Beta'", ["Alpha", "O'Brien\\", "Gamma 100%"]),
        ("DisplayName IN ('Alpha', 'Beta')", ["Alpha", "Beta"]),
        ("DisplayName in ('Nobody')", []),
        (r"DisplayName = 'O\'Brien\\'", ["O'Brien\\"]),
        ("DisplayName LIKE '%et%'", ["Beta"]),
        ("DisplayName LIKE 'Gamma 100%'", ["Gamma 100%"]),
        ("DisplayName LIKE 'a%'", ["Alpha"]),
        ("DisplayName > 'Alpha' AND DisplayName < 'C'", ["Beta"]),
        ("id = '2'", ["Beta"]),
        ("Id = 2", ["Beta"]),
        ("Id IN (3, '1')", ["Alpha", "O'Brien\\"]),
        ("Id >= '3'", ["O'Brien\\", "Gamma 100%"]),
        ("Active = true AND Job = false AND DisplayName = 'Beta'", ["Beta"]),
        ("MetaData.CreateTime >= '2026-11-21'", ["Alpha", "Beta", "O'Brien\\", "Gamma 100%"]),
        ("MetaData.LastUpdatedTime > '2026-11-21T17:00:00Z'", []),
        ("MetaData.LastUpdatedTime >= '2026-11-21T09:00:00-08:00' and id = '1'", ["Alpha"]),
        ("Balance = '0' AND Id = '1'", ["Alpha"]),
    ],
)
def test_conditions_find_what_they_say(people, where, found):
    rows = people.found("Customer", f"WHERE {where}").get("Customer", [])

    assert [row["DisplayName"] for row in rows] == found


@pytest.mark.parametrize(
    "statement",
    [
        "select * from customer where DisplayName = 'Beta'",
        "  SELECT   *\nFROM Customer\tWHERE DisplayName='Beta'  ",
        'SELECT *, DisplayName FROM CUSTOMER WHERE DisplayName = "Beta" ORDER BY Id STARTPOSITION 1 MAXRESULTS 1000',
        "Select * From Customer Where DisplayName = 'Beta' startposition 1 maxresults 5 minorversion 75",
    ],
)
def test_a_statement_may_be_written_many_ways(people, statement):
    assert names(people, statement) == ["Beta"]


def test_order_goes_both_ways_with_and_without_a_blank(people):
    up = names(people, "SELECT * FROM Customer WHERE Id < '3' ORDERBY DisplayName")
    down = names(people, "SELECT * FROM Customer WHERE Id < '3' ORDER BY DisplayName DESC, Id ASC")

    assert (up, down) == (["Alpha", "Beta"], ["Beta", "Alpha"])


def test_ids_are_ordered_as_numbers(caller):
    for place in range(1, 13):
        caller.customer(f"C{place}")

    assert names(caller, "SELECT * FROM Customer ORDERBY Id DESC MAXRESULTS 3") == ["C12", "C11", "C10"]


def test_pages_begin_with_1_and_say_where_they_are(people):
    page = people.query("SELECT * FROM Customer ORDERBY Id STARTPOSITION 3 MAXRESULTS 2")
    beyond = people.query("SELECT * FROM Customer STARTPOSITION 9 MAXRESULTS 2")

    assert ([row["Id"] for row in page["Customer"]], page["startPosition"], page["maxResults"]) == (["3", "4"], 3, 2)
    assert beyond == {}


def test_a_page_holds_100_unless_asked_for_more_and_1000_at_most(caller):
    items = [{"operation": "create", "Customer": {"DisplayName": f"C{place}"}} for place in range(1001)]
    for start in range(0, 1001, 30):
        caller.batch(*items[start : start + 30])

    pages = [caller.found("Customer", more) for more in ("", "MAXRESULTS 1000")]

    assert [len(page["Customer"]) for page in pages] == [100, 1000]
    assert caller.query("SELECT count(*) FROM Customer") == {"totalCount": 1001}
    assert len(caller.query("SELECT * FROM Customer STARTPOSITION 1001 MAXRESULTS 1000")["Customer"]) == 1


def test_documents_without_an_order_come_newest_first(caller):
    customer = caller.customer("A")
    made = [caller.sales("Invoice", customer, amount)["Id"] for amount in (1, 2, 3)]

    assert [row["Id"] for row in caller.query("SELECT * FROM Invoice")["Invoice"]] == made[::-1]


def test_what_a_document_refers_to_can_be_asked_for(caller):
    first, second = caller.customer("A"), caller.customer("B")
    caller.sales("Invoice", first, 1, DocNumber="X-1")
    invoice = caller.sales("Invoice", second, 2, DocNumber="X-2")
    caller.payment(second, 2, ("Invoice", invoice, 2))

    def ids(where):
        return [row["DocNumber"] for row in caller.found("Invoice", f"WHERE {where}").get("Invoice", [])]

    assert ids(f"CustomerRef = '{second['Id']}'") == ["X-2"]
    assert ids(f"CustomerRef.value = '{second['Id']}'") == ["X-2"]
    assert ids("DocNumber IN ('X-1', 'X-9')") == ["X-1"]
    assert (ids("Balance = '0'"), ids("Balance > '0'")) == (["X-2"], ["X-1"])
    assert ids("TxnDate = '2026-11-03' AND TotalAmt = 2") == ["X-2"]
    assert ids("DueDate = '2026-11-03T00:00:00.000Z'") == ["X-2", "X-1"]
    assert ids("TxnDate = 2026-11-04") == []


def test_members_of_a_list_that_were_made_inactive_are_hidden_unless_asked_for(caller):
    held = caller.customer("Old")
    caller.save("Customer", {**held, "Active": False})

    assert names(caller, "SELECT * FROM Customer") == []
    assert names(caller, "SELECT * FROM Customer WHERE Active = false") == ["Old (deleted)"]
    assert names(caller, "SELECT * FROM Customer WHERE Active IN (true, false)") == ["Old (deleted)"]


def test_only_chosen_fields_come_back(people):
    row = people.query("SELECT Id, DisplayName, MetaData.CreateTime FROM Customer WHERE Id = '1'")["Customer"][0]

    assert {"Id", "DisplayName", "MetaData"} <= row.keys()
    assert "Active" not in row


def test_the_lines_alone_may_be_chosen(caller):
    caller.sales("Invoice", caller.customer("A"), 5)
    row = caller.query("SELECT Line.*, Id FROM Invoice")["Invoice"][0]

    assert row.keys() == {"Line", "Id", "domain", "sparse"}


def test_an_address_or_a_number_stands_for_itself(caller):
    caller.customer("A", PrimaryEmailAddr={"Address": "a@example.com"}, PrimaryPhone={"FreeFormNumber": "555-0100"})
    caller.customer("B")

    assert names(caller, "SELECT * FROM Customer WHERE PrimaryEmailAddr = 'a@example.com'") == ["A"]
    assert names(caller, "SELECT * FROM Customer WHERE PrimaryPhone LIKE '%0100'") == ["A"]


def test_what_quickbooks_computes_can_be_named_too(caller):
    customer = caller.customer("A")
    caller.payment(customer, 5)
    caller.sales("CreditMemo", customer, 5)

    assert len(caller.found("Payment", "WHERE UnappliedAmt > '0'")["Payment"]) == 1
    assert len(caller.found("CreditMemo", "WHERE RemainingCredit > '0' ORDERBY Balance")["CreditMemo"]) == 1


def test_an_unknown_attribute_is_looked_for_in_vain_where_the_settings_say_so(simulate):
    caller = simulate(unknown_properties="kept")
    caller.customer("A", Shoe="7")

    assert names(caller, "SELECT * FROM Customer WHERE Shoe = '7'") == ["A"]
    assert names(caller, "SELECT * FROM Customer WHERE Hat = '7'") == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT * FROM TaxService", "QueryValidationError: Metadata not found for Entity: TaxService"),
        ("SELECT * FROM Item STARTPOSITION 0", "QueryValidationError: value 0 is too small. Min allowed value is 1"),
    ],
)
def test_a_refusal_says_what_was_recorded(caller, statement, says):
    answer = caller.call("POST", "query", body=statement).json()

    assert answer["Fault"]["Error"][0]["Detail"] == says


@pytest.mark.parametrize("sort", ["application/text", "text/plain", "application/json", "application/xml"])
def test_a_query_may_be_posted_as_any_sort_of_text(people, sort):
    headers = {"Content-Type": sort}
    answer = people.call("POST", "query", body="select count(*) from customer", headers=headers)

    assert answer.json()["QueryResponse"] == {"totalCount": 4}


def test_a_query_may_be_posted_in_the_address(people):
    answer = people.call("POST", "query", query="select count(*) from customer")

    assert answer.json()["QueryResponse"] == {"totalCount": 4}


def test_a_query_may_be_sent_by_get(people):
    answer = people.call("GET", "query", query="select * from customer where id = '1'")

    assert answer.json()["QueryResponse"]["Customer"][0]["DisplayName"] == "Alpha"


def test_tax_codes_answer_three_rows_more_than_asked(caller):
    assert len(caller.query("SELECT * FROM TaxCode MAXRESULTS 1")["TaxCode"]) == min(4, 2)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("", "4000"),
        ("SELEC * FROM Customer", "4000"),
        ("SELECT * Customer", "4000"),
        ("SELECT * FROM Customer WHERE DisplayName = 'open", "4000"),
        ("SELECT * FROM Customer WHERE DisplayName ~ 'x'", "4000"),
        ("SELECT * FROM Customer WHERE Id = '1' OR Id = '2'", "4000"),
        ("SELECT * FROM Customer STARTPOSITION 1 ORDERBY Id", "4000"),
        ("SELECT * FROM Customer LIMIT 5", "4000"),
        ("SELECT * FROM Unicorn", "4001"),
        ("SELECT * FROM Customer STARTPOSITION 0", "4001"),
        ("SELECT * FROM Customer MAXRESULTS 1001", "4001"),
        ("SELECT * FROM Customer MAXRESULTS 0", "4001"),
        ("SELECT * FROM Customer WHERE Id = 'not-a-number'", "4001"),
        ("SELECT * FROM Invoice WHERE PrivateNote = 'x'", "4001"),
        ("SELECT * FROM Customer WHERE DisplyName = 'x'", "4001"),
        ("SELECT DisplyName FROM Customer", "4001"),
        ("SELECT * FROM Customer ORDERBY DisplyName", "4001"),
        ("SELECT * FROM Customer WHERE MetaData.CreateTime > '2026-99-99T00:00:00Z'", "4001"),
    ],
)
def test_what_cannot_be_read_or_answered_is_refused(caller, statement, code):
    assert fault(caller, statement) == code
