#!/bin/sh
# Prints the packages of system-packages.txt that are not here, one a line; of "-" only Debian can tell.
cd "$(dirname "$0")" || exit
python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
grep -v '^#' system-packages.txt | while read -r command package _; do
  if [ "$command" != - ]; then
    command -v "$command" >/dev/null || echo "$package"
  elif command -v dpkg >/dev/null; then
    dpkg -s "$package" >/dev/null 2>&1 || echo "$package"
  fi
done
