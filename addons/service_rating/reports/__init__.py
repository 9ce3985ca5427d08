from . import performance_pack, performance_workbook
