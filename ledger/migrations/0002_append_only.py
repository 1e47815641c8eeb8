"""Let the database itself refuse to change or remove what was logged.

Entries and tree heads: no update, no delete. Openings may be deleted (erasing a person), never changed.
"""

from django.db import migrations

RULES = [("ledger_entry", "UPDATE"), ("ledger_entry", "DELETE"), ("ledger_treehead", "UPDATE"),
         ("ledger_treehead", "DELETE"), ("ledger_opening", "UPDATE")]  # fmt: skip


def add_rules(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, event in RULES:
        name = f"{table}_no_{event.lower()}"
        if vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def drop_rules(apps, schema_editor):
    for table, event in RULES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}{on}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first_models")]
    operations = [migrations.RunPython(add_rules, drop_rules)]
