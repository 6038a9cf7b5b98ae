"""A relay that records every byte and, when told to, misbehaves."""
