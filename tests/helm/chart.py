"""The chart as helm renders it, and the programs that read what was rendered."""

import functools
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


def render(example, *settings):
    """What `helm template` says: exit code, output, complaint."""
    command = [HELM, "template", "lk", str(CHART), "--namespace", "keys", "--kube-version", KUBERNETES]
    command += ["--values", str(CHART / f"values-{example}.yaml")]
    for setting in settings:
        command += ["--set-json", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
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
