// A real directory as histories see it: each step as the system call that it stands for.
//
//   RealTree tree(mountpoint("history"));      // made here, and removed at the end
//   tree.answer(step);
#pragma once

#include <string>

#include "tests/integration/faultfs/file_history.h"

namespace holdfast::faultfs {

class RealTree final : public Answerer {
 public:
  explicit RealTree(std::string root);
  ~RealTree() override;
  std::string answer(const Step& step) override;
  std::string everything() override;

 private:
  std::string root_;
  int slots_[kSlots] = {-1, -1, -1};

  std::string open(const Step& step, int flags);
  std::string append(const Step& step);
  std::string look(const Step& step) const;
  std::string readlink(const Step& step) const;
  std::string list(const std::string& path) const;
  std::string on_slot(const Step& step);
  std::string store(int file, const Step& step) const;
  void describe(const std::string& below, std::string& text) const;
};

}  // namespace holdfast::faultfs
