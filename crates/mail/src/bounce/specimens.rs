//! Reports as the world's mail servers write them, each written here by the form of its kind. `{path}` is the return path of the notice
//! and `{id}` its Message-ID.

/// A specimen with what it is.
pub(super) struct Specimen {
    pub(super) name: &'static str,
    /// `hard 5.1.1`, or what else it is.
    pub(super) is: &'static str,
    pub(super) text: &'static str,
}

impl Specimen {
    /// The message as it arrives, lines ended by CRLF.
    pub(super) fn message(&self, path: &str, id: &str) -> String {
        self.text.trim_start().replace("{path}", path).replace("{id}", id).replace('\n', "\r\n")
    }
}

pub(super) const SPECIMENS: &[Specimen] = &[
    Specimen { name: "Postfix, unknown user", is: "hard 5.1.1", text: POSTFIX_UNKNOWN },
    Specimen { name: "Postfix, delayed", is: "delayed 4.4.1", text: POSTFIX_DELAYED },
    Specimen { name: "Postfix, gave up", is: "soft 4.4.1", text: POSTFIX_GAVE_UP },
    Specimen { name: "Exim, header alone", is: "hard 5.1.1", text: EXIM },
    Specimen { name: "Exchange, status of its own", is: "hard 5.1.10", text: EXCHANGE },
    Specimen { name: "Exchange, recipient refused", is: "hard 5.4.1", text: EXCHANGE_DENIED },
    Specimen { name: "Gmail, no such account", is: "hard 5.1.1", text: GMAIL },
    Specimen { name: "Gmail, full", is: "soft 5.2.2", text: GMAIL_FULL },
    Specimen { name: "Outlook.com, mailbox unavailable", is: "hard 5.5.0", text: OUTLOOK },
    Specimen { name: "relayed to where no reports come from", is: "relayed 2.1.9", text: RELAYED },
    Specimen { name: "two recipients, one hard", is: "hard 5.1.2", text: TWO },
    Specimen { name: "no status but a reply", is: "hard -", text: CARELESS },
    Specimen { name: "out of office", is: "auto-reply", text: OUT_OF_OFFICE },
    Specimen { name: "vacation", is: "auto-reply", text: VACATION },
    Specimen { name: "receipt", is: "receipt", text: RECEIPT },
    Specimen { name: "complaint", is: "complaint", text: COMPLAINT },
    Specimen { name: "somebody wrote", is: "ordinary", text: ORDINARY },
    Specimen { name: "report without a status", is: "bounce.no_recipient", text: EMPTY_REPORT },
    Specimen { name: "status of nobody", is: "bounce.no_recipient", text: NOBODY },
];

const POSTFIX_UNKNOWN: &str = r#"
Return-Path: <>
Received: by mx.registrar.example (Postfix)
	id 4Zq1X93mN5z2; Mon, 23 Nov 2026 12:00:02 +0000 (UTC)
Date: Mon, 23 Nov 2026 12:00:02 +0000 (UTC)
From: MAILER-DAEMON@mx.registrar.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {path}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4Zq1X83b8Wz1.1795435202/mx.registrar.example"
Content-Transfer-Encoding: 8bit
Message-Id: <4Zq1X93mN5z2@mx.registrar.example>

This is a MIME-encapsulated message.

--4Zq1X83b8Wz1.1795435202/mx.registrar.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.registrar.example.

<ada@holder.example>: host mail.holder.example[192.0.2.7] said: 550 5.1.1
    <ada@holder.example>: Recipient address rejected: User unknown (in reply to
    RCPT TO command)

--4Zq1X83b8Wz1.1795435202/mx.registrar.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example
X-Postfix-Queue-ID: 4Zq1X83b8Wz1
X-Postfix-Sender: rfc822; {path}
Arrival-Date: Mon, 23 Nov 2026 12:00:01 +0000 (UTC)

Final-Recipient: rfc822; ada@holder.example
Original-Recipient: rfc822;ada@holder.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.holder.example
Diagnostic-Code: smtp; 550 5.1.1 <ada@holder.example>: Recipient address
    rejected: User unknown

