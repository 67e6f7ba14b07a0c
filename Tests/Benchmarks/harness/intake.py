"""Durable intake through the gateway of a running system, beside the storage floor."""

import subprocess


def run(binaries, system, runs):
    subprocess.run([binaries / "intake-benchmark", "--data", system.data, "--token-file", system.token,
                    "--runs", str(runs)], check=True)
