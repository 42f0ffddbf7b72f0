#include "faultfs/cli/exit_code.h"

#include <iostream>

namespace holdfast::faultfs::cli {

ExitCode tell(const Error& error) {
  std::cerr << "faultfs: " << error.message << '\n';
  return exit_code(error.code);
}

}  // namespace holdfast::faultfs::cli
