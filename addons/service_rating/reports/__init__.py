from . import performance_workbook
