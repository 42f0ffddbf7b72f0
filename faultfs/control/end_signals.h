// Ctrl-C, SIGTERM and SIGHUP for a program that ends in order, by poll: mounts and their keepers.
#pragma once

namespace holdfast::faultfs {

// A descriptor that becomes readable when a signal shall end the program; the signals are blocked here and in
// every thread to come, and SIGPIPE is ignored. Nobody reads it, so each thread that waits sees it. Call it
// once, before there are threads. -1 with errno when there is none.
int block_end_signals();

}  // namespace holdfast::faultfs
