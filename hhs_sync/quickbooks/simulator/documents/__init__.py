"""The documents of a company: what each kind asks of its sender, and what it posts to the books."""
