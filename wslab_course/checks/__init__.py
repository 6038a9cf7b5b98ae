"""How an attempt is judged."""
