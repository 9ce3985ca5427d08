from . import book, status