--4Zq1X83b8Wz1.1795435202/mx.registrar.example
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Return-Path: <{path}>
From: Registrar Example <notices@registrar.example>
To: Ada Holder <ada@holder.example>
Subject: Your name expires
Message-ID: <{id}>

It expires.

--4Zq1X83b8Wz1.1795435202/mx.registrar.example--
"#;

const POSTFIX_DELAYED: &str = r#"
Return-Path: <>
From: MAILER-DAEMON@mx.registrar.example (Mail Delivery System)
Subject: Delayed Mail (still being retried)
To: {path}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example

Final-Recipient: rfc822; ada@holder.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mail.holder.example[192.0.2.7]:25:
    Connection timed out
Will-Retry-Until: Sat, 28 Nov 2026 12:00:01 +0000 (UTC)

--b--
"#;

const POSTFIX_GAVE_UP: &str = r#"
From: MAILER-DAEMON@mx.registrar.example (Mail Delivery System)
To: {path}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example

Final-Recipient: rfc822; ada@holder.example
Action: failed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mail.holder.example[192.0.2.7]:25:
    Connection timed out

--b--
"#;

const EXIM: &str = r#"
Return-path: <>
Envelope-to: {path}
Delivery-date: Mon, 23 Nov 2026 12:00:03 +0000
X-Failed-Recipients: ada@holder.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@out.relay.example>
To: postmaster@registrar.example
References: <{id}>
Content-Type: multipart/report; report-type=delivery-status; boundary=1795435203-eximdsn-804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1vNXyZ-0003Bk-2R@out.relay.example>
Date: Mon, 23 Nov 2026 12:00:03 +0000

--1795435203-eximdsn-804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1795435203-eximdsn-804289383
Content-type: message/delivery-status

Reporting-MTA: dns; out.relay.example

Action: failed
Final-Recipient: rfc822;ada@holder.example
Status: 5.0.0
Remote-MTA: dns; mail.holder.example
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.

--1795435203-eximdsn-804289383
Content-type: text/rfc822-headers

Return-path: <{path}>
From: Registrar Example <notices@registrar.example>
To: Ada Holder <ada@holder.example>
Subject: Your name expires
Message-ID: <{id}>

--1795435203-eximdsn-804289383--
"#;

const EXCHANGE: &str = r#"
From: <postmaster@holder.example>
To: <{path}>
Date: Mon, 23 Nov 2026 12:00:04 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="b_DB7PR0123MB4567_"
Content-Language: en-GB
Message-ID: <4f0e0000-aaaa-bbbb-cccc-000000000001@DB7PR0123MB4567.eurprd01.prod.example>
In-Reply-To: <{id}>
References: <{id}>
Subject: Undeliverable: Your name expires
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: DR, OOF, AutoReply
MIME-Version: 1.0

--b_DB7PR0123MB4567_
Content-Type: multipart/alternative; differences=Content-Type; boundary="c"

--c
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to ada@holder.example couldn't be delivered.=0A

--c
Content-Type: text/html; charset="us-ascii"

<html><body><b>ada</b> wasn't found at holder.example.</body></html>

--c--

--b_DB7PR0123MB4567_
Content-Type: message/delivery-status

Reporting-MTA: dns;DB7PR0123MB4567.eurprd01.prod.example
Received-From-MTA: dns;out.relay.example
Arrival-Date: Mon, 23 Nov 2026 12:00:03 +0000

Final-Recipient: rfc822;ada@holder.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@holder.example not found by SMTP address lookup
X-Display-Name: Ada Holder

--b_DB7PR0123MB4567_
Content-Type: message/rfc822

From: Registrar Example <notices@registrar.example>
To: Ada Holder <ada@holder.example>
Subject: Your name expires
Message-ID: <{id}>
Content-Type: text/plain

--b_DB7PR0123MB4567_--
"#;

const EXCHANGE_DENIED: &str = r#"
From: <postmaster@holder.example>
To: <{path}>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Reporting-MTA: dns;VI1EUR01FT123.mail.protection.example

Final-Recipient: rfc822;ada@holder.example
Action: failed
Status: 5.4.1
Remote-MTA: dns;mail.holder.example
Diagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied.

--b--
"#;

