#!/usr/bin/perl
# A foreign client drives an EPP server: Net::EPP::Simple, from Debian's libnet-epp-perl.
#
# Two registrars work on one registry with host objects and contacts: check, create, info, renew, update, transfer (request, query,
# approve), poll and delete, plus the commands that must be refused. Prints one JSON document: what every step answered, the table that
# must be true afterwards and the one that was read back. Exits 1 when a step or the table is not as expected, 2 when called wrongly.
use strict;
use warnings;
use Getopt::Long;
use IO::Socket::SSL;
use JSON::PP;
use Net::EPP::Simple;

use constant ANSWER_LIMIT_S => 20;     # RFC 5730 names no limit; a local server that needs longer is stuck.
use constant QUEUE_LIMIT    => 50;     # messages to read before the queue counts as endless

my %opt = (host => '127.0.0.1', port => 700, tag => 'perl');
GetOptions(\%opt, 'host=s', 'port=i', 'server-name=s', 'ca=s', 'tld=s', 'tag=s',
    map { ("$_-id=s", "$_-cert=s", "$_-key=s", "$_-password-file=s") } qw(first second)) or usage();
for my $needed (qw(ca tld), map { ("$_-id", "$_-cert", "$_-key", "$_-password-file") } qw(first second)) {
    usage("--$needed is missing") unless defined $opt{$needed};
}
$opt{'server-name'} //= $opt{host};

my $kept    = "kept-$opt{tag}.$opt{tld}";       # registered, renewed, transferred, still there at the end
my $dropped = "dropped-$opt{tag}.$opt{tld}";    # registered and deleted in its add grace period
my @hosts   = map { "ns$_.$opt{tag}.example" } 1, 2;
my %contact = (registrant => "$opt{tag}-owner", staff => "$opt{tag}-staff");
my ($first_id, $second_id) = @opt{qw(first-id second-id)};

my @steps;
my @expected;
my @actual;

# The library touches optional fields that were not given; those warnings are its own.
local $SIG{__WARN__} = sub { print STDERR $_[0] unless $_[0] =~ m{/Net/EPP/} };
# The address and the certificate's name may differ, as on any test bench.
IO::Socket::SSL::set_client_defaults(
    SSL_hostname => $opt{'server-name'}, SSL_verifycn_name => $opt{'server-name'}, SSL_verifycn_scheme => 'http');

my $done = eval { drive(); 1 };
push @steps, { step => 'the whole drive', code => undef, expected => [], ok => JSON::PP::false, detail => "$@" } unless $done;
report();

# The story, one line a command. `step` compares the code; `fact` compares what the answer says.
sub drive {
    my $first  = login('first');
    my $second = login('second');
    step('hello', [1000], sub { $first->ping ? 1000 : 2400 });

    provision($first);
    refusals($first);
    my $expiry = life($first);
    my $auth_info = fresh_auth_info();
    step('update authInfo', [1000], sub { $first->update_domain({ name => $kept, chg => { authInfo => $auth_info } }); code() });
    transfer($first, $second, $auth_info);

    step('delete by another registrar', [2201], sub { $first->delete_domain($kept); code() });
    step('delete linked contact', [2305], sub { $first->delete_contact($contact{registrant}); code() });
    step('create to drop', [1000], sub { $first->create_domain(order($dropped)); code() });
    step('delete in add grace', [1000], sub { $first->delete_domain($dropped); code() });

    read_back($first, $second, $expiry);
    step('logout first', [1500], sub { logout($first) });
    step('logout second', [1500], sub { logout($second) });
}

sub login {
    my ($who) = @_;
    my $password = slurp($opt{"$who-password-file"});
    my $client;
    step("login $who", [1000], sub {
        $client = Net::EPP::Simple->new(
            host => $opt{host}, port => $opt{port}, user => $opt{"$who-id"}, pass => $password, timeout => ANSWER_LIMIT_S,
            verify => 1, ca_file => $opt{ca}, cert => $opt{"$who-cert"}, key => $opt{"$who-key"},
            reconnect => 0, load_config => 0);
        die "$Net::EPP::Simple::Error\n" unless $client;
        return code();
    });
    die "$who cannot log in: nothing else can be tried\n" unless $client;
    return $client;
}

