"""Products and services: what a sales line sells, and through it the account the line posts to.

A service item may point to an account of any type. That is how a line of a credit memo reaches a liability or an
expense account, and the simulator lets it, as QuickBooks is said to.
"""

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write, check_lengths, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.lists.names import marked_inactive
from hhs_sync.quickbooks.simulator.refusal import business_rule, invalid_choice, missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents, decimal, flag

TYPES = ("Service", "NonInventory", "Inventory", "Category", "Group")


class Item(Kind):
    """A product or service."""

    name = "Item"
    lengths = (("Name", 100), ("Description", 4000), ("Sku", 100), ("PurchaseDesc", 1000))
    derived = ("FullyQualifiedName", "Level")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Checks the accounts that its type needs."""
        del write
        check_lengths(fields, self.lengths)
        if not fields.get("Name"):
            raise missing("Name")
        kind = fields.setdefault("Type", "Service")
        if kind not in TYPES:
            raise invalid_choice("Type", kind)
        fields["Active"] = flag(fields.get("Active")) is not False
        fields["Name"] = marked_inactive(fields["Name"], active=fields["Active"], old=old)
        for name in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"):
            account = resolve(company, fields, name, "Account", old)
            if account and company.tables["Account"][account]["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE):
                raise business_rule("An item cannot use a receivable or payable account.", element=name)
        if kind in ("Service", "NonInventory", "Inventory") and not {"IncomeAccountRef", "ExpenseAccountRef"} & set(
            fields
        ):
            raise missing("IncomeAccountRef")
        if kind == "Inventory":
            for name in ("ExpenseAccountRef", "AssetAccountRef", "InvStartDate", "QtyOnHand"):
                if name not in fields:
                    raise missing(name)
        fields["TrackQtyOnHand"] = kind == "Inventory"
        parent_id = resolve(company, fields, "ParentRef", "Item", old)
        fields["SubItem"] = parent_id is not None
        fields["FullyQualifiedName"] = fields["Name"]
        if parent_id is not None:
            parent = company.tables["Item"][parent_id]
            fields["Level"] = parent.get("Level", 0) + 1
            fields["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{fields['Name']}"
        fields["UnitPrice"] = amount(cents(fields.get("UnitPrice"), "UnitPrice") or 0)
        fields["PurchaseCost"] = amount(cents(fields.get("PurchaseCost"), "PurchaseCost") or 0)
        fields["Taxable"] = flag(fields.get("Taxable")) is True
        return fields

    def postings(self, company: Company, fields: Fields, write: Write) -> list[Posting]:
        """An inventory item's first stock, against opening balance equity."""
        if fields["Type"] != "Inventory":
            return []
        quantity = decimal(fields.get("QtyOnHand"), "QtyOnHand") or 0
        cost = cents(fields["PurchaseCost"], "PurchaseCost") or 0
        worth = int(quantity * cost)
        equity = company.standing_account(chart.OPENING_BALANCE_EQUITY, write.moment)
        asset = fields["AssetAccountRef"]["value"]
        return [Posting(asset, worth, memo=fields["Name"]), Posting(equity, -worth, memo=fields["Name"])]
