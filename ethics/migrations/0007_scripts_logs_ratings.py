"""Scripts, decision logs and ratings; the database refuses to change what stands."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

TABLES = ("ethics_scriptversion", "ethics_lognote", "ethics_rating")


def add_rules(apps, schema_editor):
    is_postgres = schema_editor.connection.vendor == "postgresql"
    action = "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()" if is_postgres else (
        "BEGIN SELECT RAISE(ABORT, 'it stands: write a newer one beside it'); END"
    )  # fmt: skip
    for table in TABLES:
        schema_editor.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {action}")


def drop_rules(apps, schema_editor):
    for table in TABLES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update{on}")


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0003_witnesses"),
        ('assignments', '0004_set_logs'),
        ('ethics', '0006_admissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LogNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('line', models.PositiveIntegerField(help_text='Which line of the log, from 1.')),
                ('version', models.PositiveIntegerField(default=1)),
                ('outcome', models.CharField(choices=[('kept', 'kept'), ('rejected', 'rejected'), ('changed', 'changed')], max_length=8)),
                ('what', models.CharField(max_length=200)),
                ('why', models.TextField()),
                ('ledger_index', models.PositiveBigIntegerField()),
                ('written_at', models.DateTimeField()),
                ('work', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='log_notes', to='assignments.work')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work', 'line', 'version'), name='ethics_log_version_once'), models.CheckConstraint(condition=models.Q(models.Q(('what', ''), _negated=True), models.Q(('why', ''), _negated=True)), name='ethics_log_says_what_and_why')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('marks', models.JSONField(help_text='0 to 4 by criterion (domain.reflection); those not rated are left out.')),
                ('reason', models.TextField()),
                ('ledger_index', models.PositiveBigIntegerField()),
                ('rated_at', models.DateTimeField()),
                ('rated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('work', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='assignments.work')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work', 'number'), name='ethics_rating_number_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ethics_rating_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ScriptVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('ledger_index', models.PositiveBigIntegerField()),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('work', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='script_versions', to='assignments.work')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work', 'number'), name='ethics_script_number_once')],
            },
        ),
        migrations.RunPython(add_rules, drop_rules),
    ]
