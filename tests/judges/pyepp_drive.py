#!/usr/bin/env python3
"""A foreign client drives an EPP server: pyepp, from PyPI.

Two registrars work on one registry with host objects and contacts: check, create, info, renew, update, transfer (request, query,
approve), poll and delete, plus the commands that must be refused. Prints one JSON document: what every step answered, the table that
must be true afterwards and the one that was read back. Exits 1 when a step or the table is not as expected, 2 when called wrongly.
"""

import argparse
import json
import os
import secrets
import ssl
import string
import sys
from datetime import date

from bs4 import BeautifulSoup
from pyepp import AddressData, Contact, ContactData, Domain, DomainData, EppCommunicator, Host, HostData, Poll, PostalInfoData, __version__
from pyepp.command_templates import POLL_ACK_XML

# Messages to read before the queue counts as endless.
QUEUE_LIMIT = 50

# pyepp has no query and no approve; it sends these through its own templates and transport.
TRANSFER_XML = """<?xml version="1.0" encoding="UTF-8"?>
<epp xmlns="urn:ietf:params:xml:ns:epp-1.0">
  <command>
    <transfer op="{{ op }}">
      <domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">
        <domain:name>{{ domain_name }}</domain:name>
      </domain:transfer>
    </transfer>
    <clTRID>{{ client_transaction_id }}</clTRID>
  </command>
</epp>"""


