"""What runs in the measured processes; needs nothing but an engine and the standard library."""
