#!/usr/bin/env python3
"""Runs a heapster against the recorded cluster and compares what it sends and answers with the recordings.

  tests/compat/run.py --heapster target/debug/heapster [--only 'log*,api'] [--work DIR] [--jobs N] [--show N]

Unpacks alpha.tar.xz into the work folder (default: target/compat), records every scenario whose recording is packed and
whose plugins are listed below, and compares under accept.json. Exit status: 0 equal, 1 differences, 2 bad usage.
"""
import argparse
import os
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
PLUGINS = "kubernetes,kubernetes.summary_api,log"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heapster", required=True)
    parser.add_argument("--only", help="comma-separated scenarios, * allowed; default: all that are packed")
    parser.add_argument("--work", default=os.path.join(HERE, "..", "..", "target", "compat"))
    parser.add_argument("--jobs", default="8")
    parser.add_argument("--show", default="5", help="examples printed per kind and scenario")
    args = parser.parse_args()
    if sys.version_info < (3, 9):
        print("run.py: Python 3.9 or newer is needed, this is %s" % sys.version.split()[0], file=sys.stderr)
        return 2
    work = os.path.abspath(args.work)
    os.makedirs(work, exist_ok=True)
    with tarfile.open(os.path.join(HERE, "alpha.tar.xz")) as packed:
        packed.extractall(work)
    fixture, mine = os.path.join(work, "alpha"), os.path.join(work, "mine")
    packed = sorted(name[:-5] for name in os.listdir(os.path.join(fixture, "golden")))
    only = args.only or ",".join(packed)
    rig, env = os.path.join(HERE, "rig"), dict(os.environ, PYTHONDONTWRITEBYTECODE="1")

    def python(script, *arguments):
        sys.stdout.flush()
        return subprocess.run([sys.executable, os.path.join(rig, script), *arguments, "--only", only, "--plugins", PLUGINS], env=env).returncode

    recorded = python("record.py", "--fixture", fixture, "--out", mine, "--logs", os.path.join(work, "logs"),
                      "--heapster", os.path.abspath(args.heapster), "--jobs", args.jobs)
    if recorded == 2:
        return 2
    compared = python("diff.py", fixture, mine, "--accept", os.path.join(HERE, "accept.json"), "--show", args.show,
                      "--json", os.path.join(work, "report.json"))
    return compared or recorded


if __name__ == "__main__":
    sys.exit(main())
