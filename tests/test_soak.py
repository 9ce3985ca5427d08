"""The small twin of `make soak`: two days, two people at each desk, every way out of the road once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import ground, testing

HERE = Path(__file__).parent


def soak(pg, name, **settings):
    environment = {
        **pg.environment(),
        "ODOO_RC": str(ground.HOUSE / testing.CONF),
        "PYTHONPATH": str(HERE.parent / "config"),
        **settings,
    }
    return subprocess.run(
        [sys.executable, str(HERE / "soak.py"), name],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )


@pytest.fixture(scope="module")
def lived(pg, database):
    """A database in which the small month was lived, and what was said about it."""
    name = database()
    return name, soak(pg, name, SEED=os.environ.get("SEED", "1"), DAYS="2", ORDERS="10")


def test_two_days_leave_nothing_stuck_ordered_twice_or_lost(lived):
    _name, result = lived
    assert result.returncode == 0, result.stdout + result.stderr[-6000:]
    said = dict(reversed(item.split(" ", 1)) for item in result.stdout.splitlines()[-1].split(", "))
    for way in ("stop", "revise", "unsettle", "cancel", "split", "share", "decide", "fail", "undo"):
        assert int(said.get(way, 0)) > 0, way
    assert said["invoice_collective"] == "1"


BREAKAGES = {
    "a part is ordered twice": """
        INSERT INTO purchase_order_line
               (order_id, name, product_id, product_qty, product_uom_qty, price_unit, service_line_id)
        SELECT bought.order_id, bought.name, product_id, 9, 9, price_unit, service_line_id
          FROM purchase_order_line bought
          JOIN purchase_order purchase ON purchase.id = bought.order_id
         WHERE service_line_id IS NOT NULL AND purchase.state = 'purchase' LIMIT 1
    """,
    "moved goods are not what the line says was issued": """
        UPDATE stock_move SET quantity = quantity + 1 WHERE id = (
            SELECT move.id FROM stock_move move
              JOIN service_order_line line ON line.sale_line_id = move.sale_line_id
             WHERE move.state = 'done' LIMIT 1)
    """,
    "what was delivered to a customer is on no bill": """
        UPDATE sale_order_line SET qty_invoiced = 0 WHERE id = (
            SELECT line.sale_line_id FROM service_order_line line
              JOIN service_order work ON work.id = line.order_id
              JOIN sale_order_line sold ON sold.id = line.sale_line_id
             WHERE work.state = 'delivered' AND line.payer = 'customer' AND sold.qty_invoiced > 0
          ORDER BY work.id DESC LIMIT 1)
    """,
    "an order is stuck": """
        UPDATE service_order SET state = 'ready' WHERE id = (
            SELECT id FROM service_order WHERE state = 'delivered' ORDER BY id LIMIT 1)
    """,
    "reserved more than is on the shelf": """
        UPDATE stock_quant SET reserved_quantity = quantity + 5 WHERE id = (
            SELECT quant.id FROM stock_quant quant
              JOIN stock_location place ON place.id = quant.location_id
             WHERE place.usage = 'internal' LIMIT 1)
    """,
}


def test_each_check_sees_what_it_is_there_for(pg, lived):
    name, _result = lived
    for breakage in BREAKAGES.values():
        pg.query(name, breakage)
    result = soak(pg, name, CHECK="1")
    assert result.returncode == 1
    for sentence in BREAKAGES:
        assert f"BROKEN: {sentence}" in result.stderr
