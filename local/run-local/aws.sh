#!/bin/bash
# `aws` of a local run, as far as the startup script calls it: the folder in MAYFLY_LOCAL_S3 is S3, a bucket a folder in it.
while [[ $1 == --cli-* ]]; do shift 2; done
operation="$1 $2"
shift 2
plain=() bucket='' key=''
while (($#)); do
  case $1 in
    --bucket) bucket=$2 && shift 2 ;;
    --key) key=$2 && shift 2 ;;
    --version-id) shift 2 ;;
    --*) shift ;;
    *) plain+=("$1") && shift ;;
  esac
done
case $operation in
  's3api get-object') exec cp "$MAYFLY_LOCAL_S3/$bucket/$key" "${plain[0]}" ;;
  's3 cp')
    target=$MAYFLY_LOCAL_S3/${plain[1]#s3://}
    mkdir -p "$(dirname "$target.")"
    if [[ -d ${plain[0]} ]]; then exec cp -r "${plain[0]}." "$target"; fi
    exec cp "${plain[0]}" "$target"
    ;;
esac
echo "aws $operation: a local run does not know it" >&2
exit 1
