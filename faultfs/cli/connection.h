// Commands that speak to a mount: their operand MOUNTPOINT and their option --socket.
//
//   add_socket_option(arguments);
//   auto client = connect(arguments);      // after parse()
#pragma once

#include "faultfs/cli/arguments.h"
#include "faultfs/control/client.h"

namespace holdfast::faultfs::cli {

inline void add_socket_option(Arguments& arguments) {
  arguments.add()("socket", text_value("PATH"), "the control socket, if not the usual one");
}

Result<ControlClient> connect(const Arguments& arguments);

}  // namespace holdfast::faultfs::cli
