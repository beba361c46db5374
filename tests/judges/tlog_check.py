#!/usr/bin/env python3
"""An outside judge for the ledger in a third language: RFC 9162 and C2SP formats, written from their texts.

    python3 tests/judges/tlog_check.py DIR PUBKEY [PROOF]

DIR is a folder in tlog-tiles layout, PUBKEY the line `NAME+HASH+KEY`, PROOF a file of `namekeep ledger prove`. Needs
PyPI's `cryptography`. Where PyPI's `aics-tlog` can be imported (Python 3.12), it audits the folder as well. Ends with 1
and one sentence if anything does not hold.
"""

import base64
import hashlib
import json
import struct
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
ED25519 = 1


class DoesNotHold(Exception):
    """What is wrong, as a sentence."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def tree_hash(hashes):
    """RFC 9162 section 2.1.1, by its recursive definition."""
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01", tree_hash(hashes[:split]), tree_hash(hashes[split:]))


def root_from_path(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise DoesNotHold(f"index {index} lies beyond {size} entries")
    node, last, hash_ = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise DoesNotHold(f"the path of entry {index} is too long")
        if node & 1 or node == last:
            hash_ = sha256(b"\x01", sibling, hash_)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hash_ = sha256(b"\x01", hash_, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise DoesNotHold(f"the path of entry {index} is too short")
    return hash_


def parse_key(text):
    name, key_id, key = text.strip().split("+", 2)
    typed = base64.b64decode(key, validate=True)
    if typed[0] != ED25519 or sha256(name.encode(), b"\n", typed)[:4] != bytes.fromhex(key_id):
        raise DoesNotHold("the public key does not fit its own hash")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(typed[1:])


def read_checkpoint(note, key):
    """The size and root of a signed note (C2SP signed-note, tlog-checkpoint)."""
    name, key_id, public = key
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    for line in lines.splitlines():
        dash, signer, signature = line.split(" ")
        raw = base64.b64decode(signature, validate=True)
        if dash == "\u2014" and signer == name and raw[:4] == key_id:
            try:
                public.verify(raw[4:], text.encode())
            except InvalidSignature:
                raise DoesNotHold("the checkpoint's signature is false") from None
            origin, size, root = text.splitlines()[:3]
            if origin != name:
                raise DoesNotHold(f"the checkpoint is of {origin}, the key of {name}")
            return int(size), base64.b64decode(root, validate=True)
    raise DoesNotHold(f"no signature of {name} on the checkpoint")


def tile_path(folder, level, number, width):
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = folder / "tile" / str(level)
    for group in groups[:-1]:
        path /= f"x{group}"
    return path / groups[-1] if width == WIDTH else path / f"{groups[-1]}.p" / str(width)


def check_folder(folder, key):
    size, root = read_checkpoint((folder / "checkpoint").read_text(encoding="utf-8"), key)
    hashes = []
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        bundle = tile_path(folder, "entries", number, width).read_bytes()
        while bundle:
            (length,) = struct.unpack(">H", bundle[:2])
            hashes.append(leaf_hash(bundle[2 : 2 + length]))
            bundle = bundle[2 + length :]
        if len(hashes) != number * WIDTH + width:
            raise DoesNotHold(f"bundle {number} does not hold {width} entries")
    if tree_hash(hashes) != root:
        raise DoesNotHold("the root of the entries is not the signed one")
    tiles, level = 0, 0
    while hashes:
        for number in range(-(-len(hashes) // WIDTH)):
            wanted = hashes[number * WIDTH : (number + 1) * WIDTH]
            if tile_path(folder, level, number, len(wanted)).read_bytes() != b"".join(wanted):
                raise DoesNotHold(f"tile {level}/{number} is not that of the entries")
            tiles += 1
        full = len(hashes) // WIDTH
        hashes = [tree_hash(hashes[at * WIDTH : (at + 1) * WIDTH]) for at in range(full)]
        level += 1
    return f"{size} entries, {tiles} tiles and the signed root hold"


def check_proof(path, key):
    proof = json.loads(path.read_text(encoding="utf-8"))
    size, root = read_checkpoint(proof["checkpoint"], key)
    for item in proof["entries"]:
        lines = item["entry"].split("\n")
        if lines[0] != "namekeep ledger entry v1" or int(lines[1]) != item["index"] or lines[4] != proof["subject"]:
            raise DoesNotHold(f"entry {item['index']} is not what the proof says it is")
        siblings = [base64.b64decode(hash_, validate=True) for hash_ in item["path"]]
        if root_from_path(leaf_hash(item["entry"].encode()), item["index"], size, siblings) != root:
            raise DoesNotHold(f"entry {item['index']} is not in the tree")
        if "body" in item:
            salt = base64.b64decode(item["salt"], validate=True)
            if base64.b64decode(lines[6], validate=True) != sha256(salt, item["body"].encode()):
                raise DoesNotHold(f"the body of entry {item['index']} is not the one it committed to")
    return f"{len(proof['entries'])} entries about {proof['subject']} hold"


def check_with_aics(folder, key_text):
    try:
        import aics_tlog
    except ImportError:
        return "aics-tlog is not installed (it needs Python 3.12); not asked"
    note = aics_tlog.parse_note((folder / "checkpoint").read_text(encoding="utf-8"))
    if not aics_tlog.verify_note(note, [aics_tlog.parse_vkey(key_text)]):
        raise DoesNotHold("aics-tlog finds the checkpoint's signature false")
    checkpoint = aics_tlog.parse_checkpoint(note.text)
    reader = aics_tlog.FileSystemTileReader(folder)
    if checkpoint.size and aics_tlog.tree_root_from_tiles(reader, checkpoint.size) != checkpoint.root:
        raise DoesNotHold("aics-tlog finds another root in the tiles")
    for index in {0, checkpoint.size // 2, checkpoint.size - 1} if checkpoint.size else ():
        path = aics_tlog.inclusion_proof_from_tiles(reader, index, checkpoint.size)
        entry = aics_tlog.read_entry(reader, index, checkpoint.size)
        if not aics_tlog.verify_leaf_inclusion(entry, index, checkpoint.size, path, checkpoint.root):
            raise DoesNotHold(f"aics-tlog does not find entry {index} in the tree")
    return f"aics-tlog {aics_tlog.__version__} agrees"


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    folder, key_text = Path(arguments[0]), arguments[1].strip()
    try:
        key = parse_key(key_text)
        print(check_folder(folder, key))
        print(check_with_aics(folder, key_text))
        if len(arguments) == 3:
            print(check_proof(Path(arguments[2]), key))
    except (DoesNotHold, OSError, ValueError, KeyError, IndexError) as error:
        print(f"does not hold: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
