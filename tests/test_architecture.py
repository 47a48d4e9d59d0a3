"""Who may import whom, and what a new endpoint must bring along."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import ENDPOINTS, RESERVATIONS, TABLES
from pipelines.sandbox import SandboxApp, build_world
from pipelines.sandbox.artifacts import artifact_parts
from pipelines.sandbox.replies import Call

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pipelines"
LONGEST_MODULE = 400

# A package counts as one. What a name may import is written here; anything else is a change of the design.
MAY_IMPORT: dict[str, set[str]] = {
    # Leaves.
    "errors": set(),
    "files": set(),
    "money": set(),
    "clouds": set(),
    "stopping": set(),
    "settings": {"clouds", "errors"},
    "sandbox": set(),
    # From the API into the landing.
    "gate": {"money", "errors"},
    "landing_notes": set(),
    "landing": {"files", "gate", "landing_notes", "errors"},
    "partner_center": {"gate", "landing", "money", "errors"},
    # From the landing into the working database.
    "order_states": {"partner_center"},
    "document_states": {"partner_center"},
    "ledger": {"document_states", "landing", "order_states", "partner_center", "errors"},
    "document_readings": {"landing", "partner_center"},
    "line_changes": {"document_readings", "landing", "partner_center"},
    "plans": {"landing", "partner_center", "errors"},
    "load": {
        "document_readings",
        "landing",
        "landing_notes",
        "ledger",
        "line_changes",
        "plans",
        "partner_center",
        "stopping",
        "warehouse",
        "errors",
    },
    # From the working database to what analysts open.
    "parquet_copy": {"files", "errors"},
    "warehouse": {"files", "parquet_copy", "errors"},
    "parsed_project": {"files", "errors"},
    "transform": {"parsed_project", "warehouse", "errors"},
    "closed_months": {"files", "warehouse", "errors"},
    "history": {"closed_months", "files", "parsed_project", "warehouse", "errors"},
    "annotation_files": {"errors"},
    "annotations": {"annotation_files", "files", "history", "warehouse", "errors"},
    "run": {
        "annotations",
        "closed_months",
        "history",
        "landing",
        "ledger",
        "load",
        "parsed_project",
        "transform",
        "warehouse",
        "errors",
    },
    "spreadsheet": {"money"},
    "evidence": {"reports", "spreadsheet"},
    "closing": {"closed_months", "evidence", "files", "landing", "money", "reports", "warehouse", "errors"},
    "enquiry": {"history", "landing", "load", "parsed_project", "run", "transform", "warehouse", "errors"},
    "analysis": {"annotations", "reports", "settings", "warehouse", "errors"},
    "reports": {"annotation_files", "files", "landing", "money", "spreadsheet", "warehouse", "errors"},
    "notebook_pages": {"files", "errors"},
    # Invoice PDFs, beside the way of the numbers.
    "statements": {"files", "gate", "landing", "load", "money", "partner_center", "plans", "errors"},
    # Looking at what is for sale, and buying for a test, in a sandbox.
    "catalog": {"landing", "partner_center", "errors"},
    "buying": {"files", "partner_center", "errors"},
    # A scheduled day: telling somebody, and clearing up.
    "alerting": {"files", "ledger", "money", "partner_center", "reports", "settings", "warehouse", "errors"},
    "retention": {"closed_months", "settings", "warehouse"},
    # Around it: these are handed settings or speak to the person at the keyboard.
    "progress_text": set(),
    "progress": {"partner_center", "progress_text"},
    "session": {"files", "partner_center", "progress", "settings", "stopping", "warehouse", "errors"},
    "demo": {"files", "settings", "warehouse", "errors"},
    "docs": {"files", "parsed_project", "settings", "transform", "warehouse"},
    "doctor": {"buying", "clouds", "partner_center", "settings", "warehouse", "errors"},
    "commands": {
        *(
            "alerting",
            "annotations",
            "buying",
            "catalog",
            "closed_months",
            "closing",
            "demo",
            "doctor",
            "enquiry",
            "errors",
            "files",
            "history",
            "landing",
            "ledger",
            "load",
            "money",
            "notebook_pages",
            "parsed_project",
            "partner_center",
            "plans",
            "progress",
        ),
        *("reports", "retention", "run", "sandbox", "session", "settings", "statements", "transform", "warehouse"),
    },
    "cli": {"commands", "stopping"},
    "__main__": {"cli"},
}

# Libraries that one part of the project has to itself. `source.py` is where landed walks become dlt resources: dlt
# is handed an open DuckDB connection there, and nothing else that speaks to the API has heard of a database.
ONLY_IN: dict[str, set[str]] = {
    "dlt": {"partner_center/source.py"},
    "dbt": {"parsed_project.py", "transform.py"},
    "httpx": {"partner_center/auth.py", "partner_center/blobs.py", "partner_center/call.py"}
    | {"partner_center/client.py", "partner_center/clients.py"}
    | {"partner_center/transport_checks.py", "sandbox/replies.py", "alerting/delivery.py"},
    "jinja2": {"reports/page/rendering.py"},
    "polars": {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "analysis").rglob("*.py")},
    "prompt_toolkit": {"reports/completion.py", "reports/prompt.py"},
    "pygments": {"reports/prompt.py"},
    "pypdf": {"statements/pdf_files.py"},
    "xlsxwriter": {"spreadsheet.py"},
    "click": {"cli.py", *(f"commands/{path.name}" for path in (PACKAGE / "commands").glob("*.py"))},
}
NOT_IN_PARTNER_CENTER = {"duckdb", "dlt"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)


def name_of(path: Path) -> str:
    """The module, or the package that it is part of."""
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports_of(path: Path) -> Iterator[str]:
    """Every imported module, wherever in the file the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide who imports whom"
            if node.module == "pipelines":
                yield from (f"pipelines.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def test_every_module_imports_only_what_the_table_allows() -> None:
    wrong = []
    for path in modules():
        mine = name_of(path)
        if mine not in MAY_IMPORT:
            wrong.append(f"{mine} is new: give it a line in MAY_IMPORT")
            continue
        others = {one.split(".")[1] for one in imports_of(path) if one.startswith("pipelines.")} - {mine}
        wrong += [f"{path.relative_to(ROOT)} may not import {other}" for other in sorted(others - MAY_IMPORT[mine])]
    assert wrong == []


def test_the_table_names_only_modules_that_exist_and_has_no_circle() -> None:
    names = {name_of(path) for path in modules()}
    assert set(MAY_IMPORT) <= names
    left = dict(MAY_IMPORT)
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_used_where_it_belongs(library: str) -> None:
    used = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        if any(one.split(".")[0] == library for one in imports_of(path))
    }
    assert used <= ONLY_IN[library]


