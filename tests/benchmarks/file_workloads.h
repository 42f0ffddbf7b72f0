// What programs do to files, as loops that are timed: the same on a plain directory and through a mount.
//
//   for (const auto& workload : kFileWorkloads) double value = workload.run(directory);
//
// Each makes what it needs in the directory, which is empty, and leaves it there. A failed call ends the
// program: what was not done cannot be timed.
#pragma once

#include <string>

namespace holdfast::bench {

struct FileWorkload {
  const char* name;
  const char* unit;
  bool less_is_better;
  double (*run)(const std::string& directory);
};

// 10,000 files for look_at_unknown() and list(), which do not make them.
void make_names(const std::string& directory);

double write_in_sequence(const std::string& directory);         // 1 MiB at a time; MiB/s
double read_in_sequence(const std::string& directory);          // the same; MiB/s
double read_and_write_at_random(const std::string& directory);  // 4 KiB, 70 % reads; operations/s
double read_once(const std::string& directory);                 // 4 KiB at random, the median; us
double append_and_sync(const std::string& directory);           // 4 KiB; records/s
double make_rename_remove(const std::string& directory);        // a file of 1 KiB; files/s
double look_at_unknown(const std::string& directory);           // the first lstat of each name; calls/s
double list(const std::string& directory);                      // 10,000 names, eight times over; names/s

inline constexpr FileWorkload kFileWorkloads[] = {
    {"sequential_write", "MiB/s", false, write_in_sequence},
    {"sequential_read", "MiB/s", false, read_in_sequence},
    {"random_4k", "op/s", false, read_and_write_at_random},
    {"read_4k_p50", "us", true, read_once},
    {"append_sync", "records/s", false, append_and_sync},
    {"create_rename_unlink", "files/s", false, make_rename_remove},
    {"cold_stat", "calls/s", false, look_at_unknown},
    {"readdir", "names/s", false, list},
};

}  // namespace holdfast::bench
