// The faultfs program: a directory seen through a mount that fails on demand.
#include "faultfs/cli/commands.h"

int main(int argc, char** argv) { return holdfast::faultfs::cli::dispatch({argv + 1, argv + argc}); }
