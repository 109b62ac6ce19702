"""What can go wrong with alerts; texts in ``texts.toml``."""

from cityloop.foundation.errors import Conflict, Invalid, NotFound


class NoOwner(Invalid):
    """An alert has no owner, so nobody knows for which department it reads."""

    code = "alerts.no_owner"


class UnknownField(Invalid):
    """The title of an order names a field that the alert does not have."""

    code = "alerts.unknown_field"


class NoEpisode(NotFound):
    """No such episode."""

    code = "alerts.no_episode"


class NoSilence(NotFound):
    """No such silence."""

    code = "alerts.no_silence"


class Over(Conflict):
    """The episode is over."""

    code = "alerts.over"


class PastMoment(Invalid):
    """A silence would end before it begins."""

    code = "alerts.past_moment"


class UnknownPlace(Invalid):
    """A silence names a dimension that its alert is not split by."""

    code = "alerts.unknown_place"


class OpenRange(Invalid):
    """A preview needs a range with two ends."""

    code = "alerts.open_range"
