"""Why orders filled where they did: what a run keeps for it, and how it is told."""