def test_what_speaks_to_the_api_has_never_heard_of_the_database() -> None:
    for path in (PACKAGE / "partner_center").rglob("*.py"):
        used = {one.split(".")[0] for one in imports_of(path)} & NOT_IN_PARTNER_CENTER
        assert not used or path.name == "source.py", path


def test_settings_are_read_by_the_command_line_only() -> None:
    readers = {path.name for path in modules() if re.search(r"\bread_settings\(", path.read_text()) is not None}
    assert readers == {"reading.py", "common.py", "docs.py"}


def test_the_environment_is_asked_for_settings_in_one_place() -> None:
    # demo asks whether RECON_AS_OF is set, analysis for the moment of a note; source and transform hand dlt and dbt
    # their switches; whether colours are welcome is no setting.
    readers = {path.relative_to(PACKAGE).as_posix() for path in modules() if "os.environ" in path.read_text()}
    assert readers <= {
        "analysis/desk.py",
        "commands/colours.py",
        "settings/data_folder.py",
        "settings/reading.py",
        "commands/demo.py",
        "transform.py",
        "partner_center/source.py",
    }


def test_notebooks_import_the_analysis_helpers_and_nothing_else_of_the_project() -> None:
    for path in (ROOT / "notebooks").glob("*.py"):
        ours = {one for one in imports_of(path) if one.startswith("pipelines")}
        assert ours <= {"pipelines.analysis", "pipelines.analysis.pages"}, path.name


