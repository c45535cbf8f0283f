"""Strategies for backtesting.py."""
