"""Whose a thing is: evidence, rules, judgement, and how right they are. Pure."""
