"""What the rendered objects promise. Each function is one promise."""

import json
import re

from chart import CHART, EVERYTHING, EXAMPLES, ROOT, SPLIT, components, objects, pods, program, settings_of, text_of


def every_pod_is_within_the_restricted_standard():
    for example in EXAMPLES:
        assert len(pods(example)) >= len(components(example))
        for name, pod in pods(example).items():
            security = pod["securityContext"]
            assert security["runAsNonRoot"] is True and security["runAsUser"] > 0, name
            assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
            assert pod["automountServiceAccountToken"] is False, name
            assert not any(pod.get(it) for it in ("hostNetwork", "hostPID", "hostIPC", "initContainers")), name
            assert all(set(it) - {"name"} <= {"configMap", "secret"} for it in pod["volumes"]), name
            for container in pod["containers"]:
                own = container["securityContext"]
                assert own["readOnlyRootFilesystem"] is True and own["allowPrivilegeEscalation"] is False, name
                assert own["capabilities"] == {"drop": ["ALL"]} and "privileged" not in own, name
                assert container["resources"]["requests"]["cpu"] and container["resources"]["requests"]["memory"], name
                assert container["resources"]["limits"]["memory"], name
                mounted = {it["mountPath"] for it in container["volumeMounts"] if not it.get("readOnly")}
                assert mounted <= {"/var/lib/latchkey"}, name


def secrets_are_files_but_for_the_address_of_the_database():
    for example in EXAMPLES:
        for name, pod in pods(example).items():
            variables = [it for container in pod["containers"] for it in container.get("env", [])]
            keeper = name.endswith(("-vault", "-single", "-migrate"))
            assert {it["name"] for it in variables} <= ({"LATCHKEY__DATABASE__URL"} if keeper else set()), name
            held = {it["secret"]["secretName"] for it in pod["volumes"] if "secret" in it}
            assert keeper or not held & {"latchkey-kek", "latchkey-database"}, f"{name} holds {held}"
        assert not any(kind == "Secret" for kind, _ in objects(example))


def only_whoever_has_keys_has_an_identity_in_the_cloud():
    accounts = {name: it["metadata"].get("annotations") for (kind, name), it in objects("ha").items()
                if kind == "ServiceAccount"}
    assert [name for name, annotations in accounts.items() if annotations] == ["lk-latchkey-vault"], accounts
    used = {name: pod["serviceAccountName"] for name, pod in pods("ha").items() if not name.endswith(("-test", "-migrate"))}
    assert all(name == account for name, account in used.items()), used


def whoever_has_keys_shows_its_account_to_the_key_service_alone():
    """Only where it logs in there by role; the token is for that audience, and what is given as a secret is mounted as it is."""
    settings = ('keys={"kek":"transit://bao.bao:8200/transit/latchkey?role=latchkey&ca_file=/etc/latchkey/transit/ca.crt",'
                '"transit":{"existingSecret":"bao","audience":"openbao"}}',)
    for name, pod in pods("ha", *settings).items():
        volumes = {it["name"]: it for it in pod["volumes"]}
        assert ("account" in volumes) == ("transit" in volumes) == (name == "lk-latchkey-vault"), name
        assert pod["automountServiceAccountToken"] is False, name
    vault = pods("ha", *settings)["lk-latchkey-vault"]
    volumes = {it["name"]: it for it in vault["volumes"]}
    (source,) = volumes["account"]["projected"]["sources"]
    assert source["serviceAccountToken"] == {"path": "token", "expirationSeconds": 3600, "audience": "openbao"}
    assert volumes["transit"]["secret"]["secretName"] == "bao"
    mounts = {it["name"]: it["mountPath"] for it in vault["containers"][0]["volumeMounts"]}
    assert mounts["account"] == "/var/run/secrets/kubernetes.io/serviceaccount" and mounts["transit"] == "/etc/latchkey/transit"
    assert settings_of("ha", "vault", *settings)["keys"]["kek"].startswith("transit://")
    assert "account" not in {it["name"] for it in pods("ha")["lk-latchkey-vault"]["volumes"]}


