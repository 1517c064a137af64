#include "scenarios/fault_spec.hpp"

namespace headroom {

namespace {

// What fails: exactly one of these fields.
FieldInfo kind(std::string_view name, std::string_view meaning) {
  return FieldInfo{.name = name, .meaning = meaning, .one_of = "kind of fault"};
}

}  // namespace

void FaultSpec::describe(Fields& field) {
  field.required("at", at, "from the start of the run", at_least(Duration{}));
  field(kind("fail_primary", "database of which the node that takes a shard's writes is gone, with what it was working on"),
        fail_primary);
  field("shard", shard, "fail_primary: which shard, from 0", between(0, 1e6));
  field(kind("flush", "cache that loses all it holds"), flush);
  field(kind("restart", "cache of which the instances stop and come back, empty if it is not persistent"), restart);
  field("down", down, "restart: how long it does not answer, and all look-ups miss", at_least(Duration{}));
}

}  // namespace headroom
