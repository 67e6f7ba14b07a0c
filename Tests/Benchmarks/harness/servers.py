"""Starts servers, waits until they take connections, and stops them."""

import contextlib
import socket
import subprocess
import sys
import time


@contextlib.contextmanager
def running(command, *sockets):
    """The process, when it listens on all sockets."""
    # Dies with this process, however that ends.
    process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for path in sockets:
            wait_for(process, path)
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(process, path):
    limit = time.monotonic() + 20
    while True:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                return probe.connect(str(path))
            except OSError:
                if process.poll() is not None or time.monotonic() > limit:
                    sys.exit(f"{process.args[3]} does not come up.")
        time.sleep(0.02)
