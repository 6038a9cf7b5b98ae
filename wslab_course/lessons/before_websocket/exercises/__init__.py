"""One file an exercise: its cases, its hints, and the wrong answers that people give."""
