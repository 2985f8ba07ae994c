"""Objects as a client of python-quickbooks makes them."""

from quickbooks import objects
from quickbooks.objects.base import CustomerMemo, Ref
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)


def first(kind, qb):
    return kind.all(max_results=1, qb=qb)[0]


def sales_line(item, amount=100, **detail):
    line = SalesItemLine()
    line.LineNum = 1
    line.Description = "description"
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = item.to_ref()
    for name, value in detail.items():
        setattr(line.SalesItemLineDetail, name, value)
    return line


def spend_line(amount=200, account="1"):
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = Ref()
    line.AccountBasedExpenseLineDetail.AccountRef.value = int(account)
    return line


def account(number, qb):
    return objects.Account.get(number, qb=qb)


def make_invoice(qb, request_id=None, customer=None):
    invoice = objects.Invoice()
    invoice.Line.append(sales_line(first(objects.Item, qb)))
    invoice.CustomerRef = (customer or first(objects.Customer, qb)).to_ref()
    invoice.CustomerMemo = CustomerMemo()
    invoice.CustomerMemo.value = "Customer Memo"
    invoice.save(qb=qb, request_id=request_id)
    return invoice
