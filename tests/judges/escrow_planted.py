#!/usr/bin/env python3
"""Has `escrow_check.py` read each deposit that the tests of the `escrow` crate planted a fault in.

`NAMEKEEP_PLANTED=FOLDER cargo test -p escrow verify` fills the folder. Each fault has to be refused under the word that WORDS has for our
reader's code; a deposit in which our reader found nothing has to be accepted. Faults of the seal (`pgp.*`) are not among them.
"""

import os
import subprocess
import sys

# A number at IANA is one fault whether it stands in the name of a file or in its rows: the script holds both against the one it was given.
# What our reader calls it, and the words by which the script may: any of them counts.
WORDS = {
    "domain.u-label": {"domain"}, "domain.syntax": {"domain"}, "domain.cctld": {"tld"}, "domain.tld": {"tld"}, "domain.twice": {"twice"},
    "date.form": {"date"}, "date.calendar": {"date"}, "iana.differs": {"iana", "name"}, "phone.form": {"phone"}, "country.form": {"country"},
    "field.empty": {"empty"}, "field.not-nfc": {"nfc"}, "field.control": {"control"}, "email.form": {"email"},
    "csv.malformed": {"csv", "bom", "utf-8"}, "header.differs": {"header"}, "header.repeated": {"header"}, "header.missing": {"header"},
    "row.width": {"width"}, "parts.gap": {"parts"}, "hash.differs": {"hash"}, "hash.line": {"hash"}, "hash.no-file": {"hash"},
    "hash.without-file": {"missing"}, "hash.missing": {"hash"}, "file.stray": {"stray"}, "file.twice": {"file-twice"},
    "file.day": {"name"}, "file.registrar": {"name"}, "handle.missing": {"handle"}, "handle.twice": {"handle"},
    "handle.no-file": {"handle"}, "host.syntax": {"host"}, "gzip.damaged": {"gzip"},
}
# Said only of what comes without a seal: the seals of these deposits are opened.
SEAL_ALONE = {"file.in-clear"}
# As many planted faults as a parser must be shown.
LEAST = 40


def main():
    planted, script = sys.argv[1], os.path.join(os.path.dirname(os.path.abspath(__file__)), "escrow_check.py")
    faults, sound, wrong = 0, 0, 0
    for case in sorted(os.listdir(planted)):
        with open(os.path.join(planted, case, "codes"), encoding="utf-8") as file:
            codes = set(file.read().split()) - SEAL_ALONE
        command = [sys.executable, script, os.path.join(planted, case, "deposit"), "--opened", "--iana", "9999", "--day", "2100-11-30",
                   "--tld", "alpha", "--tld", "minimal"]
        run = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
        said = {line.partition("\t")[0] for line in run.stdout.splitlines() if "\t" in line}
        unnamed = sorted(code for code in codes if not WORDS.get(code, set()) & said)
        faults, sound = faults + bool(codes), sound + (not codes)
        if unnamed or run.returncode != (1 if codes else 0) or run.stderr:
            wrong += 1
            print(f"{case}: planted {sorted(codes)}, the script said {sorted(said)}, exit {run.returncode} {run.stderr[-300:]}")
    print(f"faults {faults}, sound {sound}, wrong {wrong}")
    return 1 if wrong or faults < LEAST or not sound else 0


if __name__ == "__main__":
    sys.exit(main())
