#!/usr/bin/perl
# A client of the operation and its driver in one, in Perl: written after contracts/sdk/drivers/README.md alone,
# with nothing but what comes with Perl.
use strict;
use warnings;
use B ();
use HTTP::Tiny;
use JSON::PP ();

package ApiError;
sub new { my ($class, %self) = @_; return bless {%self}, $class }

package Client;

my %HEADERS = (
    api_token => sub { return (Authorization => "Bearer $_[0]") },
    api_email => sub { return ('X-Auth-Email' => $_[0]) },
    api_key   => sub { return ('X-Auth-Key' => $_[0]) },
);
my %VARIABLES = (
    api_token => 'CLOUDFLARE_API_TOKEN',
    api_email => 'CLOUDFLARE_EMAIL',
    api_key   => 'CLOUDFLARE_API_KEY',
);
my %KNOWN = map { $_ => 1 } qw(account_id page per_page action_type status);
my $JSON = JSON::PP->new->utf8->allow_bignum;

sub new {
    my ($class, $settings) = @_;
    my %given = %{ $settings->{credentials} // {} };
    my $url = $settings->{base_url} // $ENV{CLOUDFLARE_BASE_URL};
    unless (%given) {
        for my $name (keys %VARIABLES) { $given{$name} = $ENV{ $VARIABLES{$name} } if $ENV{ $VARIABLES{$name} } }
        # One way to authenticate is enough.
        %given = (api_token => $given{api_token}) if $given{api_token};
    }
    $url =~ s{/+$}{};
    my $http = HTTP::Tiny->new(timeout => $settings->{timeout_s} // 20, max_redirect => 0);
    return bless { url => $url, http => $http, headers => { map { $HEADERS{$_}->($given{$_}) } keys %given } }, $class;
}

sub list {
    my ($self, %arguments) = @_;
    my $account = delete $arguments{account_id};
    die ApiError->new(message => "account_id '$account' is no segment of a path") if $account =~ /^\.{0,2}$/;
    delete @arguments{ grep { !defined $arguments{$_} } keys %arguments };
    my $query = $self->{http}->www_form_urlencode(\%arguments);
    my $path = '/accounts/' . escaped($account) . '/email-security/investigate/bulk' . ($query ne '' ? "?$query" : '');
    my $answer = $self->{http}->get("$self->{url}$path", { headers => $self->{headers} });
    die ApiError->new(message => $answer->{content}) if $answer->{status} == 599;
    my $body = eval { $JSON->decode($answer->{content}) };
    my $is_good = $answer->{status} == 200 && ref $body eq 'HASH' && $body->{success};
    die ApiError->new(status => $answer->{status}, message => "status $answer->{status}") unless $is_good;
    return $body;
}

# Reads the list page by page from the given one on, until one is empty or refused, and gives each item to a function
# that says whether to go on.
sub each_item {
    my ($self, $see, %arguments) = @_;
    my $first = delete $arguments{page} // 1;
    for (my $page = $first; ; $page++) {
        my $body = eval { $self->list(%arguments, page => $page) };
        if (my $error = $@) {
            return if $page > $first && ref $error && ($error->{status} // 0) == 404;
            die $error;
        }
        return unless @{ $body->{result} };
        for my $item (@{ $body->{result} }) { $see->($item) or return }
    }
}

sub escaped {
    my ($text) = @_;
    utf8::encode($text);
    $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

package main;

my %options = @ARGV;
my %ABOUT = (version => 2, language => 'perl', runtime => sprintf 'Perl %vd', $^V);
# What is decoded from the answers is characters, and leaves as characters again.
my $protocol = JSON::PP->new->utf8->canonical->allow_nonref;
$| = 1;

my %ANSWERS = (hello => \&hello, call => \&call, describe => \&describe);
while (my $line = <STDIN>) {
    my $request = $protocol->decode($line);
    print $protocol->encode({ id => $request->{id}, %{ $ANSWERS{ $request->{do} }->($request) } }), "\n";
}

sub hello {
    my $sdk = { package => $options{'--package'}, version => '1.0' };
    return { %ABOUT, sdk => $sdk, modes => ['default'], clients => ['sync'], methods => ['list'] };
}

sub call {
    my ($request) = @_;
    local %ENV = (%ENV, %{ $request->{environment} });
    my %arguments = %{ $request->{arguments} };
    my @unknown = grep { !$KNOWN{$_} } keys %arguments, @{ $request->{absent} };
    return { unsupported => \@unknown } if @unknown;
    my %answer;
    eval {
        my $client = Client->new($request->{client});
        my $walk = $request->{walk};
        if ($walk) {
            $answer{identities} = [];
            my $see = sub {
                my ($value) = @_;
                $value = $value->{$_} for @{ $walk->{identity} };
                push @{ $answer{identities} }, $value;
                return @{ $answer{identities} } < $walk->{limit};
            };
            $client->each_item($see, %arguments);
        }
        else {
            my $body = $client->list(%arguments);
            my %shown = map { $_ => told($body->{$_}) } grep { exists $body->{$_} } @{ $request->{members} };
            $answer{returned} = { object => \%shown, class => '' };
        }
        1;
    } or $answer{raised} = told_error($@);
    return \%answer;
}

sub describe { return { not_described => 'Perl declares no types' } }

# Tells a value and its type in the words of the protocol.
sub told {
    my ($value) = @_;
    return { null => JSON::PP::true } unless defined $value;
    return { boolean => $value ? JSON::PP::true : JSON::PP::false } if JSON::PP::is_bool($value);
    return { array => [map { told($_) } @$value] } if ref $value eq 'ARRAY';
    return { object => { map { $_ => told($value->{$_}) } keys %$value }, class => '' } if ref $value eq 'HASH';
    # What comes from elsewhere is a number where the decoder made it one.
    return { ref $value eq 'Math::BigInt' ? 'integer' : 'number', "$value" } if ref $value;
    my $flags = B::svref_2object(\$value)->FLAGS;
    return { string => $value } if $flags & B::SVf_POK;
    return { $flags & B::SVf_IOK ? 'integer' : 'number', "$value" };
}

sub told_error {
    my ($error) = @_;
    my $is_own = ref $error eq 'ApiError' ? JSON::PP::true : JSON::PP::false;
    my $name = ref $error || 'die';
    return {
        class => $name,
        classes => [$name],
        is_own => $is_own,
        status => ref $error ? $error->{status} : undef,
        message => substr(ref $error ? $error->{message} : $error, 0, 300),
        problems => [],
    };
}
