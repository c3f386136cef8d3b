"""A real API server of Kubernetes: kube-apiserver and etcd on loopback, in a folder that is gone afterwards, and the definitions
of those objects in the chart that are others'. Nothing runs the pods: what is asked here is what is accepted."""

import atexit
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import yaml

from chart import NotDone
from serving import free_ports

PROGRAMS = os.environ.get("LATCHKEY_TEST_APISERVER", "")
TOKEN = "of-this-run"
# Of etcd, whose program is called so.
ETCD = "server"


@functools.cache
def cluster():
    if not PROGRAMS:
        raise NotDone("it takes minutes to build an API server: LATCHKEY_TEST_LONG=1 tests/helm/run, or tests/run --long")
    return Cluster()


class Cluster:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="latchkey-cluster-"))
        self.running = []
        atexit.register(self.stop)
        peers, clients, port = free_ports(3)
        self.url = f"https://127.0.0.1:{port}"
        self.start_etcd(f"http://127.0.0.1:{peers}", f"http://127.0.0.1:{clients}")
        self.start_api(f"http://127.0.0.1:{clients}", port)
        self.authority = self.folder / "apiserver.crt"
        self.kubeconfig = self.folder / "kubeconfig"
        self.wait_until(lambda: self.authority.exists())
        user, server = {"token": TOKEN}, {"server": self.url, "certificate-authority": str(self.authority)}
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
            "clusters": [{"name": "here", "cluster": server}], "users": [{"name": "here", "user": user}]}))
        self.wait_until(lambda: self.kubectl("get", "--raw", "/readyz", may_fail=True).returncode == 0)
        self.define()

    def start_etcd(self, peers, clients):
        self.spawn(ETCD, "--data-dir", self.folder / "etcd", "--listen-client-urls", clients, "--advertise-client-urls", clients,
                   "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", f"default={peers}",
                   "--unsafe-no-fsync")

    def start_api(self, etcd, port):
        key = self.folder / "accounts.key"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", key], capture_output=True, check=True)
        (self.folder / "tokens").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
        self.spawn("kube-apiserver", "--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--secure-port", port,
                   "--cert-dir", self.folder, "--service-account-issuer", "https://cluster.test",
                   "--service-account-key-file", key, "--service-account-signing-key-file", key,
                   "--token-auth-file", self.folder / "tokens", "--authorization-mode", "RBAC",
                   "--service-cluster-ip-range", "10.96.0.0/16")

    def define(self):
        """Made by controller-gen of the types in Go."""
        definitions = []
        for path in sorted((pathlib.Path(PROGRAMS) / "crds").glob("*.yaml")):
            it = yaml.safe_load(path.read_text())
            # Groups of Kubernetes' own want to know who approved.
            it["metadata"].setdefault("annotations", {})["api-approved.kubernetes.io"] = "unapproved, for a test"
            definitions.append(it)
        names = [f"crd/{it['metadata']['name']}" for it in definitions]
        self.kubectl("create", "-f", "-", given=definitions)
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s", *names)

    def spawn(self, program, *arguments):
        log = (self.folder / f"{program}.log").open("w")
        command = [pathlib.Path(PROGRAMS) / program, *map(str, arguments)]
        self.running.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder))

    def wait_until(self, condition):
        until = time.monotonic() + 90
        while not condition():
            if time.monotonic() > until or any(it.poll() is not None for it in self.running):
                logs = "".join(path.read_text()[-1500:] for path in self.folder.glob("*.log"))
                raise AssertionError(f"the API server does not start:\n{logs}")
            time.sleep(0.2)

    def kubectl(self, *arguments, given=None, may_fail=False):
        """What kubectl says. Objects that are given it reads as a file."""
        command = [pathlib.Path(PROGRAMS) / "kubectl", "--kubeconfig", self.kubeconfig, *arguments]
        text = None if given is None else yaml.safe_dump_all(given)
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=120)
        assert may_fail or done.returncode == 0, f"kubectl {' '.join(map(str, arguments))}: {done.stderr}"
        return done

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "--output", "json").stdout)

    def namespace(self, name):
        """Where pods outside the restricted standard are refused, and whatever else would be is warned of."""
        restricted = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
        self.kubectl("create", "-f", "-", given=[
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": restricted}},
            # A controller would make it.
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}}])
        return name

    def stop(self):
        for it in self.running:
            it.kill()
            it.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