const GMAIL: &str = r#"
Delivered-To: {path}
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: {path}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <{id}>
In-Reply-To: <{id}>
Message-ID: <6561f0c2.050a0220.0001.0001.GMR@mx.example>
Date: Mon, 23 Nov 2026 04:00:05 -0800 (PST)
Content-Type: multipart/report; boundary="000000000000aa"; report-type=delivery-status
MIME-Version: 1.0

--000000000000aa
Content-Type: multipart/related; boundary="000000000000bb"

--000000000000bb
Content-Type: text/plain; charset="UTF-8"

** Address not found **

--000000000000bb
Content-Type: image/png; name="icon.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--000000000000bb--
--000000000000aa
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Received-From-MTA: dns; {path}
Arrival-Date: Mon, 23 Nov 2026 04:00:04 -0800 (PST)
X-Original-Message-ID: <{id}>

Final-Recipient: rfc822; ada@holder.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example. (2001:db8::1a, the server for the domain holder.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces. - gsmtp
Last-Attempt-Date: Mon, 23 Nov 2026 04:00:05 -0800 (PST)

--000000000000aa
Content-Type: message/rfc822

Message-ID: <{id}>
From: Registrar Example <notices@registrar.example>
To: ada@holder.example

It expires.

--000000000000aa--
"#;

const GMAIL_FULL: &str = r#"
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: {path}
Content-Type: multipart/report; boundary="b"; report-type=delivery-status
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example

Final-Recipient: rfc822; ada@holder.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage space.

--b--
"#;

const OUTLOOK: &str = r#"
From: postmaster@mx.registrar.example
To: {path}
Content-Type: multipart/report; boundary="b"; report-type=delivery-status
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example

Final-Recipient: rfc822; ada@holder.example
Action: failed
Status: 5.5.0
Diagnostic-Code: smtp; 550 5.5.0 Requested action not taken: mailbox unavailable.

--b--
"#;

const RELAYED: &str = r#"
From: postmaster@mx.registrar.example
To: {path}
Content-Type: multipart/report; boundary="b"; report-type=delivery-status
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example

Final-Recipient: rfc822; ada@holder.example
Action: relayed (to a server that reports nothing)
Status: 2.1.9

--b--
"#;

const TWO: &str = r#"
From: postmaster@mx.registrar.example
To: {path}
Content-Type: multipart/report; boundary="b"; report-type=delivery-status
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example

Final-Recipient: rfc822; tech@elsewhere.example
Action: delayed
Status: 4.2.0

Final-Recipient: rfc822; ada@holder.example
Action: failed
Status: 5.1.2 (no such domain)

--b--
"#;

const CARELESS: &str = r#"
From: postmaster@mx.registrar.example
To: {path}
Content-Type: multipart/report; boundary="b"; report-type=delivery-status
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Final-Recipient: ada@holder.example
Action: Failed
Status: 550
Diagnostic-Code: smtp; 550 unknown user

--b--
"#;

const OUT_OF_OFFICE: &str = r#"
From: Ada Holder <ada@holder.example>
To: {path}
Subject: Automatic reply: Your name expires
In-Reply-To: <{id}>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Type: text/plain

I am away until Monday.
"#;

const VACATION: &str = r#"
From: ada@holder.example
To: {path}
Subject: away
Precedence: bulk
Auto-Submitted: auto-replied (vacation)

Away.
"#;

const RECEIPT: &str = r#"
From: ada@holder.example
To: notices@registrar.example
Subject: Read: Your name expires
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"
MIME-Version: 1.0

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;ada@holder.example
Original-Message-ID: <{id}>
Disposition: manual-action/MDN-sent-manually; displayed

--b--
"#;

const COMPLAINT: &str = r#"
From: feedback@provider.example
To: {path}
Content-Type: multipart/report; report-type=feedback-report; boundary="b"
MIME-Version: 1.0

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--b--
"#;

const ORDINARY: &str = r#"
From: ada@holder.example
To: {path}
Subject: Re: Your name expires

Please keep it.
"#;

const EMPTY_REPORT: &str = r#"
From: postmaster@mx.registrar.example
To: {path}
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

Something went wrong.
--b--
"#;

const NOBODY: &str = r#"
From: postmaster@mx.registrar.example
To: {path}
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.registrar.example

--b--
"#;
