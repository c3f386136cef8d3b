"""What may be set, and that the result is what Kubernetes takes. Each function is one promise."""

import json
import os
import re
import subprocess

import yaml

from chart import CHART, EVERYTHING, EXAMPLES, HELM, KUBERNETES, NotDone, components, render


LOGIN = {"name": "Acme", "environment": "prod", "issuer": "https://login.acme.example", "client_id": "latchkey",
         "client_secret_file": "/etc/latchkey/connect/secrets/oidc", "roles": {"staff": "viewer"}}
CLUSTER = {"issuer": "https://kubernetes.default.svc", "audience": "latchkey", "ca_file": "/etc/latchkey/proxy/files/ca.crt",
           "allow_private": True, "callers": [{"subject": "system:serviceaccount:billing:*", "environment": "prod"}]}


def helm_lints_every_values_file():
    for example in EXAMPLES:
        done = subprocess.run(
            [HELM, "lint", CHART, "--strict", "--kube-version", KUBERNETES, "--values", CHART / f"values-{example}.yaml"],
            capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def every_object_conforms_to_kubernetes():
    kubeconform = os.environ.get("LATCHKEY_TEST_KUBECONFORM")
    if not kubeconform:
        raise NotDone("kubeconform is missing and so is go: no object was checked against the schemas of Kubernetes")
    # Of these, no schemas come with Kubernetes.
    others = "Certificate,HTTPRoute,GRPCRoute,ServiceMonitor,PrometheusRule"
    place = os.environ["LATCHKEY_TEST_SCHEMAS"] + "/{{.ResourceKind}}{{.KindSuffix}}.json"
    for example, settings in [(it, ()) for it in EXAMPLES] + [("small", EVERYTHING), ("ha", EVERYTHING)]:
        _, text, _ = render(example, *settings)
        command = [kubeconform, "-strict", "-summary", "-skip", others, "-schema-location", place]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and re.search(r"Valid: [1-9]", done.stdout), done.stdout + done.stderr


def a_setting_that_does_not_exist_or_cannot_be_is_refused_by_name():
    refusals = [
        ("ha", 'publicURL="https://x"', "publicURL"),
        ("ha", 'components.vault.replica=2', "replica"),
        ("ha", 'config.vault.insecure_peers=true', "insecure_peers"),
        ("ha", 'config.refresh.concurency=2', "concurency"),
        ("ha", 'components.proxy.replicas=0', "replicas"),
        ("ha", 'mode="both"', "mode"),
        ("ha", 'publicUrl="http://connect.example.com"', "publicUrl"),
        ("ha", 'database.url="postgres://user:password@db/latchkey"', "url"),
        ("ha", 'keys.kek="file:///etc/kek"', "kek"),
        ("ha", 'terminationGracePeriodSeconds=30', "terminationGracePeriodSeconds"),
        ("ha", 'networkPolicy.callers=[{}]', "callers"),
        ("ha", 'image.registry=""', "image.registry"),
        ("ha", 'database.existingSecret=""', "database.existingSecret"),
        ("ha", 'keys.existingSecret="both"', "keys.existingSecret"),
        ("ha", 'tls.certManager.enabled=false', "tls.insecure"),
        ("ha", 'tls.insecure=true', "exactly one"),
        ("airgap", 'tls.existingSecrets.proxy=""', "tls.existingSecrets"),
        ("ha", 'networkPolicy.database.to=[]', "networkPolicy.database.to"),
        ("ha", 'networkPolicy.keyService.to=[]', "networkPolicy.keyService.to"),
        ("ha", 'networkPolicy.nats.to=[]', "networkPolicy.nats.to"),
        ("ha", 'networkPolicy.otlp.to=[]', "networkPolicy.otlp.to"),
        ("ha", 'ingress.enabled=true', "gatewayApi.enabled"),
        ("ha", 'components.refresher.autoscaling.enabled=true', "components.refresher.replicas"),
        ("ha", 'backup.enabled=true', "backup.existingClaim"),
        ("ha", 'backup.keep=0', "keep"),
        ("small", 'database.migrations="job"', "database.existingSecret"),
        ("ha", 'database.migrations="never"', "migrations"),
        ("ha", 'keys.also=["file:///etc/kek"]', "also"),
        ("ha", 'keys.also=["transit://bao:8200/transit/k?token_file=/etc/latchkey/transit/token"]', "keys.transit.existingSecret"),
        ("ha", 'keys.transit.token="hvs.1"', "token"),
        ("ha", 'envoy.enabled=true', "networkPolicy.envoys"),
        ("ha", 'networkPolicy.envoys=[{"podSelector":{"matchLabels":{"app":"edge"}}}]', "envoy.enabled"),
        ("ha", 'config.connect.environments.prod.colour="red"', "colour"),
        ("ha", 'config.connect.environments.Prod={}', "Prod"),
        ("ha", 'config.connect.environments.prod.theme.light.primary="red"', "primary"),
        ("ha", 'config.connect.environments.prod.logo.light="/etc/latchkey/connect/files/logo.svg"', "connectFiles.existingConfigMap"),
        ("ha", f'config.connect.login=[{json.dumps(LOGIN)}]', "connectFiles.existingSecret"),
        ("ha", f'config.connect.login=[{json.dumps(LOGIN | {"client_secret": "s"})}]', "client_secret"),
        ("ha", f'config.connect.login=[{json.dumps(LOGIN | {"client_secret_file": "/etc/passwd"})}]', "client_secret_file"),
        ("ha", f'config.connect.login=[{json.dumps(LOGIN | {"roles": {"staff": "owner"}})}]', "roles"),
        ("ha", f'config.connect.login=[{json.dumps(LOGIN | {"issuer": "http://login.acme.example"})}]', "issuer"),
        ("ha", 'config.connect.token_exchange.issuers=[{"issuer":"https://x","audience":"a"}]', "callers"),
        ("ha", f'config.proxy.issuers=[{json.dumps(CLUSTER)}]', "proxyFiles.existingConfigMap"),
        ("ha", f'config.proxy.issuers=[{json.dumps(CLUSTER | {"ca_file": "/etc/latchkey/connect/files/ca.crt"})}]', "ca_file"),
        ("ha", 'proxyFiles.existingConfig="c"', "existingConfig"),
        ("ha", 'config.webhooks.allow_privat=true', "allow_privat"),
        ("small", 'components.single.replicas=2', "SQLite"),
        ("small", 'mode="split"', "SQLite"),
    ]
    for example, setting, named in refusals:
        code, _, complaint = render(example, setting)
        assert code != 0 and named in complaint, f"{example} with {setting}: {complaint or 'accepted'}"


def what_the_cluster_does_not_know_is_rendered_as_the_values_say():
    monitoring = ("ServiceMonitor", "PrometheusRule")

    def kinds(mode, *more):
        code, text, complaint = render("ha", f'metrics.renderMode="{mode}"', more=more)
        return complaint if code else sorted({kind for kind in monitoring if f"kind: {kind}\n" in text})

    assert kinds("alwaysRender") == sorted(monitoring) and kinds("skipIfMissing") == []
    assert "install the Prometheus operator" in kinds("failIfMissing")
    for mode in ("alwaysRender", "skipIfMissing", "failIfMissing"):
        assert kinds(mode, "--api-versions", "monitoring.coreos.com/v1") == sorted(monitoring), mode
    off = ('metrics.serviceMonitor.enabled=false', 'metrics.prometheusRule.enabled=false')
    assert render("ha", 'metrics.renderMode="failIfMissing"', *off)[0] == 0
    assert "renderMode" in kinds("never")


def every_section_of_the_schema_is_closed():
    def walk(schema, path):
        if "properties" in schema:
            assert schema.get("additionalProperties") is False, f"{path} takes what it does not know"
            for name, inner in schema["properties"].items():
                walk(inner, f"{path}.{name}")
        for inner in ("items", "additionalProperties"):
            if isinstance(schema.get(inner), dict):
                walk(schema[inner], f"{path}[]")

    schema = json.loads((CHART / "values.schema.json").read_text())
    walk(schema, "values")
    for name, inner in schema["definitions"].items():
        walk(inner, name)
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert set(values) | {"global"} == set(schema["properties"])
