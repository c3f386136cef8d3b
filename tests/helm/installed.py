"""The chart on a real API server: what it renders is accepted, and what it must not be is refused. Each public function is one
promise; without an API server (LATCHKEY_TEST_LONG) none is asked."""

import copy
import json
import os
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import yaml

from chart import CHART, EVERYTHING, EXAMPLES, HELM, NotDone, program, render
from cluster import TOKEN, cluster

HOUR = "2026-01-01T00:00:00Z"


def every_object_of_every_values_file_is_accepted():
    """Asked first, then created, without a warning; and each pod too, as a controller would create it."""
    for example, settings in [(it, ()) for it in EXAMPLES] + [(it, EVERYTHING) for it in ("small", "ha")]:
        it = cluster()
        name = it.namespace(f"accepts-{example}{'-all' * bool(settings)}")
        code, text, complaint = render(example, *settings, namespace=name)
        assert code == 0, complaint
        objects = [it for it in yaml.safe_load_all(text) if it]
        for how in (["apply", "--server-side", "--dry-run=server"], ["create"]):
            done = it.kubectl(*how, "--validate=strict", "-f", "-", given=objects)
            assert "Warning" not in done.stderr, f"{name}: {done.stderr}"
        made = {(found["kind"], found["metadata"]["name"]) for found in objects if found["kind"] != "Pod"}
        for kind, found in made:
            it.kubectl("get", kind, found, "--namespace", name)
        done = it.kubectl("create", "--validate=strict", "-f", "-", given=list(pods(objects, name)))
        assert "Warning" not in done.stderr, f"{name}: {done.stderr}"


def what_breaks_the_rules_is_refused():
    """So the API server does look."""
    it = cluster()
    name = it.namespace("refuses")
    objects = [it for it in yaml.safe_load_all(render("ha", namespace=name)[1]) if it]
    it.kubectl("create", "-f", "-", given=[found for found in objects if found["kind"] == "ServiceAccount"])
    pod = next(pod for pod in pods(objects, name) if pod["metadata"]["name"].startswith("lk-latchkey-vault"))
    it.kubectl("create", "--dry-run=server", "-f", "-", given=[pod])
    for path, value, complaint in [
        (("securityContext", "runAsNonRoot"), False, "violates PodSecurity"),
        (("hostNetwork",), True, "violates PodSecurity"),
        (("containers", 0, "securityContext", "privileged"), True, "privileged"),
        (("containers", 0, "securityContext", "capabilities"), {}, "violates PodSecurity"),
        (("containers", 0, "resource"), {}, 'unknown field "spec.containers[0].resource"'),
        (("serviceAccountName",), "nobody", "serviceaccount \"nobody\" not found"),
    ]:
        broken = copy.deepcopy(pod)
        inner = broken["spec"]
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        done = it.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", given=[broken], may_fail=True)
        assert done.returncode != 0 and complaint in done.stderr, f"{path}: {done.stderr or 'accepted'}"
    for kind, path, value in [("Certificate", "duration", 7), ("ServiceMonitor", "endpoints", {}), ("GRPCRoute", "rules", "all"),
                              ("PrometheusRule", "groups", [{}]), ("HTTPRoute", "parentRefs", [{"name": ""}])]:
        broken = copy.deepcopy(next(found for found in objects if found["kind"] == kind))
        broken["spec"][path] = value
        done = it.kubectl("create", "--dry-run=server", "-f", "-", given=[broken], may_fail=True)
        assert done.returncode != 0 and f"spec.{path}" in done.stderr, f"{kind}: {done.stderr or 'accepted'}"


