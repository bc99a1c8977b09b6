"""The staff console: conversations are reviewed, corrected and measured here, never by patients."""
