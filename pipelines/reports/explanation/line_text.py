"""A billed line as text: what it charges, its class and bucket, the pass that tied it, and where its bytes lie."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.reports.explanation.item_text import minute
from pipelines.reports.rows import Row, plain
from pipelines.reports.statement import amount_text


def line_text(line: Row, *, is_marked: bool = False) -> Iterator[str]:
    """Two or three lines of text; the marked one begins with `>`."""
    mark = ">" if is_marked else " "
    quantity = amount_text(line["signed_quantity"], 0)
    if line["line_class"] == "daily_usage":
        # That of Azure subscriptions has no price.
        money = line["subtotal"] and f", {amount_text(line['subtotal'], line['digits'])} {line['currency']}"
        yield (
            f"{mark} {line['invoice_id']} usage of {minute(line['usage_at'])}: {quantity} × {line['product_id']}"
            f"{money or ''}; explains other lines"
        )
    else:
        yield (
            f"{mark} {line['invoice_id']} {line['charge_type'] or 'without charge type'}: {quantity} × "
            f"{line['product_id']} {line['sku_id'] or 'without SKU'}, "
            f"{amount_text(line['subtotal'], line['digits'])} + tax "
            f"{amount_text(line['tax_total'], line['digits'])} = "
            f"{amount_text(line['total'], line['digits'])} {line['currency']}; {line['bucket']}{_pass_text(line)}"
        )
    yield f"      line {line['invoice_line_id']}{_origin_text(line)}"


def wire_text(line: Row) -> Iterator[str]:
    """Why its class and its pass, what its amounts were held against, and the line as the API sent it."""
    yield f"  {'class':<10}{line['line_class']}: {line['class_reason']}"
    if line["pass_reason"]:
        yield f"  {'pass':<10}{line['match_pass'] or 'none'}: {line['pass_reason']}"
    if line["matched_order_id"]:
        yield f"  {'order':<10}{line['matched_order_id']}"
    for proof in line["proofs"]:
        yield f"  {'proof':<10}{_proof_text(proof, line['digits'])}"
    sent = line["as_sent"]
    if sent:
        yield "as sent"
        width = max(len(name) for name in sent)
        for name, value in sent.items():
            if plain(value) != "":
                yield f"  {name:<{width}}  {plain(value)}"


def _proof_text(proof: Row, digits: int) -> str:
    if proof["within_tolerance"] is None:
        return f"{proof['proof']}: not proven, {proof['not_proven_reason']}"
    verdict = "holds" if proof["within_tolerance"] else "does not hold"
    return (
        f"{proof['proof']} {verdict}: {proof['inputs']} gives {amount_text(proof['expected_amount'], digits)}, "
        f"is {amount_text(proof['actual_amount'], digits)} ({proof['formula']})"
    )


def _pass_text(line: Row) -> str:
    if line["line_class"] != "one_time":
        return f" ({line['line_class'].replace('_', ' ')})"
    if line["match_pass"]:
        return f", pass {line['match_pass']}"
    return f", {line['pass_reason']}"


def _origin_text(line: Row) -> str:
    origin = line["origin"]
    if origin is None:
        return ""
    equal = f", the first of {origin['equal_rows']} equal rows" if origin["equal_rows"] > 1 else ""
    return (
        f"; bytes: {origin['file']}, item {origin['item']} ({origin['api']}, read {minute(origin['read_at'])}){equal}"
    )