class Drive:
    """One run: the names it uses, the steps taken, the tables to compare."""

    def __init__(self, options):
        self.options = options
        self.kept = f"kept-{options.tag}.{options.tld}"  # registered, renewed, transferred, still there at the end
        self.dropped = f"dropped-{options.tag}.{options.tld}"  # registered and deleted in its add grace period
        self.hosts = [f"ns{n}.{options.tag}.example" for n in (1, 2)]
        self.registrant, self.staff = f"{options.tag}-owner", f"{options.tag}-staff"
        self.steps, self.expected, self.actual = [], [], []

    def run(self):
        """The story, one line a command."""
        first, second = self.login("first"), self.login("second")
        self.fact("hello brings a greeting", b"greeting" in (first.epp.hello() or b""), True)
        self.provision(first)
        self.refusals(first)
        expiry = self.life(first)
        auth_info = fresh_auth_info()
        self.step("update authInfo", [1000], lambda: first.domain.update(self.kept, password=auth_info))
        self.transfer(first, second, auth_info)

        self.step("delete by another registrar", [2201], lambda: first.domain.delete(self.kept))
        self.step("delete linked contact", [2305], lambda: first.contact.delete(self.registrant))
        self.step("create to drop", [1000], lambda: first.domain.create(self.order(self.dropped)))
        self.step("delete in add grace", [1000], lambda: first.domain.delete(self.dropped))

        self.read_back(first, second, expiry)
        self.step("logout first", [1500], first.epp.logout)
        self.step("logout second", [1500], second.epp.logout)

    def login(self, who):
        given = vars(self.options)
        with open(given[f"{who}_password_file"], encoding="utf-8") as file:
            password = file.readline().rstrip("\n")
        session = Session(self.options, given[f"{who}_cert"], given[f"{who}_key"])
        if self.step(f"login {who}", [1000], lambda: session.open(given[f"{who}_id"], password)) is None:
            raise RuntimeError(f"{who} cannot log in: nothing else can be tried")
        return session

    def provision(self, session):
        """Contacts, hosts and the domain that uses them."""
        self.check("domain", session.domain, self.kept, True)
        for contact in (self.registrant, self.staff):
            self.check("contact", session.contact, contact, True)
            self.step(f"create contact {contact}", [1000], lambda: session.contact.create(person(contact)))
        for host in self.hosts:
            self.check("host", session.host, host, True)
            self.step(f"create host {host}", [1000], lambda: session.host.create(HostData(host_name=host, address=[])))
        self.step("create domain", [1000], lambda: session.domain.create(self.order(self.kept)))

    def check(self, kind, mapping, name, available):
        answer = self.step(f"check {kind} {name}", [1000], lambda: mapping.check([name]))
        self.fact(f"{kind} {name} is available", answer and answer.result_data[name]["avail"], available)

    def refusals(self, session):
        self.check("domain", session.domain, self.kept, False)
        self.step("create domain again", [2302], lambda: session.domain.create(self.order(self.kept)))
        self.step("info on a name nobody has", [2303], lambda: session.domain.info(f"nobody-{self.options.tag}.{self.options.tld}"))

    def life(self, session):
        """Info and renew. Returns the expiry date after the renewal."""
        info = self.info(session, "info domain")
        self.fact("sponsor", info.sponsoring_client_id, self.options.first_id)
        self.fact("registrant", info.registrant, self.registrant)
        self.fact("delegation", sorted(info.host or []), self.hosts)
        before = day(info.expiry_date)
        self.step("renew domain", [1000], lambda: session.domain.renew(self.kept, before, 1))
        self.step("renew again with the old date", [2004, 2105, 2306], lambda: session.domain.renew(self.kept, before, 1))
        after = day(self.info(session, "info after renew").expiry_date)
        self.fact("renewed once", after, years_later(before, 1))
        return after

    def info(self, session, name):
        answer = self.step(name, [1000], lambda: session.domain.info(self.kept))
        if answer is None:
            raise RuntimeError(f"{name} gave nothing to go on with")
        return answer.result_data

    def transfer(self, losing, gaining, auth_info):
        self.step("transfer with wrong authInfo", [2202], lambda: gaining.domain.transfer(self.kept, fresh_auth_info(), 1))
        answer = self.step("transfer request", [1001], lambda: gaining.domain.transfer(self.kept, auth_info, 1))
        self.fact("transfer is pending", element(answer, "trStatus"), "pending")
        answer = self.step("transfer query", [1000], lambda: self.transfer_command(gaining, "query"))
        self.fact("requested by", element(answer, "reID"), self.options.second_id)
        self.fact("to be answered by", element(answer, "acID"), self.options.first_id)
        self.fact("losing registrar was told", self.drain("first", losing) > 0, True)
        self.step("transfer approve", [1000], lambda: self.transfer_command(losing, "approve"))
        answer = self.step("transfer query after", [1000], lambda: self.transfer_command(gaining, "query"))
        self.fact("transfer is approved", element(answer, "trStatus"), "clientApproved")
        self.fact("gaining registrar was told", self.drain("second", gaining) > 0, True)

    def transfer_command(self, session, operation):
        return session.domain.execute(TRANSFER_XML, op=operation, domain_name=self.kept)

    def drain(self, who, session):
        """Reads and acknowledges the queue until it is empty; returns the number of messages."""
        for count in range(QUEUE_LIMIT + 1):
            answer = self.step(f"poll req {who}", [1300, 1301], session.poll.request)
            if answer is None or answer.code != 1301:
                return count
            # Not pyepp's own `acknowledge`: it breaks on an answer without `msgQ`, which RFC 5730 allows once the queue is empty.
            self.step(f"poll ack {who}", [1000, 1300], lambda: session.poll.execute(POLL_ACK_XML, message_id=answer.result_data.message_id))
        raise RuntimeError(f"the queue of {who} has no end: more than {QUEUE_LIMIT} messages")

    def read_back(self, first, second, expiry):
        """What must be true now, and what the registry says."""
        first_id, second_id = self.options.first_id, self.options.second_id
        contacts = [self.registrant, self.staff]
        self.expected = [
            {"kind": "domain", "name": self.kept, "sponsor": second_id, "expires": years_later(expiry, 1).isoformat(),
             "registrant": self.registrant, "ns": self.hosts},
            {"kind": "domain", "name": self.dropped, "absent": True},
            *({"kind": "contact", "name": contact, "sponsor": first_id} for contact in contacts),
            *({"kind": "host", "name": host, "sponsor": first_id} for host in self.hosts),
        ]
        info = self.info(second, "info of the transferred domain")
        self.actual.append({"kind": "domain", "name": self.kept, "sponsor": info.sponsoring_client_id,
                            "expires": day(info.expiry_date).isoformat(), "registrant": info.registrant, "ns": sorted(info.host or [])})
        gone = self.step("info of the deleted domain", [2303], lambda: first.domain.info(self.dropped))
        self.actual.append({"kind": "domain", "name": self.dropped, "absent": gone is not None and gone.code == 2303})
        for contact in contacts:
            answer = self.step(f"info contact {contact}", [1000], lambda: first.contact.info(contact))
            self.actual.append({"kind": "contact", "name": contact, "sponsor": element(answer, "clID")})
        for host in self.hosts:
            answer = self.step(f"info host {host}", [1000], lambda: first.host.info(host))
            self.actual.append({"kind": "host", "name": host, "sponsor": element(answer, "clID")})

    def order(self, name):
        return DomainData(domain_name=name, period=2, registrant=self.registrant, admin=self.staff, tech=self.staff, host=self.hosts,
                          password=fresh_auth_info())

    def step(self, name, expected, command):
        """Runs one command and compares its code. Returns the answer, or nothing if the client could not make one."""
        answer, detail = None, ""
        try:
            answer = command()
            detail = answer.reason or ""
        except Exception as fault:  # whatever breaks the foreign client is the finding
            detail = f"pyepp raised {type(fault).__name__}: {fault}"
        code = None if answer is None else answer.code
        self.steps.append({"step": name, "code": code, "expected": expected, "ok": code in expected, "detail": detail})
        return answer

    def fact(self, name, got, wanted):
        """Compares what an answer says; only a difference is worth a line."""
        if got != wanted:
            self.steps.append({"step": name, "code": None, "expected": [str(wanted)], "ok": False, "detail": f"got {got}"})

    def report(self):
        ok = bool(self.expected) and self.expected == self.actual and all(step["ok"] for step in self.steps)
        print(json.dumps({"client": f"pyepp {__version__}", "steps": self.steps, "expected": self.expected, "actual": self.actual, "ok": ok},
                         indent=2))
        return 0 if ok else 1


