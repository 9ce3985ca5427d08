"""`make bench`: what our money and our boards cost beside core's, measured in one run on one machine.

make bench              all of it
make bench ONLY=money   or ONLY=boards, ONLY=month
make bench BIG=1        the boards over a million orders as well
"""

import os
import sys

from workbench import Verdict, open_database


def main(database):
    registry = open_database(database)
    # these need the registry's addons path
    import bench_boards
    import bench_money
    import bench_month

    verdict = Verdict()
    only = os.environ.get("ONLY")
    bench_money.House.build(registry)
    if only in (None, "", "money"):
        bench_money.run(registry, verdict)
    if only in (None, "", "boards"):
        bench_boards.run(registry, verdict, big=bool(os.environ.get("BIG")))
    if only in (None, "", "month"):
        bench_month.run(registry, verdict, database)
    return verdict.finish()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
