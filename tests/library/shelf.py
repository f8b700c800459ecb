"""A shelf of tiny archives that stands in for pip's package index in the tests of `nextword.base.cache`."""

import hashlib
import json
import os
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from nextword.base import cache
from tests import pace

MEMBERS = {
    "carrier/__init__.py": b"raise SystemExit('the carrier was imported')",
    "carrier/texts/one.txt": b"once upon a time\n",
    "carrier/texts/two.txt": b"there was a duck\n",
    "carrier/texts/private.doc": b"not for us",
}
# Pins like this one, out of date for the reader's Python, must not keep data away.
METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: 1.0\nRequires-Python: <3\nRequires-Dist: nothing-such\n"


def archive(folder: Path, members=MEMBERS, package="carrier") -> Path:
    """A wheel with these members (name or ZipInfo -> bytes)."""
    path = folder / f"{package}-1.0-py3-none-any.whl"
    info = f"{package}-1.0.dist-info"
    about = {
        f"{info}/METADATA": METADATA.format(package).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: shelf\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in (members | about).items():
            wheel.writestr(name, content)
    return path


def manifest(path: Path, wheel: Path, **changes) -> Path:
    """A manifest of one source, `tales`, that pins this wheel."""
    row = {
        "about": "two lines",
        "package": wheel.name.split("-")[0],
        "version": "1.0",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "members": ["carrier/texts/*.txt"],
        "licence": "MIT",
        "citation": "Nobody, Nothing (1900)",
        "download": wheel.stat().st_size,
        "on_disk": 34,
    } | changes
    # Strings, numbers and lists of strings look alike in JSON and TOML.
    lines = [f"{name} = {json.dumps(value)}" for name, value in row.items()]
    path.write_text("\n".join(["[tales]", *lines]) + "\n", encoding="utf-8")
    return path


def settings(**pip: str) -> dict[str, str]:
    """The environment of a process whose pip knows these settings and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    base = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_RETRIES": "0"}
    return (
        clean
        | base
        | {"PIP_NO_CACHE_DIR": "1"}
        | {f"PIP_{name.upper()}": value for name, value in pip.items()}
    )


def nothing_half_written() -> bool:
    """The promise: whatever happened, the cache holds whole sources, locks, and nothing else."""
    entries = list(cache.root().glob("*")) if cache.root().is_dir() else []
    places = {cache.folder(key): key for key in cache.sources()}
    found = [entry for entry in entries if entry.suffix != ".lock"]
    return all(entry in places and not cache.damage(places[entry], thorough=True) for entry in found)


class SlowIndex:
    """A package index on this machine that serves one wheel, and can hold it back half-way."""

    def __init__(self, wheel: Path):
        self.wheel, self.served, self.breaks = wheel, 0, False
        self.half_way, self.go_on = threading.Event(), threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def _handler(index):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                is_wheel = self.path.endswith(".whl")
                page = f'<a href="/{index.wheel.name}">{index.wheel.name}</a>'.encode()
                body = index.wheel.read_bytes() if is_wheel else page
                self.send_response(200)
                self.send_header("Content-Type", "application/octet-stream" if is_wheel else "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                middle = len(body) // 2
                self.wfile.write(body[:middle])
                if is_wheel:
                    index.served += 1
                    self.wfile.flush()
                    index.half_way.set()
                    index.go_on.wait(pace.seconds(30))
                if is_wheel and index.breaks:
                    return
                self.wfile.write(body[middle:])

            def log_message(self, *_):
                pass

        return Handler
