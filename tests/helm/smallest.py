"""The smallest installation as the chart renders it, really started. Each public promise takes nothing."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

from chart import NotDone, objects, program, text_of


def the_smallest_installation_starts_and_passes_its_helm_test():
    """`latchkey serve` on the rendered settings, with the volumes as folders here, asked by the commands of `helm test`."""
    if not program("single"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: the smallest installation was not started")
    latchkey, test = program("single"), ("small", 'tests.apiKey.existingSecret="key"')
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / "etc/kek").mkdir(parents=True)
        (at / "lib").mkdir()
        (at / "etc/kek/kek").write_bytes(os.urandom(32))
        (at / "etc/kek/kek").chmod(0o400)
        ports = dict(zip(("8080", "8081", "8082"), free_ports(3)))
        text = text_of("small", "single").replace("/etc/latchkey", f"{folder}/etc").replace("/var/lib/latchkey", f"{folder}/lib")
        (at / "latchkey.toml").write_text(re.sub(r"0\.0\.0\.0:(\d+)", lambda it: f"127.0.0.1:{ports[it[1]]}", text))
        log = (at / "log").open("w+")
        with subprocess.Popen([latchkey, "serve", "--config", at / "latchkey.toml"], stdout=log, stderr=log) as serving:
            try:
                wait_until_ready(f"http://127.0.0.1:{ports['8082']}/readyz", serving)
                made = subprocess.run([latchkey, "key", "create", "--config", at / "latchkey.toml", "--environment", "prod", "--name",
                                       "test", "--scopes", "connections:read"], capture_output=True, text=True, check=True)
                (at / "key").write_text(made.stdout.strip().splitlines()[-1].split()[-1])
                for container in objects(*test)["Pod", "lk-latchkey-test"]["spec"]["containers"]:
                    arguments = [f"--grpc=http://127.0.0.1:{ports['8081']}" if it.startswith("--grpc=") else it for it in container["args"]]
                    arguments = [it.replace("/etc/latchkey/api-key", folder) for it in arguments]
                    done = subprocess.run([latchkey, *arguments], capture_output=True, text=True, check=False, timeout=60)
                    assert done.returncode == 0, done.stderr
            except BaseException:
                log.seek(0)
                print(log.read()[-2000:])
                raise
            finally:
                serving.terminate()


def free_ports(count):
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [door.getsockname()[1] for door in doors]
    for door in doors:
        door.close()
    return numbers


def wait_until_ready(url, serving):
    until = time.monotonic() + 60
    while time.monotonic() < until and serving.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"not ready: {url}")
