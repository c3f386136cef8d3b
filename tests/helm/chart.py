"""The chart as helm renders it, and the programs that read what was rendered."""

import functools
import json
import os
import pathlib
import subprocess
import tempfile
import tomllib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "latchkey"
EXAMPLES = ("small", "ha", "airgap")
HELM = os.environ.get("LATCHKEY_TEST_HELM", "")
KUBERNETES = "1.37.0"
SINGLE, SPLIT = {"single"}, {"vault", "connect", "refresher", "proxy"}


class NotDone(Exception):
    """A check that this machine cannot make."""


def components(example):
    return SINGLE if example == "small" else SPLIT


# With everything that is off in the examples.
EVERYTHING = tuple(f"{name}={json.dumps(value)}" for name, value in {
    "nameOverride": "latchkey",
    "config.connect": {
        "compat": True,
        "environments": {"prod": {
            "app_name": "Acme", "allowed_origins": ["https://app.acme.example"], "return_urls": ["https://app.acme.example/done"],
            "support_url": "https://help.acme.example", "locale": "de", "appearance": "dark",
            "logo": {"light": "/etc/latchkey/connect/files/logo.svg"},
            "theme": {"light": {"primary": "#1f5fe0"}, "font_size": 15, "density": "compact"}, "texts": {"en": {"try_again": "Once more"}}}},
        "login": [{"name": "Acme", "environment": "prod", "issuer": "https://login.acme.example", "client_id": "latchkey",
                   "client_secret_file": "/etc/latchkey/connect/secrets/oidc", "ca_file": "/etc/latchkey/connect/files/ca.crt",
                   "role_claim": "realm_access.roles", "roles": {"cn=admins,dc=acme": "admin", "staff": "viewer"}}],
        "token_exchange": {"issuers": [{
            "issuer": "https://cluster.acme.example", "audience": "latchkey", "jwks_uri": "https://cluster.acme.example/keys",
            "callers": [{"subject": "system:serviceaccount:billing:*", "environment": "prod", "scopes": ["tokens:read"],
                         "integrations": ["github"]}]}]},
    },
    "config.proxy": {"issuers": [{
        "issuer": "https://kubernetes.default.svc", "audience": "latchkey", "ca_file": "/etc/latchkey/proxy/files/ca.crt", "allow_private": True,
        "callers": [{"subject": "system:serviceaccount:billing:*", "environment": "prod", "scopes": ["proxy:call"]}]}]},
    "config.webhooks": {"timeout_seconds": 5, "concurrency": 8, "allow_private": True},
    "config.vault": {"webhooks": {"schedule_seconds": [0, 60], "disable_after_seconds": 3600}, "logs": {"retention_days": 7, "max_rows": 1000},
                     "reads": {"accounting": "full"}, "backups": {"retention_days": 7}},
    "connectFiles": {"existingSecret": "connect-secrets", "existingConfigMap": "connect-files"},
    "proxyFiles": {"existingSecret": "proxy-secrets", "existingConfigMap": "kube-root-ca.crt"},
    "networkPolicy.private": {"to": [{"ipBlock": {"cidr": "10.9.0.0/24"}}]},
    "networkPolicy.database": {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
    "networkPolicy.envoys": [{"podSelector": {"matchLabels": {"app": "edge"}}}],
    "envoy.enabled": True,
    "database": {"url": "", "existingSecret": "db", "migrations": "job"},
    "backup": {"enabled": True, "existingClaim": "backups"},
    "components.single.autoscaling.enabled": True,
    "metrics": {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}, "grafanaDashboards": {"enabled": True}},
    "nats.prefix": "acme", "nats.stream": "ACME",
    "tests.apiKey.existingSecret": "key", "tests.url": "https://connect.example.com", "tests.provider": "acme",
}.items())


def render(example, *settings, namespace="keys", more=()):
    """What `helm template` says: exit code, output, complaint."""
    command = [HELM, "template", "lk", str(CHART), "--namespace", namespace, "--kube-version", KUBERNETES]
    command += ["--values", str(CHART / f"values-{example}.yaml")]
    for setting in settings:
        command += ["--set-json", setting]
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@functools.cache
def objects(example, *settings):
    """The rendered objects, by kind and name."""
    code, text, complaint = render(example, *settings)
    assert code == 0, complaint
    return {(it["kind"], it["metadata"]["name"]): it for it in yaml.safe_load_all(text) if it}


def pods(example, *settings):
    """The spec of every pod, by the name of whatever makes it."""
    found = {}
    for (kind, name), it in objects(example, *settings).items():
        if kind in ("Deployment", "StatefulSet", "Job"):
            found[name] = it["spec"]["template"]["spec"]
        elif kind == "Pod":
            found[name] = it["spec"]
    return found


def text_of(example, name, *settings):
    return objects(example, *settings)["ConfigMap", f"lk-latchkey-{name}"]["data"]["latchkey.toml"]


def settings_of(example, name, *settings):
    return tomllib.loads(text_of(example, name, *settings))


def program(component):
    """The built program of a component, or None."""
    folder = os.environ.get("LATCHKEY_TEST_BIN_DIR", "")
    name = "latchkey" if component == "single" else f"latchkey-{component}"
    path = pathlib.Path(folder) / name
    return path if folder and path.is_file() else None


def start(component, settings, extra=()):
    """What a program says to a settings file before it gives up, or within ten seconds. Its files are not there and its
    addresses lead nowhere, so it gets no further than to whatever it opens first."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "latchkey.toml"
        file.write_text(settings)
        command = [program(component), *(["serve"] if component == "single" else []), "--config", file]
        environment = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **dict(extra)}
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10, env=environment)
            return done.returncode, done.stdout + done.stderr
        except subprocess.TimeoutExpired as late:
            return None, "".join((it or b"").decode() for it in (late.stdout, late.stderr))
