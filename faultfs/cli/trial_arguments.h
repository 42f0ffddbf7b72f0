// What the commands that run a program on fresh mounts have in common: their options, and Ctrl-C.
//
//   add_trial_options(arguments);
//   auto options = trial_options(arguments);            // after parse(); blocks the signals that end us
//   auto workshop = Workshop::open(*options);
#pragma once

#include "faultfs/cli/arguments.h"
#include "faultfs/trial/trial.h"

namespace holdfast::faultfs::cli {

void add_trial_options(Arguments& arguments);
// Call it once, before there are threads: SIGINT, SIGTERM and SIGHUP make options.interrupt readable from
// then on.
Result<TrialOptions> trial_options(const Arguments& arguments);

// Runs the program without a fault. It must pass, and so must its check: the error says what did not.
Result<Trial> run_reference(Workshop& workshop);

}  // namespace holdfast::faultfs::cli
