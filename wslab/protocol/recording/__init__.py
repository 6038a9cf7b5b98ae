"""The recording of one TCP connection, and the files that hold one."""
