"""python-quickbooks 0.9.12 against the seeded company: documents as the library sends and reads them."""

from datetime import datetime

from quickbooks import objects
from quickbooks.helpers import qb_datetime_utc_offset_format
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.deposit import Deposit, DepositLine, DepositLineDetail
from quickbooks.objects.detailline import (
    DescriptionOnlyLine,
    DetailLine,
    DiscountLine,
    DiscountLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
    SalesItemLineDetail,
)
from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.payment import PaymentLine

from tests.quickbooks.simulator.library import account, first, make_invoice, sales_line, spend_line


class TestDocuments:
    def test_an_invoice_comes_back_as_it_went(self, qb):
        customer = first(objects.Customer, qb)
        found = objects.Invoice.get(make_invoice(qb).Id, qb=qb)

        assert (found.CustomerRef.name, found.CustomerMemo.value) == (customer.DisplayName, "Customer Memo")
        assert (found.Line[0].Description, found.Line[0].Amount, found.Line[0].LineNum) == ("description", 100.0, 1)

    def test_a_repeated_request_id_makes_one_invoice(self, qb):
        assert make_invoice(qb, "same").Id == make_invoice(qb, "same").Id

    def test_a_deleted_invoice_is_found_no_more(self, qb):
        invoice = make_invoice(qb)
        invoice.delete(qb=qb)

        assert objects.Invoice.filter(Id=invoice.Id, qb=qb) == []

    def test_an_invoice_is_voided_sent_printed_and_linked(self, seeded, qb):
        invoice = make_invoice(qb)
        paper = invoice.download_pdf(qb=qb)
        sent = invoice.send(qb=qb, send_to="someone+tag@example.com")
        found = objects.Invoice.get(invoice.Id, qb=qb, params={"include": "invoiceLink"})
        statement = f"select * from invoice where id = '{invoice.Id}'"  # noqa: S608  There is no SQL behind it.
        listed = seeded.call("GET", "query", query=statement, include="invoiceLink")
        voided = found.void(qb=qb)

        assert paper.startswith(b"%PDF-1.4")
        assert (sent["Invoice"]["EmailStatus"], sent["Invoice"]["BillEmail"]["Address"]) == (
            "EmailSent",
            "someone+tag@example.com",
        )
        assert found.InvoiceLink.startswith(seeded.sim.base_url)
        assert listed.json()["QueryResponse"]["Invoice"][0]["InvoiceLink"] == found.InvoiceLink
        assert objects.Invoice.get(invoice.Id, qb=qb).InvoiceLink == ""
        assert voided["Invoice"]["TotalAmt"] == 0

    def test_a_pdf_can_be_read_by_others(self, qb):
        paper = make_invoice(qb).download_pdf(qb=qb)

        table = int(paper.rsplit(b"startxref\n", 1)[1].split()[0])
        assert paper[table:].startswith(b"xref\n0 7\n")
        places = [int(line.split()[0]) for line in paper[table:].splitlines()[3:9]]
        assert [paper[place:].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, 1)] == [True] * 6

    def test_an_estimate_with_a_discount_keeps_its_lines_in_order(self, qb):
        estimate = objects.Estimate()
        estimate.CustomerRef = first(objects.Customer, qb).to_ref()
        estimate.Line.append(sales_line(objects.Item.get(10, qb=qb), 35.0, UnitPrice=35, Qty=1))
        discount = DiscountLine()
        discount.Amount = 3.5
        discount.DiscountLineDetail = DiscountLineDetail()
        discount.DiscountLineDetail.PercentBased = True
        discount.DiscountLineDetail.DiscountPercent = 10
        discount.DiscountLineDetail.DiscountAccountRef = account(86, qb).to_ref()
        estimate.Line.append(discount)
        note = DescriptionOnlyLine()
        note.Description = "a word"
        estimate.Line.append(note)
        estimate.save(qb=qb)

        found = objects.Estimate.get(estimate.Id, qb=qb)

        assert found.TotalAmt == 31.5
        assert [line.DetailType for line in found.Line] == [
            "SalesItemLineDetail",
            "DescriptionOnly",
            "SubTotalLineDetail",
            "DiscountLineDetail",
        ]
        assert found.Line[-1].DiscountLineDetail.DiscountAccountRef.name == "Discounts given"

    def test_the_newest_credit_memo_is_read_changed_and_saved_whole(self, qb):
        memo = first(objects.CreditMemo, qb)
        memo.PrivateNote = "Test"
        memo.save(qb=qb)

        assert objects.CreditMemo.get(memo.Id, qb=qb).PrivateNote == "Test"

    def test_a_payment_pays_and_is_voided(self, qb):
        customer = first(objects.Customer, qb)
        invoice = make_invoice(qb)
        payment = objects.Payment()
        payment.TotalAmt = 140.0
        payment.CustomerRef = customer.to_ref()
        payment.PaymentMethodRef = first(objects.PaymentMethod, qb).to_ref()
        line = PaymentLine()
        line.Amount = 100
        line.LinkedTxn.append(invoice.to_linked_txn())
        payment.Line.append(line)
        payment.save(qb=qb)

        found = objects.Payment.get(payment.Id, qb=qb)
        assert (found.TotalAmt, found.UnappliedAmt, found.CustomerRef.name) == (140.0, 40.0, customer.DisplayName)
        payment.void(qb=qb)
        found = objects.Payment.get(payment.Id, qb=qb)
        assert (found.TotalAmt, "Voided" in found.PrivateNote) == (0.0, True)

    def test_a_sales_receipt_is_made_and_voided(self, qb):
        receipt = objects.SalesReceipt()
        receipt.TotalAmt = 100.0
        receipt.CustomerRef = first(objects.Customer, qb).to_ref()
        receipt.Line = [sales_line(first(objects.Item, qb), 100.0, Qty=1, UnitPrice=100.0, ServiceDate="2026-11-20")]
        receipt = receipt.save(qb=qb)
        assert receipt.Line[0].SalesItemLineDetail["Qty"] == 1
        receipt.void(qb=qb)

        found = objects.SalesReceipt.get(receipt.Id, qb=qb)
        assert (found.TotalAmt, found.PrivateNote) == (0.0, "Voided")

    def test_a_refund_receipt_needs_no_customer(self, qb):
        refund = objects.RefundReceipt()
        refund.DocNumber, refund.Balance, refund.PaymentType = "DocNum123", 100, "Check"
        line = DetailLine()
        line.DetailType, line.Amount = "SalesItemLineDetail", 200
        line.SalesItemLineDetail = SalesItemLineDetail()
        line.SalesItemLineDetail.ItemRef = first(objects.Item, qb).to_ref()
        refund.Line.append(line)
        refund.DepositToAccountRef = account(35, qb).to_ref()
        refund.save(qb=qb)

        assert objects.RefundReceipt.get(refund.Id, qb=qb).Line[0].Amount == 200

    def test_bills_are_paid_by_check_and_the_payment_voided(self, qb):
        vendor = first(objects.Vendor, qb)
        bill = objects.Bill()
        bill.Line.append(spend_line())
        bill.VendorRef = vendor.to_ref()
        bill.save(qb=qb)
        paid = objects.BillPayment()
        paid.PayType, paid.TotalAmt, paid.PrivateNote = "Check", 200, "Private Note"
        paid.VendorRef = vendor.to_ref()
        paid.CheckPayment = objects.CheckPayment()
        paid.CheckPayment.BankAccountRef = account(35, qb).to_ref()
        paid.APAccountRef = account(33, qb).to_ref()
        line = objects.BillPaymentLine()
        line.LinkedTxn.append(bill.to_linked_txn())
        line.Amount = 200
        paid.Line.append(line)
        paid.save(qb=qb)

        assert (objects.Bill.get(bill.Id, qb=qb).Balance, len(objects.Bill.get(bill.Id, qb=qb).Line)) == (0, 1)
        paid.void(qb=qb)
        found = objects.BillPayment.get(paid.Id, qb=qb)
        assert (found.TotalAmt, found.PrivateNote) == (0.0, "Voided - Private Note")

    def test_purchases_and_orders_of_stock_keep_price_quantity_and_tax_code(self, qb):
        line = ItemBasedExpenseLine()
        line.Amount = 100
        line.ItemBasedExpenseLineDetail = ItemBasedExpenseLineDetail()
        line.ItemBasedExpenseLineDetail.BillableStatus = "NotBillable"
        line.ItemBasedExpenseLineDetail.UnitPrice, line.ItemBasedExpenseLineDetail.Qty = 100, 1
        line.ItemBasedExpenseLineDetail.CustomerRef = first(objects.Customer, qb).to_ref()
        line.ItemBasedExpenseLineDetail.TaxCodeRef = first(objects.TaxCode, qb).to_ref()
        line.ItemBasedExpenseLineDetail.ItemRef = objects.Item.filter(Type="Inventory", qb=qb)[0].to_ref()
        visa = objects.Account()
        visa.FullyQualifiedName, visa.Id = "Visa", "42"
        purchase = objects.Purchase()
        purchase.DocNumber, purchase.PaymentType, purchase.TotalAmt = "Doc123", "CreditCard", 100
        purchase.AccountRef = visa.to_ref()
        purchase.Line.append(line)
        purchase.save(qb=qb, params={"include": "allowduplicatedocnum"})
        order = objects.PurchaseOrder()
        order.Line.append(line)
        order.VendorRef = first(objects.Vendor, qb).to_ref()
        order.APAccountRef = first(objects.Account, qb).to_ref()
        order.save(qb=qb)

        for found in (objects.Purchase.get(purchase.Id, qb=qb), objects.PurchaseOrder.get(order.Id, qb=qb)):
            detail = found.Line[0].ItemBasedExpenseLineDetail
            assert (found.TotalAmt, detail.UnitPrice, detail.Qty, detail.TaxCodeRef.value) == (100, 100, 1, "TAX")

    def test_deposits_transfers_and_card_payments_move_money(self, qb):
        bank = objects.Account.filter(AccountType="Bank", max_results=2, qb=qb)
        line = DepositLine()
        line.Amount = 20.00
        line.DepositLineDetail = DepositLineDetail()
        line.DepositLineDetail.AccountRef = bank[0].to_ref()
        deposit = Deposit()
        deposit.DepositToAccountRef = bank[1].to_ref()
        deposit.Line.append(line)
        deposit.save(qb=qb)
        where = "Classification = 'Asset' AND FullyQualifiedName != 'Accounts Receivable (A/R)'"
        one, other = objects.Account.where(where, max_results=2, qb=qb)
        transfer = objects.Transfer()
        transfer.Amount, transfer.FromAccountRef, transfer.ToAccountRef = 100, one.to_ref(), other.to_ref()
        transfer.save(qb=qb)
        paid = CreditCardPayment.all(max_results=1, qb=qb)[0]
        paid.Amount += 1
        paid.save(qb=qb)

        assert Deposit.get(deposit.Id, qb=qb).TotalAmt == 20
        assert objects.Transfer.get(transfer.Id, qb=qb).Amount == 100
        assert CreditCardPayment.get(paid.Id, qb=qb).Amount == 101
        assert objects.Transfer.get(paid.Id, qb=qb).Amount == 101

    def test_a_journal_entry_posts(self, qb):
        entry = JournalEntry()
        for side, number in (("Debit", 22), ("Credit", 35)):
            line = JournalEntryLine()
            line.Amount = 12.34
            line.JournalEntryLineDetail = JournalEntryLineDetail()
            line.JournalEntryLineDetail.PostingType = side
            line.JournalEntryLineDetail.AccountRef = account(number, qb).to_ref()
            entry.Line.append(line)
        entry.save(qb=qb)

        assert JournalEntry.get(entry.Id, qb=qb).Line[1].JournalEntryLineDetail.PostingType == "Credit"

    def test_time_is_kept_and_changed(self, qb):
        employee = first(objects.Employee, qb)
        worked = objects.TimeActivity()
        worked.NameOf, worked.EmployeeRef, worked.Description = "Employee", employee.to_ref(), "Test"
        worked.StartTime = qb_datetime_utc_offset_format(datetime(2016, 7, 22, 10, 0), "-07:00")  # noqa: DTZ001
        worked.EndTime = qb_datetime_utc_offset_format(datetime(2016, 7, 22, 11, 0), "-07:00")  # noqa: DTZ001
        worked.CostRate = 50.0
        worked.save(qb=qb)
        newest = first(objects.TimeActivity, qb)
        newest.CostRate = 75.0
        newest.save(qb=qb)

        assert newest.Id == worked.Id
        assert objects.TimeActivity.get(worked.Id, qb=qb).CostRate == 75.0
