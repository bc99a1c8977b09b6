"""Scripts that make the tables in `bot/nlu/tables/` from public data; run by hand, rarely."""
