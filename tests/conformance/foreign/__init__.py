"""Foreign clients held against EchoServer, straight and through a Tap: `python3 run.py clients`.

Each client has one small script, `with_<client>`. All keep one contract: the script is
given a URL, does the six acts of `acts.json` on one connection, and prints a JSON line
for each (`conversation.py` says which). What really passed is read from the server's
events and from the tap's recording, never from what the client believes.
"""
