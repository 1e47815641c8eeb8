"""Declarations, decisions, appeals and packages; the database refuses to change the first two."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

RULES = [
    (table, event) for table in ("ethics_declaration", "ethics_decision") for event in ("UPDATE", "DELETE")
]


def add_rules(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    action = "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()" if is_postgres else (
        "BEGIN SELECT RAISE(ABORT, 'it stands: write a newer one beside it'); END"
    )  # fmt: skip
    for table, event in RULES:
        schema_editor.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {action}")


def drop_rules(apps, schema_editor):
    for table, event in RULES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}{on}")


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_witnesses"),
        ("assignments", "0003_budgets_and_releases"),
        ("ethics", "0004_heat_maps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("plane", models.CharField(max_length=20)),
                ("start", models.DecimalField(decimal_places=6, help_text="Seconds.", max_digits=12)),
                ("end", models.DecimalField(decimal_places=6, help_text="Seconds.", max_digits=12)),
                (
                    "ruling",
                    models.CharField(
                        choices=[("human", "made by people"), ("ai", "made by AI"), ("open", "left open")],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "evidence",
                    models.JSONField(
                        default=list,
                        help_text="What it rests on: objects with kind, grade, source and what people read.",
                    ),
                ),
                ("ledger_index", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField()),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="ethics.assessment",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("words", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "waits for an answer"),
                            ("upheld", "upheld: it stays as it was"),
                            ("changed", "changed"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("ledger_index", models.PositiveBigIntegerField()),
                ("answer_index", models.PositiveBigIntegerField(blank=True, null=True)),
                ("opened_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assessment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="ethics.assessment",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="ethics.decision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveIntegerField()),
                (
                    "parts",
                    models.JSONField(
                        default=list,
                        help_text="Objects with start and end (exact seconds as text), made, tool, words.",
                    ),
                ),
                ("words", models.TextField(blank=True, help_text="What the crew adds.")),
                ("ledger_index", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cut",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="assignments.cut",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "is_plain",
                    models.BooleanField(
                        default=False, help_text="Without the visible label, as somebody asked in writing."
                    ),
                ),
                ("plain_why", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting to be packed"),
                            ("signed", "signed and logged, waiting for the log’s signed root"),
                            ("ready", "ready"),
                            ("failed", "could not be packed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("progress", models.FloatField(default=0, help_text="0 to 1.")),
                ("generation", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("problem", models.JSONField(blank=True, null=True)),
                ("film_sha256", models.CharField(blank=True, max_length=64)),
                ("film_name", models.CharField(blank=True, max_length=255)),
                ("film_bytes", models.PositiveBigIntegerField(default=0)),
                (
                    "labels",
                    models.JSONField(blank=True, default=dict, help_text="What was written into the film."),
                ),
                ("ledger_index", models.PositiveBigIntegerField(blank=True, null=True)),
                ("package_sha256", models.CharField(blank=True, max_length=64)),
                ("package_bytes", models.PositiveBigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="ethics.assessment",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="assignments.submission",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["assessment", "created_at"], name="ethics_decisions"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="ethics_decision_has_length"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="ethics_decision_says_why"
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(fields=["state", "opened_at"], name="ethics_appeals_waiting"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="ethics_appeal_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer_index__isnull", True), ("answered_at__isnull", True), ("state", "open")
                    ),
                    models.Q(
                        ("answer_index__isnull", False),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("state", "open"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ethics_appeal_closed_is_logged",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["upheld", "changed"]), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                    _connector="OR",
                ),
                name="ethics_appeal_answer_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.UniqueConstraint(
                fields=("cut", "number"), name="ethics_declaration_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(fields=["state", "lease_until"], name="ethics_packages_waiting"),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["signed", "ready"]), _negated=True),
                    models.Q(("ledger_index__isnull", False), models.Q(("film_sha256", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ethics_package_signed_is_logged",
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(("package_sha256", ""), _negated=True),
                    _connector="OR",
                ),
                name="ethics_package_ready_has_bytes",
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_plain", False), models.Q(("plain_why", ""), _negated=True), _connector="OR"
                ),
                name="ethics_package_plain_says_why",
            ),
        ),
        migrations.RunPython(add_rules, drop_rules),
    ]
