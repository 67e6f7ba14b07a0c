"""Encoding and decoding of the record message: ours, C protobuf-c with a bump arena, SwiftProtobuf."""

import subprocess
import sys

from .echo import FLOOR, OURS
from .rounds import Trial

SWIFT_PROTOBUF = "SwiftProtobuf"


def trials(binaries, root, folder):
    record = folder / "record"
    ours = binaries / "echo-benchmark"
    subprocess.run([ours, "write-record", record], check=True)
    work = f"record of {record.stat().st_size} bytes"
    found = [
        Trial(work, FLOOR, [binaries / "c-floor", "coding", record]),
        Trial(work, OURS, [ours, "coding", record]),
    ]
    build = ["swift", "build", "-c", "release", "--package-path", root / "Tests/Benchmarks/Peers/SwiftProtobuf",
             "--scratch-path", root / ".build/bench/swift-protobuf"]
    if subprocess.run(build, stdout=sys.stderr).returncode == 0:
        shown = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True)
        found.append(Trial(work, SWIFT_PROTOBUF, [f"{shown.stdout.strip()}/swift-protobuf-coding", record]))
    else:
        print("SwiftProtobuf is not measured: its package does not build here.", file=sys.stderr)
    return found
