"""The smallest installation as the chart renders it, really started. Each public promise takes nothing."""

import json
import urllib.request

from chart import EVERYTHING, NotDone, objects, program
from serving import serving

TEST = 'tests.apiKey.existingSecret="key"'


def the_smallest_installation_starts_and_passes_its_helm_test():
    """`latchkey serve` on the rendered settings, with the volumes as folders here; and what the pod of `helm test` does is done."""
    needs(program("single"))
    with serving() as it:
        (container,) = objects("small", TEST)["Pod", "lk-latchkey-test"]["spec"]["containers"]
        arguments = [it.here(argument) for argument in container["args"]]
        done = it.run(*arguments)
        assert done.returncode == 0 and done.stdout.startswith("connected, read, deleted, gone ("), done.stdout + done.stderr
        left = it.run("integration", "list", "--json", *(argument for argument in arguments if argument.startswith(("--grpc", "--api-key"))))
        assert json.loads(left.stdout) == [], left.stdout + left.stderr
        # A key that may not do all of it does not pass.
        made = it.run("key", "create", "--config", it.settings, "--environment", "prod", "--name", "less", "--scopes", "connections:read")
        (it.folder / "key").write_text(made.stdout.strip().splitlines()[-1].split()[-1])
        done = it.run(*arguments)
        assert done.returncode == 1 and "SCOPE" in done.stderr, done.stdout + done.stderr


def what_is_set_of_the_pages_and_of_logins_is_there():
    needs(program("single"))
    chosen = ("config.connect=", "config.webhooks=", "config.vault=", "connectFiles=")
    wanted = [setting for setting in EVERYTHING if setting.startswith(chosen)]
    # Who signed the provider's certificate is not known here.
    wanted[0] = wanted[0].replace('"ca_file": "/etc/latchkey/connect/files/ca.crt", ', "")
    assert len(wanted) == len(chosen)
    with serving(*wanted) as it:
        providers = json.loads(read(f"{it.url('8080')}/dashboard/login/providers")[1])
        assert "Acme" in json.dumps(providers), providers
        kind, logo = read(f"{it.url('8080')}/connect/logo/prod/light")
        assert kind == "image/svg+xml" and logo == (it.folder / "etc/connect/files/logo.svg").read_bytes()
        shown = it.run("config", "show", it.settings)
        assert "connect.environments.prod.app_name" in shown.stdout and "disable_after_seconds" in shown.stdout, shown.stdout + shown.stderr


def needs(built):
    if not built:
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: the smallest installation was not started")


def read(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers["content-type"], answer.read()
