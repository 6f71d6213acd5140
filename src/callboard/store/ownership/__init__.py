"""Whose things are, written down: decisions and their evidence, rules, what people said, and how it drifts."""
