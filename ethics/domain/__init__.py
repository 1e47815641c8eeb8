"""What the measure is, in pure numbers: no Django, no clock, no files."""
