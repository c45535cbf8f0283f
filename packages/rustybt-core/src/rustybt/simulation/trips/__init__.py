"""Round trips and lots of a finished run: its trades."""
