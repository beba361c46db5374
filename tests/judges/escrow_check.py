#!/usr/bin/env python3
"""Reads a registrar's escrow deposit and says what is wrong with it, as an agent would.

It shares no code with what made the deposit: OpenPGP is GnuPG's (version 4) or Sequoia's (version 6, by pysequoia), compression zlib's,
digests hashlib's, tables the csv module's in its strict mode. Each finding is one line: a word, a tab, the place and the reason. The last
line is `names N` with the number of names that were read, and `tld NAME N` before it for each top-level domain.
"""

import argparse
import csv
import datetime
import hashlib
import io
import os
import re
import subprocess
import sys
import unicodedata
import zlib

NAME = re.compile(r"(?P<iana>[1-9][0-9]*)_RDE_(?P<day>\d{4}-\d\d-\d\d)_(?P<kind>full|inc|hdl|hash)(?:_(?P<part>\d+))?\.(?:csv|txt)(?P<gz>\.gz)?(?P<pgp>\.gpg)?$")
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)$")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
PHONE = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}$")
FIELD = re.compile(r'(?:"[^"]*(?:""[^"]*)*"|[^",\r\n]*)(?:,|\r?\n|\Z)')
EMAIL = re.compile(r"[^@\s]+@[a-z0-9.-]+\.[a-z0-9-]+$")
FLAT = ["domain", "expiration-date", "iana", "rt-name", "rt-street", "rt-city", "rt-state", "rt-zip", "rt-country", "rt-phone", "rt-email",
        "bc-name"]
NAMES_2007 = ["domain", "ns1", "ns2", "ns3", "ns4", "expiration_date", "rt-handle", "tc-handle", "ac-handle", "bc-handle", "prt-handle",
              "ptc-handle", "pac-handle", "pbc-handle"]
HANDLES_2007 = ["handle", "name", "address", "state", "zip", "city", "country", "email", "phone", "fax"]
MAY_BE_EMPTY = {"rt-state", "rt-zip", "state", "zip", "fax", "ns1", "ns2", "ns3", "ns4", "prt-handle", "ptc-handle", "pac-handle", "pbc-handle"}

findings = []


def finding(word, place, reason):
    findings.append((word, place, reason))


def unsealed(path, arguments):
    """The content of an OpenPGP message that the agent's key opens and the registrar signed; None after a finding."""
    place = os.path.basename(path)
    if arguments.gpg_home:
        command = ["gpg", "--homedir", arguments.gpg_home, "--batch", "--quiet", "--status-fd", "2", "--decrypt", path]
        run = subprocess.run(command, capture_output=True, check=False)
        status = run.stderr.decode("utf-8", "replace")
        for word in ("DECRYPTION_OKAY", "GOODMDC", "GOODSIG"):
            if f"[GNUPG:] {word}" not in status:
                finding("seal", place, f"gpg does not say {word}")
                return None
        valid = re.search(r"\[GNUPG:\] VALIDSIG (\S+).* (\S+)$", status, re.MULTILINE)
        if not valid or arguments.signer.upper() not in valid.groups():
            finding("signer", place, "another key signed it")
            return None
        return run.stdout
    import pysequoia

    key = pysequoia.Cert.from_file(arguments.key)
    signer = pysequoia.Cert.from_file(arguments.certificate)
    with open(path, "rb") as file:
        sealed = file.read()
    try:
        opened = pysequoia.decrypt(decryptor=key.secrets.decryptor(), bytes=sealed, store=lambda ids: [signer])
    except Exception as error:  # The library has no narrower type.
        finding("seal", place, f"Sequoia: {error}")
        return None
    if not any(sig.certificate.lower() == signer.fingerprint.lower() for sig in opened.valid_sigs):
        finding("signer", place, "no valid signature of the registrar")
        return None
    return bytes(opened.bytes)


def unpressed(data, place):
    """The text of one or more gzip members, and nothing behind them; None after a finding."""
    text = bytearray()
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            text += member.decompress(data) + member.flush()
        except zlib.error as error:
            finding("gzip", place, str(error))
            return None
        if not member.eof:
            finding("gzip", place, "it ends inside a member")
            return None
        data = member.unused_data
    return bytes(text)


