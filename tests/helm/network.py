"""Who may call whom, and how it is sealed. Each function is one promise."""

import json

from chart import SPLIT, objects, settings_of


def edges(example, *settings):
    """Who may open a connection to whom on which port, as the policies of both ends say it."""
    def who(peer):
        labels = peer.get("podSelector", {}).get("matchLabels", {})
        if "namespaceSelector" not in peer and "app.kubernetes.io/component" in labels:
            return labels["app.kubernetes.io/component"]
        return "dns" if labels.get("k8s-app") == "kube-dns" else str(peer)

    found = set()
    for (kind, name), it in objects(example, *settings).items():
        if kind != "NetworkPolicy":
            continue
        spec, own = it["spec"], name.removeprefix("lk-latchkey-")
        assert spec["policyTypes"] == ["Ingress", "Egress"], name
        assert spec["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == own
        for rule in spec["ingress"] or []:
            assert rule.get("from") and rule.get("ports"), f"{name} lets everybody in"
            found |= {(who(peer), own, port["port"]) for peer in rule["from"] for port in rule["ports"]}
        for rule in spec["egress"]:
            assert rule.get("to") and rule.get("ports"), f"{name} lets out to everybody"
            found |= {(own, who(peer), port["port"]) for peer in rule["to"] for port in rule["ports"]}
    return found


def who_may_call_whom_is_this_table_and_nothing_else():
    def namespace(name):
        return str({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}})

    private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"]
    internet = str({"ipBlock": {"cidr": "0.0.0.0/0", "except": private}})
    database, keys = (str({"ipBlock": {"cidr": f"10.20.{it}.0/24"}}) for it in (0, 1))
    table = {("vault", database, 5432), ("vault", keys, 443)}
    table |= {(it, namespace("nats"), 4222) for it in ("vault", "refresher")}
    table |= {(it, "vault", "internal") for it in ("connect", "refresher", "proxy")}
    table |= {("refresher", "refresher", "internal"), ("migrate", database, 5432), ("migrate", "dns", 53)}
    table |= {(it, internet, 443) for it in ("connect", "refresher", "proxy")}
    table |= {(it, "dns", 53) for it in SPLIT} | {(it, namespace("observability"), 4317) for it in SPLIT}
    table |= {(namespace("monitoring"), it, "ops") for it in SPLIT}
    table |= {("test", it, "grpc") for it in ("connect", "vault")} | {("test", "connect", "http")}
    for caller in ("gateway", "backends"):
        table |= {(namespace(caller), "vault", "grpc"), (namespace(caller), "proxy", "http")}
        table |= {(namespace(caller), "connect", it) for it in ("http", "grpc")}
    found = edges("ha")
    assert found == table, f"too many: {found - table}, too few: {table - found}"


def an_envoy_asks_the_proxies_over_tls_and_nobody_else_may():
    edge = str({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}})
    settings = ("envoy.enabled=true", f"networkPolicy.envoys=[{edge}]".replace("'", '"'))
    assert edges("ha", *settings) - edges("ha") == {(edge, "proxy", "grpc")}
    assert not edges("ha") - edges("ha", *settings)
    proxy = settings_of("ha", "proxy", *settings)
    assert proxy["listen"]["grpc"] == "0.0.0.0:8081" and proxy["tls"]["certificate"] and "client_ca" not in proxy["tls"]
    assert "insecure_authorization" not in proxy.get("proxy", {})
    callers = [{"subject": "a", "environment": "prod", "scopes": ["proxy:call"]}]
    issuer = {"issuer": "https://issuer.example", "audience": "https://proxy.example", "callers": callers}
    believing = settings_of("ha", "proxy", *settings, f"config.proxy.issuers={json.dumps([issuer])}")
    assert believing["proxy"]["issuers"][0]["audience"] == "https://proxy.example"
    insecure = (*settings, "tls.certManager.enabled=false", "tls.insecure=true")
    assert settings_of("ha", "proxy", *insecure)["proxy"]["insecure_authorization"] is True
    assert {it["name"] for it in objects("ha", *settings)["Service", "lk-latchkey-proxy"]["spec"]["ports"]} == {"http", "grpc", "ops"}
    assert "grpc" not in settings_of("ha", "proxy")["listen"]
    assert edges("small", *settings) - edges("small") == {(edge, "single", "grpc")}


def an_empty_list_of_peers_is_nobody():
    found = edges("ha", "networkPolicy.callers=[]", "networkPolicy.monitoring=[]", "tests.apiKey.existingSecret=\"\"")
    into = {(peer, own) for peer, own, _ in found if own in SPLIT}
    assert into == {(it, "vault") for it in ("connect", "refresher", "proxy")} | {("refresher", "refresher")}, into


def services_speak_mutual_tls_or_say_that_they_do_not():
    for example in ("ha", "airgap"):
        vault = settings_of(example, "vault")
        assert vault["tls"]["peers"]["client_ca"] and "insecure_peers" not in vault.get("vault", {})
        assert settings_of(example, "refresher")["tls"]["client_ca"] == vault["tls"]["peers"]["client_ca"]
        for name in SPLIT - {"vault"}:
            to_vault = settings_of(example, name)["vault"]
            assert to_vault["endpoint"] == "https://lk-latchkey-vault:8443" and len(to_vault["tls"]) == 3
    certificates = {name: it["spec"] for (kind, name), it in objects("ha").items() if kind == "Certificate"}
    assert set(certificates) == {f"lk-latchkey-{it}" for it in SPLIT}
    assert "lk-latchkey-vault" in certificates["lk-latchkey-vault"]["dnsNames"]
    assert "client auth" not in certificates["lk-latchkey-vault"]["usages"]
    insecure = ("tls.certManager.enabled=false", "tls.insecure=true")
    assert settings_of("ha", "vault", *insecure)["vault"]["insecure_peers"] is True
    assert settings_of("ha", "proxy", *insecure)["vault"]["insecure"] is True
    journal = settings_of("ha", "refresher", *insecure)["journal"]
    assert journal["insecure_peers"] is True and all(it["insecure"] is True for it in journal["peers"])


def each_refresher_calls_every_other_by_its_own_name():
    """By the names of a StatefulSet's pods. The certificate is that of the service, which all of them show."""
    for example, count in (("ha", 3), ("airgap", 2)):
        made = objects(example)["StatefulSet", "lk-latchkey-refresher"]["spec"]
        service = objects(example)["Service", made["serviceName"]]["spec"]
        assert made["replicas"] == count and service["clusterIP"] == "None"
        # One that is starting must be found: what it has in its journal counts before it is ready.
        assert service["publishNotReadyAddresses"] is True
        port = next(it["port"] for it in service["ports"] if it["name"] == "internal")
        settings = settings_of(example, "refresher")
        assert settings["listen"]["internal"] == f"0.0.0.0:{port}"
        pods = [f"lk-latchkey-refresher-{it}.{made['serviceName']}" for it in range(count)]
        assert [it["endpoint"] for it in settings["journal"]["peers"]] == [f"https://{it}:{port}" for it in pods]
        for peer in settings["journal"]["peers"]:
            assert peer["tls"]["server_name"] == "lk-latchkey-refresher" and len(peer["tls"]) == 4
    certificate = objects("ha")["Certificate", "lk-latchkey-refresher"]["spec"]
    assert "lk-latchkey-refresher" in certificate["dnsNames"] and "server auth" in certificate["usages"]
    alone = settings_of("ha", "refresher", "components.refresher.replicas=1")["journal"]
    assert "peers" not in alone
