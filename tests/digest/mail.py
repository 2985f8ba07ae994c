"""A mail server of the standard library alone: it speaks enough SMTP to take a mail, over TLS and with a password."""

import base64
import contextlib
import datetime as dt
import socketserver
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class MailServer(socketserver.ThreadingTCPServer):
    """What it took, and how: `mails`, the users that signed in, and each command with whether the line was secret."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, tls: ssl.SSLContext | None = None, at_once: bool = False, refuse: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.tls, self.at_once, self.refuse = tls, at_once, refuse
        self.mails: list[EmailMessage] = []
        self.users: list[tuple[str, str]] = []
        self.commands: list[tuple[str, bool]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    """One conversation (RFC 5321, STARTTLS of RFC 3207, AUTH PLAIN of RFC 4954)."""

    server: MailServer
    secret = False

    def setup(self) -> None:
        super().setup()
        if self.server.at_once:
            self._encrypt()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line.partition(" ")[0].upper()
                self.server.commands.append((verb, self.secret))
                if verb == "QUIT":
                    self._say("221 bye")
                    return
                self._answer(verb, line)

    def _answer(self, verb: str, line: str) -> None:
        if self.server.refuse == verb:
            self._say("550 5.7.1 jane.doe@example.org may not")
        elif verb == "EHLO":
            offers = ["hello", "AUTH PLAIN", *(["STARTTLS"] if self.server.tls and not self.secret else [])]
            for number, offer in enumerate(offers, start=1):
                self._say(f"250{' ' if number == len(offers) else '-'}{offer}")
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
        elif verb == "AUTH":
            _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
            self.server.users.append((user, password))
            self._say("235 welcome" if password == "correct horse" else "535 5.7.8 no")
        elif verb == "DATA":
            self._say("354 go on")
            self._take()
        else:
            self._say("250 fine")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()).strip() != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail: Any = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.mails.append(mail)
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _encrypt(self) -> None:
        assert self.server.tls is not None
        self.request = self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.secret = True


@contextlib.contextmanager
def mail_server(**how: Any) -> Iterator[MailServer]:
    with MailServer(**how) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for localhost, and the file of the authority to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca, both = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(private + ca.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, ca
