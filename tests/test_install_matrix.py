"""Each addon stands on what is below it and goes without a trace, with and without work in it."""

import json
import subprocess

import pytest
from house import ground, service, stages, testing
from pytest_house import allowed_patterns, complaints_of_log

# What an addon may leave behind, by name and not by number: kind -> query.
TRACES = {
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "views": "SELECT COALESCE(key, name) || ' ' || COALESCE(model, '') FROM ir_ui_view",
    "menus": "SELECT name->>'en_US' || ' ' || COALESCE(action, '') FROM ir_ui_menu",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "crons": "SELECT cron_name FROM ir_cron",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "access rights": "SELECT name FROM ir_model_access",
    "record rules": "SELECT name FROM ir_rule",
    "sequences": "SELECT name || ' ' || COALESCE(code, '') FROM ir_sequence",
    "parameters": "SELECT key FROM ir_config_parameter",
    "operation types": "SELECT name->>'en_US' || ' ' || COALESCE(barcode, '') FROM stock_picking_type",
    "routes": "SELECT name->>'en_US' FROM stock_route",
    "rules of routes": "SELECT name->>'en_US' FROM stock_rule",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "activity types": "SELECT name->>'en_US' FROM mail_activity_type",
    # A field that our model has from a mixin is labelled by the mixin's addon, and Odoo forgets that
    # label for every addon; the fields themselves are looked at above.
    "external ids": "SELECT module || '.' || name FROM ir_model_data WHERE (module LIKE 'service\\_%' "
    "OR model NOT IN ('ir.model.fields', 'ir.model.fields.selection', 'ir.model.inherit')) "
    # the list of addons that could be installed
    "AND NOT (module = 'base' AND name LIKE 'module\\_%')",
    "tables": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns "
    "WHERE table_schema = 'public'",
}

# Runs in Odoo's own shell: one process for all steps, each on a registry of its own.
STEPS = """
import json
import odoo
from odoo.modules.registry import Registry

def look():
    with Registry(name).cursor() as cr:
        found = {}
        for kind, query in traces.items():
            cr.execute(query)
            found[kind] = sorted({row[0] for row in cr.fetchall() if row[0]})
        return found

def do(method, module):
    with Registry(name).cursor() as cr:
        modules = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})["ir.module.module"]
        if method == "button_immediate_install":
            modules.update_list()
        getattr(modules.search([("name", "=", module)]), method)()

name = env.cr.dbname
env.cr.rollback()
seen = [look()]
for method, module in steps:
    do(method, module)
    seen.append(look())
with open(target, "w") as stream:
    json.dump(seen, stream)
"""

INSTALL, UNINSTALL = "button_immediate_install", "button_immediate_uninstall"


def walk(pg, database, folder, steps):
    """What is there before the first step and after each; the log of it holds no warning."""
    target, log = folder / f"{database}.json", folder / f"{database}.log"
    script = f"traces = {TRACES!r}\nsteps = {steps!r}\ntarget = {str(target)!r}\n{STEPS}"
    command = [stages.python(), "-m", "odoo", "shell", "-c", ground.HOUSE / testing.CONF]
    with open(log, "wb") as stream:
        done = subprocess.run(
            [*map(str, command), "-d", database, "--no-http"],
            check=False,
            input=script.encode(),
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=pg.environment(),
            cwd=ground.HOUSE,
        )
    text = log.read_text(errors="replace")
    assert done.returncode == 0, text[-3000:]
    assert target.exists(), text[-3000:]
    complaints = complaints_of_log(text, allowed_patterns())
    assert not complaints, "\n".join(complaints)
    return json.loads(target.read_text())


def difference(before, after):
    """`{kind: (gone, come)}` of what is not the same."""
    found = {}
    for kind in TRACES:
        gone = sorted(set(before[kind]) - set(after[kind]))
        come = sorted(set(after[kind]) - set(before[kind]))
        if gone or come:
            found[kind] = (gone[:20], come[:20])
    return found


@pytest.fixture(scope="module")
def below(pg, template):
    """The template of what is below us, which the template of ours was made from."""
    [name] = [
        name for name in pg.databases(f"{testing.PREFIX}deps_") if not name.endswith("_partial")
    ]
    return name


@pytest.fixture(scope="module")
def ladder(pg, database, below, tmp_path_factory):
    """Up one by one, down from the top: what was there at each step."""
    names = service.addons()
    steps = [(INSTALL, name) for name in names]
    steps += [(UNINSTALL, name) for name in reversed(names)]
    return names, walk(pg, database(template=below), tmp_path_factory.mktemp("ladder"), steps)


def test_each_addon_installs_on_what_is_below_it(ladder):
    names, seen = ladder
    for position, name in enumerate(names, start=1):
        come = difference(seen[position - 1], seen[position])
        assert any(item.startswith(f"{name}.") for item in come["external ids"][1]), name
        assert not any(gone for gone, _come in come.values()), (name, come)


def test_all_at_once_is_the_same_as_one_by_one(pg, database, template, ladder, tmp_path):
    names, seen = ladder
    [at_once] = walk(pg, database(template=template), tmp_path, [])
    assert not difference(at_once, seen[len(names)])


def test_uninstalled_from_the_top_each_leaves_what_it_found(ladder):
    names, seen = ladder
    count = len(names)
    for gone in range(1, count + 1):
        left = difference(seen[count - gone], seen[count + gone])
        assert not left, (names[count - gone], left)


def test_house_full_of_work_is_left_without_a_trace(pg, database, tmp_path):
    """The demo dealership, with open orders, cases and paid months, loses all four addons."""
    names = service.addons()
    steps = [(UNINSTALL, name) for name in reversed(names)]
    *_before, after = walk(pg, database(demo=True), tmp_path, steps)
    ours = {
        kind: [item for item in items if item.startswith(("service_", "service."))]
        for kind, items in after.items()
    }
    assert not {kind: items for kind, items in ours.items() if items}
    for kind in ("operation types", "routes", "rules of routes"):
        assert not [item for item in after[kind] if "Workshop" in item], kind
