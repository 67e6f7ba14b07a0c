"""The whole system of real processes, with the sample catalogue and an official's token."""

import contextlib
import json
import sqlite3
import subprocess
import time
from pathlib import Path

CATALOGUE = "Services/records/procedures.jsonl"
ORGANISATION = "Services/records/organisation.jsonl"
# So many hold each post of a commune or ward.
POSTS = (("tiepnhan", "receptionist", "Công chức tiếp nhận", 4), ("thuly", "handler", "Công chức thụ lý", 4),
         ("duyet", "approver", "Phó Chủ tịch UBND", 1), ("vanthu", "clerk", "Văn thư", 1),
         ("chutich", "head", "Chủ tịch UBND", 1))
PROCESSES = ("records", "payments", "digitization", "surveys", "gateway")


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

    def pids(self):
        return tuple(self.pid(process) for process in PROCESSES)


@contextlib.contextmanager
def serving(binaries, data, token, *arguments):
    """The system of a data directory, and a token of an official of the whole city who may act on anybody's step."""
    motcua = binaries / "motcua"
    supervisor = subprocess.Popen([motcua, "up", "--data", data, "--log-level", "error", *arguments],
                                  stdout=subprocess.DEVNULL)
    try:
        subprocess.run([motcua, "status", "--data", data, "--wait", "60"], check=True, stdout=subprocess.DEVNULL)
        issue(binaries, data, token, "bench", "official", "--role", "head")
        yield System(data, token)
    finally:
        supervisor.terminate()
        supervisor.wait()


def issue(binaries, data, token, official, role, *arguments):
    subprocess.run([binaries / "motcua", "token", "--data", data, "--official", official, "--role", role, "--out", token,
                    *arguments], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def running(binaries, root, folder):
    """A new system, with the sample catalogue."""
    with serving(binaries, folder / "motcua", folder / "token") as system:
        for command in (["import", root / CATALOGUE], ["import-organisation", root / ORGANISATION]):
            subprocess.run([binaries / "motcua", *command, "--data", system.data], check=True,
                           stdout=subprocess.DEVNULL)
        yield system


def prepare(binaries, root, data, *arguments):
    """A system that ran long enough for payments to hear of the sample catalogue, and stands still."""
    with serving(binaries, data, data.parent / f"{data.name}-token", *arguments) as system:
        motcua = binaries / "motcua"
        staff = data.parent / f"{data.name}-officials.jsonl"
        staff.write_text("".join(officials(root / ORGANISATION)))
        for command in (["import", root / CATALOGUE], ["import-organisation", root / ORGANISATION],
                        ["import-organisation", staff]):
            subprocess.run([motcua, *command, "--data", data], check=True, stdout=subprocess.DEVNULL)
        staff.unlink()
        limit = time.monotonic() + 60
        while followed(system) < journal_head(system):
            if time.monotonic() > limit:
                raise TimeoutError("the gateway does not follow the journal of records")
            time.sleep(0.1)


def officials(organisation):
    """Lines with made-up officials for every commune and ward, and a head of the city."""
    lines = [json.loads(line) for line in organisation.read_text().splitlines()]
    headed = {post["agency"] for line in lines for post in line.get("posts", ()) if post["role"] == "head"}
    agencies = [line["agency"] for line in lines if line.get("level") in ("commune", "ward")]
    posts = [(f"{name}.{agency}.{number}", agency, role, title)
             for agency in agencies for name, role, title, count in POSTS for number in range(count)]
    for official, agency, role, title in [("chutich.H26", "H26", "head", "Chủ tịch UBND thành phố"), *posts]:
        if role == "head" and agency in headed:
            continue
        post = {"agency": agency, "from": "2025-07-01", "role": role, "title": title}
        yield json.dumps({"kind": "official", "official": official, "full_name": f"Cán Bộ {official}",
                          "posts": [post]}, ensure_ascii=False) + "\n"


def journal_head(system):
    with reading(system.data / "records/records.sqlite") as database:
        return database.execute("SELECT max(sequence) FROM journal").fetchone()[0]


def followed(system):
    """How far the gateway has carried the facts of records."""
    with reading(system.data / "gateway/gateway.sqlite") as database:
        row = database.execute("SELECT sequence FROM cursor WHERE upstream = 'records'").fetchone()
        return row[0] if row else 0


def reading(path):
    return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5))
