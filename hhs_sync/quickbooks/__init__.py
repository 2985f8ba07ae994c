"""The wire to QuickBooks Online: the client that calls out, and a simulator of a company that answers."""
