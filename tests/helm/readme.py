"""The chart's README, made of values.yaml: each value with its default and the comment above it.

    python3 tests/helm/readme.py      # writes helm/latchkey/README.md
"""

import json
import pathlib
import re

import yaml

CHART = pathlib.Path(__file__).resolve().parents[2] / "helm" / "latchkey"
HEAD = """# Values

What can be set in the chart, and what it is without. Made of `values.yaml` by `tests/helm/readme.py`; do not edit. `values.schema.json`
refuses whatever is not here.

| value | default | what it is |
|---|---|---|
"""


def keys(text):
    """Every key that has a line of its own: its path, and the comment above it or above the first of its neighbours."""
    path, comment = [], []
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            comment = []
        elif stripped.startswith("#"):
            comment.append(stripped.lstrip("# ").strip())
        elif match := re.match(r"( *)([\w.-]+):(?: |$)", line):
            depth = len(match[1]) // 2
            path = [*path[:depth], match[2]]
            yield tuple(path), " ".join(comment)
            comment = []


def made():
    text = (CHART / "values.yaml").read_text()
    values = yaml.safe_load(text)
    rows = []
    for path, comment in keys(text):
        value = values
        for name in path:
            value = value[name]
        # What has lines of its own within is told there.
        inner = any(other[:-1] == path for other, _ in keys(text))
        if inner and not comment:
            continue
        default = "" if inner else f"`{json.dumps(value)}`"
        rows.append(f"| `{'.'.join(path)}` | {default} | {comment.replace('|', chr(92) + '|')} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (CHART / "README.md").write_text(made())
