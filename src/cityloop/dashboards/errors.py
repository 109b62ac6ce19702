"""What can be wrong with a dashboard."""

from cityloop.foundation.errors import Invalid


class UselessFilter(Invalid):
    """A filter of the page that none of its tiles can take."""

    code = "dashboards.useless_filter"


class UnknownTile(Invalid):
    """A tile was asked for that the dashboard does not have."""

    code = "dashboards.unknown_tile"
