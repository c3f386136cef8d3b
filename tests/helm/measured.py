"""Alerts and dashboards ask a running server for what it does tell. Each public function is one promise."""

import http.server
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.request

from chart import CHART, NotDone, objects, program
from programs import asked_for
from serving import free_ports, wait_until_ready

# What one healthy process never has a reason to tell.
NOT_HERE = {
    "latchkey_certificate_not_after_seconds": "no port of it speaks TLS",
    "latchkey_incidents": "no app and no provider of its is in trouble",
    "latchkey_journal_copies_total": "there is no other refresher to copy a journal to",
    "latchkey_journal_damaged_total": "no journal of its is damaged",
    "latchkey_journal_replayed_total": "it was not cut off between a provider's answer and the vault's",
    "latchkey_refresh_breaker_state": "no provider fails twenty times within half a minute",
}


def a_server_that_did_it_all_tells_whatever_is_asked_for():
    """`latchkey dev` connects, hands out, refreshes, proxies, is refused, tells a backend: then its metrics have every name, and every
    label, that an alert or a dashboard asks for."""
    if not program("single"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: no metrics were read")
    asked = list(expressions())
    names = set().union(*map(asked_for, asked))
    assert len(names) > 20 and set(NOT_HERE) <= names
    with tempfile.TemporaryDirectory() as folder:
        ports = free_ports(3)
        where = [part for name, port in zip(("--http", "--grpc", "--ops"), ports) for part in (name, f"127.0.0.1:{port}")]
        data = ["--data", f"{folder}/data"]
        with subprocess.Popen([program("single"), "dev", *where, *data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as dev:
            try:
                wait_until_ready(f"http://127.0.0.1:{ports[2]}/readyz", dev)
                while not pathlib.Path(f"{folder}/data/dev.env").exists():
                    time.sleep(0.1)
                do_it_all(lambda *arguments: subprocess.run([program("single"), *arguments, *data], capture_output=True, text=True, check=False,
                                                            timeout=60), ports[0], f"{folder}/data/dev.env")
                until, missing = time.monotonic() + 40, names
                # Gauges are counted four times a minute.
                while missing - set(NOT_HERE) and time.monotonic() < until:
                    time.sleep(1)
                    told = scrape(ports[2])
                    missing = names - set(told)
            finally:
                dev.terminate()
    assert missing == set(NOT_HERE), f"never told: {missing - set(NOT_HERE)}; told after all: {set(NOT_HERE) - missing}"
    for expression in asked:
        for name, label in labels(expression):
            assert name in NOT_HERE or label in told[name], f"{expression}: {name} has no label {label}, but {sorted(told[name])}"


def do_it_all(latchkey, http_port, env):
    environment = dict(line.split("=", 1) for line in open(env, encoding="utf-8").read().splitlines())

    def done(*arguments):
        it = latchkey(*arguments)
        assert it.returncode == 0, f"{arguments}: {it.stderr}"
        return it.stdout.strip()

    with receiver() as port:
        done("webhook", "create", f"http://127.0.0.1:{port}/hook")
        connection = done("demo", "connect")
        done("token", "get", connection)
        done("token", "get", connection, "--force-refresh")
        done("connection", "verify", connection)
        asked = urllib.request.Request(f"http://127.0.0.1:{http_port}/proxy/me", headers={
            "authorization": f"Bearer {environment['LATCHKEY_API_KEY']}", "latchkey-connection": connection})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert answer.status == 200
        done("demo", "revoke", connection)
        assert latchkey("token", "get", connection).returncode == 1


class receiver:
    """A backend that takes every webhook."""

    def __enter__(self):
        class Takes(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Takes)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def expressions():
    for group in objects("ha")["PrometheusRule", "lk-latchkey"]["spec"]["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for path in sorted((CHART / "files" / "dashboards").glob("*.json")):
        yield from (target["expr"] for panel in json.loads(path.read_text())["panels"] for target in panel.get("targets", []))


def labels(expression):
    """Each metric with each label that is asked of it in braces."""
    for name, inside in re.findall(r"\b((?:latchkey|rpc|http)_\w+)\{([^}]*)\}", expression):
        yield from ((re.sub("_(bucket|sum|count)$", "", name), label) for label in re.findall(r"(\w+)\s*[=!]", inside))


def scrape(port):
    """The labels of every metric, by its name."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        told = {}
        for name, inside in re.findall(r"^([a-z_]+)(?:\{(.*)\})? ", answer.read().decode(), re.M):
            found = told.setdefault(re.sub("_(bucket|sum|count)$", "", name), set())
            found.update(re.findall(r'(\w+)="', inside))
        return told
