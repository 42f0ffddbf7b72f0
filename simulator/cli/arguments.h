// The words of a command of holdfast.
#pragma once

#include "command_line/arguments.h"
#include "simulator/cli/exit_code.h"

namespace holdfast::cli {

using command_line::list_value;
using command_line::text_value;

class Arguments : public command_line::Arguments {
 public:
  Arguments(std::string command, std::vector<std::string> operands, std::string purpose,
            std::vector<std::string> examples)
      : command_line::Arguments("holdfast", std::move(command), std::move(operands), std::move(purpose),
                                std::move(examples)) {}
};

}  // namespace holdfast::cli
