#!/bin/bash
# `curl` of a local run: the metadata of an instance that does not exist.
url=''
for word; do if [[ $word == http*://* ]]; then url=$word; fi; done
case $url in
  */api/token) echo local ;;
  */meta-data/instance-id) echo i-00000000000000000 ;;
  */meta-data/instance-life-cycle) echo on-demand ;;
  *) exit 22 ;;
esac
