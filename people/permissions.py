"""Who may do what, and over which records: roles as data.

The rows are the permission matrix of the product: a capacity (what somebody is to the panel) holds a permission
over a scope (which records). A person may hold several capacities; the widest scope counts, but for separation of
duties, which is a rule of the services. Officers' titles belong to each council's policy; here stand only the
eleven capacities every council knows.
"""

from __future__ import annotations

from enum import StrEnum


class Capacity(StrEnum):
    """What somebody is to the panel."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    SERVICE_MANAGER = "service_manager"
    HEAD_OF_SERVICE = "head_of_service"
    ADMINISTRATOR = "administrator"
    CHAIR = "chair"
    MEMBER = "member"
    ACCOUNTANT = "accountant"
    COMMISSIONER = "commissioner"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"

    @property
    def label(self) -> str:
        """The words a page shows."""
        return self.value.replace("_", " ").capitalize()


class Scope(StrEnum):
    """Which records a permission reaches, narrowest first."""

    OWN = "own"  # requests of one's own, children allocated to one
    TEAM = "team"
    SERVICE = "service"  # every team of the same service
    PANELS = "panels"  # items on a published agenda of a panel one sits on
    TASKS = "tasks"  # what commissioning has been asked to do
    COUNCIL = "council"


class Permission(StrEnum):
    """What may be done. Every address of the product declares one of these."""

    SIGNED_IN = "signed_in"  # anybody with an account: own first page, sign out, checker
    SEE_REQUEST = "see_request"  # that it exists: reference, state, dates
    SEE_SUMMARY = "see_summary"
    SEE_NARRATIVE = "see_narrative"
    OPEN_DOCUMENT = "open_document"
    WRITE_REQUEST = "write_request"
    SUBMIT_REQUEST = "submit_request"
    SIGN_OFF = "sign_off"
    BUILD_AGENDA = "build_agenda"
    DECLARE_INTEREST = "declare_interest"
    SEE_MEETING = "see_meeting"
    WRITE_MINUTE = "write_minute"
    RECORD_DECISION = "record_decision"
    SIGN_DECISION = "sign_decision"
    APPROVE_BEYOND_PANEL = "approve_beyond_panel"
    SEE_LEDGER = "see_ledger"
    ADJUST_LEDGER = "adjust_ledger"
    LOAD_BUDGET = "load_budget"  # and move it, and bring in what the finance system says was paid
    SEE_RECORD = "see_record"  # the audit record
    SEE_POLICY = "see_policy"
    ADOPT_POLICY = "adopt_policy"
    REHEARSE_POLICY = "rehearse_policy"  # try a draft of the rules on past requests; changes nothing
    VERIFY_SHEET = "verify_sheet"
    MANAGE_USERS = "manage_users"
    SEE_MAILBOX = "see_mailbox"  # the demo's post box; exists only where the demo was asked for


C, S = Capacity, Scope
EVERYBODY = tuple(Capacity)
CASEWORK = (C.SOCIAL_WORKER, C.TEAM_MANAGER, C.SERVICE_MANAGER, C.HEAD_OF_SERVICE)

GRANTS: dict[Permission, dict[Capacity, Scope]] = {
    Permission.SIGNED_IN: dict.fromkeys(EVERYBODY, S.OWN),
    Permission.SEE_POLICY: dict.fromkeys(EVERYBODY, S.COUNCIL),
    Permission.VERIFY_SHEET: dict.fromkeys(EVERYBODY, S.COUNCIL),
    Permission.SEE_MAILBOX: dict.fromkeys(EVERYBODY, S.COUNCIL),
    Permission.SEE_REQUEST: {
        C.SOCIAL_WORKER: S.TEAM,
        C.TEAM_MANAGER: S.TEAM,
        C.SERVICE_MANAGER: S.SERVICE,
        C.HEAD_OF_SERVICE: S.COUNCIL,
        C.ADMINISTRATOR: S.COUNCIL,
        C.CHAIR: S.PANELS,
        C.MEMBER: S.PANELS,
        C.ACCOUNTANT: S.COUNCIL,
        C.COMMISSIONER: S.TASKS,
        C.AUDITOR: S.COUNCIL,
    },
    Permission.SEE_SUMMARY: {
        C.SOCIAL_WORKER: S.OWN,
        C.TEAM_MANAGER: S.TEAM,
        C.SERVICE_MANAGER: S.SERVICE,
        C.HEAD_OF_SERVICE: S.COUNCIL,
        C.ADMINISTRATOR: S.COUNCIL,
        C.CHAIR: S.PANELS,
        C.MEMBER: S.PANELS,
        C.COMMISSIONER: S.TASKS,
        C.AUDITOR: S.COUNCIL,
    },
    Permission.SEE_NARRATIVE: {
        C.SOCIAL_WORKER: S.OWN,
        C.TEAM_MANAGER: S.TEAM,
        C.SERVICE_MANAGER: S.SERVICE,
        C.HEAD_OF_SERVICE: S.COUNCIL,
        C.ADMINISTRATOR: S.COUNCIL,
        C.CHAIR: S.PANELS,
        C.MEMBER: S.PANELS,
        C.AUDITOR: S.COUNCIL,
    },
    Permission.OPEN_DOCUMENT: {
        C.SOCIAL_WORKER: S.OWN,
        C.TEAM_MANAGER: S.TEAM,
        C.SERVICE_MANAGER: S.SERVICE,
        C.HEAD_OF_SERVICE: S.COUNCIL,
        C.ADMINISTRATOR: S.COUNCIL,
        C.CHAIR: S.PANELS,
        C.MEMBER: S.PANELS,
        C.AUDITOR: S.COUNCIL,
    },
    Permission.WRITE_REQUEST: {C.SOCIAL_WORKER: S.OWN, C.TEAM_MANAGER: S.TEAM},
    Permission.SUBMIT_REQUEST: {C.SOCIAL_WORKER: S.OWN, C.TEAM_MANAGER: S.TEAM},
    Permission.SIGN_OFF: {C.TEAM_MANAGER: S.TEAM, C.SERVICE_MANAGER: S.SERVICE, C.HEAD_OF_SERVICE: S.COUNCIL},
    Permission.BUILD_AGENDA: {C.ADMINISTRATOR: S.COUNCIL},
    Permission.DECLARE_INTEREST: {C.CHAIR: S.PANELS, C.MEMBER: S.PANELS},
    Permission.SEE_MEETING: {
        C.ADMINISTRATOR: S.COUNCIL,
        C.CHAIR: S.PANELS,
        C.MEMBER: S.PANELS,
        C.HEAD_OF_SERVICE: S.COUNCIL,
        C.ACCOUNTANT: S.COUNCIL,
        C.AUDITOR: S.COUNCIL,
    },
    Permission.WRITE_MINUTE: {C.ADMINISTRATOR: S.COUNCIL, C.CHAIR: S.PANELS},
    Permission.RECORD_DECISION: {C.CHAIR: S.PANELS},
    Permission.SIGN_DECISION: {C.CHAIR: S.PANELS, C.SERVICE_MANAGER: S.SERVICE, C.HEAD_OF_SERVICE: S.COUNCIL},
    Permission.APPROVE_BEYOND_PANEL: {C.SERVICE_MANAGER: S.SERVICE, C.HEAD_OF_SERVICE: S.COUNCIL},
    Permission.SEE_LEDGER: {
        C.TEAM_MANAGER: S.TEAM,
        C.SERVICE_MANAGER: S.SERVICE,
        C.HEAD_OF_SERVICE: S.COUNCIL,
        C.ADMINISTRATOR: S.COUNCIL,
        C.CHAIR: S.PANELS,
        C.ACCOUNTANT: S.COUNCIL,
        C.AUDITOR: S.COUNCIL,
    },
    Permission.ADJUST_LEDGER: {C.ACCOUNTANT: S.COUNCIL},
    Permission.LOAD_BUDGET: {C.ACCOUNTANT: S.COUNCIL},
    Permission.SEE_RECORD: {C.HEAD_OF_SERVICE: S.COUNCIL, C.ADMINISTRATOR: S.COUNCIL, C.AUDITOR: S.COUNCIL},
    Permission.ADOPT_POLICY: {C.HEAD_OF_SERVICE: S.COUNCIL},
    Permission.REHEARSE_POLICY: {C.HEAD_OF_SERVICE: S.COUNCIL, C.AUDITOR: S.COUNCIL},
    Permission.MANAGE_USERS: {C.SYSTEM_ADMINISTRATOR: S.COUNCIL},
}

WIDTH: tuple[Scope, ...] = tuple(Scope)


def scopes(capacities: frozenset[Capacity], permission: Permission) -> frozenset[Scope]:
    """Say over which scopes somebody in these capacities holds a permission; empty when not at all."""
    granted = GRANTS[permission]
    return frozenset(granted[capacity] for capacity in capacities if capacity in granted)
