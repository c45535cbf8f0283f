"""Strategies for RustyBT."""
