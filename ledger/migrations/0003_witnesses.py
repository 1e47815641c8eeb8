"""Witnesses: cosignatures on our tree heads, and the state of other logs that we cosign."""

import django.db.models.deletion
from django.db import migrations, models

import ledger.merkle

RULES = [("ledger_cosignature", "UPDATE"), ("ledger_cosignature", "DELETE")]


def add_rules(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    action = "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()" if is_postgres else (
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )  # fmt: skip
    for table, event in RULES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {action}"
        )


def drop_rules(apps, schema_editor):
    for table, event in RULES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}{on}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="KnownLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=200, unique=True, verbose_name="origin")),
                ("verifier", models.TextField(help_text="As the school publishes it: name+id+key.", verbose_name="verifier key")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="entries cosigned")),
                ("root", models.CharField(default=ledger.merkle.EMPTY_ROOT.hex(), max_length=64, verbose_name="root")),
                ("note", models.TextField(blank=True, verbose_name="cosigned checkpoint")),
                ("cosigned_at", models.DateTimeField(blank=True, null=True, verbose_name="cosigned at")),
            ],
            options={"verbose_name": "known log", "verbose_name_plural": "known logs"},
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("witness", models.CharField(help_text="Name of the witness's key.", max_length=200)),
                ("key_id", models.CharField(max_length=8)),
                ("line", models.TextField(help_text="The signature line as it stands in the note.")),
                ("cosigned_at", models.DateTimeField(help_text="Time inside the signature.")),
                ("head", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cosignatures", to="ledger.treehead")),
            ],
        ),
        migrations.AddConstraint(
            model_name="cosignature",
            constraint=models.UniqueConstraint(fields=("head", "witness", "key_id"), name="ledger_one_cosignature_each"),
        ),
        migrations.RunPython(add_rules, drop_rules),
    ]
