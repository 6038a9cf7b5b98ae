"""One file for each exercise: its cases, hints, and the wrong answers that people give."""
