"""One file for each incident."""