def check_cell(column, cell, place, arguments):
    if any(unicodedata.category(character) == "Cc" for character in cell):
        finding("control", place, column)
    if unicodedata.normalize("NFC", cell) != cell:
        finding("nfc", place, column)
    if not cell.strip():
        if column not in MAY_BE_EMPTY:
            finding("empty", place, column)
    elif column == "domain":
        labels = cell.split(".")
        if not all(LABEL.match(label) for label in labels) or len(labels) < 2:
            finding("domain", place, "no A-labels in lower case")
        elif labels[-1] not in arguments.tld:
            finding("tld", place, "not a generic top-level domain of the registrar")
    elif column in ("ns1", "ns2", "ns3", "ns4"):
        if not all(LABEL.match(label) for label in cell.split(".")):
            finding("host", place, "no host name in lower case")
    elif column in ("expiration-date", "expiration_date"):
        try:
            if not TIME.match(cell):
                raise ValueError
            datetime.datetime.strptime(cell, "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            finding("date", place, cell)
    elif column == "iana":
        if cell != arguments.iana:
            finding("iana", place, cell)
    elif column in ("rt-country", "country"):
        if not re.match(r"[A-Z]{2}$", cell):
            finding("country", place, "not two capital letters")
    elif column in ("rt-phone", "phone", "fax"):
        if not PHONE.match(cell):
            finding("phone", place, "not +CC.NUMBER")
    elif column in ("rt-email", "email"):
        if not EMAIL.match(cell):
            finding("email", place, "no address")


def rows(text, place):
    """The rows of a strict RFC 4180 table."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        finding("utf-8", place, str(error.reason))
        return
    if decoded.startswith("\ufeff"):
        finding("bom", place, "a byte order mark")
        return
    # The csv module lets a quote stand inside a field without quotes, even where it is strict.
    end = 0
    while end < len(decoded):
        field = FIELD.match(decoded, end)
        if not field:
            finding("csv", place, f"a quote or a line's end out of place at character {end}")
            return
        end = field.end()
    try:
        yield from csv.reader(io.StringIO(decoded, newline=""), strict=True)
    except csv.Error as error:
        finding("csv", place, str(error))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--iana", required=True)
    parser.add_argument("--day", required=True)
    parser.add_argument("--tld", action="append", default=[])
    parser.add_argument("--gpg-home", help="version 4: a GnuPG home with the agent's key and our certificate")
    parser.add_argument("--signer", help="version 4: fingerprint of our certificate")
    parser.add_argument("--key", help="version 6: file of the agent's key")
    parser.add_argument("--certificate", help="version 6: file of our certificate")
    parser.add_argument("--opened", action="store_true", help="the seals were opened by somebody else: what is not sealed is no finding")
    parser.add_argument("--plain", help="write each plain text into this folder: of test data alone")
    arguments = parser.parse_args()

    texts, hashes = {}, {}
    try:
        listed = sorted(os.listdir(arguments.folder))
    except OSError as error:
        finding("folder", arguments.folder, error.strerror)
        listed = []
    for written in listed:
        named = NAME.match(written)
        if not named:
            finding("stray", written, "no name of a deposit's file")
            continue
        if (named["iana"], named["day"]) != (arguments.iana, arguments.day):
            finding("name", written, "another registrar or day")
        path = os.path.join(arguments.folder, written)
        if named["pgp"]:
            data = unsealed(path, arguments)
        else:
            with open(path, "rb") as file:
                data = file.read()
            if named["kind"] != "hash" and not arguments.opened:
                finding("clear", written, "not sealed")
        if data is not None and named["gz"]:
            data = unpressed(data, written)
        if data is None:
            continue
        plain = written.removesuffix(".gpg").removesuffix(".gz")
        if arguments.plain:
            with open(os.path.join(arguments.plain, plain), "wb") as file:
                file.write(data)
        if named["kind"] == "hash":
            for line in data.decode("utf-8", "replace").splitlines():
                digest, _, name = line.partition("  ")
                if not re.match(r"[0-9a-f]{64}$", digest) or "/" in name or not NAME.match(name):
                    finding("hash", written, "a line that is none")
                if name in hashes:
                    finding("hash", written, f"{name} is named twice")
                hashes[name] = digest
        else:
            if plain in texts:
                finding("file-twice", written, "the same part in two forms")
            texts[plain] = (named["kind"], int(named["part"]), data)

    for plain, (_, _, data) in texts.items():
        if hashes.get(plain) != hashlib.sha256(data).hexdigest():
            finding("hash", plain, "its SHA-256 is not the one in the file of hashes")
    for plain in hashes.keys() - texts.keys():
        finding("missing", plain, "named in the file of hashes and not read")
    if not any(kind in ("full", "inc") for kind, _, _ in texts.values()):
        finding("missing", "deposit", "no file of names was read")
    for kind in ("full", "inc", "hdl"):
        parts = sorted(part for text_kind, part, _ in texts.values() if text_kind == kind)
        if parts and parts != list(range(1, len(parts) + 1)):
            finding("parts", kind, f"parts {parts}")

    names, tlds, handles, references, header = set(), {}, set(), [], {}
    for plain, (kind, part, data) in sorted(texts.items(), key=lambda item: (item[1][0] != "hdl", item[1][1])):
        if not data:
            finding("header", plain, "an empty file")
        for number, row in enumerate(rows(data, plain), 1):
            place = f"{plain} row {number}"
            if number == 1 and part == 1:
                header[kind] = row
                if row not in ((HANDLES_2007,) if kind == "hdl" else (FLAT, NAMES_2007)):
                    finding("header", plain, "no known header")
                    break
                continue
            columns = header.get(kind, [])
            if row == columns:
                finding("header", place, "repeated")
                continue
            if len(row) != len(columns):
                finding("width", place, f"{len(row)} fields")
                continue
            for column, cell in zip(columns, row):
                check_cell(column, cell, place, arguments)
            if kind == "hdl":
                if row[0] in handles:
                    finding("handle", place, "twice")
                handles.add(row[0])
                continue
            if row[0] in names:
                finding("twice", place, row[0])
            names.add(row[0])
            tlds[row[0].rpartition(".")[2]] = tlds.get(row[0].rpartition(".")[2], 0) + 1
            if columns == NAMES_2007:
                references.extend((place, handle) for handle in row[6:] if handle)
    for place, handle in references:
        if handle not in handles:
            finding("handle", place, f"{handle} is in no file of handles")

    for word, place, reason in findings[:200]:
        print(f"{word}\t{place}: {reason}")
    for tld in sorted(tlds):
        print(f"tld {tld} {tlds[tld]}")
    print(f"names {len(names)}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
