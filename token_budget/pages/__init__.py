"""Self-contained HTML pages with inline plots, as text; nothing here reads or writes."""
