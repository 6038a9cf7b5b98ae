"""What only the notebooks need: checks and lessons. The helper is `wslab`."""
