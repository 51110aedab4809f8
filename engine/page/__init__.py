"""What a page needs around its numbers: header, tables, verdict rows."""
