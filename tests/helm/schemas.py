"""schemas.py FOLDER: the schemas of Kubernetes that kubernetes-validate carries, for kubeconform.

The package names them by addresses on the internet; here each is a file beside the others.
"""

import json
import pathlib
import sys

import kubernetes_validate

VERSION = "1.37.0"
carried = pathlib.Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{VERSION}-local-strict"
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for path in carried.glob("*.json"):
    schema = json.loads(path.read_text().replace('"/api/_definitions.json', '"_definitions.json'))
    schema.pop("$id", None)
    (folder / path.name).write_text(json.dumps(schema))
