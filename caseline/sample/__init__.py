"""A generated Salesforce export to try the import on; shares nothing with the import, so it can judge it."""

from caseline.sample.export import ExportSummary, write_export

__all__ = ["ExportSummary", "write_export"]
