"""What adapters of files have in common: the mapping, times, chunks, holes, storing."""
