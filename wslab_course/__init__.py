"""What only the notebooks need: checks, lessons, and the workshop. The helper is `wslab`."""
