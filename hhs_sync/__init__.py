"""Keeps a behavioral health practice's books: documents in, one pure function, a plan, QuickBooks entries out."""

__version__ = "0.1.0"
