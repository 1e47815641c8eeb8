from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0002_animatediff_engines")]

    operations = [
        migrations.AddField(
            model_name="engine",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Of several engines for a tool the lowest is taken unless a person chooses.",
            ),
        ),
        migrations.AlterField(
            model_name="engine",
            name="folder",
            field=models.CharField(
                blank=True,
                help_text="Absolute, or relative to the engines folder; empty for pipelines without weights.",
                max_length=500,
            ),
        ),
        migrations.AlterField(
            model_name="engine",
            name="revision",
            field=models.CharField(
                blank=True,
                help_text="SHA-256 over the folder's weights, or the program's version.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="engine",
            name="pipeline",
            field=models.CharField(
                choices=[
                    ("stable-diffusion", "Stable Diffusion family (diffusers)"),
                    ("animatediff", "AnimateDiff video (diffusers)"),
                    ("wan", "Wan video (diffusers)"),
                    ("vits", "VITS voice (transformers)"),
                    ("espeak", "eSpeak NG voice (program)"),
                    ("causal-lm", "Causal language model (transformers)"),
                    ("scene-writer", "Template writer (no language model)"),
                ],
                max_length=24,
            ),
        ),
    ]
