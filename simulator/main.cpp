#include <exception>
#include <iostream>

#include "simulator/cli/commands.h"

int main(int argc, char** argv) {
  try {
    return holdfast::cli::dispatch({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    std::cerr << "holdfast: internal error: " << problem.what() << "\n";
    return holdfast::cli::kInternal;
  }
}
