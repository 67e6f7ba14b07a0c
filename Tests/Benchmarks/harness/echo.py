"""Unary echo over one Unix stream connection: who takes part, and that they say the same things."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass

from . import servers
from .rounds import Trial

FLOOR = "C + protobuf-c"
GO_TTRPC = "Go ttrpc"
OURS = "MotCua"
OURS_POOL = "MotCua, callers on the global pool"
OURS_POLLING = "MotCua, adaptive polling"


@dataclass(frozen=True)
class Contestant:
    """`serve` is followed by SOCKET, `load` by SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS."""

    name: str
    serve: list
    load: list


@dataclass(frozen=True)
class Work:
    name: str
    in_flight: int
    text_bytes: int


WORKS = (
    Work("64 B, 64 in flight", 64, 64),
    Work("64 B, one in flight", 1, 64),
    Work("2 KiB, 64 in flight", 64, 2048),
    Work("2 KiB, one in flight", 1, 2048),
)


def own(binaries):
    adaptive = ["--polling", "adaptive"]
    floor, ours = binaries / "c-floor", binaries / "echo-benchmark"
    return [
        Contestant(FLOOR, [floor, "serve"], [floor, "load"]),
        Contestant(OURS, [ours, "serve"], [ours, "load"]),
        Contestant(OURS_POOL, [ours, "serve"], [ours, "load", "--callers", "pool"]),
        Contestant(OURS_POLLING, [ours, "serve", *adaptive], [ours, "load", *adaptive]),
    ]


def trials(crew, folder, stack):
    """Starts everybody's server; `stack` stops them."""
    found = []
    for number, contestant in enumerate(crew):
        path = folder / f"{number}.sock"
        server = stack.enter_context(servers.running([*contestant.serve, path], path))
        for work in WORKS:
            load = [*contestant.load, path, str(server.pid), str(work.in_flight), str(work.text_bytes)]
            found.append(Trial(work.name, contestant.name, load, (server.pid,)))
    return found


def first_frame(contestant, folder):
    """What the client says first, to a server that only listens."""
    path = folder / "first-frame.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        client = subprocess.Popen([*contestant.load, path, str(os.getpid()), "1", "64", "0.1"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            listener.settimeout(20)
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                connection.settimeout(20)
                header = stream.read(10)
                return header + stream.read(int.from_bytes(header[:4], "big"))
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
