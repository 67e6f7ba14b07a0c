"""The gateway's hop: the real gateway before services that only echo, and before the real records."""

import shutil

from . import servers
from .rounds import Trial

ECHO = "gateway hop, echo"
READ = "gateway hop, a procedure read from the database"
DIRECT = "direct"
BY_UID = "through the gateway, by uid"
BY_TOKEN = "through the gateway, by token"
# Of the sample catalogue.
PROCEDURE = "1708"


def trials(binaries, system, folder, stack):
    program = binaries / "hop-benchmark"
    behind, own = folder / "behind", folder / "gateway"
    behind.mkdir()
    own.mkdir(mode=0o700)
    # Who may call is as in the running system.
    for name in ("principals.json", "token-verifying.key"):
        shutil.copy(system.data / "gateway" / name, own)
    service = stack.enter_context(servers.running(
        [program, "serve", "--secret-file", system.secret, behind], behind / "records.sock"))
    entrance = folder / "gateway.sock"
    gateway = stack.enter_context(servers.running(
        [binaries / "motcua-gateway", "--data", own, "--socket", entrance, "--secret-file", system.secret,
         "--upstreams", behind, "--log-level", "error"], entrance))
    seal, token = ["--secret-file", system.secret], ["--token-file", system.token]
    read = ["--procedure", PROCEDURE]
    pids = (system.pid("gateway"), system.pid("records"))
    return [
        Trial(ECHO, DIRECT, [program, "load", *seal, behind / "records.sock"], (service.pid,)),
        Trial(ECHO, BY_UID, [program, "load", entrance], (service.pid, gateway.pid)),
        Trial(ECHO, BY_TOKEN, [program, "load", *token, entrance], (service.pid, gateway.pid)),
        Trial(READ, DIRECT, [program, "load", *read, *seal, system.socket("records")], pids),
        Trial(READ, BY_UID, [program, "load", *read, system.socket("gateway")], pids),
    ]
