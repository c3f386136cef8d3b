"""Alerts and dashboards ask a running server for what it does tell. Each public function is one promise."""

import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chart import CHART, NotDone, ROOT, objects, program
from programs import asked_for, metric_rows
from serving import free_ports, wait_until_ready

# What one healthy process never has a reason to tell.
NOT_HERE = {
    "latchkey_certificate_not_after_seconds": "no port of it speaks TLS",
    "latchkey_clock_skew_seconds": "its database is a file, which has no clock of its own",
    "latchkey_credentials_expiring": "no connection of its ends within a month",
    "latchkey_incidents": "no app and no provider of its is in trouble",
    "latchkey_journal_copies_total": "there is no other refresher to copy a journal to",
    "latchkey_journal_damaged_total": "no journal of its is damaged",
    "latchkey_journal_replayed_total": "it was not cut off between a provider's answer and the vault's",
    "latchkey_refresh_breaker_state": "no provider fails twenty times within half a minute",
}


def a_server_that_did_it_all_tells_whatever_is_asked_for():
    """`latchkey dev` connects, hands out, refreshes, proxies, is refused, tells a backend: then its metrics have every name, and every
    label, that an alert or a dashboard asks for, and the labels the runbook names. Somebody else's parser reads the page with exemplars."""
    if not program("single"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: no metrics were read")
    asked = list(expressions())
    names = set().union(*map(asked_for, asked))
    assert len(names) > 20 and set(NOT_HERE) <= names
    with tempfile.TemporaryDirectory() as folder:
        ports = free_ports(3)
        where = [part for name, port in zip(("--http", "--grpc", "--ops"), ports) for part in (name, f"127.0.0.1:{port}")]
        data = ["--data", f"{folder}/data"]
        # Nobody takes the traces; but they leave, and so are named beside what was measured in them.
        traced = {**os.environ, "LATCHKEY__TELEMETRY__OTLP_ENDPOINT": f"http://127.0.0.1:{free_ports(1)[0]}"}
        with subprocess.Popen([program("single"), "dev", *where, *data], env=traced, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as dev:
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
                exemplars = parsed(ports[2])
            finally:
                dev.terminate()
    assert missing == set(NOT_HERE), f"never told: {missing - set(NOT_HERE)}; told after all: {set(NOT_HERE) - missing}"
    assert {"rpc_server_call_duration_seconds", "latchkey_token_request_duration_seconds"} <= set(exemplars), exemplars
    rows = metric_rows((ROOT / "helm" / "RUNBOOK.md").read_text())
    for name in set(told) & set(rows):
        assert told[name] - {"le"} == rows[name], f"RUNBOOK.md names {sorted(rows[name])} of {name}, which has {sorted(told[name])}"
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
    """Each metric with each label that is asked of it, in braces or to tell its sums apart. Whoever scrapes names the pod."""
    for clause in re.findall(r"\bby \(([^)]*)\)", expression):
        yield from ((name, label) for name in asked_for(expression) for label in re.findall(r"\w+", clause) if label not in ("le", "pod"))
    for name, inside in re.findall(r"\b((?:latchkey|rpc|http)_\w+)\{([^}]*)\}", expression):
        yield from ((re.sub("_(bucket|sum|count)$", "", name), label) for label in re.findall(r"(\w+)\s*[=!]", inside))


def parsed(port):
    """Reads the page as OpenMetrics, every line by its rules: the histograms with exemplars."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        families = list(text_string_to_metric_families(answer.read().decode()))
    assert len(families) > 30
    noted = [(family.name, sample) for family in families for sample in family.samples if sample.exemplar]
    assert all(re.fullmatch("[0-9a-f]{32}", sample.exemplar.labels["trace_id"]) for _, sample in noted)
    return {name for name, _ in noted}


def scrape(port):
    """The labels of every metric, by its name."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        told = {}
        for name, inside in re.findall(r"^([a-z_]+)(?:\{(.*)\})? ", answer.read().decode(), re.M):
            found = told.setdefault(re.sub("_(bucket|sum|count)$", "", name), set())
            found.update(re.findall(r'(\w+)="', inside))
        return told
