"""estafette -- the local bus of an Estafette gateway, with Python's own library only.

The bus speaks nng's "SP over IPC" on Unix sockets. Whoever has an nng library may use that;
the few lines of class Pipe are all there is to it:

    both sides first send eight bytes: 00 'S' 'P' 00, the protocol (two bytes), 00 00
    then messages: 01, the length (eight bytes, big endian), that many bytes
    REQ (0x30) puts four bytes of its own choice, the highest bit set, before each request,
    and finds them before the answer; SUB (0x21) only listens

docs/connect.md tells the rest, docs/api.md every request.
"""
import base64
import json
import os
import socket
import struct
import time
import uuid

REQ, SUB = 0x30, 0x21
PIECE = 1 << 20  # a file goes in pieces of at most 1 MiB
MESSAGE_MAX = 1 << 26
AGAIN = ("temporary", "store", "io", "clock", "unreachable")  # may succeed later, as it is


class Fault(Exception):
    """The daemon said no: code (docs/connect.md), text, and what to do."""

    def __init__(self, fault):
        super().__init__("%(code)s: %(text)s (%(action)s)" % fault)
        self.code, self.text, self.action = fault["code"], fault["text"], fault["action"]

    def is_temporary(self):
        return self.code in AGAIN


class Pipe:
    """One connection: greeting, then messages."""

    def __init__(self, path, protocol, patience):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(patience)
        self.socket.connect(path)
        self.socket.sendall(b"\0SP\0" + struct.pack(">HH", protocol, 0))
        if self.take(8)[:4] != b"\0SP\0":
            raise ConnectionError("this is no local bus")

    def take(self, size):
        parts = []
        while size:
            part = self.socket.recv(min(size, PIECE))
            if not part:
                raise ConnectionError("the daemon hung up")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def send(self, message):
        self.socket.sendall(b"\1" + struct.pack(">Q", len(message)) + message)

    def receive(self):
        kind, size = struct.unpack(">BQ", self.take(9))
        if kind != 1 or size > MESSAGE_MAX:
            raise ConnectionError("this is no message")
        return self.take(size)

    def close(self):
        self.socket.close()


class Bus:
    """The daemon of one home: ask it, send it files, hear its events."""

    def __init__(self, folder=None):
        folder = folder or os.environ["ESTAFETTE_HOME"]
        run = os.path.join(folder, "run")
        self.folder = run if os.path.isdir(run) else folder

    def path(self, name):
        return os.path.join(self.folder, name + ".sock")

    def once(self, request, patience):
        pipe = Pipe(self.path("control"), REQ, patience)
        try:
            number = struct.pack(">I", 0x80000001)
            pipe.send(number + json.dumps(request).encode())
            answer = pipe.receive()
        finally:
            pipe.close()
        if answer[:4] != number:
            raise ConnectionError("an answer to another question")
        return json.loads(answer[4:])

    def ask(self, do, arguments=None, id=None, patience=30, tries=5):
        """The result of a request; Fault when the daemon says no. When the answer did not come
        it asks again with the same id: what changes something is done once all the same."""
        request = {"v": 1, "id": id or str(uuid.uuid4()), "do": do, "with": arguments or {}}
        for left in range(tries, 0, -1):
            try:
                answer = self.once(request, patience)
                break
            except OSError:  # hung up, gone, or silent: it may or may not have been done
                if left == 1:
                    raise
                time.sleep(1)
        if not answer["ok"]:
            raise Fault(answer["fault"])
        return answer["result"]

    def upload(self, content, do="upload", **more):
        """Bytes to the daemon; what comes back is what later requests call them."""
        file = str(uuid.uuid4())
        for offset in range(0, len(content), PIECE):
            piece = base64.b64encode(content[offset:offset + PIECE]).decode()
            self.ask(do, {"file": file, "offset": offset, "data": piece, **more})
        return file

    def download(self, id, what):
        """"dossier", "bericht", "ontvangstbevestiging" or "verzegeld" of a handover."""
        content, size = b"", 1
        while len(content) < size:
            piece = self.ask("overdracht.file",
                             {"id": id, "what": what, "offset": len(content)})
            content += base64.b64decode(piece["data"])
            size = piece["size"]
        return content

    def events(self, patience=None):
        """Each event as it comes. Listen first, then ask for the list: nothing falls between."""
        pipe = Pipe(self.path("events"), SUB, patience)
        try:
            while True:
                yield json.loads(pipe.receive())
        finally:
            pipe.close()
