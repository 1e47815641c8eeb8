from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_first_models")]

    operations = [
        migrations.AlterField(
            model_name="engine",
            name="pipeline",
            field=models.CharField(
                choices=[
                    ("stable-diffusion", "Stable Diffusion family (diffusers)"),
                    ("animatediff", "AnimateDiff video (diffusers)"),
                    ("wan", "Wan video (diffusers)"),
                    ("vits", "VITS voice (transformers)"),
                    ("causal-lm", "Causal language model (transformers)"),
                ],
                max_length=24,
            ),
        ),
    ]