# Contacts, hosts and the domain that uses them.
sub provision {
    my ($client) = @_;
    my $available;
    step('check domain', [1000], sub { $available = $client->check_domain($kept); code() });
    fact('domain is available', truth($available), 1);
    for my $role (sort keys %contact) {
        step("check contact $role", [1000], sub { $available = $client->check_contact($contact{$role}); code() });
        fact("contact $role is available", truth($available), 1);
        step("create contact $role", [1000], sub { $client->create_contact(person($contact{$role})); code() });
    }
    for my $host (@hosts) {
        step("check host $host", [1000], sub { $available = $client->check_host($host); code() });
        fact("host $host is available", truth($available), 1);
        step("create host $host", [1000], sub { $client->create_host({ name => $host, addrs => [] }); code() });
    }
    step('create domain', [1000], sub { $client->create_domain(order($kept)); code() });
}

sub refusals {
    my ($client) = @_;
    my $available;
    step('check domain again', [1000], sub { $available = $client->check_domain($kept); code() });
    fact('domain is taken', truth($available), 0);
    step('create domain again', [2302], sub { $client->create_domain(order($kept)); code() });
    step('info on a name nobody has', [2303], sub { $client->domain_info("nobody-$opt{tag}.$opt{tld}"); code() });
}

# Info and renew. Returns the expiry date after the renewal.
sub life {
    my ($client) = @_;
    my $info;
    step('info domain', [1000], sub { $info = $client->domain_info($kept); code() });
    fact('sponsor', $info->{clID}, $first_id);
    fact('registrant', $info->{registrant}, $contact{registrant});
    fact('delegation', join(' ', sort @{ $info->{ns} // [] }), join(' ', @hosts));
    my $before = day($info->{exDate});
    step('renew domain', [1000], sub { $client->renew_domain({ name => $kept, cur_exp_date => $before, period => 1 }); code() });
    step('renew again with the old date', [2004, 2105, 2306],
        sub { $client->renew_domain({ name => $kept, cur_exp_date => $before, period => 1 }); code() });
    step('info after renew', [1000], sub { $info = $client->domain_info($kept); code() });
    fact('renewed once', day($info->{exDate}), years_later($before, 1));
    return day($info->{exDate});
}

sub transfer {
    my ($losing, $gaining, $auth_info) = @_;
    my $data;
    step('transfer with wrong authInfo', [2202], sub { $gaining->domain_transfer_request($kept, fresh_auth_info(), 1); code() });
    step('transfer request', [1001], sub { $data = $gaining->domain_transfer_request($kept, $auth_info, 1); code() });
    fact('transfer is pending', $data->{trStatus}, 'pending');
    step('transfer query', [1000], sub { $data = $gaining->domain_transfer_query($kept); code() });
    fact('requested by', $data->{reID}, $second_id);
    fact('to be answered by', $data->{acID}, $first_id);
    fact('losing registrar was told', drain('first', $losing) > 0 ? 1 : 0, 1);
    step('transfer approve', [1000], sub { $losing->domain_transfer_approve($kept); code() });
    step('transfer query after', [1000], sub { $data = $gaining->domain_transfer_query($kept); code() });
    fact('transfer is approved', $data->{trStatus}, 'clientApproved');
    fact('gaining registrar was told', drain('second', $gaining) > 0 ? 1 : 0, 1);
}

# Reads and acknowledges the queue until it is empty; returns the number of messages.
sub drain {
    my ($who, $client) = @_;
    for my $count (0 .. QUEUE_LIMIT) {
        my $answer;
        step("poll req $who", [1300, 1301], sub { $answer = $client->request(Net::EPP::Frame::Command::Poll::Req->new); raw_code($answer) });
        return $count if !$answer || $answer->code != 1301;
        my $ack = Net::EPP::Frame::Command::Poll::Ack->new;
        $ack->setMsgID($answer->getNode('msgQ')->getAttribute('id'));
        step("poll ack $who", [1000, 1300], sub { raw_code($client->request($ack)) });
    }
    die 'the queue of ', $who, ' has no end: more than ', QUEUE_LIMIT, " messages\n";
}

# What must be true now, and what the registry says.
sub read_back {
    my ($first, $second, $expiry) = @_;
    @expected = (
        { kind => 'domain', name => $kept, sponsor => $second_id, expires => years_later($expiry, 1), registrant => $contact{registrant},
            ns => [@hosts] },
        { kind => 'domain', name => $dropped, absent => JSON::PP::true },
        (map { { kind => 'contact', name => $contact{$_}, sponsor => $first_id } } sort keys %contact),
        (map { { kind => 'host', name => $_, sponsor => $first_id } } @hosts),
    );
    my $info;
    step('info of the transferred domain', [1000], sub { $info = $second->domain_info($kept); code() });
    push @actual, { kind => 'domain', name => $kept, sponsor => $info->{clID}, expires => day($info->{exDate}),
        registrant => $info->{registrant}, ns => [sort @{ $info->{ns} // [] }] };
    step('info of the deleted domain', [2303], sub { $info = $first->domain_info($dropped); code() });
    push @actual, { kind => 'domain', name => $dropped, absent => code() == 2303 ? JSON::PP::true : JSON::PP::false };
    for my $role (sort keys %contact) {
        step("info contact $role", [1000], sub { $info = $first->contact_info($contact{$role}); code() });
        push @actual, { kind => 'contact', name => $contact{$role}, sponsor => $info->{clID} };
    }
    for my $host (@hosts) {
        step("info host $host", [1000], sub { $info = $first->host_info($host); code() });
        push @actual, { kind => 'host', name => $host, sponsor => $info->{clID} };
    }
}

# Simple's own logout hides the code.
sub logout {
    my ($client) = @_;
    my $code = raw_code($client->request(Net::EPP::Frame::Command::Logout->new));
    $client->{authenticated} = $client->{connected} = 0;
    $client->disconnect;
    return $code;
}

sub order {
    my ($name) = @_;
    return { name => $name, period => 2, ns => [@hosts], registrant => $contact{registrant},
        contacts => { admin => $contact{staff}, tech => $contact{staff} }, authInfo => fresh_auth_info() };
}

sub person {
    my ($id) = @_;
    my $address = { street => ['1 Test Street'], city => 'Testham', sp => 'Kent', pc => 'TE1 1ST', cc => 'GB' };
    return { id => $id, voice => '+44.2079460000', fax => '+44.2079460001', email => "$id\@example.org", authInfo => fresh_auth_info(),
        postalInfo => { int => { name => 'Test Person', org => 'Test Ltd', addr => $address } } };
}

# RFC 9154 asks for 128 bits; 24 characters out of 62 carry 142.
sub fresh_auth_info {
    open my $random, '<:raw', '/dev/urandom' or die "no randomness: $!\n";
    my @alphabet = ('a' .. 'z', 'A' .. 'Z', 0 .. 9);
    my $text = '';
    while (length $text < 24) {
        read $random, my $byte, 1;
        $text .= $alphabet[ord $byte] if ord $byte < @alphabet;
    }
    return $text;
}

sub step {
    my ($name, $expected, $command) = @_;
    my $code = eval { $command->() };
    my $detail = $@ || $Net::EPP::Simple::Error || '';
    chomp $detail;
    my $ok = defined $code && grep { $_ == $code } @$expected;
    push @steps, { step => $name, code => defined $code ? $code + 0 : undef, expected => $expected,
        ok => $ok ? JSON::PP::true : JSON::PP::false, detail => $detail };
}

sub fact {
    my ($name, $got, $wanted) = @_;
    return if defined $got && $got eq $wanted;
    push @steps, { step => $name, code => undef, expected => [$wanted], ok => JSON::PP::false, detail => 'got ' . ($got // 'nothing') };
}

sub code { return $Net::EPP::Simple::Code // 2400 }

sub raw_code {
    my ($answer) = @_;
    die "no answer: $Net::EPP::Simple::Error\n" unless $answer;
    return $answer->code;
}

# An XML boolean.
sub truth { return defined $_[0] && $_[0] =~ /^(1|true)$/ ? 1 : 0 }

sub day { return substr($_[0] // '', 0, 10) }

sub years_later {
    my ($day, $years) = @_;
    my ($year, $rest) = $day =~ /^(\d{4})-(\d\d-\d\d)$/ or return 'no date';
    return sprintf '%04d-%s', $year + $years, $rest eq '02-29' ? '02-28' : $rest;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path cannot be read: $!\n";
    chomp(my $line = <$file> // '');
    return $line;
}

sub report {
    my $json = JSON::PP->new->canonical->pretty;
    my $plain = JSON::PP->new->canonical;
    my $same = $plain->encode(\@expected) eq $plain->encode(\@actual);
    my $ok = $same && @expected && !grep { !$_->{ok} } @steps;
    print $json->encode({ client => 'Net::EPP::Simple', steps => \@steps, expected => \@expected, actual => \@actual,
        ok => $ok ? JSON::PP::true : JSON::PP::false });
    exit($ok ? 0 : 1);
}

sub usage {
    my ($why) = @_;
    print STDERR "$why\n" if $why;
    print STDERR "usage: net_epp.pl --ca FILE --tld TLD [--host ADDRESS] [--port N] [--server-name NAME] [--tag WORD]\n",
        "    --first-id ID --first-cert FILE --first-key FILE --first-password-file FILE   (and the same four with --second-)\n";
    exit 2;
}
