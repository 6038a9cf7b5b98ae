"""One file an incident."""
