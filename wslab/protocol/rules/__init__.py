"""What the RFCs demand: one function per rule, and the functions that check them all."""
