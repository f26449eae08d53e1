"""nginx and caddy as systemd/examples has them: unpacked from Debian's packages, never installed, as they would start by themselves."""

import functools
import http.server
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading

from hotel import ROOT, until

TOOLS = ROOT / ".build/tools"


@functools.cache
def program(package, path):
    """The program of a package, or None where it cannot be had."""
    folder = TOOLS / package
    if not (folder / path).exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True, capture_output=True)
            for file in folder.glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", file.name, "."], cwd=folder, check=True)
                file.unlink()
        except (OSError, subprocess.CalledProcessError):
            shutil.rmtree(folder, ignore_errors=True)
            return None
    return str(folder / path)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class SignIn(http.server.BaseHTTPRequestHandler):
    """Answers as oauth2-proxy does: 202 with who it is by a cookie of its own, 401 without."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        cookie = self.headers.get("Cookie", "")
        name = cookie.split("signed=", 1)[1].split(";")[0] if "signed=" in cookie else ""
        self.send_response(202 if name else 401)
        if name:
            self.send_header("X-Auth-Request-Preferred-Username", name)
            self.send_header("X-Auth-Request-Groups", "hotel-operators,others")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Proxy:
    """One of the two, with its ports and certificate in place of those of the example; nothing else of it is changed."""

    def __init__(self, kind, hotel):
        self.kind, self.hotel, self.port = kind, hotel, free_port()
        self.folder = pathlib.Path(hotel.place(kind))
        self.sign_in = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SignIn)
        threading.Thread(target=self.sign_in.serve_forever, daemon=True).start()
        self.process = None

    def text(self, name):
        text = (ROOT / "systemd/examples" / name).read_text()
        for old, new in [
            ("127.0.0.1:8080", self.hotel.url.removeprefix("http://")),
            ("127.0.0.1:4180", f"127.0.0.1:{self.sign_in.server_address[1]}"),
        ]:
            assert old in text, old
            text = text.replace(old, new)
        return text

    def command(self):
        self.folder.mkdir(exist_ok=True)
        if self.kind == "caddy":
            text = self.text("Caddyfile")
            assert "\nhotel.example {" in text
            text = text.replace("\nhotel.example {", f"\nhttps://hotel.example:{self.port} {{\n\ttls internal\n", 1)
            options = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tstorage file_system %s\n}\n"
            (self.folder / "Caddyfile").write_text(options % (self.folder / "store") + text)
            return [program("caddy", "usr/bin/caddy")], ["--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=hotel.example",
             "-keyout", str(self.folder / "privkey.pem"), "-out", str(self.folder / "fullchain.pem")],
            check=True, capture_output=True)
        text = self.text("nginx.conf")
        for old, new in [("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"), ("/etc/ssl/hotel.example/", f"{self.folder}/")]:
            assert old in text, old
            text = text.replace(old, new)
        paths = "".join(
            f"    {name}_temp_path {self.folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\npid {self.folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n    access_log off;\n{paths}{text}}}\n")
        user = [] if subprocess.run(["id", "-u"], capture_output=True, text=True, check=True).stdout.strip() != "0" else [
            "-g", "user root;"]
        return [program("nginx", "usr/sbin/nginx"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), *user], []

    def check(self):
        """What the proxy itself says of the example: `nginx -t`, `caddy validate`."""
        first, last = self.command()
        words = ["validate"] if self.kind == "caddy" else ["-t"]
        done = subprocess.run([*first, *words, *last], capture_output=True, text=True, check=False)
        self.close()
        return done.returncode, done.stdout + done.stderr

    def __enter__(self):
        first, last = self.command()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*first, *(["run"] if self.kind == "caddy" else []), *last], stdout=log, stderr=log)

        def is_up():
            if self.process.poll() is not None:
                raise AssertionError((self.folder / "log").read_text()[-3000:])
            try:
                return self.ask("/book")[0] == 200
            except OSError:
                return False

        until(self.kind, is_up, lambda: (self.folder / "log").read_text()[-3000:])
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            self.process.wait()
        self.close()

    def close(self):
        self.sign_in.shutdown()
        self.sign_in.server_close()

    def ask(self, path, headers=()):
        """Status, fields and body, over TLS by the name of the example."""
        context = ssl._create_unverified_context()
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain:
            with context.wrap_socket(plain, server_hostname="hotel.example") as wire:
                lines = [f"GET {path} HTTP/1.1", "Host: hotel.example", "Connection: close", *[f"{n}: {v}" for n, v in headers]]
                wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
                answer = b""
                while more := wire.recv(65536):
                    answer += more
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        fields = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines[1:] if ":" in line}
        return int(lines[0].split()[1]), fields, body.decode(errors="replace")