def a_migration_comes_before_what_needs_it_and_a_way_back_needs_none():
    """`helm install`, a failed and a successful `helm upgrade`, and `helm rollback`, as an operator has them. Where a controller would
    run the migration's job, this says what became of it."""
    it = cluster()
    name = it.namespace("upgrades")
    workloads = ("deployment,statefulset", "--namespace", name)
    images = lambda: {found["spec"]["template"]["spec"]["containers"][0]["image"].rsplit(":", 1)[1] for found in it.get(*workloads)["items"]}
    with helm(name, "install", "one") as installing:
        job = await_job(name, installing)
        assert not it.get(*workloads)["items"], "nothing runs before the schema is there"
        assert it.get("networkpolicy", "lk-latchkey-migrate", "--namespace", name), "the job could not reach the database"
        ended(name, job, "Complete")
        assert installing.wait(60) == 0, installing.stderr.read()
    assert images() == {"one"}
    with helm(name, "upgrade", "two") as upgrading:
        failing = await_job(name, upgrading, other_than=job)
        assert images() == {"one"}
        ended(name, failing, "Failed")
        assert upgrading.wait(60) != 0
    assert images() == {"one"}, "what does not migrate is not rolled out"
    with helm(name, "upgrade", "two") as upgrading:
        job = await_job(name, upgrading, other_than=failing)
        assert images() == {"one"}
        ended(name, job, "Complete")
        assert upgrading.wait(60) == 0, upgrading.stderr.read()
    assert images() == {"two"}
    # The version before runs on the schema of this one.
    back = subprocess.run([HELM, "rollback", "lk", "1", "--namespace", name, "--kubeconfig", it.kubeconfig], capture_output=True, text=True,
                          check=False, timeout=60)
    assert back.returncode == 0, back.stderr
    assert images() == {"one"}
    assert it.get("job", "lk-latchkey-migrate", "--namespace", name)["metadata"]["uid"] == job, "the schema was touched on the way back"


def one_pod_of_several_is_evicted_and_the_next_waits_unless_it_is_not_well():
    """Each budget finds the pods it is for. Where a controller would count those that are well, this does, by the budget's own rule."""
    it = cluster()
    name = it.namespace("drains")
    objects = [it for it in yaml.safe_load_all(render("ha", namespace=name)[1]) if it]
    it.kubectl("create", "-f", "-", given=[found for found in objects if found["kind"] in ("ServiceAccount", "PodDisruptionBudget")])
    templates = {pod["metadata"]["name"].removesuffix("-0"): pod for pod in pods(objects, name)}
    budgets = {found["metadata"]["name"]: found["spec"]["maxUnavailable"] for found in objects if found["kind"] == "PodDisruptionBudget"}
    assert len(budgets) == 4, budgets
    for workload, unavailable in budgets.items():
        first, second = (f"{workload}-{number}" for number in range(2))
        for pod in (first, second):
            it.kubectl("create", "-f", "-", given=[{**templates[workload], "metadata": {**templates[workload]["metadata"], "name": pod}}])
            is_well(name, pod, True)
        generation = it.get("pdb", workload, "--namespace", name)["metadata"]["generation"]
        counted = {"observedGeneration": generation, "expectedPods": 2, "currentHealthy": 2, "desiredHealthy": 2 - unavailable,
                   "disruptionsAllowed": unavailable}
        it.kubectl("patch", "pdb", workload, "--namespace", name, "--subresource=status", "--type=merge", "--patch", json.dumps({"status": counted}))
        assert evicted(name, first) == 201 and evicted(name, second) == 429, workload
        assert it.get("pdb", workload, "--namespace", name)["status"]["disruptionsAllowed"] == 0
        it.kubectl("get", "pod", second, "--namespace", name)
        is_well(name, second, False)
        assert evicted(name, second) == 201, f"{workload} holds its node for ever"


def is_well(namespace, pod, ready):
    """As the node of a pod writes it down."""
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": str(ready), "lastTransitionTime": HOUR}]}
    cluster().kubectl("patch", "pod", pod, "--namespace", namespace, "--subresource=status", "--type=merge", "--patch", json.dumps({"status": status}))


