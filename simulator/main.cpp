// The holdfast program: scenarios of faults, played and judged.
#include "simulator/cli/commands.h"

int main(int argc, char** argv) { return holdfast::cli::dispatch({argv + 1, argv + argc}); }