class Session:
    """A connection of pyepp with its five mappings."""

    def __init__(self, options, cert, key):
        self.epp = EppCommunicator(server=options.server_name, port=str(options.port), client_cert=cert, client_key=key)
        self.domain, self.contact, self.host = Domain(self.epp), Contact(self.epp), Host(self.epp)
        self.poll = Poll(self.epp)

    def open(self, user, password):
        self.epp.connect()
        return self.epp.login(user, password)


def trust(options):
    """pyepp takes its roots from the environment and resolves the name itself; here the address and the name may differ."""
    os.environ["SSL_CERT_FILE"] = os.path.abspath(options.ca)

    class AddressedSocket(ssl.SSLSocket):
        def connect(self, _address):
            super().connect((options.host, options.port))

    ssl.SSLContext.sslsocket_class = AddressedSocket


def person(contact_id):
    address = AddressData(street_1="1 Test Street", city="Testham", province="Kent", postal_code="TE1 1ST", country_code="GB")
    return ContactData(id=contact_id, email=f"{contact_id}@example.org", phone="+44.2079460000", fax="+44.2079460001",
                       password=fresh_auth_info(),
                       postal_info=PostalInfoData(name="Test Person", organization="Test Ltd", address=address, type="int"))


def fresh_auth_info():
    """RFC 9154 asks for 128 bits; 24 characters out of 62 carry 142."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))


def element(answer, name):
    """The text of the first element of that name in an answer."""
    found = answer and BeautifulSoup(answer.raw_response, "xml").find(name)
    return found.text if found else None


def day(text):
    return date.fromisoformat(text[:10])


def years_later(start, years):
    leap = (start.month, start.day) == (2, 29)
    return start.replace(year=start.year + years, day=28 if leap else start.day)


def arguments():
    parser = argparse.ArgumentParser(description="Drive an EPP server with pyepp.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=700)
    parser.add_argument("--server-name", help="the name in the server's certificate, if not the host")
    parser.add_argument("--ca", required=True, metavar="FILE")
    parser.add_argument("--tld", required=True)
    parser.add_argument("--tag", default="py", help="a word that makes the names of this run its own")
    for who in ("first", "second"):
        parser.add_argument(f"--{who}-id", required=True)
        for file in ("cert", "key", "password-file"):
            parser.add_argument(f"--{who}-{file}", required=True, metavar="FILE")
    options = parser.parse_args()
    options.server_name = options.server_name or options.host
    return options


def main():
    options = arguments()
    trust(options)
    drive = Drive(options)
    try:
        drive.run()
    except Exception as fault:
        drive.steps.append({"step": "the whole drive", "code": None, "expected": [], "ok": False, "detail": f"{type(fault).__name__}: {fault}"})
    return drive.report()


if __name__ == "__main__":
    sys.exit(main())
