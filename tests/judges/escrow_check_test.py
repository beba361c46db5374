#!/usr/bin/env python3
"""Plants faults in deposits that are not sealed and asks escrow_check.py to name each: `clear` is what it says of all of them."""

import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "escrow_check.py")
TEXT = "9999_RDE_2100-11-30_full_1.csv"
HASH = "9999_RDE_2100-11-30_hash.txt"
FLAT = "domain,expiration-date,iana,rt-name,rt-street,rt-city,rt-state,rt-zip,rt-country,rt-phone,rt-email,bc-name\r\n"
FULL_2007 = ("domain,ns1,ns2,ns3,ns4,expiration_date,rt-handle,tc-handle,ac-handle,bc-handle,"
             "prt-handle,ptc-handle,pac-handle,pbc-handle\r\n")
ROW = "a.alpha,2027-05-01T23:59:59Z,9999,{},Street 1,Town,,,CH,+41.446681800,a@b.example,Contact\r\n"


def words(files):
    """The words of what is found in a folder with these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        command = [sys.executable, CHECK, folder, "--iana", "9999", "--day", "2100-11-30", "--tld", "alpha"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.stderr:
        raise AssertionError(run.stderr)
    return {line.split("\t")[0] for line in run.stdout.splitlines() if "\t" in line} - {"clear"}


def deposit(text):
    content = text.encode("utf-8")
    return {TEXT: content, HASH: f"{hashlib.sha256(content).hexdigest()}  {TEXT}\n".encode()}


class Planted(unittest.TestCase):
    def test_names_in_any_script_are_right(self):
        for name in ("محمد", "李 雷", "😀", "O'Neill", '"Jo ""Z"", Jr."', "back\\slash", "Zürich"):
            self.assertEqual(words(deposit(FLAT + ROW.format(name))), set(), name)

    def test_each_fault_is_named(self):
        right = deposit(FLAT + ROW.format("Jo"))
        faults = [
            ("bare quote", deposit(FLAT + ROW.format('Jo "Z"')), {"csv"}),
            ("backslash and quote", deposit(FLAT + ROW.format('"Jo \\"Z\\""')), {"csv"}),
            ("newline", deposit(FLAT + ROW.format('"Jo\r\nZ"')), {"control"}),
            ("not composed", deposit(FLAT + ROW.format("Zu\u0308rich")), {"nfc"}),
            ("no holder", deposit(FLAT + ROW.format("")), {"empty"}),
            ("name twice", deposit(FLAT + ROW.format("Jo") * 2), {"twice"}),
            ("empty text", deposit(""), {"header"}),
            ("host in capitals", deposit(FULL_2007 + "a.alpha,NS1.h.example,,,,2027-05-01T23:59:59Z,,,,,,,,\r\n"), {"host", "empty"}),
            ("nothing at all", {}, {"missing"}),
            ("hash named twice", {**right, HASH: right[HASH] * 2}, {"hash"}),
            ("hashes that are no text", {**right, HASH: b"\xff\xfe"}, {"hash", "missing"}),
        ]
        for what, files, wanted in faults:
            self.assertEqual(words(files), wanted, what)


if __name__ == "__main__":
    unittest.main()