def evicted(namespace, pod):
    """What the API server says to whoever drains a node."""
    it = cluster()
    wish = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": namespace}}
    request = urllib.request.Request(f"{it.url}/api/v1/namespaces/{namespace}/pods/{pod}/eviction", json.dumps(wish).encode(),
                                     {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10, context=ssl.create_default_context(cafile=it.authority)) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def a_vault_logs_in_to_its_key_service_as_its_account():
    """With a token that this API server gave and reviews, at a real OpenBao."""
    bao, root = os.environ.get("LATCHKEY_TEST_BAO_URL"), os.environ.get("LATCHKEY_TEST_BAO_TOKEN")
    if not (bao and program("single")):
        raise NotDone("there is no OpenBao, or no built program: no vault logged in (tests/with-servers, LATCHKEY_TEST_BIN_DIR)")
    it = cluster()
    name = it.namespace("logs-in")
    it.kubectl("create", "-f", "-", given=[found for found in yaml.safe_load_all(render("ha", namespace=name)[1])
                                           if found and found["kind"] == "ServiceAccount"])
    it.kubectl("create", "serviceaccount", "bao", "--namespace", name)
    it.kubectl("create", "clusterrolebinding", "bao", "--clusterrole=system:auth-delegator", f"--serviceaccount={name}:bao")
    token = lambda account, *more: it.kubectl("create", "token", account, "--namespace", name, *more).stdout
    run = uuid.uuid4().hex
    ask = lambda path, wish: asked(f"{bao}/v1/{path}", root, wish)
    ask(f"transit/keys/{run}", {"type": "aes256-gcm96"})
    ask(f"sys/policies/acl/{run}", {"policy": "\n".join(f'path "transit/{verb}/{run}" {{ capabilities = ["{right}"] }}' for verb, right in
                                                         (("encrypt", "update"), ("decrypt", "update"), ("keys", "read")))})
    ask(f"sys/auth/{run}", {"type": "kubernetes"})
    ask(f"auth/{run}/config", {"kubernetes_host": it.url, "kubernetes_ca_cert": it.authority.read_text(), "disable_local_ca_jwt": True,
                               "token_reviewer_jwt": token("bao")})
    ask(f"auth/{run}/role/latchkey", {"bound_service_account_names": ["lk-latchkey-vault"], "bound_service_account_namespaces": [name],
                                      "audience": "openbao", "token_policies": [run]})
    with tempfile.TemporaryDirectory() as folder:
        settings = f"{folder}/latchkey.toml"
        kek = f"transit://bao/transit/{run}?role=latchkey&auth={run}&jwt_file={folder}/token&endpoint={bao}"
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f'[database]\nurl = "sqlite:{folder}/latchkey.db"\n[keys]\nkek = "{kek}"\n')
        command = [program("single"), "doctor", "--config", settings]
        for account, more, accepted in (("lk-latchkey-vault", ("--audience=openbao",), True), ("lk-latchkey-connect", ("--audience=openbao",), False),
                                        ("lk-latchkey-vault", (), False)):
            with open(f"{folder}/token", "w", encoding="utf-8") as file:
                file.write(token(account, *more))
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder)
            refused = f"the login at auth/{run} failed" in done.stdout + done.stderr
            assert refused != accepted, f"{account} {more}: {done.stdout}{done.stderr}"
            assert accepted == any("transit://" in line and line.lower().startswith("ok") for line in done.stdout.splitlines()), done.stdout


def asked(url, token, wish):
    request = urllib.request.Request(url, json.dumps(wish).encode(), {"x-vault-token": token}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def pods(objects, namespace):
    """A pod of each workload and job, as a controller makes it."""
    for found in objects:
        spec = found.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            spec = {**template["spec"], "restartPolicy": template["spec"].get("restartPolicy", "Always")}
            claims = [{"name": claim["metadata"]["name"], "persistentVolumeClaim": {"claimName": "claimed"}}
                      for claim in found["spec"].get("volumeClaimTemplates", [])]
            spec["volumes"] = [*spec.get("volumes", []), *claims]
            metadata = {**template.get("metadata", {}), "name": f"{found['metadata']['name']}-0", "namespace": namespace}
            yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def helm(namespace, verb, tag):
    command = [HELM, verb, "lk", CHART, "--namespace", namespace, "--kubeconfig", cluster().kubeconfig, "--timeout", "90s",
               "--values", CHART / "values-ha.yaml", "--set", f"image.tag={tag}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def await_job(namespace, helming, other_than=None):
    """The id of the migration's job, once there is another one than this."""
    until = time.monotonic() + 60
    while time.monotonic() < until and helming.poll() is None:
        done = cluster().kubectl("get", "job", "lk-latchkey-migrate", "--namespace", namespace, "--output=jsonpath={.metadata.uid}", may_fail=True)
        if done.returncode == 0 and done.stdout != other_than:
            return done.stdout
        time.sleep(0.1)
    raise AssertionError(f"helm made no job: {helming.poll()} {helming.stderr.read() if helming.poll() is not None else ''}")


def ended(namespace, job, how):
    """As the controller of jobs writes it down."""
    first = {"Complete": "SuccessCriteriaMet", "Failed": "FailureTarget"}[how]
    conditions = [{"type": kind, "status": "True", "reason": "Tested", "lastTransitionTime": HOUR, "lastProbeTime": HOUR} for kind in (first, how)]
    status = {"startTime": HOUR, "conditions": conditions, **({"completionTime": HOUR, "succeeded": 1} if how == "Complete" else {"failed": 1})}
    patch = json.dumps({"metadata": {"uid": job}, "status": status})
    cluster().kubectl("patch", "job", "lk-latchkey-migrate", "--namespace", namespace, "--subresource=status", "--type=merge", "--patch", patch)
