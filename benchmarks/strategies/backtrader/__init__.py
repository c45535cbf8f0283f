"""Strategies for backtrader."""
