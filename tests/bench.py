"""`make bench`: what our money and our boards cost beside core's, measured in one run on one machine."""

import sys

from workbench import Verdict, open_database


def main(database):
    registry = open_database(database)
    verdict = Verdict()
    import bench_money

    bench_money.run(registry, verdict)
    return verdict.finish()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
