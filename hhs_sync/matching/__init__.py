"""What belongs together, and why: exact or fully agreeing evidence matches, anything less is a question.

A match names its rule and its evidence. Two candidates are never a choice.
"""
