"""A server that breaks one rule at a time."""
