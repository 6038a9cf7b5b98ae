"""One view for each type of the protocol."""
