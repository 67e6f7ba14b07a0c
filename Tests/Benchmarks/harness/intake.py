"""Durable intake through the gateway beside the storage floor: a running system of its own."""

import subprocess
import tempfile
from pathlib import Path


def run(binaries, root, runs):
    motcua = str(binaries / "motcua")
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        data, token = f"{folder}/motcua", f"{folder}/token"
        system = subprocess.Popen([motcua, "up", "--data", data, "--log-level", "error"])
        try:
            for arguments in (
                ["status", "--data", data, "--wait", "60"],
                ["import", str(root / "Services/records/procedures.jsonl"), "--data", data],
                ["token", "--data", data, "--official", "bench", "--role", "official", "--out", token],
            ):
                subprocess.run([motcua, *arguments], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(
                [str(binaries / "intake-benchmark"), "--data", data, "--token-file", token, "--runs", str(runs)],
                check=True)
        finally:
            system.terminate()
            system.wait()
