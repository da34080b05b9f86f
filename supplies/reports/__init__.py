"""Reports: frames ready to show, JSON documents, and workbooks to print and sign."""

from supplies.reports.dispatch import dispatch_workbook
from supplies.reports.procurement import procurement_workbook
from supplies.reports.stock import stock_workbook

__all__ = ["dispatch_workbook", "procurement_workbook", "stock_workbook"]
