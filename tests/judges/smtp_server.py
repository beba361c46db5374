"""Mail servers of another project (aiosmtpd), each with manners of its own, for whoever wants to be judged as an SMTP client.

    python smtp_server.py --cert chain.pem --key key.pem

Prints one line of JSON with the port of each server once all serve, keeps what it takes, and prints it as one line of JSON for each
line that it reads from its standard input. Ends when its input ends.
"""

import argparse
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

TAKEN = []


class Handler:
    """Takes mail; the local part of a recipient says how it is answered."""

    def __init__(self, name):
        self.name = name

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        answers = {
            "unknown": "550 5.1.1 no such user",
            "plain-unknown": "550 no such user here",
            "later": "451 4.2.0 greylisted",
            "full": "552 5.2.2 full",
            "denied": "554 5.7.1 Relay access denied",
        }
        if local in answers:
            return answers[local]
        if local == "cut-rcpt":
            server.transport.abort()
            return "451 cut"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0]
        if local == "cut-data":
            server.transport.abort()
            return "451 cut"
        if local == "disliked":
            return "554 5.6.0 not this"
        TAKEN.append({
            "server": self.name,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data.login.decode() if session.authenticated else None,
            "text": envelope.content.decode("utf-8"),
        })
        return "250 2.0.0 Ok: queued as 4Zq1X93mN5z2"


def authenticate(server, session, envelope, mechanism, data):
    is_ours = isinstance(data, LoginPassword) and data.login == b"namekeep" and data.password == b"right"
    # Not handled: the server itself says no.
    return AuthResult(success=is_ours, handled=is_ours, auth_data=data)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    args = parser.parse_args()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(args.cert, args.key)
    loop = asyncio.get_running_loop()
    starttls = {"tls_context": context, "require_starttls": True}
    manners = {
        "plain": ({"enable_SMTPUTF8": True}, None),
        "starttls": ({**starttls, "authenticator": authenticate, "auth_required": True}, None),
        "starttls-open": (starttls, None),
        "implicit": ({}, context),
    }
    ports = {}
    servers = []
    for name, (manner, tls) in manners.items():
        def factory(name=name, manner=manner):
            return SMTP(Handler(name), hostname="mail.judge.test", **manner)
        server = await loop.create_server(factory, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(TAKEN), flush=True)


asyncio.run(main())
