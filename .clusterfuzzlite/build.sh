#!/bin/bash -eu
# ClusterFuzzLite builds what OSS-Fuzz builds.
exec "$SRC/heddle/oss-fuzz/build.sh"
