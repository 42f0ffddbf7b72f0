// Sequences of system calls that must tell a program the same on a faultfs mount with no rule armed as
// on a plain directory beside its backing one: return values, errno, contents, sizes, owners, listings.
//
//   void renames(Transcript& told) {
//     told.call("rename", ::rename("a", "b"));
//     told.look("b");
//   }
//   TEST_P(PosixConformance, Renames) { same_on_a_mount(renames); }
//
// A sequence runs in a process of its own whose working directory is empty and its own, once as root
// (where the test is) and once as a user without privilege, whose groups are kGroup and kSecondGroup.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

namespace holdfast::faultfs {

inline constexpr uid_t kUser = 65534;
inline constexpr gid_t kGroup = 65534;
inline constexpr gid_t kSecondGroup = 4242;

// What the program is told, as lines of text.
class Transcript {
 public:
  // Notes 0, a number or the error's name; gives the result back.
  long call(std::string_view what, long result);
  // The same of a descriptor, whose number is not noted.
  int opened(std::string_view what, int descriptor);
  void say(std::string_view what, std::string_view text);

  // What lstat tells of a path, but for inode numbers and times.
  void look(const std::string& path);
  // The bytes of a file, in short when there are many.
  void content(const std::string& path);
  // The names in a directory with their kinds, sorted.
  void names(const std::string& directory);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

using Sequence = std::function<void(Transcript&)>;

// Runs the part in a child process and waits for it; false when it failed to end well.
bool in_child(const std::function<void()>& part);

void write_text(const std::string& path, std::string_view text);

// Becomes kUser, if root; a child's last word on privilege.
void drop_privilege();

enum class Who { root, user };

class PosixConformance : public testing::TestWithParam<Who> {
 protected:
  void SetUp() override;
  void same_on_a_mount(const Sequence& sequence);
};

}  // namespace holdfast::faultfs
