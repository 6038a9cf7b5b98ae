"""One folder a notebook: its exercises, its quiz, and what its cells play with."""
