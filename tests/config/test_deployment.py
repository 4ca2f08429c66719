"""The files of deploy/: nginx before a desk of two replies, and what the compose file promises."""

import contextlib
import http.client
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.running_desk import eventually, free_port

PROJECT = Path(__file__).resolve().parent.parent.parent
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def need_nginx() -> None:
    if NGINX is None:
        if os.environ.get("REQUIRE_NGINX") == "1":
            pytest.fail("nginx is required here (REQUIRE_NGINX=1) and is not installed")
        pytest.skip("nginx is not installed")


class Web(http.server.BaseHTTPRequestHandler):
    """Answers what it was asked; a file by X-Accel-Redirect."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/api/v1/files/"):
            self.send_header("X-Accel-Redirect", "/stored-files/ab/picture")
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Disposition", 'inline; filename="cat.png"')
            self.send_header("Cache-Control", "private, max-age=300")
        self.end_headers()
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        self.wfile.write(f"{self.server.server_port} {self.path}\n{headers}".encode())  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Quiet."""


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    folder.mkdir()
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


class Proxy:
    """nginx with the file of deploy/, its paths and addresses moved into one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        self.servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web) for _name in ("web", "live")]
        self.web_port, self.live_port = (server.server_port for server in self.servers)
        make_certificate(folder / "certificates")
        (folder / "tmp").mkdir()
        moves = {
            " /tmp/": f" {folder}/tmp/",
            "/etc/nginx/certificates": str(folder / "certificates"),
            "/srv/": f"{folder}/srv/",
            "web:8000": f"127.0.0.1:{self.web_port}",
            "live:8000": f"127.0.0.1:{self.live_port}",
            "listen 8080": f"listen 127.0.0.1:{self.http}",
            "listen 8443": f"listen 127.0.0.1:{self.https}",
        }
        text = (PROJECT / "deploy/nginx/nginx.conf").read_text()
        for old, new in moves.items():
            assert old in text
            text = text.replace(old, new)
        if os.geteuid() == 0:
            text = "user root;\n" + text
        (folder / "nginx.conf").write_text(text)
        self.command = [str(NGINX), "-e", f"{folder}/tmp/error.log", "-c", f"{folder}/nginx.conf"]

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.command, "-t"], capture_output=True, text=True, check=False)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        request = urllib.request.Request(f"https://127.0.0.1:{self.https}{path}", headers=headers)
        trusting = ssl._create_unverified_context()
        try:
            with urllib.request.urlopen(request, timeout=5, context=trusting) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def statuses(self, path: str, times: int) -> Counter[int]:
        """Of so many requests behind one another on one connection, by how often."""
        found: Counter[int] = Counter()
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.https, timeout=5, context=ssl._create_unverified_context()
        )
        with contextlib.closing(connection):
            for _time in range(times):
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                found[answer.status] += 1
        return found


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    need_nginx()
    proxy = Proxy(tmp_path_factory.mktemp("nginx"))
    (proxy.folder / "srv/files/ab").mkdir(parents=True)
    (proxy.folder / "srv/files/ab/picture").write_text("the picture")
    (proxy.folder / "srv/static/miniapp").mkdir(parents=True)
    for name in ("app.js", "app.0123456789ab.js"):
        (proxy.folder / "srv/static/miniapp" / name).write_text("export {};")
    for server in proxy.servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    process = subprocess.Popen([*proxy.command, "-g", "daemon off;"], stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: socket.socket().connect_ex(("127.0.0.1", proxy.https)) == 0)
        yield proxy
    finally:
        process.terminate()
        process.wait(10)
        for server in proxy.servers:
            server.shutdown()


def test_nginx_accepts_its_file(proxy: Proxy) -> None:
    checked = proxy.check()
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_pages_go_to_web_and_sockets_to_live(proxy: Proxy) -> None:
    _status, _headers, body = proxy.get("/api/v1/me/")
    assert body.startswith(f"{proxy.web_port} ")
    _status, _headers, body = proxy.get("/ws/", Upgrade="websocket", Connection="Upgrade")
    assert body.startswith(f"{proxy.live_port} ")
    assert "Upgrade: websocket" in body
    assert "Connection: upgrade" in body


def test_a_client_cannot_claim_another_address_or_scheme(proxy: Proxy) -> None:
    claims = {"X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "http", "X-Request-ID": "mine-mine"}
    _status, _headers, body = proxy.get("/", **claims)
    assert "X-Forwarded-For: 127.0.0.1" in body
    assert "X-Forwarded-Proto: https" in body
    assert "mine-mine" not in body
    assert "8.8.8.8" not in body


def test_a_stored_file_is_served_with_its_headers_repeated(proxy: Proxy) -> None:
    status, headers, body = proxy.get("/api/v1/files/1/")
    assert (status, body) == (200, "the picture")
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"] == 'inline; filename="cat.png"'
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert "Strict-Transport-Security" in headers


def test_a_stored_file_cannot_be_asked_for_directly(proxy: Proxy) -> None:
    assert proxy.get("/stored-files/ab/picture")[0] == 404


def test_hashed_names_are_kept_for_ever_and_others_briefly(proxy: Proxy) -> None:
    assert "immutable" in proxy.get("/static/miniapp/app.0123456789ab.js")[1]["Cache-Control"]
    assert proxy.get("/static/miniapp/app.js")[1]["Cache-Control"] == "public, max-age=300"


def test_an_office_behind_one_address_gets_its_scripts(proxy: Proxy) -> None:
    assert proxy.statuses("/static/miniapp/app.js", 900) == {200: 900}


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_what_is_for_inside_is_not_there_outside(proxy: Proxy, path: str) -> None:
    assert proxy.get(path)[0] == 404


def test_plain_http_goes_to_https(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.http)) as connection:
        connection.sendall(b"GET /app/ HTTP/1.1\r\nHost: desk.example.com\r\nConnection: close\r\n\r\n")
        answer = connection.makefile().read()
    assert "308" in answer.splitlines()[0]
    assert "Location: https://desk.example.com/app/" in answer


def test_every_image_is_pinned() -> None:
    compose = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    images = [service["image"] for service in compose["services"].values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(images) == 5
    for image in images:
        assert re.search(r":\d+\.\d+", image), image


def test_every_service_is_watched_and_holds_no_privilege() -> None:
    services = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "live", "bot", "worker", "beat", "nginx"}
    for name, service in services.items():
        assert not service.get("privileged")
        if name not in {"migrate"}:
            assert service["restart"] == "unless-stopped", name
            assert "healthcheck" in service, name
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"nginx"}


def test_no_secret_is_written_into_the_files() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    assert "${POSTGRES_PASSWORD:?" in text
    for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "TELEGRAM_BOT_TOKEN"):
        assert name not in text
