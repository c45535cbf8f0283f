"""Strategies for Zipline. RustyBT runs them too, with the word replaced on import lines."""
