// The faultfs program: a directory seen through a mount that fails on demand.
#include <exception>
#include <iostream>

#include "faultfs/cli/commands.h"

int main(int argc, char** argv) {
  try {
    return holdfast::faultfs::cli::dispatch({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    std::cerr << "faultfs: internal error: " << problem.what() << "\n";
    return holdfast::faultfs::cli::kInternal;
  }
}
