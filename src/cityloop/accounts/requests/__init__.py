"""Role requests: people ask for a role, whoever manages people decides, and the role is given as on the page of people."""

from cityloop.accounts.requests.service import RoleRequests

__all__ = ["RoleRequests"]
