"""What Penstock has to do in a root file system. Runs in a new network and mount namespace, where the
only servers are those started here: a name server and an AWS behind TLS."""

import argparse
import http.server
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import threading

import rooms

NAME = "aws.private.example"
#: Only the name server of this network knows this address.
ADDRESS = "127.0.0.53"
PORT = 8443
EMPTY = (
    b'<?xml version="1.0"?><ListBucketResult><Name>b</Name><KeyCount>0</KeyCount>'
    b"<IsTruncated>false</IsTruncated></ListBucketResult>"
)
asked, looked_up = [], []


class AWS(http.server.BaseHTTPRequestHandler):
    """Buckets without objects, and no clusters."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        asked.append(self.headers.get("x-amz-target") or self.path)
        is_json = "x-amz-target" in self.headers
        body = b'{"Clusters": []}' if is_json else EMPTY
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1" if is_json else "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *_):
        pass


def serve_aws(folder):
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    (folder / "ca.pem").chmod(0o644)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # a client that doesn't trust it

    server = Server((ADDRESS, PORT), AWS)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def serve_names():
    """Answers for one name, over UDP."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def loop():
        while True:
            query, client = server.recvfrom(512)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1 : at + 1 + query[at]].decode())
                at += 1 + query[at]
            question, kind = query[12 : at + 5], struct.unpack(">H", query[at + 1 : at + 3])[0]
            name = ".".join(labels).lower()
            looked_up.append(name)
            known = name == NAME
            has = known and kind == 1
            header = query[:2] + struct.pack(">HHHHH", 0x8580 if known else 0x8583, 1, has, 0, 0)
            record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(ADDRESS)
            server.sendto(header + question + (record if has else b""), client)

    threading.Thread(target=loop, daemon=True).start()


INPUTS = ["-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments"]


class Room:
    def __init__(self, root, user):
        self.root = root
        self.user = user
        self.penstock = next(
            f"/{path}" for path in ("usr/local/bin/penstock", "usr/bin/penstock")
            if (root / path).exists()
        )

    def run(self, *command, status=0, folder="/work/trial", **variables):
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C.UTF-8",
            "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret",
            **variables,
        }

        def enter():
            os.chroot(self.root)
            os.chdir(folder)
            if self.user:
                os.setgroups([])
                os.setgid(self.user)
                os.setuid(self.user)

        done = subprocess.run(
            command, preexec_fn=enter, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
        )
        if done.returncode != status:
            raise SystemExit(
                f"{' '.join(command)} in {self.root} exited with {done.returncode}:\n"
                f"{done.stdout}{done.stderr}"
            )
        return done.stdout + done.stderr


def compile_and_run(room):
    printed = room.run(
        room.penstock, "compile", *INPUTS, "--facts", "facts.json", "--run-id",
        "2026-03-01-02-00-00", "--quiet",
    )
    assert len(json.loads(printed)["Steps"]) == 17, printed
    run = [room.penstock, "run", *INPUTS, "--sandbox", "box", "--run-time"]
    room.run(*run, "2026-03-01T02:00:00Z", "-q")
    printed = room.run(room.penstock, "history", "--sandbox", "box")
    assert "succeeded" in printed, printed


def verify(room):
    """Names are resolved by DNS, and TLS accepts the private authority only if told to."""
    plan = [room.penstock, "plan", *INPUTS]
    aws = {"AWS_ENDPOINT_URL": f"https://{NAME}:{PORT}", "AWS_MAX_ATTEMPTS": "1"}
    printed = room.run(*plan, status=1, **aws)
    known = ("its certificate isn't trusted", "this system has no trusted certificates")
    assert any(words in printed for words in known), printed
    assert not asked, asked
    for variable in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"):
        asked.clear()
        looked_up.clear()
        # There are no logs to process.
        room.run(*plan, status=3, **aws, **{variable: "/work/trial/ca.pem"})
        assert asked and NAME in looked_up, (asked, looked_up)
    aws["AWS_ENDPOINT_URL"] = f"https://no.private.example:{PORT}"
    printed = room.run(*plan, status=1, **aws, AWS_CA_BUNDLE="/work/trial/ca.pem")
    assert "can't be resolved" in printed, printed


def read_manual(room):
    for page in ("penstock", "penstock-run", "snowplow-emr-etl-runner"):
        printed = room.run("/usr/bin/man", "-P", "cat", page, MANWIDTH="80")
        assert "NAME" in printed and "penstock" in printed, printed



COMPLETE = r"""
PS1=x; . /usr/share/bash-completion/bash_completion
complete_words() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
  _completion_loader "$1"
  local how; how=$(complete -p "$1"); how=${how##*-F }; "${how%% *}" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD-1]}"
  printf '%s ' "${COMPREPLY[@]}"; echo
}
complete_words penstock comp
complete_words penstock compile --run-
complete_words snowplow-emr-etl-runner li
"""


def complete(room):
    printed = room.run("/bin/bash", "--norc", "-c", COMPLETE).splitlines()
    runner = room.root / room.penstock[1:].replace("penstock", "snowplow-emr-etl-runner")
    wanted = ["compile", "--run-id", "lint"]
    if not runner.is_symlink():
        wanted[2] = ""  # a wheel's script, which needs the Python that isn't here
    for words, word in zip(printed, wanted):
        assert word in words, printed
    assert len(printed) == 3, printed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--user", type=int, default=0)
    parser.add_argument("--manual", action="store_true")
    parser.add_argument("--shell", action="store_true")
    options = parser.parse_args()
    rooms.loopback_up()
    rooms.call("mount", "-t", "proc", "proc", options.root / "proc")
    (options.root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1\n")
    serve_names()
    serve_aws(options.root / "work/trial")
    room = Room(options.root, options.user)
    compile_and_run(room)
    verify(room)
    if options.manual:
        read_manual(room)
    if options.shell:
        complete(room)


main()
