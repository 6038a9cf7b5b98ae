"""What passes a tap, row by row, in a page or in a terminal."""
