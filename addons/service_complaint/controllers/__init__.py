from . import main, myaccount
