"""Names beside ids: `customer` and `product`, with the id where there is no name."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pipelines.analysis.desk import Warehouse
from pipelines.analysis.pages.tables import Show


def with_names(frame: pl.LazyFrame, warehouse: Warehouse) -> pl.LazyFrame:
    """A frame with customer_id, product_id and sku_id, and the names to them; its rows keep their order."""
    customers = warehouse.customers().select("customer_id", "company_name")
    products = warehouse.products().select("product_id", "product_name")
    skus = warehouse.skus().select("product_id", "sku_id", "sku_name")
    return (
        frame.join(customers, on="customer_id", how="left", maintain_order="left")
        .join(products, on="product_id", how="left", maintain_order="left")
        .join(skus, on=["product_id", "sku_id"], how="left", maintain_order="left")
        .with_columns(
            customer=pl.coalesce("company_name", "customer_id"),
            product=pl.coalesce("sku_name", "product_name", "product_id"),
        )
    )


def smallest_coin(show: Show, currency: str) -> pl.Expr:
    """The smallest coin of the currency in a column: 0.01 for most, 1 for JPY."""
    coins = {name: Decimal(1).scaleb(-digits) for name, digits in show.digits.items()}
    return pl.col(currency).replace_strict(coins, default=Decimal("0.01"), return_dtype=pl.Decimal(38, 12))
