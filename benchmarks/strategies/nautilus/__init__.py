"""Strategies for nautilus_trader."""
