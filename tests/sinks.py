"""Where a server that should be quiet would be heard: a mail server and a way out to the web."""

import contextlib
import re
import socketserver
import threading


class _Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.heard = []

    @property
    def port(self):
        return self.server_address[1]


class _Mail(socketserver.StreamRequestHandler):
    """Takes any mail and keeps whom it was for and what it said."""

    def handle(self):
        self._say("220 sink")
        receivers = []
        while line := self.rfile.readline().decode(errors="replace").strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                receivers.append(re.sub(r".*<|>.*", "", line))
            if verb == "DATA":
                self._say("354 go on")
                text = "".join(
                    iter(lambda: self.rfile.readline().decode(errors="replace"), ".\r\n")
                )
                self.server.heard.append((tuple(receivers), text))
                receivers = []
            self._say("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class _Web(socketserver.StreamRequestHandler):
    """A proxy that lets nobody through and keeps where they wanted to go."""

    def handle(self):
        line = self.rfile.readline().decode(errors="replace").strip()
        while self.rfile.readline().strip():
            pass
        self.server.heard.append(line)
        self.wfile.write(b"HTTP/1.1 503 Closed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@contextlib.contextmanager
def listening(kind):
    sink = _Sink(kind)
    thread = threading.Thread(target=sink.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.shutdown()
        sink.server_close()


def mail():
    return listening(_Mail)


def web():
    return listening(_Web)