# Seconds and requests a second: no amounts.
FLOATS_OF_TIME = {"partner_center/auth.py", "partner_center/pacing.py", "partner_center/retry.py"}


def test_no_amount_is_ever_a_float() -> None:
    for path in modules():
        if path.relative_to(PACKAGE).as_posix() in FLOATS_OF_TIME:
            continue
        assert re.search(r"\bfloat\(|\bfloat64\b|parse_float=float\b|\bDOUBLE\b", path.read_text()) is None, path


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


@pytest.mark.parametrize("table", TABLES)
def test_every_raw_table_has_a_staging_model(table: str) -> None:
    model = ROOT / "dbt_project" / "models" / "staging" / "partner_center" / f"stg_partner_center__{table}.sql"
    assert model.exists(), f"stage it as {model.relative_to(ROOT)}"


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
def test_every_endpoint_has_its_file_and_is_served_by_the_sandbox(endpoint: Endpoint) -> None:

    assert (PACKAGE / "partner_center" / "endpoints" / f"{endpoint.name}.py").exists()
    app = SandboxApp(build_world(scale=0.01))
    form = b"grant_type=refresh_token&refresh_token=sandbox-refresh&client_id=a&client_secret=sandbox-secret"
    form += b"&resource=" + (b"r" if endpoint.host == "partner_center" else b"https://api.partner.microsoft.com")
    token = json.loads(app.handle(Call("POST", "/t/oauth2/token", "", {}, form)).body)["access_token"]
    held = (
        one for found in app.world.entitlements.values() for one in found if one.customer.id in app.bodies.customers
    )
    reservation = next(one for one in held if one.has_details and one.quantity_at(app.clock) > 0)
    customer_id, orders = reservation.customer.id, app.world.orders[reservation.customer.id]
    values = {
        "customer_id": customer_id,
        "order_id": orders[0].id,
        "invoice_id": app.world.documents[0].id,
        "provider": "onetime",
        "line_item_type": "billing",
        "currency": "USD",
        "month": "2026-10",
        "period": "current",
        "day": app.clock.date().isoformat(),
        "billing_type": "onetime",
        "line_item_number": "0",
        "entitlement_type": "software",
        **dict(zip(RESERVATIONS.partition[1:], artifact_parts(reservation), strict=True)),
        **catalog_values(app, reservation.customer.country),
    }
    if endpoint.host == "partner_api":
        values |= {"market": "DE", "view": "software", "month": "202609"}
    filled = {name: value.format(**values) for name, value in endpoint.params}
    query = "&".join(f"{name}={value}" for name, value in filled.items() if value)
    method = "GET" if endpoint.request is None else "POST"
    body = b"" if endpoint.request is None else json.dumps(endpoint.request(values)).encode()
    call = Call(method, endpoint.path.format(**values), query, {"authorization": f"Bearer {token}"}, body)
    assert app.handle(call).status == 200, f"serve {endpoint.path} in pipelines/sandbox/routes"


def catalog_values(app: SandboxApp, country: str) -> dict[str, str]:
    """A product that the country's catalog shows, and how to ask for it."""
    items = (item for product in app.catalog.products.values() for item in product.skus.values())
    offer = next(offer for item in items for offer in app.catalog.offers(item, country, app.clock))
    return {
        "country": country,
        "target_view": "Azure",
        "segment": "",
        "reservation_scope": "",
        "product_id": offer.item.product_id,
        "sku_id": offer.item.sku_id,
        "availability_id": offer.id,
        "context": "armRegionName=westus2",
    }
