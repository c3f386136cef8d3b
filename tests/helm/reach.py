"""The chart reaches every setting of the programs, or it is told here why not. Each public function is one promise."""

import json
import re

from chart import CHART, ROOT

TRIALS = "for trials on one machine"
INSECURE = "follows tls.insecure"

# A section of the settings in the source, where the values have it, and what has no value of its own.
SECTIONS = [
    ("services/vault/src/config.rs", "Settings", "config.vault", {"insecure_peers": INSECURE}),
    ("services/vault/src/config.rs", "Backups", "config.vault.backups", {}),
    ("services/vault/src/config.rs", "Reads", "config.vault.reads", {}),
    ("services/vault/src/config.rs", "Logs", "config.vault.logs", {}),
    ("services/vault/src/config.rs", "Webhooks", "config.vault.webhooks", {}),
    ("services/vault/src/config.rs", "Refusals", "config.vault.refusals", {}),
    ("services/vault/src/config.rs", "Database", "database", {}),
    ("services/vault/src/config.rs", "Keys", "keys", {"allow_file": "who sets keys.existingSecret has said so"}),
    ("services/connect/src/config.rs", "Settings", "config.connect", {}),
    ("services/connect/src/config.rs", "LoginProvider", "config.connect.login[]", {"allow_http": TRIALS}),
    ("services/connect/src/config.rs", "TokenExchange", "config.connect.token_exchange", {}),
    ("crates/issuers/src/settings.rs", "Issuer", "config.connect.token_exchange.issuers[]", {"allow_http": TRIALS}),
    ("crates/issuers/src/settings.rs", "Issuer", "config.proxy.issuers[]", {"allow_http": TRIALS}),
    ("crates/issuers/src/settings.rs", "Caller", "config.connect.token_exchange.issuers[].callers[]", {}),
    ("services/connect/src/config.rs", "WebhookSettings", "config.webhooks", {}),
    ("services/connect/src/look.rs", "Look", "config.connect.environments[]", {}),
    ("services/connect/src/look.rs", "Theme", "config.connect.environments[].theme", {}),
    ("services/connect/src/look/logo.rs", "Logos", "config.connect.environments[].logo", {}),
    ("services/refresher/src/config.rs", "Settings", "config.refresh", {}),
    ("services/refresher/src/config.rs", "JournalSettings", "journal", {
        "path": "its volume's", "peers": "components.refresher.replicas", "insecure_peers": INSECURE}),
    ("services/proxy/src/config.rs", "Settings", "config.proxy", {"insecure_authorization": INSECURE}),
    ("crates/chassis/src/config/sections.rs", "Telemetry", "config.telemetry", {}),
    ("crates/bus/src/nats.rs", "NatsOptions", "nats", {}),
    ("crates/providers/src/settings.rs", "Settings", "providers", {"path": "providers.existingConfigMap", "allow_loopback": TRIALS}),
]
# Sections of a file that the chart writes whole, or that are told above by another name.
WRITTEN = {"listen", "tls", "public_url", "vault", "webhooks", "refresh"}


def every_setting_has_a_value_or_a_reason_why_not():
    schema = json.loads((CHART / "values.schema.json").read_text())
    for file, name, place, others in SECTIONS:
        fields, values = fields_of(file, name), at(schema, place)
        assert not set(others) & values and set(others) <= fields, f"{place}: {set(others)}"
        assert fields - set(others) <= values, f"{place} cannot set {sorted(fields - set(others) - values)} of {file}"


def every_section_of_a_file_is_known_here():
    """So that a new one is not overlooked."""
    tops = {place.removeprefix("config.").split(".")[0] for *_, place, _ in SECTIONS}
    for file in (*sorted(ROOT.glob("services/*/src/config.rs")), ROOT / "services/all-in-one/src/serve.rs"):
        unknown = fields_of(file.relative_to(ROOT), "Config") - tops - WRITTEN
        assert not unknown, f"{file}: {unknown}"


def fields_of(file, name):
    source = (ROOT / file).read_text()
    body = re.search(rf"^pub struct {name} \{{\n(.*?)^\}}", source, re.M | re.S)[1]
    return set(re.findall(r"^    pub (\w+):", body, re.M))


def at(schema, place):
    """What the values have there."""
    here = schema
    for step in re.findall(r"\w+|\[\]", place):
        here = (here.get("items") or here["additionalProperties"]) if step == "[]" else here["properties"][step]
        if "$ref" in here:
            here = schema["definitions"][here["$ref"].rsplit("/", 1)[1]]
    return set(here["properties"])
