"""Asks a server one real question: `answers.py nats PORT`, `answers.py kms PORT` or `answers.py bao PORT TOKEN`.
Exit code 0: it answered."""

import json
import socket
import sys
import urllib.request


def nats(port: int) -> bool:
    """JetStream is up, not only the port: its account information comes back without an error."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        lines = connection.makefile("rwb")
        if not lines.readline().startswith(b"INFO "):
            return False
        lines.write(b'CONNECT {"verbose":false}\r\nSUB reply 1\r\nPUB $JS.API.INFO reply 0\r\n\r\n')
        lines.flush()
        while line := lines.readline():
            if line.startswith(b"MSG "):
                return "error" not in json.loads(lines.readline())
    return False


def kms(port: int) -> bool:
    """A list of keys, asked for as the AWS libraries ask."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/",
        data=b"{}",
        headers={
            "X-Amz-Target": "TrentService.ListKeys",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return "Keys" in json.load(answer)


def bao(port: int, token: str) -> bool:
    """Our OpenBao, and no other, makes its transit engine; it is there once."""
    engine = f"http://127.0.0.1:{port}/v1/sys/mounts/transit"
    headers = {"X-Vault-Token": token}
    make = urllib.request.Request(engine, data=b'{"type":"transit"}', headers=headers, method="POST")
    with urllib.request.urlopen(make, timeout=20) as answer:
        return answer.status == 204


if __name__ == "__main__":
    try:
        answered = {"nats": nats, "kms": kms, "bao": bao}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    sys.exit(0 if answered else 1)
