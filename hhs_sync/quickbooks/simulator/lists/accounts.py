"""The chart of accounts."""

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import DOLLARS, Kind, Write, check_lengths, resolve
from hhs_sync.quickbooks.simulator.ledger import Posting
from hhs_sync.quickbooks.simulator.lists.names import marked_inactive
from hhs_sync.quickbooks.simulator.refusal import Refused, business_rule, invalid_choice, missing
from hhs_sync.quickbooks.simulator.wire import Fields, amount, flag


class Account(Kind):
    """An account, or with ParentRef a sub-account of the same type."""

    name = "Account"
    lengths = (("Name", 100), ("AcctNum", 7 + 13), ("Description", 100))
    derived = ("CurrentBalance", "CurrentBalanceWithSubAccounts", "FullyQualifiedName", "Classification")

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Settles type, detail type and classification; the number must be free."""
        del write
        check_lengths(fields, self.lengths)
        if not fields.get("Name"):
            raise missing("Name")
        if ":" in fields["Name"] or '"' in fields["Name"]:
            raise business_rule("An account's name must not contain a colon or double quotes.", element="Name")
        settle_type(fields)
        fields["Active"] = flag(fields.get("Active")) is not False
        fields["Name"] = marked_inactive(fields["Name"], active=fields["Active"], old=old)
        parent_id = resolve(company, fields, "ParentRef", "Account", old)
        fields["SubAccount"] = parent_id is not None
        fields["FullyQualifiedName"] = fields["Name"]
        if parent_id is not None:
            parent = company.tables["Account"][parent_id]
            if parent["AccountType"] != fields["AccountType"]:
                raise business_rule("A sub-account has the same type as its parent account.", element="AccountType")
            fields["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{fields['Name']}"
        if old is not None and not fields["Active"] and company.ledger.balances.get(old["Id"]):
            self._refuse_standing(old)
        self._refuse_number_twice(company, fields, old)
        fields["CurrencyRef"] = dict(DOLLARS)
        return fields

    def view(self, company: Company, fields: Fields) -> Fields:
        """With its balance, on the side on which accounts of its type grow; income and expense accounts show none."""
        if fields["Classification"] in ("Revenue", "Expense"):
            return {**fields, "CurrentBalance": 0, "CurrentBalanceWithSubAccounts": 0}
        sign = 1 if chart.TYPES[fields["AccountType"]].debit else -1
        balances = company.ledger.balances
        with_subs = sum(balances.get(member, 0) for member in company.family("Account", fields["Id"]))
        return {
            **fields,
            "CurrentBalance": amount(sign * balances.get(fields["Id"], 0)),
            "CurrentBalanceWithSubAccounts": amount(sign * with_subs),
        }

    @staticmethod
    def _refuse_standing(old: Fields) -> None:
        if old["AccountSubType"] in chart.ON_FIRST_NEED or old["AccountType"] in chart.ON_FIRST_NEED:
            raise business_rule(f"{old['Name']} is one of QuickBooks' own accounts and still has a balance.")

    @staticmethod
    def _refuse_number_twice(company: Company, fields: Fields, old: Fields | None) -> None:
        number = fields.get("AcctNum")
        if not number:
            return
        for object_id, other in company.tables["Account"].items():
            if other.get("AcctNum") == number and (old is None or object_id != old["Id"]):
                raise Refused(
                    "6240",
                    "Duplicate Name Exists Error",
                    f"The name supplied already exists. : Another account is already using number {number}.",
                    element="AcctNum",
                )


def settle_type(fields: Fields) -> None:
    """Fill in AccountType, AccountSubType and Classification from whichever of the first two was given."""
    type_name, subtype = fields.get("AccountType"), fields.get("AccountSubType")
    if type_name is None and subtype is None:
        raise missing("AccountType")
    if subtype is not None and subtype not in chart.TYPE_OF_SUBTYPE:
        raise invalid_choice("AccountSubType", subtype)
    if type_name is None:
        type_name = chart.TYPE_OF_SUBTYPE[str(subtype)]
    if type_name not in chart.TYPES:
        raise invalid_choice("AccountType", type_name)
    row = chart.TYPES[type_name]
    if subtype is None:
        subtype = row.subtypes[0]
    if subtype not in row.subtypes:
        raise invalid_choice("AccountSubType", f"{subtype}, which is no detail type of {type_name}")
    fields["AccountType"], fields["AccountSubType"] = type_name, subtype
    fields["Classification"] = row.classification


def line_posting(company: Company, account: str, posting: Posting) -> Posting:
    """The same posting, marked where its account is one of receivables or payables."""
    type_name = company.tables["Account"][account]["AccountType"]
    return posting._replace(receivable=type_name == chart.RECEIVABLE, payable=type_name == chart.PAYABLE)