def an_issuers_authority_is_where_the_settings_name_it():
    """In the pods that read the issuer's keys and in no other, from what the values name."""
    for example, owners in (("ha", {"connect": "connect-files", "proxy": "kube-root-ca.crt"}), ("small", {"single": None})):
        for name in components(example):
            pod = pods(example, *EVERYTHING)[f"lk-latchkey-{name}"]
            given = {it["name"]: it["configMap"]["name"] for it in pod["volumes"] if "configMap" in it}
            mounts = {it["mountPath"]: given.get(it["name"]) for it in pod["containers"][0]["volumeMounts"]}
            files = set(re.findall(r'^ca_file = "(.*)/ca.crt"$', text_of(example, name, *EVERYTHING), re.M))
            assert bool(files) == (name in owners), f"{name}: {files}"
            assert all(mounts[it] for it in files), f"{name}: {files} of {mounts}"
            if owners.get(name):
                assert {mounts[it] for it in files} == {owners[name]}, name


def a_journal_outlives_its_pod_and_no_autoscaler_takes_one_away():
    for example, name in (("small", "single"), ("ha", "refresher"), ("airgap", "refresher")):
        spec = objects(example)["StatefulSet", f"lk-latchkey-{name}"]["spec"]
        assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
        assert spec["volumeClaimTemplates"][0]["metadata"]["name"] == "journal"
        path = settings_of(example, name)["journal"]["path"]
        mounts = {it["name"]: it["mountPath"] for it in spec["template"]["spec"]["containers"][0]["volumeMounts"]}
        assert path.startswith(mounts["journal"] + "/")
    scalers = {name: it["spec"] for (kind, name), it in objects("ha").items() if kind == "HorizontalPodAutoscaler"}
    assert set(scalers) == {f"lk-latchkey-{it}" for it in SPLIT - {"refresher"}}
    scalers["lk-latchkey-single"] = objects("small", *SEVERAL)["HorizontalPodAutoscaler", "lk-latchkey-single"]["spec"]
    for name, spec in scalers.items():
        kept = spec.get("behavior", {}).get("scaleDown", {}).get("selectPolicy") == "Disabled"
        assert kept == name.endswith("single"), name
        if name.endswith("single"):
            continue
        assert (spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"]) in objects("ha")


def nothing_is_cut_off():
    # The longest a program takes to end, from its main.rs, and the pause before it is told.
    sources = [*ROOT.glob("services/*/src/main.rs"), ROOT / "services/all-in-one/src/serve.rs"]
    graces = [int(it) for path in sources for it in re.findall(r"GRACE: Duration = Duration::from_secs\((\d+)\)", path.read_text())]
    assert len(graces) == 5
    (rolled,) = re.findall(r"GRACE: Duration = Duration::from_secs\((\d+)\)", (ROOT / "crates/testkit/src/faults.rs").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())
    for example in EXAMPLES:
        for name, pod in pods(example).items():
            if name.endswith(("-test", "-migrate")):
                continue
            container = pod["containers"][0]
            pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
            # The pause is a part of what a platform gives; no less can be asked of it, and upgrades are tried with no more.
            for given in (pod["terminationGracePeriodSeconds"], schema["properties"]["terminationGracePeriodSeconds"]["minimum"]):
                assert given - pause > max(graces), name
            assert int(rolled) <= pod["terminationGracePeriodSeconds"] - pause, name
            # A pod that is told to go is called until every proxy has heard; after that, its readiness says so too.
            probe = container["readinessProbe"]
            assert pause >= probe["periodSeconds"] and probe["httpGet"]["path"] == "/readyz", name
            assert all(container[it]["httpGet"]["port"] == "ops" for it in ("startupProbe", "livenessProbe", "readinessProbe"))
            assert len(pod["topologySpreadConstraints"]) == 2, name
            # A rollout must not leave its pods where those it ended were not.
            rolls = ("Deployment", name) in objects(example)
            assert all(("matchLabelKeys" in it) == rolls for it in pod["topologySpreadConstraints"]), name


def a_drain_takes_one_pod_of_several_at_a_time_and_never_waits_for_ever():
    """Each workload of several pods has a budget that is its own and leaves at least one; a lone pod, and one that is not well, may go."""
    alone = tuple(f"components.{name}={json.dumps({'replicas': 1, 'autoscaling': {'enabled': False}})}" for name in sorted(SPLIT))
    for example, settings in [(it, ()) for it in EXAMPLES] + [("ha", alone), ("small", SEVERAL)]:
        found = objects(example, *settings)
        budgets = {name: it["spec"] for (kind, name), it in found.items() if kind == "PodDisruptionBudget"}
        scalers = {name: it["spec"]["minReplicas"] for (kind, name), it in found.items() if kind == "HorizontalPodAutoscaler"}
        made = {name: it["spec"] for (kind, name), it in found.items() if kind in ("Deployment", "StatefulSet")}
        counts = {name: spec.get("replicas") or scalers[name] for name, spec in made.items()}
        assert set(budgets) == {name for name, count in counts.items() if count > 1}, f"{example} {settings}: {set(budgets)}"
        for name, budget in budgets.items():
            meant = [other for other, spec in made.items()
                     if budget["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()]
            assert meant == [name], f"{name} stands for {meant}"
            assert set(budget) == {"maxUnavailable", "unhealthyPodEvictionPolicy", "selector"} and 0 < budget["maxUnavailable"] < counts[name]
            # A pod that is not ready serves nobody, and would hold a node for ever.
            assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow", name


SEVERAL = ('components.single.autoscaling.enabled=true', 'database={"url":"","existingSecret":"db"}',
           'networkPolicy.database.to=[{"ipBlock":{"cidr":"10.0.0.0/8"}}]')


def selectors_find_their_pods():
    for example in EXAMPLES:
        made = {name: it["spec"] for (kind, name), it in objects(example).items() if kind in ("Deployment", "StatefulSet")}
        assert set(made) == {f"lk-latchkey-{it}" for it in components(example)}
        for name, spec in made.items():
            labels = spec["template"]["metadata"]["labels"].items()
            service = objects(example)["Service", name]["spec"]
            assert spec["selector"]["matchLabels"].items() <= labels and service["selector"].items() <= labels, name
            named = {it["name"] for it in spec["template"]["spec"]["containers"][0]["ports"]}
            assert {it["targetPort"] for it in service["ports"]} == named, name


def one_address_can_be_kept_at_one_pod_of_connect_and_of_no_other_service():
    kept = objects("ha", 'service.connectAffinity="ClientIP"')
    for name in SPLIT:
        service = kept["Service", f"lk-latchkey-{name}"]["spec"]
        assert service.get("sessionAffinity", "None") == ("ClientIP" if name == "connect" else "None"), name
    assert objects("ha")["Service", "lk-latchkey-connect"]["spec"]["sessionAffinity"] == "None"
    assert objects("small", 'service.connectAffinity="ClientIP"')["Service", "lk-latchkey-single"]["spec"]["sessionAffinity"] == "ClientIP"


def a_migration_is_a_hook_before_every_installation_and_upgrade_alike():
    """Never an object of the release at one time and a hook at another; and its policy is there before it is."""
    job, way = (objects("ha")[kind, "lk-latchkey-migrate"]["metadata"]["annotations"] for kind in ("Job", "NetworkPolicy"))
    for it in (job, way):
        assert it["helm.sh/hook"] == "pre-install,pre-upgrade" and it["helm.sh/hook-delete-policy"] == "before-hook-creation"
    assert int(way["helm.sh/hook-weight"]) < int(job["helm.sh/hook-weight"])
    assert objects("ha")["Job", "lk-latchkey-migrate"]["spec"]["backoffLimit"] == 0
    assert settings_of("ha", "vault")["database"]["migrations"] == "job"
    assert not any(kind == "Job" for kind, _ in objects("airgap"))
    assert settings_of("airgap", "vault")["database"]["migrations"] == "auto"


def a_backup_is_written_by_whoever_may_call_the_database_alone():
    with_backup = ('backup={"enabled":true,"existingClaim":"backups","keep":7}',)
    spec = objects("ha", *with_backup)["CronJob", "lk-latchkey-backup"]["spec"]
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid" and pod["automountServiceAccountToken"] is False
    container = pod["containers"][0]
    assert container["args"] == ["backup", "create", "--to", "/var/lib/latchkey", "--keep", "7"]
    assert [it["name"] for it in container["env"]] == ["LATCHKEY__DATABASE__URL"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True and pod["securityContext"]["runAsNonRoot"] is True
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "backups"
    way = objects("ha", *with_backup)["NetworkPolicy", "lk-latchkey-backup"]["spec"]
    assert {port["port"] for rule in way["egress"] for port in rule["ports"]} == {53, 5432} and not way["ingress"]
    assert not any(kind == "CronJob" for kind, _ in objects("ha"))
