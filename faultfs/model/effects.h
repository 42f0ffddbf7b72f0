// Which operations an effect acts on when its rule does not say, and what it answers.
//
//   acts_on(rule.effect, call)       // a lost permission: open and create, but not write
//   answer_of(rule.effect, call)     // EROFS; 0: nothing ends here
//
// The lists are those of the kernel: what looks at permissions by name, what modifies a file system,
// what minds the kind of what it finds. Pure.
#pragma once

#include "faultfs/model/call.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

// Of an operation that the rule does not name.
bool acts_on(const Effect& effect, const Call& call);

// A rule may have something to do with such an operation, whatever its path: what is asked once, when the
// rule is armed, so that no other operation has to ask.
bool may_meet(const Rule& rule, Operation operation);

// ... or must be told of it, to keep what it replaces.
bool must_know(const Rule& rule, Operation operation);

// The path of the call, or what the effect makes of it, is meant by the glob.
bool concerns(const Rule& rule, const Call& call);

// The errno that ends the call; 0 for an effect of another kind or one that lets this call pass.
int answer_of(const Rule& rule, const Call& call);

// The effect that gives this call that errno, whatever it came from.
Effect error_again(const Call& call, int error);

bool makes_inode(Operation operation);
// Makes a name where there was none, which takes room.
bool makes_name(const Call& call);

}  // namespace holdfast::faultfs
