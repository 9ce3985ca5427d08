from . import rate, workbook
