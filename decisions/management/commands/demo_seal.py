"""Makes the demo's certificate authority and seal, so that a sheet can be sealed and checked on any machine."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

YEARS = dt.timedelta(days=5 * 365)


def named(words: str) -> x509.Name:
    """A certificate's name of two parts."""
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Demonstration"), x509.NameAttribute(NameOID.COMMON_NAME, words)]
    )


def key_usage(*allowed: str) -> x509.KeyUsage:
    """What a key may be used for; everything else is forbidden."""
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{use: use in allowed for use in every})


def certificate(
    *, subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, begins: dt.datetime, authority: bool
) -> x509.CertificateBuilder:
    """A certificate, not yet signed: of an authority, or of the seal it issues."""
    usage = key_usage("key_cert_sign") if authority else key_usage("digital_signature", "content_commitment")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(path)


class Command(BaseCommand):
    """Makes both files, unless they are there."""

    help = "Makes a demonstration certificate authority and a seal certificate (P-256) where none is."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.PRODUCTION:
            msg = "A demonstration seal proves nothing; production needs the council's own (SEAL_P12, SEAL_CA)"
            raise CommandError(msg)
        if settings.SEAL_P12.exists() and settings.SEAL_CA.exists():
            return
        begins = timezone.now() - dt.timedelta(days=1)
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca_name, name = named("Demonstration authority"), named("Demonstration council seal")
        ca = certificate(subject=ca_name, key=ca_key, issuer=ca_name, begins=begins, authority=True)
        leaf = certificate(subject=name, key=key, issuer=ca_name, begins=begins, authority=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        signed_ca, signed = ca.sign(ca_key, hashes.SHA256()), leaf.sign(ca_key, hashes.SHA256())
        encryption = BestAvailableEncryption(settings.SEAL_PASSWORD.encode())
        seal = pkcs12.serialize_key_and_certificates(b"seal", key, signed, [signed_ca], encryption)
        write_private(settings.SEAL_CA, signed_ca.public_bytes(Encoding.PEM))
        write_private(settings.SEAL_P12, seal)
        self.stdout.write(f"Demonstration seal made in {settings.SEAL_P12.parent}")
