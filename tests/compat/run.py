#!/usr/bin/env python3
"""Runs a heapster against the recorded cluster and compares what it sends and answers with the recordings.

  tests/compat/run.py --heapster target/debug/heapster [--only 'log*,api'] [--work DIR] [--jobs N] [--show N]
  tests/compat/run.py --self-test [--work DIR]    the rig's own tests instead

Unpacks alpha.tar.xz into the work folder (default: target/compat), records every scenario whose recording is packed and
whose plugins are listed below, and compares under accept.json. Exit status: 0 equal, 1 differences, 2 bad usage.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
PLUGINS = "kubernetes,kubernetes.summary_api,log,graphite,elasticsearch,statsd,influxdb,opentsdb,hawkular,librato,honeycomb,wavefront"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--heapster", help="the program to run")
    which.add_argument("--self-test", action="store_true", help="run the rig's own tests")
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
    if args.self_test:  # they look for the fixture beside the rig
        shutil.copytree(rig, os.path.join(work, "rig"), dirs_exist_ok=True)
        return subprocess.run([sys.executable, "-m", "unittest", "discover", "-q", "rig"], cwd=work, env=env).returncode

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
