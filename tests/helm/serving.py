"""`latchkey serve` in a folder of its own, on the settings the chart renders for the smallest installation."""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

from chart import program, text_of

# Every scope that a command of the documentation or of `helm test` asks for.
SCOPES = ("integrations:admin", "sessions:write", "connections:read", "connections:write", "connections:delete", "tokens:read",
          "webhooks:admin", "keys:admin", "audit:read")


class Serving:
    def __init__(self, folder, ports):
        self.folder, self.ports = folder, ports
        self.settings = folder / "latchkey.toml"

    def here(self, text):
        """What names a place in a pod, or a service, names one here."""
        text = text.replace("/etc/latchkey/api-key", str(self.folder)).replace("/etc/latchkey", f"{self.folder}/etc")
        text = text.replace("/var/lib/latchkey", f"{self.folder}/lib")
        return re.sub(r"(0\.0\.0\.0|lk-latchkey-\w+):(\d+)", lambda it: f"127.0.0.1:{self.ports[it[2]]}", text)

    def url(self, port):
        return f"http://127.0.0.1:{self.ports[port]}"

    def run(self, *arguments, **more):
        return subprocess.run([program("single"), *arguments], capture_output=True, text=True, check=False, timeout=60, **more)


@contextlib.contextmanager
def serving(*settings):
    """Its public address is its own, so that links lead here; its API key is in the file `key`."""
    with tempfile.TemporaryDirectory() as name:
        it = Serving(pathlib.Path(name), dict(zip(("8080", "8081", "8082"), free_ports(3))))
        for folder in ("etc/kek", "etc/connect/secrets", "etc/connect/files", "lib"):
            (it.folder / folder).mkdir(parents=True)
        secret(it.folder / "etc/kek/kek", os.urandom(32))
        secret(it.folder / "etc/connect/secrets/oidc", b"canary")
        (it.folder / "etc/connect/files/logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        text = it.here(text_of("small", "single", *settings))
        it.settings.write_text(re.sub(r'^public_url = .*', f'public_url = "{it.url("8080")}"', text, flags=re.M))
        log = (it.folder / "log").open("w+")
        with subprocess.Popen([program("single"), "serve", "--config", it.settings], stdout=log, stderr=log) as process:
            try:
                wait_until_ready(f"{it.url('8082')}/readyz", process)
                made = it.run("key", "create", "--config", it.settings, "--environment", "prod", "--name", "test", "--scopes", ",".join(SCOPES))
                assert made.returncode == 0, made.stderr
                (it.folder / "key").write_text(made.stdout.strip().splitlines()[-1].split()[-1])
                yield it
            except BaseException:
                log.seek(0)
                print(log.read()[-2000:])
                raise
            finally:
                process.terminate()


def secret(path, content):
    path.write_bytes(content)
    path.chmod(0o400)


def free_ports(count):
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [door.getsockname()[1] for door in doors]
    for door in doors:
        door.close()
    return numbers


def wait_until_ready(url, process):
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"not ready: {url}")
