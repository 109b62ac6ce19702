"""What can go wrong between a source and the inbox."""

from cityloop.foundation.errors import Forbidden, Invalid, NotFound, Unavailable


class UnreadableText(Invalid):
    """A file is not text in any encoding it could be in."""

    code = "sources.unreadable_text"


class UnknownEncoding(Invalid):
    """A feed names an encoding that does not exist."""

    code = "sources.unknown_encoding"


class NoFile(NotFound):
    """No file matches what a feed reads."""

    code = "sources.no_file"


class OutsideCity(Forbidden):
    """A file source points outside the city's folder, or into what CityLoop keeps itself."""

    code = "sources.outside_city"


class TooLarge(Invalid):
    """A file or answer is larger than its limit, perhaps after unpacking."""

    code = "sources.too_large"


class BadFile(Invalid):
    """A file is not what the feed says it is."""

    code = "sources.bad_file"


class NoHeader(Invalid):
    """A file has no row that could be its header."""

    code = "sources.no_header"


class NoRecords(Invalid):
    """There are no records where the feed says they are."""

    code = "sources.no_records"


class BadOptions(Invalid):
    """The ``connection`` or ``read`` of a source is not what its connector understands."""

    code = "sources.bad_options"


class UnknownConnector(NotFound):
    """A source names a connector that does not exist."""

    code = "sources.unknown_connector"


class UnknownFeed(NotFound):
    """A source has no feed for this dataset."""

    code = "sources.unknown_feed"


class MissingSecret(Invalid):
    """A source names an environment variable that is not set."""

    code = "sources.missing_secret"


class DemoAsleep(MissingSecret):
    """A source of the demo city is served by ``cityloop demo`` only, which does not run now."""

    code = "sources.demo_asleep"


class SecretInPlain(Invalid):
    """A definition holds a secret itself instead of ``${env:NAME}``."""

    code = "sources.secret_in_plain"


class NotReadOnly(Invalid):
    """A query does something other than read."""

    code = "sources.not_read_only"


class QueryFailed(Invalid):
    """A database refuses a query, and would refuse it again."""

    code = "sources.query_failed"


class UnknownTable(NotFound):
    """There is no such table."""

    code = "sources.unknown_table"


class AddressRefused(Forbidden):
    """An HTTP source would reach an address inside the network that nobody allowed."""

    code = "sources.address_refused"


class BadAnswer(Invalid):
    """A service answered with something that no retry will mend."""

    code = "sources.bad_answer"


class SourceDown(Unavailable):
    """A database or service does not answer now."""

    code = "sources.down"
