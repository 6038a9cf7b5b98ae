"""What bytes mean: frames, handshakes, sessions. No I/O, no clock, no randomness."""
