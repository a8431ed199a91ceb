#!/bin/sh
# Compiles through ccache, but a precompiled header without it: while ccache preprocesses a new one,
# GCC would read the old one that still lies beside it, and keep what was changed out of it.
# Usage: compile.sh CCACHE COMPILER ARGUMENT...
ccache=$1
shift
case " $* " in
*" -x c++-header "*) exec "$@" ;;
*) CCACHE_SLOPPINESS=pch_defines,time_macros exec "$ccache" "$@" ;;
esac
