"""Costs, controls, and the ledger that every cent passes through."""
