// Commands that speak to a mount: their operand MOUNTPOINT and their option --socket.
//
//   return ask_mount(arguments, words, [](ControlClient& mount) { return mount.clear(); });
#pragma once

#include <functional>

#include "faultfs/cli/arguments.h"
#include "faultfs/cli/commands.h"
#include "faultfs/control/client.h"

namespace holdfast::faultfs::cli {

void add_socket_option(Arguments& arguments);
// After parse().
Result<ControlClient> connect(const Arguments& arguments);

// The whole of a command: its words, the mount that they name, what it asks of it. Errors are told.
ExitCode ask_mount(Arguments& arguments, const Words& words,
                   const std::function<Status(ControlClient&)>& ask);

}  // namespace holdfast::faultfs::cli
