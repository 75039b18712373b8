"""Reports as files. The kinds of file are one table, `formats.py`: add an entry and a function that writes it."""

from analytics.report.export.cells import column_json, table_json
from analytics.report.export.extract import Extract, extract_query
from analytics.report.export.formats import FORMATS, Format

__all__ = ["FORMATS", "Extract", "Format", "column_json", "extract_query", "table_json"]
