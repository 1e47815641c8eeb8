from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grading", "0001_first_models")]

    operations = [
        migrations.AlterField(
            model_name="mark",
            name="points",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Empty while only a comment stands.",
                max_digits=5,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="report",
            name="lease_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="problem",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="has_marks",
            field=models.BooleanField(
                default=False, help_text="Whether the marks were out when it was written."
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="finished_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["state", "created_at"], name="grading_report_queue"),
        ),
    ]
