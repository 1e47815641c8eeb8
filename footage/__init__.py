"""Moving pictures and sound: probe, decode, fingerprint, trace, label and paint. Pure Python, no Django."""
