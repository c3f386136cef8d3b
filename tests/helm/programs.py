"""What the programs, the images and the source say to what was rendered. Each function is one promise."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import readme
from chart import CHART, EVERYTHING, EXAMPLES, NotDone, ROOT, SPLIT, components, objects, pods, program, start, text_of


def the_programs_accept_the_settings_they_are_given():
    """Every file is read by the program it is for. What it then wants for is a file or a database, never a setting. The
    same file with one more key is refused: the program did read it."""
    if not program("vault"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: no program read its settings")
    wanting = "cannot be used|cannot read|cannot be read|no key file|cannot be opened|cannot be written"
    for example in EXAMPLES:
        for name in components(example):
            # Loopback and a port that nobody listens on: nothing leaves this machine.
            text = text_of(example, name).replace("0.0.0.0:", "127.0.0.1:").replace("nats.nats:4222", "127.0.0.1:1")
            text = re.sub(r":80\d\d\"|:8443\"(?=\n)", ':0"', text)
            text = text.replace("/var/lib/latchkey", "/nonexistent/latchkey").replace("http://collector.observability:4317", "http://127.0.0.1:1")
            extra = {"LATCHKEY__DATABASE__URL": "postgres://nobody@127.0.0.1:1/none"} if name == "vault" else {}
            code, said = start(name, text, extra.items())
            assert code not in (None, 0) and re.search(wanting, said), f"{example} {name}: {said or code}"
            assert not re.search("unknown key|is wrong|is missing|is not set", said), f"{example} {name}: {said}"
            code, said = start(name, "nonsense = 1\n" + text, extra.items())
            assert code not in (None, 0) and "unknown key `nonsense`" in said, f"{example} {name}: {said or code}"


def helm_test_rehearses_with_the_shipped_command_line():
    assert not any(kind == "Pod" for kind, _ in objects("small"))
    for example, scheme in (("ha", "http"), ("airgap", "https")):
        (container,) = objects(example)["Pod", "lk-latchkey-test"]["spec"]["containers"]
        connect, vault, pages = (container["args"][2:5])
        assert container["args"][:2] == ["connect", "rehearse"]
        assert (connect, vault) == (f"--grpc={scheme}://lk-latchkey-connect:8081", f"--vault={scheme}://lk-latchkey-vault:8081")
        assert pages == "--url=http://lk-latchkey-connect:8080" and ("--ca=/etc/latchkey/tls/ca.crt" in container["args"]) == (scheme == "https")
    (container,) = objects("ha", *EVERYTHING)["Pod", "lk-latchkey-test"]["spec"]["containers"]
    assert {"--url=https://connect.example.com", "--provider=acme"} <= set(container["args"])
    if not program("single"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: the command line of `helm test` was not tried")
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "key").write_text("lk_none")
        arguments = [re.sub("http://lk-latchkey-.*", "http://127.0.0.1:1", it) for it in container["args"]]
        arguments = [it.replace("/etc/latchkey/api-key", folder) for it in arguments]
        done = subprocess.run([program("single"), *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "no server answers at http://127.0.0.1:1" in done.stderr, done.stderr


def the_dockerfile_is_clean_and_has_a_target_for_every_image():
    file = ROOT / "helm" / "Dockerfile"
    hadolint = pathlib.Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, "--no-color", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    text = file.read_text()
    stages = {name: base for base, name in re.findall(r"^FROM (\S+) AS (\S+)$", text, re.M)}
    assert {it for it, base in stages.items() if base == "base"} == SPLIT | {"latchkey"}
    assert stages["base"].endswith(":nonroot")
    pinned = re.findall(r"^channel = \"(.+)\"", (ROOT / "rust-toolchain.toml").read_text(), re.M)
    assert pinned == re.findall(r"RUST_VERSION=(\S+)$", text, re.M)
    # What an image is made of is told in the programs and beside them.
    assert "cargo auditable build --release --locked" in text and "COPY --from=build /out/sbom.cdx.json" in text
    for target in SPLIT | {"latchkey"}:
        name = "latchkey" if target == "latchkey" else f"latchkey-{target}"
        assert f'ENTRYPOINT ["/usr/local/bin/{name}"]' in text, target
    images = {container["image"].rsplit("/", 1)[1].split(":")[0] for example in EXAMPLES for pod in pods(example).values()
              for container in pod["containers"]}
    assert {it.split("@")[0] for it in images} == {"latchkey", *(f"latchkey-{it}" for it in SPLIT)}, images


def alerts_ask_for_metrics_that_exist():
    counted = metrics("crates", "services")
    groups = objects("ha")["PrometheusRule", "lk-latchkey"]["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) > 5 and len(counted) > 10
    for rule in rules:
        asked = asked_for(rule["expr"])
        assert asked and asked <= counted, f"{rule['alert']} asks for {asked - counted}"
        assert set(rule["annotations"]) == {"summary", "description", "runbook"} and rule["labels"]["severity"]
        # What it is told of, it is told apart by; whoever scrapes names the pod.
        named = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values()))) - {"pod"}
        kept = set(re.findall(r"\w+", ",".join(re.findall(r"\bby \(([^)]*)\)", rule["expr"]))))
        assert named <= kept, f"{rule['alert']} names {named - kept}"


def every_alert_has_a_page_in_the_runbook_and_every_page_an_alert():
    runbook = (ROOT / "helm" / "RUNBOOK.md").read_text()
    pages = re.findall(r"^## (Latchkey\w+)$", runbook, re.M)
    rules = [rule for group in objects("ha")["PrometheusRule", "lk-latchkey"]["spec"]["groups"] for rule in group["rules"]]
    assert [rule["alert"] for rule in rules] == pages
    for rule in rules:
        assert rule["annotations"]["runbook"] == f"helm/RUNBOOK.md#{rule['alert'].lower()}"
    # Where an operator keeps it, each alert links to its page.
    linked = objects("ha", 'metrics.prometheusRule.runbookUrl="https://wiki.acme.example/latchkey"')["PrometheusRule", "lk-latchkey"]
    for rule in (rule for group in linked["spec"]["groups"] for rule in group["rules"]):
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        assert rule["annotations"]["runbook_url"] == f"https://wiki.acme.example/latchkey#{rule['alert'].lower()}"


def dashboards_ask_for_metrics_that_exist():
    counted = metrics("crates", "services")
    boards = {name: it["data"] for (kind, name), it in objects("ha").items() if kind == "ConfigMap" and "-dashboard-" in name}
    assert set(boards) == {"lk-latchkey-dashboard-credentials", "lk-latchkey-dashboard-operations"}
    for name, data in boards.items():
        assert objects("ha")["ConfigMap", name]["metadata"]["labels"]["grafana_dashboard"] == "1"
        board = json.loads(*data.values())
        asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
        assert len(asked) >= 9
        for expression in asked:
            names = asked_for(expression)
            assert names and names <= counted, f"{name}: {expression} asks for {names - counted}"
        panels = [it["gridPos"] for it in board["panels"]]
        assert all(it["x"] + it["w"] <= 24 for it in panels) and len({it["id"] for it in board["panels"]}) == len(panels)
    assert not any("-dashboard-" in name for _, name in objects("small"))


def every_metric_has_a_row_in_the_runbook_and_every_row_a_metric():
    rows, counted = metric_rows((ROOT / "helm" / "RUNBOOK.md").read_text()), metrics("crates", "services")
    assert len(rows) > 40 and not counted ^ set(rows), f"only in one of RUNBOOK.md and the source: {sorted(counted ^ set(rows))}"


def what_operators_expect_is_counted_or_it_is_told_why_not():
    """The names the design of the interface gives; where ours differs, or is missing, ARCHITECTURE.md names it and why."""
    told = (ROOT / "ARCHITECTURE.md").read_text()
    section = told[told.index("## What is not measured, and why"):].split("\n## ")[0]
    missing = set(EXPECTED.split()) - metrics("crates", "services")
    assert missing and missing == set(re.findall(r"^- `(\w+)`", section, re.M)), missing


# Of a histogram with a counter beside it, both.
EXPECTED = """
latchkey_build_info latchkey_connections latchkey_connection_transitions_total latchkey_credentials_expiring
latchkey_refresh_attempts_total latchkey_refresh_attempt_duration_seconds latchkey_refresh_lateness_seconds latchkey_refresh_queue
latchkey_refresh_lease_conflicts_total latchkey_token_requests_total latchkey_token_request_duration_seconds
latchkey_token_remaining_life_seconds latchkey_connect_sessions_total latchkey_connect_steps_total
latchkey_connect_step_duration_seconds latchkey_verifications_total latchkey_provider_requests_total
latchkey_provider_request_duration_seconds latchkey_proxy_requests_total latchkey_proxy_requests_duration_seconds
latchkey_proxy_bytes_total latchkey_events_published_total latchkey_event_outbox_rows latchkey_event_outbox_oldest_seconds
latchkey_webhook_deliveries_total latchkey_webhook_delivery_duration_seconds latchkey_webhook_endpoints
latchkey_vault_operations_total latchkey_vault_operation_duration_seconds latchkey_vault_key_age_seconds
latchkey_vault_rewrap_remaining latchkey_auth_log_rows latchkey_auth_log_dropped_total latchkey_migrations_pending latchkey_leader
latchkey_clock_skew_seconds rpc_server_call_duration_seconds http_server_request_duration_seconds
http_client_request_duration_seconds db_client_operation_duration_seconds messaging_client_operation_duration_seconds
"""


def metric_rows(told):
    """The labels of every metric of the runbook, by its name."""
    rows = re.findall(r"^\| `(\w+)` \| ([a-z_, ]*)\|", told[told.index("\n# Metrics\n"):], re.M)
    return {name: set(re.findall(r"\w+", labels)) for name, labels in rows}


def the_readme_of_the_chart_is_made_of_its_values():
    assert (CHART / "README.md").read_text() == readme.made(), "run python3 tests/helm/readme.py"


def metrics(*tops):
    files = [path for top in tops for path in (ROOT / top).glob("*/src/**/*.rs")]
    source = "\n".join(path.read_text() for path in files)
    # With a path from the root they are those of chassis' own tests.
    names = set(re.findall(r'(?<!::)metrics::(?:counter|gauge|histogram)!\(\s*"(\w+)"', source))
    constants = set(re.findall(r"metrics::(?:counter|gauge|histogram)!\((\w+)", source))
    return names | {value for name, value in re.findall(r'const (\w+): &str = "(\w+)";', source) if name in constants}


def asked_for(expression):
    """The metrics an expression names."""
    return {re.sub("_(bucket|sum|count)$", "", it) for it in re.findall(r"\b(?:latchkey|rpc|http)_\w+", expression)}


def grpc_is_routed_to_whoever_serves_it():
    source = (ROOT / "services/vault/src/lib.rs").read_text()
    served = set(re.findall(r'"([a-z.0-9]+\.[A-Z]\w+)"', source[source.index("PUBLIC_SERVICES"):source.index("PEER_SERVICES")]))
    rules = objects("ha")["GRPCRoute", "lk-latchkey"]["spec"]["rules"]
    assert {it["method"]["service"] for it in rules[0]["matches"]} == served and served
    assert [it["backendRefs"][0]["name"] for it in rules] == ["lk-latchkey-vault", "lk-latchkey-connect"]
    paths = objects("airgap")["Ingress", "lk-latchkey-grpc"]["spec"]["rules"][0]["http"]["paths"]
    to_vault = {it["path"][1:] for it in paths if it["backend"]["service"]["name"] == "lk-latchkey-vault"}
    assert to_vault == served
    for kind, example in (("Ingress", "small"), ("Ingress", "airgap"), ("HTTPRoute", "ha")):
        assert "/proxy" in str(objects(example)[kind, "lk-latchkey"]), example
