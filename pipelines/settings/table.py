"""The table of settings: a new one is a row here, and the same row in the README."""

from __future__ import annotations

from dataclasses import dataclass

SECTION = "SOURCES__PARTNER_CENTER__"


@dataclass(frozen=True)
class Setting:
    """One row of the settings table.

    Shape:   `is_of_one_partner`: a profile takes it from its own section and from nowhere else.
    """

    variable: str
    default: str | None
    meaning: str
    is_secret: bool = False
    is_of_one_partner: bool = False


SETTINGS = (
    Setting(f"{SECTION}BASE_URL", "https://api.partnercenter.microsoft.com", "API host"),
    Setting(f"{SECTION}AUTHORITY_URL", "https://login.microsoftonline.com", "token host"),
    Setting(f"{SECTION}GRAPH_URL", "https://graph.microsoft.com/v1.0", "async export host"),
    Setting(f"{SECTION}PARTNER_API_URL", "https://api.partner.microsoft.com", "price sheet and exchange rate host"),
    Setting(
        f"{SECTION}PARTNER_API_AUTHORITY_URL",
        None,
        "token host for it; without one it is not asked outside the global cloud",
    ),
    Setting(f"{SECTION}AUDIENCE", None, "token audience; derived from the base URL's cloud"),
    Setting(f"{SECTION}TENANT_ID", None, "the partner tenant", is_of_one_partner=True),
    Setting(f"{SECTION}CLIENT_ID", None, "the app registration", is_of_one_partner=True),
    Setting(f"{SECTION}CLIENT_SECRET", None, "its secret", is_secret=True, is_of_one_partner=True),
    Setting(
        f"{SECTION}REFRESH_TOKEN",
        None,
        "set: app+user sign-in; unset: app-only",
        is_secret=True,
        is_of_one_partner=True,
    ),
    Setting(f"{SECTION}LINE_ITEMS_API", "auto", "where lines are read: `auto` (by billing period), `v1` or `graph`"),
    Setting(f"{SECTION}EXPORT_MAX_WAIT_SECONDS", "3600", "total waiting for one export; it is resumed later"),
    Setting(
        f"{SECTION}INTEGRATION_SANDBOX_TENANTS",
        None,
        "ids of integration-sandbox tenants, separated by commas; `recon cart` buys there and in the sandbox only",
    ),
    Setting(f"{SECTION}REQUESTS_PER_MINUTE", "500", "client-side limit"),
    Setting(f"{SECTION}RETRY_MAX_WAIT_SECONDS", "300", "total waiting allowed for one request"),
    Setting("RECON_PROFILE", None, "which partner, where there are several; `recon --profile NAME` is the same"),
    Setting("RECON_DATA_DIR", "data", "everything that is written"),
    Setting("RECON_AS_OF", None, "the moment the rules use, ISO 8601 UTC; default: now"),
    Setting(
        "RECON_NOT_COMPARED_SHARE", "0.01", "share of charges not compared from which a period is not reconciled"
    ),
    Setting("RECON_SWEEP_DAYS", "7", "age of a reading from which a customer's orders are read again anyway"),
    Setting("RECON_ALERT_URL", None, "webhook that is told of breaks and runs; the whole address", is_secret=True),
    Setting("RECON_ALERT_FORMAT", "auto", "`teams`, `slack`, `both` in one body, or `auto` (by host, else both)"),
    Setting("RECON_ALERT_SEVERITY", "high", "breaks of this severity and above are told"),
    Setting("RECON_ALERT_NAMES", "false", "`true`: alerts say names and explanations; else amounts and ids only"),
    Setting("RECON_ALERT_STALE_HOURS", "30", "age of the published result from which an alert says so"),
    Setting("RECON_KEEP_LOGS_DAYS", "90", "age from which `recon daily` removes logs; 0: never"),
    Setting("RECON_KEEP_REPORTS_DAYS", "400", "the same for reports, but for those of closed months; 0: never"),
    Setting("RECON_KEEP_ENQUIRIES_DAYS", "0", "the same for enquiries; 0: never"),
    Setting("RECON_EXAMPLES_DIR", None, "folder with documented bodies for the optional tests"),
    Setting("RECON_TARGET", "duckdb", "where the warehouse lives; `duckdb` is the only one in this version"),
)
