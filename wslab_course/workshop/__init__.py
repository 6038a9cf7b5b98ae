"""The README's table of notebooks and the instructor's guide."""
