"""CSV bodies: plain or in a zip archive, cut into pages, read to the last digit, refused when they are no sheet."""

from __future__ import annotations

import csv
import io
import os
import random
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import PageContractBroken, WalkRefused
from pipelines.partner_center import csv_bodies
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.csv_bodies import check_csv_body, csv_pages, received_as
from pipelines.partner_center.csv_pages import read_csv_page
from pipelines.partner_center.endpoints import FX_RATES, PRICE_SHEETS
from pipelines.partner_center.pages import read_page, read_page_strictly

BODIES = Path(__file__).resolve().parents[1] / "bodies"
DOCUMENTED = os.environ.get("RECON_EXAMPLES_DIR", "")
HEADER = '"ProductId","SkuId","UnitPrice","Market"\r\n'


def sheet(*records: str, header: str = HEADER) -> bytes:
    """A file with a byte order mark, as the API sends it."""
    return ("\ufeff" + header + "".join(f"{record}\r\n" for record in records)).encode()


def packed(content: bytes, *, name: str = "sheet.csv", copies: int = 1) -> bytes:
    """The file in a zip archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(copies):
            archive.writestr(f"{number or ''}{name}", content)
    return sink.getvalue()


def rows(body: bytes) -> list[dict[str, object]]:
    """The rows of all pages, without the columns that this file does not have."""
    found = [read_page(page, PRICE_SHEETS).tables["price_sheets"].to_pylist() for page in csv_pages(body)]
    names = ("product_id", "sku_id", "unit_price", "market")
    return [{name: row[name] for name in names} for page in found for row in page]


def test_a_sheet_is_the_same_whether_it_came_packed_or_not() -> None:
    body = sheet('"P1","0001","0.1999968000511991808131","DE"', '"P2","00G1","","DE"')
    check_csv_body(body)
    check_csv_body(packed(body))
    assert rows(body) == rows(packed(body))
    assert rows(body) == [
        {"product_id": "P1", "sku_id": "0001", "unit_price": Decimal("0.1999968000511991808131"), "market": "DE"},
        {"product_id": "P2", "sku_id": "00G1", "unit_price": None, "market": "DE"},
    ]
    assert list(csv_pages(body)) == list(csv_pages(packed(body))) == [body]
    assert "zip archive" in received_as(packed(body))


def test_a_long_sheet_is_cut_between_records_and_each_page_has_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_bodies, "PAGE_BYTES", 300)
    monkeypatch.setattr(csv_bodies, "_PIECE_BYTES", 70)
    body = sheet(*(f'"P{number}","0001","{number}.5","a ""quoted""\nmarket"' for number in range(40)))
    pages = list(csv_pages(packed(body)))
    header = sheet()
    assert len(pages) > 5
    assert all(page.startswith(header) and len(page) <= 300 + len(header) for page in pages)
    assert header + b"".join(page.removeprefix(header) for page in pages) == body
    assert [row["product_id"] for row in rows(body)] == [f"P{number}" for number in range(40)]


def test_a_sheet_without_rows_is_one_empty_page() -> None:
    assert rows(sheet()) == []
    assert rows(sheet().rstrip()) == []


@pytest.mark.parametrize("broken", [b"", b"<html>trouble</html>", b'{"error": {}}', b"PK\x03\x04 and nothing"])
def test_what_is_no_sheet_may_be_asked_for_again(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a CSV file|archive is broken"):
        check_csv_body(broken)


@pytest.mark.parametrize("cut", [3, 12, 17, 25])
def test_a_sheet_that_lost_its_end_is_noticed(cut: int) -> None:
    whole = sheet('"P1","0001","1.5","DE"', '"P2","0002","2.5","US"').rstrip()
    check_csv_body(whole)
    with pytest.raises(ValueError, match=r"ends inside|not whole"):
        check_csv_body(whole[:-cut])


def test_an_archive_that_was_changed_on_the_way_is_noticed() -> None:
    body = bytearray(packed(sheet(*(f'"P{n}","0001","{n}.5","DE"' for n in range(200)))))
    body[120] ^= 0x10
    with pytest.raises(ValueError, match="archive is broken"):
        check_csv_body(bytes(body))


def test_a_bomb_is_stopped_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(sheet() + b'"P1","0001","1","DE"\r\n' * 1_000_000)
    monkeypatch.setattr(csv_bodies, "MAX_RATIO", 20)
    with pytest.raises(WalkRefused, match="at most 20 times"):
        check_csv_body(bomb)
    with pytest.raises(WalkRefused, match="at most 20 times"):
        list(csv_pages(bomb))


def test_an_archive_of_two_files_is_refused() -> None:
    with pytest.raises(WalkRefused, match="holds 2 files"):
        check_csv_body(packed(sheet(), copies=2))


def test_columns_are_found_whatever_their_case_and_unknown_ones_are_named() -> None:
    body = sheet('"P1","0001","144","red"', header='"productid","SKUID","ERP price","Colour"\n')
    for page in (read_page(body, PRICE_SHEETS), read_page_strictly(body, PRICE_SHEETS)):
        assert page.tables["price_sheets"].column("erp_price").to_pylist() == [Decimal(144)]
        assert page.unknown_fields == {"price_sheets.Colour": "text"}


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ('"P1","0001","1,234.50","DE"', "not a number"),
        ('"P1","0001","123456789012345678901234567890","DE"', "does not fit"),
        ('"P1","0001","1.5"', "3 fields under 4 columns"),
        ('"","0001","1.5","DE"', "required"),
    ],
)
def test_a_record_that_is_not_as_declared_is_named(record: str, what: str) -> None:
    with pytest.raises(PageContractBroken, match=what):
        read_page(sheet(record), PRICE_SHEETS)


def test_a_file_without_its_key_columns_is_refused() -> None:
    with pytest.raises(PageContractBroken, match="CurrencyCode"):
        read_page(sheet('"P1","0001","1.5","DE"'), FX_RATES)
    with pytest.raises(PageContractBroken, match="every column once"):
        read_page(sheet(header='"ProductId","SkuId","skuid"\n'), PRICE_SHEETS)


def odd_sheets(count: int) -> Iterator[bytes]:
    """Sheets of random values, most of them well formed."""
    dice = random.Random(11)
    texts = ["", "0001", "a,b", 'say "x"', "two\nlines", "Café ™", " blank ", "'", "NULL", "nan", "1E5", "007"]
    numbers = ["", "0", "15", "-0.10", "0.27224589249009701", "1E-5", "+2", "9" * 13, "9" * 14 + ".5", ".5", "5."]
    for _ in range(count):
        sink = io.StringIO()
        quoting = dice.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
        writer = csv.writer(sink, quoting=quoting, lineterminator=dice.choice(("\n", "\r\n")))
        writer.writerow(["ProductId", "SkuId", "UnitPrice", "Market", "Note"])
        for number in range(dice.randrange(4)):
            writer.writerow(
                [f"P{number}", dice.choice(texts) or "0", dice.choice(numbers), *dice.choices(texts, k=2)]
            )
        yield sink.getvalue().encode()


def test_both_ways_of_reading_agree() -> None:
    taken = 0
    for body in odd_sheets(400):
        fast = read_csv_page(body, PRICE_SHEETS)
        strict = read_page_strictly(body, PRICE_SHEETS)
        if fast is not None:
            taken += 1
            assert fast == (strict.tables["price_sheets"], strict.unknown_fields), body
    assert taken > 150


def kept(name: str, endpoint: Endpoint) -> list[dict[str, object]]:
    """A body kept beside the tests, read as its endpoint declares."""
    page = read_page((BODIES / f"{name}.csv").read_bytes(), endpoint)
    assert page.unknown_fields == {}
    return page.tables[endpoint.tables[0].name].to_pylist()


def test_a_sheet_keeps_ids_digits_and_line_breaks() -> None:
    first, second = kept("price_sheets", PRICE_SHEETS)
    assert (first["sku_id"], second["sku_id"]) == ("0001", "00G1")
    assert first["sku_description"] == 'Say "hello", and\ngoodbye'
    assert str(first["unit_price"]) == "0.199996800051199180813100"
    assert (first["erp_price"], second["erp_price"]) == (Decimal(144), None)
    assert (second["pricing_tier_range_min"], second["market"]) == (Decimal(1), "US")
    assert first["effective_end_date"] == "11/30/9999 11:59:59 PM"
    assert first["meter_ids"] is None


def test_rates_keep_their_digits() -> None:
    rates = {row["currency_code"]: str(row["usd_per_unit"]) for row in kept("fx_rates", FX_RATES)}
    assert rates == {"EUR": "1.082739577693557120000000", "JPY": "0.006692183756482910300000"}


@pytest.mark.skipif(
    not DOCUMENTED, reason="RECON_EXAMPLES_DIR is not set; it names the folder with the documented bodies"
)
@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("fxrates", FX_RATES),
        ("pricesheet_azure_consumption", PRICE_SHEETS),
        ("pricesheet_updatedlicensebased", PRICE_SHEETS),
    ],
)
def test_every_value_of_a_documented_sheet_reaches_a_cell(name: str, endpoint: Endpoint) -> None:
    body = (Path(DOCUMENTED) / f"{name}.csv").read_bytes()
    check_csv_body(body)
    page = read_page(next(csv_pages(body)), endpoint)
    (row,) = page.tables[endpoint.tables[0].name].to_pylist()
    cells = {str(value.normalize()) if isinstance(value, Decimal) else str(value) for value in row.values()}
    _, values = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    for value in values:
        assert value in cells or (value and str(Decimal(value).normalize()) in cells) or not value, value
    assert page.unknown_fields == {}
