"""One TCP connection kept whole, and the files that hold one."""
