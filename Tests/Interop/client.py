#!/usr/bin/env python3
"""A client of MotCua's wire, from PROTOCOL.md and Python's standard library alone.

    client.py SOCKET     makes a call of each kind to motcua.testing.v1.Echo and prints a line for each

Note { string text = 1; int64 count = 2; string request_id = 3; bytes body = 4; }
"""
import socket
import struct
import sys

REQUEST, RESPONSE, DATA = 1, 2, 3
REMOTE_CLOSED, REMOTE_OPEN, NO_DATA, SOLE_STREAM = 1, 2, 4, 8


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number, value):
    """One protobuf field; nothing for an empty one."""
    if not value:
        return b""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(data):
    """A protobuf message as a list of (number, value)."""
    at = 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    found = []
    while at < len(data):
        key = read_varint()
        if key & 7 == 0:
            found.append((key >> 3, read_varint()))
        elif key & 7 == 2:
            length = read_varint()
            found.append((key >> 3, data[at:at + length]))
            at += length
        else:
            at += {1: 8, 5: 4}[key & 7]
    return found


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.next_id = 1

    def send(self, stream_id, kind, flags, data=b""):
        self.socket.sendall(struct.pack(">IIBB", len(data), stream_id, kind, flags) + data)

    def receive(self):
        def exactly(count):
            data = b""
            while len(data) < count:
                more = self.socket.recv(count - len(data))
                if not more:
                    raise EOFError("the server has closed the connection")
                data += more
            return data

        length, stream_id, kind, flags = struct.unpack(">IIBB", exactly(10))
        return stream_id, kind, flags, exactly(length)

    def open(self, service, method, flags=0, payload=b"", timeout_nano=0, metadata=()):
        stream_id, self.next_id = self.next_id, self.next_id + 2
        request = field(1, service) + field(2, method) + field(3, payload) + field(4, timeout_nano)
        for key, value in metadata:
            entry = field(1, key) + field(2, value)
            request += varint(5 << 3 | 2) + varint(len(entry)) + entry
        self.send(stream_id, REQUEST, flags, request)
        return stream_id

    def answers(self, stream_id):
        """Yields the messages of one stream until the server ends it."""
        while True:
            answered, kind, flags, data = self.receive()
            if answered != stream_id:
                continue
            if kind == RESPONSE:
                response = dict(fields(data))
                status = fields(response.get(1, b""))
                code = dict(status).get(1, 0)
                if code != 0:
                    raise Failure(code, dict(status).get(2, b"").decode())
                yield response.get(2, b"")
                return
            if kind == DATA:
                if not flags & NO_DATA:
                    yield data
                if flags & REMOTE_CLOSED:
                    return

    def unary(self, service, method, payload, **options):
        return next(self.answers(self.open(service, method, payload=payload, **options)))

    def close_stream(self, stream_id):
        self.send(stream_id, DATA, REMOTE_CLOSED | NO_DATA)


def main(path):
    echo = "motcua.testing.v1.Echo"
    note = field(1, "một cửa") + field(2, -7) + field(4, bytes(range(256)))

    def check(name, holds):
        print(f"Python client, our server, {name}: {'ok' if holds else 'FAILED'}", flush=True)
        if not holds:
            sys.exit(1)

    one = Connection(path)
    check("unary", one.unary(echo, "Echo", note) == note)
    check("unary, an empty message", one.unary(echo, "Echo", b"") == b"")
    described = dict(fields(one.unary(
        echo, "Describe", b"", timeout_nano=20_000_000_000,
        metadata=[("place", "Hà Nội"), ("k", "1"), ("k", "2")])))
    check("metadata", described[1].decode() == "place=Hà Nội\nk=1\nk=2")
    check("deadline", 0 < described[2] <= 20_000)
    for name, service, method, payload, code in [
        ("a status", echo, "Refuse", field(1, "no") + field(2, 5), 5),
        ("an unknown method", echo, "Nothing", b"", 12),
        ("a message that is none", echo, "Echo", b"\xff", 3),
    ]:
        try:
            one.unary(service, method, payload)
            check(name, False)
        except Failure as failure:
            check(name, failure.code == code)

    held = one.open(echo, "Hold", payload=note)
    one.open("motcua.rpc.v1.Calls", "Cancel", payload=field(1, held))
    try:
        next(one.answers(held))
        check("cancelling", False)
    except Failure as failure:
        check("cancelling", failure.code == 1 and one.unary(echo, "Echo", note) == note)

    down = Connection(path)
    stream = down.open(echo, "Repeat", REMOTE_CLOSED | SOLE_STREAM, field(1, "x") + field(2, 100))
    counts = [dict(fields(message)).get(2, 0) for message in down.answers(stream)]
    check("server streaming", counts == list(range(100)))

    up = Connection(path)
    stream = up.open(echo, "Collect", REMOTE_OPEN | SOLE_STREAM)
    for _ in range(100):
        up.send(stream, DATA, 0, field(4, b"abc"))
    up.send(stream, DATA, 0)
    up.close_stream(stream)
    check("client streaming", dict(fields(next(up.answers(stream)))) == {1: b"300", 2: 101})

    both = Connection(path)
    stream = both.open(echo, "Chat", REMOTE_OPEN | SOLE_STREAM)
    answers = both.answers(stream)
    heard = []
    for word in ("một", "cửa"):
        both.send(stream, DATA, 0, field(1, word))
        heard.append(next(answers))
    both.close_stream(stream)
    check("bidirectional", heard == [field(1, "một"), field(1, "cửa")] and list(answers) == [])


if __name__ == "__main__":
    main(sys.argv[1])
