"""QuickBooks' chart of accounts: the types, the detail types within each, and the accounts every company has.

An account's detail type (AccountSubType) lies within its type, the type within its classification. A client may give
the type, the detail type or both; the other follows from this table, the first detail type of a type being its default.
"""

from typing import NamedTuple


class AccountType(NamedTuple):
    """One row of the table: which report section an account of this type stands in, and on which side it grows."""

    name: str
    classification: str
    debit: bool
    subtypes: tuple[str, ...]


BANK = "Bank"
RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
OTHER_CURRENT_ASSET = "Other Current Asset"
CREDIT_CARD = "Credit Card"
EQUITY = "Equity"
INCOME = "Income"
COST_OF_GOODS_SOLD = "Cost of Goods Sold"
EXPENSE = "Expense"
OTHER_INCOME = "Other Income"
OTHER_EXPENSE = "Other Expense"
OTHER_CURRENT_LIABILITY = "Other Current Liability"
UNDEPOSITED_FUNDS = "UndepositedFunds"
OPENING_BALANCE_EQUITY = "OpeningBalanceEquity"
RETAINED_EARNINGS = "RetainedEarnings"
SALES_TAX_PAYABLE = "SalesTaxPayable"
DISCOUNTS_GIVEN = "DiscountsRefundsGiven"

_ROWS = (
    AccountType(
        BANK, "Asset", True, ("Checking", "CashOnHand", "MoneyMarket", "RentsHeldInTrust", "Savings", "TrustAccounts")
    ),
    AccountType(RECEIVABLE, "Asset", True, ("AccountsReceivable",)),
    AccountType(
        OTHER_CURRENT_ASSET,
        "Asset",
        True,
        (
            "OtherCurrentAssets",
            "AllowanceForBadDebts",
            "DevelopmentCosts",
            "EmployeeCashAdvances",
            "Inventory",
            "Investment_MortgageRealEstateLoans",
            "Investment_Other",
            "Investment_TaxExemptSecurities",
            "Investment_USGovernmentObligations",
            "LoansToOfficers",
            "LoansToOthers",
            "LoansToStockholders",
            "PrepaidExpenses",
            "Retainage",
            UNDEPOSITED_FUNDS,
        ),
    ),
    AccountType(
        "Fixed Asset",
        "Asset",
        True,
        (
            "OtherFixedAssets",
            "AccumulatedAmortization",
            "AccumulatedDepletion",
            "AccumulatedDepreciation",
            "Buildings",
            "DepletableAssets",
            "FixedAssetComputers",
            "FixedAssetCopiers",
            "FixedAssetFurniture",
            "FixedAssetOtherToolsEquipment",
            "FixedAssetPhone",
            "FixedAssetPhotoVideo",
            "FixedAssetSoftware",
            "FurnitureAndFixtures",
            "IntangibleAssets",
            "Land",
            "LeaseholdImprovements",
            "MachineryAndEquipment",
            "Vehicles",
        ),
    ),
    AccountType(
        "Other Asset",
        "Asset",
        True,
        (
            "OtherLongTermAssets",
            "AccumulatedAmortizationOfOtherAssets",
            "Goodwill",
            "LeaseBuyout",
            "Licenses",
            "OrganizationalCosts",
            "SecurityDeposits",
        ),
    ),
    AccountType(PAYABLE, "Liability", False, ("AccountsPayable",)),
    AccountType(CREDIT_CARD, "Liability", False, ("CreditCard",)),
    AccountType(
        OTHER_CURRENT_LIABILITY,
        "Liability",
        False,
        (
            "OtherCurrentLiabilities",
            "DirectDepositPayable",
            "FederalIncomeTaxPayable",
            "InsurancePayable",
            "LineOfCredit",
            "LoanPayable",
            "PayrollClearing",
            "PayrollTaxPayable",
            "PrepaidExpensesPayable",
            "RentsInTrustLiability",
            SALES_TAX_PAYABLE,
            "StateLocalIncomeTaxPayable",
            "TrustAccountsLiabilities",
            "UndistributedTips",
            "GlobalTaxPayable",
            "GlobalTaxSuspense",
        ),
    ),
    AccountType(
        "Long Term Liability",
        "Liability",
        False,
        ("OtherLongTermLiabilities", "NotesPayable", "ShareholderNotesPayable"),
    ),
    AccountType(
        EQUITY,
        "Equity",
        False,
        (
            OPENING_BALANCE_EQUITY,
            "AccumulatedAdjustment",
            "CommonStock",
            "EstimatedTaxes",
            "Healthcare",
            "OwnersEquity",
            "PaidInCapitalOrSurplus",
            "PartnerContributions",
            "PartnerDistributions",
            "PartnersEquity",
            "PersonalExpense",
            "PersonalIncome",
            "PreferredStock",
            RETAINED_EARNINGS,
            "TreasuryStock",
        ),
    ),
    AccountType(
        INCOME,
        "Revenue",
        False,
        (
            "SalesOfProductIncome",
            DISCOUNTS_GIVEN,
            "NonProfitIncome",
            "OtherPrimaryIncome",
            "ServiceFeeIncome",
            "UnappliedCashPaymentIncome",
        ),
    ),
    AccountType(
        COST_OF_GOODS_SOLD,
        "Expense",
        True,
        (
            "SuppliesMaterialsCogs",
            "CostOfLaborCos",
            "EquipmentRentalCos",
            "OtherCostsOfServiceCos",
            "ShippingFreightDeliveryCos",
        ),
    ),
    AccountType(
        EXPENSE,
        "Expense",
        True,
        (
            "OtherMiscellaneousServiceCost",
            "AdvertisingPromotional",
            "Auto",
            "BadDebts",
            "BankCharges",
            "CharitableContributions",
            "CommissionsAndFees",
            "CostOfLabor",
            "DuesSubscriptions",
            "Entertainment",
            "EntertainmentMeals",
            "EquipmentRental",
            "FinanceCosts",
            "Insurance",
            "InterestPaid",
            "LegalProfessionalFees",
            "OfficeExpenses",
            "OfficeGeneralAdministrativeExpenses",
            "OtherBusinessExpenses",
            "PayrollExpenses",
            "PromotionalMeals",
            "RentOrLeaseOfBuildings",
            "RepairMaintenance",
            "ShippingFreightDelivery",
            "SuppliesMaterials",
            "TaxesPaid",
            "Travel",
            "TravelMeals",
            "UnappliedCashBillPaymentExpense",
            "Utilities",
        ),
    ),
    AccountType(
        OTHER_INCOME,
        "Revenue",
        False,
        (
            "OtherMiscellaneousIncome",
            "DividendIncome",
            "InterestEarned",
            "OtherInvestmentIncome",
            "TaxExemptInterest",
        ),
    ),
    AccountType(
        OTHER_EXPENSE,
        "Expense",
        True,
        (
            "OtherMiscellaneousExpense",
            "Amortization",
            "Depreciation",
            "ExchangeGainOrLoss",
            "GasAndFuel",
            "HomeOffice",
            "PenaltiesSettlements",
        ),
    ),
)

