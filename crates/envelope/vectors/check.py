#!/usr/bin/env python3
"""A second implementation of the sealed formats, written from the layout and sharing no code with the first.

    check.py            opens every vector of every file, seals it again and compares
    check.py --write    rewrites sealed_by_python.json, which the first implementation opens

Needs the package `cryptography`.
"""

import hashlib
import json
import pathlib
import struct
import sys
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HERE = pathlib.Path(__file__).parent
RECORD, JOURNAL, DATA_KEY = 0x10, 0x11, 0x20


def hkdf(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)


def key_id(data_key: bytes) -> uuid.UUID:
    name = bytearray(hkdf(data_key, b"", b"lk1-id", 16))
    name[6] = name[6] & 0x0F | 0x80  # version 8: custom (RFC 9562 section 5.8)
    name[8] = name[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(name))


def fields(*values: bytes) -> bytes:
    return b"".join(struct.pack(">H", len(value)) + value for value in values)


def derived(kind, name, version, generation, salt, key):
    padded = kind in (RECORD, JOURNAL)
    start = struct.pack(">2sBBBBH16sIQ", b"LK", 1, 1, kind, padded, 0, name.bytes, version, generation) + salt
    assert len(start) == 52
    output = hkdf(key, salt, b"lk1-mk" + start, 64)
    return padded, start, output[:32], output[32:]


def seal(kind, name, version, generation, salt, nonce, key, context, plain):
    padded, start, message_key, commitment = derived(kind, name, version, generation, salt, key)
    header = start + commitment + nonce
    assert len(header) == 96
    if padded:
        plain += b"\x80"
        plain += bytes(-len(plain) % 64)
    return header + AESGCM(message_key).encrypt(nonce, plain, header + context)


def open_(kind, name, version, generation, key, context, sealed):
    header, body = sealed[:96], sealed[96:]
    padded, start, message_key, commitment = derived(kind, name, version, generation, header[36:52], key)
    assert header[:52] == start, "header"
    assert header[52:84] == commitment, "commitment"
    plain = AESGCM(message_key).decrypt(header[84:], body, header + context)
    if padded:
        assert len(plain) % 64 == 0, "bucket"
        plain = plain.rstrip(b"\0")
        assert plain[-1] == 0x80, "padding"
        plain = plain[:-1]
    return plain


def record_arguments(vector):
    key = bytes.fromhex(vector["data_key"])
    origins = hashlib.sha256()
    for origin in sorted(origin.encode() for origin in vector["origins"]):
        origins.update(struct.pack(">Q", len(origin)) + origin)
    context = fields(
        vector["deployment"].encode(),
        vector["environment"].encode(),
        vector["owner"].encode(),
        vector["record"].encode(),
        struct.pack(">H", vector["schema"]),
        origins.digest(),
    )
    kind = JOURNAL if vector["record"] == "journal" else RECORD
    return (kind, key_id(key), 1, vector["generation"]), key, context, vector["plaintext"].encode()


def data_key_arguments(vector):
    context = fields(
        vector["deployment"].encode(), vector["environment"].encode(), vector["owner"].encode(), b"data_key"
    )
    label = (DATA_KEY, uuid.UUID(vector["environment_key_id"]), vector["environment_key_version"], 0)
    return label, bytes.fromhex(vector["environment_key"]), context, bytes.fromhex(vector["data_key"])


def sealed(vector, label, key, context, plain):
    salt, nonce = bytes.fromhex(vector["salt"]), bytes.fromhex(vector["nonce"])
    return seal(*label, salt, nonce, key, context, plain).hex()


def check(path):
    vectors = json.loads(path.read_text())
    for vector in vectors["records"]:
        label, key, context, plain = record_arguments(vector)
        assert str(label[1]) == vector["data_key_id"], (path.name, vector["name"], "id")
        assert open_(*label, key, context, bytes.fromhex(vector["sealed"])) == plain, (path.name, vector["name"])
        assert sealed(vector, label, key, context, plain) == vector["sealed"], (path.name, vector["name"])
    for vector in vectors["data_keys"]:
        label, key, context, plain = data_key_arguments(vector)
        assert open_(*label, key, context, bytes.fromhex(vector["wrapped"])) == plain, (path.name, vector["name"])
        assert sealed(vector, label, key, context, plain) == vector["wrapped"], (path.name, vector["name"])
    count = len(vectors["records"]) + len(vectors["data_keys"])
    assert count, path.name
    return count


def noise(*parts) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def write(path):
    records, data_keys = [], []
    types = ["handout", "renewal", "client_secret", "code_verifier", "inputs", "journal", "handout", "renewal"]
    lengths = [0, 1, 62, 63, 64, 128, 333, 4000]
    for number, (record, length) in enumerate(zip(types, lengths)):
        vector = {
            "name": f"python {record} of {length} bytes",
            "data_key": noise("key", number),
            "data_key_id": str(key_id(bytes.fromhex(noise("key", number)))),
            "deployment": "eu-1",
            "environment": ["dev", "production", ""][number % 3],
            "owner": f"connection/con_py{number}",
            "record": record,
            "schema": number * 8191,
            "origins": [f"https://{name}.example" for name in "zäa"[: number % 4]],
            "generation": 2 ** (8 * number) - 1,
            "salt": noise("salt", number)[:32],
            "nonce": noise("nonce", number)[:24],
            "plaintext": ("canary_" * (length // 7 + 1))[:length],
        }
        vector["sealed"] = sealed(vector, *record_arguments(vector))
        records.append(vector)
    for number in range(2):
        vector = {
            "name": f"python data key {number}",
            "environment_key": noise("environment key", number),
            "environment_key_id": str(uuid.UUID(noise("environment key id", number)[:32])),
            "environment_key_version": 2 ** (31 * number),
            "deployment": "eu-1",
            "environment": "dev",
            "owner": f"integration/dev/int_{number}",
            "salt": noise("wrap salt", number)[:32],
            "nonce": noise("wrap nonce", number)[:24],
            "data_key": noise("wrapped key", number),
        }
        vector["wrapped"] = sealed(vector, *data_key_arguments(vector))
        data_keys.append(vector)
    path.write_text(json.dumps({"records": records, "data_keys": data_keys}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write(HERE / "sealed_by_python.json")
    files = sorted(HERE.glob("*.json"))
    assert len(files) == 2, files
    for file in files:
        print(f"{file.name}: {check(file)} vectors agree")
