"""The lists of a company: customers, accounts, items and the smaller ones that documents refer to."""
