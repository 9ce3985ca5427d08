from . import find, rate, workbook
