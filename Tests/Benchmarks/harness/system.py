"""The whole system of real processes, with the sample catalogue and an official's token."""

import contextlib
import subprocess
from pathlib import Path


class System:
    def __init__(self, data, token):
        self.data = data
        self.token = token
        self.runtime = Path((data / "runtime-path").read_text().strip())
        self.secret = self.runtime / "start-secret"

    def socket(self, process):
        return self.runtime / f"{process}.sock"

    def pid(self, process):
        return int((self.runtime / f"{process}.pid").read_text())


@contextlib.contextmanager
def running(binaries, root, folder):
    motcua, data, token = binaries / "motcua", folder / "motcua", folder / "token"
    supervisor = subprocess.Popen([motcua, "up", "--data", data, "--log-level", "error"], stdout=subprocess.DEVNULL)
    try:
        for arguments in (
            ["status", "--data", data, "--wait", "60"],
            ["import", root / "Services/records/procedures.jsonl", "--data", data],
            ["import-organisation", root / "Services/records/organisation.jsonl", "--data", data],
            ["token", "--data", data, "--official", "bench", "--role", "official", "--out", token],
        ):
            subprocess.run([motcua, *arguments], check=True, stdout=subprocess.DEVNULL)
        yield System(data, token)
    finally:
        supervisor.terminate()
        supervisor.wait()
