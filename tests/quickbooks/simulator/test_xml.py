"""XML in place of JSON, as quickbooks-ruby and Intuit's PHP SDK send it and read it."""

from xml.etree import ElementTree as ET

import pytest

from tests.quickbooks.simulator.caller import sales_form

SPACE = "{http://schema.intuit.com/finance/v3}"
RUBY = {"Content-Type": "application/xml", "Accept": "application/xml"}


class XmlCaller:
    """Speaks XML only; reads answers by path as Nokogiri does."""

    def __init__(self, caller):
        self.caller = caller

    def call(self, method, path, body=None, headers=RUBY, **params):
        answer = self.caller.call(method, path, body=body, headers=headers, **params)
        assert answer.headers["Content-Type"].startswith("application/xml"), answer.text
        return answer.status_code, ET.fromstring(answer.text)  # noqa: S314  It comes from us.


@pytest.fixture
def xml(seeded):
    return XmlCaller(seeded)


def at(element, path):
    return element.find("/".join(SPACE + name for name in path.split("/")))


def text(element, path):
    return at(element, path).text


CUSTOMER = (
    '<Customer xmlns="http://schema.intuit.com/finance/v3"><DisplayName>R&amp;D &lt;1&gt;</DisplayName></Customer>'
)

INVOICE = """<?xml version="1.0" encoding="utf-8"?>
<ns0:Invoice xmlns:ns0="http://schema.intuit.com/finance/v3">
  <ns0:CustomerRef>1</ns0:CustomerRef>
  <ns0:TxnDate>2026-11-03</ns0:TxnDate>
  <ns0:CustomerMemo>Thank you</ns0:CustomerMemo>
  <ns0:Line>
    <ns0:Amount>62.50</ns0:Amount>
    <ns0:DetailType>SalesItemLineDetail</ns0:DetailType>
    <ns0:SalesItemLineDetail>
      <ns0:ItemRef>10</ns0:ItemRef>
      <ns0:UnitPrice>31.25</ns0:UnitPrice>
      <ns0:Qty>2</ns0:Qty>
      <ns0:TaxCodeRef>NON</ns0:TaxCodeRef>
    </ns0:SalesItemLineDetail>
  </ns0:Line>
</ns0:Invoice>"""


def test_a_name_with_signs_that_xml_keeps_for_itself_comes_back_as_it_was(xml):
    status, answer = xml.call("POST", "customer", CUSTOMER)

    assert (status, answer.tag) == (200, f"{SPACE}IntuitResponse")
    assert text(answer, "Customer/DisplayName") == "R&D <1>"
    assert at(answer, "Customer").attrib == {"domain": "QBO", "sparse": "false"}
    assert "time" in answer.attrib


def test_an_invoice_of_the_php_sdk_is_the_same_as_one_in_json(xml):
    _, answer = xml.call("POST", "invoice", INVOICE)
    held = xml.caller.read("Invoice", text(answer, "Invoice/Id"))

    assert at(answer, "Invoice/CustomerRef").attrib == {"name": "Ann's Bird Haven"}
    assert text(answer, "Invoice/Balance") == "62.50"
    assert held["CustomerMemo"] == {"value": "Thank you"}
    assert held["Line"][0]["SalesItemLineDetail"]["Qty"] == 2
    assert held["CustomerRef"]["value"] == "1"


def test_a_sparse_update_keeps_the_rest_and_an_empty_element_clears(xml):
    made = xml.caller.save("Customer", {"DisplayName": "Ann", "Notes": "keep", "CompanyName": "Acme"})
    body = (
        f'<Customer sparse="true"><Id>{made["Id"]}</Id><SyncToken>0</SyncToken><CompanyName/><Active>false</Active>'
        "</Customer>"
    )
    xml.call("POST", "customer", body)
    held = xml.caller.read("Customer", made["Id"])

    assert (held["Notes"], held["Active"]) == ("keep", False)
    assert "CompanyName" not in held


def test_a_query_answers_a_page_with_its_bounds_as_attributes(xml):
    _, answer = xml.call("GET", "query", query="SELECT * FROM Customer STARTPOSITION 3 MAXRESULTS 2")
    page = at(answer, "QueryResponse")

    assert page.attrib == {"startPosition": "3", "maxResults": "2"}
    assert [text(one, "Id") for one in page] == ["3", "4"]


def test_a_count_is_an_attribute(xml):
    _, answer = xml.call("GET", "query", query="select count(*) from Invoice")

    assert at(answer, "QueryResponse").attrib == {"totalCount": "30"}


def test_a_refusal_says_what_it_says_in_json(xml):
    status, answer = xml.call("POST", "invoice", "<Invoice><TxnDate>2026-11-03</TxnDate></Invoice>")
    error = at(answer, "Fault/Error")

    assert status == 400
    assert at(answer, "Fault").attrib == {"type": "ValidationFault"}
    assert error.attrib == {"code": "2020", "element": "CustomerRef"}
    assert text(error, "Detail") == "Required parameter CustomerRef is missing in the request"


@pytest.mark.parametrize("body", ["<Customer>", "<!DOCTYPE x [<!ENTITY a 'b'>]><Customer>&a;</Customer>", "<"])
def test_what_is_no_xml_is_refused(xml, body):
    status, answer = xml.call("POST", "customer", body)

    assert (status, at(answer, "Fault/Error").attrib["code"]) == (400, "2010")


