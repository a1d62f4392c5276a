#!/usr/bin/env python3
"""The one command: `python3 manage.py demo | up | test | <any Django command>`, on a machine with nothing but Python.

The file is read by whatever `python3` the machine has, so it keeps to old syntax until the version has been checked.
"""

import sys


def main():  # type: () -> None
    if sys.version_info < (3, 11):  # noqa: UP036 - older interpreters reach this line and deserve a sentence
        sys.exit("Python 3.11 or newer is needed. Debian 12 and Ubuntu 23.04 or later have it as `python3`.")
    from reviewconsole import bootstrap

    bootstrap.run(sys.argv)


if __name__ == "__main__":
    main()
