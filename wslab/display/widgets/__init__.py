"""Live parts of a page; the only place of the display that may import the network."""
