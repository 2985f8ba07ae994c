"""python-quickbooks 0.9.12 against the seeded company: templates, attachments, and how the library hears refusals."""

import pytest
from quickbooks import objects
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import AttachableRef
from quickbooks.objects.recurringtransaction import (
    RecurringBill,
    RecurringInfo,
    RecurringInvoice,
    RecurringTransaction,
    ScheduleInfo,
)

from tests.quickbooks.simulator.library import first, sales_line, spend_line


class TestRecurringTransactions:
    def template(self, qb, name="Each month"):
        invoice = RecurringInvoice()
        invoice.Line.append(sales_line(first(objects.Item, qb)))
        invoice.CustomerRef = first(objects.Customer, qb).to_ref()
        info = RecurringInfo()
        info.Active, info.Name = True, name
        info.ScheduleInfo = ScheduleInfo()
        info.ScheduleInfo.StartDate, info.ScheduleInfo.IntervalType = "2026-12-01", "Monthly"
        info.ScheduleInfo.DayOfMonth, info.ScheduleInfo.NumInterval, info.ScheduleInfo.MaxOccurrences = 1, 1, 6
        invoice.RecurringInfo = info
        whole = RecurringTransaction()
        whole.Invoice = invoice
        return whole

    def test_a_template_is_made_read_changed_and_deleted(self, seeded, qb):
        books = dict(seeded.sim.state.companies[seeded.realm].ledger.balances)
        made = self.template(qb).save(qb=qb)
        held = RecurringTransaction.get(made.Invoice.Id, qb=qb)
        held.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth = 15
        held.Invoice.Line[0].Amount = 250
        held.save(qb=qb)
        found = RecurringTransaction.get(made.Invoice.Id, qb=qb)

        assert made.Invoice.RecurringInfo.ScheduleInfo.MaxOccurrences == 6
        assert (found.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth, found.Invoice.Line[0].Amount) == (15, 250)
        assert dict(seeded.sim.state.companies[seeded.realm].ledger.balances) == books
        stub = found.delete(qb=qb)["RecurringTransaction"]["Invoice"]
        assert (stub["Id"], stub["status"]) == (made.Invoice.Id, "Deleted")
        with pytest.raises(ObjectNotFoundException):
            RecurringTransaction.get(made.Invoice.Id, qb=qb)

    def test_templates_are_found_by_type(self, qb):
        self.template(qb).save(qb=qb)
        bill = RecurringBill()
        bill.Line.append(spend_line(500))
        bill.VendorRef = first(objects.Vendor, qb).to_ref()
        bill.RecurringInfo = self.template(qb, "Each week").Invoice.RecurringInfo
        whole = RecurringTransaction()
        whole.Bill = bill
        whole.save(qb=qb)

        kinds = [next(iter(vars(one))) for one in RecurringTransaction.all(qb=qb)]
        assert sorted(kinds) == ["Bill", "Bill", "Invoice"]
        assert all(hasattr(one, "Bill") for one in RecurringTransaction.where("Type = 'Bill'", qb=qb))

    def test_a_template_without_a_name_or_of_nothing_is_refused(self, qb, seeded):
        nameless = self.template(qb, "")

        with pytest.raises(ValidationException):
            nameless.save(qb=qb)
        assert seeded.fault("RecurringTransaction", {"Unicorn": {}})[0] == "6000"


class TestAttachments:
    def note(self, qb, **more):
        note = Attachable()
        reference = AttachableRef()
        reference.EntityRef = first(objects.Vendor, qb).to_ref()
        note.AttachableRef.append(reference)
        for name, value in more.items():
            setattr(note, name, value)
        return note

    def test_a_note_is_made_changed_found_and_deleted(self, seeded, qb):
        note = self.note(qb, Note="first")
        note.save(qb=qb)
        held = Attachable.all(max_results=1, qb=qb)[0]
        held.Note = "second"
        held.save(qb=qb)

        found = Attachable.get(note.Id, qb=qb)
        assert (found.Note, found.AttachableRef[0].EntityRef.type) == ("second", "Vendor")
        assert (
            seeded.found("Attachable", f"WHERE AttachableRef.EntityRef.value = '{first(objects.Vendor, qb).Id}'")[
                "maxResults"
            ]
            == 1
        )
        assert found.delete(qb=qb)["Attachable"]["status"] == "Deleted"
        assert seeded.query("select * from attachable") == {}

    @pytest.mark.parametrize("content", [b"hello\nworld\n", b"", bytes(range(256)) * 10])
    def test_a_file_goes_up_and_comes_back_byte_for_byte(self, seeded, qb, content, tmp_path):
        path = tmp_path / "remittance.bin"
        path.write_bytes(content)
        made = self.note(qb, FileName="remittance.bin", ContentType="application/x-835", _FilePath=str(path)).save(
            qb=qb
        )

        address = seeded.call("GET", f"download/{made.Id}").text
        back = seeded.session.get(address, timeout=60)

        assert (made.Size, made.FileName) == (len(content), "remittance.bin")
        assert (back.content, back.headers["Content-Type"]) == (content, "application/x-835")
        assert made.TempDownloadUri == address

    def test_other_clients_send_crlf_and_bytes(self, seeded):
        answer = seeded.session.post(
            f"{seeded.sim.api_base_url}/company/{seeded.realm}/upload",
            files={
                "file_content_01": ("a.txt", b"one\r\n\r\ntwo", "text/plain"),
                "file_content_02": ("b.txt", b"x", "text/plain"),
                "file_metadata_02": (None, '{"FileName": "named.txt", "Note": "n"}', "application/json"),
            },
            headers={"Authorization": f"Bearer {seeded.refresh().json()['access_token']}"},
            timeout=60,
        ).json()

        first_file, second_file = (one["Attachable"] for one in answer["AttachableResponse"])
        assert (first_file["FileName"], first_file["Size"]) == ("a.txt", 10)
        assert (second_file["FileName"], second_file["Note"]) == ("named.txt", "n")

    def test_what_hangs_on_nothing_and_what_is_no_upload_is_refused(self, seeded):
        body = {"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "999"}}]}

        assert seeded.fault("Attachable", body)[0] == "2500"
        assert seeded.fault("Attachable", {})[0] == "2020"
        assert seeded.call("POST", "upload", body=b"{}").json()["Fault"]["Error"][0]["code"] == "2010"
        assert seeded.call("GET", "download/5").json()["Fault"]["Error"][0]["code"] == "610"


class TestHowTheLibraryHearsRefusals:
    def test_each_refusal_arrives_as_the_class_its_number_calls_for(self, qb):
        with pytest.raises(ObjectNotFoundException):
            objects.Invoice.get(99999, qb=qb)
        with pytest.raises(ValidationException) as missing:
            objects.Invoice().save(qb=qb)
        stale = first(objects.Customer, qb)
        stale.SyncToken = "7"
        with pytest.raises(QuickbooksException) as old:
            stale.save(qb=qb)

        assert (missing.value.error_code, old.value.error_code) == (2020, 5010)

    def test_a_revoked_session_is_an_authorization_exception(self, seeded, qb):
        seeded.sim.state.keys.access.clear()

        with pytest.raises(AuthorizationException):
            first(objects.Customer, qb)
