"""A server over TLS on a free port: writes the port, and ends when its input does.

The argument is a folder that gets `ca.pem`, the authority that made its certificate, which is good
for the name `localhost` alone. A second argument shifts the days in which it is valid. What is asked for is answered with the files of its folder `answers`.
"""

import datetime
import http.server
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder = sys.argv[1]
shift = datetime.timedelta(days=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
now = datetime.datetime.now(datetime.timezone.utc)


def certificate(name, key, issuer, issuer_key, extension, shift=datetime.timedelta()):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + shift - datetime.timedelta(days=1))
        .not_valid_after(now + shift + datetime.timedelta(days=2))
        .add_extension(extension, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def write(name, *parts):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(b"".join(parts))


authority_key = ec.generate_private_key(ec.SECP256R1())
authority = certificate(
    "authority", authority_key, None, authority_key, x509.BasicConstraints(True, None)
)
key = ec.generate_private_key(ec.SECP256R1())
names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
leaf = certificate(
    "localhost", key, authority.subject, authority_key, names, shift
)
pem = serialization.Encoding.PEM
write("ca.pem", authority.public_bytes(pem))
write(
    "server.pem",
    key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ),
    leaf.public_bytes(pem),
)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with open(f"{folder}/answers{self.path}", "rb") as file:
                body = file.read()
        except OSError:
            body = b"secure"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/server.pem")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
