"""What a person should look at: the exceptions report."""
