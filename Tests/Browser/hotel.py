"""The programs of the built project, each with a folder of its own that goes when they do."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BIN", ROOT / ".build/debug"))
# What has not come after this hangs; it says nothing of how fast a machine has to be.
HANG_SECONDS = int(os.environ.get("HANG_SECONDS", 300))


def until(what, condition, log=None):
    """Asks until it is so, and gives what the condition gave."""
    end = time.monotonic() + HANG_SECONDS
    pause = 0.01
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(pause)  # Between two looks.
        pause = min(pause * 2, 0.2)
    raise AssertionError(f"{what} has not come after {HANG_SECONDS} s{': ' + log() if log else ''}")


class Program:
    def __init__(self, name, arguments, log, environment=None):
        self.name, self.log = name, log
        with open(log, "ab") as file:
            self.process = subprocess.Popen(
                [str(BIN / name), *arguments], stdout=file, stderr=file, env={**os.environ, **(environment or {})}
            )

    def text(self):
        return self.log.read_text(errors="replace")

    def up(self, asks):
        def is_up():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.text()[-2000:]}")
            return asks()

        until(f"{self.name}", is_up, lambda: self.text()[-2000:])

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(HANG_SECONDS)


class Hotel:
    """The daemon, both services, and a gateway: open to all of this machine as `make run` has it, or asking who comes."""

    def __init__(self, is_open=False, proxy=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="yogi."))
        self.is_open = is_open
        # More of `identity:`, as it stands in the configuration.
        self.proxy = proxy
        self.programs = {}
        self.tokens = {}
        self.url = None

    def __enter__(self):
        try:
            self.start_payment()
            self.start_reservation()
            self.start_daemon()
            self.start_gateway()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for program in reversed(list(self.programs.values())):
            program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def place(self, name):
        return str(self.folder / name)

    def start(self, key, name, arguments, asks):
        self.programs[key] = Program(name, arguments, self.folder / f"{key}.log")
        self.programs[key].up(asks)

    def stop(self, key):
        self.programs.pop(key).stop()

    def answers(self, name, path):
        return lambda: ask_socket(self.place(name), path) is not None

    def start_payment(self, *more):
        self.start(
            "payment", "yogi-payment",
            ["--listen", f"unix:{self.place('p.sock')}", "--database", self.place("payment.db"), *more],
            self.answers("p.sock", "/health"))

    def start_reservation(self):
        self.start(
            "reservation", "yogi-reservation",
            ["--listen", f"unix:{self.place('r.sock')}", "--database", self.place("reservation.db")],
            self.answers("r.sock", "/health"))

    def start_daemon(self, refund_is_lost=False):
        """`refund_is_lost`: a path in the configuration where nothing is, and its 404 is taken for a no."""
        wrong = """
    operations: { refund: { path: /refunds } }
    answers: [{ when: status == 404, operation: refund, means: refused }]""" if refund_is_lost else ""
        (self.folder / "yogiyogid.yaml").write_text(f"""stateDirectory: {self.place("state")}
socket: {self.place("y.sock")}
workflows: {ROOT / "workflows/reservation.yaml"}
participants:
  payment:
    url: unix:{self.place("p.sock")}{wrong}
  reservation:
    url: unix:{self.place("r.sock")}
""")
        self.start(
            "yogiyogid", "yogiyogid", ["--config", self.place("yogiyogid.yaml")], self.answers("y.sock", "/v1/health"))

    def start_gateway(self):
        port = self.url.rsplit(":", 1)[1] if self.url else "0"
        arguments = [
            "--listen", f"127.0.0.1:{port}", "--state-dir", self.place("gateway"), "--socket", self.place("y.sock"),
            "--participant", f"payment=unix:{self.place('p.sock')}",
            "--participant", f"reservation=unix:{self.place('r.sock')}",
        ]
        if self.is_open:
            arguments = ["--open", *arguments]
        else:
            credentials = self.folder / "credentials"
            credentials.mkdir(mode=0o700, exist_ok=True)
            for role, name in [("signaller", "Front desk"), ("operator", "Ada")]:
                if role not in self.tokens:
                    self.tokens[role] = run(
                        "yogi-gateway", "token", "add", "--role", role, "--for", name, "--file",
                        str(credentials / "gateway-tokens")).strip()
            often = "{ rate: 10000/s, burst: 10000 }"
            (self.folder / "gateway.yaml").write_text(f"""identity:
  tokens: gateway-tokens
  limits: {{ address: {often}, identity: {often} }}{self.proxy}
""")
            arguments += ["--config", self.place("gateway.yaml"), "--credentials-dir", str(credentials)]

        def listens():
            found = re.findall(r"address=127\.0\.0\.1:([0-9]+)", self.programs["gateway"].text())
            if not found:
                return None
            self.url = f"http://127.0.0.1:{found[-1]}"
            try:
                with urllib.request.urlopen(self.url + "/actuator/health", timeout=HANG_SECONDS) as answer:
                    return answer.status == 200
            except OSError:
                return None

        self.start("gateway", "yogi-gateway", arguments, listens)

    def yogictl(self, *arguments, status=0):
        return run("yogictl", *arguments, environment={"YOGIYOGI_SOCKET": self.place("y.sock")}, status=status)

    def saga(self, id):
        return json.loads(self.yogictl("show", id, "--output", "json"))

    def order(self, name, room, check_in, nights=2, card="4111111111111111", wait="Reserved"):
        """A guest who was there before; gives the saga's id."""
        body = {
            "name": name, "cardNo": card, "room": room, "checkIn": check_in, "nights": nights,
            "amount": 90000 * nights,
        }
        return self.yogictl(
            "start", "reservation", "--wait", wait, "--timeout", f"{HANG_SECONDS}s", "--input", json.dumps(body)).split()[-1]


def run(program, *arguments, environment=None, status=0):
    done = subprocess.run(
        [str(BIN / program), *arguments], capture_output=True, text=True, timeout=HANG_SECONDS,
        env={**os.environ, **(environment or {})}, check=False)
    if done.returncode != status:
        raise AssertionError(f"{program} {' '.join(arguments)}: {done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


def ask_socket(path, target):
    """The whole answer of a GET, or None where nobody says 200."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(HANG_SECONDS)
            client.connect(path)
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            parts = b""
            while more := client.recv(65536):
                parts += more
            return parts.decode() if b" 200 " in parts.split(b"\r\n", 1)[0] else None
    except OSError:
        return None