def test_a_batch_has_its_ids_and_operations_in_attributes(xml):
    body = (
        '<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3">'
        '<BatchItemRequest bId="a" operation="create"><Customer><DisplayName>Bea</DisplayName></Customer>'
        '</BatchItemRequest><BatchItemRequest bId="b" operation="create"><Customer><DisplayName>Bea</DisplayName>'
        '</Customer></BatchItemRequest><BatchItemRequest bId="c"><Query>select count(*) from Bill</Query>'
        "</BatchItemRequest></IntuitBatchRequest>"
    )
    _, answer = xml.call("POST", "batch", body)
    first, second, third = answer

    assert [one.attrib for one in answer] == [{"bId": "a"}, {"bId": "b"}, {"bId": "c"}]
    assert text(first, "Customer/DisplayName") == "Bea"
    assert at(second, "Fault/Error").attrib["code"] == "6240"
    assert at(third, "QueryResponse").attrib == {"totalCount": "30"}


def test_a_deleted_document_is_told_by_an_attribute(xml):
    held = xml.caller.save("Invoice", sales_form({"Id": "1"}, 10))
    body = f"<Invoice><Id>{held['Id']}</Id><SyncToken>0</SyncToken></Invoice>"
    _, answer = xml.call("POST", "invoice", body, operation="delete")
    _, changes = xml.call("GET", "cdc", entities="Bill,Invoice", changedSince="2026-11-20T00:00:00Z")
    bills, invoices = at(changes, "CDCResponse")

    assert at(answer, "Invoice").attrib == {"domain": "QBO", "status": "Deleted"}
    assert (bills.attrib, list(bills)) == ({}, [])
    assert [(one.attrib["status"], text(one, "Id")) for one in invoices] == [("Deleted", held["Id"])]


def test_a_payments_line_holds_its_names_and_values_as_recorded(xml):
    invoice = xml.caller.save("Invoice", sales_form({"Id": "1"}, 10, DocNumber="X1"))
    body = (
        "<Payment><CustomerRef>1</CustomerRef><TotalAmt>10</TotalAmt><Line><Amount>10</Amount><LinkedTxn>"
        f"<TxnId>{invoice['Id']}</TxnId><TxnType>Invoice</TxnType></LinkedTxn></Line></Payment>"
    )
    _, answer = xml.call("POST", "payment", body)
    pairs = at(answer, "Payment/Line/LineEx")

    assert [(text(one, "Name"), text(one, "Value")) for one in pairs] == [
        ("txnId", invoice["Id"]),
        ("txnOpenBalance", "10.00"),
        ("txnReferenceNumber", "X1"),
    ]
    assert xml.caller.read("Invoice", invoice["Id"])["Balance"] == 0


def test_a_report_stands_by_itself_with_its_cells_in_attributes(xml):
    _, answer = xml.call("GET", "reports/TrialBalance", date_macro="All")
    rows = [one for one in at(answer, "Rows") if "group" not in one.attrib]
    cells = {one[0].attrib["id"]: [cell.attrib["value"] for cell in one] for one in rows}

    assert answer.tag == f"{SPACE}Report"
    assert text(answer, "Header/ReportName") == "TrialBalance"
    assert [text(one, "ColType") for one in at(answer, "Columns")] == ["Account", "Money", "Money"]
    assert cells["36"] == ["Savings", "800.00", ""]
    assert at(answer, "Rows")[-1].attrib == {"type": "Section", "group": "GrandTotal"}


def test_a_files_description_may_be_xml(xml):
    parts = (
        '--b\r\nContent-Disposition: form-data; name="file_metadata_0"\r\nContent-Type: application/xml\r\n\r\n'
        '<Attachable><FileName>a.txt</FileName><AttachableRef><EntityRef type="Customer">1</EntityRef></AttachableRef>'
        '</Attachable>\r\n--b\r\nContent-Disposition: form-data; name="file_content_0"; filename="a.txt"\r\n\r\n'
        "hello\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Accept": "application/xml"}
    _, answer = xml.call("POST", "upload", parts, headers=headers)

    assert text(answer, "AttachableResponse/Attachable/Size") == "5"
    assert at(answer, "AttachableResponse/Attachable/AttachableRef/EntityRef").attrib == {"type": "Customer"}


@pytest.mark.parametrize(
    ("sent", "accepted", "answered"),
    [
        ("application/json", "application/json", "application/json"),
        ("application/json", "*/*", "application/json"),
        ("application/json", "application/xml", "application/xml"),
        ("application/xml", "*/*", "application/xml"),
        ("application/xml", "application/json", "application/json"),
        ("text/xml", "application/xml", "application/xml"),
        ("application/json", "application/xml, application/json", "application/json"),
    ],
)
def test_the_answer_is_of_the_sort_that_was_asked_for(seeded, sent, accepted, answered):
    body = CUSTOMER if "xml" in sent else {"DisplayName": "Ann"}
    answer = seeded.call("POST", "customer", body=body, headers={"Content-Type": sent, "Accept": accepted})

    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].split(";")[0] == answered
