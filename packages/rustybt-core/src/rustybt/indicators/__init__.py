"""Indicators: statistics of columns of bars, computed in chunks with carried state."""