TYPES = {row.name: row for row in _ROWS}
"""Every account type by its name, in the order of QuickBooks' chart."""

TYPE_OF_SUBTYPE = {subtype: row.name for row in _ROWS for subtype in row.subtypes}
"""Which type a detail type belongs to."""


class StandingAccount(NamedTuple):
    """An account that QuickBooks makes by itself."""

    name: str
    type_name: str
    subtype: str


NEW_COMPANY = (
    StandingAccount("Accounts Receivable (A/R)", RECEIVABLE, "AccountsReceivable"),
    StandingAccount("Undeposited Funds", OTHER_CURRENT_ASSET, UNDEPOSITED_FUNDS),
    StandingAccount("Opening Balance Equity", EQUITY, OPENING_BALANCE_EQUITY),
    StandingAccount("Retained Earnings", EQUITY, RETAINED_EARNINGS),
    StandingAccount("Sales", INCOME, "SalesOfProductIncome"),
    StandingAccount("Services", INCOME, "ServiceFeeIncome"),
    StandingAccount("Uncategorized Income", INCOME, "ServiceFeeIncome"),
    StandingAccount("Uncategorized Expense", EXPENSE, "OtherMiscellaneousServiceCost"),
    StandingAccount("Uncategorized Asset", OTHER_CURRENT_ASSET, "OtherCurrentAssets"),
)
"""What a company has on its first day."""

ON_FIRST_NEED = {
    RECEIVABLE: NEW_COMPANY[0],
    UNDEPOSITED_FUNDS: NEW_COMPANY[1],
    OPENING_BALANCE_EQUITY: NEW_COMPANY[2],
    RETAINED_EARNINGS: NEW_COMPANY[3],
    PAYABLE: StandingAccount("Accounts Payable (A/P)", PAYABLE, "AccountsPayable"),
    SALES_TAX_PAYABLE: StandingAccount("Sales Tax Payable", OTHER_CURRENT_LIABILITY, SALES_TAX_PAYABLE),
    DISCOUNTS_GIVEN: StandingAccount("Discounts given", INCOME, DISCOUNTS_GIVEN),
}
"""What QuickBooks makes when a document first needs it, by account type or detail type."""
