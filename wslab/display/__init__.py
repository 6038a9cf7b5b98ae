"""How things look, as text and as HTML."""
