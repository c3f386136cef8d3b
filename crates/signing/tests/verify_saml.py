"""Verifies the assertion on standard input with signxml and the certificate of the key in argv[1]. Says whom it is about."""

import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from signxml import XMLVerifier
from signxml.exceptions import InvalidDigest, InvalidSignature

with open(sys.argv[1], "rb") as pem:
    key = serialization.load_pem_private_key(pem.read(), None)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
begin = datetime.datetime(2020, 1, 1)
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(1)
    .not_valid_before(begin)
    .not_valid_after(begin + datetime.timedelta(days=36500))
    .sign(key, hashes.SHA256())
)
try:
    found = XMLVerifier().verify(sys.stdin.buffer.read(), x509_cert=certificate, id_attribute="ID", validate_schema=True)
except (InvalidDigest, InvalidSignature):
    print("refused")
else:
    subject = found.signed_xml.find(".//{urn:oasis:names:tc:SAML:2.0:assertion}NameID")
    sys.stdout.buffer.write(f"verified: {subject.text}\n".encode())
