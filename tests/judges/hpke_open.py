#!/usr/bin/env python3
"""Opens a sealed file of the intake with the registrar's private key, written from RFC 9180 and the documentation of the file alone.

DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode, one message. Needs `cryptography` for X25519, HMAC and AES-GCM.

    hpke_open.py --key intake.key --place contact/rcp_... FILE     prints the text without its padding
"""

import argparse
import base64
import sys

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAGIC = b"NKINTAKE1"
INFO = b"namekeep intake 1"
KEM, KDF, AEAD = 0x0020, 0x0001, 0x0002  # RFC 9180 section 7


def mac(key: bytes, data: bytes) -> bytes:
    state = hmac.HMAC(key, hashes.SHA256())
    state.update(data)
    return state.finalize()


def labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return mac(salt or bytes(32), b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = mac(prk, block + info + bytes([counter]))
        out, counter = out + block, counter + 1
    return out[:length]


def open_base(secret: bytes, encapsulated: bytes, info: bytes, aad: bytes, sealed: bytes) -> bytes:
    key = X25519PrivateKey.from_private_bytes(secret)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    # Decap, section 4.1.
    kem = b"KEM" + KEM.to_bytes(2, "big")
    shared = key.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    prk = labeled_extract(kem, b"", b"eae_prk", shared)
    shared = labeled_expand(kem, prk, b"shared_secret", encapsulated + public, 32)
    # KeySchedule, section 5.1, mode_base.
    suite = b"HPKE" + KEM.to_bytes(2, "big") + KDF.to_bytes(2, "big") + AEAD.to_bytes(2, "big")
    context = b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"") + labeled_extract(suite, b"", b"info_hash", info)
    prk = labeled_extract(suite, shared, b"secret", b"")
    nonce = labeled_expand(suite, prk, b"base_nonce", context, 12)
    return AESGCM(labeled_expand(suite, prk, b"key", context, 32)).decrypt(nonce, sealed, aad)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--key", required=True)
    parser.add_argument("--place", required=True)
    parser.add_argument("file")
    given = parser.parse_args()
    with open(given.key, encoding="ascii") as key:
        text = key.read().strip()
    prefix = "PRIVATE+intake-x25519+"
    if not text.startswith(prefix):
        sys.exit("the key file has another form")
    with open(given.file, "rb") as file:
        sealed = file.read()
    if not sealed.startswith(MAGIC):
        sys.exit("the file has another form")
    encapsulated, body = sealed[len(MAGIC) : len(MAGIC) + 32], sealed[len(MAGIC) + 32 :]
    plain = open_base(base64.b64decode(text[len(prefix) :]), encapsulated, INFO, given.place.encode(), body)
    sys.stdout.buffer.write(plain.rstrip(b" ") + b"\n")


if __name__ == "__main__":
    main()
