"""Use cases of whose things are: plan, confirm, propose, report, watch."""
