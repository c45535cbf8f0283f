"""The one loop, its rules, and the result of a run."""
