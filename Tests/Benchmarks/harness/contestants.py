"""Who is measured: how each is built and started, and that they say the same things."""

import socket
import subprocess
import sys
from dataclasses import dataclass

FLOOR = "C + protobuf-c"
GO_TTRPC = "Go ttrpc"
OURS = "MotCua"
OURS_POOL = "MotCua, callers on the global pool"


@dataclass
class Contestant:
    """`load` is followed by SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS, `serve` by SOCKET."""

    name: str
    serve: list
    load: list


def own(binaries):
    floor, ours = str(binaries / "c-floor"), str(binaries / "echo-benchmark")
    return [
        Contestant(FLOOR, [floor, "serve"], [floor, "load"]),
        Contestant(OURS, [ours, "serve"], [ours, "load"]),
        Contestant(OURS_POOL, [ours, "serve"], [ours, "load", "--callers", "pool"]),
    ]


def first_frame(contestant, folder):
    """What the client says first, to a server that only listens."""
    path = folder / "first-frame.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        client = subprocess.Popen(
            [*contestant.load, str(path), str(subprocess.os.getpid()), "1", "64", "0.1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            listener.settimeout(20)
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(20)
                bytes_read = b""
                while len(bytes_read) < 10 or len(bytes_read) < 10 + int.from_bytes(bytes_read[:4], "big"):
                    more = connection.recv(65536)
                    if not more:
                        break
                    bytes_read += more
                return bytes_read
        finally:
            client.kill()
            client.wait()
            path.unlink()


def check_same_frames(crew, folder):
    by_name = {contestant.name: contestant for contestant in crew}
    floor, ours = first_frame(by_name[FLOOR], folder), first_frame(by_name[OURS], folder)
    if floor != ours:
        sys.exit(f"The floor and the runtime send different requests:\n{floor.hex()}\n{ours.hex()}")
    print(f"The floor's request and the runtime's are the same {len(ours)} bytes.", file=sys.stderr)
