"""curl: a pipe in, a pipe out. What goes in leaves as binary messages of up to 64 KiB.

curl never ends such a transfer by itself, so it is stopped, and no Close frame is sent.
"""

import shutil
import subprocess
import sys
import threading

from tests.conformance.foreign.conversation import BINARY, act, cannot, introduce, same

PIPE = "it sends its input as binary messages, and nothing else"


def main(url: str) -> None:
    path = shutil.which("curl") or sys.exit("no curl on this machine")
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    introduce("curl", told.split()[1])
    command = [path, "--silent", "--no-buffer", "--upload-file", ".", url]
    curl = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert curl.stdin and curl.stdout
    try:
        cannot("text", PIPE)
        with act("binary"):
            # Beside the reading, or both pipes fill up and nobody moves.
            threading.Thread(target=write, args=(curl.stdin, BINARY), daemon=True).start()
            same(curl.stdout.read(len(BINARY)), BINARY)
        for name in ("empty", "ping", "fragments", "close"):
            cannot(name, PIPE)
    finally:
        curl.terminate()
        curl.wait()


def write(pipe, data: bytes) -> None:
    pipe.write(data)
    pipe.flush()


if __name__ == "__main__":
    main(sys.argv[1])
