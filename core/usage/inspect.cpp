#include "core/usage/inspect.h"

#include "core/usage/location.h"

namespace holdfast::usage {

Result<Inspection> inspect(FileSystem& files, const std::string& directory) {
  auto names = files.list(directory);
  if (!names) return fail(names.error());
  Inspection inspection;
  for (const std::string_view name : {kFileName, kBackupName}) {
    const std::string path = directory + "/" + std::string(name);
    auto book = read_book(files, path);
    if (!book && book.error().code != Code::not_found) inspection.problems.push_back(book.error().message);
    if (!book || inspection.book) continue;
    inspection.book = std::move(*book);
    inspection.source = path;
  }
  for (const auto& name : *names)
    if (name.find(".corrupt-") != std::string::npos) inspection.set_aside.push_back(name);
  return inspection;
}

}  // namespace holdfast::usage
