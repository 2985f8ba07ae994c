"""The sub-ledger: every economic event as a balanced entry, with the rule that made it and its evidence."""
