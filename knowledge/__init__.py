"""The clinic's knowledge: what its documents say, as data that staff can read and correct."""
