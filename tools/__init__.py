"""What `make` runs: small scripts of this workspace, no part of any distribution."""
